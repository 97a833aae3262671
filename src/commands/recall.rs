//! `/admin recall`: deletes what was sent of a digest, as far as the platforms allow: tells how many messages, asks, and
//! says what could not be deleted.

use futures::FutureExt as _;

use super::bulk::{asks, goes_on};
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::reach::{self, Target};
use super::spec::{Spec, Text, Who};
use super::words;
use crate::model::note::Deed;
use crate::model::reply::Reply;

/// As many channels are named in which something could not be deleted.
const NAMED: u32 = 10;

pub(super) const SPEC: Spec = Spec {
    name: "admin recall",
    korean: &["거두기"],
    about: Text {
        ko: "보낸 뉴스를 지울 수 있는 만큼 지웁니다",
        en: "Delete what was sent of a digest, as far as possible",
    },
    example: Text { ko: "admin recall 어제", en: "admin recall yesterday" },
    arguments: reach::ARGUMENTS,
    who: Who::Operator,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let found = reach::read(call, desk).await?;
    let plan = desk.store.plan_recall(found.reach(), desk.clock.now()).await?;
    let title = &found.feed.title;
    if plan.sent + plan.unsent == 0 {
        return Err(words::nothing_to_recall(&found.stored, title, caller.language).into());
    }
    let lines = words::recall_sure(&found.stored, title, plan, caller.language);
    Ok(asks(lines, words::DELETE, Press::Recall(found.target), caller))
}

/// What the button below the question does.
pub(super) async fn pressed(target: &Target, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some(found) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let messages = desk.store.recall(found.reach(), Some(&caller.as_person()), desk.clock.now()).await?;
    desk.plan.notify_one();
    found.keep(Deed::Recall, caller, desk).await?;
    let how_far = Press::RecallProgress(target.clone());
    Ok(goes_on(vec![words::recalling(messages, caller.language)], Some(how_far), caller))
}

/// What the button that asks how far it has got does.
pub(super) async fn progress(target: &Target, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some(found) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let progress = desk.store.recall_progress(found.reach()).await?;
    let refused = desk.store.recall_refusals(found.reach(), NAMED).await?;
    let how_far = (progress.due > 0).then(|| Press::RecallProgress(target.clone()));
    Ok(goes_on(words::recall_progress(progress, &refused, caller.language), how_far, caller))
}
