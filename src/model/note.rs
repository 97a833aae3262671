//! Notes: what the program writes to a person by itself, in private.

use serde::{Deserialize, Serialize};

use super::alarm::AlarmId;
use super::channel::{ChannelId, Platform};
use super::digest::DigestId;

/// Somebody on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// The platform.
    pub platform: Platform,
    /// Their id there, a number.
    pub id: String,
}

/// What a note tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum About {
    /// A digest is held, and waits for a decision.
    Held {
        /// The digest.
        digest: DigestId,
    },
    /// Messages cannot go to channels any more.
    Lost {
        /// Where.
        platform: Platform,
        /// Those that were lost then or later (milliseconds since 1970).
        since: i64,
        /// Whether of all channels, for an operator; else of those that the person subscribed.
        all: bool,
    },
    /// Something is wrong, or is not any more.
    Alarm {
        /// The alarm.
        alarm: AlarmId,
        /// Whether this tells of its end.
        over: bool,
    },
    /// What an operator tells every channel.
    Announcement {
        /// The announcement.
        announcement: AnnouncementId,
    },
    /// Something that was begun in many channels is over.
    Bulk(Bulk),
}

/// What is done to many channels, and told of when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A digest is sent again.
    Resend,
    /// What was sent of it is deleted.
    Recall,
}

/// Something that was begun in many channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    /// What.
    pub deed: Deed,
    /// Of which digest.
    pub digest: DigestId,
    /// On one platform alone; `None`: on both.
    pub platform: Option<Platform>,
    /// In one channel alone; `None`: in all.
    pub channel: Option<ChannelId>,
    /// When (milliseconds since 1970).
    pub since: i64,
}

/// An announcement's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnnouncementId(pub i64);

/// A note's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoteId(pub i64);
