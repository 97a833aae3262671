//! Telegram over HTTP: messages, for `deliver/` ([`Courier`]). What `chat/` needs is in [`chat`], what errors mean
//! in `telegram/errors.rs`.
//!
//! The token is part of every call's address, so that no address ever gets into an error or a log.

pub mod chat;
mod errors;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use crate::model::channel::{Address, ChannelKind};
use crate::model::message::{Body, PlatformMessageId};
use crate::platform::call::{CallError, Courier, Post};
use crate::platform::gate::{Gate, Place};
use crate::platform::http::{self, Http, SetupError, Timeouts};

/// What belongs to sending and cannot be edited.
const OF_SENDING: [&str; 6] = [
    "disable_notification",
    "protect_content",
    "allow_paid_broadcast",
    "message_effect_id",
    "reply_parameters",
    "message_thread_id",
];

/// Where Telegram is and who we are there.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server, without `/bot<token>`: `https://api.telegram.org`.
    pub api_url: Url,
    /// The bot's token.
    pub token: SecretString,
    /// How long a call may take.
    pub timeouts: Timeouts,
}

/// The bot at Telegram.
#[derive(Debug)]
pub struct Telegram {
    http: Http,
    base: String,
    token: SecretString,
    gate: Arc<Gate>,
    me: OnceCell<Me>,
}

/// Who we are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// Our user's id.
    pub id: i64,
    /// Our name without the `@`, which links `t.me/<name>` are made of.
    pub username: String,
    /// Whether groups show us every message: privacy mode is off.
    #[serde(default)]
    pub can_read_all_group_messages: bool,
}

/// A success. `T` is what was asked for.
#[derive(Debug, Deserialize)]
struct Success<T> {
    ok: bool,
    result: T,
}

/// A message on its way to a chat, or to a topic of it.
#[derive(Debug, Serialize)]
struct ToSend<'b> {
    chat_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_thread_id: Option<i32>,
    /// Thousands of chats get the same: it is written from where it is, and not copied for each.
    #[serde(flatten)]
    body: Option<&'b Map<String, Value>>,
}

/// Whether an answer is one.
#[derive(Debug, Deserialize)]
struct Status {
    ok: bool,
}

#[derive(Debug, Deserialize)]
struct Sent {
    message_id: i64,
}

#[derive(Debug, Deserialize)]
struct Chat {
    #[serde(default)]
    is_forum: bool,
    #[serde(rename = "type", default)]
    kind: String,
}

/// What we are in a chat, as far as sending needs to know.
#[derive(Debug, Deserialize)]
struct Member {
    status: String,
    can_post_messages: Option<bool>,
    can_send_messages: Option<bool>,
    is_member: Option<bool>,
}

impl Telegram {
    /// A client; it calls nobody yet.
    ///
    /// # Errors
    /// The address or the token cannot be used in a call.
    pub fn new(settings: Settings, gate: Arc<Gate>) -> Result<Self, SetupError> {
        let base = http::base(&settings.api_url)?;
        let Settings { api_url, token, timeouts } = settings;
        let of_tokens = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ':' | '_' | '-' | '.');
        let text = token.expose_secret();
        if text.is_empty() || !text.chars().all(of_tokens) {
            return Err(SetupError::Token("Telegram"));
        }
        // The part behind the colon is the secret, and may come back alone.
        let key = text.rsplit(':').next().unwrap_or(text);
        let secrets = vec![token.clone(), SecretString::from(key)];
        let http = Http::new(&api_url, timeouts, HeaderMap::new(), secrets)?;
        Ok(Self { http, base, token, gate, me: OnceCell::new() })
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
        self.me.get_or_try_init(async || self.ask("getMe", &json!({})).await).await
    }

    /// What kind of place a chat is.
    ///
    /// # Errors
    /// As of any call.
    pub async fn kind(&self, address: Address) -> Result<ChannelKind, CallError> {
        let (chat, topic) = place(address)?;
        Ok(match self.chat(chat, topic).await?.kind.as_str() {
            "private" => ChannelKind::Private,
            "channel" => ChannelKind::Broadcast,
            _ => ChannelKind::Group,
        })
    }

    /// Calls a method of the Bot API (`sendMessage`, as <https://core.telegram.org/bots/api> writes it). One that
    /// sends to a chat is to be called with a place for that chat; the gate learns of waits by `chat_id`.
    ///
    /// # Errors
    /// As of any call. An answer that says that all is well but cannot be read is [`CallError::Unanswered`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<T, CallError> {
        self.call_within(method, parameters, None).await
    }

    /// As [`call`](Self::call), with another time limit for the whole call.
    async fn call_within<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &(impl Serialize + Sync),
        limit: Option<Duration>,
    ) -> Result<T, CallError> {
        let parameters = serde_json::to_value(parameters)
            .map_err(|error| CallError::Unsupported(format!("unwritable parameters: {error}")))?;
        let mut request = self.request(method).json(&parameters);
        if let Some(limit) = limit {
            request = request.timeout(limit);
        }
        let chat = parameters.get("chat_id").and_then(Value::as_i64);
        self.answer(request, chat).await
    }

    fn request(&self, method: &str) -> RequestBuilder {
        self.http.client().post(format!("{}/bot{}/{method}", self.base, self.token.expose_secret()))
    }

    /// What a call answers; `chat`: the one that it sends to, if any.
    async fn answer<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        chat: Option<i64>,
    ) -> Result<T, CallError> {
        self.gate.expect_turn()?;
        let answer = self.http.call(request, None).await?;
        if answer.status.is_success() {
            match answer.json::<Success<T>>() {
                Ok(success) if success.ok => return Ok(success.result),
                Err(unreadable) if answer.json::<Status>().is_ok_and(|status| status.ok) => {
                    return Err(CallError::Unanswered(unreadable));
                }
                _ => {}
            }
        }
        let error = errors::classify(answer.status, &answer.body, &answer.headers);
        if matches!(error, CallError::RetryAfter { .. }) {
            metrics::counter!("jogan_rate_limited_total", "platform" => "telegram").increment(1);
        }
        if let CallError::RetryAfter { after, covers } = error
            && let Some(chat) = chat
        {
            self.gate.told(&Address::Telegram { chat, topic: None }, covers, after);
        }
        Err(error)
    }

    /// A call that changes nothing: whatever became of it, it may be repeated.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<T, CallError> {
        self.call(method, parameters).await.map_err(|error| match error {
            CallError::Unanswered(reason) => CallError::Transient(reason),
            error => error,
        })
    }

    /// What a chat is now, if a topic of it (`None`: the chat itself) can be sent to. In a chat that is no forum any
    /// more, Telegram would post to the chat itself.
    async fn chat(&self, chat: i64, topic: Option<i32>) -> Result<Chat, CallError> {
        let known: Chat = self.ask("getChat", &json!({ "chat_id": chat })).await?;
        if topic.is_some() && !known.is_forum {
            return Err(CallError::Lost("the chat has no topics any more".to_owned()));
        }
        Ok(known)
    }
}

impl Courier for Telegram {
    fn recognises_nonce(&self) -> bool {
        false
    }

    async fn private(&self, person: &str, _place: Place) -> Result<Address, CallError> {
        // A private chat has its person's id.
        match person.parse() {
            Ok(chat) => Ok(Address::Telegram { chat, topic: None }),
            Err(_) => Err(CallError::Unsupported(format!("`{person}` is no id of a person"))),
        }
    }

    async fn send(&self, post: Post<'_>, _place: Place) -> Result<PlatformMessageId, CallError> {
        let (chat, topic) = place(post.address)?;
        if topic.is_some() {
            self.chat(chat, topic).await?;
        }
        let body = post.body.0.as_object();
        let request =
            self.request("sendMessage").json(&ToSend { chat_id: chat, message_thread_id: topic, body });
        let sent: Sent = self.answer(request, Some(chat)).await?;
        Ok(PlatformMessageId(sent.message_id.to_string()))
    }

    async fn edit(
        &self,
        address: Address,
        message: &PlatformMessageId,
        body: &Body,
        _place: Place,
    ) -> Result<(), CallError> {
        let mut parameters = object(body);
        for key in OF_SENDING {
            parameters.shift_remove(key);
        }
        parameters.insert("chat_id".to_owned(), place(address)?.0.into());
        parameters.insert("message_id".to_owned(), id(message)?.into());
        match self.call::<IgnoredAny>("editMessageText", &parameters).await {
            Ok(_) => Ok(()),
            Err(error) if errors::says_so_already(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn delete(
        &self,
        address: Address,
        message: &PlatformMessageId,
        _place: Place,
    ) -> Result<(), CallError> {
        let parameters = json!({ "chat_id": place(address)?.0, "message_id": id(message)? });
        match self.call::<IgnoredAny>("deleteMessage", &parameters).await {
            Ok(_) | Err(CallError::Gone(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn shows_history(&self) -> bool {
        false
    }

    async fn find(
        &self,
        _: Address,
        _: &Body,
        _: DateTime<Utc>,
        _: Place,
    ) -> Result<Option<PlatformMessageId>, CallError> {
        Err(CallError::Unsupported("Telegram shows a bot no earlier messages".to_owned()))
    }

    async fn probe(&self, address: Address, _place: Place) -> Result<(), CallError> {
        let (chat, topic) = place(address)?;
        let known = self.chat(chat, topic).await?;
        let me = self.me().await?.id;
        let parameters = json!({ "chat_id": chat, "user_id": me });
        let member: Member = self.ask("getChatMember", &parameters).await?;
        if !may_send(&member, &known.kind) {
            return Err(CallError::Lost(standing(&member)));
        }
        if known.kind != "private" {
            return Ok(());
        }
        // Only a call that would reach them tells whether a person has blocked us. This one sends no message.
        let action = json!({ "chat_id": chat, "action": "typing" });
        match self.ask::<IgnoredAny>("sendChatAction", &action).await {
            // A server that does not know the call has said above all that it can.
            Ok(_) | Err(CallError::Unsupported(_) | CallError::Credentials(_) | CallError::Rejected(_)) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

fn may_send(member: &Member, chat: &str) -> bool {
    match member.status.as_str() {
        "creator" => true,
        "administrator" if chat == "channel" => member.can_post_messages.unwrap_or(false),
        "administrator" => true,
        "member" => chat != "channel",
        "restricted" => member.is_member.unwrap_or(true) && member.can_send_messages.unwrap_or(false),
        _ => false,
    }
}

fn standing(member: &Member) -> String {
    format!("the bot is `{}` there, without the right to send", member.status)
}

fn object(body: &Body) -> Map<String, Value> {
    body.0.as_object().cloned().unwrap_or_default()
}

fn place(address: Address) -> Result<(i64, Option<i32>), CallError> {
    match address {
        Address::Telegram { chat, topic } => Ok((chat, topic)),
        Address::Discord { .. } => Err(CallError::Unsupported(format!("{address} is not on Telegram"))),
    }
}

fn id(message: &PlatformMessageId) -> Result<i64, CallError> {
    let unreadable = || CallError::Unsupported(format!("`{}` is no id of a Telegram message", message.0));
    message.0.parse().map_err(|_| unreadable())
}
