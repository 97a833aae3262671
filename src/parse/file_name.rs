//! What a post's file name says: the day and the slug of `2025-12-17-ai-news.md`.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use crate::model::{DigestDate, DigestKey};

/// A file name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName {
    /// The day it begins with.
    pub(crate) date: Option<NaiveDate>,
    /// The rest without the extension, fit for a key: never empty.
    pub(crate) slug: String,
}

impl FileName {
    /// Reads the name of a file in any spelling; folders before it don't count.
    pub(crate) fn read(name: &str) -> Self {
        let stem = stem(name);
        match day_and_rest(stem) {
            Some((day, rest)) => Self { date: Some(day), slug: slug(rest) },
            None => Self { date: None, slug: slug(stem) },
        }
    }

    /// The key of a digest in this file. The day is the name's own if it has one, so that a date corrected in
    /// the front matter stays the same digest.
    pub(crate) fn key(&self, date: DigestDate) -> DigestKey {
        let day = self.date.unwrap_or_else(|| date.day());
        DigestKey(format!("{}-{}", day.format("%Y-%m-%d"), self.slug))
    }
}

/// `AI-News` of `2025-12-17-AI-News.md`.
pub(crate) fn slug_as_written(name: &str) -> &str {
    let stem = stem(name);
    day_and_rest(stem).map_or(stem, |(_, rest)| rest.trim_start_matches(['-', '_', '.', ' ']))
}

fn stem(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    ["md", "markdown", "txt"]
        .iter()
        .find_map(|extension| name.strip_suffix(extension)?.strip_suffix('.'))
        .unwrap_or(name)
}

fn day_and_rest(stem: &str) -> Option<(NaiveDate, &str)> {
    let day = NaiveDate::parse_from_str(stem.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = stem.get(10..)?;
    (rest.is_empty() || rest.starts_with(['-', '_', '.', ' '])).then_some((day, rest))
}

/// Letters and digits of any script in lower case, everything else as single hyphens. macOS hands over
/// decomposed Hangul, which is composed here, so that a key is the same from every machine.
fn slug(text: &str) -> String {
    let composed: String = text.nfc().collect::<String>().to_lowercase();
    let words: Vec<&str> =
        composed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "post".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::jekyll("2025-12-17-ai-news.md", Some("2025-12-17"), "ai-news")]
    #[case::markdown("2025-12-17-ai-news.markdown", Some("2025-12-17"), "ai-news")]
    #[case::day_alone("2025-12-17.md", Some("2025-12-17"), "post")]
    #[case::no_day("weekly-issue-380.md", None, "weekly-issue-380")]
    #[case::no_such_day("2025-02-30-x.md", None, "2025-02-30-x")]
    #[case::longer_number("2025-12-171.md", None, "2025-12-171")]
    #[case::korean("2025-12-17-인공지능 뉴스.md", Some("2025-12-17"), "인공지능-뉴스")]
    #[case::decomposed("2025-12-17-\u{1102}\u{1172}.md", Some("2025-12-17"), "뉴")]
    #[case::folders("_posts/ai/2025-12-17-ai-news.md", Some("2025-12-17"), "ai-news")]
    #[case::hostile("../../etc/passwd", None, "passwd")]
    #[case::nothing("", None, "post")]
    fn names_are_taken_apart(#[case] name: &str, #[case] date: Option<&str>, #[case] slug: &str) {
        let file = FileName::read(name);
        assert_eq!(file.date.map(|day| day.to_string()).as_deref(), date);
        assert_eq!(file.slug, slug);
    }
}
