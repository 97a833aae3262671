//! A digest as one channel sees it: its subscription's style, language and filter.

use crate::model::digest::StoredDigest;
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::{Style, Subscription};
use crate::plan::selection;

use super::desk::Desk;

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
    let selection = wish
        .and_then(|wish| selection::select(&stored.digest, &wish.filter, &desk.lexicon, wish.language))
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
