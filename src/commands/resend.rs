//! `/resend`: sends a day's digest to this channel again, after a confirm that tells what was sent.

use futures::FutureExt as _;

use super::about::press;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::words;
use crate::model::day::parse_day;
use crate::model::digest::{StoredDigest, handle};
use crate::model::feed::Feed;
use crate::model::reply::{Button, Reply};
use crate::model::subscription::Subscription;
use crate::store::LastDelivery;

const EXAMPLE: Text = Text { ko: "resend 어제", en: "resend yesterday" };

pub(super) const SPEC: Spec = Spec {
    name: "resend",
    korean: &["다시보내기"],
    about: Text {
        ko: "뉴스를 이 채널에 다시 보냅니다", en: "Send a digest to this channel again"
    },
    example: EXAMPLE,
    arguments: &[
        Argument {
            name: "date",
            kind: ArgumentKind::Date,
            about: Text {
                ko: "어느 날인지: 어제 · 12/17 (비우면 최근 것)",
                en: "Which day: yesterday, 12/17 (empty: the latest)",
            },
        },
        Argument {
            name: "missing",
            kind: ArgumentKind::Missing,
            about: Text { ko: "가지 못한 메시지만", en: "Only the messages that did not arrive" },
        },
    ],
    who: Who::ChannelAdmin,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let (feed, subscription, stored) = find(call, desk).await?;
    let last = desk.store.last_delivery(subscription.id, stored.id).await?;
    let only_missing = call.arguments.get(ArgumentKind::Missing).is_some();
    let handle = handle(&feed.name, &stored.digest.key);
    let missing = last.as_ref().map_or(0, LastDelivery::missing);
    if only_missing && missing == 0 {
        return Err(words::nothing_missing(stored.digest.date.day(), caller.language).into());
    }
    let mut buttons: Vec<Button> = Vec::new();
    if missing > 0 {
        let rest = Press::Resend { handle: handle.clone(), missing: true };
        buttons.push(Button {
            label: words::only_missing(missing, caller.language),
            ..press(words::SEND, rest, caller)
        });
    }
    if !only_missing {
        let label = if missing > 0 { words::SEND_ALL } else { words::SEND };
        buttons.push(press(label, Press::Resend { handle, missing: false }, caller));
    }
    buttons.push(press(words::CANCEL, Press::Cancel, caller));
    let lines = words::resend_sure(&stored, last.as_ref(), subscription.wish.timezone, caller.language);
    Ok(Reply { lines, buttons: vec![buttons], ..Reply::new(caller.language) })
}

/// The digest that is meant, of the first of the channel's feeds that has one.
async fn find<'d>(call: &Call, desk: &'d Desk) -> Result<(&'d Feed, Subscription, StoredDigest), Failure> {
    let caller = &call.caller;
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let mut asked = None;
    let mut first: Option<&Feed> = None;
    for subscription in subscriptions {
        let Some(feed) = desk.feed(&subscription.feed) else { continue };
        first = first.or(Some(feed));
        let today = desk.clock.now().with_timezone(&subscription.wish.timezone).date_naive();
        if let Some(text) = call.arguments.get(ArgumentKind::Date) {
            let Some(day) = parse_day(text, today) else {
                let example = format!("/{}", EXAMPLE.get(caller.language));
                return Err(words::not_understood(text, words::A_DAY, &example, caller.language).into());
            };
            asked = Some(day);
        }
        if let Some(stored) = desk.store.latest_digest(&feed.name, asked).await? {
            return Ok((feed, subscription, stored));
        }
    }
    Err(match (first, asked) {
        (None, _) => words::not_subscribed(caller.language),
        (Some(feed), Some(day)) => words::none_to_resend(day, &feed.title, caller.language),
        (Some(feed), None) => words::nothing_yet(&feed.title, caller.language),
    }
    .into())
}

/// What the buttons do.
pub(super) async fn pressed(
    handle: &str,
    missing: bool,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let old = || Ok(words::old_button(caller.language));
    let Some((feed, stored)) = desk.store.digest_by_handle(handle).await? else { return old() };
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let Some(subscription) = subscriptions.iter().find(|subscription| subscription.feed == feed) else {
        return old();
    };
    let now = desk.clock.now();
    if missing {
        if let Some(last) = desk.store.last_delivery(subscription.id, stored.id).await? {
            desk.store.resend_missing(last.delivery, now).await?;
        }
    } else {
        desk.store.ask_resend(subscription.id, stored.id, now).await?;
    }
    desk.plan.notify_one();
    let what = format!("resend {}{}", stored.digest.key, if missing { " missing" } else { "" });
    desk.keep_change(caller, Some(caller.address), what).await?;
    Ok(Reply { in_place: true, ..words::resending(caller.language) })
}
