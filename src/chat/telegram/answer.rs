//! Answers on Telegram: a message each; what was pressed in a private chat changes the message in place.

use serde_json::json;
use teloxide::types::{CallbackQuery, ChatMember, Message};

use super::asked::{self, Asked, Asker};
use super::poll::Telegram;
use super::tidy::Tidy;
use super::{menu, shared};
use crate::commands::arguments::Arguments;
use crate::commands::{self, ArgumentKind, Call, Caller, Who, press};
use crate::model::channel::{Address, ChannelKind};
use crate::model::language::Language;
use crate::model::message::{Body, PlatformMessageId};
use crate::model::reply::Reply;
use crate::platform::{CallError, Courier as _, Post};
use crate::render::{self, Surface};

/// Where an answer goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) address: Address,
    pub(super) kind: ChannelKind,
}

impl Room {
    /// Where somebody asked.
    pub(super) fn of(caller: &Caller) -> Self {
        Self { address: caller.address, kind: caller.kind }
    }
}

/// Answers a message, if it asks something. Returns what is to be tidied up.
pub(super) async fn message(telegram: &Telegram, message: &Message) -> Result<Option<Tidy>, CallError> {
    if let Some(chat) = message.shared_chat() {
        return shared::chat(telegram, message, chat).await.map(|()| None);
    }
    let Some(asked) = asked::message(message, telegram.bot()) else { return Ok(None) };
    let Asker { mut caller, look_up } = asked::writer(message, &telegram.operators);
    let desk = &telegram.desk;
    let reply = match asked {
        Asked::Press(pressed) => press::answer(pressed, &caller, desk).await,
        Asked::Command { spec, text } => {
            if spec.who > Who::Anyone {
                caller.is_admin |= is_admin(telegram, look_up, &caller).await?;
            }
            if caller.is_operator && caller.kind == ChannelKind::Private && spec.name == "start" {
                menu::set_operators(&telegram.calls, &caller.person).await;
            }
            let (mut arguments, unread) = Arguments::from_words(spec, &text, &desk.feeds);
            if let Some(replied) = asked::replied(message) {
                arguments = arguments.about_message(spec, replied);
            }
            let about = match arguments.take(ArgumentKind::Channel) {
                None => Ok(caller.clone()),
                Some(name) => {
                    let there = shared::named(telegram, &caller, &name).await?;
                    there.ok_or_else(|| commands::no_such_chat(&name, &caller))
                }
            };
            match about {
                Ok(about) => commands::answer(&Call { spec, arguments, unread, caller: about }, desk).await,
                Err(told) => Some(told),
            }
        }
        Asked::Name(text) => match commands::look_up(&text, &caller, desk) {
            Ok(call) => commands::answer(&call, desk).await,
            Err(talk) => Some(*talk),
        },
        Asked::Astray(word) => commands::astray(&word, &caller, desk),
    };
    let Some(reply) = reply else { return Ok(None) };
    let mut said = send(telegram, Room::of(&caller), &reply).await?;
    said.insert(0, PlatformMessageId(message.id.0.to_string()));
    Ok(Tidy::of(Room::of(&caller), said))
}

/// Answers a pressed button. Returns what is to be tidied up.
pub(super) async fn press(telegram: &Telegram, query: CallbackQuery) -> Result<Option<Tidy>, CallError> {
    let asker = asked::presser(&query, &telegram.operators);
    let Some(Asker { mut caller, mut look_up }) = asker else {
        let language = query.from.language_code.as_deref().map_or(Language::default(), Language::for_locale);
        let old = commands::too_old(language);
        telegram.calls.answer_callback_query(&query.id.0, Some(&old)).await?;
        return Ok(None);
    };
    let room = Room::of(&caller);
    let pressed = match press::Press::read(query.data.as_deref().unwrap_or_default(), None) {
        press::Press::In { address: Address::Telegram { chat, .. }, press } => {
            caller = shared::elsewhere(telegram, &caller, chat).await?;
            look_up = None;
            *press
        }
        pressed => pressed,
    };
    // What is said in a channel all its readers see: only its admins make the bot say something there.
    let is_channel = room.kind == ChannelKind::Broadcast;
    let who = if is_channel { pressed.who().max(Who::ChannelAdmin) } else { pressed.who() };
    if who > Who::Anyone {
        caller.is_admin |= is_admin(telegram, look_up, &caller).await?;
        if !caller.may(who) {
            // Over the chat, for the one who pressed alone.
            let refused = commands::refused(who, &caller);
            telegram.calls.answer_callback_query(&query.id.0, Some(&refused)).await?;
            return Ok(None);
        }
    }
    // First, so that the button stops turning; what comes of it follows as a message.
    telegram.calls.answer_callback_query(&query.id.0, None).await?;
    let Some(reply) = press::answer(pressed, &caller, &telegram.desk).await else { return Ok(None) };
    let shown = query.regular_message().map(|message| PlatformMessageId(message.id.0.to_string()));
    let said = match shown {
        // In groups and channels what hangs on a delivery leads elsewhere; these buttons hang on answers.
        Some(shown) if reply.in_place => change(telegram, room, &shown, &reply).await?,
        _ => send(telegram, room, &reply).await?,
    };
    Ok(Tidy::of(room, said))
}

/// Puts a reply in the place of a message. Returns the messages that come after it.
async fn change(
    telegram: &Telegram,
    room: Room,
    shown: &PlatformMessageId,
    reply: &Reply,
) -> Result<Vec<PlatformMessageId>, CallError> {
    let mut bodies = set(telegram, room.kind, reply).into_iter();
    let Some(first) = bodies.next() else { return Ok(Vec::new()) };
    let place = telegram.calls.gate().take(&room.address, room.kind).await;
    telegram.calls.edit(room.address, shown, &first, place).await?;
    let mut said = Vec::new();
    for body in bodies {
        said.push(send_one(telegram, room, &body).await?);
    }
    Ok(said)
}

async fn is_admin(
    telegram: &Telegram,
    look_up: Option<(i64, u64)>,
    caller: &Caller,
) -> Result<bool, CallError> {
    match look_up {
        Some((chat, user)) => is_admin_of(telegram, chat, user).await,
        None => Ok(caller.is_admin),
    }
}

/// Whether somebody owns a chat or is one of its administrators.
pub(super) async fn is_admin_of(telegram: &Telegram, chat: i64, user: u64) -> Result<bool, CallError> {
    let whom = json!({"chat_id": chat, "user_id": user});
    let member: ChatMember = telegram.calls.call("getChatMember", &whom).await?;
    Ok(member.is_owner() || member.is_administrator())
}

/// Sends a reply; returns its messages.
pub(super) async fn send(
    telegram: &Telegram,
    room: Room,
    reply: &Reply,
) -> Result<Vec<PlatformMessageId>, CallError> {
    let mut said = Vec::new();
    for body in set(telegram, room.kind, reply) {
        said.push(send_one(telegram, room, &body).await?);
    }
    if let Some(picture) = render::picture(reply, &telegram.desk.lexicon) {
        let place = telegram.calls.gate().take(&room.address, room.kind).await;
        let sent = telegram.calls.send_picture(room.address, &picture).await;
        drop(place);
        if let Err(error) = sent {
            // Some groups take no pictures; the words have said as much.
            tracing::warn!(%error, "a picture did not reach Telegram");
        }
    }
    Ok(said)
}

async fn send_one(telegram: &Telegram, room: Room, body: &Body) -> Result<PlatformMessageId, CallError> {
    let Room { address, kind } = room;
    let place = telegram.calls.gate().take(&address, kind).await;
    telegram.calls.send(Post { address, kind, body, nonce: "" }, place).await
}

fn set(telegram: &Telegram, kind: ChannelKind, reply: &Reply) -> Vec<Body> {
    render::reply(surface(kind, telegram.bot()), reply, &telegram.desk.lexicon)
}

fn surface(kind: ChannelKind, bot: &str) -> Surface<'_> {
    match kind {
        ChannelKind::Private => Surface::TelegramPrivate,
        _ => Surface::TelegramGroup { bot: Some(bot) },
    }
}
