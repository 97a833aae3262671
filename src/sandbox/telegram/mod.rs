//! A local Telegram Bot API, and what people do in its chats.
//!
//! The bot's client talks to [`Telegram::router`] as to `api.telegram.org`: the methods a digest bot needs, with
//! the platform's limits, rates and error texts (`api`, `messages`, `rates`, `keyboard`, `commands`, `updates`).
//! Text is read as the platform reads it (`html`, `found`, `entity`, `text`). People act through [`Telegram`]'s
//! methods (`people`), and a test or a page sees what they would see (`view`). Letters in comments name where a
//! fact comes from: **S** the Bot API's documentation, **C** its server's source, **T** TDLib's.

mod address;
mod api;
mod callbacks;
mod commands;
mod entity;
mod faults;
mod found;
mod guises;
mod html;
mod keyboard;
mod link;
mod messages;
mod params;
mod people;
mod photo;
mod rates;
mod refusal;
mod state;
mod text;
mod updates;
mod view;

#[cfg(test)]
mod against_tdlib;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::SharedClock;
use crate::sandbox::telegram::state::{Standing, State};
use crate::sandbox::weather::{Sky, Weather};

pub use crate::sandbox::telegram::faults::{Fault, Faults};
pub use crate::sandbox::telegram::guises::ChooseError;

/// A local Telegram with one bot.
pub struct Telegram {
    token: String,
    clock: SharedClock,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
    /// Wakes those that poll for updates.
    news: watch::Sender<()>,
}

/// How a [`Telegram`] is set up.
#[derive(Clone)]
pub struct Options {
    /// The bot's token, `123456:ABC…`; the part before the colon is the bot's id.
    pub token: String,
    /// The bot's name without `@`.
    pub username: String,
    /// What time it is there.
    pub clock: SharedClock,
    /// Whether rates are kept (429). Sizes always are.
    pub limits: bool,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Positive; also the id of the private chat with them.
    pub id: i64,
    /// What others see.
    pub first_name: String,
    /// Without `@`.
    pub username: Option<String>,
    /// Their app's language, `ko`.
    pub language_code: String,
}

/// The sorts of chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    /// With one person.
    Private,
    /// A small, old group, with an id that changes when it becomes a supergroup.
    Group,
    /// A group.
    Supergroup,
    /// A supergroup with topics.
    Forum,
    /// A channel: only administrators post.
    Channel,
}

/// A chat, to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatView {
    /// Negative for groups and channels.
    pub id: i64,
    /// Its title, or the person's name.
    pub title: String,
    /// Its sort.
    pub kind: ChatKind,
    /// A forum's topics: id and name.
    pub topics: Vec<(i32, String)>,
}

/// What the bot answered to a pressed button.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallbackAnswer {
    /// What is shown, at most 200 code points.
    pub text: Option<String>,
    /// In a window that must be closed, not in passing.
    pub show_alert: bool,
    /// A link that the app opens.
    pub url: Option<String>,
}

/// Why a press led to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PressError {
    /// There is no such message.
    #[error("there is no such message")]
    NoMessage,
    /// The message has no such button.
    #[error("the message has no such button")]
    NoButton,
    /// The bot did not answer in time.
    #[error("the bot did not answer in time")]
    NoAnswer,
}

/// A call that the bot made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When it was answered, by the clock.
    pub at: DateTime<Utc>,
    /// The method, as the caller wrote it.
    pub method: String,
    /// The chat it was about.
    pub chat: Option<i64>,
    /// The HTTP status; 0 if the connection was broken on purpose.
    pub status: u16,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Calls refused with 429.
    pub too_many_requests: u64,
    /// Messages to a chat before the `retry_after` that it was given was over.
    pub disobeyed: u64,
    /// Buttons pressed.
    pub pressed: u64,
    /// Messages that were sent and of which the bot was not told, on purpose.
    pub unheard: u64,
}

impl Telegram {
    /// A Telegram without chats.
    pub fn new(options: Options) -> Arc<Self> {
        let Options { token, username, clock, limits } = options;
        let id = token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(777_000_001);
        let bot = Person {
            id,
            first_name: username.clone(),
            username: Some(username),
            language_code: String::new(),
        };
        Arc::new(Self {
            token,
            clock,
            state: Mutex::new(State::new(bot, limits)),
            changes: watch::Sender::new(0),
            news: watch::Sender::new(()),
        })
    }

    /// The Bot API: `/bot{token}/{method}`.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        api::router(Arc::clone(self))
    }

    /// Rises whenever something may have changed that can be seen.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The bot's own id.
    pub fn bot_id(&self) -> i64 {
        self.look(|state, _| state.bot.id)
    }

    /// The chats, in the order of their ids.
    pub fn chats(&self) -> Vec<ChatView> {
        self.look(|state, _| {
            let view = |chat: &state::Chat| ChatView {
                id: chat.id,
                title: chat.title.clone(),
                kind: chat.kind,
                topics: chat.topics.iter().map(|(id, topic)| (*id, topic.name.clone())).collect(),
            };
            state.chats.values().map(view).collect()
        })
    }

    /// A chat's messages as they are now, oldest first, as Bot API `Message` objects. What the bot sent silently
    /// has `disable_notification` too, as its call had.
    pub fn timeline(&self, chat: i64) -> Vec<Value> {
        self.look(|state, _| {
            let Some(chat) = state.chats.get(&chat) else {
                return Vec::new();
            };
            let view = |message: &state::Message| {
                let mut object = view::message(state, chat, message);
                if message.author == state.bot.id && !message.rings {
                    object["disable_notification"] = Value::Bool(true);
                }
                object
            };
            chat.messages.values().map(view).collect()
        })
    }

    /// The commands that a person sees in a chat, without the slash, each with its description.
    pub fn commands(&self, chat: i64, person: &Person) -> Vec<(String, String)> {
        self.look(|state, _| {
            let Some(chat) = state.chats.get(&chat) else {
                return Vec::new();
            };
            let is_admin = view::standing(state, chat, person.id) == Standing::Administrator;
            state.menus.seen(chat, person.id, is_admin, &person.language_code)
        })
    }

    /// The keys that the bot has put below a chat's text box, as its `reply_markup` had them.
    pub fn keys(&self, chat: i64) -> Option<Value> {
        self.look(|state, _| state.chats.get(&chat).and_then(|chat| chat.keys.clone()))
    }

    /// How many of the bot's messages in a chat rang.
    pub fn notifications(&self, chat: i64) -> usize {
        self.look(|state, _| {
            let messages = state.chats.get(&chat).into_iter().flat_map(|chat| chat.messages.values());
            messages.filter(|message| message.author == state.bot.id && message.rings).count()
        })
    }

    /// The bytes of a picture that the bot sent, by its `file_id`.
    pub fn photo(&self, file: &str) -> Option<Vec<u8>> {
        self.look(|state, _| state.photos.get(file).cloned())
    }

    /// The last 10,000 calls, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.look(|state, _| state.calls.iter().cloned().collect())
    }

    /// What was counted.
    pub fn counters(&self) -> Counters {
        self.look(|state, _| state.counters)
    }

    /// Lets something go wrong, after what was asked for before.
    pub fn faults(&self, faults: Faults) {
        self.look(|state, _| state.faults.push(faults));
    }

    /// Lets calls fail at random from now on (`getUpdates` never does), besides those that were ordered; `None`: not
    /// any more.
    pub fn weather(&self, weather: Option<Weather>) {
        self.look(|state, _| state.sky = weather.map(Sky::new));
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Looks at the state, or changes what nobody sees.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut State, DateTime<Utc>) -> T) -> T {
        let now = self.clock.now();
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    /// Changes the state, and says so.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State, DateTime<Utc>) -> T) -> T {
        let result = self.look(change);
        self.changes.send_modify(|count| *count += 1);
        self.wake_pollers();
        result
    }

    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    pub(crate) fn wake_pollers(&self) {
        self.news.send_replace(());
    }
}

impl std::fmt::Debug for Telegram {
    /// Without the token, which clients treat as a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telegram").field("chats", &self.chats().len()).finish_non_exhaustive()
    }
}
