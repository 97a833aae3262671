//! What a command answers, before any platform: the renderers set it for Discord and for Telegram.

use chrono::NaiveDate;

use super::digest::EnrichedDigest;
use super::feed::Feed;
use super::language::Language;
use super::subscription::Style;
use super::trends::Trends;

/// An answer to a command, a button or a menu. It shows, from top to bottom: its lines, an edition, what was found, its
/// menus, its buttons; each of these may be empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Who sees it, where the platform leaves the choice.
    pub audience: Audience,
    /// The language it is in.
    pub language: Language,
    /// Prose: a paragraph each, plain text.
    pub lines: Vec<String>,
    /// The ids of the people on Discord whose [`mention`] in the prose shows their name. It pings nobody.
    pub people: Vec<String>,
    /// A digest.
    pub edition: Option<Box<Edition>>,
    /// Articles that a look-up found, in order, at most [`Found::MOST`].
    pub found: Vec<Found>,
    /// What was in the news, to be drawn as a picture that goes with the rest.
    pub trends: Option<Box<Trends>>,
    /// Menus to choose from, one below the other.
    pub menus: Vec<Menu>,
    /// Buttons, in rows.
    pub buttons: Vec<Vec<Button>>,
    /// Whether a Telegram private chat offers to choose one of the person's channels and groups.
    pub picks_chat: bool,
    /// What a button carries that asks for this again: where only the asker sees it, one shows it to the channel.
    pub again: Option<String>,
    /// Whether it takes the place of the answer that its button or menu hangs on (another page, another setting).
    pub in_place: bool,
}

impl Reply {
    /// An answer for the asker that says nothing yet.
    pub fn new(language: Language) -> Self {
        Self {
            audience: Audience::Asker,
            language,
            lines: Vec::new(),
            people: Vec::new(),
            edition: None,
            found: Vec::new(),
            trends: None,
            menus: Vec::new(),
            buttons: Vec::new(),
            picks_chat: false,
            again: None,
            in_place: false,
        }
    }
}

/// What stands for a person's name in a reply's prose on Discord, by their id.
pub fn mention(person: &str) -> String {
    format!("<@{person}>")
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

/// An article that a look-up found, as far as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The digest's day.
    pub day: NaiveDate,
    /// The headline, plain text.
    pub headline: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where.
    pub link: Option<String>,
    /// A piece of its text, in pieces that are what was looked for (`true`) or stand around it; may be empty.
    pub snippet: Vec<(String, bool)>,
    /// What a button carries that opens it: at most 64 bytes.
    pub open: String,
}

impl Found {
    /// The most that one answer lists; more are on further pages.
    pub const MOST: usize = 10;
}

/// A menu: one of several is chosen. On Discord a select menu, on Telegram buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// What is chosen, as long as nothing is.
    pub placeholder: String,
    /// The choices, at most 25 (Discord, `components/reference`).
    pub choices: Vec<Choice>,
}

/// An entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What stands there.
    pub label: String,
    /// What comes back to the bot: at most 64 bytes.
    pub press: String,
    /// Whether it is how things are now.
    pub chosen: bool,
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
    /// The same, about the presser's own conversation with the bot: in a Telegram group it leads there.
    InPrivate(String),
}
