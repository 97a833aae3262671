//! The calls on channels, threads, guilds and the bot itself. Messages: `messages.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Server};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::discord::compose::flags;
use crate::sandbox::discord::form::Form;
use crate::sandbox::discord::messages::Answer;
use crate::sandbox::discord::payload::Payload;
use crate::sandbox::discord::refusal::{FormErrors, Refusal};
use crate::sandbox::discord::state::{Archive, Channel, Message, State};
use crate::sandbox::discord::{ChannelKind, Discord, message_form, permissions};

/// Minutes after which a thread may be put away.
const ARCHIVE_AFTER: [i64; 4] = [60, 1440, 4320, 10080];

/// `GET /users/@me`
pub(crate) async fn me(Server(discord): Server<Arc<Discord>>) -> Json<Value> {
    Json(discord.lock().bot())
}

/// `GET /applications/@me` and `GET /oauth2/applications/@me`
pub(crate) async fn application(Server(discord): Server<Arc<Discord>>) -> Json<Value> {
    Json(discord.lock().application())
}

/// `POST /users/@me/channels`: opens a DM.
pub(crate) async fn open_dm(Server(discord): Server<Arc<Discord>>, payload: Payload) -> Answer {
    let now = discord.now();
    let mut state = discord.lock();
    let mut errors = FormErrors::default();
    let form = Form::root(&payload.json, &mut errors);
    let recipient = form.id("recipient_id", &mut errors);
    if recipient.is_none() && form.get("recipient_id").is_none() {
        errors.required("recipient_id");
    }
    errors.verdict()?;
    let recipient = recipient.filter(|id| state.people.contains_key(id)).ok_or(Refusal::UNKNOWN_USER)?;
    let id = state.dm_with(recipient, now);
    let channel = state.channels.get(&id).ok_or(Refusal::UNKNOWN_CHANNEL)?;
    Ok(Json(state.channel_body(channel)))
}

/// `GET /channels/{channel}`
pub(crate) async fn get(Server(discord): Server<Arc<Discord>>, Path(channel): Path<u64>) -> Answer {
    let state = discord.lock();
    Ok(Json(state.channel_body(state.channel(channel)?)))
}

/// `PATCH /channels/{channel}`: a thread's name, and whether it is put away.
pub(crate) async fn edit(
    Server(discord): Server<Arc<Discord>>,
    Path(channel): Path<u64>,
    payload: Payload,
) -> Answer {
    let mut state = discord.lock();
    let place = state.channel(channel)?;
    if place.kind != ChannelKind::Thread {
        return Err(Refusal::MISSING_PERMISSIONS);
    }
    state.need(place, permissions::MANAGE_THREADS)?;
    let mut errors = FormErrors::default();
    let form = Form::root(&payload.json, &mut errors);
    let name = form.get("name").map(|_| form.text("name", 1..=100, &mut errors));
    let archived = form.flag("archived", &mut errors);
    let locked = form.flag("locked", &mut errors);
    let name = name.and(form.string("name", &mut errors));
    errors.verdict()?;
    let place = state.channels.get_mut(&channel).ok_or(Refusal::UNKNOWN_CHANNEL)?;
    if let Some(name) = name {
        place.name = name.trim().to_owned();
    }
    place.archive.archived = archived.unwrap_or(place.archive.archived);
    place.archive.locked = locked.unwrap_or(place.archive.locked);
    let body = state.channel_body(state.channel(channel)?);
    state.tell("THREAD_UPDATE", &body, body["guild_id"].as_str().and_then(|id| id.parse().ok()));
    drop(state);
    discord.changed();
    Ok(Json(body))
}

/// `DELETE /channels/{channel}`: a thread, or the bot's side of a DM.
pub(crate) async fn delete(Server(discord): Server<Arc<Discord>>, Path(channel): Path<u64>) -> Answer {
    let mut state = discord.lock();
    let place = state.channel(channel)?;
    let body = state.channel_body(place);
    match place.kind {
        ChannelKind::Dm => return Ok(Json(body)),
        ChannelKind::Thread => state.need(place, permissions::MANAGE_THREADS)?,
        _ => return Err(Refusal::MISSING_PERMISSIONS),
    }
    state.remove_channel(channel);
    drop(state);
    discord.changed();
    Ok(Json(body))
}

/// `POST /channels/{channel}/typing`
pub(crate) async fn typing(
    Server(discord): Server<Arc<Discord>>,
    Path(channel): Path<u64>,
) -> Result<StatusCode, Refusal> {
    discord.lock().channel(channel)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /channels/{channel}/threads`: a forum's post, or a thread that hangs on nothing.
pub(crate) async fn create_thread(
    Server(discord): Server<Arc<Discord>>,
    Path(channel): Path<u64>,
    payload: Payload,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let now = discord.now();
    let mut state = discord.lock();
    let parent = state.channel(channel)?;
    let forum = parent.kind == ChannelKind::Forum;
    let right = if forum { permissions::SEND_MESSAGES } else { permissions::CREATE_PUBLIC_THREADS };
    state.need(parent, right)?;
    let mut errors = FormErrors::default();
    let mut thread = new_thread(parent, &payload.json, now, &mut errors);
    if !matches!(parent.kind, ChannelKind::Forum | ChannelKind::Text | ChannelKind::Announcement) {
        return Err(Refusal::WRONG_CHANNEL);
    }
    if forum && payload.json.get("message").is_none() {
        errors.required("message");
    }
    errors.verdict()?;
    if forum && parent.tag_required && thread.applied_tags.is_empty() {
        return Err(Refusal::TAG_REQUIRED);
    }
    if !forum {
        thread.id = state.next_id(now);
        return Ok((StatusCode::CREATED, Json(discord.open_thread(state, thread))));
    }
    let payload = payload.inner("message");
    state.may_show(parent, &payload)?;
    let mut errors = FormErrors::under("message");
    message_form::check(&payload.json, &mut errors);
    errors.verdict()?;
    // A forum's post has the id of its first message.
    thread.id = state.next_id(now);
    let id = thread.id;
    state.channels.insert(id, thread);
    let message = match state.post(Message::blank(id, id, now), payload, now) {
        Ok(message) => message,
        Err(refusal) => {
            state.channels.remove(&id);
            return Err(refusal);
        }
    };
    let thread = state.channels.remove(&id).ok_or(Refusal::UNKNOWN_CHANNEL)?;
    let mut body = discord.open_thread(state, thread);
    body["message"] = message;
    Ok((StatusCode::CREATED, Json(body)))
}

/// `POST /channels/{channel}/messages/{message}/threads`: a thread that hangs on a message, and has its id.
pub(crate) async fn create_thread_on(
    Server(discord): Server<Arc<Discord>>,
    Path((channel, message)): Path<(u64, u64)>,
    payload: Payload,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let now = discord.now();
    let mut state = discord.lock();
    let parent = state.channel(channel)?;
    state.need(parent, permissions::CREATE_PUBLIC_THREADS)?;
    state.plain_message(channel, message)?;
    if !matches!(parent.kind, ChannelKind::Text | ChannelKind::Announcement) {
        return Err(Refusal::WRONG_CHANNEL);
    }
    if state.channels.contains_key(&message) {
        return Err(Refusal::THREAD_EXISTS);
    }
    let mut errors = FormErrors::default();
    let thread = Channel { id: message, ..new_thread(parent, &payload.json, now, &mut errors) };
    errors.verdict()?;
    if let Some(message) = state.message_mut(channel, message) {
        message.flags |= flags::HAS_THREAD;
    }
    Ok((StatusCode::CREATED, Json(discord.open_thread(state, thread))))
}

/// `GET /guilds/{guild}/threads/active`
pub(crate) async fn active_threads(Server(discord): Server<Arc<Discord>>, Path(guild): Path<u64>) -> Answer {
    let state = discord.lock();
    state.guild(guild)?;
    let threads: Vec<_> = state
        .channels
        .values()
        .rev()
        .filter(|channel| channel.guild == Some(guild) && channel.kind == ChannelKind::Thread)
        .filter(|thread| !thread.archive.archived && state.channel(thread.id).is_ok())
        .map(|thread| state.channel_body(thread))
        .collect();
    Ok(Json(json!({"threads": threads, "members": [], "has_more": false})))
}

/// `GET /guilds/{guild}`
pub(crate) async fn guild(Server(discord): Server<Arc<Discord>>, Path(guild): Path<u64>) -> Answer {
    let state = discord.lock();
    Ok(Json(state.guild_body(state.guild(guild)?)))
}

/// `GET /guilds/{guild}/channels`: all but threads.
pub(crate) async fn guild_channels(Server(discord): Server<Arc<Discord>>, Path(guild): Path<u64>) -> Answer {
    let state = discord.lock();
    state.guild(guild)?;
    let channels = state.channels.values();
    let channels = channels.filter(|one| one.guild == Some(guild) && one.kind != ChannelKind::Thread);
    Ok(Json(channels.map(|channel| state.channel_body(channel)).collect()))
}

/// `GET /guilds/{guild}/members/{user}`
pub(crate) async fn member(
    Server(discord): Server<Arc<Discord>>,
    Path((guild, user)): Path<(u64, u64)>,
) -> Answer {
    let state = discord.lock();
    let guild = state.guild(guild)?;
    if user == state.application {
        return Ok(Json(state.own_member(guild)));
    }
    let person = state.people.get(&user).ok_or(Refusal::UNKNOWN_USER)?;
    Ok(Json(state.member(person, guild)))
}

/// `GET /guilds/{guild}/roles`
pub(crate) async fn roles(Server(discord): Server<Arc<Discord>>, Path(guild): Path<u64>) -> Answer {
    let state = discord.lock();
    Ok(Json(state.guild_body(state.guild(guild)?)["roles"].clone()))
}

/// `GET /attachments/{channel}/{file}/{name}`: an uploaded file, for browsers.
pub(crate) async fn file(
    Server(discord): Server<Arc<Discord>>,
    Path((_, file, _)): Path<(u64, u64, String)>,
) -> Result<impl IntoResponse, Refusal> {
    let file = discord.lock().files.get(&file).cloned().ok_or(Refusal::NOT_FOUND)?;
    Ok(([(CONTENT_TYPE, file.kind)], file.bytes))
}

/// A thread as a body asks for it, still without an id.
fn new_thread(parent: &Channel, body: &Value, now: DateTime<Utc>, errors: &mut FormErrors) -> Channel {
    let form = Form::root(body, errors);
    form.text("name", 1..=100, errors);
    let after = form.number("auto_archive_duration", 0..=i64::MAX, errors).unwrap_or(1440);
    if !ARCHIVE_AFTER.contains(&after) {
        let message = "Value must be one of (60, 1440, 4320, 10080).";
        errors.add("auto_archive_duration", "BASE_TYPE_CHOICES", message);
    }
    let applied_tags = form.ids("applied_tags", 5, errors);
    if applied_tags.iter().any(|id| !parent.tags.iter().any(|tag| tag.id == *id)) {
        errors.add("applied_tags", "INVALID_FORUM_TAG", "Unknown tag");
    }
    let name = form.get("name").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    Channel {
        parent: Some(parent.id),
        applied_tags,
        archive: Archive { after, ..Archive::default() },
        ..Channel::new(0, parent.guild, &name, ChannelKind::Thread, now)
    }
}

impl Channel {
    /// A channel as it is made.
    pub(crate) fn new(
        id: u64,
        guild: Option<u64>,
        name: &str,
        kind: ChannelKind,
        made: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            guild,
            name: name.to_owned(),
            kind,
            parent: None,
            recipient: None,
            between_people: false,
            closed: false,
            denied: 0,
            tags: Vec::new(),
            tag_required: false,
            applied_tags: Vec::new(),
            archive: Archive::default(),
            made,
            messages: std::collections::BTreeMap::new(),
        }
    }
}

impl Discord {
    /// Puts a thread in its place and tells the bot of it.
    fn open_thread(&self, mut state: std::sync::MutexGuard<'_, State>, thread: Channel) -> Value {
        let body = state.channel_body(&thread);
        let guild = thread.guild;
        state.channels.insert(thread.id, thread);
        state.tell("THREAD_CREATE", &body, guild);
        drop(state);
        self.changed();
        body
    }
}

impl State {
    /// The DM with a person, opened if it is not.
    pub(crate) fn dm_with(&mut self, person: u64, now: DateTime<Utc>) -> u64 {
        if let Some(dm) = self
            .channels
            .values()
            .find(|channel| channel.recipient == Some(person) && !channel.between_people)
        {
            return dm.id;
        }
        let id = self.next_id(now);
        let name = self.people.get(&person).map_or_else(String::new, |person| person.name.clone());
        let dm = Channel::new(id, None, &name, ChannelKind::Dm, now);
        self.channels.insert(id, Channel { recipient: Some(person), ..dm });
        id
    }

    /// Removes a channel with its threads and tells the bot of it.
    pub(crate) fn remove_channel(&mut self, id: u64) {
        let Some(channel) = self.channels.remove(&id) else { return };
        let body = self.channel_body(&channel);
        if channel.kind == ChannelKind::Thread {
            self.tell("THREAD_DELETE", &body, channel.guild);
        } else {
            // Discord tells of no thread that goes with its channel.
            self.channels.retain(|_, thread| thread.parent != Some(id));
            self.tell("CHANNEL_DELETE", &body, channel.guild);
        }
    }
}
