//! Where links lead, as far as it was found out. Every digest that is kept gets it beside its links.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::{millis, to_json};
use crate::model::digest::EnrichedDigest;

/// Of a JSON list of links, those that were looked at.
const KNOWN: &str = "SELECT link, leads_to FROM links WHERE link IN (SELECT value FROM json_each($1))";
/// The longest link that is kept, in bytes: PostgreSQL's index takes none beyond 2,700.
const LONGEST: usize = 2_000;

impl Store {
    /// Where these links lead, of those that were looked at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn known_links(&self, links: &BTreeSet<&str>) -> Result<HashMap<String, String>, StoreError> {
        let known: Vec<(String, String)> =
            sqlx::query_as(KNOWN).bind(to_json(links)).fetch_all(&self.read).await?;
        Ok(known.into_iter().collect())
    }

    /// Keeps where links lead: pairs of a link and an address.
    ///
    /// # Errors
    /// If the database fails; then none is kept.
    pub async fn keep_links(&self, found: &[(String, String)], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (link, leads_to) in found.iter().filter(|(link, _)| link.len() <= LONGEST) {
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
    let known: Vec<(String, String)> =
        sqlx::query_as(KNOWN).bind(to_json(&digest.links())).fetch_all(&mut **tx).await?;
    let known: HashMap<String, String> = known.into_iter().collect();
    for article in digest.articles.iter_mut().map(|article| &mut article.article) {
        article.leads_to =
            article.link.as_ref().and_then(|link| known.get(link).filter(|to| *to != link)).cloned();
    }
    Ok(())
}
