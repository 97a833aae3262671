//! Alarms: what an operator should know is wrong. When it is, is decided in `alarm/`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::channel::Platform;
use super::digest::DigestId;
use super::feed::FeedName;

/// What is wrong with what. The same trouble is told once, however long it lasts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Trouble {
    /// A day's digest is not there when it should be.
    Late {
        /// The feed.
        feed: FeedName,
        /// The digest's day.
        day: NaiveDate,
    },
    /// A digest is held.
    Held {
        /// The digest.
        digest: DigestId,
    },
    /// Messages are given up, or fail again and again.
    Failing {
        /// Where to.
        platform: Platform,
    },
    /// The bot is not connected.
    Down {
        /// To what.
        platform: Platform,
    },
    /// A feed's source cannot be loaded.
    Broken {
        /// The feed.
        feed: FeedName,
    },
    /// The disk of the database is nearly full.
    Disk,
}

impl Trouble {
    /// The word for its kind: `late`, `held`, `failing`, `down`, `broken`, `disk`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Late { .. } => "late",
            Self::Held { .. } => "held",
            Self::Failing { .. } => "failing",
            Self::Down { .. } => "down",
            Self::Broken { .. } => "broken",
            Self::Disk => "disk",
        }
    }
}

/// An alarm's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlarmId(pub i64);

/// A trouble from when it began until it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Its row.
    pub id: AlarmId,
    /// What is wrong.
    pub trouble: Trouble,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// Until when; `None`: it lasts.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether an operator said that it is no trouble.
    pub is_waived: bool,
}
