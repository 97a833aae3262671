//! Opening one article from a list of headlines, and going back, for the asker alone.

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::words;
use crate::model::reply::{Edition, Reply, Selection};
use crate::model::subscription::Style;

/// The article at `place` of the digest with this handle, in full.
pub(super) async fn article(
    handle: &str,
    place: usize,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    show(handle, Selection::One(place), Style::Full, caller, desk).await
}

/// The headlines of the digest with this handle.
pub(super) async fn headlines(handle: &str, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    show(handle, Selection::All, Style::Headlines, caller, desk).await
}

async fn show(
    handle: &str,
    selection: Selection,
    style: Style,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let found = desk.store.digest_by_handle(handle).await?;
    let Some((feed, stored)) = found.and_then(|(feed, stored)| Some((desk.feed(&feed)?, stored))) else {
        return Ok(words::old_button(caller.language));
    };
    if let Selection::One(place) = selection
        && place >= stored.digest.articles.len()
    {
        return Ok(words::old_button(caller.language));
    }
    let edition = Edition {
        feed: feed.clone(),
        digest: stored.digest,
        selection,
        style,
        language: caller.language,
        corrected_at: None,
    };
    Ok(Reply { edition: Some(Box::new(edition)), in_place: true, ..Reply::new(caller.language) })
}
