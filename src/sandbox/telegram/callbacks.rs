//! Pressed buttons: the query that goes to the bot, and its answer, once and not too late.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::sandbox::telegram::keyboard;
use crate::sandbox::telegram::params::Params;
use crate::sandbox::telegram::refusal::Refusal;
use crate::sandbox::telegram::state::State;
use crate::sandbox::telegram::{CallbackAnswer, Person, PressError, view};

/// Code points of an answer.
const TEXT: usize = 200;
/// How long a query may be answered; the platform names no number.
const OPEN: TimeDelta = TimeDelta::seconds(60);

/// A query that waits for its answer.
pub(crate) struct Query {
    at: DateTime<Utc>,
    answer: oneshot::Sender<CallbackAnswer>,
}

/// A person presses a button; the bot's answer comes over the channel.
pub(crate) fn press(
    state: &mut State,
    by: &Person,
    chat: i64,
    message: i64,
    data: &str,
    now: DateTime<Utc>,
) -> Result<oneshot::Receiver<CallbackAnswer>, PressError> {
    state.meet(by);
    let place = state.chats.get(&chat).ok_or(PressError::NoMessage)?;
    let pressed = place.messages.get(&message).ok_or(PressError::NoMessage)?;
    if !pressed.keyboard.as_ref().is_some_and(|keyboard| keyboard::has_data(keyboard, data)) {
        return Err(PressError::NoButton);
    }
    let id = (4_382_000_000_000_000_000_u64 + state.counters.pressed).to_string();
    let query = json!({
        "id": id, "from": view::user(state, by.id), "message": view::message(state, place, pressed),
        "chat_instance": chat.unsigned_abs().to_string(), "data": data,
    });
    let (answer, answered) = oneshot::channel();
    state.counters.pressed += 1;
    state.queries.retain(|_, query| now - query.at < OPEN);
    state.queries.insert(id, Query { at: now, answer });
    state.updates.push("callback_query", query, now);
    Ok(answered)
}

/// `answerCallbackQuery`
pub(crate) fn answer(state: &mut State, params: &Params, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let text = params.text("text");
    if text.as_ref().is_some_and(|text| text.chars().count() > TEXT) {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let url = params.text("url");
    let own = format!("https://t.me/{}?", state.bot.username.as_deref().unwrap_or_default());
    if url.as_ref().is_some_and(|url| !url.starts_with(&own)) {
        return Err(Refusal::bad("URL_INVALID"));
    }
    let query = params.text("callback_query_id").and_then(|id| state.queries.remove(&id));
    match query.filter(|query| now - query.at < OPEN) {
        Some(query) => {
            let answer = CallbackAnswer { text, show_alert: params.flag("show_alert"), url };
            // Whoever pressed may have stopped waiting.
            let _ = query.answer.send(answer);
            Ok(json!(true))
        }
        None => Err(Refusal::bad("query is too old and response timeout expired or query ID is invalid")),
    }
}
