//! `/digest`: a day's digest; where there is none, the nearest ones.

use chrono::NaiveDate;
use futures::FutureExt as _;

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{today, view, words};
use crate::model::day::parse_day;
use crate::model::digest::{StoredDigest, handle};
use crate::model::feed::Feed;
use crate::model::reply::{Action, Button, Edition, Reply, Selection};
use crate::model::subscription::Subscription;
use crate::store::KnownDigest;

/// How many earlier days are offered, and how many digests are looked at to find them: a day may have several.
const EARLIER: usize = 3;
const DAYS_LOOKED_AT: u32 = 20;

pub(super) const SPEC: Spec = Spec {
    name: "digest",
    korean: &["뉴스", "지난뉴스"],
    about: Text { ko: "지난 뉴스를 봅니다", en: "The digest of a day" },
    example: Text { ko: "digest 어제", en: "digest yesterday" },
    arguments: &[
        Argument {
            name: "date",
            kind: ArgumentKind::Date,
            about: Text {
                ko: "어느 날인지: 어제 · 12/17 · 월요일 (비우면 최근 것)",
                en: "Which day: yesterday, 12/17, Monday (empty: the latest)",
            },
        },
        today::FEED,
    ],
    who: Who::Anyone,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let feed = match call.arguments.get(ArgumentKind::Feed) {
        Some(name) => today::find_feed(name, desk, caller)?,
        None => today::default_feed(&subscriptions, desk)?,
    };
    let subscription = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    let Some(text) = call.arguments.get(ArgumentKind::Date) else {
        let reply = today::latest(&feed.name, caller, desk).await?;
        let earlier = earlier(feed, caller, desk).await?;
        return Ok(Reply { buttons: [reply.buttons, earlier].concat(), ..reply });
    };
    let zone = subscription.map_or(feed.timezone, |subscription| subscription.wish.timezone);
    let today = desk.clock.now().with_timezone(&zone).date_naive();
    let Some(day) = parse_day(text, today) else {
        let example = SPEC.example.get(caller.language);
        return Err(words::not_understood(text, words::A_DAY, &format!("/{example}"), caller.language).into());
    };
    match desk.store.latest_digest(&feed.name, Some(day)).await? {
        Some(stored) => {
            let others = others_of(day, feed, &stored, desk).await?;
            let reply = reply(feed, stored, subscription, caller, desk);
            Ok(Reply { buttons: [reply.buttons, others].concat(), ..reply })
        }
        None => none_on(day, feed, caller, desk).await,
    }
}

/// Where no day was named: buttons to the days before the latest.
async fn earlier(feed: &Feed, caller: &Caller, desk: &Desk) -> Result<Vec<Vec<Button>>, Failure> {
    let today = desk.clock.now().with_timezone(&feed.timezone).date_naive();
    let mut known = desk.store.digests_until(&feed.name, today, DAYS_LOOKED_AT).await?;
    known.dedup_by_key(|known| known.day);
    let row: Vec<Button> =
        known.into_iter().skip(1).take(EARLIER).map(|known| to_day(known, caller)).collect();
    Ok(if row.is_empty() { Vec::new() } else { vec![row] })
}

/// A button to the digest of a day.
fn to_day(known: KnownDigest, caller: &Caller) -> Button {
    Button {
        label: words::digest_of(known.day, caller.language),
        action: Action::Press(Press::Digest { handle: known.handle }.encode()),
    }
}

/// A digest as the caller's channel sees it, with a button for all of it where that is not all.
pub(super) fn reply(
    feed: &Feed,
    stored: StoredDigest,
    subscription: Option<&Subscription>,
    caller: &Caller,
    desk: &Desk,
) -> Reply {
    let handle = handle(&feed.name, &stored.digest.key);
    let edition = view::edition(desk, feed, stored, subscription, caller.language);
    let all = Button {
        label: words::SHOW_ALL.get(caller.language).to_owned(),
        action: Action::Press(Press::All { handle: handle.clone() }.encode()),
    };
    let is_part = matches!(edition.selection, Selection::Some { .. });
    Reply {
        edition: Some(Box::new(edition)),
        buttons: if is_part { vec![vec![all]] } else { Vec::new() },
        again: Some(Press::Digest { handle }.encode()),
        ..Reply::new(caller.language)
    }
}

/// The digest with this handle as the caller's channel sees it.
pub(super) async fn as_the_channel_sees_it(
    handle: &str,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let found = desk.store.digest_by_handle(handle).await?;
    let Some((feed, stored)) = found.and_then(|(feed, stored)| Some((desk.feed(&feed)?, stored))) else {
        return Ok(words::old_button(caller.language));
    };
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let subscription = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    Ok(reply(feed, stored, subscription, caller, desk))
}

/// All of the digest with this handle.
pub(super) async fn whole(handle: &str, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let mut reply = as_the_channel_sees_it(handle, caller, desk).await?;
    if let Some(edition) = reply.edition.take() {
        reply.edition = Some(Box::new(Edition { selection: Selection::All, ..*edition }));
        reply.buttons.clear();
        reply.again = Some(Press::All { handle: handle.to_owned() }.encode());
    }
    Ok(reply)
}

/// Buttons to the other digests of the same day.
async fn others_of(
    day: NaiveDate,
    feed: &Feed,
    shown: &StoredDigest,
    desk: &Desk,
) -> Result<Vec<Vec<Button>>, Failure> {
    let of_that_day = desk.store.digests_on(&feed.name, day).await?;
    let shown = handle(&feed.name, &shown.digest.key);
    let others = of_that_day.into_iter().filter(|other| other.handle != shown);
    Ok(others
        .map(|other| {
            let press = Press::Digest { handle: other.handle };
            vec![Button { label: other.title, action: Action::Press(press.encode()) }]
        })
        .collect())
}

/// There is none of that day: says which are nearest.
async fn none_on(day: NaiveDate, feed: &Feed, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let nearest = desk.store.digests_around(&feed.name, day).await?;
    if nearest.is_empty() {
        return Err(words::nothing_yet(&feed.title, caller.language).into());
    }
    Ok(Reply {
        lines: words::none_on(day, &feed.title, caller.language),
        buttons: vec![nearest.into_iter().map(|known| to_day(known, caller)).collect()],
        ..Reply::new(caller.language)
    })
}
