//! What the bot writes: sending, editing and deleting, in the order in which the platform checks.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::sandbox::telegram::params::Params;
use crate::sandbox::telegram::rates::Flood;
use crate::sandbox::telegram::refusal::Refusal;
use crate::sandbox::telegram::state::{Chat, Content, Draft, Message, Standing, State};
use crate::sandbox::telegram::text::{self, CAPTION_LENGTH, Formatted, MESSAGE_LENGTH};
use crate::sandbox::telegram::{ChatKind, keyboard, photo, view};

/// A bot can delete a message for this long.
const DELETABLE: TimeDelta = TimeDelta::hours(48);
/// The most messages `deleteMessages` takes.
const DELETED_AT_ONCE: usize = 100;

/// `sendMessage`
pub(crate) fn send(state: &mut State, params: &Params, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let text = message_text(params)?;
    deliver(state, params, Content::Text(text), now)
}

/// `sendPhoto`
pub(crate) fn send_photo(state: &mut State, params: &Params, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let caption = params.text("caption").unwrap_or_default();
    let entities = params.json("caption_entities");
    let caption = text::read(&caption, params.text("parse_mode").as_deref(), entities.as_ref(), true)?;
    if caption.text.chars().count() > CAPTION_LENGTH {
        return Err(Refusal::bad("message caption is too long"));
    }
    let Some(bytes) = params.file("photo") else {
        return Err(Refusal::bad("there is no photo in the request"));
    };
    let (width, height) = photo::size(bytes)?;
    let file = format!("AgACAgUAAxkDAAI{}", state.photos.len());
    let content = Content::Photo { caption, file: file.clone(), width, height, bytes: bytes.len() };
    let sent = deliver(state, params, content, now)?;
    state.photos.insert(file, bytes.to_vec());
    Ok(sent)
}

/// `editMessageText`
pub(crate) fn edit_text(state: &mut State, params: &Params, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let text = message_text(params)?;
    let keyboard = keyboard::read(params)?;
    let preview = params.json("link_preview_options");
    edit(state, params, now, |message| {
        if !matches!(message.content, Content::Text(_)) {
            return Err(Refusal::bad("there is no text in the message to edit"));
        }
        message.content = Content::Text(text);
        message.keyboard = keyboard;
        message.preview = preview;
        Ok(())
    })
}

/// `editMessageReplyMarkup`
pub(crate) fn edit_keyboard(
    state: &mut State,
    params: &Params,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let keyboard = keyboard::read(params)?;
    edit(state, params, now, |message| {
        message.keyboard = keyboard;
        Ok(())
    })
}

/// `deleteMessage`
pub(crate) fn delete(state: &mut State, params: &Params, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let id = expect_message(params)?;
    let chat = params.expect_chat()?;
    let known = state.readable(chat)?.messages.contains_key(&id);
    if !known {
        return Err(Refusal::bad("message to delete not found"));
    }
    remove(state, chat, &[id], now)
}

/// `deleteMessages`; those that are not there are passed over.
pub(crate) fn delete_many(state: &mut State, params: &Params, now: DateTime<Utc>) -> Result<Value, Refusal> {
    let Some(Value::Array(ids)) = params.json("message_ids") else {
        return Err(Refusal::bad("message identifiers are not specified"));
    };
    if ids.len() > DELETED_AT_ONCE {
        return Err(Refusal::bad("too many messages to delete"));
    }
    let ids: Vec<i64> = ids.iter().filter_map(Value::as_i64).collect();
    remove(state, params.expect_chat()?, &ids, now)
}

/// Whether the bot may write in that topic of a chat; `None` where the platform ignores the topic.
///
/// # Errors
/// 400 for a topic that is not there (General is not, by its number) or closed.
pub(crate) fn topic(chat: &Chat, params: &Params) -> Result<Option<i32>, Refusal> {
    let Some(topic) = params.int("message_thread_id").filter(|topic| *topic != 0) else {
        return Ok(None);
    };
    if chat.kind != ChatKind::Forum {
        return Ok(None);
    }
    let topic = i32::try_from(topic).unwrap_or_default();
    match chat.topics.get(&topic) {
        None => Err(Refusal::bad("message thread not found")),
        Some(found) if found.closed && chat.bot != Standing::Administrator => {
            Err(Refusal::bad("TOPIC_CLOSED"))
        }
        Some(_) => Ok(Some(topic)),
    }
}

fn message_text(params: &Params) -> Result<Formatted, Refusal> {
    let raw = params.text("text").ok_or_else(|| Refusal::bad("message text is empty"))?;
    let entities = params.json("entities");
    let text = text::read(&raw, params.text("parse_mode").as_deref(), entities.as_ref(), false)?;
    if text.text.chars().count() > MESSAGE_LENGTH {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(text)
}

fn deliver(
    state: &mut State,
    params: &Params,
    content: Content,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let keyboard = keyboard::read(params)?;
    let chat = state.writable(params.expect_chat()?)?;
    let (id, is_group) = (chat.id, chat.kind.is_group());
    let mut topic = topic(chat, params)?;
    let reply_to = reply(chat, params)?;
    if let Some(original) = reply_to.and_then(|original| chat.messages.get(&original)) {
        topic = topic.or(original.topic);
    }
    count(state, |state| state.rates.message(id, is_group, now))?;
    let draft = Draft {
        topic,
        reply_to,
        author: state.bot.id,
        content,
        keyboard,
        preview: params.json("link_preview_options"),
        rings: !params.flag("disable_notification"),
        guise: Value::Null,
    };
    if let Some(keys) = keyboard::keys(params)?
        && let Some(chat) = state.chats.get_mut(&id)
    {
        chat.keys = keys;
    }
    let sent = state.post(id, draft, now);
    show(state, id, sent.unwrap_or_default())
}

/// The message that this one answers. One that is gone is an error, unless the caller minds less.
fn reply(chat: &Chat, params: &Params) -> Result<Option<i64>, Refusal> {
    let parameters = params.json("reply_parameters").unwrap_or_default();
    let named = parameters["message_id"].as_i64().or_else(|| params.int("reply_to_message_id"));
    let Some(id) = named else {
        return Ok(None);
    };
    if chat.messages.contains_key(&id) {
        return Ok(Some(id));
    }
    let minds_less = parameters["allow_sending_without_reply"].as_bool().unwrap_or_default()
        || params.flag("allow_sending_without_reply");
    if minds_less { Ok(None) } else { Err(Refusal::bad("message to be replied not found")) }
}

fn edit(
    state: &mut State,
    params: &Params,
    now: DateTime<Utc>,
    change: impl FnOnce(&mut Message) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    let id = expect_message(params)?;
    let chat = state.writable(params.expect_chat()?)?.id;
    count(state, |state| state.rates.edit(chat, now))?;
    let bot = state.bot.id;
    let message = state
        .chats
        .get_mut(&chat)
        .and_then(|chat| chat.messages.get_mut(&id))
        .ok_or_else(|| Refusal::bad("message to edit not found"))?;
    if message.author != bot || matches!(message.content, Content::Service(..)) {
        return Err(Refusal::bad("message can't be edited"));
    }
    let before = (message.content.clone(), message.keyboard.clone(), message.preview.clone());
    change(message)?;
    if before == (message.content.clone(), message.keyboard.clone(), message.preview.clone()) {
        return Err(Refusal::bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a \
             current content and reply markup of the message",
        ));
    }
    message.edited = Some(now);
    show(state, chat, id)
}

fn remove(state: &mut State, chat: i64, ids: &[i64], now: DateTime<Utc>) -> Result<Value, Refusal> {
    state.readable(chat)?;
    count(state, |state| state.rates.edit(chat, now))?;
    let bot = state.bot.id;
    let Some(chat) = state.chats.get_mut(&chat) else {
        return Ok(json!(true));
    };
    for message in ids.iter().filter_map(|id| chat.messages.get(id)) {
        if now - message.sent >= DELETABLE {
            return Err(Refusal::bad("message can't be deleted for everyone"));
        }
        let may =
            message.author == bot || chat.kind == ChatKind::Private || chat.bot == Standing::Administrator;
        if !may {
            return Err(Refusal::bad("message can't be deleted"));
        }
    }
    for id in ids {
        chat.messages.remove(id);
    }
    Ok(json!(true))
}

fn expect_message(params: &Params) -> Result<i64, Refusal> {
    params.int("message_id").ok_or_else(|| Refusal::bad("message identifier is not specified"))
}

fn show(state: &State, chat: i64, id: i64) -> Result<Value, Refusal> {
    let shown =
        state.chats.get(&chat).and_then(|chat| Some(view::message(state, chat, chat.messages.get(&id)?)));
    shown.ok_or_else(|| Refusal::bad("chat not found"))
}

/// Keeps the rates, where there are any.
fn count(state: &mut State, keep: impl FnOnce(&mut State) -> Result<(), Flood>) -> Result<(), Refusal> {
    if !state.limits {
        return Ok(());
    }
    keep(state).map_err(|flood| {
        state.counters.too_many_requests += 1;
        state.counters.disobeyed += u64::from(flood.disobeyed);
        Refusal::too_many(flood.retry_after)
    })
}
