//! What people do with a message of the bot's: press its buttons, choose in its menus.

use jogan::sandbox::telegram::CallbackAnswer;
use jogan::sandbox::{discord, telegram};
use serde_json::Value;

use crate::support::town::{Town, text};

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

fn the<'m>(message: &'m Value, label: &str) -> (&'m Value, &'m Value) {
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
        let seen = self.discord.timeline(channel, by.id);
        let new = seen.get(before).cloned();
        new.or_else(|| seen.into_iter().find(|shown| shown["id"] == message["id"])).expect("the answer")
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
