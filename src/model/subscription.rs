//! A subscription: a channel's wish for a feed.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::feed::FeedName;
use super::language::Language;
use super::quiet::QuietHours;
use super::schedule::Schedule;
use super::term::Term;

/// A subscription's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(pub i64);

/// How much of a digest a message shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// A numbered list of headlines.
    Headlines,
    /// Each article with its summary.
    #[default]
    Summary,
    /// Each article with all its sections.
    Full,
}

impl Style {
    /// All of them, shortest first.
    pub const ALL: [Self; 3] = [Self::Headlines, Self::Summary, Self::Full];

    /// The word of commands and database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headlines => "headlines",
            Self::Summary => "summary",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no style.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no style: write `headlines`, `summary` or `full`")]
pub struct UnknownStyle(pub String);

impl FromStr for Style {
    type Err = UnknownStyle;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_lowercase().as_str() {
            "headlines" | "제목" | "헤드라인" => Ok(Self::Headlines),
            "summary" | "요약" => Ok(Self::Summary),
            "full" | "전체" | "전문" => Ok(Self::Full),
            _ => Err(UnknownStyle(text.to_owned())),
        }
    }
}

/// What an admin chose for a channel and a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// When to deliver.
    pub schedule: Schedule,
    /// The zone the schedule's times are in.
    pub timezone: Tz,
    /// How much to show.
    pub style: Style,
    /// Topic keys, company names or plain words; an article passes if it matches any. Empty: all pass.
    pub filter: Vec<String>,
    /// The language of messages.
    pub language: Language,
    /// When nothing but slots is delivered, in the same zone.
    pub quiet: Option<QuietHours>,
}

/// A channel's wish for a feed, and how far it has been fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its row.
    pub id: SubscriptionId,
    /// The channel.
    pub channel: ChannelId,
    /// The feed.
    pub feed: FeedName,
    /// What the admin chose.
    pub wish: Wish,
    /// The last edition of the feed that was dealt with; those with a higher number are waiting for it.
    pub edition: i64,
    /// The last slot that was dealt with, or the instant from which slots count; none before it fires again.
    pub last_slot: DateTime<Utc>,
    /// Until then the first digest to arrive goes out at once (a late digest's window is open).
    pub late_until: Option<DateTime<Utc>>,
    /// A pause has ended, and what was missed is to come as one list.
    pub owes_list: bool,
    /// What is left out, by the channel's mutes and by the operator's.
    pub mutes: Vec<Term>,
}
