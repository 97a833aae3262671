//! What a message or a pressed button asks, by whom and where. Pure: whether somebody is an administrator is
//! looked up by `answer.rs`.

use teloxide::types::{CallbackQuery, Chat, Message, MessageKind, User};

use crate::commands::press::Press;
use crate::commands::{Caller, Spec, Who, find, is_group};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::language::Language;

/// The account that anonymous administrators write as (core.telegram.org/bots/api, `sender_chat`).
const GROUP_ANONYMOUS_BOT: u64 = 1_087_968_824;

/// What somebody asks.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// A command, with the text behind it.
    Command { spec: &'static Spec, text: String },
    /// What a link `t.me/<bot>?start=…` opens.
    Press(Press),
    /// In private, a text that is no command: perhaps a name.
    Name(String),
    /// A word behind a slash that is no command.
    Astray(String),
}

/// Somebody who asks; whether they are an administrator may still have to be looked up.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    pub(super) caller: Caller,
    /// The user to look up, where the message alone does not tell.
    pub(super) look_up: Option<(i64, u64)>,
}

/// What a message asks; `None` if nothing: ordinary talk, a forward, another bot's message, a command for another bot.
pub(super) fn message(message: &Message, bot: &str) -> Option<Asked> {
    if !matches!(message.kind, MessageKind::Common(_))
        || message.forward_origin().is_some()
        || message.is_automatic_forward()
        || message.via_bot.is_some()
        || message.from.as_ref().is_some_and(|from| from.is_bot && from.id.0 != GROUP_ANONYMOUS_BOT)
    {
        return None;
    }
    let text = message.text()?;
    let is_private = message.chat.is_private();
    let Some(text) = text.strip_prefix('/') else {
        return is_private.then(|| Asked::Name(text.to_owned()));
    };
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (name, is_for_us) = match word.split_once('@') {
        Some((name, to)) if to.eq_ignore_ascii_case(bot) => (name, true),
        Some(_) => return None,
        None => (word, is_private),
    };
    let rest = rest.trim();
    if let Some(spec) = find(name) {
        return Some(match start(spec, rest) {
            Some(press) => Asked::Press(press),
            None => Asked::Command { spec, text: rest.to_owned() },
        });
    }
    let (second, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match find(&format!("{name} {second}")) {
        Some(spec) => Some(Asked::Command { spec, text: behind.trim().to_owned() }),
        // In a group it may be meant for another bot, unless it is a word of ours.
        None if is_for_us || is_group(name) => Some(Asked::Astray(name.to_owned())),
        None => None,
    }
}

/// What the payload of a `/start` opens. It may have A–Z, a–z, 0–9, _ and - alone: the colon of a button's text is
/// written as `_`. Anybody can make such a link for somebody else, so that none changes anything.
fn start(spec: &Spec, payload: &str) -> Option<Press> {
    match payload {
        "" => None,
        _ if spec.name != "start" => None,
        "subscribe" => Some(Press::Receive),
        payload => Some(match Press::read(&payload.replace('_', ":"), None) {
            press if press.who() > Who::Anyone => Press::Old { command: "help" },
            press => press,
        }),
    }
}

/// The message that a message replies to, as its sender meant it: what is written in a topic replies to the note that
/// opened the topic, unless to something else.
pub(super) fn replied(message: &Message) -> Option<String> {
    let replied = message.reply_to_message()?;
    let opens_the_topic =
        message.is_topic_message && message.thread_id.is_some_and(|thread| thread.0 == replied.id);
    (!opens_the_topic).then(|| replied.id.0.to_string())
}

/// Who wrote a message.
pub(super) fn writer(message: &Message, operators: &[String]) -> Asker {
    asker(&message.chat, topic(message), message.from.as_ref(), is_the_chat(message), operators)
}

/// Who pressed a button, and under which message; `None` if the message is too old for Telegram to tell.
pub(super) fn presser(query: &CallbackQuery, operators: &[String]) -> Option<Asker> {
    let message = query.regular_message()?;
    Some(asker(&message.chat, topic(message), Some(&query.from), false, operators))
}

fn asker(
    chat: &Chat,
    topic: Option<i32>,
    user: Option<&User>,
    speaks_as_the_chat: bool,
    operators: &[String],
) -> Asker {
    let kind = if chat.is_private() {
        ChannelKind::Private
    } else if chat.is_channel() {
        ChannelKind::Broadcast
    } else {
        ChannelKind::Group
    };
    let person = user.map_or_else(|| chat.id.0.to_string(), |user| user.id.0.to_string());
    // Whoever posts in a channel, or as the group itself, is an administrator of it.
    let known_admin = kind == ChannelKind::Private || speaks_as_the_chat;
    let language = user.and_then(|user| user.language_code.as_deref());
    Asker {
        look_up: user.filter(|_| !known_admin).map(|user| (chat.id.0, user.id.0)),
        caller: Caller {
            platform: Platform::Telegram,
            address: Address::Telegram { chat: chat.id.0, topic },
            kind,
            channel_name: chat.title().map(str::to_owned),
            is_operator: user.is_some() && operators.contains(&person),
            person,
            language: language.map_or(Language::default(), Language::for_locale),
            is_admin: known_admin,
            missing: Vec::new(),
            is_elsewhere: false,
            around: None,
            parent: None,
        },
    }
}

/// The topic of a forum; replies outside forums carry a thread id too, which is none.
fn topic(message: &Message) -> Option<i32> {
    message.thread_id.filter(|_| message.is_topic_message).map(|thread| thread.0.0)
}

fn is_the_chat(message: &Message) -> bool {
    message.chat.is_channel()
        || message.sender_chat.as_ref().is_some_and(|sender| sender.id == message.chat.id)
}
