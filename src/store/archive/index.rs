//! Writes the articles of a digest for look-ups, in the transaction that writes the digest.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{Any, Transaction};

use super::words::put_words;
use super::{DAY_BITS, day_number, ids_of_day};
use crate::model::article::{EnrichedArticle, Mention, Strength};
use crate::model::digest::EnrichedDigest;
use crate::model::rich::plain;
use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::store::rows::Row;

/// Digests whose words are written anew at once.
const DIGESTS_AT_ONCE: i64 = 100;

/// Rows that are written with one statement.
const AT_ONCE: usize = 100;

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
    insert(tx, digest_id, &rows).await?;
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
            let articles: Vec<(i64, Cow<'_, str>, &EnrichedArticle)> = articles
                .into_iter()
                .filter_map(|(id, place)| Some((id, digest.articles.get(usize::try_from(place).ok()?)?)))
                .map(|(id, article)| (id, plain(&article.article.headline), article))
                .collect();
            for articles in articles.chunks(AT_ONCE) {
                let words = articles.iter().map(|(id, headline, article)| (*id, headline.as_ref(), *article));
                put_words(tx, words).await?;
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

/// Writes articles with their ids and their places in the digest: with few statements, each of which is a way to
/// the database and back.
async fn insert(
    tx: &mut Transaction<'static, Any>,
    digest_id: i64,
    rows: &[(i64, i64, &EnrichedArticle)],
) -> Result<(), StoreError> {
    let backend = Backend::behind(tx);
    let into = |table: &str, rows, columns| {
        sqlx::AssertSqlSafe(format!("INSERT INTO {table} VALUES {}", backend.places(rows, columns)))
    };
    for rows in rows.chunks(AT_ONCE) {
        let headlines: Vec<Cow<'_, str>> = rows.iter().map(|row| plain(&row.2.article.headline)).collect();
        let words = rows.iter().zip(&headlines).map(|(row, headline)| (row.0, headline.as_ref(), row.2));
        put_words(tx, words).await?;
        let table = "articles (id, digest_id, place, headline, publisher, link)";
        let mut insert = sqlx::query(into(table, rows.len(), 6)).persistent(rows.len() == AT_ONCE);
        for ((id, place, EnrichedArticle { article, .. }), headline) in rows.iter().zip(&headlines) {
            insert = insert.bind(id).bind(digest_id).bind(place).bind(headline.as_ref());
            insert = insert.bind(&article.publisher).bind(article.address());
        }
        insert.execute(&mut **tx).await?;
    }
    let mentions: BTreeMap<(&str, bool, i64), &Mention> = rows
        .iter()
        .flat_map(|(id, _, article)| article.companies.iter().map(|mention| (*id, mention)))
        .map(|(id, mention)| ((mention.company.as_str(), mention.strength == Strength::Implied, id), mention))
        .collect();
    for mentions in mentions.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        let table = "article_companies (company, is_implied, article_id, strength)";
        let mut insert = sqlx::query(into(table, mentions.len(), 4)).persistent(mentions.len() == AT_ONCE);
        for ((company, is_implied, id), mention) in mentions {
            insert = insert.bind(company).bind(is_implied).bind(id).bind(mention.strength.name());
        }
        insert.execute(&mut **tx).await?;
    }
    let topics: BTreeSet<(&str, i64)> = rows
        .iter()
        .flat_map(|(id, _, article)| article.topics.iter().map(|topic| (topic.as_str(), *id)))
        .collect();
    for topics in topics.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        let table = "article_topics (topic, article_id)";
        let mut insert = sqlx::query(into(table, topics.len(), 2)).persistent(topics.len() == AT_ONCE);
        for (topic, id) in topics {
            insert = insert.bind(topic).bind(id);
        }
        insert.execute(&mut **tx).await?;
    }
    Ok(())
}
