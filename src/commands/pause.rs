//! `/pause` and `/resume`: holds the channel's deliveries back; what was missed comes as one list.

use chrono::{DateTime, Utc};
use futures::FutureExt as _;

use super::about::press;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{view, words};
use crate::model::channel::ChannelId;
use crate::model::reply::Reply;
use crate::model::span::parse_span;

const EXAMPLE: Text = Text { ko: "pause 7d", en: "pause 7d" };

pub(super) const PAUSE: Spec = Spec {
    name: "pause",
    korean: &["멈춤", "일시정지"],
    about: Text {
        ko: "이 채널의 배달을 잠시 멈춥니다", en: "Hold this channel's deliveries back"
    },
    example: EXAMPLE,
    arguments: &[FOR],
    who: Who::ChannelAdmin,
    run: |call, desk| run(call, desk).boxed(),
};

pub(super) const RESUME: Spec = Spec {
    name: "resume",
    korean: &["다시시작"],
    about: Text { ko: "멈춘 배달을 다시 시작합니다", en: "Deliver to this channel again" },
    example: Text { ko: "resume", en: "resume" },
    arguments: &[],
    who: Who::ChannelAdmin,
    run: |call, desk| resume(&call.caller, desk).boxed(),
};

/// For how long.
pub(super) const FOR: Argument = Argument {
    name: "for",
    kind: ArgumentKind::For,
    about: Text {
        ko: "얼마 동안: 7d · 2주 · 1월 5일까지 (비우면 계속)",
        en: "How long: 7d, 2 weeks, until 2026-01-05 (empty: for good)",
    },
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let until = until(call, EXAMPLE, desk).await?;
    pause(until, &call.caller, desk).await
}

/// The instant that a call's `for` names.
pub(super) async fn until(call: &Call, example: Text, desk: &Desk) -> Result<Option<DateTime<Utc>>, Failure> {
    let Some(text) = call.arguments.get(ArgumentKind::For) else { return Ok(None) };
    let (language, zone) = (call.caller.language, view::zone(&call.caller, desk).await?);
    let until = parse_span(text, desk.clock.now(), zone);
    let example = format!("/{}", example.get(language));
    Ok(Some(until.ok_or_else(|| words::not_understood(text, words::A_SPAN, &example, language))?))
}

async fn pause(until: Option<DateTime<Utc>>, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let channel = subscribed(caller, desk).await?;
    desk.store.pause(channel, until, desk.clock.now()).await?;
    desk.plan.notify_one();
    let what = until.map_or("pause".to_owned(), |until| format!("pause until {}", until.to_rfc3339()));
    desk.keep_change(caller, Some(caller.address), what).await?;
    Ok(Reply {
        lines: words::paused(until, view::zone(caller, desk).await?, caller.language),
        buttons: vec![vec![press(words::RESUME_NOW, Press::Resume, caller)]],
        ..Reply::new(caller.language)
    })
}

async fn resume(caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let channel = subscribed(caller, desk).await?;
    if !desk.store.resume(channel, desk.clock.now()).await? {
        return Err(words::not_paused(caller.language).into());
    }
    desk.plan.notify_one();
    desk.keep_change(caller, Some(caller.address), "resume".to_owned()).await?;
    Ok(words::resumed(caller.language))
}

/// The caller's channel, if it gets anything.
async fn subscribed(caller: &Caller, desk: &Desk) -> Result<ChannelId, Failure> {
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let first = subscriptions.first().map(|subscription| subscription.channel);
    Ok(first.ok_or_else(|| words::not_subscribed(caller.language))?)
}

/// What the button beside the end of a subscription does.
pub(super) async fn pressed(caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    Ok(Reply { in_place: true, ..pause(None, caller, desk).await? })
}

/// What the button under a pause does.
pub(super) async fn resumed(caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    Ok(Reply { in_place: true, ..resume(caller, desk).await? })
}
