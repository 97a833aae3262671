//! The state as Bot API objects: `Message`, `Chat`, `User`, `ChatMember`. Complete enough for strict clients.

use serde_json::{Map, Value, json};

use crate::sandbox::telegram::state::{Chat, Content, Message, OWNER, Standing, State};
use crate::sandbox::telegram::text::Formatted;
use crate::sandbox::telegram::{ChatKind, Person};

/// A `Message`. What it replies to is shown one level deep, as the platform does.
pub(crate) fn message(state: &State, chat: &Chat, message: &Message) -> Value {
    let mut object = bare_message(state, chat, message);
    // A message in a topic hangs on the note that the topic was made.
    let reply_to = message.reply_to.or(message.topic.map(i64::from));
    if let Some(original) = reply_to.filter(|id| *id != message.id).and_then(|id| chat.messages.get(&id)) {
        object.insert("reply_to_message".into(), Value::Object(bare_message(state, chat, original)));
    }
    Value::Object(object)
}

/// A `Chat`.
pub(crate) fn chat(state: &State, chat: &Chat) -> Value {
    if chat.kind == ChatKind::Private {
        let mut object = json!({ "id": chat.id, "type": "private", "first_name": chat.title });
        if let Some(name) = state.people.get(&chat.id).and_then(|person| person.username.as_deref()) {
            object["username"] = json!(name);
        }
        return object;
    }
    let mut object = json!({ "id": chat.id, "type": chat.kind.noun(), "title": chat.title });
    if let Some(name) = &chat.username {
        object["username"] = json!(name);
    }
    if chat.kind == ChatKind::Forum {
        object["is_forum"] = json!(true);
    }
    object
}

/// A `ChatFullInfo`.
pub(crate) fn full_chat(state: &State, of: &Chat) -> Value {
    let mut object = chat(state, of);
    object["accent_color_id"] = json!(0);
    object["max_reaction_count"] = json!(11);
    object["accepted_gift_types"] = json!({
        "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
        "gifts_from_channels": false,
    });
    if of.kind.is_group() {
        object["permissions"] = json!({
            "can_send_messages": of.open, "can_send_audios": of.open, "can_send_documents": of.open,
            "can_send_photos": of.open, "can_send_videos": of.open, "can_send_video_notes": of.open,
            "can_send_voice_notes": of.open, "can_send_polls": of.open, "can_send_other_messages": of.open,
            "can_add_web_page_previews": of.open, "can_change_info": false, "can_invite_users": true,
            "can_pin_messages": false, "can_manage_topics": false,
        });
    }
    object
}

/// A `User`: the bot, a person, or somebody unknown.
pub(crate) fn user(state: &State, id: i64) -> Value {
    if id == state.bot.id {
        return json!({
            "id": id, "is_bot": true, "first_name": state.bot.first_name, "username": state.bot.username,
        });
    }
    match state.people.get(&id) {
        Some(person) => self::person(person),
        None => json!({ "id": id, "is_bot": false, "first_name": "" }),
    }
}

/// A `ChatMember`.
pub(crate) fn member(state: &State, chat: &Chat, id: i64, standing: Standing) -> Value {
    let user = user(state, id);
    match standing {
        Standing::Administrator if id == OWNER => {
            json!({ "status": "creator", "user": user, "is_anonymous": false })
        }
        Standing::Administrator => administrator(chat.kind, user),
        Standing::Member => json!({ "status": "member", "user": user }),
        Standing::Left => json!({ "status": "left", "user": user }),
        Standing::Kicked => json!({ "status": "kicked", "user": user, "until_date": 0 }),
    }
}

/// What somebody is in a chat.
pub(crate) fn standing(state: &State, chat: &Chat, id: i64) -> Standing {
    if id == state.bot.id {
        // A block is not told here: for the platform both sides of a private chat are its members.
        return if chat.kind == ChatKind::Private { Standing::Member } else { chat.bot };
    }
    if chat.kind == ChatKind::Private {
        Standing::Member
    } else if id == OWNER || chat.admins.contains(&id) {
        Standing::Administrator
    } else if chat.members.contains(&id) {
        Standing::Member
    } else {
        Standing::Left
    }
}

/// The `User` that a person is.
pub(crate) fn person(person: &Person) -> Value {
    let mut object = json!({
        "id": person.id, "is_bot": false, "first_name": person.first_name, "language_code": person.language_code,
    });
    if let Some(name) = &person.username {
        object["username"] = json!(name);
    }
    object
}

fn administrator(kind: ChatKind, user: Value) -> Value {
    let mut object = json!({
        "status": "administrator", "user": user, "can_be_edited": false, "is_anonymous": false,
        "can_manage_chat": true, "can_delete_messages": true, "can_manage_video_chats": true,
        "can_restrict_members": true, "can_promote_members": false, "can_change_info": true,
        "can_invite_users": true, "can_post_stories": false, "can_edit_stories": false,
        "can_delete_stories": false,
    });
    if kind == ChatKind::Channel {
        object["can_post_messages"] = json!(true);
        object["can_edit_messages"] = json!(true);
    } else {
        object["can_pin_messages"] = json!(true);
        object["can_manage_topics"] = json!(kind == ChatKind::Forum);
    }
    object
}

fn bare_message(state: &State, of: &Chat, message: &Message) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    put("message_id", json!(message.id));
    if let Some(thread) = thread(of, message) {
        put("message_thread_id", json!(thread));
    }
    if message.topic.is_some() && of.kind == ChatKind::Forum {
        put("is_topic_message", json!(true));
    }
    if of.kind == ChatKind::Channel {
        put("sender_chat", chat(state, of));
    } else {
        put("from", user(state, message.author));
    }
    put("chat", chat(state, of));
    put("date", json!(message.sent.timestamp()));
    if let Some(edited) = message.edited {
        put("edit_date", json!(edited.timestamp()));
    }
    match &message.content {
        Content::Text(text) => put_text(state, text, ["text", "entities"], &mut put),
        Content::Photo { caption, file, width, height, bytes } => {
            let size = json!({
                "file_id": file, "file_unique_id": format!("u{file}"), "width": width, "height": height,
                "file_size": bytes,
            });
            put("photo", json!([size]));
            put_text(state, caption, ["caption", "caption_entities"], &mut put);
        }
        Content::Service(key, value) => put(key, value.clone()),
    }
    if let Some(preview) = &message.preview {
        put("link_preview_options", preview.clone());
    }
    if let Some(keyboard) = &message.keyboard {
        put("reply_markup", keyboard.clone());
    }
    for (key, value) in message.guise.as_object().into_iter().flatten() {
        put(key, value.clone());
    }
    object
}

/// The topic's id; in a supergroup a reply carries the first message of its thread, which is no topic.
fn thread(chat: &Chat, message: &Message) -> Option<i64> {
    if let Some(topic) = message.topic {
        return Some(i64::from(topic));
    }
    if !matches!(chat.kind, ChatKind::Supergroup | ChatKind::Forum) {
        return None;
    }
    let mut root = message.reply_to?;
    while let Some(further) = chat.messages.get(&root).and_then(|original| original.reply_to) {
        root = further;
    }
    Some(root)
}

fn put_text(state: &State, text: &Formatted, keys: [&str; 2], put: &mut impl FnMut(&str, Value)) {
    if text.text.is_empty() {
        return;
    }
    put(keys[0], json!(text.text));
    if !text.entities.is_empty() {
        let entities = text.entities.iter().map(|entity| entity.to_json(|id| user(state, id)));
        put(keys[1], Value::Array(entities.collect()));
    }
}
