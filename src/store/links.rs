//! Where links lead, as far as it was found out. Every digest that is kept gets it beside its links.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sqlx::{Any, QueryBuilder, Transaction};

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
        for mut query in queries(links) {
            let rows: Vec<(String, String)> = query.build_query_as().fetch_all(&self.read).await?;
            known.extend(rows);
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
    for mut query in queries(&digest.links()) {
        let rows: Vec<(String, String)> = query.build_query_as().fetch_all(&mut **tx).await?;
        known.extend(rows);
    }
    for article in digest.articles.iter_mut().map(|article| &mut article.article) {
        article.leads_to =
            article.link.as_ref().and_then(|link| known.get(link).filter(|to| *to != link)).cloned();
    }
    Ok(())
}

fn queries<'l>(links: &BTreeSet<&'l str>) -> Vec<QueryBuilder<Any>> {
    let links: Vec<&'l str> = links.iter().copied().collect();
    links
        .chunks(AT_ONCE)
        .map(|links| {
            let mut query = QueryBuilder::new("SELECT link, leads_to FROM links WHERE link IN (");
            let mut list = query.separated(", ");
            links.iter().for_each(|link| {
                list.push_bind((*link).to_owned());
            });
            query.push(")");
            query
        })
        .collect()
}
