//! Discord over HTTP: messages, for `deliver/` ([`Courier`]). What `chat/` needs is in [`chat`], what errors mean in
//! `discord/errors.rs`, request bodies in `discord/body.rs`, finding a message of ours in `discord/history.rs`.
//!
//! A message in a forum has the id `<thread>/<message>`, of which both are the same for the one that opened the thread;
//! all others have Discord's own.

mod body;
pub mod chat;
mod errors;
mod forum;
mod history;
mod rates;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, RequestBuilder, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::model::channel::{Address, ChannelKind};
use crate::model::message::{Body, PlatformMessageId};
use crate::platform::call::{CallError, Courier, Covers, Post};
use crate::platform::gate::{Gate, Place};
use crate::platform::http::{self, Answer, Http, SetupError, Timeouts};

/// Discord asks for the form `DiscordBot (url, version)` and refuses calls without one.
const AGENT: &str = concat!("DiscordBot (https://crates.io/crates/jogan, ", env!("CARGO_PKG_VERSION"), ")");

/// Where Discord is and who we are there.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server, without `/api/v10`: `https://discord.com`.
    pub api_url: Url,
    /// The bot's token.
    pub token: SecretString,
    /// How long a call may take.
    pub timeouts: Timeouts,
}

/// The bot at Discord.
#[derive(Debug)]
pub struct Discord {
    http: Http,
    base: String,
    gate: Arc<Gate>,
    me: OnceCell<Me>,
}

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// Our user's id.
    #[serde(deserialize_with = "snowflake")]
    pub id: u64,
    /// Our user's name.
    #[serde(default)]
    pub username: String,
}

/// The thread of a forum that a message is in, where its delivery's further messages go (as [`ChannelKind::Text`]);
/// `None` for a message elsewhere.
pub fn thread_of(message: &PlatformMessageId) -> Option<Address> {
    let (thread, _) = message.0.split_once('/')?;
    Some(Address::Discord { channel: thread.parse().ok()? })
}

/// The id of a message that was sent to a thread of a forum; it leads there from the forum.
pub fn in_thread(thread: Address, message: PlatformMessageId) -> PlatformMessageId {
    match thread {
        Address::Discord { channel } => PlatformMessageId::in_thread(channel, &message.0),
        Address::Telegram { .. } => message,
    }
}

impl Discord {
    /// A client; it calls nobody yet.
    ///
    /// # Errors
    /// The address or the token cannot be used in a call.
    pub fn new(settings: Settings, gate: Arc<Gate>) -> Result<Self, SetupError> {
        let base = format!("{}/api/v10", http::base(&settings.api_url)?);
        let token = format!("Bot {}", settings.token.expose_secret());
        let mut token = HeaderValue::from_str(&token).map_err(|_| SetupError::Token("Discord"))?;
        token.set_sensitive(true);
        let headers =
            HeaderMap::from_iter([(AUTHORIZATION, token), (USER_AGENT, HeaderValue::from_static(AGENT))]);
        let http = Http::new(&settings.api_url, settings.timeouts, headers, vec![settings.token])?;
        Ok(Self { http, base, gate, me: OnceCell::new() })
    }

    /// The rates of this platform: a place is to be taken there before a call of [`Courier`].
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Who we are: asked once, then known.
    ///
    /// # Errors
    /// As of any call.
    pub async fn me(&self) -> Result<&Me, CallError> {
        self.me.get_or_try_init(|| self.read("/users/@me", None)).await
    }

    /// What kind of place a channel is.
    ///
    /// # Errors
    /// As of any call.
    pub async fn kind(&self, address: Address) -> Result<ChannelKind, CallError> {
        let path = format!("/channels/{}", channel(address)?);
        Ok(self.read::<history::Channel>(&path, Some(&address)).await?.kind())
    }

    /// Makes a call. `about`: the channel whose rates it counts for.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        about: Option<&Address>,
    ) -> Result<Answer, CallError> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answer_to(request, about).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.client().request(method, format!("{}{path}", self.base))
    }

    async fn answer_to(&self, request: RequestBuilder, about: Option<&Address>) -> Result<Answer, CallError> {
        self.gate.expect_turn()?;
        let answer = self.http.call(request, None).await?;
        if let (Some(address), Some(bucket)) = (about, rates::bucket(&answer.headers)) {
            self.gate.learned(address, bucket);
        }
        if answer.status.is_success() {
            return Ok(answer);
        }
        let error = errors::classify(answer.status, &answer.body, &answer.headers);
        self.tell_gate(&error, about);
        Err(error)
    }

    /// Asks for something; an answer that cannot be read is worth asking for again.
    async fn read<T: DeserializeOwned>(&self, path: &str, about: Option<&Address>) -> Result<T, CallError> {
        let answer = self.call(Method::GET, path, None, about).await?;
        answer.json().map_err(CallError::Transient)
    }

    fn tell_gate(&self, error: &CallError, about: Option<&Address>) {
        if matches!(error, CallError::RetryAfter { .. }) {
            metrics::counter!("jogan_rate_limited_total", "platform" => "discord").increment(1);
        }
        match (error, about) {
            (&CallError::RetryAfter { after, covers }, Some(address)) => {
                self.gate.told(address, covers, after);
            }
            (&CallError::RetryAfter { after, covers: Covers::Everything }, None) => self.gate.told_all(after),
            _ => {}
        }
    }

    async fn post(&self, post: &Post<'_>) -> Result<PlatformMessageId, CallError> {
        let request = self.request(Method::POST, &messages(post.address)?);
        let request = request.json(&body::to_send(post.body, post.nonce));
        let answer = self.answer_to(request, Some(&post.address)).await?;
        // It is there, but under what id? The nonce finds out at the next attempt.
        let sent: Id = answer.json().map_err(CallError::Unanswered)?;
        Ok(PlatformMessageId(sent.id.to_string()))
    }

    /// Deletes a forum's post with all that is in it; what others wrote there goes, too, as it answers what is gone.
    /// `Ok(false)`: we may not.
    async fn delete_thread(&self, address: Address, thread: &str) -> Result<bool, CallError> {
        let path = format!("/channels/{}", thread.parse::<u64>().map_err(|_| unreadable(thread))?);
        match self.call(Method::DELETE, &path, None, Some(&address)).await {
            Ok(_) => Ok(true),
            Err(error) if errors::is_unknown_channel(&error) => Ok(true),
            Err(CallError::Lost(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Courier for Discord {
    fn recognises_nonce(&self) -> bool {
        true
    }

    async fn private(&self, person: &str, _place: Place) -> Result<Address, CallError> {
        self.open_private(person).await
    }

    async fn send(&self, post: Post<'_>, place: Place) -> Result<PlatformMessageId, CallError> {
        match post.kind {
            ChannelKind::Forum => forum::open(self, &post, place).await,
            _ => self.post(&post).await,
        }
    }

    async fn edit(
        &self,
        address: Address,
        message: &PlatformMessageId,
        body: &Body,
        _place: Place,
    ) -> Result<(), CallError> {
        let body = body::to_edit(body);
        self.call(Method::PATCH, &path_of(address, message)?, Some(&body), Some(&address)).await?;
        Ok(())
    }

    async fn delete(
        &self,
        address: Address,
        message: &PlatformMessageId,
        place: Place,
    ) -> Result<(), CallError> {
        let thread = message.0.split_once('/');
        let _place = match thread {
            Some((thread, id)) if thread == id => {
                if self.delete_thread(address, thread).await? {
                    return Ok(());
                }
                place.next().await
            }
            _ => place,
        };
        match self.call(Method::DELETE, &path_of(address, message)?, None, Some(&address)).await {
            Ok(_) | Err(CallError::Gone(_)) => Ok(()),
            // Its thread went before it.
            Err(error) if thread.is_some() && errors::is_unknown_channel(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn publish(
        &self,
        address: Address,
        message: &PlatformMessageId,
        _place: Place,
    ) -> Result<(), CallError> {
        self.crosspost(address, message).await
    }

    fn shows_history(&self) -> bool {
        true
    }

    async fn find(
        &self,
        address: Address,
        body: &Body,
        since: DateTime<Utc>,
        place: Place,
    ) -> Result<Option<PlatformMessageId>, CallError> {
        history::find(self, address, body, since, place).await
    }

    async fn probe(&self, address: Address, place: Place) -> Result<(), CallError> {
        let path = format!("/channels/{}", channel(address)?);
        let known: history::Channel = self.read(&path, Some(&address)).await?;
        if known.holds_threads_only() {
            return Ok(());
        }
        // Seeing a channel takes less than writing there. The sign that somebody is typing takes as much, and is no
        // message; whatever else becomes of it says nothing about the channel.
        let _place = place.next().await;
        match self.call(Method::POST, &format!("{path}/typing"), None, Some(&address)).await {
            Err(error @ CallError::Lost(_)) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Anything with an id.
#[derive(Debug, Deserialize)]
struct Id {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
}

/// The id of the message that opened a forum thread: Discord gives it the thread's.
fn opening(thread: u64) -> PlatformMessageId {
    PlatformMessageId::in_thread(thread, &thread.to_string())
}

fn channel(address: Address) -> Result<u64, CallError> {
    match address {
        Address::Discord { channel } => Ok(channel),
        Address::Telegram { .. } => Err(CallError::Unsupported(format!("{address} is not on Discord"))),
    }
}

fn messages(address: Address) -> Result<String, CallError> {
    Ok(format!("/channels/{}/messages", channel(address)?))
}

/// A message's path. Only numbers get into it, whatever the id.
fn path_of(address: Address, message: &PlatformMessageId) -> Result<String, CallError> {
    let (thread, id) = match message.0.split_once('/') {
        Some((thread, id)) => (Some(thread), id),
        None => (None, message.0.as_str()),
    };
    let place = match thread {
        Some(thread) => thread.parse().map_err(|_| unreadable(&message.0))?,
        None => channel(address)?,
    };
    Ok(format!("/channels/{place}/messages/{}", id.parse::<u64>().map_err(|_| unreadable(&message.0))?))
}

fn unreadable(id: &str) -> CallError {
    CallError::Unsupported(format!("`{id}` is no id of a Discord message"))
}

/// An id, which Discord writes as a string.
fn snowflake<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| serde::de::Error::custom("no id"))
}
