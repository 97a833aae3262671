//! A call of a command: who calls, where, and with which arguments.

use super::arguments::Arguments;
use super::spec::{Spec, Who};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::language::Language;
use crate::model::note::Person;

/// A command as somebody called it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The command.
    pub spec: &'static Spec,
    /// Its arguments.
    pub arguments: Arguments,
    /// Words that fit none of its arguments.
    pub unread: Vec<String>,
    /// Who called it, and where.
    pub caller: Caller,
}

/// Who does something in chat, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The platform.
    pub platform: Platform,
    /// The channel that it is about.
    pub address: Address,
    /// The channel that it is a thread of (Discord).
    pub parent: Option<Address>,
    /// What kind of place that is.
    pub kind: ChannelKind,
    /// What people call the channel, where the platform told.
    pub channel_name: Option<String>,
    /// The person's id on the platform.
    pub person: String,
    /// The language to answer in.
    pub language: Language,
    /// Whether the person may manage the channel. In a conversation with the bot everybody may.
    pub is_admin: bool,
    /// Whether the person is one of the operators.
    pub is_operator: bool,
    /// What the bot lacks to post in the channel, where the platform told.
    pub missing: Vec<MissingRight>,
    /// Whether the person asks from another place: the answer's buttons then say which channel they are about.
    pub is_elsewhere: bool,
    /// What else there is in the server (Discord), for what asks for it.
    pub around: Option<Around>,
}

/// What there is in a Discord server, as far as one person may deal with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The channels that the person may manage.
    pub channels: Vec<Neighbour>,
    /// The roles that both the person and the bot may mention, by id and name.
    pub roles: Vec<(u64, String)>,
}

/// A channel of the same server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Where it is.
    pub address: Address,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// What people call it.
    pub name: String,
    /// What the bot lacks to post there.
    pub missing: Vec<MissingRight>,
}

impl Caller {
    /// The same person as a caller in another channel of the server: its admin if they may manage it.
    pub fn elsewhere(&self, address: Address, around: Around) -> Self {
        let there = around.channels.iter().find(|channel| channel.address == address).cloned();
        Self {
            address,
            parent: None,
            kind: there.as_ref().map_or(ChannelKind::Text, |there| there.kind),
            channel_name: there.as_ref().map(|there| there.name.clone()),
            is_admin: there.is_some(),
            missing: there.map(|there| there.missing).unwrap_or_default(),
            is_elsewhere: self.is_elsewhere || address != self.address,
            around: Some(around),
            ..self.clone()
        }
    }

    /// The same person as a caller in their conversation with the bot.
    pub fn in_private(&self, address: Address) -> Self {
        Self {
            address,
            parent: None,
            kind: ChannelKind::Private,
            channel_name: None,
            is_admin: true,
            missing: Vec::new(),
            is_elsewhere: self.is_elsewhere || address != self.address,
            ..self.clone()
        }
    }

    /// The person.
    pub fn as_person(&self) -> Person {
        Person { platform: self.platform, id: self.person.clone() }
    }

    /// Whether the person belongs to those who may.
    pub fn may(&self, who: Who) -> bool {
        match who {
            Who::Anyone => true,
            Who::ChannelAdmin => self.is_admin || self.is_operator,
            Who::Operator => self.is_operator,
        }
    }
}

/// A right that the bot needs in a channel and lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingRight {
    /// To see the channel.
    View,
    /// To write there.
    Send,
    /// To set embeds (Discord).
    Embed,
}
