//! What a word of a filter or a mute means: a topic, a company, or just the word. Whether an article falls under it is
//! `plan/selection.rs`.

use std::fmt;
use std::str::FromStr;

use super::language::Language;
use super::lexicon::Lexicon;

/// What a word of a filter or a mute means. [`Display`](fmt::Display) and [`FromStr`] are its form in the database:
/// `topic:chips`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// A topic, by its key (`chips`).
    Topic(String),
    /// A company, by its canonical name (`NVIDIA`).
    Company(String),
    /// A plain word, lower case, found anywhere in an article's text.
    Word(String),
}

impl Term {
    /// What a word means: the topic or company of this name in either language, else the word itself.
    pub fn of(word: &str, lexicon: &Lexicon) -> Self {
        let word = word.to_lowercase();
        let same = |name: &str| name.to_lowercase() == word;
        let topic = lexicon.topics.iter().find(|(key, look)| same(key) || same(&look.ko) || same(&look.en));
        if let Some((key, _)) = topic {
            return Self::Topic(key.clone());
        }
        let company =
            lexicon.companies.iter().find(|(name, names)| same(name) || same(&names.ko) || same(&names.en));
        match company {
            Some((name, _)) => Self::Company(name.clone()),
            None => Self::Word(word),
        }
    }

    /// How readers see it: the topic's or company's name in their language, or the word.
    pub fn shown<'a>(&'a self, lexicon: &'a Lexicon, language: Language) -> &'a str {
        match self {
            Self::Topic(key) => lexicon.topic(key, language),
            Self::Company(name) => lexicon.company(name, language),
            Self::Word(word) => word,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(key) => write!(f, "topic:{key}"),
            Self::Company(name) => write!(f, "company:{name}"),
            Self::Word(word) => write!(f, "word:{word}"),
        }
    }
}

impl FromStr for Term {
    type Err = UnreadableTerm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("topic", key)) => Ok(Self::Topic(key.to_owned())),
            Some(("company", name)) => Ok(Self::Company(name.to_owned())),
            Some(("word", word)) => Ok(Self::Word(word.to_owned())),
            _ => Err(UnreadableTerm(text.to_owned())),
        }
    }
}

/// A text that says nothing that can be filtered or muted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a topic nor a company nor a word; was the row written by a newer version?")]
pub struct UnreadableTerm(pub String);
