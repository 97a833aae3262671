//! How the bot answers an interaction: first the callback, within 3 s, then for 15 min edits and further messages
//! through the interaction's token. How an interaction begins is in `people.rs`.
//! Rules: Discord, `interactions/receiving-and-responding`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State as Server};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::sandbox::discord::compose::flags;
use crate::sandbox::discord::form::Form;
use crate::sandbox::discord::mentions::Allowed;
use crate::sandbox::discord::messages::Answer;
use crate::sandbox::discord::payload::Payload;
use crate::sandbox::discord::refusal::{FormErrors, Refusal};
use crate::sandbox::discord::state::{
    Cause, FirstAnswer, Interaction, Message, Modal, Origin, State, TOKEN_LIVES,
};
use crate::sandbox::discord::{Discord, message_form};

/// How long the first answer may take.
const FIRST_ANSWER: TimeDelta = TimeDelta::seconds(3);

/// `POST /interactions/{interaction}/{token}/callback`
pub(crate) async fn callback(
    Server(discord): Server<Arc<Discord>>,
    Path((id, token)): Path<(u64, String)>,
    Query(asked): Query<HashMap<String, String>>,
    payload: Payload,
) -> Result<Response, Refusal> {
    let now = discord.now();
    let mut state = discord.lock();
    let interaction = state.interactions.get(&id).filter(|one| one.token == token);
    let interaction = interaction.ok_or(Refusal::UNKNOWN_INTERACTION)?;
    if interaction.answered {
        return Err(Refusal::ALREADY_ANSWERED);
    }
    if now - interaction.at > FIRST_ANSWER {
        return Err(Refusal::UNKNOWN_INTERACTION);
    }
    let kind = payload.json.get("type").and_then(Value::as_u64).unwrap_or_default();
    let first = state.answer(id, kind, payload, now)?;
    let body = state.interactions.get(&id).map(|interaction| state.callback_body(interaction, kind));
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.answered = true;
        if let Some(waiting) = interaction.waiting.take() {
            // Whoever waited may have given up.
            let _ = waiting.send(first);
        }
    }
    drop(state);
    discord.changed();
    if asked.get("with_response").is_some_and(|wanted| wanted == "true") {
        return Ok(Json(body).into_response());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /webhooks/{application}/{token}`: a further message; the first one after a deferral fills it.
pub(crate) async fn follow_up(
    Server(discord): Server<Arc<Discord>>,
    Path((application, token)): Path<(u64, String)>,
    payload: Payload,
) -> Answer {
    let now = discord.now();
    let mut state = discord.lock();
    let interaction = state.by_token(application, &token, now)?;
    let (id, channel) = (interaction.id, interaction.channel);
    let loading = interaction.original.filter(|original| {
        let message = state.channels.get(&channel).and_then(|place| place.messages.get(original));
        message.is_some_and(|message| message.flags & flags::LOADING != 0)
    });
    let body = match loading {
        Some(original) => state.edit(channel, original, payload, Allowed::for_answer(), now)?,
        None => {
            let mut errors = FormErrors::default();
            message_form::check(&payload.json, &mut errors);
            errors.verdict()?;
            state.say(id, payload, now)?
        }
    };
    state.updated(&token);
    drop(state);
    discord.changed();
    Ok(Json(body))
}

/// `GET /webhooks/{application}/{token}/messages/{message}`, or `@original`
pub(crate) async fn get(
    Server(discord): Server<Arc<Discord>>,
    Path((application, token, message)): Path<(u64, String, String)>,
) -> Answer {
    let state = discord.lock();
    let (channel, message) = state.meant(application, &token, &message, discord.now())?;
    let message = state.channels.get(&channel).and_then(|place| place.messages.get(&message));
    Ok(Json(state.message_body(message.ok_or(Refusal::UNKNOWN_MESSAGE)?)))
}

/// `PATCH /webhooks/{application}/{token}/messages/{message}`, or `@original`
pub(crate) async fn edit(
    Server(discord): Server<Arc<Discord>>,
    Path((application, token, message)): Path<(u64, String, String)>,
    payload: Payload,
) -> Answer {
    let now = discord.now();
    let mut state = discord.lock();
    let (channel, message) = state.meant(application, &token, &message, now)?;
    let body = state.edit(channel, message, payload, Allowed::for_answer(), now)?;
    state.updated(&token);
    drop(state);
    discord.changed();
    Ok(Json(body))
}

/// `DELETE /webhooks/{application}/{token}/messages/{message}`, or `@original`
pub(crate) async fn delete(
    Server(discord): Server<Arc<Discord>>,
    Path((application, token, message)): Path<(u64, String, String)>,
) -> Result<StatusCode, Refusal> {
    let mut state = discord.lock();
    let (channel, message) = state.meant(application, &token, &message, discord.now())?;
    let removed = state.channels.get_mut(&channel).and_then(|place| place.messages.remove(&message));
    drop(state);
    discord.changed();
    removed.map(|_| StatusCode::NO_CONTENT).ok_or(Refusal::UNKNOWN_MESSAGE)
}

impl State {
    /// Takes in the first answer.
    fn answer(
        &mut self,
        id: u64,
        kind: u64,
        payload: Payload,
        now: DateTime<Utc>,
    ) -> Result<FirstAnswer, Refusal> {
        let interaction = self.interactions.get(&id).ok_or(Refusal::UNKNOWN_INTERACTION)?;
        let (channel, by, origin) = (interaction.channel, interaction.by, interaction.origin.clone());
        let on = match &origin {
            Origin::Component { message } | Origin::Modal { message: Some(message) } => Some(*message),
            _ => None,
        };
        let payload = payload.inner("data");
        let mut errors = FormErrors::under("data");
        match (kind, on) {
            (8, _) if origin == Origin::Autocomplete => {
                let choices = check_choices(&payload.json, &mut errors);
                errors.verdict()?;
                return Ok(FirstAnswer::Choices(choices));
            }
            _ if origin == Origin::Autocomplete => return Err(wrong_type("(8,)")),
            (4, _) => {
                message_form::check(&payload.json, &mut errors);
                errors.verdict()?;
                let body = self.say(id, payload, now)?;
                self.original(id, crate::sandbox::discord::form::as_id(&body["id"]));
            }
            (5, _) => {
                let loading = flags::LOADING | wanted_flags(&payload.json) & flags::EPHEMERAL;
                let message = self.answer_message(id, loading, now)?;
                self.original(id, Some(message.id));
                self.put(message);
            }
            (6, Some(message)) => {
                self.original(id, Some(message));
                if let Some(interaction) = self.interactions.get_mut(&id) {
                    interaction.updates = true;
                }
            }
            (7, Some(message)) => {
                message_form::check(&payload.json, &mut errors);
                errors.verdict()?;
                self.edit(channel, message, payload, Allowed::for_answer(), now)?;
                self.original(id, Some(message));
            }
            (9, _) if !matches!(origin, Origin::Modal { .. }) => {
                let form = Form::root(&payload.json, &mut errors);
                form.text("title", 1..=45, &mut errors);
                if form.opaque("custom_id", 1..=100, &mut errors).is_none() {
                    errors.required("custom_id");
                }
                for row in form.list("components", 1..=5, &mut errors) {
                    for input in row.list("components", 1..=1, &mut errors) {
                        input.text("label", 1..=45, &mut errors);
                        input.text("placeholder", 0..=100, &mut errors);
                        input.opaque("custom_id", 1..=100, &mut errors);
                        input.opaque("value", 0..=4000, &mut errors);
                    }
                }
                errors.verdict()?;
                self.modals.insert(by, Modal { form: payload.json, channel, message: on });
            }
            (_, Some(_)) => return Err(wrong_type("(4, 5, 6, 7, 9)")),
            _ => return Err(wrong_type("(4, 5, 9)")),
        }
        Ok(FirstAnswer::Done)
    }

    /// Posts a message that answers an interaction, seen by the asker alone where it says so.
    fn say(&mut self, interaction: u64, payload: Payload, now: DateTime<Utc>) -> Result<Value, Refusal> {
        let ephemeral = wanted_flags(&payload.json) & flags::EPHEMERAL;
        let mut message = self.answer_message(interaction, ephemeral, now)?;
        self.compose(&mut message, payload, Allowed::for_answer())?;
        let body = self.message_body(&message);
        self.put(message);
        Ok(body)
    }

    /// An empty message that answers an interaction.
    fn answer_message(
        &mut self,
        interaction: u64,
        flags: u64,
        now: DateTime<Utc>,
    ) -> Result<Message, Refusal> {
        let message = self.next_id(now);
        let asked = self.interactions.get(&interaction).ok_or(Refusal::UNKNOWN_INTERACTION)?;
        let cause = Cause { interaction, by: asked.by, origin: asked.origin.clone() };
        // A further message replies to the first; an answer to a button replies to what it hangs on.
        let reply_to = asked.original.or(match &cause.origin {
            Origin::Component { message } => Some(*message),
            _ => None,
        });
        Ok(Message {
            flags,
            reply_to,
            only_for: (flags & flags::EPHEMERAL != 0).then_some(asked.by),
            answers: Some(cause),
            ..Message::blank(message, asked.channel, now)
        })
    }

    fn put(&mut self, message: Message) {
        if let Some(channel) = self.channels.get_mut(&message.channel) {
            channel.messages.insert(message.id, message);
        }
    }

    fn original(&mut self, interaction: u64, message: Option<u64>) {
        if let Some(interaction) = self.interactions.get_mut(&interaction) {
            interaction.original = message;
        }
    }

    /// What was put off has been done.
    fn updated(&mut self, token: &str) {
        for interaction in self.interactions.values_mut().filter(|one| one.token == token) {
            interaction.updates = false;
        }
    }

    /// The interaction that a token belongs to, answered and not too old.
    fn by_token(&self, application: u64, token: &str, now: DateTime<Utc>) -> Result<&Interaction, Refusal> {
        let known = self.interactions.values().find(|one| one.token == token && one.answered);
        let known = known.filter(|_| application == self.application).ok_or(Refusal::UNKNOWN_WEBHOOK)?;
        if now - known.at > TOKEN_LIVES { Err(Refusal::WEBHOOK_TOKEN) } else { Ok(known) }
    }

    /// Channel and id of the message that a path names.
    fn meant(
        &self,
        application: u64,
        token: &str,
        message: &str,
        now: DateTime<Utc>,
    ) -> Result<(u64, u64), Refusal> {
        let interaction = self.by_token(application, token, now)?;
        let id = match message {
            "@original" => interaction.original,
            id => id.parse().ok(),
        };
        let id = id.ok_or(Refusal::UNKNOWN_MESSAGE)?;
        let place = self.channels.get(&interaction.channel).ok_or(Refusal::UNKNOWN_CHANNEL)?;
        let message = place.messages.get(&id).ok_or(Refusal::UNKNOWN_MESSAGE)?;
        let own = message.answers.as_ref().is_some_and(|cause| cause.interaction == interaction.id);
        if own || interaction.original == Some(id) {
            Ok((place.id, id))
        } else {
            Err(Refusal::UNKNOWN_MESSAGE)
        }
    }

    /// What a callback returns that asks `with_response`.
    fn callback_body(&self, interaction: &Interaction, kind: u64) -> Value {
        let message =
            interaction.original.and_then(|id| self.channels.get(&interaction.channel)?.messages.get(&id));
        let set = message.map_or(0, |message| message.flags);
        let mut body = json!({"interaction": {
            "id": interaction.id.to_string(), "type": interaction.origin.number(),
            "channel_id": interaction.channel.to_string(),
            "response_message_id": interaction.original.map(|id| id.to_string()),
            "response_message_loading": set & flags::LOADING != 0,
            "response_message_ephemeral": set & flags::EPHEMERAL != 0,
        }});
        if let Some(message) = message {
            body["resource"] = json!({"type": kind, "message": self.message_body(message)});
        }
        body
    }
}

impl Origin {
    /// The number of the interaction's type.
    pub(crate) fn number(&self) -> u8 {
        match self {
            Self::Command { .. } => 2,
            Self::Component { .. } => 3,
            Self::Autocomplete => 4,
            Self::Modal { .. } => 5,
        }
    }
}

fn wanted_flags(body: &Value) -> u64 {
    body.get("flags").and_then(Value::as_u64).unwrap_or(0)
}

fn wrong_type(types: &str) -> Refusal {
    let mut errors = FormErrors::default();
    errors.add("type", "BASE_TYPE_CHOICES", format!("Value must be one of {types}."));
    errors.verdict().err().unwrap_or(Refusal::BAD_JSON)
}

/// Checks what autocompletion offers: at most 25, names of 1–100 code points, texts of at most 100.
fn check_choices(body: &Value, errors: &mut FormErrors) -> Vec<Value> {
    let form = Form::root(body, errors);
    for choice in form.list("choices", 0..=25, errors) {
        choice.text("name", 1..=100, errors);
        match choice.get("value") {
            None => errors.required(&choice.place("value")),
            Some(Value::String(_)) => {
                choice.opaque("value", 0..=100, errors);
            }
            Some(_) => {}
        }
    }
    form.get("choices").and_then(Value::as_array).cloned().unwrap_or_default()
}
