//! A message: what one platform call sends, and how far it has got.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of a platform call that sends a message, without `chat_id`, `message_thread_id` and `nonce`: for
/// Discord that of `POST /channels/{id}/messages`, for Telegram that of `sendMessage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(pub Value);

/// A message as the renderers set it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// What is sent.
    pub body: Body,
    /// The same words without markup, sent where the platform refuses `body`.
    pub plain: Body,
}

/// A message's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub i64);

/// The id that the platform gave to a sent message: a Discord snowflake, in a forum after that of its thread
/// (`thread/message`), or a Telegram message id in its chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlatformMessageId(pub String);

impl PlatformMessageId {
    /// That of a message in a forum's thread (Discord).
    pub fn in_thread(thread: u64, message: &str) -> Self {
        Self(format!("{thread}/{message}"))
    }
}

/// How far a message has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// Waits for its turn.
    Queued,
    /// Claimed by a worker: it may be on the wire.
    Sending,
    /// The platform has it.
    Sent,
    /// It was on the wire when the worker died or no answer came: nobody knows.
    Unknown,
    /// Set aside: refused by the platform, or out of time.
    Failed,
    /// Not wanted any more.
    Cancelled,
}

impl MessageState {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for MessageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no state of a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a message; was the row written by a newer version?")]
pub struct UnknownState(pub String);

impl FromStr for MessageState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Queued, Self::Sending, Self::Sent, Self::Unknown, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}
