//! `/admin announce`: one message to every subscribed channel, after a confirm. What is sent is set here when
//! `chat/notes.rs` asks for it.

use futures::FutureExt as _;

use super::bulk::{asks, goes_on};
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::words;
use crate::model::language::Language;
use crate::model::note::AnnouncementId;
use crate::model::reply::{Audience, Reply};
use crate::store::StoreError;

/// The longest text, in code points: one message on either platform.
const LONGEST: usize = 1_500;

const EXAMPLE: Text =
    Text { ko: "admin announce 내일은 쉽니다", en: "admin announce No digest tomorrow" };

pub(super) const SPEC: Spec = Spec {
    name: "admin announce",
    korean: &["알림"],
    about: Text {
        ko: "구독한 모든 채널에 알립니다", en: "One message to every subscribed channel"
    },
    example: EXAMPLE,
    arguments: &[Argument {
        name: "text",
        kind: ArgumentKind::Text,
        about: Text { ko: "알릴 말", en: "What to tell" },
    }],
    who: Who::Operator,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let Some(text) = call.arguments.get(ArgumentKind::Text) else {
        return Err(words::announce_what(EXAMPLE.get(caller.language), caller.language).into());
    };
    if text.chars().nth(LONGEST).is_some() {
        return Err(words::announcement_too_long(LONGEST, caller.language).into());
    }
    let channels = desk.store.announcement_reach().await?;
    if channels == 0 {
        return Err(words::nobody_to_tell(caller.language).into());
    }
    let announcement = desk.store.draft_announcement(text, desk.clock.now()).await?;
    let lines = words::announce_sure(channels, text, caller.language);
    Ok(asks(lines, words::SEND, Press::Announce(announcement), caller))
}

/// What the button below the question does.
pub(super) async fn pressed(
    announcement: AnnouncementId,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some(channels) = desk.store.announce(announcement, desk.clock.now()).await? else {
        return progress(announcement, caller, desk).await;
    };
    // Dispatch wakes those that send notes.
    desk.plan.notify_one();
    let text = desk.store.announcement(announcement).await?.unwrap_or_default();
    desk.keep_change(caller, None, format!("admin announce {text}")).await?;
    let lines = vec![words::announcing(channels, caller.language)];
    Ok(goes_on(lines, Some(Press::AnnounceProgress(announcement)), caller))
}

/// What the button that asks how far it has got does.
pub(super) async fn progress(
    announcement: AnnouncementId,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let progress = desk.store.announcement_progress(announcement).await?;
    let how_far = (progress.open > 0).then_some(Press::AnnounceProgress(announcement));
    let lines = vec![words::sending_progress(progress.sent, progress.open, progress.failed, caller.language)];
    Ok(goes_on(lines, how_far, caller))
}

/// What is written to a channel; `None`: the announcement was never confirmed.
///
/// # Errors
/// If the database fails.
pub async fn announcement_note(
    announcement: AnnouncementId,
    desk: &Desk,
) -> Result<Option<Reply>, StoreError> {
    let text = desk.store.announcement(announcement).await?;
    let language = desk.feeds.first().map_or(Language::Ko, |feed| feed.language);
    Ok(text.map(|text| Reply {
        lines: vec![words::announcement(&text)],
        audience: Audience::Channel,
        ..Reply::new(language)
    }))
}
