//! What comes back from a button or a menu: complete in itself, so that it works after a restart. Here is what there is,
//! and who may do it; how a button carries it is in `code.rs`, what becomes of it in `answer.rs`.

mod answer;
mod code;
#[cfg(test)]
mod tests;

pub use answer::answer;

use chrono::NaiveDate;

use super::reach::Target;
use super::spec::Who;
use super::{about, help, search, settings, why, words};
use crate::model::channel::Address;
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::note::AnnouncementId;
use crate::model::reply::{Action, Button};

/// What was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Open one article of a digest: the digest's handle and the article's place, from 0.
    Open {
        /// The digest.
        handle: String,
        /// The article's place in the digest, from 0.
        article: usize,
    },
    /// Go back from an article to the list of headlines: the digest's handle.
    List {
        /// The digest.
        handle: String,
    },
    /// Show the latest digest of a feed.
    Latest {
        /// The feed.
        feed: FeedName,
    },
    /// Show a digest as the channel sees it: the digest's handle.
    Digest {
        /// The digest.
        handle: String,
    },
    /// Show all of a digest of which a filter or a mute leaves out something: the digest's handle.
    All {
        /// The digest.
        handle: String,
    },
    /// Show a page of the articles about a company or a topic.
    About(about::Page),
    /// Show a page of what a search found.
    Search(search::Page),
    /// End the channel's subscription of a feed, or ask whether to.
    Unsubscribe {
        /// The feed.
        feed: FeedName,
        /// Whether that was asked.
        is_sure: bool,
    },
    /// Subscribe the channel to a feed again, as it was or as is usual.
    Subscribe {
        /// The feed.
        feed: FeedName,
        /// Whether as it was.
        as_before: bool,
    },
    /// Send a digest to the channel again: the digest's handle.
    Resend {
        /// The digest.
        handle: String,
        /// Only what has not arrived.
        missing: bool,
    },
    /// Say why an article came, or did not.
    Why(why::ArticleName),
    /// Send a digest again to all channels, or to some.
    ResendAll(Target),
    /// Say how far that has got.
    ResendProgress {
        /// The digest, and where.
        target: Target,
        /// What was asked for since then, in seconds since 1970.
        since: i64,
    },
    /// Delete what was sent of a digest.
    Recall(Target),
    /// Say how far that has got.
    RecallProgress(Target),
    /// Tell every channel something.
    Announce(AnnouncementId),
    /// Say how far that has got.
    AnnounceProgress(AnnouncementId),
    /// Look at a feed's source again, about a digest that is late or not.
    Recheck {
        /// The feed.
        feed: FeedName,
        /// The day of the digest.
        day: Option<NaiveDate>,
    },
    /// A feed has no digest on a day.
    DayOff {
        /// The feed.
        feed: FeedName,
        /// The day.
        day: NaiveDate,
    },
    /// Look at a held digest: its handle.
    Held {
        /// The digest.
        handle: String,
    },
    /// Send or drop a held digest: its handle.
    Release {
        /// The digest.
        handle: String,
        /// Whether it is sent.
        send: bool,
    },
    /// Show the channel's settings for a feed.
    Settings {
        /// The feed.
        feed: FeedName,
    },
    /// Show the choices of one of them.
    Choose {
        /// The feed.
        feed: FeedName,
        /// Which.
        of: settings::Setting,
    },
    /// Change one of them.
    Set {
        /// The feed.
        feed: FeedName,
        /// What it becomes.
        change: settings::Change,
    },
    /// Hold the channel's deliveries back.
    Pause,
    /// Deliver to the channel again.
    Resume,
    /// Take a mute back: a hash of what is muted.
    Unmute {
        /// The hash.
        tag: String,
        /// Whether it is the operator's, for every channel.
        everywhere: bool,
    },
    /// Show the one or the other half of `/help`.
    Help(help::Half),
    /// Ask where the digest is to be received.
    Receive,
    /// Show what lets somebody choose one of their channels or groups (Telegram).
    PickChat,
    /// Try a `/subscribe` again that the bot lacked a right for: with these words.
    Try {
        /// What was written behind the command.
        words: String,
    },
    /// Follow a company in private: a hash of its name.
    Follow {
        /// The hash.
        tag: String,
    },
    /// Show the server's other channels that get something, and those that could (Discord).
    Others {
        /// The feed whose settings are shown.
        feed: FeedName,
    },
    /// Give this channel the settings of another one.
    Copy {
        /// The other one.
        from: Address,
        /// The feed.
        feed: FeedName,
    },
    /// Do something in another channel than the one where it is pressed. Whoever reads the press asks for the rights
    /// there.
    In {
        /// The channel.
        address: Address,
        /// What.
        press: Box<Press>,
    },
    /// Do nothing of what was asked.
    Cancel,
    /// What cannot be read any more: say the command that opens it afresh.
    Old {
        /// The command, without the slash.
        command: &'static str,
    },
    /// Show to the channel what only the asker saw.
    Show(Box<Press>),
}

impl Press {
    /// Who may do that.
    pub fn who(&self) -> Who {
        match self {
            Self::Unsubscribe { .. }
            | Self::Subscribe { .. }
            | Self::Resend { .. }
            | Self::Settings { .. }
            | Self::Choose { .. }
            | Self::Set { .. }
            | Self::Pause
            | Self::Resume
            | Self::Why(_)
            | Self::Try { .. }
            | Self::Others { .. }
            | Self::Copy { .. }
            | Self::Unmute { everywhere: false, .. }
            | Self::Cancel => Who::ChannelAdmin,
            Self::Held { .. }
            | Self::Recheck { .. }
            | Self::DayOff { .. }
            | Self::Release { .. }
            | Self::ResendAll(_)
            | Self::ResendProgress { .. }
            | Self::Recall(_)
            | Self::RecallProgress(_)
            | Self::Announce(_)
            | Self::AnnounceProgress(_)
            | Self::Unmute { everywhere: true, .. } => Who::Operator,
            Self::In { press, .. } => press.who(),
            Self::Open { .. }
            | Self::List { .. }
            | Self::Latest { .. }
            | Self::Digest { .. }
            | Self::All { .. }
            | Self::About(_)
            | Self::Search(_)
            | Self::Help(_)
            | Self::Receive
            | Self::PickChat
            | Self::Old { .. }
            | Self::Follow { .. }
            | Self::Show(_) => Who::Anyone,
        }
    }

    /// Whether it needs to know what else there is in the server.
    pub fn looks_around(&self) -> bool {
        match self {
            Self::In { .. } | Self::Others { .. } | Self::Copy { .. } => true,
            Self::Set { change, .. } => matches!(change, settings::Change::Mention(Some(_))),
            _ => false,
        }
    }

    /// Whether what comes of it takes the place of the answer that was pressed, unless it cannot be done: known before,
    /// for platforms that have to be told before the answer is there.
    pub const fn answers_in_place(&self) -> bool {
        match self {
            Self::Open { .. }
            | Self::List { .. }
            | Self::About(_)
            | Self::Search(_)
            | Self::Unsubscribe { .. }
            | Self::Subscribe { .. }
            | Self::Resend { .. }
            | Self::ResendAll(_)
            | Self::ResendProgress { .. }
            | Self::Recall(_)
            | Self::RecallProgress(_)
            | Self::Announce(_)
            | Self::AnnounceProgress(_)
            | Self::Recheck { .. }
            | Self::DayOff { .. }
            | Self::Release { .. }
            | Self::Settings { .. }
            | Self::Set { .. }
            | Self::Pause
            | Self::Resume
            | Self::Unmute { .. }
            | Self::Help(_)
            | Self::Receive
            | Self::Try { .. }
            | Self::Copy { .. }
            | Self::Cancel => true,
            Self::Latest { .. }
            | Self::Digest { .. }
            | Self::All { .. }
            | Self::Why(_)
            | Self::Held { .. }
            | Self::Choose { .. }
            | Self::PickChat
            | Self::Follow { .. }
            | Self::Others { .. }
            | Self::In { .. }
            | Self::Old { .. }
            | Self::Show(_) => false,
        }
    }

    /// Whether it is about the presser's own conversation with the bot, wherever it is pressed.
    pub const fn is_private(&self) -> bool {
        matches!(self, Self::Follow { .. })
    }
}

/// The button that shows to the channel what the asker alone saw: `again` asks for it.
pub fn show_button(again: &str, language: Language) -> Button {
    Button {
        label: words::SHOW_TO_CHANNEL.get(language).to_owned(),
        action: Action::Press(format!("show:{again}")),
    }
}
