//! Articles about a company or a topic: those that name it, newest first, then those that only its products name.

use std::fmt;
use std::str::FromStr;

use super::{ArticleId, LISTED, Listed, ListedRow, days_of, ids_of};
use crate::model::trends::Days;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{Row, readable};

/// What articles are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A company, by canonical name.
    Company(&'a str),
    /// A topic, by key.
    Topic(&'a str),
}

/// How many articles are about something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Articles that name it.
    pub named: u32,
    /// Articles that name only a product of it or a company that it owns.
    pub implied: u32,
}

/// Where a list was left: the next page begins after this article, whatever has been stored since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Whether the articles that name it were through.
    pub is_implied: bool,
    /// The last article that was shown.
    pub after: ArticleId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_implied { 'i' } else { 'n' }, self.after.0)
    }
}

impl FromStr for Cursor {
    type Err = UnreadableCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_implied = text.starts_with('i');
        let id = text.strip_prefix(['i', 'n']).and_then(|id| id.parse().ok()).ok_or(UnreadableCursor)?;
        Ok(Self { is_implied, after: ArticleId(id) })
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it says no place in a list")]
pub struct UnreadableCursor;

impl Store {
    /// Articles about something on some days, or on all: those that name it first, each newest first, at most
    /// `count`, from where an earlier page ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn articles_about(
        &self,
        subject: Subject<'_>,
        days: Option<Days>,
        from: Option<Cursor>,
        count: u32,
    ) -> Result<Vec<Listed>, StoreError> {
        let (first, last) = ids_of(days);
        let below = |is_implied: bool| match from {
            Some(cursor) if cursor.is_implied == is_implied => cursor.after.0.saturating_sub(1).min(last),
            _ => last,
        };
        let (table, name) = match subject {
            Subject::Company(name) => {
                ("JOIN article_companies t ON t.article_id = a.id WHERE t.company = $1", name)
            }
            Subject::Topic(key) => ("JOIN article_topics t ON t.article_id = a.id WHERE t.topic = $1", key),
        };
        let mut found = Vec::new();
        for is_implied in [false, true] {
            let is_through = from.is_some_and(|cursor| cursor.is_implied) && !is_implied;
            let is_full = found.len() >= count as usize;
            let (strength, of_kind) = match subject {
                Subject::Company(_) => ("t.strength", "AND t.is_implied = $5"),
                // A topic is of an article or it is not.
                Subject::Topic(_) if is_implied => break,
                Subject::Topic(_) => ("NULL", ""),
            };
            if is_through || is_full {
                continue;
            }
            let rows: Vec<ListedRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "SELECT {LISTED}, {strength} AS strength FROM articles a JOIN digests g ON g.id = a.digest_id
                     {table} {of_kind} AND t.article_id BETWEEN $2 AND $3
                 ORDER BY t.article_id DESC LIMIT $4"
            )))
            .bind(name)
            .bind(first)
            .bind(below(is_implied))
            .bind(i64::from(count) - i64::try_from(found.len()).unwrap_or(i64::MAX))
            .bind(is_implied)
            .fetch_all(&self.read)
            .await?;
            found.extend(readable(rows.into_iter().map(Listed::try_from)));
        }
        Ok(found)
    }

    /// How many articles are about something on some days, or on all.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_about(&self, subject: Subject<'_>, days: Option<Days>) -> Result<Tally, StoreError> {
        let (first, last) = days_of(days);
        let (sql, name) = match subject {
            Subject::Company(name) => (
                "SELECT CAST(coalesce(sum(articles) FILTER (WHERE NOT is_implied), 0) AS BIGINT),
                        CAST(coalesce(sum(articles) FILTER (WHERE is_implied), 0) AS BIGINT)
                 FROM company_days WHERE company = $1 AND day BETWEEN $2 AND $3",
                name,
            ),
            Subject::Topic(key) => (
                "SELECT CAST(coalesce(sum(articles), 0) AS BIGINT), CAST(0 AS BIGINT)
                 FROM topic_days WHERE topic = $1 AND day BETWEEN $2 AND $3",
                key,
            ),
        };
        let (named, implied): (i64, i64) =
            sqlx::query_as(sql).bind(name).bind(first).bind(last).fetch_one(&self.read).await?;
        let row = Row { table: "articles", id: 0 };
        Ok(Tally { named: row.count(named)?, implied: row.count(implied)? })
    }
}
