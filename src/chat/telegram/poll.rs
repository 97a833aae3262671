//! Long polling with teloxide: each update is answered on its own, so that a slow one holds up no other.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::StreamExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;
use teloxide::types::{AllowedUpdate, Update};
use teloxide::update_listeners::{AsUpdateStream as _, Polling};
use teloxide::{ApiError, Bot, RequestError};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::tidy::Tidy;
use super::{answer, greet, menu, moves};
use crate::chat::{Access, retries};
use crate::clock::SharedClock;
use crate::commands::Desk;
use crate::health::Health;
use crate::model::channel::Platform;
use crate::platform::CallError;
use crate::platform::telegram::Telegram as Calls;
use crate::text::chain;

/// How long Telegram keeps a call for updates open.
const POLL: Duration = Duration::from_secs(25);
/// The client's limit for a whole call: longer than [`POLL`], or no quiet call would ever end well.
const CALL: Duration = Duration::from_secs(40);
/// Without a failure for this long there is none any more: the longest wait between two calls, and a whole call.
const QUIET: Duration = Duration::from_secs(70);
/// Updates that are answered at once; more wait, so that a flood does not fill the memory.
const AT_ONCE: usize = 64;
/// The longest wait before Telegram is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What the Telegram side of the program is made of.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// What commands work with.
    pub desk: Arc<Desk>,
    /// Where another one takes its place.
    pub desks: watch::Receiver<Arc<Desk>>,
    /// The Bot API's calls.
    pub calls: Arc<Calls>,
    /// The bot's token, for polling.
    pub token: SecretString,
    /// The address of the Bot API's server.
    pub api_url: url::Url,
    /// The ids of the operators.
    pub operators: Arc<[String]>,
    /// The bot's username, without `@`: set here once Telegram has told it.
    pub bot: Arc<OnceLock<String>>,
    /// The time.
    pub clock: SharedClock,
    /// Notes which chats can be reached.
    pub access: Arc<Access>,
    /// Hears whether updates come.
    pub health: Arc<Health>,
}

impl Telegram {
    /// The bot's username; empty until Telegram has told it, and then no command is for us.
    pub(super) fn bot(&self) -> &str {
        self.bot.get().map_or("", String::as_str)
    }
}

/// Asks who we are, sets the menus, then polls until `stop`.
pub async fn run(telegram: Telegram, stop: CancellationToken) {
    let mut waits = retries();
    while !stop.is_cancelled() {
        let ended = match introduce(&telegram, &stop).await {
            Ok(()) => poll(&telegram, &stop).await.map_err(Into::into),
            Err(error) => Err(Box::<dyn Error + Send + Sync>::from(error)),
        };
        if let Err(error) = ended {
            telegram.health.down(Platform::Telegram, Some(chain(&*error)), telegram.clock.now());
            tracing::warn!(error = chain(&*error), "Telegram is not connected");
        }
        tokio::select! {
            () = tokio::time::sleep(waits.next().unwrap_or(LONGEST_WAIT)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Tells Telegram our commands, and learns our own name from it.
async fn introduce(telegram: &Telegram, stop: &CancellationToken) -> Result<(), CallError> {
    let me = telegram.calls.me().await?;
    let name = telegram.bot.get_or_init(|| me.username.clone());
    telegram.health.up(Platform::Telegram, telegram.clock.now());
    let (own, stop, username) = (telegram.clone(), stop.clone(), name.clone());
    // A disk that is busy holds up nobody who asks.
    tokio::spawn(async move {
        if let Err(error) = own.access.store.keep_bot(Platform::Telegram, &username).await {
            tracing::warn!(error = chain(&error), "the bot's name could not be kept");
        }
        stop.run_until_cancelled(set_menus(&own)).await
    });
    tracing::info!(bot = name, "connected to Telegram");
    Ok(())
}

/// Sets the command menus, each again and again until that is done.
async fn set_menus(telegram: &Telegram) {
    for menu in menu::menus() {
        for wait in retries() {
            match telegram.calls.call::<IgnoredAny>("setMyCommands", &menu).await {
                Ok(_) => break,
                Err(error) => tracing::warn!(%error, ?wait, "a command menu could not be set; trying again"),
            }
            tokio::time::sleep(wait).await;
        }
    }
    for operator in telegram.operators.iter() {
        menu::set_operators(&telegram.calls, operator).await;
    }
}

async fn poll(telegram: &Telegram, stop: &CancellationToken) -> Result<(), reqwest::Error> {
    let client = reqwest::Client::builder().timeout(CALL).connect_timeout(Duration::from_secs(5)).build()?;
    let bot = Bot::with_client(telegram.token.expose_secret(), client).set_api_url(telegram.api_url.clone());
    let mut polling = Polling::builder(bot)
        .timeout(POLL)
        .allowed_updates(vec![
            AllowedUpdate::Message,
            AllowedUpdate::ChannelPost,
            AllowedUpdate::CallbackQuery,
            AllowedUpdate::MyChatMember,
        ])
        .build();
    let updates = polling.as_stream();
    tokio::pin!(updates);
    let answering = TaskTracker::new();
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut is_failing = false;
    loop {
        let next = tokio::select! {
            next = updates.next() => next,
            // A call that fails is told of sooner: one has begun and ended well, and nothing has happened.
            () = tokio::time::sleep(QUIET), if is_failing => {
                is_failing = false;
                telegram.health.up(Platform::Telegram, telegram.clock.now());
                continue;
            }
            () = stop.cancelled() => break,
        };
        if !telegram.calls.gate().fence().lets_pass() {
            // It is another program's turn by now, which gets the same updates: this one has confirmed none of them.
            break;
        }
        is_failing = matches!(next, Some(Err(_)));
        match next {
            Some(Ok(update)) => {
                telegram.health.up(Platform::Telegram, telegram.clock.now());
                moves::note(&telegram.access, &update).await;
                // The semaphore is never closed.
                let Ok(turn) = Arc::clone(&at_once).acquire_owned().await else { break };
                let desk = Arc::clone(&telegram.desks.borrow());
                let (telegram, stop) = (Telegram { desk, ..telegram.clone() }, stop.clone());
                // Whatever is logged about it carries which it is about.
                let span = tracing::info_span!("request", update = update.id.0);
                let answer = async move {
                    let left = receive(&telegram, update).await;
                    drop(turn);
                    if let Some(left) = left {
                        left.up(&telegram, &stop).await;
                    }
                };
                answering.spawn(answer.instrument(span));
            }
            Some(Err(error)) => {
                telegram.health.down(Platform::Telegram, Some(chain(&error)), telegram.clock.now());
                // teloxide takes the token out of its errors, and waits longer after each before it asks again.
                if matches!(error, RequestError::Api(ApiError::TerminatedByOtherGetUpdates)) {
                    tracing::error!(
                        "another program asks for this bot's updates: stop it, or give it a bot of its own; deliveries go on"
                    );
                } else {
                    tracing::warn!(error = chain(&error), "Telegram gave no updates");
                }
            }
            None => break,
        }
    }
    answering.close();
    answering.wait().await;
    Ok(())
}

/// Answers an update. Returns what is to be tidied up later.
async fn receive(telegram: &Telegram, update: Update) -> Option<Tidy> {
    use teloxide::types::UpdateKind;
    let id = update.id.0;
    let answered = match update.kind {
        UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => {
            greet::moved(telegram, &message).await;
            answer::message(telegram, &message).await
        }
        UpdateKind::CallbackQuery(query) => answer::press(telegram, query).await,
        UpdateKind::MyChatMember(change) => greet::added(telegram, &change).await.map(|()| None),
        _ => Ok(None),
    };
    answered.unwrap_or_else(|error| {
        tracing::warn!(%error, update = id, "an answer did not reach Telegram");
        None
    })
}
