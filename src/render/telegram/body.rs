//! A set message to the JSON that Telegram takes, by teloxide's payload types.
//!
//! Limits are those of the Bot API and its server; see also `markup.rs`.

use serde_json::Value;
use teloxide::payloads::{SendMessage, SendMessageSetters};
use teloxide::types::{
    ButtonRequest, ChatAdministratorRights, ChatId, InlineKeyboardButton, InlineKeyboardMarkup,
    KeyboardButton, KeyboardButtonRequestChat, KeyboardMarkup, LinkPreviewOptions, ParseMode, ReplyMarkup,
    RequestId,
};
use url::Url;

use crate::model::message::Body;
use crate::model::reply::{Action, Button};
use crate::text::{Unit, cut, safe_link};

/// Buttons in a row; Telegram takes 12, but labels get unreadable.
pub(super) const ROW: usize = 8;
/// The longest address on a button, in code points. Telegram publishes none; Discord's is known to work.
pub(super) const BUTTON_LINK: usize = 512;

/// Buttons below a message.
const BUTTONS: usize = 100;
/// The longest `callback_data`, in bytes.
const PRESS: usize = 64;
const LABEL: usize = 64;

/// A message as plain values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Message {
    /// HTML, or text as it is if `is_plain`.
    pub(super) text: String,
    pub(super) is_plain: bool,
    /// The address whose preview is shown below the text; none are shown otherwise.
    pub(super) preview: Option<String>,
    pub(super) silent: bool,
    pub(super) rows: Vec<Vec<Button>>,
    /// The labels of the keys that choose a channel and a group, instead of buttons; only in a private chat.
    pub(super) chooses: Option<[String; 2]>,
}

impl Message {
    /// The request's body.
    pub(super) fn body(self) -> Body {
        // The chat is added when it is sent.
        let mut message = SendMessage::new(ChatId(0), self.text).link_preview_options(LinkPreviewOptions {
            is_disabled: self.preview.is_none(),
            url: self.preview,
            prefer_small_media: false,
            prefer_large_media: false,
            show_above_text: false,
        });
        if !self.is_plain {
            message = message.parse_mode(ParseMode::Html);
        }
        if self.silent {
            message = message.disable_notification(true);
        }
        let rows = keyboard(self.rows);
        if let Some(labels) = self.chooses {
            message = message.reply_markup(ReplyMarkup::Keyboard(choosing(labels)));
        } else if !rows.is_empty() {
            message = message.reply_markup(ReplyMarkup::InlineKeyboard(InlineKeyboardMarkup::new(rows)));
        }
        // Serialising strings, numbers and lists cannot fail.
        let mut value = serde_json::to_value(&message).unwrap_or_default();
        if let Value::Object(object) = &mut value {
            object.shift_remove("chat_id");
        }
        Body(value)
    }
}

/// The keys that let somebody choose a channel or a group of theirs. Telegram offers only chats that they manage, and
/// to make the bot an administrator of a channel that it is not in.
fn choosing([channel, group]: [String; 2]) -> KeyboardMarkup {
    let to_post = ChatAdministratorRights { can_post_messages: Some(true), ..manages() };
    let channel_chat = KeyboardButtonRequestChat {
        user_administrator_rights: Some(to_post.clone()),
        bot_administrator_rights: Some(to_post),
        ..KeyboardButtonRequestChat::new(RequestId(1), true)
    };
    let group_chat = KeyboardButtonRequestChat {
        user_administrator_rights: Some(manages()),
        bot_is_member: true,
        ..KeyboardButtonRequestChat::new(RequestId(2), false)
    };
    let key = |label: String, chat| KeyboardButton::new(label).request(ButtonRequest::RequestChat(chat));
    KeyboardMarkup::new([[key(channel, channel_chat)], [key(group, group_chat)]])
        .resize_keyboard()
        .one_time_keyboard()
}

/// What every administrator may, and nothing more.
fn manages() -> ChatAdministratorRights {
    ChatAdministratorRights {
        is_anonymous: false,
        can_manage_chat: true,
        can_delete_messages: false,
        can_manage_video_chats: false,
        can_restrict_members: false,
        can_promote_members: false,
        can_change_info: false,
        can_invite_users: false,
        can_post_messages: None,
        can_edit_messages: None,
        can_pin_messages: None,
        can_post_stories: None,
        can_edit_stories: None,
        can_delete_stories: None,
        can_manage_topics: None,
    }
}

fn keyboard(rows: Vec<Vec<Button>>) -> Vec<Vec<InlineKeyboardButton>> {
    let mut left = BUTTONS;
    let mut keyboard = Vec::new();
    for row in rows {
        let valid: Vec<InlineKeyboardButton> = row.into_iter().filter_map(button).take(left).collect();
        left -= valid.len();
        keyboard.extend(valid.chunks(ROW).map(<[_]>::to_vec));
    }
    keyboard
}

/// The button, if Telegram would take it.
fn button(button: Button) -> Option<InlineKeyboardButton> {
    let label = cut(button.label.trim(), LABEL, Unit::CodePoints);
    if label.is_empty() {
        return None;
    }
    match button.action {
        Action::Open(address) => {
            let link = safe_link(&address).filter(|link| Unit::CodePoints.measure(link) <= BUTTON_LINK)?;
            Some(InlineKeyboardButton::url(label, Url::parse(&link).ok()?))
        }
        Action::Press(data) | Action::InPrivate(data) => {
            (1..=PRESS).contains(&data.len()).then(|| InlineKeyboardButton::callback(label, data))
        }
    }
}
