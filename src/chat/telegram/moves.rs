//! What Telegram tells about the bot's standing in a chat, and about chats that get a new id.

use teloxide::types::{ChatMemberKind, ChatMemberUpdated, Message, Update, UpdateKind};

use crate::chat::access::Access;
use crate::model::channel::Address;

/// Notes what an update says about access. Updates are to be noted in the order in which they come: of two, the
/// later one holds.
pub(super) async fn note(access: &Access, update: &Update) {
    match &update.kind {
        UpdateKind::MyChatMember(change) => stand(access, change).await,
        UpdateKind::Message(message) => moved(access, message).await,
        _ => {}
    }
}

async fn stand(access: &Access, change: &ChatMemberUpdated) {
    let chat = Address::Telegram { chat: change.chat.id.0, topic: None };
    match &change.new_chat_member.kind {
        ChatMemberKind::Banned(_) if change.chat.is_private() => {
            access.lost(&[chat], "the person has blocked the bot").await
        }
        ChatMemberKind::Banned(_) | ChatMemberKind::Left => {
            access.lost(&[chat], "the bot was removed from the chat").await
        }
        // In a channel only administrators write, and only some of them.
        ChatMemberKind::Member(_) | ChatMemberKind::Administrator(_) | ChatMemberKind::Owner(_)
            if !change.chat.is_channel() =>
        {
            access.regained(chat).await;
        }
        _ => {
            access.perhaps_regained(&[chat]).await;
        }
    }
}

async fn moved(access: &Access, message: &Message) {
    let here = message.chat.id.0;
    if let Some(to) = message.migrate_to_chat_id() {
        access.moved(here, to.0).await;
    }
    if let Some(from) = message.migrate_from_chat_id() {
        access.moved(from.0, here).await;
    }
}
