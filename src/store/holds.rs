//! Held digests: which there are, and what the operator decides about them.

use chrono::{DateTime, Utc};

use super::Store;
use super::digests::publish;
use super::error::StoreError;
use super::rows::{Row, readable};
use crate::model::digest::{DigestId, StoredDigest};
use crate::model::feed::FeedName;
use crate::model::hold::HoldReason;

/// A digest that waits for the operator.
#[derive(Debug, Clone)]
pub struct HeldDigest {
    /// Its feed.
    pub feed: FeedName,
    /// The digest.
    pub stored: StoredDigest,
    /// Why it waits.
    pub reason: HoldReason,
}

impl Store {
    /// All digests that wait for the operator, the first that came first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn held_digests(&self) -> Result<Vec<HeldDigest>, StoreError> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT id, feed, held FROM digests WHERE held IS NOT NULL AND withdrawn_at IS NULL
             ORDER BY stored_at, id",
        )
        .fetch_all(&self.read)
        .await?;
        let mut held = Vec::with_capacity(rows.len());
        for (id, feed, reason) in rows {
            if let Some(stored) = self.digest(DigestId(id)).await? {
                let row = Row { table: "digests", id };
                held.push(row.word(&reason).map(|reason| HeldDigest {
                    feed: FeedName(feed),
                    stored,
                    reason,
                }));
            }
        }
        Ok(readable(held))
    }

    /// Sends a held digest on its way as if it arrived now. Returns whether it was held until then. Whoever calls
    /// wakes dispatch.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release_digest(
        &self,
        feed: &FeedName,
        digest: DigestId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let held: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM digests WHERE id = $1 AND held IS NOT NULL AND withdrawn_at IS NULL",
        )
        .bind(digest.0)
        .fetch_optional(&mut *tx)
        .await?;
        if held.is_some() {
            publish(&mut tx, feed, digest, now).await?;
        }
        tx.commit().await?;
        Ok(held.is_some())
    }

    /// Archives a held digest: it goes to nobody. Returns whether it was held until then.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drop_digest(&self, digest: DigestId) -> Result<bool, StoreError> {
        let dropped = sqlx::query("UPDATE digests SET held = NULL WHERE id = $1 AND held IS NOT NULL")
            .bind(digest.0)
            .execute(&self.write)
            .await?;
        Ok(dropped.rows_affected() > 0)
    }
}
