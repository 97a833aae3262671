//! What a command is: its name and words, its arguments, and who may use it.

use futures::future::BoxFuture;

use super::call::Call;
use super::desk::{Desk, Failure};
use crate::model::language::Language;
use crate::model::reply::Reply;

/// One text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Korean.
    pub ko: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The text in a language.
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::Ko => self.ko,
            Language::En => self.en,
        }
    }
}

/// Who may use a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Whoever may manage the channel that the command is about.
    ChannelAdmin,
    /// The operators in the configuration.
    Operator,
}

/// What kind of thing an argument is: how its words are recognised, and what is offered for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArgumentKind {
    /// A configured feed's name.
    Feed,
    /// The day of a digest: `2025-12-17`, `12/17`, `12월 17일`, `어제`, `월요일`.
    Date,
    /// A schedule: `09:00`, `weekdays 09:00`, `now`, a cron expression.
    At,
    /// A time zone: an IANA name or an alias.
    Timezone,
    /// `headlines`, `summary` or `full`.
    Style,
    /// `ko` or `en`.
    Language,
    /// Days to look at: `7`, `30d`, `이번 주`, `지난달`, `2025-12`, `전체`.
    Period,
    /// A company: all words that are left.
    Company,
    /// A topic: all words that are left.
    Topic,
    /// What to search for: all words that are left.
    Words,
    /// Whether only what is missing is meant: `missing`, `빠진`.
    Missing,
    /// Topics, companies, plain words: all that is left.
    Filter,
    /// What to leave out, a topic, a company or a plain word: all words that are left.
    What,
    /// For how long: `7d`, `2주`, `until 2026-01-05`.
    For,
    /// `discord` or `telegram`.
    Platform,
    /// The channel that a command is about, if not the one where it is used: whoever reads the call asks for the rights
    /// there.
    Channel,
    /// Any subscribed channel, by name or address: for operators.
    AnyChannel,
    /// What to tell: everything that is written, as it is.
    Text,
    /// An article's id, as an opened article shows it.
    Article,
    /// A message of ours that somebody points at: no option, it comes with the call.
    Message,
}

impl ArgumentKind {
    /// Whether it takes the words that no other argument of the command wants.
    pub const fn is_free(self) -> bool {
        matches!(self, Self::Company | Self::Topic | Self::Words | Self::Filter | Self::What)
    }
}

/// One argument of a command.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The option's name on Discord, lower case.
    pub name: &'static str,
    /// What kind of thing it is.
    pub kind: ArgumentKind,
    /// What it is for, at most 100 characters.
    pub about: Text,
}

/// A handler: what a command does.
pub type Run = for<'a> fn(&'a Call, &'a Desk) -> BoxFuture<'a, Result<Reply, Failure>>;

impl Spec {
    /// The group that it belongs to and its name there, if it is a subcommand.
    pub fn group(&self) -> Option<(&'static str, &'static str)> {
        self.name.split_once(' ')
    }
}

/// What subcommands have in common: the first word of their names.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The word.
    pub name: &'static str,
    /// What its commands are for.
    pub about: Text,
    /// Who may use any of them.
    pub who: Who,
}

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Its name on both platforms: `a`–`z`, at most 32; a subcommand's after its group's and a blank (`admin hold`).
    pub name: &'static str,
    /// Korean words that name it in a Telegram private chat (`/오늘`); the first one is its Korean name.
    pub korean: &'static [&'static str],
    /// What it does, at most 100 characters.
    pub about: Text,
    /// An example of its use, as `/help` shows it, without the slash.
    pub example: Text,
    /// Its arguments; all are optional.
    pub arguments: &'static [Argument],
    /// Who may use it.
    pub who: Who,
    /// What it does.
    pub run: Run,
}
