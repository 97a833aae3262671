//! Full-text search over the archive. The words of a query become tokens (`text/tokens.rs`), and only tokens reach the
//! database's index (`words.rs`).

use std::collections::HashSet;

use super::{ArticleId, LISTED, Listed, ListedRow, first_of, last_of};
use crate::model::query::Query;
use crate::store::Store;
use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::store::rows::{readable, to_json};
use crate::text::Needle;

/// The most articles that a search ranks and counts: the newest of those that fit.
pub const MOST_HITS: usize = 1_000;

/// After so many days an article weighs half as much.
const HALF_WEIGHT_DAYS: f64 = 180.0;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The articles of the page, best first.
    pub page: Vec<Listed>,
    /// How many there are, [`MOST_HITS`] at most.
    pub total: usize,
    /// The newest article that was looked at: a further page that is asked for with it has the same order.
    pub newest: ArticleId,
}

impl Store {
    /// Articles that fit a query whose companies and topics are names and keys of the dictionary: first those that
    /// have all the words in the headline, then by how well they fit and how new they are. `newest`: as the first
    /// page had it. A query without anything to look for finds nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search(
        &self,
        query: &Query,
        newest: Option<ArticleId>,
        skip: usize,
        count: usize,
    ) -> Result<Hits, StoreError> {
        let newest = match newest {
            Some(newest) => newest,
            None => {
                let last: Option<i64> =
                    sqlx::query_scalar("SELECT max(id) FROM articles").fetch_one(&self.read).await?;
                ArticleId(last.unwrap_or_default())
            }
        };
        let ranked = match Expression::of(query, self.backend) {
            Some(expression) => self.ranked(&expression, query, newest).await?,
            None => Vec::new(),
        };
        let page: Vec<i64> = ranked.iter().skip(skip).take(count).copied().collect();
        Ok(Hits { page: self.listed(&page).await?, total: ranked.len(), newest })
    }

    /// The ids of what fits, best first.
    async fn ranked(
        &self,
        expression: &Expression,
        query: &Query,
        newest: ArticleId,
    ) -> Result<Vec<i64>, StoreError> {
        let Expression::Words { anywhere, in_headline } = expression else {
            let fitting = self.matching(None, query, newest).await?;
            return Ok(fitting.into_iter().map(|(id, _)| id).collect());
        };
        let anywhere = self.matching(Some(anywhere), query, newest).await?;
        let headed = self.matching(Some(in_headline), query, newest).await?;
        let mut ranked: Vec<i64> = by_weight(&headed, newest);
        let known: HashSet<i64> = ranked.iter().copied().collect();
        ranked.extend(by_weight(&anywhere, newest).into_iter().filter(|id| !known.contains(id)));
        ranked.truncate(MOST_HITS);
        Ok(ranked)
    }

    /// The newest articles that match an expression (`None`: any) and fit the query's filters, with what they weigh.
    async fn matching(
        &self,
        words: Option<&str>,
        query: &Query,
        newest: ArticleId,
    ) -> Result<Vec<(i64, f64)>, StoreError> {
        let (table, id, rank, matches) = match words {
            Some(_) => ("article_words", "rowid", self.backend.rank(), self.backend.matches("$1")),
            None => ("articles", "id", "CAST(0 AS DOUBLE PRECISION)", "$1 IS NULL".to_owned()),
        };
        let not_these = if words.is_some() || query.without.is_empty() {
            String::new()
        } else {
            let excluded = self.backend.matches("$7");
            format!("AND {id} NOT IN (SELECT rowid FROM article_words WHERE {excluded})")
        };
        // A filter that lists nothing costs nothing: it is left out.
        let fits = |list: &[String], of: &str, name: &str, place: &str, more: &str| {
            if list.is_empty() {
                return String::new();
            }
            format!(
                "AND NOT EXISTS (SELECT 1 FROM json_each({place}) wanted WHERE NOT EXISTS (
                     SELECT 1 FROM {of} t WHERE t.{name} = wanted.value AND t.article_id = {table}.{id}{more}))"
            )
        };
        let companies = fits(
            &query.companies,
            "article_companies",
            "company",
            "$5",
            " AND t.is_implied IN (false, true)",
        );
        let topics = fits(&query.topics, "article_topics", "topic", "$6", "");
        let sql = format!(
            "SELECT {id}, {rank} FROM {table}
             WHERE {matches} AND {id} BETWEEN $2 AND $3 {companies} {topics} {not_these}
             ORDER BY {id} DESC LIMIT $4"
        );
        let (first, last) = bounds(query, newest);
        let excluded = without(query, self.backend);
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(words)
            .bind(first)
            .bind(last)
            .bind(i64::try_from(MOST_HITS).unwrap_or(i64::MAX))
            .bind(to_json(&query.companies))
            .bind(to_json(&query.topics))
            .bind(excluded)
            .fetch_all(&self.read)
            .await?;
        Ok(rows)
    }

    /// The articles with these ids, in their order.
    async fn listed(&self, ids: &[i64]) -> Result<Vec<Listed>, StoreError> {
        let rows: Vec<ListedRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {LISTED}, NULL AS strength FROM articles a JOIN digests g ON g.id = a.digest_id
             WHERE a.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))"
        )))
        .bind(to_json(&ids))
        .fetch_all(&self.read)
        .await?;
        let mut listed = readable(rows.into_iter().map(Listed::try_from));
        listed.sort_by_key(|article| ids.iter().position(|id| *id == article.id.0));
        Ok(listed)
    }
}

/// A query's words in the language of the database; `None` if it has none.
pub(super) fn words_of(query: &Query, backend: Backend) -> Option<String> {
    match Expression::of(query, backend)? {
        Expression::Words { anywhere, .. } => Some(anywhere),
        Expression::Filters => None,
    }
}

/// What has to be there and what must not, in the language of the database.
enum Expression {
    /// By words: anywhere, and all of those that are wanted in the headline.
    Words { anywhere: String, in_headline: String },
    /// The filters alone decide.
    Filters,
}

impl Expression {
    /// `None`: there is nothing to look for.
    fn of(query: &Query, backend: Backend) -> Option<Self> {
        let wanted: Vec<Needle> = query.words.iter().filter_map(|word| Needle::of(word)).collect();
        let without = without(query, backend);
        if wanted.is_empty() {
            // Words without a letter or digit find nothing; filters alone find what fits them.
            let has_filter = !query.companies.is_empty()
                || !query.topics.is_empty()
                || query.after.is_some()
                || query.before.is_some()
                || without.is_some();
            return (has_filter && query.words.is_empty()).then_some(Self::Filters);
        }
        let words = |in_headline| {
            let phrases: Vec<String> =
                wanted.iter().map(|needle| backend.phrase(needle, in_headline)).collect();
            let wanted = backend.all_of(&phrases);
            match &without {
                Some(without) => backend.but_not(&wanted, without),
                None => wanted,
            }
        };
        Some(Self::Words { anywhere: words(false), in_headline: words(true) })
    }
}

/// An expression for articles that have any of the words that must not be there.
fn without(query: &Query, backend: Backend) -> Option<String> {
    let needles = query.without.iter().filter_map(|word| Needle::of(word));
    let phrases: Vec<String> = needles.map(|needle| backend.phrase(&needle, false)).collect();
    (!phrases.is_empty()).then(|| backend.any_of(&phrases))
}

/// The ids that the query's days and the page's beginning leave.
fn bounds(query: &Query, newest: ArticleId) -> (i64, i64) {
    let first = query.after.map_or(i64::MIN, first_of);
    let last = query.before.and_then(|day| day.pred_opt()).map_or(i64::MAX, last_of);
    (first, last.min(newest.0))
}

/// The ids by what they weigh: the database's rank, which is better the further it is below zero, fading with the days.
fn by_weight(found: &[(i64, f64)], newest: ArticleId) -> Vec<i64> {
    let weight = |(id, rank): (i64, f64)| {
        let days = ((newest.0 - id) >> super::DAY_BITS) as f64;
        rank / (1.0 + days / HALF_WEIGHT_DAYS)
    };
    let mut weighed: Vec<(i64, f64)> = found.iter().map(|hit| (hit.0, weight(*hit))).collect();
    weighed.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    weighed.into_iter().map(|(id, _)| id).collect()
}
