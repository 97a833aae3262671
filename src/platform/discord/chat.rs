//! What `chat/` asks of Discord besides messages to channels: where the gateway is, the commands, answers to
//! interactions, conversations with one person, publishing.

mod commands;
mod servers;

use chrono::TimeDelta;
use reqwest::Method;
use reqwest::multipart::Form;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::model::channel::Address;
use crate::model::message::PlatformMessageId;
use crate::model::picture::Picture;
use crate::platform::call::CallError;
use crate::platform::http::{Answer, png};

use super::{Discord, Id, errors, messages};

/// What is said of sessions is good for so long where Discord does not say for how long.
const A_DAY: TimeDelta = TimeDelta::hours(24);
/// It is not asked for more often than this.
const AT_LEAST: TimeDelta = TimeDelta::seconds(1);

/// Where events come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayInfo {
    /// The address to connect to: `ws://` or `wss://`, as the server said it.
    pub url: Url,
    /// How many shards the server recommends; at least one.
    pub shards: u32,
    /// How many shards may identify within 5 s; at least one.
    pub max_concurrency: u32,
    /// How many sessions may begin before that number is a new one. Who begins more than 1,000 a day loses the token
    /// (Discord, events/gateway#session-start-limit-object). Where nothing is said of it, there is no such limit.
    pub sessions_left: u32,
    /// How long it is until then.
    pub resets_in: TimeDelta,
}

/// Which interaction is answered: its token is good for 15 minutes, the first answer is due within 3 s.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// The application that was asked, as the interaction says.
    pub application: u64,
    /// The interaction's id.
    pub id: u64,
    /// What allows answering it.
    pub token: SecretString,
}

#[derive(Debug, Deserialize)]
struct GatewayBot {
    url: Url,
    #[serde(default)]
    shards: u32,
    session_start_limit: Option<SessionStarts>,
}

#[derive(Debug, Deserialize)]
struct SessionStarts {
    remaining: Option<u32>,
    /// Milliseconds.
    #[serde(default)]
    reset_after: u32,
    #[serde(default)]
    max_concurrency: u32,
}

impl Discord {
    /// Where the gateway is. There is no other address to fall back to: the caller asks again.
    ///
    /// # Errors
    /// As of any call; an address that is no WebSocket's is a passing failure.
    pub async fn gateway(&self) -> Result<GatewayInfo, CallError> {
        let told: GatewayBot = self.read("/gateway/bot", None).await?;
        if !matches!(told.url.scheme(), "ws" | "wss") {
            return Err(CallError::Transient(format!("`{}` is no address of a gateway", told.url)));
        }
        let shards = told.shards.max(1);
        let starts = told.session_start_limit;
        let starts = starts.as_ref();
        Ok(GatewayInfo {
            url: told.url,
            shards,
            max_concurrency: starts.map_or(1, |starts| starts.max_concurrency.max(1)),
            sessions_left: starts.and_then(|starts| starts.remaining).unwrap_or(u32::MAX),
            resets_in: starts
                .map_or(A_DAY, |starts| TimeDelta::milliseconds(starts.reset_after.into()).max(AT_LEAST)),
        })
    }

    /// Makes these the global commands of an application (the gateway's READY tells which is ours), and no others.
    /// Says whether that changed any; without a change nothing is written. Where it cannot be asked which there
    /// are, they are written. Takes its places in the rates itself.
    ///
    /// # Errors
    /// As of any call; a command that Discord refuses is [`CallError::Rejected`].
    pub async fn register_commands<C: Serialize + Sync>(
        &self,
        application: u64,
        commands: &[C],
    ) -> Result<bool, CallError> {
        let wanted = to_value(&commands)?;
        let path = format!("/applications/{application}/commands");
        let place = self.gate().take_for_none().await;
        let registered = self.read::<Value>(&format!("{path}?with_localizations=true"), None).await;
        drop(place);
        if registered.is_ok_and(|registered| commands::same(&registered, &wanted)) {
            return Ok(false);
        }
        let place = self.gate().take_for_none().await;
        let written = self.call(Method::PUT, &path, Some(&wanted), None).await;
        drop(place);
        written.map(|_| true)
    }

    /// The conversation with one person.
    ///
    /// # Errors
    /// As of any call.
    pub async fn open_private(&self, user: &str) -> Result<Address, CallError> {
        let body = json!({ "recipient_id": user });
        let answer = self.call(Method::POST, "/users/@me/channels", Some(&body), None).await?;
        let channel: Id = answer.json().map_err(CallError::Transient)?;
        Ok(Address::Discord { channel: channel.id })
    }

    /// Publishes a message of an announcement channel to those who follow it. One that is published already
    /// counts as done. To be called with a place for the channel. It has a bucket of its own, in which the channel waits
    /// for an hour: what that says about rates is not for the gate, which would hold up messages.
    ///
    /// # Errors
    /// As of any call.
    pub async fn crosspost(&self, address: Address, message: &PlatformMessageId) -> Result<(), CallError> {
        let path = format!("{}/crosspost", super::path_of(address, message)?);
        match self.call(Method::POST, &path, None, None).await {
            Ok(_) => Ok(()),
            Err(error) if errors::is_crossposted(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The first answer to an interaction (`{"type": 4, "data": …}`, or `{"type": 5}` to answer later).
    /// Answers to interactions count for no rate and need no place. The message's `attachments` name the picture.
    ///
    /// # Errors
    /// As of any call; [`CallError::Gone`] if it came too late, [`CallError::Unsupported`] if it is answered.
    pub async fn answer(
        &self,
        interaction: &Interaction,
        response: &(impl Serialize + Sync),
        picture: Option<&Picture>,
    ) -> Result<(), CallError> {
        let token = interaction.token.expose_secret();
        let path = format!("/interactions/{}/{token}/callback", interaction.id);
        self.reply(interaction, Method::POST, &path, response, picture).await?;
        Ok(())
    }

    /// Another message after the first answer.
    ///
    /// # Errors
    /// As of any call.
    pub async fn follow_up(
        &self,
        interaction: &Interaction,
        message: &(impl Serialize + Sync),
    ) -> Result<PlatformMessageId, CallError> {
        let path = webhook(interaction);
        let answer = self.reply(interaction, Method::POST, &path, message, None).await?;
        let sent: Id = answer.json().map_err(CallError::Unanswered)?;
        Ok(PlatformMessageId(sent.id.to_string()))
    }

    /// Replaces the first answer, or gives it where it was deferred. The message's `attachments` name the picture.
    ///
    /// # Errors
    /// As of any call.
    pub async fn edit_answer(
        &self,
        interaction: &Interaction,
        message: &(impl Serialize + Sync),
        picture: Option<&Picture>,
    ) -> Result<(), CallError> {
        let path = format!("{}/messages/@original", webhook(interaction));
        self.reply(interaction, Method::PATCH, &path, message, picture).await?;
        Ok(())
    }

    /// Sends to a channel what is no part of a delivery (an answer, a note). To be called with a place for the
    /// channel.
    ///
    /// # Errors
    /// As of any call.
    pub async fn say(
        &self,
        address: Address,
        message: &(impl Serialize + Sync),
    ) -> Result<PlatformMessageId, CallError> {
        let message = to_value(message)?;
        let answer = self.call(Method::POST, &messages(address)?, Some(&message), Some(&address)).await?;
        let sent: Id = answer.json().map_err(CallError::Unanswered)?;
        Ok(PlatformMessageId(sent.id.to_string()))
    }

    /// A call whose path holds an interaction's token.
    async fn reply(
        &self,
        interaction: &Interaction,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
        picture: Option<&Picture>,
    ) -> Result<Answer, CallError> {
        let url = format!("{}{path}", self.base);
        let (request, body) = (self.http.client().request(method, url), to_value(body)?);
        let request = match picture {
            None => request.json(&body),
            Some(picture) => request.multipart(
                Form::new().text("payload_json", body.to_string()).part("files[0]", png(picture)?),
            ),
        };
        // Whoever heard of it may answer it, in whichever program: this counts for no rate.
        let answer = self.http.call(request, Some(&interaction.token)).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(errors::classify(answer.status, &answer.body, &answer.headers))
    }
}

fn webhook(interaction: &Interaction) -> String {
    format!("/webhooks/{}/{}", interaction.application, interaction.token.expose_secret())
}

fn to_value(body: &impl Serialize) -> Result<Value, CallError> {
    serde_json::to_value(body).map_err(|error| CallError::Unsupported(format!("unwritable body: {error}")))
}
