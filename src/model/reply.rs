//! What a command answers, before any platform: the renderers set it for Discord and for Telegram.

use super::digest::EnrichedDigest;
use super::feed::Feed;
use super::language::Language;
use super::subscription::Style;

/// An answer to a command, a button or a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Who sees it, where the platform leaves the choice.
    pub audience: Audience,
    /// The language it is in.
    pub language: Language,
    /// Prose before the digest, or all there is: a paragraph each, plain text.
    pub lines: Vec<String>,
    /// A digest to show below the lines.
    pub edition: Option<Box<Edition>>,
    /// Buttons below it all, in rows.
    pub buttons: Vec<Vec<Button>>,
}

/// Who sees an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The asker alone, where the platform can.
    Asker,
    /// The channel.
    Channel,
}

/// A digest as it is shown to one channel: what the renderers take.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// The feed that it is of.
    pub feed: Feed,
    /// The digest, with every article.
    pub digest: EnrichedDigest,
    /// Which of its articles are shown.
    pub selection: Selection,
    /// How much of them.
    pub style: Style,
    /// The language of what is ours in the message.
    pub language: Language,
    /// The local time of the correction that this shows (`17:02`), if it is one.
    pub corrected_at: Option<chrono::NaiveTime>,
}

/// Which articles of a digest a channel gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All, with intro and closing.
    All,
    /// Those that pass the channel's filter and mutes; intro and closing are left out.
    Some {
        /// Places in the digest's list of articles, from 0, ascending; not empty.
        articles: Vec<usize>,
        /// The filter, as readers see its words (`투자`, `반도체`).
        filter: Vec<String>,
        /// How many articles are missing because of a mute.
        muted: usize,
    },
    /// One article alone, opened by a reader: its place in the digest's list, from 0. It is shown in full, without
    /// the digest's header, with buttons to the articles beside it.
    One(usize),
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Opens an address.
    Open(String),
    /// Comes back to the bot as this text: at most 64 bytes (Telegram's `callback_data`; Discord allows 100
    /// characters), complete in itself, so that it works after a restart.
    Press(String),
}
