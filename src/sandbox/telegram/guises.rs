//! Messages that are not quite what somebody typed: written as the group itself, forwarded, by another bot; and chats
//! that somebody shares by a key below the text box.

use serde_json::{Value, json};

use crate::sandbox::telegram::people::{stand, tell};
use crate::sandbox::telegram::state::{Content, Draft, Standing, State};
use crate::sandbox::telegram::{ChatKind, Person, Telegram, keyboard, text, view};

/// The account that anonymous administrators write as, and the one that passes a channel's posts on (S `Message`).
const ANONYMOUS: i64 = 1_087_968_824;
const SERVICE: i64 = 777_000;
/// Another bot.
const OTHER_BOT: i64 = 888_000_111;

/// Why nothing came of a key that asks for a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChooseError {
    /// The chat has no such key.
    #[error("there is no such key below the text box")]
    NoKey,
    /// The app does not offer that chat to this person.
    #[error("that chat is not offered for this key")]
    NotOffered,
}

impl Telegram {
    /// An anonymous administrator of a group types there.
    pub async fn say_anonymously(&self, chat: i64, text: &str) -> i64 {
        let from = bot_account(ANONYMOUS, "Group", "GroupAnonymousBot");
        self.disguised(chat, ANONYMOUS, text, |state| {
            let group = state.chats.get(&chat).map(|chat| view::chat(state, chat));
            json!({"from": from, "sender_chat": group})
        })
    }

    /// Somebody forwards a text that somebody else wrote.
    pub async fn forward(&self, by: &Person, chat: i64, text: &str) -> i64 {
        self.disguised(chat, by.id, text, |_| {
            let origin = json!({"type": "hidden_user", "sender_user_name": "누군가", "date": 1_700_000_000});
            json!({"from": view::person(by), "forward_origin": origin})
        })
    }

    /// A channel's post comes into the group where it is discussed, as the platform passes posts on.
    pub async fn pass_on(&self, channel: i64, group: i64, text: &str) -> i64 {
        let from = json!({"id": SERVICE, "is_bot": false, "first_name": "Telegram"});
        self.disguised(group, SERVICE, text, |state| {
            let channel = state.chats.get(&channel).map(|chat| view::chat(state, chat));
            let origin = json!({"type": "channel", "chat": channel, "message_id": 1, "date": 1_700_000_000});
            json!({"from": from, "sender_chat": channel, "is_automatic_forward": true, "forward_origin": origin})
        })
    }

    /// Another bot writes.
    pub async fn say_as_other_bot(&self, chat: i64, text: &str) -> i64 {
        let from = bot_account(OTHER_BOT, "다른 봇", "other_bot");
        self.disguised(chat, OTHER_BOT, text, |_| json!({"from": from}))
    }

    /// Somebody presses the key below the text box that asks for a chat, and chooses one: the app offers what the key
    /// asks for, and makes the bot what it asks for.
    ///
    /// # Errors
    /// If there is no such key, or the app would not offer that chat.
    pub async fn choose(&self, by: &Person, chat: i64, request: i64, chosen: i64) -> Result<(), ChooseError> {
        self.change(|state, now| {
            let keys = state.chats.get(&chat).and_then(|chat| chat.keys.clone()).ok_or(ChooseError::NoKey)?;
            let asks = keyboard::asks_for_chat(&keys, request).cloned().ok_or(ChooseError::NoKey)?;
            offered(state, by, &asks, chosen)?;
            if asks["bot_administrator_rights"].is_object() {
                stand(state, chosen, by.id, Standing::Administrator, now);
            }
            if keys["one_time_keyboard"] == json!(true)
                && let Some(chat) = state.chats.get_mut(&chat)
            {
                chat.keys = None;
            }
            let shared = json!({"request_id": request, "chat_id": chosen});
            let draft = Draft::plain(by.id, Content::Service("chat_shared", shared));
            if let Some(id) = state.post(chat, draft, now) {
                tell(state, chat, id, false, now);
            }
            Ok(())
        })
    }

    fn disguised(&self, chat: i64, author: i64, typed: &str, guise: impl FnOnce(&State) -> Value) -> i64 {
        self.change(|state, now| {
            let guise = guise(state);
            let draft = Draft { guise, ..Draft::plain(author, Content::Text(text::typed(typed))) };
            let Some(id) = state.post(chat, draft, now) else { return 0 };
            tell(state, chat, id, false, now);
            id
        })
    }
}

/// Whether the app offers a chat for a key.
fn offered(state: &State, by: &Person, asks: &Value, chosen: i64) -> Result<(), ChooseError> {
    let chat = state.chats.get(&chosen).ok_or(ChooseError::NotOffered)?;
    let is_channel = chat.kind == ChatKind::Channel;
    let is_wanted = asks["chat_is_channel"] == json!(is_channel) && chat.kind != ChatKind::Private;
    let is_admin = view::standing(state, chat, by.id) == Standing::Administrator;
    let has_bot = matches!(chat.bot, Standing::Administrator | Standing::Member);
    let person_fits = !asks["user_administrator_rights"].is_object() || is_admin;
    let bot_fits = asks["bot_is_member"] != json!(true) || has_bot;
    if is_wanted && person_fits && bot_fits { Ok(()) } else { Err(ChooseError::NotOffered) }
}

fn bot_account(id: i64, name: &str, username: &str) -> Value {
    json!({"id": id, "is_bot": true, "first_name": name, "username": username})
}
