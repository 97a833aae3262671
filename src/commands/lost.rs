//! The note about channels that messages cannot go to any more; it is written by `deliver/probe.rs` and sent by
//! `chat/notes.rs`.

use chrono::DateTime;

use super::desk::Desk;
use super::words;
use crate::model::channel::Platform;
use crate::model::language::Language;
use crate::model::reply::{Audience, Reply};
use crate::store::StoreError;

/// What is written about the channels that were lost since an instant (milliseconds since 1970): to an operator about
/// all, to somebody else (`person`) about those that they subscribed. `None`: all of them are back.
///
/// # Errors
/// If the database fails.
pub async fn lost_note(
    platform: Platform,
    since: i64,
    person: Option<&str>,
    desk: &Desk,
) -> Result<Option<Reply>, StoreError> {
    let since = DateTime::from_timestamp_millis(since).unwrap_or_default();
    let lost = desk.store.lost_since(platform, since, person).await?;
    if lost.is_empty() {
        return Ok(None);
    }
    let language = desk.feeds.first().map_or(Language::Ko, |feed| feed.language);
    let lines = match person {
        None => words::lost_to_operator(platform, &lost, language),
        Some(_) => words::lost_to_subscriber(&lost, language),
    };
    Ok(Some(Reply { lines, audience: Audience::Channel, ..Reply::new(language) }))
}
