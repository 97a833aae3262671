//! The full-text index in the languages of the two databases: FTS5 on SQLite, a `tsvector` on PostgreSQL. Both hold
//! the tokens of `text/tokens.rs`, which are letters and digits alone: what somebody types is never an operator.

use sqlx::{Any, Transaction};

use crate::model::article::EnrichedArticle;
use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::text::{Needle, indexed};

/// PostgreSQL's limits of a `tsvector`: the greatest place of a token, and the bytes of all of them. What lies beyond is
/// found by its tokens, only not as a phrase, or not at all; no article of a day's news comes near.
const LAST_PLACE: usize = 16_383;
const ALL_BYTES: usize = 1_000_000;

impl Backend {
    /// The condition that an article's words match an expression, the statement's parameter `place`.
    pub(super) fn matches(self, place: &str) -> String {
        match self {
            Self::Sqlite => format!("article_words MATCH {place}"),
            Self::Postgres => format!("words @@ CAST({place} AS tsquery)"),
        }
    }

    /// How well it matches the statement's first parameter, as the database has it: the further below zero, the better. It
    /// looks at all that match before it says so of the first.
    pub(super) fn rank(self) -> &'static str {
        match self {
            Self::Sqlite => "bm25(article_words)",
            Self::Postgres => "CAST(-ts_rank(words, CAST($1 AS tsquery), 1) AS DOUBLE PRECISION)",
        }
    }

    /// Asks for the bytes of the index.
    pub(super) fn index_bytes(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT sum(length(block)) FROM article_words_data",
            Self::Postgres => "SELECT pg_indexes_size('article_words')",
        }
    }

    /// Tokens in a row, anywhere or in the headline.
    pub(super) fn phrase(self, needle: &Needle, in_headline: bool) -> String {
        let tokens = needle.in_index(in_headline);
        let is_open = needle.is_open_in_index();
        match self {
            Self::Sqlite => format!("\"{}\"{}", tokens.join(" "), if is_open { "*" } else { "" }),
            Self::Postgres => {
                let tokens: Vec<String> = tokens.iter().map(|token| format!("'{token}'")).collect();
                format!("({}{})", tokens.join(" <-> "), if is_open { ":*" } else { "" })
            }
        }
    }

    /// All of these.
    pub(super) fn all_of(self, phrases: &[String]) -> String {
        format!("({})", phrases.join(if self == Self::Sqlite { " AND " } else { " & " }))
    }

    /// Any of these.
    pub(super) fn any_of(self, phrases: &[String]) -> String {
        format!("({})", phrases.join(if self == Self::Sqlite { " OR " } else { " | " }))
    }

    /// The first, and not the second.
    pub(super) fn but_not(self, wanted: &str, without: &str) -> String {
        format!("({wanted} {} {without})", if self == Self::Sqlite { "NOT" } else { "& !" })
    }
}

/// Writes the words of articles: their ids and headlines, and what they are made of.
pub(super) async fn put_words(
    tx: &mut Transaction<'static, Any>,
    articles: impl Iterator<Item = (i64, &str, &EnrichedArticle)>,
) -> Result<(), StoreError> {
    let backend = Backend::behind(tx);
    let words: Vec<(i64, String)> = articles
        .map(|(id, headline, article)| {
            let words = indexed(headline, &article.article.text());
            (id, if backend == Backend::Postgres { vector(&words) } else { words })
        })
        .collect();
    let places = backend.places(words.len(), 2);
    let sql = match backend {
        Backend::Sqlite => format!("INSERT INTO article_words (rowid, words) VALUES {places}"),
        Backend::Postgres => format!(
            "INSERT INTO article_words (rowid, words)
             SELECT id, CAST(words AS tsvector) FROM (VALUES {places}) AS new (id, words)"
        ),
    };
    let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false);
    for (id, words) in words {
        insert = insert.bind(id).bind(words);
    }
    insert.execute(&mut **tx).await?;
    Ok(())
}

/// PostgreSQL's writing of a `tsvector`: tokens with their places.
fn vector(words: &str) -> String {
    let mut vector = String::new();
    let mut bytes = 0;
    for (token, place) in words.split(' ').zip(1..) {
        bytes += token.len();
        if bytes > ALL_BYTES {
            break;
        }
        vector.push_str(&format!("'{token}':{} ", place.min(LAST_PLACE)));
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_has_tokens_with_their_places() {
        assert_eq!(vector("삼성 gpu"), "'삼성':1 'gpu':2 ");
    }

    #[test]
    fn phrases_are_of_the_language_of_the_database() {
        let needle = |text: &str| Needle::of(text).expect("a word");
        assert_eq!(Backend::Sqlite.phrase(&needle("삼성전자"), false), "\"삼성 성전 전자\"");
        assert_eq!(Backend::Postgres.phrase(&needle("삼성전자"), false), "('삼성' <-> '성전' <-> '전자')");
        assert_eq!(Backend::Sqlite.phrase(&needle("gpu 칩"), true), "\"\u{e000}gpu \u{e000}칩\"*");
        assert_eq!(Backend::Postgres.phrase(&needle("gpu 칩"), false), "('gpu' <-> '칩':*)");
        assert_eq!(
            Backend::Sqlite.phrase(&needle("칩"), false),
            "\"칩\"",
            "a syllable is a word of the index"
        );
    }
}
