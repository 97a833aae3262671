//! Where links lead, as far as it was found out. Every digest that is kept gets it beside its links.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{Any, Executor, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::millis;
use crate::model::digest::EnrichedDigest;

/// How many links one query asks for; databases bound how many values a query may have.
const AT_ONCE: usize = 500;

impl Store {
    /// Where these links lead, of those that were looked at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn known_links(&self, links: &BTreeSet<&str>) -> Result<HashMap<String, String>, StoreError> {
        let mut known = HashMap::new();
        let links: Vec<&str> = links.iter().copied().collect();
        for links in links.chunks(AT_ONCE) {
            known.extend(known_of(links, &self.read).await?);
        }
        Ok(known)
    }

    /// Keeps where links lead: pairs of a link and an address.
    ///
    /// # Errors
    /// If the database fails; then none is kept.
    pub async fn keep_links(&self, found: &[(String, String)], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (link, leads_to) in found {
            sqlx::query(
                "INSERT INTO links (link, leads_to, found_at) VALUES ($1, $2, $3) ON CONFLICT (link) DO NOTHING",
            )
            .bind(link)
            .bind(leads_to)
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Puts beside each article's link where it leads, if it redirects and that is known.
pub(super) async fn lead(
    tx: &mut Transaction<'static, Any>,
    digest: &mut EnrichedDigest,
) -> Result<(), StoreError> {
    let mut known: HashMap<String, String> = HashMap::new();
    let links: Vec<&str> = digest.links().into_iter().collect();
    for links in links.chunks(AT_ONCE) {
        known.extend(known_of(links, &mut **tx).await?);
    }
    for article in digest.articles.iter_mut().map(|article| &mut article.article) {
        article.leads_to =
            article.link.as_ref().and_then(|link| known.get(link).filter(|to| *to != link)).cloned();
    }
    Ok(())
}

/// Pairs of a link and where it leads.
async fn known_of<'e>(
    links: &[&str],
    database: impl Executor<'e, Database = Any>,
) -> Result<Vec<(String, String)>, StoreError> {
    let places: Vec<String> = (1..=links.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT link, leads_to FROM links WHERE link IN ({})", places.join(", "));
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
    for link in links {
        query = query.bind((*link).to_owned());
    }
    Ok(query.fetch_all(database).await?)
}
