//! A digest as one channel sees it: its subscription's style, language and filter.

use chrono_tz::Tz;

use crate::model::digest::StoredDigest;
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::{Style, Subscription};
use crate::plan::selection;

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::today;

/// The edition that a channel with this subscription (or none) sees. A filter that nothing passes shows all: who
/// asks wants to see something.
pub(super) fn edition(
    desk: &Desk,
    feed: &Feed,
    stored: StoredDigest,
    subscription: Option<&Subscription>,
    language: Language,
) -> Edition {
    let wish = subscription.map(|subscription| &subscription.wish);
    let selection = subscription
        .and_then(|subscription| selection::select(&stored.digest, subscription, &desk.lexicon))
        .unwrap_or(Selection::All);
    Edition {
        feed: feed.clone(),
        digest: stored.digest,
        selection,
        style: wish.map_or(Style::default(), |wish| wish.style),
        language: wish.map_or(language, |wish| wish.language),
        corrected_at: None,
    }
}

/// The time zone that the caller's channel reads times in: its subscription's, else the feed's.
pub(super) async fn zone(caller: &Caller, desk: &Desk) -> Result<Tz, Failure> {
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let feed = today::default_feed(&subscriptions, desk)?;
    let subscription = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    Ok(subscription.map_or(feed.timezone, |subscription| subscription.wish.timezone))
}
