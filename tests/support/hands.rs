//! What people do with a message of the bot's: press its buttons, choose in its menus.

use jogan::sandbox::telegram::CallbackAnswer;
use jogan::sandbox::{discord, telegram};
use serde_json::Value;

use crate::support::town::{LOADING, Town, text};

/// The custom ids or callback data of a message's buttons and menu entries, by what stands on them.
fn things<'m>(message: &'m Value, label: &str) -> Vec<(&'m Value, &'m Value)> {
    let discord = message["components"].as_array().into_iter().flatten();
    let discord = discord.filter_map(|row| row["components"].as_array()).flatten();
    let telegram = message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let telegram = telegram.filter_map(Value::as_array).flatten();
    let mut found = Vec::new();
    for thing in discord.chain(telegram) {
        if thing["label"] == label || thing["text"] == label {
            found.push((thing, &Value::Null));
        }
        let options = thing["options"].as_array().into_iter().flatten();
        found.extend(options.filter(|option| option["label"] == label).map(|option| (thing, option)));
    }
    found
}

/// The button, or the menu and its entry, with this label.
pub(crate) fn the<'m>(message: &'m Value, label: &str) -> (&'m Value, &'m Value) {
    things(message, label).first().copied().unwrap_or_else(|| panic!("{label}: {message}"))
}

impl Town {
    /// Somebody presses a button, or chooses in a menu, of a message on Discord; the message as they see it then, or
    /// the new one that answers.
    pub(crate) async fn press_discord(
        &self,
        by: &discord::Person,
        channel: u64,
        message: &Value,
        label: &str,
    ) -> Value {
        let (thing, option) = the(message, label);
        let id: u64 = message["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let custom = thing["custom_id"].as_str().expect("a custom id");
        let before = self.discord.timeline(channel, by.id).len();
        match option["value"].as_str() {
            Some(value) => {
                self.discord.select(by, id, custom, &[value.to_owned()]).await.expect("an answer");
            }
            None => self.discord.press(by, id, custom).await.expect("an answer"),
        }
        // What takes long comes later, in one place or the other.
        self.wait_for("the answer", async || {
            let seen = self.discord.timeline(channel, by.id);
            let new = seen.get(before).cloned();
            let shown = new.or_else(|| seen.into_iter().find(|shown| shown["id"] == message["id"]))?;
            let is_there = shown["flags"].as_u64().unwrap_or_default() & LOADING == 0;
            (is_there && !self.discord.updates(id)).then_some(shown)
        })
        .await
    }

    /// Somebody presses a button of a message on Telegram; what pops up over the chat.
    pub(crate) async fn press_telegram(
        &self,
        by: &telegram::Person,
        chat: i64,
        message: &Value,
        label: &str,
    ) -> CallbackAnswer {
        let (button, _) = the(message, label);
        let id = message["message_id"].as_i64().expect("an id");
        let data = button["callback_data"].as_str().expect("data");
        self.telegram.press(by, chat, id, data).await.expect("an answer")
    }

    /// What the operator finds in both private chats that holds `part`.
    pub(crate) async fn notes(&self, part: &str) -> (Value, Value) {
        let conversation = self.discord.add_dm(&self.operator.0);
        self.wait_for(part, async || {
            let on_discord = self.on_discord(conversation, part).pop();
            on_discord.zip(self.on_telegram(self.operator.1.id, part).pop())
        })
        .await
    }

    /// The operator presses a button of a note on Discord.
    pub(crate) async fn press_note_on_discord(&self, note: &Value, label: &str) {
        let by = &self.operator.0;
        let conversation = self.discord.add_dm(by);
        self.press_discord(by, conversation, note, label).await;
    }

    /// The same on Telegram.
    pub(crate) async fn press_note_on_telegram(&self, note: &Value, label: &str) {
        let by = &self.operator.1;
        self.press_telegram(by, by.id, note, label).await;
    }

    /// The address that a button of a message on Telegram opens.
    pub(crate) fn link_of(&self, message: &Value, label: &str) -> String {
        the(message, label).0["url"].as_str().unwrap_or_else(|| panic!("{label}: {message}")).to_owned()
    }

    /// Waits until that message in a Telegram chat says `part`; as it is then.
    pub(crate) async fn says(&self, chat: i64, message: &Value, part: &str) -> Value {
        self.wait_for(part, async || {
            let said = self.said_on_telegram(chat).into_iter();
            said.into_iter()
                .find(|shown| shown["message_id"] == message["message_id"] && text(shown).contains(part))
        })
        .await
    }
}
