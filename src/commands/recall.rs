//! `/admin recall`: deletes what was sent of a digest, as far as the platforms allow: tells how many messages, asks, and
//! says what could not be deleted.

use futures::FutureExt as _;

use super::about::press;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::reach::{self, Target};
use super::spec::{Spec, Text, Who};
use super::words;
use crate::model::reply::{Button, Reply};

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
    let (feed, stored, target) = reach::read(call, desk).await?;
    let Some((_, _, reach)) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let plan = desk.store.plan_recall(reach, desk.clock.now()).await?;
    if plan.sent + plan.unsent == 0 {
        return Err(words::nothing_to_recall(&stored, &feed.title, caller.language).into());
    }
    Ok(Reply {
        lines: words::recall_sure(&stored, &feed.title, plan, caller.language),
        buttons: vec![vec![
            press(words::DELETE, Press::Recall(target), caller),
            press(words::CANCEL, Press::Cancel, caller),
        ]],
        ..Reply::new(caller.language)
    })
}

/// What the button below the question does.
pub(super) async fn pressed(target: &Target, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some((_, stored, reach)) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let messages = desk.store.recall(reach, desk.clock.now()).await?;
    desk.plan.notify_one();
    desk.keep_change(caller, None, format!("admin recall {} {}", stored.digest.key, words::whither(target)))
        .await?;
    Ok(Reply {
        in_place: true,
        lines: vec![words::recalling(messages, caller.language)],
        buttons: vec![vec![progress_button(target, caller)]],
        ..Reply::new(caller.language)
    })
}

/// What the button that asks how far it has got does.
pub(super) async fn progress(target: &Target, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some((_, _, reach)) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let progress = desk.store.recall_progress(reach).await?;
    let refused = desk.store.recall_refusals(reach, NAMED).await?;
    let row = if progress.due > 0 { vec![vec![progress_button(target, caller)]] } else { Vec::new() };
    Ok(Reply {
        in_place: true,
        lines: words::recall_progress(progress, &refused, caller.language),
        buttons: row,
        ..Reply::new(caller.language)
    })
}

fn progress_button(target: &Target, caller: &Caller) -> Button {
    press(words::HOW_FAR, Press::RecallProgress(target.clone()), caller)
}
