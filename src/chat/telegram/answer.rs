//! Answers on Telegram: a message each; what was pressed in a private chat changes the message in place.

use serde_json::json;
use teloxide::types::{CallbackQuery, ChatMember, Message};

use super::asked::{self, Asked, Asker};
use super::poll::Telegram;
use crate::commands::arguments::Arguments;
use crate::commands::{self, Call, Caller, Who, press};
use crate::model::channel::ChannelKind;
use crate::model::message::{Body, PlatformMessageId};
use crate::model::reply::Reply;
use crate::platform::{CallError, Courier as _, Post};
use crate::render::{self, Surface};

/// Answers a message, if it asks something.
pub(super) async fn message(telegram: &Telegram, message: &Message) -> Result<(), CallError> {
    let Some(asked) = asked::message(message, telegram.bot()) else { return Ok(()) };
    let Asker { mut caller, look_up } = asked::writer(message, &telegram.operators);
    let reply = match asked {
        Asked::Press(pressed) => press::answer(pressed, &caller, &telegram.desk).await,
        Asked::Command { spec, text } => {
            if spec.who > Who::Anyone {
                caller.is_admin |= is_admin(telegram, look_up, &caller).await?;
            }
            let (arguments, unread) = Arguments::from_words(spec, &text, &telegram.desk.feeds);
            let call = Call { spec, arguments, unread, caller: caller.clone() };
            commands::answer(&call, &telegram.desk).await
        }
    };
    match reply {
        Some(reply) => send(telegram, &caller, &reply).await,
        None => Ok(()),
    }
}

/// Answers a pressed button.
pub(super) async fn press(telegram: &Telegram, query: CallbackQuery) -> Result<(), CallError> {
    let asker = asked::presser(&query, &telegram.operators);
    let pressed = press::Press::decode(query.data.as_deref().unwrap_or_default(), None);
    let who = pressed.as_ref().map_or(Who::Anyone, press::Press::who);
    let Some(Asker { mut caller, look_up }) = asker else {
        return telegram.calls.answer_callback_query(&query.id.0, None).await;
    };
    if who > Who::Anyone {
        caller.is_admin |= is_admin(telegram, look_up, &caller).await?;
        if !caller.may(who) {
            // Over the chat, for the one who pressed alone.
            let refused = commands::refused(who, &caller);
            return telegram.calls.answer_callback_query(&query.id.0, Some(&refused)).await;
        }
    }
    // First, so that the button stops turning; what comes of it follows as a message.
    telegram.calls.answer_callback_query(&query.id.0, None).await?;
    let Some(reply) = press::answer(pressed, &caller, &telegram.desk).await else { return Ok(()) };
    let shown = query.regular_message().map(|message| PlatformMessageId(message.id.0.to_string()));
    match shown {
        // In groups and channels what hangs on a delivery leads elsewhere; these buttons hang on answers.
        Some(shown) if reply.in_place => {
            let mut bodies = set(telegram, &caller, &reply).into_iter();
            let Some(first) = bodies.next() else { return Ok(()) };
            let place = telegram.calls.gate().take(&caller.address, caller.kind).await;
            let edited = telegram.calls.edit(caller.address, &shown, &first).await;
            drop(place);
            edited?;
            for body in bodies {
                send_one(telegram, &caller, &body).await?;
            }
            Ok(())
        }
        _ => send(telegram, &caller, &reply).await,
    }
}

async fn is_admin(
    telegram: &Telegram,
    look_up: Option<(i64, u64)>,
    caller: &Caller,
) -> Result<bool, CallError> {
    let Some((chat, user)) = look_up else { return Ok(caller.is_admin) };
    let whom = json!({"chat_id": chat, "user_id": user});
    let member: ChatMember = telegram.calls.call("getChatMember", &whom).await?;
    Ok(member.is_owner() || member.is_administrator())
}

async fn send(telegram: &Telegram, caller: &Caller, reply: &Reply) -> Result<(), CallError> {
    if let Some(picture) = render::picture(reply, &telegram.desk.lexicon) {
        let place = telegram.calls.gate().take(&caller.address, caller.kind).await;
        let sent = telegram.calls.send_picture(caller.address, &picture).await;
        drop(place);
        if let Err(error) = sent {
            // Some groups take no pictures; the words are still to come.
            tracing::warn!(%error, "a picture did not reach Telegram");
        }
    }
    for body in set(telegram, caller, reply) {
        send_one(telegram, caller, &body).await?;
    }
    Ok(())
}

async fn send_one(telegram: &Telegram, caller: &Caller, body: &Body) -> Result<(), CallError> {
    let place = telegram.calls.gate().take(&caller.address, caller.kind).await;
    let sent =
        telegram.calls.send(Post { address: caller.address, kind: caller.kind, body, nonce: "" }).await;
    drop(place);
    sent.map(|_| ())
}

fn set(telegram: &Telegram, caller: &Caller, reply: &Reply) -> Vec<Body> {
    render::reply(surface(caller.kind, telegram.bot()), reply, &telegram.desk.lexicon)
}

fn surface(kind: ChannelKind, bot: &str) -> Surface<'_> {
    match kind {
        ChannelKind::Private => Surface::TelegramPrivate,
        _ => Surface::TelegramGroup { bot: Some(bot) },
    }
}
