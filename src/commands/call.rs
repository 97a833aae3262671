//! A call of a command: who calls, where, and with which arguments.

use super::arguments::Arguments;
use super::spec::{Spec, Who};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::language::Language;

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
}

impl Caller {
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
