//! `/admin status`: how feeds and deliveries stand, what is held, and what was changed last.

use futures::FutureExt as _;

use super::call::Call;
use super::desk::{Desk, Failure};
use super::spec::{Spec, Text, Who};
use super::{today, words};
use crate::model::channel::Platform;
use crate::model::reply::Reply;
use crate::store::ChangesOf;

/// How many changes are told.
const CHANGES: u32 = 5;

pub(super) const SPEC: Spec = Spec {
    name: "admin status",
    korean: &["상태"],
    about: Text { ko: "뉴스와 배달의 상태를 봅니다", en: "How feeds and deliveries stand" },
    example: Text { ko: "admin status", en: "admin status" },
    arguments: &[],
    who: Who::Operator,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let (language, now) = (call.caller.language, desk.clock.now());
    let zone = today::default_feed(&[], desk)?.timezone;
    let mut lines = Vec::new();
    for feed in &desk.feeds {
        let latest = desk.store.latest_digest(&feed.name, None).await?;
        let state = desk.store.feed_state(&feed.name).await?;
        lines.extend(words::feed_status(&feed.title, latest.as_ref(), &state, feed.timezone, language));
    }
    for platform in Platform::ALL {
        let standing = desk.store.platform_standing(platform, now).await?;
        lines.push(words::platform_status(platform, standing, now, language));
    }
    let held = desk.store.held_digests().await?.len();
    lines.extend((held > 0).then(|| words::held_status(held, language)));
    let changes = desk.store.changes(ChangesOf::All, CHANGES).await?;
    let mut reply = Reply { lines, ..Reply::new(language) };
    words::add_last_changes(&mut reply, &changes, true, zone, &call.caller, desk);
    Ok(reply)
}
