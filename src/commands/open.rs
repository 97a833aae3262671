//! Opening one article from a list of headlines, for the asker alone.

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::words;
use crate::model::reply::{Audience, Edition, Reply, Selection};
use crate::model::subscription::Style;

/// The article at `place` of the digest with this handle, in full.
pub(super) async fn article(
    handle: &str,
    place: usize,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some((feed, stored)) = desk.store.digest_by_handle(handle).await? else {
        return Ok(words::old_button(caller.language));
    };
    let (Some(feed), true) = (desk.feed(&feed), place < stored.digest.articles.len()) else {
        return Ok(words::old_button(caller.language));
    };
    let edition = Edition {
        feed: feed.clone(),
        digest: stored.digest,
        selection: Selection::One(place),
        style: Style::Full,
        language: caller.language,
        corrected_at: None,
    };
    Ok(Reply {
        audience: Audience::Asker,
        language: caller.language,
        lines: Vec::new(),
        edition: Some(Box::new(edition)),
        buttons: Vec::new(),
    })
}
