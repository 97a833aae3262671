//! What people see: channels, messages as one of them sees them, commands. What they do is in `deeds.rs`.

use serde_json::Value;

use crate::sandbox::discord::state::{Channel, Message};
use crate::sandbox::discord::{ChannelView, Discord, Person};

impl Discord {
    /// All channels, by guild and in the order in which they were made; DMs last.
    pub fn channels(&self) -> Vec<ChannelView> {
        let state = self.lock();
        let view = |channel: &Channel| ChannelView {
            id: channel.id,
            guild: channel.guild,
            guild_name: channel.guild.and_then(|id| Some(state.guilds.get(&id)?.name.clone())),
            name: channel.name.clone(),
            kind: channel.kind,
            parent: channel.parent,
            recipient: channel.recipient,
        };
        let mut all: Vec<_> = state.channels.values().map(view).collect();
        all.sort_by_key(|channel| (channel.guild.unwrap_or(u64::MAX), channel.id));
        all
    }

    /// A channel's messages as one person sees them, oldest first, as Discord writes messages: with what only
    /// they see (flag 64), the bot's thinking (flag 128), and who used which command (`interaction`).
    pub fn timeline(&self, channel: u64, person: u64) -> Vec<Value> {
        self.seen(channel, |message| message.only_for.is_none_or(|only| only == person))
    }

    /// Whether something was pressed on a message, which the bot has said to change later and not changed yet.
    pub fn updates(&self, message: u64) -> bool {
        let state = self.lock();
        state.interactions.values().any(|one| one.updates && one.original == Some(message))
    }

    /// A channel's messages that everybody sees, oldest first.
    pub fn messages(&self, channel: u64) -> Vec<Value> {
        self.seen(channel, |message| message.only_for.is_none())
    }

    /// The commands as they are registered, with their ids.
    pub fn commands(&self) -> Vec<Value> {
        self.lock().commands.iter().map(|command| command.body.clone()).collect()
    }

    /// Whether a bot has identified and is on the line.
    pub fn connected(&self) -> bool {
        self.lock().sessions.connected()
    }

    /// A person writes into a channel. Returns the message's id; `None` if there is no such channel.
    pub fn say(&self, by: &Person, channel: u64, text: &str) -> Option<u64> {
        let now = self.now();
        let mut state = self.lock();
        state.people.insert(by.id, by.clone());
        let id = state.next_id(now);
        let place = state.channels.get_mut(&channel)?;
        let message = Message {
            author: Some(by.id),
            content: text.trim().to_owned(),
            ..Message::blank(id, channel, now)
        };
        place.messages.insert(id, message);
        drop(state);
        self.changed();
        Some(id)
    }

    fn seen(&self, channel: u64, sees: impl Fn(&Message) -> bool) -> Vec<Value> {
        let state = self.lock();
        let messages = state.channels.get(&channel).map(|channel| channel.messages.values());
        let messages = messages.into_iter().flatten().filter(|message| sees(message));
        messages.map(|message| state.message_body(message)).collect()
    }
}
