//! The arguments of a call: from Discord's named options, or from words in any order as Telegram has them.

use std::collections::BTreeMap;

use super::spec::{Argument, ArgumentKind, Spec};
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::schedule::Schedule;
use crate::model::subscription::Style;
use crate::model::zone::parse_zone;

/// Arguments by kind, as people wrote them; what they mean is the command's to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments(BTreeMap<ArgumentKindKey, String>);

type ArgumentKindKey = &'static str;

/// The most words that one schedule takes: a cron expression has five.
const LONGEST_SCHEDULE: usize = 5;

impl Arguments {
    /// From options by name; those that the command does not have are left out.
    pub fn named<'a>(spec: &'static Spec, options: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut arguments = Self::default();
        for (name, value) in options {
            if let Some(argument) = spec.arguments.iter().find(|argument| argument.name == name) {
                arguments.set(argument, value);
            }
        }
        arguments
    }

    /// From words in any order: each word goes to the argument that it cannot be mistaken for another's, and what
    /// is left to the command's free text. Returns the words that fit nothing if it has none.
    pub fn from_words(spec: &'static Spec, text: &str, feeds: &[Feed]) -> (Self, Vec<String>) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut arguments = Self::default();
        let mut rest: Vec<&str> = Vec::new();
        let mut at = 0;
        while let Some(left) = words.get(at..).filter(|left| !left.is_empty()) {
            let recognised = spec
                .arguments
                .iter()
                .filter(|argument| arguments.get(argument.kind).is_none())
                .find_map(|argument| Some((argument, recognise(argument.kind, left, feeds)?)));
            match recognised {
                Some((argument, taken)) => {
                    arguments.set(argument, left.iter().take(taken).copied().collect::<Vec<_>>().join(" "));
                    at += taken;
                }
                None => {
                    rest.extend(left.first());
                    at += 1;
                }
            }
        }
        if rest.is_empty() {
            return (arguments, Vec::new());
        }
        match spec.arguments.iter().find(|argument| argument.kind == ArgumentKind::Filter) {
            Some(free) => {
                arguments.set(free, rest.join(" "));
                (arguments, Vec::new())
            }
            None => (arguments, rest.into_iter().map(str::to_owned).collect()),
        }
    }

    /// What was written for this kind of argument.
    pub fn get(&self, kind: ArgumentKind) -> Option<&str> {
        self.0.get(key(kind)).map(String::as_str)
    }

    fn set(&mut self, argument: &Argument, value: String) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.insert(key(argument.kind), value.to_owned());
        }
    }
}

fn key(kind: ArgumentKind) -> ArgumentKindKey {
    match kind {
        ArgumentKind::Feed => "feed",
        ArgumentKind::At => "at",
        ArgumentKind::Timezone => "timezone",
        ArgumentKind::Style => "style",
        ArgumentKind::Language => "language",
        ArgumentKind::Filter => "filter",
    }
}

/// How many of the words make one argument of this kind; `None` if they are something else.
fn recognise(kind: ArgumentKind, words: &[&str], feeds: &[Feed]) -> Option<usize> {
    let first = *words.first()?;
    let one = |fits: bool| fits.then_some(1);
    match kind {
        ArgumentKind::Feed => one(feeds.iter().any(|feed| feed.name.as_str() == first || feed.title == first)),
        ArgumentKind::At => schedule(words),
        ArgumentKind::Timezone => one(parse_zone(first).is_ok()),
        ArgumentKind::Style => one(first.parse::<Style>().is_ok()),
        ArgumentKind::Language => one(first.parse::<Language>().is_ok()),
        ArgumentKind::Filter => None,
    }
}

/// The most words from the front that read as a schedule; a word that tries to be a time of day (`25:70`) is
/// taken as one, so that its error is told instead of its being taken for a filter.
fn schedule(words: &[&str]) -> Option<usize> {
    (1..=words.len().min(LONGEST_SCHEDULE))
        .rev()
        .find(|count| words[..*count].join(" ").parse::<Schedule>().is_ok())
        .or_else(|| words.first().filter(|word| looks_like_a_time(word)).map(|_| 1))
}

fn looks_like_a_time(word: &str) -> bool {
    word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || c == ':' || c == ',')
}
