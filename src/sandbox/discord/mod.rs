//! A local Discord: REST v10, the Gateway, and what people do in it.
//!
//! The bot's side is [`Discord::router`], to be served at the root of a listener: `rest.rs` has the routes and
//! what holds for every call; `messages.rs`, `channels.rs`, `interactions.rs` and `commands.rs` have the calls,
//! `gateway.rs` the WebSocket. Bodies are checked by `message_form.rs`, `components.rs` and `command_form.rs`.
//! The people's side is in `people.rs` and `deeds.rs`; what tests break on purpose in `admin.rs` and
//! [`faults`]. All of it changes one [`State`](state::State).
//!
//! Not here: components v2, voice, reactions, compressed frames, `MESSAGE_CREATE` and what else needs intents
//! beyond `GUILDS`.

mod admin;
mod channels;
mod command_form;
mod commands;
mod components;
mod compose;
mod deeds;
pub mod faults;
mod form;
mod gateway;
mod interactions;
mod mentions;
mod message_form;
mod messages;
mod nonces;
mod payload;
mod people;
pub mod permissions;
mod rates;
mod refusal;
mod rest;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

pub use self::deeds::InvokeError;
pub use self::faults::{Fault, Faults};
use crate::clock::SharedClock;

/// A local Discord. Its state is lost with it.
#[derive(Debug)]
pub struct Discord {
    token: String,
    clock: SharedClock,
    limits: bool,
    state: Mutex<state::State>,
    changes: watch::Sender<u64>,
}

/// How to set up a [`Discord`].
#[derive(Debug, Clone)]
pub struct Options {
    /// The bot token that it accepts, without `Bot `.
    pub token: String,
    /// Its time: of messages, nonces, rates, interactions.
    pub clock: SharedClock,
    /// Whether it refuses calls that come too fast.
    pub limits: bool,
}

/// Somebody who uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their user id.
    pub id: u64,
    /// What others see.
    pub name: String,
    /// What they may do in a guild beyond [`permissions::MEMBER`], as the bits of [`permissions`].
    pub permissions: u64,
    /// The language of their app: `ko`, `en-US`.
    pub locale: String,
}

/// What kind of channel one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// A text channel of a guild.
    Text,
    /// A conversation of one person with the bot.
    Dm,
    /// An announcement channel.
    Announcement,
    /// A thread: of a channel, or a post of a forum.
    Thread,
    /// A forum: it holds threads, no messages.
    Forum,
}

impl ChannelKind {
    /// The number of Discord's channel type.
    pub fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Dm => 1,
            Self::Announcement => 5,
            Self::Thread => 11,
            Self::Forum => 15,
        }
    }
}

/// A channel as its list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// Its id.
    pub id: u64,
    /// Its guild; none for a DM.
    pub guild: Option<u64>,
    /// The guild's name.
    pub guild_name: Option<String>,
    /// Its name; a DM's is the person's.
    pub name: String,
    /// What kind it is.
    pub kind: ChannelKind,
    /// The channel or forum that a thread belongs to.
    pub parent: Option<u64>,
    /// Whom a DM is with.
    pub recipient: Option<u64>,
}

/// A call that the bot made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When it was answered, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// `POST`, `PATCH`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status of the answer; 0 if the connection was broken on purpose.
    pub status: u16,
}

/// What has been counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls answered 429.
    pub limited: u64,
    /// Calls made before the wait was over that an earlier 429 asked for; also those that were on their way
    /// already.
    pub disobeyed: u64,
    /// Calls answered 401, 403 or 429: Discord bans an address for 10,000 of them in 10 minutes.
    pub invalid: u64,
    /// Gateway sessions begun.
    pub identified: u64,
    /// Sessions that were refused for having too few shards.
    pub turned_away: u64,
    /// Sessions that were refused for being begun too soon after another of the same `max_concurrency`.
    pub hurried: u64,
    /// Gateway sessions resumed.
    pub resumed: u64,
}

impl Discord {
    /// A Discord without guilds and people.
    pub fn new(options: Options) -> Arc<Self> {
        let Options { token, clock, limits } = options;
        let state = Mutex::new(state::State::new(clock.now()));
        Arc::new(Self { token, clock, limits, state, changes: watch::Sender::new(0) })
    }

    /// Everything the bot calls, to be served at the root of its own listener.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        rest::router(Arc::clone(self))
    }

    /// Sets where the bot reaches it (`127.0.0.1:8080`): the host of the Gateway's address and of files' links.
    pub fn set_origin(&self, host_and_port: &str) {
        host_and_port.clone_into(&mut self.lock().origin);
    }

    /// Rises with everything that a person would see: messages, edits, deletions, answers, commands.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The id of the application, which is that of the bot user too.
    pub fn application(&self) -> u64 {
        self.lock().application
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Nothing keeps it over an `await`.
    fn lock(&self) -> MutexGuard<'_, state::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Whether a token is the bot's, with or without `Bot ` before it.
    fn is_token(&self, token: &str) -> bool {
        token.strip_prefix("Bot ").unwrap_or(token) == self.token
    }
}
