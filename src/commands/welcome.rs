//! The greeting: once, in two lines, where the bot was added.

use super::desk::Desk;
use super::words;
use crate::model::language::Language;
use crate::model::reply::{Audience, Reply};
use crate::store::{Greeted, StoreError};

/// What the bot says in a server or group that it has come into; `None` if it has said so before.
///
/// # Errors
/// If the database fails.
pub async fn welcome(place: Greeted, language: Language, desk: &Desk) -> Result<Option<Reply>, StoreError> {
    let is_new = desk.store.greet(place, desk.clock.now()).await?;
    Ok(is_new.then(|| Reply { audience: Audience::Channel, ..words::welcome(&desk.feeds, language) }))
}
