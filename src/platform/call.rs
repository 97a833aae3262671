//! One call to a platform: what delivering needs of it ([`Courier`]) and how it can end ([`CallError`]).

use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::channel::{Address, ChannelKind};
use crate::model::message::{Body, PlatformMessageId};
use crate::platform::gate::Place;

/// A message on its way to a channel.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Where it goes.
    pub address: Address,
    /// What kind of place that is.
    pub kind: ChannelKind,
    /// What is sent.
    pub body: &'a Body,
    /// At most 25 ASCII characters, the same at every attempt of this message. Telegram has no use for it.
    pub nonce: &'a str,
}

/// What delivering asks of a platform.
///
/// Each method is handed the [`Place`] of its first call, which the caller has taken by
/// [`Gate::try_take`](crate::platform::gate::Gate::try_take) or [`Gate::take`](crate::platform::gate::Gate::take)
/// for the same address. So whoever schedules can ask for a place before it claims a message. Where one call is not
/// enough, a method takes the places of the others itself, each when the call before it is over. What an answer says
/// about rates, a courier tells the gate itself.
pub trait Courier: Send + Sync + 'static {
    /// Whether the platform recognises a message that is sent again soon under the same nonce.
    fn recognises_nonce(&self) -> bool;

    /// Sends a message.
    fn send(
        &self,
        post: Post<'_>,
        place: Place,
    ) -> impl Future<Output = Result<PlatformMessageId, CallError>> + Send;

    /// Replaces the content of a sent message.
    fn edit(
        &self,
        address: Address,
        message: &PlatformMessageId,
        body: &Body,
        place: Place,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Deletes a sent message. One that is gone already counts as deleted.
    fn delete(
        &self,
        address: Address,
        message: &PlatformMessageId,
        place: Place,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Publishes a sent message to the channels that follow its own. One that is published already counts as published.
    /// A refusal for rates holds up nothing else.
    fn publish(
        &self,
        address: Address,
        message: &PlatformMessageId,
        place: Place,
    ) -> impl Future<Output = Result<(), CallError>> + Send {
        let _ = message;
        drop(place);
        async move { Err(CallError::Unsupported(format!("{address} has no followers"))) }
    }

    /// The conversation with one person, by their id.
    fn private(&self, person: &str, place: Place) -> impl Future<Output = Result<Address, CallError>> + Send {
        let person = person.to_owned();
        drop(place);
        async move { Err(CallError::Unsupported(format!("nobody can write to {person}"))) }
    }

    /// Whether the platform shows what was sent earlier, so that a message can be looked for.
    fn shows_history(&self) -> bool;

    /// Looks for a message of ours with this content among those that the channel got from `since` on. `Ok(None)`:
    /// it is surely not there. An error: nobody can tell.
    fn find(
        &self,
        address: Address,
        body: &Body,
        since: DateTime<Utc>,
        place: Place,
    ) -> impl Future<Output = Result<Option<PlatformMessageId>, CallError>> + Send;

    /// Asks, without sending anything, whether messages can go to a channel.
    fn probe(&self, address: Address, place: Place) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// How a call failed, as the decision that follows from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Not done; to be repeated after this long, to the letter. The gate knows already.
    #[error("told to wait {}.{:03} s ({covers:?})", after.num_seconds(), after.subsec_nanos() / 1_000_000)]
    RetryAfter {
        /// How long from the answer's arrival.
        after: TimeDelta,
        /// What the wait covers.
        covers: Covers,
    },
    /// Surely not done, and worth repeating: no connection, or the platform says that it failed (5xx).
    #[error("passing failure: {0}")]
    Transient(String),
    /// It was on the wire and no answer came: done or not, nobody knows.
    #[error("no answer: {0}")]
    Unanswered(String),
    /// The platform refuses this content; the same words without markup may pass.
    #[error("refused: {0}")]
    Rejected(String),
    /// The channel cannot be written to: gone, kicked out, or without the right.
    #[error("access lost: {0}")]
    Lost(String),
    /// The chat is a supergroup now, under this id.
    #[error("moved to chat {0}")]
    Moved(i64),
    /// The message to edit is not there any more.
    #[error("the message is gone: {0}")]
    Gone(String),
    /// The platform does not accept our token: nothing will work until somebody changes it.
    #[error("the token is refused: {0}")]
    Credentials(String),
    /// The call cannot be made on this platform or in this channel.
    #[error("cannot be asked: {0}")]
    Unsupported(String),
}

/// What a wait covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Covers {
    /// Every call of the bot to the platform.
    Everything,
    /// Calls to one channel (a Discord bucket of a channel's route; a Telegram chat).
    Channel,
}
