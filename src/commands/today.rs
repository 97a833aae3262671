//! `/today`: the day's digest in the channel's zone; if none is out yet, the latest with a line that says so.

use futures::FutureExt as _;

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{digest, words};
use crate::model::feed::{Feed, FeedName};
use crate::model::reply::Reply;
use crate::model::subscription::Subscription;
use crate::plan::arrival;

pub(super) const SPEC: Spec = Spec {
    name: "today",
    korean: &["오늘"],
    about: Text { ko: "오늘 뉴스를 봅니다", en: "Today's digest" },
    example: Text { ko: "today", en: "today" },
    arguments: &[FEED],
    who: Who::Anyone,
    run: |call, desk| run(call, desk).boxed(),
};

/// Which feed somebody asks for.
pub(super) const FEED: Argument = Argument {
    name: "feed",
    kind: ArgumentKind::Feed,
    about: Text {
        ko: "어느 뉴스인지 (비우면 이 채널의 것)", en: "Which feed (empty: this channel's)"
    },
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let subscriptions = desk.store.subscriptions_of(call.caller.address).await?;
    let feed = match call.arguments.get(ArgumentKind::Feed) {
        Some(name) => find_feed(name, desk, &call.caller)?,
        None => default_feed(&subscriptions, desk)?,
    };
    show(feed, &subscriptions, &call.caller, desk, Ask::Today).await
}

/// What the button `최근 뉴스 지금 보기` shows.
pub(super) async fn latest(feed: &FeedName, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(caller.language)) };
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    show(feed, &subscriptions, caller, desk, Ask::Latest).await
}

/// What was asked for.
enum Ask {
    Today,
    Latest,
}

async fn show(
    feed: &Feed,
    subscriptions: &[Subscription],
    caller: &Caller,
    desk: &Desk,
    ask: Ask,
) -> Result<Reply, Failure> {
    let subscription = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    let zone = subscription.map_or(feed.timezone, |subscription| subscription.wish.timezone);
    let today = desk.clock.now().with_timezone(&zone).date_naive();
    let Some(stored) = desk.store.latest_digest(&feed.name, None).await? else {
        return Err(words::nothing_yet(&feed.title, caller.language).into());
    };
    let day = stored.digest.date.day();
    let mut lines = Vec::new();
    if matches!(ask, Ask::Today) && day != today {
        let usual =
            arrival::usual_in(&desk.store.arrivals(&feed.name, arrival::LEARN_FROM).await?, feed.timezone);
        lines.push(words::not_out_yet(today, usual, day, caller.language));
    }
    Ok(Reply { lines, ..digest::reply(feed, stored, subscription, caller, desk) })
}

/// The feed of this name or title.
pub(super) fn find_feed<'d>(name: &str, desk: &'d Desk, caller: &Caller) -> Result<&'d Feed, Failure> {
    desk.feeds
        .iter()
        .find(|feed| feed.name.as_str() == name || feed.title == name)
        .ok_or_else(|| words::no_such_feed(name, &desk.feeds, caller.language).into())
}

/// The feed that is meant where none is named: the first that the channel subscribed to, else the first there is.
pub(super) fn default_feed<'d>(subscriptions: &[Subscription], desk: &'d Desk) -> Result<&'d Feed, Failure> {
    subscriptions
        .iter()
        .find_map(|subscription| desk.feed(&subscription.feed))
        .or(desk.feeds.first())
        .ok_or_else(|| Failure::Broken("no feed is configured".into()))
}
