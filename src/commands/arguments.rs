//! The arguments of a call: from Discord's named options, or from words in any order as Telegram has them.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;

use super::reach;
use super::spec::{Argument, ArgumentKind, Spec};
use crate::model::channel::Address;
use crate::model::day;
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::period;
use crate::model::schedule;
use crate::model::span;
use crate::model::subscription::Style;
use crate::model::zone;

/// Whether words name a day does not depend on today's.
const ANY_DAY: NaiveDate = NaiveDate::MAX;

/// Arguments by kind, as people wrote them; what they mean is the command's to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments(BTreeMap<ArgumentKind, String>);

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

    /// From words in any order: each goes to the argument for which it cannot be mistaken, and what is left to the
    /// command's free text. Returns the words that fit nothing if it has none.
    pub fn from_words(spec: &'static Spec, text: &str, feeds: &[Feed]) -> (Self, Vec<String>) {
        if let [argument] = spec.arguments
            && argument.kind == ArgumentKind::Text
        {
            let mut whole = Self::default();
            whole.set(argument, text.to_owned());
            return (whole, Vec::new());
        }
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let mut arguments = Self::default();
        for argument in spec.arguments {
            let mut taken: Vec<&str> = Vec::new();
            while let Some(found) = recognise(argument.kind, &words, feeds) {
                taken.extend(words.drain(found));
                // A second time of day belongs to the first, whatever it means there; anything else that comes
                // twice (`full headlines`) may be a word of the filter.
                if argument.kind != ArgumentKind::At {
                    break;
                }
            }
            arguments.set(argument, taken.join(" "));
        }
        let left = words.join(" ");
        match spec.arguments.iter().find(|argument| argument.kind.is_free()) {
            Some(free) => {
                arguments.set(free, left);
                (arguments, Vec::new())
            }
            None => (arguments, words.into_iter().map(str::to_owned).collect()),
        }
    }

    /// With the message that the call points at, for a command that asks about an article.
    pub fn about_message(mut self, spec: &'static Spec, message: String) -> Self {
        if spec.arguments.iter().any(|argument| argument.kind == ArgumentKind::Article) {
            self.0.insert(ArgumentKind::Message, message);
        }
        self
    }

    /// Takes out what was written for this kind of argument.
    pub fn take(&mut self, kind: ArgumentKind) -> Option<String> {
        self.0.remove(&kind)
    }

    /// As words that say the same; `None` where no words do.
    pub fn as_words(&self, spec: &'static Spec, feeds: &[Feed]) -> Option<String> {
        let words: Vec<&str> = self.0.values().map(String::as_str).collect();
        let words = words.join(" ");
        (Self::from_words(spec, &words, feeds) == (self.clone(), Vec::new())).then_some(words)
    }

    /// What was written for this kind of argument.
    pub fn get(&self, kind: ArgumentKind) -> Option<&str> {
        self.0.get(&kind).map(String::as_str)
    }

    /// Whether nothing was written but, perhaps, this kind of argument.
    pub fn names_only(&self, kind: ArgumentKind) -> bool {
        self.0.keys().all(|known| *known == kind)
    }

    fn set(&mut self, argument: &Argument, value: String) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.insert(argument.kind, value.to_owned());
        }
    }
}

/// Which of the words are this kind of argument, if any.
fn recognise(kind: ArgumentKind, words: &[&str], feeds: &[Feed]) -> Option<Range<usize>> {
    let one =
        |fits: &dyn Fn(&str) -> bool| words.iter().position(|word| fits(word)).map(|place| place..place + 1);
    match kind {
        ArgumentKind::Feed => {
            one(&|word| feeds.iter().any(|feed| feed.name.as_str() == word || feed.title == word))
        }
        // Which words, not yet which day: that depends on the channel's zone.
        ArgumentKind::Date => day::find_day(words, ANY_DAY).map(|(found, _)| found),
        // Words that are meant as a time and are none (`25:70`) are taken too, so that their error is told.
        ArgumentKind::At => schedule::find(words).map(|(found, _)| found),
        // The same for zones (`Asia/Soul`).
        ArgumentKind::Timezone => one(&zone::is_zone).or_else(|| one(&zone::is_meant_as_zone)),
        ArgumentKind::Style => one(&|word| word.parse::<Style>().is_ok()),
        ArgumentKind::Language => one(&|word| word.parse::<Language>().is_ok()),
        ArgumentKind::Missing => one(&is_missing),
        ArgumentKind::Period => period::find(words).map(|(found, _)| found),
        ArgumentKind::For => span::find(words),
        ArgumentKind::Platform => one(&|word| reach::platform(word).is_some()),
        ArgumentKind::Channel => one(&is_chat),
        ArgumentKind::AnyChannel => one(&|word| word.starts_with('#') || word.parse::<Address>().is_ok()),
        // The only thing that the command takes: what is no id is told to be none.
        ArgumentKind::Article => (!words.is_empty()).then_some(0..words.len()),
        ArgumentKind::Company
        | ArgumentKind::Topic
        | ArgumentKind::Words
        | ArgumentKind::Filter
        | ArgumentKind::Text
        | ArgumentKind::Message
        | ArgumentKind::What => None,
    }
}

/// A chat as people write it on Telegram: `@name`, `t.me/name`, an id.
fn is_chat(word: &str) -> bool {
    let name = word.strip_prefix("https://").unwrap_or(word);
    let name = name.strip_prefix('@').or_else(|| name.strip_prefix("t.me/"));
    name.is_some_and(|name| !name.is_empty())
        || word.strip_prefix('-').is_some_and(|digits| digits.len() > 5 && digits.parse::<u64>().is_ok())
}

fn is_missing(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "missing" | "missing:true" | "빠진" | "빠진것" | "빠진것만")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::commands::find;

    #[rstest]
    #[case::in_order("09:00 Asia/Seoul full", &[("at", "09:00"), ("timezone", "Asia/Seoul"), ("style", "full")])]
    #[case::in_any_order("요약 서울 평일 09:00", &[("at", "평일 09:00"), ("timezone", "서울"), ("style", "요약")])]
    #[case::cron("30 9 * * 1 반도체", &[("at", "30 9 * * 1"), ("filter", "반도체")])]
    #[case::filter("08:30 반도체 투자 NVIDIA", &[("at", "08:30"), ("filter", "반도체 투자 NVIDIA")])]
    #[case::wrong_time("25:70", &[("at", "25:70")])]
    #[case::wrong_zone("08:30 asia/soul AI/ML", &[("at", "08:30"), ("timezone", "asia/soul"), ("filter", "AI/ML")])]
    #[case::wrong_second_time("08:30 반도체 25:70", &[("at", "08:30 25:70"), ("filter", "반도체")])]
    #[case::nothing("", &[])]
    fn words_find_their_arguments(#[case] text: &str, #[case] expected: &[(&str, &str)]) {
        let spec = find("subscribe").expect("in the catalogue");
        let (arguments, left) = Arguments::from_words(spec, text, &[]);
        let expected =
            Arguments::named(spec, expected.iter().map(|(name, value)| (*name, (*value).to_owned())));
        assert_eq!(arguments, expected);
        assert_eq!(left, Vec::<String>::new());
    }

    #[test]
    fn words_that_fit_nothing_are_handed_back() {
        let spec = find("today").expect("in the catalogue");
        let (_, left) = Arguments::from_words(spec, "아무 말", &[]);
        assert_eq!(left, ["아무", "말"]);
    }
}
