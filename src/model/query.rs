//! What somebody searches for: words, `"phrases"`, `-word`, `company:엔비디아`, `topic:반도체`, `after:2025-12-01`.
//!
//! Every text is a query: what is no filter is looked for as it stands. Looking is `store/archive/search.rs`.

use std::convert::Infallible;
use std::str::FromStr;

use chrono::NaiveDate;

/// The most characters that are read of a query.
const MAX_CHARS: usize = 200;
/// The most words and filters of a query; further ones are left out.
const MAX_TERMS: usize = 12;

/// What is searched for. An article has to fit all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Words and phrases that it has.
    pub words: Vec<String>,
    /// Words and phrases that it has not.
    pub without: Vec<String>,
    /// Companies that it names: as typed, and once they are looked up their canonical names.
    pub companies: Vec<String>,
    /// Its topics: as typed, and once they are looked up their keys.
    pub topics: Vec<String>,
    /// It is of this day or a later one.
    pub after: Option<NaiveDate>,
    /// It is of an earlier day than this one.
    pub before: Option<NaiveDate>,
}

impl Query {
    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads a query; see [`FromStr`].
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(MAX_CHARS).collect();
        let mut query = Self::default();
        for term in terms(&text).into_iter().take(MAX_TERMS) {
            query.take(&term);
        }
        query
    }

    fn take(&mut self, term: &Term) {
        if term.is_quoted || !self.take_filter(&term.text) {
            let list = if term.is_without { &mut self.without } else { &mut self.words };
            if !list.contains(&term.text) {
                list.push(term.text.clone());
            }
        }
    }

    /// Whether the term was a filter: `company:…`, `after:…`. One that cannot be read is looked for as words.
    fn take_filter(&mut self, text: &str) -> bool {
        let Some((name, value)) = text.split_once(':') else { return false };
        let value = value.trim_matches('"').trim();
        if value.is_empty() {
            return false;
        }
        match name.to_lowercase().as_str() {
            "company" | "회사" => self.companies.push(value.to_owned()),
            "topic" | "주제" => self.topics.push(value.to_owned()),
            "after" | "since" | "부터" => match value.parse() {
                Ok(day) => self.after = Some(day),
                Err(_) => return false,
            },
            "before" | "until" | "전" => match value.parse() {
                Ok(day) => self.before = Some(day),
                Err(_) => return false,
            },
            _ => return false,
        }
        true
    }
}

impl FromStr for Query {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::read(text))
    }
}

/// A word of a query, or what stands in quotes.
struct Term {
    text: String,
    is_quoted: bool,
    is_without: bool,
}

/// The words of a query; quotes hold several together, also behind a colon (`company:"SK hynix"`).
fn terms(text: &str) -> Vec<Term> {
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„' | '＂');
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let is_without =
            rest.starts_with(['-', '−']) && rest.chars().nth(1).is_some_and(|c| !c.is_whitespace());
        if is_without {
            rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        }
        let is_quoted = rest.starts_with(is_quote);
        let mut inside = false;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                inside ^= is_quote(*c);
                c.is_whitespace() && !inside
            })
            .map_or(rest.len(), |(at, _)| at);
        let text: String = rest[..end].chars().map(|c| if is_quote(c) { '"' } else { c }).collect();
        let text = if is_quoted { text.replace('"', " ") } else { text };
        if text.chars().any(char::is_alphanumeric) {
            terms.push(Term { text: text.trim().to_owned(), is_quoted, is_without });
        }
        rest = rest[end..].trim_start();
    }
    terms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn list(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[rstest]
    #[case::words("데이터센터 투자", &["데이터센터", "투자"], &[])]
    #[case::phrase("\"구글 투자\" AI", &["구글 투자", "AI"], &[])]
    #[case::curly_quotes("“구글 투자”", &["구글 투자"], &[])]
    #[case::without("칩 -엔비디아 -\"새 공장\"", &["칩"], &["엔비디아", "새 공장"])]
    #[case::open_quote("\"구글 투자", &["구글 투자"], &[])]
    #[case::operators("a OR b* NEAR(c) ^d", &["a", "OR", "b*", "NEAR(c)", "^d"], &[])]
    #[case::unknown_filter("http://a.example after:soon", &["http://a.example", "after:soon"], &[])]
    #[case::a_dash("AI - 칩", &["AI", "칩"], &[])]
    fn words_are_read(#[case] text: &str, #[case] words: &[&str], #[case] without: &[&str]) {
        let query = Query { words: list(words), without: list(without), ..Query::default() };
        assert_eq!(Query::read(text), query);
    }

    #[test]
    fn filters_are_read() {
        let query = Query::read("칩 company:\"SK hynix\" 주제:반도체 after:2025-12-01 before:2026-01-01");
        let expected = Query {
            words: list(&["칩"]),
            companies: list(&["SK hynix"]),
            topics: list(&["반도체"]),
            after: NaiveDate::from_ymd_opt(2025, 12, 1),
            before: NaiveDate::from_ymd_opt(2026, 1, 1),
            ..Query::default()
        };
        assert_eq!(query, expected);
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "\\PC{0,60}") {
            let query = Query::read(&text);
            prop_assert!(query.words.len() + query.without.len() <= MAX_TERMS);
        }
    }
}
