//! Full-text search over the archive. The words of a query become tokens (`text/tokens.rs`), and only tokens reach the
//! database's index (`words.rs`).

use std::cmp::Reverse;
use std::collections::HashSet;

use super::{ArticleId, LISTED, Listed, ListedRow, day_number, ids_of_day};
use crate::model::query::Query;
use crate::store::Store;
use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::store::rows::{readable, to_json};
use crate::text::Needle;

/// The most articles that a search ranks and counts: of those that fit as well as each other, the newest.
pub const MOST_HITS: usize = 1_000;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// The articles of the page, best first.
    pub page: Vec<Listed>,
    /// How many there are, [`MOST_HITS`] at most.
    pub total: usize,
    /// The newest article that was found: a further page that is asked for with it has the same order.
    pub newest: ArticleId,
}

impl Store {
    /// Articles that fit a query whose companies and topics are names and keys of the dictionary: first those that
    /// have all the words in the headline, then those that have them in a row, then those that have one in the
    /// headline, then all others; each the newest first. `newest`: as the first page had it. A query without
    /// anything to look for finds nothing.
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
        let ranked = self.ranked(query, newest.unwrap_or(ArticleId(i64::MAX))).await?;
        let page: Vec<i64> = ranked.iter().skip(skip).take(count).copied().collect();
        let newest = newest.or_else(|| ranked.iter().max().copied().map(ArticleId)).unwrap_or_default();
        Ok(Hits { page: self.listed(&page).await?, total: ranked.len(), newest })
    }

    /// The ids of what fits, best first.
    async fn ranked(&self, query: &Query, newest: ArticleId) -> Result<Vec<i64>, StoreError> {
        let within = bounds(query, newest);
        let words = match Expression::of(query, self.backend) {
            Some(Expression::Words(words)) => words,
            Some(Expression::Filters) => return self.matching(None, query, within).await,
            None => return Ok(Vec::new()),
        };
        let mut ranked = self.matching(Some(&words.in_headline), query, within).await?;
        if ranked.len() < MOST_HITS {
            let anywhere = self.matching(Some(&words.anywhere), query, within).await?;
            // How close a fit is, is asked of these alone: common words that never meet are looked for in vain.
            if let (Some(newest), Some(oldest)) = (anywhere.first(), anywhere.last()) {
                for closer in &words.closer {
                    ranked.extend(self.matching(Some(closer), query, (*oldest, *newest)).await?);
                }
            }
            ranked.extend(anywhere);
        }
        let mut known = HashSet::new();
        ranked.retain(|id| known.insert(*id));
        ranked.truncate(MOST_HITS);
        Ok(ranked)
    }

    /// The newest articles between two ids that match an expression (`None`: any) and fit the query's filters, newest first.
    /// How well one matches is not asked of the database: it would look at all that match first, and there can be a million.
    async fn matching(
        &self,
        words: Option<&str>,
        query: &Query,
        (first, last): (i64, i64),
    ) -> Result<Vec<i64>, StoreError> {
        let (table, id, matches) = match words {
            Some(_) => ("article_words", "rowid", self.backend.matches("$1")),
            None => ("articles", "id", "$1 IS NULL".to_owned()),
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
        // One row: a thousand would each be handed over.
        let sql = format!(
            "SELECT string_agg(CAST(id AS TEXT), ' ') FROM (
                 SELECT {id} AS id FROM {table}
                 WHERE {matches} AND {id} BETWEEN $2 AND $3 {companies} {topics} {not_these}
                 ORDER BY {id} DESC LIMIT $4) found"
        );
        let excluded = without(query, self.backend);
        let ids: Option<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(words)
            .bind(first)
            .bind(last)
            .bind(i64::try_from(MOST_HITS).unwrap_or(i64::MAX))
            .bind(to_json(&query.companies))
            .bind(to_json(&query.topics))
            .bind(excluded)
            .fetch_one(&self.read)
            .await?;
        // Databases promise no order within what they join.
        let mut ids: Vec<i64> = ids.unwrap_or_default().split(' ').filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable_by_key(|id| Reverse(*id));
        Ok(ids)
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
        Expression::Words(words) => Some(words.anywhere),
        Expression::Filters => None,
    }
}

/// What has to be there and what must not.
enum Expression {
    /// Words do.
    Words(Words),
    /// The filters alone decide.
    Filters,
}

/// All words and none of those that must not be there, in the language of the database.
struct Words {
    /// In the headline.
    in_headline: String,
    /// Closer to what is meant than anywhere, the closest first: in a row, one in the headline.
    closer: Vec<String>,
    /// Anywhere.
    anywhere: String,
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
        let phrases = |in_headline| -> Vec<String> {
            wanted.iter().map(|needle| backend.phrase(needle, in_headline)).collect()
        };
        let but_not = |wanted: String| match &without {
            Some(without) => backend.but_not(&wanted, without),
            None => wanted,
        };
        let anywhere = backend.all_of(&phrases(false));
        let mut closer = Vec::new();
        if wanted.len() > 1 {
            let in_a_row = Needle::of(&query.words.join(" "));
            closer.extend(in_a_row.map(|needle| but_not(backend.phrase(&needle, false))));
            closer.push(but_not(backend.all_of(&[backend.any_of(&phrases(true)), anywhere.clone()])));
        }
        Some(Self::Words(Words {
            in_headline: but_not(backend.all_of(&phrases(true))),
            closer,
            anywhere: but_not(anywhere),
        }))
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
    let first = query.after.map_or(i64::MIN, |day| ids_of_day(day_number(day)).0);
    let last =
        query.before.and_then(|day| day.pred_opt()).map_or(i64::MAX, |day| ids_of_day(day_number(day)).1);
    (first, last.min(newest.0))
}
