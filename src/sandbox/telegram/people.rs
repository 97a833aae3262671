//! The people's side: who is where, what they write and press, and how the bot loses its access. Each does to the
//! state what the platform would, and sends the bot the same updates.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::telegram::state::{Chat, Content, Draft, OWNER, Standing, State, Topic};
use crate::sandbox::telegram::{
    CallbackAnswer, ChatKind, Person, PressError, Telegram, callbacks, text, view,
};

/// How long somebody who pressed a button looks at the spinning wheel.
const PATIENCE: Duration = Duration::from_secs(10);
/// Colours that topics have, as the platform gives the first.
const TOPIC_COLOUR: u32 = 0x6F_B9F0;

impl Telegram {
    /// A new group or channel, with the bot in it: a member, in a channel an administrator. Sends no update.
    pub fn add_chat(&self, title: &str, kind: ChatKind) -> i64 {
        self.change(|state, _| state.found(title, kind))
    }

    /// A private chat with somebody who has started the bot. Its id is the person's. Sends no update.
    pub fn add_private(&self, person: &Person) -> i64 {
        self.change(|state, _| {
            state.meet(person);
            state.open_chat(person.id, &person.first_name, ChatKind::Private);
            person.id
        })
    }

    /// A new topic in a forum; the id of the message that notes it, which the bot gets.
    pub fn add_topic(&self, chat: i64, name: &str) -> i32 {
        self.change(|state, now| {
            let note = json!({ "name": name, "icon_color": TOPIC_COLOUR });
            let draft = Draft::plain(OWNER, Content::Service("forum_topic_created", note));
            let id = state.post(chat, draft, now).unwrap_or_default();
            let topic = i32::try_from(id).unwrap_or_default();
            if let Some(forum) = state.chats.get_mut(&chat) {
                forum.topics.insert(topic, Topic { name: name.to_owned(), closed: false });
                if let Some(note) = forum.messages.get_mut(&id) {
                    note.topic = Some(topic);
                }
            }
            tell(state, chat, id, false, now);
            topic
        })
    }

    /// Closes a topic: only administrators may write there.
    pub fn close_topic(&self, chat: i64, topic: i32) {
        self.set_topic_closed(chat, topic, true);
    }

    /// Opens a closed topic.
    pub fn reopen_topic(&self, chat: i64, topic: i32) {
        self.set_topic_closed(chat, topic, false);
    }

    /// Deletes a topic with everything in it. The platform tells nobody.
    pub fn delete_topic(&self, chat: i64, topic: i32) {
        self.change(|state, _| {
            if let Some(chat) = state.chats.get_mut(&chat) {
                chat.topics.remove(&topic);
                chat.messages.retain(|_, message| message.topic != Some(topic));
            }
        });
    }

    /// Makes a supergroup a forum, or a forum a supergroup without topics. The platform tells nobody.
    pub fn set_forum(&self, chat: i64, forum: bool) {
        self.change(|state, _| {
            if let Some(chat) = state.chats.get_mut(&chat) {
                match (chat.kind, forum) {
                    (ChatKind::Supergroup, true) => chat.kind = ChatKind::Forum,
                    (ChatKind::Forum, false) => chat.kind = ChatKind::Supergroup,
                    _ => {}
                }
            }
        });
    }

    /// Gives a group or channel a public name, without `@`.
    pub fn set_username(&self, chat: i64, name: &str) {
        self.change(|state, _| {
            if let Some(chat) = state.chats.get_mut(&chat) {
                chat.username = Some(name.to_owned());
            }
        });
    }

    /// Makes somebody an administrator of a chat, or no more. For the bot itself ([`Telegram::bot_id`]) it gets
    /// `my_chat_member`.
    pub fn set_admin(&self, chat: i64, person: i64, admin: bool) {
        self.change(|state, now| {
            if person == state.bot.id {
                let standing = if admin { Standing::Administrator } else { Standing::Member };
                stand(state, chat, OWNER, standing, now);
            } else if let Some(chat) = state.chats.get_mut(&chat) {
                chat.members.insert(person);
                if admin {
                    chat.admins.insert(person);
                } else {
                    chat.admins.remove(&person);
                }
            }
        });
    }

    /// Whether plain members, such as the bot, may write in a group.
    pub fn set_open(&self, chat: i64, open: bool) {
        self.change(|state, _| {
            if let Some(chat) = state.chats.get_mut(&chat) {
                chat.open = open;
            }
        });
    }

    /// Somebody types in a chat, perhaps in a forum's topic, and the bot gets it if it may see it. Writing to the
    /// bot in private starts it, also after a block. In a channel it is a post. Returns the message's id, or 0 in
    /// a chat that is not there.
    pub async fn say(&self, by: &Person, chat: i64, topic: Option<i32>, text: &str) -> i64 {
        self.change(|state, now| say(state, by, chat, topic, None, text, now))
    }

    /// Somebody replies to a message.
    pub async fn reply(&self, by: &Person, chat: i64, to: i64, text: &str) -> i64 {
        self.change(|state, now| {
            let original = state.chats.get(&chat).and_then(|chat| chat.messages.get(&to));
            let topic = original.and_then(|message| message.topic);
            say(state, by, chat, topic, Some(to), text, now)
        })
    }

    /// Somebody changes what they wrote.
    pub async fn edit(&self, chat: i64, message: i64, text: &str) {
        self.change(|state, now| {
            let found = state.chats.get_mut(&chat).and_then(|chat| chat.messages.get_mut(&message));
            if let Some(found) = found {
                found.content = Content::Text(text::typed(text));
                found.edited = Some(now);
                tell(state, chat, message, true, now);
            }
        });
    }

    /// Somebody deletes a message, the bot's too. The platform tells nobody.
    pub fn erase(&self, chat: i64, message: i64) {
        self.change(|state, _| {
            if let Some(chat) = state.chats.get_mut(&chat) {
                chat.messages.remove(&message);
            }
        });
    }

    /// Somebody presses a button, and waits for the bot's answer for 10 s of real time.
    ///
    /// # Errors
    /// If the message or the button is not there, or no answer came.
    pub async fn press(
        &self,
        by: &Person,
        chat: i64,
        message: i64,
        callback_data: &str,
    ) -> Result<CallbackAnswer, PressError> {
        let answer =
            self.change(|state, now| callbacks::press(state, by, chat, message, callback_data, now))?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(PressError::NoAnswer),
        }
    }

    /// Somebody blocks the bot; it gets `my_chat_member`.
    pub fn block(&self, person: i64) {
        self.change(|state, now| stand(state, person, person, Standing::Kicked, now));
    }

    /// Somebody takes the block back; the bot gets `my_chat_member`.
    pub fn unblock(&self, person: i64) {
        self.change(|state, now| stand(state, person, person, Standing::Member, now));
    }

    /// The bot is thrown out of a group or channel; it gets `my_chat_member`.
    pub fn kick(&self, chat: i64) {
        self.change(|state, now| stand(state, chat, OWNER, Standing::Kicked, now));
    }

    /// Somebody adds the bot to a chat (again); it gets `my_chat_member`.
    pub fn invite(&self, by: &Person, chat: i64) {
        self.change(|state, now| {
            state.meet(by);
            let Some(place) = state.chats.get_mut(&chat) else {
                return;
            };
            place.members.insert(by.id);
            if place.bot != Standing::Kicked {
                place.bot = Standing::Left;
            }
            let channel = place.kind == ChatKind::Channel;
            let standing = if channel { Standing::Administrator } else { Standing::Member };
            stand(state, chat, by.id, standing, now);
        });
    }

    /// A group becomes a supergroup with a new id, which is returned; the bot gets both notes.
    pub fn migrate(&self, chat: i64) -> i64 {
        self.change(|state, now| {
            let Some(old) = state.chats.get(&chat) else {
                return chat;
            };
            let title = old.title.clone();
            let new = state.found(&title, ChatKind::Supergroup);
            note(state, chat, Content::Service("migrate_to_chat_id", json!(new)), now);
            note(state, new, Content::Service("migrate_from_chat_id", json!(chat)), now);
            if let Some(old) = state.chats.get_mut(&chat) {
                old.migrated_to = Some(new);
                let (admins, members) = (old.admins.clone(), old.members.clone());
                if let Some(new) = state.chats.get_mut(&new) {
                    (new.admins, new.members) = (admins, members);
                }
            }
            new
        })
    }

    fn set_topic_closed(&self, chat: i64, topic: i32, closed: bool) {
        self.change(|state, now| {
            let found = state.chats.get_mut(&chat).and_then(|chat| chat.topics.get_mut(&topic));
            let Some(found) = found else {
                return;
            };
            found.closed = closed;
            let key = if closed { "forum_topic_closed" } else { "forum_topic_reopened" };
            let mut draft = Draft::plain(OWNER, Content::Service(key, json!({})));
            draft.topic = Some(topic);
            if let Some(id) = state.post(chat, draft, now) {
                tell(state, chat, id, false, now);
            }
        });
    }
}

fn say(
    state: &mut State,
    by: &Person,
    chat: i64,
    topic: Option<i32>,
    reply_to: Option<i64>,
    text: &str,
    now: DateTime<Utc>,
) -> i64 {
    state.meet(by);
    if chat == by.id {
        state.open_chat(chat, &by.first_name, ChatKind::Private);
        if state.chats.get(&chat).is_some_and(|chat| chat.bot == Standing::Kicked) {
            stand(state, chat, by.id, Standing::Member, now);
        }
    }
    if let Some(chat) = state.chats.get_mut(&chat) {
        chat.members.insert(by.id);
    }
    let mut draft = Draft::plain(by.id, Content::Text(text::typed(text)));
    (draft.topic, draft.reply_to) = (topic, reply_to);
    let Some(id) = state.post(chat, draft, now) else {
        return 0;
    };
    tell(state, chat, id, false, now);
    id
}

/// A note that the platform makes in a chat.
fn note(state: &mut State, chat: i64, content: Content, now: DateTime<Utc>) {
    if let Some(id) = state.post(chat, Draft::plain(OWNER, content), now) {
        tell(state, chat, id, false, now);
    }
}

/// Sends the bot a message, if it may see it.
pub(super) fn tell(state: &mut State, chat: i64, id: i64, edited: bool, now: DateTime<Utc>) {
    let Some(place) = state.chats.get(&chat) else {
        return;
    };
    let Some(message) = place.messages.get(&id) else {
        return;
    };
    if !matches!(place.bot, Standing::Administrator | Standing::Member) {
        return;
    }
    let shown = view::message(state, place, message);
    if !is_for_bot(state, place, &shown) {
        return;
    }
    let kind = match (place.kind == ChatKind::Channel, edited) {
        (false, false) => "message",
        (false, true) => "edited_message",
        (true, false) => "channel_post",
        (true, true) => "edited_channel_post",
    };
    state.updates.push(kind, shown, now);
}

/// Privacy mode (core.telegram.org/bots/features): in a group a bot that is no administrator gets the notes of the
/// platform, commands that name it or nobody, and replies to it.
fn is_for_bot(state: &State, chat: &Chat, message: &Value) -> bool {
    if !chat.kind.is_group() || chat.bot == Standing::Administrator {
        return true;
    }
    let Some(text) = message["text"].as_str() else {
        return true;
    };
    if message["reply_to_message"]["from"]["id"] == json!(state.bot.id) {
        return true;
    }
    let Some(command) = text.strip_prefix('/') else {
        return false;
    };
    let command = command.split_whitespace().next().unwrap_or_default();
    match command.split_once('@') {
        Some((_, name)) => state.bot.username.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)),
        None => true,
    }
}

/// Changes what the bot is in a chat, and tells it.
pub(super) fn stand(state: &mut State, chat: i64, by: i64, standing: Standing, now: DateTime<Utc>) {
    let Some(place) = state.chats.get_mut(&chat) else {
        return;
    };
    let before = std::mem::replace(&mut place.bot, standing);
    if before == standing {
        return;
    }
    let Some(place) = state.chats.get(&chat) else {
        return;
    };
    let bot = state.bot.id;
    let change = json!({
        "chat": view::chat(state, place), "from": view::user(state, by), "date": now.timestamp(),
        "old_chat_member": view::member(state, place, bot, before),
        "new_chat_member": view::member(state, place, bot, standing),
    });
    state.updates.push("my_chat_member", change, now);
}
