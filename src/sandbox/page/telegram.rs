//! The Telegram pane's requests: what it shows, and what people do there. Discord's are in `discord.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::page::Stage;
use crate::sandbox::page::fault::{Fault, id};
use crate::sandbox::telegram::{ChatKind, ChatView, ChooseError, Person, PressError};

type Answer = Result<Json<Value>, Fault>;

/// Chats and people.
pub(crate) fn state(stage: &Stage) -> Value {
    let chat = |chat: ChatView| {
        let topic = |(id, name): &(i32, String)| json!({"id": id.to_string(), "name": name});
        let kind = match chat.kind {
            ChatKind::Private => "private",
            ChatKind::Group => "group",
            ChatKind::Supergroup => "supergroup",
            ChatKind::Forum => "forum",
            ChatKind::Channel => "channel",
        };
        json!({
            "id": chat.id.to_string(), "title": chat.title, "kind": kind,
            "topics": chat.topics.iter().map(topic).collect::<Vec<_>>(),
        })
    };
    let person = |person: &Person| json!({"id": person.id.to_string(), "name": person.first_name});
    json!({
        "chats": stage.telegram.chats().into_iter().map(chat).collect::<Vec<_>>(),
        "people": stage.telegram_people.iter().map(person).collect::<Vec<_>>(),
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Chat {
    #[serde(deserialize_with = "id")]
    chat: i64,
}

/// A chat's messages, and the keys below its text box.
pub(crate) async fn timeline(State(stage): State<Arc<Stage>>, Query(of): Query<Chat>) -> Json<Value> {
    let keys = stage.telegram.keys(of.chat).map(|mut keys| keys["keyboard"].take());
    Json(json!({"messages": stage.telegram.timeline(of.chat), "keys": keys}))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    #[serde(deserialize_with = "id")]
    chat: i64,
    #[serde(deserialize_with = "id")]
    person: i64,
}

/// The bot's menu as somebody has it in a chat.
pub(crate) async fn commands(State(stage): State<Arc<Stage>>, Query(place): Query<Place>) -> Answer {
    let by = stage.on_telegram(place.person)?;
    let menu = stage.telegram.commands(place.chat, by).into_iter();
    let entry = |(command, description)| json!({"command": command, "description": description});
    Ok(Json(json!({"commands": menu.map(entry).collect::<Vec<_>>()})))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    #[serde(flatten)]
    place: Place,
    topic: Option<i32>,
    reply_to: Option<i64>,
    text: String,
}

/// Somebody writes.
pub(crate) async fn say(State(stage): State<Arc<Stage>>, Json(said): Json<Said>) -> Answer {
    let by = stage.on_telegram(said.place.person)?;
    let chat = said.place.chat;
    let message = match said.reply_to {
        Some(to) => stage.telegram.reply(by, chat, to, &said.text).await,
        None => stage.telegram.say(by, chat, said.topic, &said.text).await,
    };
    if message == 0 {
        return Err(Fault::nowhere("no such chat"));
    }
    Ok(Json(json!({"message": message.to_string()})))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    #[serde(flatten)]
    place: Place,
    #[serde(deserialize_with = "id")]
    message: i64,
    data: String,
}

/// Somebody presses a button: what the bot says to it.
pub(crate) async fn press(State(stage): State<Arc<Stage>>, Json(on): Json<Pressed>) -> Answer {
    let by = stage.on_telegram(on.place.person)?;
    let answer = stage.telegram.press(by, on.place.chat, on.message, &on.data).await?;
    Ok(Json(json!({"text": answer.text, "show_alert": answer.show_alert, "url": answer.url})))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    #[serde(flatten)]
    place: Place,
    request: i64,
    #[serde(deserialize_with = "id")]
    chosen: i64,
}

/// Somebody chooses a chat for a key that asks for one.
pub(crate) async fn choose(State(stage): State<Arc<Stage>>, Json(on): Json<Chosen>) -> Answer {
    let by = stage.on_telegram(on.place.person)?;
    stage.telegram.choose(by, on.place.chat, on.request, on.chosen).await?;
    Ok(Json(json!({})))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Picture {
    file: String,
}

/// A picture that the bot sent, by its `file_id`.
pub(crate) async fn photo(
    State(stage): State<Arc<Stage>>,
    Query(of): Query<Picture>,
) -> Result<Response, Fault> {
    let bytes = stage.telegram.photo(&of.file).ok_or_else(|| Fault::nowhere("no such picture"))?;
    // The bot chose the bytes: they are a picture or nothing (`nosniff` is on every answer).
    Ok(([(CONTENT_TYPE, picture_type(&bytes))], bytes).into_response())
}

/// The content type of the sorts of pictures that Telegram takes, by their first bytes.
fn picture_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "application/octet-stream",
    }
}

impl From<PressError> for Fault {
    fn from(error: PressError) -> Self {
        match error {
            PressError::NoMessage | PressError::NoButton => Self::nowhere(&error.to_string()),
            PressError::NoAnswer => {
                Self { status: StatusCode::GATEWAY_TIMEOUT, error: "no_response", detail: error.to_string() }
            }
        }
    }
}

impl From<ChooseError> for Fault {
    fn from(error: ChooseError) -> Self {
        match error {
            ChooseError::NoKey => Self::nowhere(&error.to_string()),
            ChooseError::NotOffered => {
                Self { status: StatusCode::FORBIDDEN, error: "forbidden", detail: error.to_string() }
            }
        }
    }
}

impl Stage {
    fn on_telegram(&self, person: i64) -> Result<&Person, Fault> {
        self.telegram_people.iter().find(|each| each.id == person).ok_or_else(Fault::nobody)
    }
}
