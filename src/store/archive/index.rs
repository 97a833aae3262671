//! Writes the articles of a digest for look-ups, in the transaction that writes the digest.

use std::collections::{BTreeSet, HashMap};

use sqlx::{Any, Transaction};

use super::words::put_words;
use super::{DAY_BITS, day_number, ids_of_day};
use crate::model::article::{EnrichedArticle, Strength};
use crate::model::digest::EnrichedDigest;
use crate::model::rich::plain;
use crate::store::error::StoreError;
use crate::store::rows::Row;

/// Digests whose words are written anew at once.
const DIGESTS_AT_ONCE: i64 = 100;

const COUNT_COMPANIES: &str = "INSERT INTO company_days (company, is_implied, day, articles)
     SELECT company, is_implied, $1, count(*) FROM article_companies
     WHERE article_id BETWEEN $2 AND $3 GROUP BY company, is_implied";
const COUNT_TOPICS: &str = "INSERT INTO topic_days (topic, day, articles)
     SELECT topic, $1, count(*) FROM article_topics WHERE article_id BETWEEN $2 AND $3 GROUP BY topic";

/// Puts the articles of a digest in the place of those that it had. An article keeps its id while the digest keeps
/// its day, so that what a page's button carries stays true.
pub(in crate::store) async fn index(
    tx: &mut Transaction<'static, Any>,
    digest_id: i64,
    digest: &EnrichedDigest,
) -> Result<(), StoreError> {
    let known: Vec<(i64, i64)> = sqlx::query_as("SELECT place, id FROM articles WHERE digest_id = $1")
        .bind(digest_id)
        .fetch_all(&mut **tx)
        .await?;
    remove(tx, digest_id).await?;
    let (first, last) = ids_of_day(day_number(digest.date.day()));
    let mut days: BTreeSet<i64> = known.iter().map(|(_, id)| id >> DAY_BITS).collect();
    days.insert(day_number(digest.date.day()));
    let known: HashMap<i64, i64> = known.into_iter().filter(|(_, id)| (first..=last).contains(id)).collect();
    let mut next = free_id(tx, first, last, known.values().max()).await?;
    // The ids of a day fall, as days do: a list from the newest has a digest's articles in its order.
    let mut rows: Vec<(i64, i64, &EnrichedArticle)> = Vec::with_capacity(digest.articles.len());
    for (place, article) in digest.articles.iter().enumerate().rev() {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let id = known.get(&place).copied().unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        // A million articles of one day: those beyond can be read, only not looked up.
        if id <= last {
            rows.push((id, place, article));
        }
    }
    for (id, place, article) in rows {
        insert(tx, id, digest_id, place, article).await?;
    }
    count_again(tx, days).await
}

/// Takes a digest's articles out of all look-ups.
pub(in crate::store) async fn forget(
    tx: &mut Transaction<'static, Any>,
    digest_id: i64,
) -> Result<(), StoreError> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM articles WHERE digest_id = $1")
        .bind(digest_id)
        .fetch_all(&mut **tx)
        .await?;
    remove(tx, digest_id).await?;
    count_again(tx, ids.into_iter().map(|id| id >> DAY_BITS).collect()).await
}

/// Counts what the articles of these days are about.
async fn count_again(tx: &mut Transaction<'static, Any>, days: BTreeSet<i64>) -> Result<(), StoreError> {
    for day in days {
        let (first, last) = ids_of_day(day);
        for counts in ["company_days", "topic_days"] {
            let forget = format!("DELETE FROM {counts} WHERE day = $1");
            sqlx::query(sqlx::AssertSqlSafe(forget)).bind(day).execute(&mut **tx).await?;
        }
        for count in [COUNT_COMPANIES, COUNT_TOPICS] {
            sqlx::query(count).bind(day).bind(first).bind(last).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

async fn remove(tx: &mut Transaction<'static, Any>, digest_id: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM article_words WHERE rowid IN (SELECT id FROM articles WHERE digest_id = $1)")
        .bind(digest_id)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM articles WHERE digest_id = $1").bind(digest_id).execute(&mut **tx).await?;
    Ok(())
}

/// Writes the words of all articles into an index that has none: they stand in their digests.
pub(in crate::store) async fn put_all_words(tx: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
    let mut last = 0;
    loop {
        let digests: Vec<(i64, String)> = sqlx::query_as(
            "SELECT id, body FROM digests WHERE id > $1 AND EXISTS (SELECT 1 FROM articles WHERE digest_id = digests.id)
             ORDER BY id LIMIT $2",
        )
        .bind(last)
        .bind(DIGESTS_AT_ONCE)
        .fetch_all(&mut **tx)
        .await?;
        let Some((greatest, _)) = digests.last() else { return Ok(()) };
        last = *greatest;
        for (digest_id, body) in digests {
            let digest: EnrichedDigest = Row { table: "digests", id: digest_id }.json(&body)?;
            let articles: Vec<(i64, i64)> =
                sqlx::query_as("SELECT id, place FROM articles WHERE digest_id = $1")
                    .bind(digest_id)
                    .fetch_all(&mut **tx)
                    .await?;
            for (id, place) in articles {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                if let Some(EnrichedArticle { article, .. }) = digest.articles.get(place) {
                    put_words(tx, id, &plain(&article.headline), &article.text()).await?;
                }
            }
        }
    }
}

/// The first id of the day that nobody has, above those that the digest keeps.
async fn free_id(
    tx: &mut Transaction<'static, Any>,
    first: i64,
    last: i64,
    kept: Option<&i64>,
) -> Result<i64, StoreError> {
    let taken: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM articles WHERE id BETWEEN $1 AND $2")
        .bind(first)
        .bind(last)
        .fetch_one(&mut **tx)
        .await?;
    Ok(taken.max(kept.copied()).map_or(first, |id| id + 1))
}

async fn insert(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    digest_id: i64,
    place: i64,
    article: &EnrichedArticle,
) -> Result<(), StoreError> {
    let headline = plain(&article.article.headline);
    put_words(tx, id, &headline, &article.article.text()).await?;
    sqlx::query(
        "INSERT INTO articles (id, digest_id, place, headline, publisher, link)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(digest_id)
    .bind(place)
    .bind(headline)
    .bind(&article.article.publisher)
    .bind(article.article.address())
    .execute(&mut **tx)
    .await?;
    for mention in &article.companies {
        sqlx::query(
            "INSERT INTO article_companies (company, is_implied, article_id, strength)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(&mention.company)
        .bind(mention.strength == Strength::Implied)
        .bind(id)
        .bind(mention.strength.name())
        .execute(&mut **tx)
        .await?;
    }
    for topic in &article.topics {
        sqlx::query("INSERT INTO article_topics (topic, article_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(topic)
            .bind(id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
