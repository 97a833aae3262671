//! The full-text index in the languages of the two databases: FTS5 on SQLite, a `tsvector` on PostgreSQL. Both hold
//! the tokens of `text/tokens.rs`, which are letters and digits alone: what somebody types is never an operator.

use sqlx::{Any, Transaction};

use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::text::{Needle, spaced_tokens};

/// How much more a word in the headline weighs than one in the text, on SQLite and on PostgreSQL. There A is the
/// headline's label, D the text's, and nothing weighs more than 1.
const FTS5_RANK: &str = "bm25(article_words, 8.0, 1.0)";
const TSVECTOR_RANK: &str =
    "CAST(-ts_rank('{0.125, 0.125, 0.125, 1}', words, CAST($1 AS tsquery), 1) AS DOUBLE PRECISION)";

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

    /// How well it matches the statement's first parameter: the further below zero, the better.
    pub(super) fn rank(self) -> &'static str {
        match self {
            Self::Sqlite => FTS5_RANK,
            Self::Postgres => TSVECTOR_RANK,
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
        match self {
            Self::Sqlite => {
                let column = if in_headline { "headline : " } else { "" };
                format!("{column}\"{}\"{}", needle.tokens.join(" "), if needle.is_open { "*" } else { "" })
            }
            Self::Postgres => {
                let last = needle.tokens.len().saturating_sub(1);
                let label = |place| match (needle.is_open && place == last, in_headline) {
                    (true, true) => ":*A",
                    (true, false) => ":*",
                    (false, true) => ":A",
                    (false, false) => "",
                };
                let tokens = needle.tokens.iter().enumerate();
                let tokens: Vec<String> =
                    tokens.map(|(place, token)| format!("'{token}'{}", label(place))).collect();
                format!("({})", tokens.join(" <-> "))
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

/// Writes the words of an article.
pub(super) async fn put_words(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    headline: &str,
    body: &str,
) -> Result<(), StoreError> {
    let (headline, body) = (spaced_tokens(headline), spaced_tokens(body));
    let query = match Backend::behind(tx) {
        Backend::Sqlite => {
            sqlx::query("INSERT INTO article_words (rowid, headline, body) VALUES ($1, $2, $3)")
                .bind(id)
                .bind(headline)
                .bind(body)
        }
        Backend::Postgres => {
            sqlx::query("INSERT INTO article_words (rowid, words) VALUES ($1, CAST($2 AS tsvector))")
                .bind(id)
                .bind(vector(&headline, &body))
        }
    };
    query.execute(&mut **tx).await?;
    Ok(())
}

/// PostgreSQL's writing of a `tsvector`: tokens with their places, those of the headline labelled. A place between the
/// two is left out, so that no phrase goes from one into the other.
fn vector(headline: &str, body: &str) -> String {
    let headline: Vec<&str> = headline.split(' ').filter(|token| !token.is_empty()).collect();
    let body = body.split(' ').filter(|token| !token.is_empty()).zip(headline.len() + 2..);
    let tokens =
        headline.iter().copied().zip(1..).map(|token| (token, "A")).chain(body.map(|token| (token, "")));
    let mut vector = String::new();
    let mut bytes = 0;
    for ((token, place), label) in tokens {
        bytes += token.len();
        if bytes > ALL_BYTES {
            break;
        }
        vector.push_str(&format!("'{token}':{}{label} ", place.min(LAST_PLACE)));
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_tells_headline_and_text_apart() {
        assert_eq!(vector("삼성 성", "gpu 값"), "'삼성':1A '성':2A 'gpu':4 '값':5 ");
        assert_eq!(vector("", ""), "");
    }

    #[test]
    fn phrases_are_of_the_language_of_the_database() {
        let needle = Needle::of("삼성전자").expect("a word");
        assert!(!needle.is_open, "its pairs say where it ends");
        assert_eq!(Backend::Sqlite.phrase(&needle, true), "headline : \"삼성 성전 전자\"");
        assert_eq!(Backend::Postgres.phrase(&needle, true), "('삼성':A <-> '성전':A <-> '전자':A)");
        let needle = Needle::of("칩").expect("a word");
        assert!(needle.is_open, "it may begin a pair");
        assert_eq!(Backend::Postgres.phrase(&needle, false), "('칩':*)");
    }
}
