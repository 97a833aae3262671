//! Hello, once, where the bot was added to a group. A channel is never greeted: its readers would see it.

use teloxide::types::{ChatMemberUpdated, Message};

use super::answer::{Room, send};
use super::poll::Telegram;
use crate::commands;
use crate::model::channel::{Address, ChannelKind};
use crate::model::language::Language;
use crate::platform::CallError;
use crate::store::{Greeted, StoreError};
use crate::text::chain;

/// Greets the group that the bot has come into, if that is what changed.
pub(super) async fn added(telegram: &Telegram, change: &ChatMemberUpdated) -> Result<(), CallError> {
    let came = !change.old_chat_member.is_present() && change.new_chat_member.is_present();
    if !came || change.chat.is_private() || change.chat.is_channel() {
        return Ok(());
    }
    let chat = change.chat.id.0;
    let language = change.from.language_code.as_deref().map_or(Language::default(), Language::for_locale);
    let address = Address::Telegram { chat, topic: None };
    match greeting(telegram, address, chat, language).await {
        Ok(Some(reply)) => {
            send(telegram, Room { address, kind: ChannelKind::Group }, &reply).await?;
        }
        Ok(None) => {}
        Err(error) => tracing::error!(error = chain(&error), chat, "a group could not be greeted"),
    }
    Ok(())
}

/// Notes that a group which has a new id knows the bot.
pub(super) async fn moved(telegram: &Telegram, message: &Message) {
    if message.migrate_from_chat_id().is_none() {
        return;
    }
    let place = Greeted::Group(message.chat.id.0);
    if let Err(error) = telegram.desk.store.greet(place, telegram.clock.now()).await {
        tracing::warn!(error = chain(&error), "a group's new id could not be noted");
    }
}

async fn greeting(
    telegram: &Telegram,
    address: Address,
    chat: i64,
    language: Language,
) -> Result<Option<crate::model::reply::Reply>, StoreError> {
    // A group that comes back with its subscription knows the bot.
    if telegram.desk.store.channel(address).await?.is_some() {
        return Ok(None);
    }
    commands::welcome(Greeted::Group(chat), language, &telegram.desk).await
}
