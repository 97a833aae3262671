//! A delivery: one digest to one subscription, made of messages.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::channel::{Address, ChannelId, ChannelKind};
use super::feed::OnUnknown;
use super::message::{Body, MessageId, MessageState, PlatformMessageId};

/// A delivery's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub i64);

/// A channel with open messages, and the one that is first in line there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The channel.
    pub channel: ChannelId,
    /// Where the platform knows it.
    pub address: Address,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// When the message may be tried.
    pub ready_at: DateTime<Utc>,
    /// When its delivery was due.
    pub due_at: DateTime<Utc>,
    /// Whether it is sent already, and only to be corrected: whatever is new goes first.
    pub is_correction: bool,
}

/// What is to be done with a claimed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// It is to be sent.
    Send,
    /// It was sent, and is to be replaced.
    Edit(PlatformMessageId),
    /// It was sent, and a correction takes it back: deleted, or emptied to one line where that is refused.
    Delete(PlatformMessageId),
    /// It was sent, and somebody wants it gone.
    Recall(PlatformMessageId),
    /// It was sent, and is to be published to the channels that follow its own.
    Publish(PlatformMessageId),
}

/// A message that a worker has claimed: all that sending it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The message's row.
    pub message: MessageId,
    /// What is to be done with it.
    pub task: Task,
    /// The delivery that it is a part of.
    pub delivery: DeliveryId,
    /// Where it goes.
    pub channel: ChannelId,
    /// Where the platform knows the channel.
    pub address: Address,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// The message that opened the delivery's thread in a forum; `None` where there is no thread yet.
    pub opened_by: Option<PlatformMessageId>,
    /// Whether somebody wants it gone, so that it is looked for and not sent.
    pub is_recalled: bool,
    /// What is sent.
    pub body: Arc<Body>,
    /// The same words without markup.
    pub plain: Arc<Body>,
    /// At most 25 ASCII characters that are the same at every attempt of this message and no other's.
    pub nonce: String,
    /// The state it was in when it was claimed: `queued`, or `unknown` if an earlier attempt may have arrived.
    pub was: MessageState,
    /// How often it was tried before.
    pub attempts: u32,
    /// When the last attempt before this one began; if several may have arrived, the first of those.
    pub attempted_at: Option<DateTime<Utc>>,
    /// How long it has waited after passing failures, all in all; after `give_up_after` of that it is given up. A
    /// machine that slept, a bot that was down and a channel that was lost have not been trying in that time.
    pub failing_for: TimeDelta,
    /// Whether `body` was refused before, so that `plain` is what to send.
    pub use_plain: bool,
    /// What to do where nobody can find out whether an earlier attempt arrived.
    pub on_unknown: OnUnknown,
    /// Whether there was more for its channel when it was claimed.
    pub has_more: bool,
    /// Whether something was kept of a time in which its channel could not be reached, for when it is lost again.
    pub was_lost: bool,
}

/// What became of an attempt to send a message: how it is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The platform has it; of a correction: it is done.
    Sent(PlatformMessageId),
    /// It could not be deleted, and is emptied to one line.
    Emptied,
    /// Not now, and no fault of the message: the platform told to wait, or somebody has to change the token. To be
    /// tried at this instant (milliseconds are kept), however often.
    Later {
        /// When.
        at: DateTime<Utc>,
        /// Why, for the log and the desk.
        reason: String,
    },
    /// A passing failure, after which it surely has not arrived: to be tried again at this instant.
    Again {
        /// When.
        at: DateTime<Utc>,
        /// Why, for the log and the desk.
        reason: String,
    },
    /// It may or may not have arrived; to be looked into at this instant.
    Unknown {
        /// When.
        at: DateTime<Utc>,
        /// Why, for the log and the desk.
        reason: String,
    },
    /// The platform refuses the markup: to be tried at once with the plain words.
    Plainer(String),
    /// Refused for good; the rest of the delivery goes on.
    Failed(String),
    /// The channel cannot be reached any more: it is marked lost and its messages wait.
    Lost(String),
    /// The chat has a new id: the channel moves there and the message is tried again at once.
    Moved(i64),
}
