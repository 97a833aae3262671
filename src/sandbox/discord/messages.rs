//! The calls on a channel's messages: post, read, edit, delete, publish. Channels and threads: `channels.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State as Server};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::sandbox::discord::compose::flags;
use crate::sandbox::discord::mentions::Allowed;
use crate::sandbox::discord::nonces::Posted;
use crate::sandbox::discord::payload::Payload;
use crate::sandbox::discord::refusal::{FormErrors, Refusal};
use crate::sandbox::discord::state::{Channel, Message, State};
use crate::sandbox::discord::{ChannelKind, Discord, message_form, permissions};

/// Answers with a body.
pub(crate) type Answer = Result<Json<Value>, Refusal>;

/// `POST /channels/{channel}/messages`
pub(crate) async fn create(
    Server(discord): Server<Arc<Discord>>,
    Path(channel): Path<u64>,
    payload: Payload,
) -> Answer {
    let now = discord.now();
    let mut state = discord.lock();
    state.may_post(channel, &payload)?;
    let mut errors = FormErrors::default();
    message_form::check(&payload.json, &mut errors);
    let reply_to = state.replied(channel, &payload.json, &mut errors);
    errors.verdict()?;
    if let Some(repeated) = state.repeated(&payload.json, now) {
        return repeated.map(Json);
    }
    let id = state.next_id(now);
    let message = Message { reply_to, ..Message::blank(id, channel, now) };
    let message = state.post(message, payload, now)?;
    drop(state);
    discord.changed();
    Ok(Json(message))
}

/// Which messages to list.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    limit: Option<usize>,
    before: Option<u64>,
    after: Option<u64>,
    around: Option<u64>,
}

/// `GET /channels/{channel}/messages`: newest first.
pub(crate) async fn list(
    Server(discord): Server<Arc<Discord>>,
    Path(channel): Path<u64>,
    Query(page): Query<Page>,
) -> Answer {
    let state = discord.lock();
    let channel = state.channel(channel)?;
    let limit = page.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        let mut errors = FormErrors::default();
        errors.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
        errors.verdict()?;
    }
    if state.bot_permissions(channel) & permissions::READ_MESSAGE_HISTORY == 0 {
        return Ok(Json(Value::Array(Vec::new())));
    }
    let seen = channel.messages.values().filter(|message| message.only_for.is_none());
    let mut found: Vec<&Message> = match page {
        Page { around: Some(around), .. } => {
            let before = seen.clone().rev().filter(|message| message.id < around).take(limit / 2);
            before.chain(seen.clone().filter(|message| message.id >= around)).take(limit).collect()
        }
        Page { after: Some(after), .. } => seen.filter(|message| message.id > after).take(limit).collect(),
        Page { before, .. } => {
            let before = before.unwrap_or(u64::MAX);
            seen.rev().filter(|message| message.id < before).take(limit).collect()
        }
    };
    found.sort_by_key(|message| std::cmp::Reverse(message.id));
    Ok(Json(found.into_iter().map(|message| state.message_body(message)).collect()))
}

/// `GET /channels/{channel}/messages/{message}`
pub(crate) async fn get(
    Server(discord): Server<Arc<Discord>>,
    Path((channel, message)): Path<(u64, u64)>,
) -> Answer {
    let state = discord.lock();
    state.need(state.channel(channel)?, permissions::READ_MESSAGE_HISTORY)?;
    let message = state.plain_message(channel, message)?;
    Ok(Json(state.message_body(message)))
}

/// `PATCH /channels/{channel}/messages/{message}`
pub(crate) async fn edit(
    Server(discord): Server<Arc<Discord>>,
    Path((channel, message)): Path<(u64, u64)>,
    payload: Payload,
) -> Answer {
    let now = discord.now();
    let mut state = discord.lock();
    if state.channel(channel)?.archive.archived {
        return Err(Refusal::ARCHIVED);
    }
    if state.plain_message(channel, message)?.author.is_some() {
        return Err(Refusal::NOT_AUTHOR);
    }
    let edited = state.edit(channel, message, payload, Allowed::for_message(), now)?;
    drop(state);
    discord.changed();
    Ok(Json(edited))
}

/// `DELETE /channels/{channel}/messages/{message}`
pub(crate) async fn delete(
    Server(discord): Server<Arc<Discord>>,
    Path((channel, message)): Path<(u64, u64)>,
) -> Result<StatusCode, Refusal> {
    let mut state = discord.lock();
    if state.plain_message(channel, message)?.author.is_some() {
        state.need(state.channel(channel)?, permissions::MANAGE_MESSAGES)?;
    }
    if let Some(channel) = state.channels.get_mut(&channel) {
        channel.messages.remove(&message);
    }
    drop(state);
    discord.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /channels/{channel}/messages/{message}/crosspost`
pub(crate) async fn crosspost(
    Server(discord): Server<Arc<Discord>>,
    Path((channel, message)): Path<(u64, u64)>,
) -> Answer {
    let mut state = discord.lock();
    let place = state.channel(channel)?;
    if place.kind != ChannelKind::Announcement {
        return Err(Refusal::WRONG_CHANNEL);
    }
    state.need(place, permissions::SEND_MESSAGES)?;
    if state.plain_message(channel, message)?.flags & flags::CROSSPOSTED != 0 {
        return Err(Refusal::ALREADY_CROSSPOSTED);
    }
    let message = state.message_mut(channel, message).ok_or(Refusal::UNKNOWN_MESSAGE)?;
    message.flags |= flags::CROSSPOSTED;
    let message = message.clone();
    let body = state.message_body(&message);
    drop(state);
    discord.changed();
    Ok(Json(body))
}

impl State {
    /// Whether the bot may post this to a channel.
    pub(crate) fn may_post(&self, channel: u64, payload: &Payload) -> Result<(), Refusal> {
        let channel = self.channel(channel)?;
        let post = match channel.kind {
            ChannelKind::Forum => return Err(Refusal::FORUM_MESSAGE),
            ChannelKind::Thread => permissions::SEND_MESSAGES_IN_THREADS,
            ChannelKind::Dm if channel.closed => return Err(Refusal::CLOSED_DM),
            _ => permissions::SEND_MESSAGES,
        };
        self.need(channel, post)?;
        if channel.archive.locked {
            return Err(Refusal::LOCKED);
        }
        self.may_show(channel, payload)
    }

    /// Whether the bot may show embeds and files in a channel, if there are some.
    pub(crate) fn may_show(&self, channel: &Channel, payload: &Payload) -> Result<(), Refusal> {
        let embeds = payload.json.get("embeds").and_then(Value::as_array);
        if embeds.is_some_and(|embeds| !embeds.is_empty()) {
            self.need(channel, permissions::EMBED_LINKS)?;
        }
        if payload.files.is_empty() { Ok(()) } else { self.need(channel, permissions::ATTACH_FILES) }
    }

    /// Composes a new message and puts it into its channel; a thread that was put away comes back.
    pub(crate) fn post(
        &mut self,
        mut message: Message,
        payload: Payload,
        now: DateTime<Utc>,
    ) -> Result<Value, Refusal> {
        message.nonce = payload.json.get("nonce").filter(|nonce| !nonce.is_null()).cloned();
        let enforced = payload.json.get("enforce_nonce").and_then(Value::as_bool) == Some(true);
        self.compose(&mut message, payload, Allowed::for_message())?;
        if let Some(nonce) = message.nonce.clone().filter(|_| enforced) {
            self.nonces.put(nonce, Posted { channel: message.channel, message: message.id, at: now });
        }
        let body = self.message_body(&message);
        let channel = self.channels.get_mut(&message.channel).ok_or(Refusal::UNKNOWN_CHANNEL)?;
        channel.archive.archived = false;
        channel.messages.insert(message.id, message);
        Ok(body)
    }

    /// Edits a message, whoever made it.
    pub(crate) fn edit(
        &mut self,
        channel: u64,
        message: u64,
        payload: Payload,
        unsaid: Allowed,
        now: DateTime<Utc>,
    ) -> Result<Value, Refusal> {
        let place = self.channels.get(&channel).ok_or(Refusal::UNKNOWN_CHANNEL)?;
        let mut edited = place.messages.get(&message).ok_or(Refusal::UNKNOWN_MESSAGE)?.clone();
        if edited.answers.is_none() {
            self.may_show(place, &payload)?;
        }
        let mut errors = FormErrors::default();
        message_form::check(&payload.json, &mut errors);
        errors.verdict()?;
        self.compose(&mut edited, payload, unsaid)?;
        if edited.flags & flags::LOADING == 0 {
            edited.edited = Some(now);
        }
        edited.flags &= !flags::LOADING;
        let body = self.message_body(&edited);
        if let Some(stored) = self.message_mut(channel, message) {
            *stored = edited;
        }
        Ok(body)
    }

    /// A message that everybody in the channel sees.
    pub(crate) fn plain_message(&self, channel: u64, message: u64) -> Result<&Message, Refusal> {
        let found = self.channel(channel)?.messages.get(&message);
        found.filter(|message| message.only_for.is_none()).ok_or(Refusal::UNKNOWN_MESSAGE)
    }

    /// The message that a body replies to; one that is not there is an error unless the body says otherwise.
    fn replied(&self, channel: u64, body: &Value, errors: &mut FormErrors) -> Option<u64> {
        let reference = body.get("message_reference")?;
        let id = crate::sandbox::discord::form::as_id(reference.get("message_id")?)?;
        if self.plain_message(channel, id).is_ok() {
            return Some(id);
        }
        if reference.get("fail_if_not_exists").and_then(Value::as_bool) != Some(false) {
            errors.add("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
        }
        None
    }

    /// The message that a body repeats by its enforced nonce: a deleted one is an error, as on Discord.
    fn repeated(&self, body: &Value, now: DateTime<Utc>) -> Option<Result<Value, Refusal>> {
        if body.get("enforce_nonce").and_then(Value::as_bool) != Some(true) {
            return None;
        }
        let nonce = body.get("nonce").filter(|nonce| !nonce.is_null())?;
        let known = self.nonces.posted(nonce, now)?;
        let message = self.channels.get(&known.channel).and_then(|place| place.messages.get(&known.message));
        Some(message.map(|message| self.message_body(message)).ok_or(Refusal::UNKNOWN_MESSAGE))
    }
}
