//! `/admin resend`: sends a day's digest again to all channels, or to some: tells how many, asks, and says how far it
//! has got.

use chrono::{DateTime, Utc};
use futures::FutureExt as _;

use super::about::press;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::reach::{self, Target};
use super::spec::{Spec, Text, Who};
use super::words;
use crate::model::reply::{Button, Reply};

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
    let (feed, stored, target) = reach::read(call, desk).await?;
    let Some((_, _, reach)) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let plan = desk.store.plan_resend_all(reach).await?;
    if plan.channels == 0 {
        return Err(words::no_channels(&feed.title, caller.language).into());
    }
    Ok(Reply {
        lines: words::resend_all_sure(&stored, &feed.title, plan, caller.language),
        buttons: vec![vec![
            press(words::SEND, Press::ResendAll(target), caller),
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
    let now = desk.clock.now();
    let asked = desk.store.ask_resend_all(reach, now).await?;
    desk.plan.notify_one();
    desk.keep_change(caller, None, format!("admin resend {} {}", stored.digest.key, words::whither(target)))
        .await?;
    Ok(Reply {
        in_place: true,
        lines: vec![words::resending_all(asked, caller.language)],
        buttons: vec![vec![progress_button(target, now, caller)]],
        ..Reply::new(caller.language)
    })
}

/// What the button that asks how far it has got does.
pub(super) async fn progress(
    target: &Target,
    since: DateTime<Utc>,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some((_, _, reach)) = target.found(desk).await? else {
        return Ok(words::old_button(caller.language));
    };
    let progress = desk.store.resend_progress(reach, since).await?;
    let row = if progress.open > 0 { vec![vec![progress_button(target, since, caller)]] } else { Vec::new() };
    Ok(Reply {
        in_place: true,
        lines: vec![words::sending_progress(progress.done, progress.open, progress.failed, caller.language)],
        buttons: row,
        ..Reply::new(caller.language)
    })
}

fn progress_button(target: &Target, since: DateTime<Utc>, caller: &Caller) -> Button {
    press(words::HOW_FAR, Press::ResendProgress { target: target.clone(), since: since.timestamp() }, caller)
}
