//! A channel: where messages go, on either platform.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::language::Language;

/// One of the two platforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Discord.
    Discord,
    /// Telegram.
    Telegram,
}

impl Platform {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Discord, Self::Telegram];

    /// The lower-case name of configuration, database and command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Telegram => "telegram",
        }
    }
}

impl Platform {
    /// What people call it.
    pub fn brand(self) -> &'static str {
        match self {
            Self::Discord => "Discord",
            Self::Telegram => "Telegram",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no platform: write `discord` or `telegram`")]
pub struct UnknownPlatform(pub String);

impl FromStr for Platform {
    type Err = UnknownPlatform;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "discord" => Ok(Self::Discord),
            "telegram" => Ok(Self::Telegram),
            _ => Err(UnknownPlatform(text.to_owned())),
        }
    }
}

/// A channel's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub i64);

/// Where a platform knows a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Address {
    /// A Discord text or announcement channel, a thread, a DM, or a forum.
    Discord {
        /// The channel's (or thread's) id.
        channel: u64,
    },
    /// A Telegram chat, or a topic of a forum.
    Telegram {
        /// The chat's id; negative for groups and channels.
        chat: i64,
        /// The forum topic's id; `None` also for a forum's General topic (sending to its id 1 fails).
        topic: Option<i32>,
    },
}

impl Address {
    /// The platform it is on.
    pub fn platform(&self) -> Platform {
        match self {
            Self::Discord { .. } => Platform::Discord,
            Self::Telegram { .. } => Platform::Telegram,
        }
    }
}

impl fmt::Display for Address {
    /// As the command line takes it: `discord:123`, `telegram:-100123`, `telegram:-100123/7` (a topic).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discord { channel } => write!(f, "discord:{channel}"),
            Self::Telegram { chat, topic: None } => write!(f, "telegram:{chat}"),
            Self::Telegram { chat, topic: Some(topic) } => write!(f, "telegram:{chat}/{topic}"),
        }
    }
}

/// A text that is no channel's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no channel: write `discord:<channel id>` or `telegram:<chat id>` (`telegram:<chat id>/<topic>` for a forum topic)"
)]
pub struct UnreadableAddress(pub String);

impl FromStr for Address {
    type Err = UnreadableAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || UnreadableAddress(text.to_owned());
        let (platform, place) = text.split_once(':').ok_or_else(unreadable)?;
        match platform {
            "discord" => Ok(Self::Discord { channel: place.parse().map_err(|_| unreadable())? }),
            "telegram" => {
                let (chat, topic) = match place.split_once('/') {
                    Some((chat, topic)) => (chat, Some(topic.parse().map_err(|_| unreadable())?)),
                    None => (place, None),
                };
                Ok(Self::Telegram { chat: chat.parse().map_err(|_| unreadable())?, topic })
            }
            _ => Err(unreadable()),
        }
    }
}

/// What kind of place a channel is; it decides how messages are sent there and which rates hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A Discord text channel, or any thread.
    Text,
    /// A Discord announcement channel.
    Announcement,
    /// A Discord forum: a digest is a thread.
    Forum,
    /// A conversation with one person: a Discord DM, a Telegram private chat.
    Private,
    /// A Telegram group or supergroup, forum topics included.
    Group,
    /// A Telegram channel.
    Broadcast,
}

impl ChannelKind {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Announcement => "announcement",
            Self::Forum => "forum",
            Self::Private => "private",
            Self::Group => "group",
            Self::Broadcast => "broadcast",
        }
    }
}

impl FromStr for ChannelKind {
    type Err = UnknownChannelKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "announcement" => Ok(Self::Announcement),
            "forum" => Ok(Self::Forum),
            "private" => Ok(Self::Private),
            "group" => Ok(Self::Group),
            "broadcast" => Ok(Self::Broadcast),
            _ => Err(UnknownChannelKind(text.to_owned())),
        }
    }
}

/// A text that names no kind of channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of channel")]
pub struct UnknownChannelKind(pub String);

/// A channel that Jogan knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its row.
    pub id: ChannelId,
    /// Where the platform knows it.
    pub address: Address,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// What people call it, where the platform told.
    pub name: Option<String>,
    /// The language of replies.
    pub language: Language,
    /// Whether messages can go there.
    pub state: ChannelState,
}

/// Whether messages can go to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// They can.
    Active,
    /// The platform refuses: gone, kicked, or without the right to write.
    Lost,
}

impl ChannelState {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Lost => "lost",
        }
    }
}

impl FromStr for ChannelState {
    type Err = UnknownChannelState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "active" => Ok(Self::Active),
            "lost" => Ok(Self::Lost),
            _ => Err(UnknownChannelState(text.to_owned())),
        }
    }
}

/// How long a lost channel is left alone before it is asked again, after so many probes: a minute, doubling up to
/// six hours.
pub fn probe_wait(probes: u32) -> TimeDelta {
    const LONGEST: TimeDelta = TimeDelta::hours(6);
    // 2^9 minutes are more than six hours.
    TimeDelta::minutes(1 << probes.min(9)).min(LONGEST)
}

/// A text that names no state of a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a channel")]
pub struct UnknownChannelState(pub String);
