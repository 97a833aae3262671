//! `/admin resend`: sends a day's digest again to all channels, or to some: tells how many, asks, and says how far it
//! has got.

use chrono::{DateTime, Utc};
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

pub(super) const SPEC: Spec = Spec {
    name: "admin resend",
    korean: &["다시보내기"],
    about: Text {
        ko: "뉴스를 여러 채널에 다시 보냅니다", en: "Send a digest again to all or some channels"
    },
    example: Text { ko: "admin resend 어제 telegram", en: "admin resend yesterday telegram" },
    arguments: reach::ARGUMENTS,
    who: Who::Operator,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let found = reach::read(call, desk).await?;
    let plan = desk.store.plan_resend_all(found.reach()).await?;
    let title = &found.feed.title;
    if plan.channels == 0 {
        return Err(words::no_channels(title, caller.language).into());
    }
    let lines = words::resend_all_sure(&found.stored, title, plan, caller.language);
    Ok(asks(lines, words::SEND, Press::ResendAll(found.target), caller))
}

/// What the button below the question does.
pub(super) async fn pressed(target: &Target, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some(found) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let now = desk.clock.now();
    let asked = desk.store.ask_resend_all(found.reach(), &caller.as_person(), now).await?;
    desk.plan.notify_one();
    found.keep(Deed::Resend, caller, desk).await?;
    let lines = vec![words::resending_all(asked, caller.language)];
    Ok(goes_on(lines, Some(how_far(target, now)), caller))
}

/// What the button that asks how far it has got does.
pub(super) async fn progress(
    target: &Target,
    since: DateTime<Utc>,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some(found) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let progress = desk.store.resend_progress(found.reach(), since).await?;
    let how_far = (progress.open > 0).then(|| how_far(target, since));
    let lines = vec![words::sending_progress(progress.done, progress.open, progress.failed, caller.language)];
    Ok(goes_on(lines, how_far, caller))
}

fn how_far(target: &Target, since: DateTime<Utc>) -> Press {
    Press::ResendProgress { target: target.clone(), since: since.timestamp() }
}
