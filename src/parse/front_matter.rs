//! The YAML between the `---` fences at the head of a post. Dates in it are `date.rs`.
//!
//! YAML is read with a small budget: front matter is a handful of lines, and what is larger, deeper or full of
//! aliases is an accident or an attack. What is not valid is read line by line instead, so that one unquoted
//! colon does not cost a day's digest.

use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};

use crate::model::{DigestDate, Language};

use super::date;
use super::draft::{Dropped, Warning};
use super::markdown::clean;

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
            dropped: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// Parts front matter and body; `text` has `\n` line ends.
pub(crate) fn split(text: &str) -> (Option<Lines<'_>>, Lines<'_>) {
    let whole = Lines { text, first_line: 1 };
    let Some((first, rest)) = text.split_once('\n') else { return (None, whole) };
    if first.trim_end() != "---" {
        return (None, whole);
    }
    let mut end = 0;
    let mut kind = Kind::Blank;
    for (number, line) in (2..).zip(rest.split_inclusive('\n')) {
        let bare = line.trim_end();
        if bare == "---" || bare == "..." {
            if kind == Kind::Comments {
                return (None, whole);
            }
            let (front, body) = rest.split_at(end);
            let body = body.get(line.len()..).unwrap_or_default();
            let front = Lines { text: front, first_line: 2 };
            return (Some(front), Lines { text: body, first_line: number + 1 });
        }
        match kind {
            Kind::Keys => {}
            _ if bare.is_empty() => {}
            _ if bare.starts_with('#') => kind = Kind::Comments,
            _ if key_and_value(line).is_some() => kind = Kind::Keys,
            // A rule may open a post that has no front matter.
            _ => return (None, whole),
        }
        end += line.len();
    }
    (None, whole)
}

/// What has been seen behind the first fence. Comments alone are rather headings between two rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Comments,
    Keys,
}

/// Reads what stands between the fences.
pub(crate) fn read(front: Lines<'_>) -> FrontMatter {
    let mut matter = FrontMatter::default();
    if front.text.len() > MAX_BYTES {
        matter.warnings.push(Warning::new(
            Some(front.first_line),
            format!("the front matter has {} bytes and is read line by line", front.text.len()),
            format!("keep it below {MAX_BYTES} bytes"),
        ));
        read_lines(front, &mut matter);
        return matter;
    }
    match serde_saphyr::from_str_with_options::<Option<Keys>>(front.text, options()) {
        Ok(keys) => {
            for (key, value) in keys.unwrap_or_default().values() {
                take(&mut matter, key, value, line_of(front, key));
            }
        }
        Err(error) => {
            let line = error.location().and_then(|at| u32::try_from(at.line()).ok()).filter(|line| *line > 0);
            matter.warnings.push(Warning::new(
                Some(front.first_line + line.map_or(0, |line| line - 1)),
                "the front matter is not valid YAML and is read line by line",
                "put values that contain `: `, `#` or brackets between quotes: `title: \"삼성: HBM4\"`",
            ));
            read_lines(front, &mut matter);
        }
    }
    matter
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
}

impl Keys {
    fn values(self) -> [(&'static str, Words); 9] {
        [
            ("title", self.title),
            ("date", self.date),
            ("published", self.published),
            ("draft", self.draft),
            ("language", self.language),
            ("lang", self.lang),
            ("category", self.category),
            ("categories", self.categories),
            ("tags", self.tags),
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
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Words::Nothing)
    }
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 16,
            max_events: 20_000,
            max_nodes: 10_000,
            max_aliases: 100,
            max_anchors: 100,
            max_documents: 1,
        },
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    }
}

fn take(matter: &mut FrontMatter, key: &str, value: Words, line: u32) {
    match key {
        "title" => matter.title = one_line(value).or(matter.title.take()),
        "date" => take_date(matter, value, line),
        "published" => matter.published &= !one_line(value).is_some_and(|word| is_no(&word)),
        "draft" => matter.published &= !one_line(value).is_some_and(|word| is_yes(&word)),
        "lang" | "language" => take_language(matter, value, line),
        "category" | "categories" => matter.categories.extend(list(value)),
        "tags" => matter.tags.extend(list(value)),
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
        Words::List(list) => {
            list.iter().map(|item| clean::line(item).trim().to_owned()).filter(|item| !item.is_empty()).collect()
        }
    }
}

/// Reads the keys that stand alone on a line. A value that is no YAML, such as `삼성: HBM4`, is taken as the
/// text that it is; lines that are no key with a value are dropped.
fn read_lines(front: Lines<'_>, matter: &mut FrontMatter) {
    let mut rest = Vec::new();
    let mut lines = (front.first_line..).zip(front.text.lines()).peekable();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let goes_on = lines.peek().is_some_and(|(_, next)| next.starts_with([' ', '\t', '-']));
        match key_and_value(line) {
            Some((key, value)) if !goes_on => match value_alone(value) {
                Some(words) => take(matter, &key.to_lowercase(), words, number),
                None => rest.push(line),
            },
            _ => rest.push(line),
        }
    }
    if !rest.is_empty() {
        matter.dropped.push(Dropped::new(rest.join("\n"), "front matter that is not valid YAML"));
    }
}

/// A line's value by itself. An opened bracket or quote that is not closed makes it none.
fn value_alone(value: &str) -> Option<Words> {
    if value.len() > 1024 {
        return None;
    }
    match serde_saphyr::from_str_with_options::<Words>(value, options()) {
        // By itself `삼성: HBM4` is a mapping: not what its writer meant.
        Ok(Words::Nothing) if !matches!(value, "" | "~" | "null") => {}
        Ok(words) => return Some(words),
        Err(_) => {}
    }
    let opens = value.starts_with(['[', '{', '"', '\'', '&', '*', '|', '>', '!', '%', '@', '`']);
    (!opens).then(|| Words::Text(value.to_owned()))
}

/// `key: value` at the start of a line.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = key.starts_with(|c: char| c.is_alphabetic())
        && key.len() <= 64
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let parted = value.is_empty() || value.starts_with([' ', '\t', '\n']);
    (is_key && parted).then(|| (key, value.trim()))
}

fn line_of(front: Lines<'_>, key: &str) -> u32 {
    (front.first_line..)
        .zip(front.text.lines())
        .find(|(_, line)| line.split(':').next().is_some_and(|start| start == key))
        .map_or(front.first_line, |(number, _)| number)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read_post(text: &str) -> FrontMatter {
        let (front, _) = split(text);
        front.map(read).expect("front matter")
    }

    #[rstest]
    #[case::plain("---\ntitle: 뉴스\n---\n본문\n", Some("title: 뉴스\n"), "본문\n", 4)]
    #[case::blanks_behind_fences("---  \ntitle: 뉴스\n--- \n본문", Some("title: 뉴스\n"), "본문", 4)]
    #[case::dots("---\ntitle: 뉴스\n...\n본문", Some("title: 뉴스\n"), "본문", 4)]
    #[case::empty("---\n---\n본문", Some(""), "본문", 3)]
    #[case::nothing_below("---\ntitle: 뉴스\n---", Some("title: 뉴스\n"), "", 4)]
    #[case::blank_line_inside("---\ntitle: 뉴스\n\n---\n본문", Some("title: 뉴스\n\n"), "본문", 5)]
    #[case::none("## 제목\n본문", None, "## 제목\n본문", 1)]
    #[case::a_rule_and_a_heading("---\n## 제목\n---\n본문", None, "---\n## 제목\n---\n본문", 1)]
    #[case::a_rule_and_prose("---\n머리말\n\n---\n본문", None, "---\n머리말\n\n---\n본문", 1)]
    #[case::never_closed("---\ntitle: 뉴스\n본문", None, "---\ntitle: 뉴스\n본문", 1)]
    fn fences_part_front_matter_and_body(
        #[case] text: &str,
        #[case] front: Option<&str>,
        #[case] body: &str,
        #[case] first_line: u32,
    ) {
        let (found, rest) = split(text);
        assert_eq!(found.map(|lines| lines.text), front);
        assert_eq!(rest, Lines { text: body, first_line });
    }

    #[rstest]
    #[case::words("categories: news gemini", &["news", "gemini"])]
    #[case::flow_list("categories: [ai news, gemini]", &["ai news", "gemini"])]
    #[case::block_list("categories:\n  - 인공지능\n  - 반도체", &["인공지능", "반도체"])]
    #[case::number("categories: 2025", &["2025"])]
    #[case::nothing("categories:", &[])]
    #[case::holes("categories: [news, ~, '']", &["news"])]
    fn categories_are_words_or_a_list(#[case] line: &str, #[case] categories: &[&str]) {
        let matter = read_post(&format!("---\ntitle: 뉴스\n{line}\n---\n"));
        assert_eq!(matter.categories, categories);
        assert_eq!(matter.warnings, []);
    }

    #[rstest]
    #[case::published("published: false", false)]
    #[case::published_yes("published: true", true)]
    #[case::published_quoted("published: 'no'", false)]
    #[case::draft("draft: true", false)]
    #[case::neither("layout: post", true)]
    fn a_post_may_call_itself_a_draft(#[case] line: &str, #[case] published: bool) {
        assert_eq!(read_post(&format!("---\n{line}\n---\n")).published, published);
    }

    #[test]
    fn an_unquoted_colon_costs_nothing() {
        let matter =
            read_post("---\nlayout: post\ntitle: 삼성: HBM4\ndate: 2025-12-17 16:09:26 +0900\ntags: [AI]\n---\n");
        assert_eq!(matter.title.as_deref(), Some("삼성: HBM4"));
        assert_eq!(matter.date.map(|date| date.to_string()).as_deref(), Some("2025-12-17 16:09:26 +0900"));
        assert_eq!(matter.tags, ["AI"]);
        assert_eq!(matter.dropped, []);
        let warnings: Vec<String> = matter.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("line 3: ") && warnings[0].contains("quotes"), "{warnings:?}");
    }

    #[test]
    fn what_is_no_key_on_a_line_is_dropped_and_said() {
        let matter = read_post("---\ntitle: [뉴스\ndate: 2025-12-17\ntags:\n  - AI\n이상한 줄\n---\n");
        assert_eq!(matter.title, None);
        assert_eq!(matter.date.map(|date| date.to_string()).as_deref(), Some("2025-12-17"));
        assert_eq!(matter.dropped.len(), 1);
        assert_eq!(matter.dropped[0].text, "title: [뉴스\ntags:\n  - AI\n이상한 줄");
    }

    #[test]
    fn a_date_that_is_none_is_kept_and_said() {
        let matter = read_post("---\ntitle: 뉴스\ndate: 어제 저녁\n---\n");
        assert_eq!(matter.date, None);
        assert_eq!(matter.dropped[0].text, "어제 저녁");
        assert!(matter.warnings[0].to_string().starts_with("line 3: `어제 저녁`"));
    }

    #[test]
    fn titles_are_one_line_without_tricks() {
        let matter = read_post("---\ntitle: \"a\\nb\\u202Ec\\u0007\"\nlang: en-US\n---\n");
        assert_eq!(matter.title.as_deref(), Some("a bc"));
        assert_eq!(matter.language, Some(Language::En));
    }

    #[rstest]
    #[case::brackets("[".repeat(40_000))]
    #[case::huge(format!("title: {}", "가".repeat(500_000)))]
    #[case::aliases(alias_bomb())]
    #[case::deep((0..2000).map(|n| format!("{}a:\n", " ".repeat(n % 60))).collect())]
    fn hostile_front_matter_is_bounded(#[case] yaml: String) {
        let matter = read(Lines { text: &yaml, first_line: 2 });
        assert!(!matter.warnings.is_empty());
        assert!(matter.title.is_none());
    }

    fn alias_bomb() -> String {
        let mut yaml = "a0: &a0 [lol, lol]\n".to_owned();
        for level in 1..60 {
            yaml += &format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}, *a{0}]\n", level - 1);
        }
        yaml + "tags: *a59\n"
    }
}
