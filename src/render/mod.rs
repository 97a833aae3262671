//! A digest and a style to messages for either platform, within every limit. Pure.
//!
//! An [`Edition`] is laid out as lines of text (`flow.rs`, `view.rs`), divided into messages (`split.rs`) and set in
//! the platform's markup (`discord/`, `telegram/`), which also measure. What the messages look like is in their
//! snapshots; what a [`Reply`] says is `commands/`.

mod chart;
mod discord;
mod flow;
mod found;
mod list;
mod split;
mod telegram;
#[cfg(test)]
mod tests;
mod view;
mod words;

use crate::model::lexicon::Lexicon;
use crate::model::message::{Body, Rendered};
use crate::model::picture::Picture;
use crate::model::reply::{Edition, Reply};
use crate::model::trends::Trends;
use crate::model::withdrawn::Withdrawn;
use crate::model::{Language, Platform};
use crate::render::list::List;
use crate::render::view::View;
use crate::render::words::Phrase;

/// What kind of place messages are set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface<'a> {
    /// Anywhere on Discord but in a forum.
    Discord,
    /// A Discord forum, where a delivery is a post with a name and tags.
    DiscordForum,
    /// A Telegram private chat, where pressing a number opens an article in place.
    TelegramPrivate,
    /// A Telegram group or channel, where a number is a link that opens the article in private.
    TelegramGroup {
        /// The bot's username without `@`; without it there are no numbers to press.
        bot: Option<&'a str>,
    },
}

impl Surface<'_> {
    /// What a platform looks like where nothing is known of the chat: for previews.
    pub fn of(platform: Platform) -> Self {
        match platform {
            Platform::Discord => Self::Discord,
            Platform::Telegram => Self::TelegramPrivate,
        }
    }
}

/// The messages of a delivery, in order; none only for an opened article that does not exist. The first notifies,
/// the others are silent.
pub fn edition(surface: Surface<'_>, edition: &Edition, lexicon: &Lexicon) -> Vec<Rendered> {
    corrected(surface, edition, &[], lexicon)
}

/// The same for a digest whose readers have seen articles that are not in it any more: their headlines stand struck
/// where they stood.
pub fn corrected(
    surface: Surface<'_>,
    edition: &Edition,
    withdrawn: &[Withdrawn],
    lexicon: &Lexicon,
) -> Vec<Rendered> {
    let view = View::new(edition, lexicon).without(withdrawn);
    match surface {
        Surface::Discord => discord::edition(&view, false),
        Surface::DiscordForum => discord::edition(&view, true),
        Surface::TelegramPrivate | Surface::TelegramGroup { .. } => telegram::edition(surface, &view),
    }
}

/// Lets a delivery ping a role: by its first message, and it alone. For Discord.
pub fn mentioning(messages: &mut [Rendered], role: u64) {
    discord::mention(messages, role);
}

/// What is left of a message that a correction takes back, where it cannot be deleted: one line.
pub fn emptied(platform: Platform, language: Language) -> Rendered {
    let line = Phrase::Emptied.say(language);
    match platform {
        Platform::Discord => discord::line(&line),
        Platform::Telegram => telegram::line(&line),
    }
}

/// The messages of a list over several digests, such as a week's round-up or a backlog, in order: headlines by day,
/// at most 20 of the strongest articles, each of which can be opened. None without digests. The editions are of one
/// feed and language, in the order of their days.
pub fn list(surface: Surface<'_>, editions: &[Edition], lexicon: &Lexicon) -> Vec<Rendered> {
    let Some(list) = List::new(editions, lexicon) else { return Vec::new() };
    match surface {
        Surface::Discord => discord::list(&list, false),
        Surface::DiscordForum => discord::list(&list, true),
        Surface::TelegramPrivate | Surface::TelegramGroup { .. } => telegram::list(surface, &list),
    }
}

/// The messages of an answer, in order; none if it says nothing. On Discord a body is also the data of an interaction's answer
/// or follow-up: an answer for the asker alone carries the flag EPHEMERAL (64), which an ordinary message must not.
pub fn reply(surface: Surface<'_>, reply: &Reply, lexicon: &Lexicon) -> Vec<Body> {
    match surface {
        Surface::Discord => discord::reply(reply, lexicon),
        Surface::DiscordForum => discord::post(reply, lexicon),
        Surface::TelegramPrivate | Surface::TelegramGroup { .. } => telegram::reply(surface, reply, lexicon),
    }
}

/// The picture that goes with an answer, if it has one; the words of the answer say as much.
pub fn picture(reply: &Reply, lexicon: &Lexicon) -> Option<Picture> {
    chart::trends(reply.trends.as_deref()?, lexicon, reply.language)
}

/// The same of trends that nobody asked for in chat.
pub fn trends(trends: &Trends, lexicon: &Lexicon, language: Language) -> Option<Picture> {
    chart::trends(trends, lexicon, language)
}
