//! `/unsubscribe`: ends the channel's subscription after a confirm. What it was set to is kept for a while, and offered
//! when somebody subscribes again.

use chrono::TimeDelta;
use futures::FutureExt as _;

use super::about::press;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{today, words};
use crate::model::feed::{Feed, FeedName};
use crate::model::reply::{Action, Button, Reply};
use crate::model::subscription::Subscription;

/// For this long after its end a subscription's settings are offered again.
pub(super) const KEPT_FOR: TimeDelta = TimeDelta::days(30);

pub(super) const SPEC: Spec = Spec {
    name: "unsubscribe",
    korean: &["구독취소", "해지"],
    about: Text { ko: "이 채널의 구독을 끝냅니다", en: "End this channel's subscription" },
    example: Text { ko: "unsubscribe", en: "unsubscribe" },
    arguments: &[Argument {
        name: "feed",
        kind: ArgumentKind::Feed,
        about: Text { ko: "어느 뉴스인지", en: "Which feed" },
    }],
    who: Who::ChannelAdmin,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    if let Some(name) = call.arguments.get(ArgumentKind::Feed) {
        let feed = today::find_feed(name, desk, caller)?;
        let is_subscribed = subscriptions.iter().any(|subscription| subscription.feed == feed.name);
        return if is_subscribed {
            Ok(ask(feed, caller))
        } else {
            Err(words::not_subscribed(caller.language).into())
        };
    }
    let feeds: Vec<&Feed> = subscribed(&subscriptions, desk);
    match feeds.as_slice() {
        [] => Err(words::not_subscribed(caller.language).into()),
        [feed] => Ok(ask(feed, caller)),
        several => Ok(which(several, caller)),
    }
}

/// The configured feeds among those that a channel subscribed to.
fn subscribed<'d>(subscriptions: &[Subscription], desk: &'d Desk) -> Vec<&'d Feed> {
    subscriptions.iter().filter_map(|subscription| desk.feed(&subscription.feed)).collect()
}

fn which(feeds: &[&Feed], caller: &Caller) -> Reply {
    let button = |feed: &&Feed| {
        let press = Press::Unsubscribe { feed: feed.name.clone(), is_sure: false };
        vec![Button { label: feed.title.clone(), action: Action::Press(press.encode()) }]
    };
    Reply {
        lines: vec![words::UNSUBSCRIBE_WHICH.get(caller.language).to_owned()],
        buttons: feeds.iter().map(button).collect(),
        ..Reply::new(caller.language)
    }
}

fn ask(feed: &Feed, caller: &Caller) -> Reply {
    let sure = Press::Unsubscribe { feed: feed.name.clone(), is_sure: true };
    Reply {
        lines: vec![words::unsubscribe_sure(&feed.title, caller.language)],
        buttons: vec![vec![
            press(words::END_IT, sure, caller),
            press(words::PAUSE_INSTEAD, Press::Pause, caller),
            press(words::CANCEL, Press::Cancel, caller),
        ]],
        ..Reply::new(caller.language)
    }
}

/// What the buttons do: ask for one of several feeds, and end it.
pub(super) async fn pressed(
    feed: &FeedName,
    is_sure: bool,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(caller.language)) };
    if !is_sure {
        return Ok(Reply { in_place: true, ..ask(feed, caller) });
    }
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    if let Some(subscription) = subscriptions.iter().find(|subscription| subscription.feed == feed.name) {
        desk.store.unsubscribe(subscription.id, desk.clock.now()).await?;
        desk.plan.notify_one();
        desk.keep_change(caller, Some(caller.address), format!("unsubscribe {}", feed.name)).await?;
    }
    Ok(Reply { in_place: true, ..words::unsubscribed(caller.language) })
}
