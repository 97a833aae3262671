//! A channel or group that somebody chose with Telegram's button: it is subscribed, if they are its admin.

use serde::Deserialize;
use serde_json::json;
use teloxide::types::{ChatShared, Message};

use super::answer::{Room, is_admin_of, send};
use super::asked;
use super::poll::Telegram;
use crate::commands::arguments::Arguments;
use crate::commands::{self, Call, Caller, MissingRight, find};
use crate::model::channel::{Address, ChannelKind};
use crate::platform::{CallError, Courier as _};

#[derive(Debug, Deserialize)]
struct Chosen {
    #[serde(rename = "type")]
    kind: String,
    title: Option<String>,
}

/// Subscribes the chat that was chosen, and says so where it was chosen.
pub(super) async fn chat(
    telegram: &Telegram,
    message: &Message,
    chosen: &ChatShared,
) -> Result<(), CallError> {
    let asker = asked::writer(message, &telegram.operators).caller;
    let Some(spec) = find("subscribe") else { return Ok(()) };
    let caller = elsewhere(telegram, &asker, chosen.chat_id.0).await?;
    let call = Call { spec, arguments: Arguments::default(), unread: Vec::new(), caller };
    let Some(reply) = commands::answer(&call, &telegram.desk).await else { return Ok(()) };
    send(telegram, Room::of(&asker), &reply).await.map(|_| ())
}

/// The same person as a caller in the chat of a name (`@name`, `t.me/name`, an id); `None`: there is no such chat that the
/// bot can see.
pub(super) async fn named(
    telegram: &Telegram,
    asker: &Caller,
    name: &str,
) -> Result<Option<Caller>, CallError> {
    let name = name.trim_start_matches("https://").trim_start_matches("t.me/").trim_start_matches('@');
    if let Ok(chat) = name.parse::<i64>() {
        return elsewhere(telegram, asker, chat).await.map(Some);
    }
    let known: Result<Named, CallError> =
        telegram.calls.call("getChat", &json!({"chat_id": format!("@{name}")})).await;
    match known {
        Ok(known) => elsewhere(telegram, asker, known.id).await.map(Some),
        Err(CallError::Lost(_) | CallError::Rejected(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Debug, Deserialize)]
struct Named {
    id: i64,
}

/// The same person as a caller in another chat: what they are there, and what the bot lacks there.
pub(super) async fn elsewhere(telegram: &Telegram, asker: &Caller, chat: i64) -> Result<Caller, CallError> {
    let address = Address::Telegram { chat, topic: None };
    let mut caller = Caller {
        address,
        kind: ChannelKind::Group,
        is_admin: false,
        is_elsewhere: address != asker.address,
        ..asker.clone()
    };
    let known: Result<Chosen, CallError> = telegram.calls.call("getChat", &json!({"chat_id": chat})).await;
    match known {
        Ok(known) => {
            caller.channel_name = known.title;
            if known.kind == "channel" {
                caller.kind = ChannelKind::Broadcast;
            }
        }
        Err(CallError::Lost(_)) => {
            // Who chose a chat that the bot is not in is told what it lacks; nothing else can be known of it.
            caller.is_admin = true;
            caller.missing.push(MissingRight::Send);
            return Ok(caller);
        }
        Err(error) => return Err(error),
    }
    let user = asker.person.parse().unwrap_or_default();
    caller.is_admin = is_admin_of(telegram, chat, user).await?;
    let place = telegram.calls.gate().take_for_none().await;
    match telegram.calls.probe(address, place).await {
        Ok(()) => {}
        Err(CallError::Lost(_)) => caller.missing.push(MissingRight::Send),
        Err(error) => return Err(error),
    }
    Ok(caller)
}
