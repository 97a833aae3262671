//! The Discord pane's requests: what it shows, and what people do there. Telegram's are in `telegram.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::discord::{ChannelKind, InvokeError, Person};
use crate::sandbox::page::Stage;
use crate::sandbox::page::fault::{Fault, id};

type Answer = Result<Json<Value>, Fault>;

/// Channels with messages, people, and commands as registered.
pub(crate) fn state(stage: &Stage) -> Value {
    let channels = stage.discord.channels().into_iter().filter(|channel| channel.kind != ChannelKind::Forum);
    let channel = |channel: crate::sandbox::discord::ChannelView| {
        json!({
            "id": channel.id.to_string(), "name": channel.name, "kind": channel.kind.number(),
            "guild": channel.guild.map(|id| id.to_string()), "guild_name": channel.guild_name,
            "recipient": channel.recipient.map(|id| id.to_string()),
        })
    };
    let person =
        |person: &Person| json!({"id": person.id.to_string(), "name": person.name, "locale": person.locale});
    json!({
        "connected": stage.discord.connected(),
        "channels": channels.map(channel).collect::<Vec<_>>(),
        "people": stage.discord_people.iter().map(person).collect::<Vec<_>>(),
        "commands": stage.discord.commands(),
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    #[serde(deserialize_with = "id")]
    channel: u64,
    #[serde(deserialize_with = "id")]
    person: u64,
}

/// A channel's messages as one person sees them.
pub(crate) async fn timeline(State(stage): State<Arc<Stage>>, Query(place): Query<Place>) -> Json<Value> {
    Json(json!({"messages": stage.discord.timeline(place.channel, place.person)}))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    #[serde(flatten)]
    place: Place,
    text: String,
}

/// Somebody writes.
pub(crate) async fn say(State(stage): State<Arc<Stage>>, Json(said): Json<Said>) -> Answer {
    let by = stage.on_discord(said.place.person)?;
    let sent = stage.discord.say(by, said.place.channel, &said.text);
    sent.ok_or(InvokeError::UnknownChannel(said.place.channel))?;
    Ok(Json(json!({})))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invocation {
    #[serde(flatten)]
    place: Place,
    command: String,
    #[serde(default)]
    options: Value,
}

/// Somebody uses a command.
pub(crate) async fn invoke(State(stage): State<Arc<Stage>>, Json(asked): Json<Invocation>) -> Answer {
    let by = stage.on_discord(asked.place.person)?;
    stage.discord.invoke(by, asked.place.channel, &asked.command, asked.options).await?;
    Ok(stage.form(by))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Typing {
    #[serde(flatten)]
    place: Place,
    command: String,
    option: String,
    typed: String,
    #[serde(default)]
    options: Value,
}

/// Somebody types in an option: what the bot offers.
pub(crate) async fn autocomplete(State(stage): State<Arc<Stage>>, Json(typing): Json<Typing>) -> Answer {
    let Typing { place, command, option, typed, options } = typing;
    let by = stage.on_discord(place.person)?;
    let found = stage.discord.autocomplete(by, place.channel, &command, &option, &typed, options).await?;
    let choice = |(name, value)| json!({"name": name, "value": value});
    Ok(Json(json!({"choices": found.into_iter().map(choice).collect::<Vec<_>>()})))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Touched {
    #[serde(deserialize_with = "id")]
    person: u64,
    #[serde(deserialize_with = "id")]
    message: u64,
    /// A message command's name.
    #[serde(default)]
    command: String,
    /// A component's custom id.
    #[serde(default)]
    custom_id: String,
    #[serde(default)]
    values: Vec<String>,
}

/// Somebody uses a command of a message's menu.
pub(crate) async fn menu(State(stage): State<Arc<Stage>>, Json(on): Json<Touched>) -> Answer {
    let by = stage.on_discord(on.person)?;
    stage.discord.invoke_on_message(by, on.message, &on.command).await?;
    Ok(stage.form(by))
}

/// Somebody presses a button.
pub(crate) async fn press(State(stage): State<Arc<Stage>>, Json(on): Json<Touched>) -> Answer {
    let by = stage.on_discord(on.person)?;
    stage.discord.press(by, on.message, &on.custom_id).await?;
    Ok(stage.form(by))
}

/// Somebody chooses in a menu.
pub(crate) async fn select(State(stage): State<Arc<Stage>>, Json(on): Json<Touched>) -> Answer {
    let by = stage.on_discord(on.person)?;
    stage.discord.select(by, on.message, &on.custom_id, &on.values).await?;
    Ok(stage.form(by))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Filled {
    #[serde(deserialize_with = "id")]
    person: u64,
    /// Custom id and text of each input.
    values: Vec<(String, String)>,
}

/// Somebody sends the form before them.
pub(crate) async fn submit(State(stage): State<Arc<Stage>>, Json(filled): Json<Filled>) -> Answer {
    let by = stage.on_discord(filled.person)?;
    let values: Vec<_> = filled.values.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    stage.discord.submit(by, &values).await?;
    Ok(stage.form(by))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Closed {
    #[serde(deserialize_with = "id")]
    person: u64,
}

/// Somebody closes the form before them; the bot is not told.
pub(crate) async fn dismiss(State(stage): State<Arc<Stage>>, Json(closed): Json<Closed>) -> Json<Value> {
    stage.discord.dismiss(closed.person);
    Json(json!({}))
}

impl Stage {
    fn on_discord(&self, person: u64) -> Result<&Person, Fault> {
        self.discord_people.iter().find(|each| each.id == person).ok_or_else(Fault::nobody)
    }

    /// The form that the bot has put before somebody, if it answered with one.
    fn form(&self, by: &Person) -> Json<Value> {
        Json(json!({"form": self.discord.modal(by.id)}))
    }
}

impl From<InvokeError> for Fault {
    fn from(error: InvokeError) -> Self {
        let (status, word) = match &error {
            InvokeError::NotConnected => (StatusCode::SERVICE_UNAVAILABLE, "offline"),
            InvokeError::NoAnswer => (StatusCode::GATEWAY_TIMEOUT, "no_response"),
            InvokeError::NotOffered(_) => (StatusCode::FORBIDDEN, "forbidden"),
            InvokeError::UnknownCommand(_) => (StatusCode::NOT_FOUND, "unknown_command"),
            InvokeError::UnknownChannel(_) | InvokeError::UnknownMessage(_) => {
                return Self::nowhere(&error.to_string());
            }
            InvokeError::BadOption { .. } | InvokeError::UnknownComponent(_) => {
                (StatusCode::BAD_REQUEST, "refused")
            }
        };
        Self { status, error: word, detail: error.to_string() }
    }
}
