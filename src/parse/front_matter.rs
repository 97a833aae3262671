//! What the front matter of a post says; where it ends and how it is written is `fences.rs`, dates in it are `date.rs`.
//!
//! YAML is read with a small budget: front matter is a handful of lines, and what is larger, deeper or full of
//! aliases is an accident or an attack. What is not valid is read line by line instead, so that one unquoted
//! colon does not cost a day's digest.

mod fences;

use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_saphyr::DuplicateKeyPolicy;

use crate::model::{DigestDate, Language};

use super::date;
use super::draft::{Dropped, Warning};
use super::markdown::clean;

pub(crate) use fences::{Front, Writing, split};

/// The largest front matter that is read as YAML, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// A run of lines and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lines<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// The file's line on which it begins, counted from 1.
    pub(crate) first_line: u32,
}

/// What the front matter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    pub(crate) date: Option<DigestDate>,
    pub(crate) published: bool,
    pub(crate) language: Option<Language>,
    pub(crate) categories: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// Where the post is from, of a post that is one article: the first `http` address of `link`, `sources` ….
    pub(crate) link: Option<String>,
    /// Who published it, of a post that is one article: `publisher: 블룸버그`, `source: 블룸버그`.
    pub(crate) publisher: Option<String>,
    pub(crate) dropped: Vec<Dropped>,
    pub(crate) warnings: Vec<Warning>,
}

impl Default for FrontMatter {
    fn default() -> Self {
        Self {
            title: None,
            date: None,
            published: true,
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            publisher: None,
            dropped: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// What a post without front matter says in it: nothing, and that a fence is missing where it seems so.
pub(crate) fn missing(text: &str) -> FrontMatter {
    let mut matter = FrontMatter::default();
    let mut lines = text.lines();
    let opens = lines.next().is_some_and(|first| first.trim_end() == "---");
    if opens && lines.next().and_then(|line| key_and_value(line, Writing::Yaml)).is_some() {
        matter.warnings.push(Warning::new(
            Some(1),
            "the front matter is never closed, so it is read as text",
            "write a line `---` below its last key",
        ));
    }
    matter
}

/// Reads front matter.
pub(crate) fn read(front: Front<'_>) -> FrontMatter {
    let Front { lines, writing } = front;
    let mut matter = FrontMatter::default();
    if writing == Writing::Lines {
        read_lines(front, &mut matter);
        return matter;
    }
    if lines.text.len() > MAX_BYTES {
        matter.warnings.push(Warning::new(
            Some(lines.first_line),
            format!("the front matter has {} bytes and is read line by line", lines.text.len()),
            format!("keep it below {MAX_BYTES} bytes"),
        ));
        read_lines(front, &mut matter);
        return matter;
    }
    match keys_of(front) {
        Ok(keys) => {
            for (key, value) in keys.values().into_iter().filter(|(_, value)| *value != Words::Nothing) {
                take(&mut matter, key, value, line_of(front, key));
            }
        }
        Err(line) => {
            let (name, cure) = match writing {
                Writing::Toml => ("TOML", "put texts between quotes: `title = \"삼성: HBM4\"`"),
                Writing::Json => ("JSON", "put a comma behind each value but the last"),
                Writing::Yaml | Writing::Lines => (
                    "YAML",
                    "put values that contain `: `, `#` or brackets between quotes: `title: \"삼성: HBM4\"`",
                ),
            };
            matter.warnings.push(Warning::new(
                Some(lines.first_line.saturating_add(line.saturating_sub(1))),
                format!("the front matter is not valid {name} and is read line by line"),
                cure,
            ));
            read_lines(front, &mut matter);
        }
    }
    matter
}

/// The keys; an error is the line on which it is, counted from 1, or 0 where that is unknown.
fn keys_of(front: Front<'_>) -> Result<Keys, u32> {
    let text = front.lines.text;
    let number = |line: usize| u32::try_from(line).unwrap_or_default();
    match front.writing {
        Writing::Toml => toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            before.map_or(0, |before| number(1 + before.matches('\n').count()))
        }),
        Writing::Json => serde_json::from_str(text).map_err(|error| number(error.line())),
        Writing::Yaml | Writing::Lines => {
            // Few posts have a key twice; those that do are read a second time.
            let read = |policy| serde_saphyr::from_str_with_options::<Option<Keys>>(text, options(policy));
            read(DuplicateKeyPolicy::PassThrough)
                .or_else(|_| read(DuplicateKeyPolicy::LastWins))
                .map(Option::unwrap_or_default)
                .map_err(|error| {
                    error.location().map_or(0, |at| number(usize::try_from(at.line()).unwrap_or(0)))
                })
        }
    }
}

/// The keys that Jogan knows; a site's others are its own business.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Keys {
    title: Words,
    date: Words,
    published: Words,
    draft: Words,
    lang: Words,
    language: Words,
    categories: Words,
    category: Words,
    tags: Words,
    link: Words,
    source: Words,
    sources: Words,
    source_url: Words,
    date_published: Words,
    #[serde(alias = "pubdate", alias = "publishDate", alias = "publish_date", alias = "날짜")]
    #[serde(rename = "pubDate")]
    pub_date: Words,
    #[serde(alias = "출처", alias = "매체", alias = "언론사", alias = "source_name")]
    publisher: Words,
    #[serde(rename = "원문", alias = "링크", alias = "url", alias = "original")]
    original: Words,
}

impl Keys {
    fn values(self) -> [(&'static str, Words); 17] {
        [
            ("pubdate", self.pub_date),
            ("date_published", self.date_published),
            ("title", self.title),
            ("date", self.date),
            ("published", self.published),
            ("draft", self.draft),
            ("language", self.language),
            ("lang", self.lang),
            ("category", self.category),
            ("categories", self.categories),
            ("tags", self.tags),
            ("link", self.link),
            ("source", self.source),
            ("source_url", self.source_url),
            ("sources", self.sources),
            ("publisher", self.publisher),
            ("원문", self.original),
        ]
    }
}

/// A value that is text or a list of texts, in the post's own writing: `1.10` stays `1.10`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Words {
    #[default]
    Nothing,
    Text(String),
    List(Vec<String>),
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

/// The key under which the `toml` crate hands a date to another type than its own.
const TOML_DATE: &str = "$__toml_private_datetime";

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = Words;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a list of texts")
    }

    fn visit_str<E>(self, text: &str) -> Result<Words, E> {
        Ok(Words::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Words, E> {
        Ok(Words::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Words, E> {
        Ok(Words::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Words, E> {
        Ok(Words::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Words, E> {
        Ok(Words::Text(value.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Words, E> {
        Ok(Words::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Words, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Words>()? {
            match item {
                Words::Nothing => {}
                Words::Text(text) => list.push(text),
                Words::List(inner) => list.extend(inner),
            }
        }
        Ok(Words::List(list))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
        let mut words = Words::Nothing;
        while let Some(key) = map.next_key::<String>()? {
            // TOML's own dates come as a map of one entry, the date in its writing.
            if key == TOML_DATE {
                words = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(words)
    }
}

fn options(duplicate_keys: DuplicateKeyPolicy) -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 16,
            max_events: 20_000,
            max_nodes: 10_000,
            max_aliases: 100,
            max_anchors: 100,
            max_documents: 1,
        },
        duplicate_keys: duplicate_keys,
        with_snippet: false,
    }
}

fn take(matter: &mut FrontMatter, key: &str, value: Words, line: u32) {
    match key {
        "title" => matter.title = one_line(value).or(matter.title.take()),
        "date" | "date_published" | "pubdate" | "publishdate" | "publish_date" | "날짜" => {
            take_date(matter, value, line)
        }
        "published" => matter.published &= !one_line(value).is_some_and(|word| is_no(&word)),
        "draft" => matter.published &= !one_line(value).is_some_and(|word| is_yes(&word)),
        "lang" | "language" => take_language(matter, value, line),
        "category" | "categories" => matter.categories.extend(list(value)),
        "tags" => matter.tags.extend(list(value)),
        "source" | "publisher" | "source_name" | "출처" | "매체" | "언론사" => {
            matter.publisher = matter.publisher.take().or_else(|| name(&value));
            matter.link = matter.link.take().or(first_address(value));
        }
        "link" | "source_url" | "sources" | "원문" | "링크" | "url" | "original" => {
            matter.link = matter.link.take().or(first_address(value));
        }
        _ => {}
    }
}

fn take_date(matter: &mut FrontMatter, value: Words, line: u32) {
    let Some(text) = one_line(value) else { return };
    match date::read(&text) {
        Some(date) => matter.date = Some(date),
        None => {
            matter.warnings.push(Warning::new(
                Some(line),
                format!("`{text}` is no date"),
                "write it as `date: 2025-12-17 16:09:26 +0900`",
            ));
            matter.dropped.push(Dropped::new(text, "a date that can't be read"));
        }
    }
}

fn take_language(matter: &mut FrontMatter, value: Words, line: u32) {
    let Some(text) = one_line(value) else { return };
    let code = text.split(['-', '_']).next().unwrap_or(&text);
    match code.parse() {
        Ok(language) => matter.language = Some(language),
        Err(_) => matter.warnings.push(Warning::new(
            Some(line),
            format!("`{text}` is no language that Jogan speaks"),
            "write `lang: ko` or `lang: en`, or leave it to the feed",
        )),
    }
}

/// The first `http` or `https` address of a value: `X - https://x.com/…`.
fn first_address(value: Words) -> Option<String> {
    let text = one_line(value)?;
    let found = crate::text::bare_links(&text).into_iter().next()?;
    text.get(found).map(str::to_owned)
}

/// The longest name of a publisher in front matter, in characters.
const MAX_PUBLISHER: usize = 40;

/// A name, alone or before an address: `BNN`, `BNN - https://bnn.example/1`, `BNN (https://…)`.
fn name(value: &Words) -> Option<String> {
    let Words::Text(text) = value else { return None };
    let text = clean::line(text);
    let before = text
        .find("http://")
        .or_else(|| text.find("https://"))
        .map_or(text.as_str(), |at| text.get(..at).unwrap_or_default());
    let name = before.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | ':' | ',' | '(' | '[' | '<')
    });
    (!name.is_empty() && name.chars().count() <= MAX_PUBLISHER && name.contains(char::is_alphabetic))
        .then(|| name.to_owned())
}

fn is_no(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0")
}

fn is_yes(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "1")
}

fn one_line(value: Words) -> Option<String> {
    let text = match value {
        Words::Nothing => return None,
        Words::Text(text) => text,
        Words::List(list) => list.join(" "),
    };
    let text = clean::line(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    Some(text).filter(|text| !text.is_empty())
}

/// `news gemini` is two words, as Jekyll reads it; a list may hold several words an item.
fn list(value: Words) -> Vec<String> {
    match value {
        Words::Nothing => Vec::new(),
        Words::Text(text) => clean::line(&text)
            .split([' ', ','])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        Words::List(list) => list
            .iter()
            .map(|item| clean::line(item).trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect(),
    }
}

/// Reads the keys that stand alone on a line. A value that is no YAML, such as `삼성: HBM4`, is taken as the
/// text that it is; lines that are no key with a value are dropped.
fn read_lines(front: Front<'_>, matter: &mut FrontMatter) {
    let mut rest = Vec::new();
    let mut lines = (front.lines.first_line..).zip(front.lines.text.lines()).peekable();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let goes_on = lines.peek().is_some_and(|(_, next)| next.starts_with([' ', '\t', '-']));
        match key_and_value(line, front.writing) {
            Some((key, value)) if !goes_on => match value_alone(value) {
                Some(words) => take(matter, &key.to_lowercase(), words, number),
                None => rest.push(line),
            },
            _ => rest.push(line),
        }
    }
    if !rest.is_empty() {
        let reason = match front.writing {
            Writing::Yaml => "front matter that is not valid YAML",
            Writing::Toml => "front matter that is not valid TOML",
            Writing::Json => "front matter that is not valid JSON",
            Writing::Lines => "front matter that is no key with a value",
        };
        matter.dropped.push(Dropped::new(rest.join("\n"), reason));
    }
}

/// A line's value by itself. An opened bracket or quote that is not closed makes it none.
fn value_alone(value: &str) -> Option<Words> {
    if value.len() > 1024 {
        return None;
    }
    match serde_saphyr::from_str_with_options::<Words>(value, options(DuplicateKeyPolicy::LastWins)) {
        // By itself `삼성: HBM4` is a mapping: not what its writer meant.
        Ok(Words::Nothing) if !matches!(value, "" | "~" | "null") => {}
        Ok(words) => return Some(words),
        Err(_) => {}
    }
    let opens = value.starts_with(['[', '{', '"', '\'', '&', '*', '|', '>', '!', '%', '@', '`']);
    (!opens).then(|| Words::Text(value.to_owned()))
}

/// `key: value` at the start of a line, `key = value` in TOML.
fn key_and_value(line: &str, writing: Writing) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(separator(writing))?;
    let key = if writing == Writing::Toml { key.trim_end() } else { key };
    let is_key = key.starts_with(|c: char| c.is_alphabetic())
        && key.len() <= 64
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let parted = writing == Writing::Toml || value.is_empty() || value.starts_with([' ', '\t', '\n']);
    (is_key && parted).then(|| (key, value.trim()))
}

fn separator(writing: Writing) -> char {
    if writing == Writing::Toml { '=' } else { ':' }
}

fn line_of(front: Front<'_>, key: &str) -> u32 {
    let Front { lines, writing } = front;
    let is_it = |line: &str| {
        let start = line.split(separator(writing)).next().unwrap_or_default();
        start.trim_matches([' ', '\t', '"']) == key
    };
    (lines.first_line..)
        .zip(lines.text.lines())
        .find(|(_, line)| is_it(line))
        .map_or(lines.first_line, |(number, _)| number)
}

#[cfg(test)]
mod tests;
