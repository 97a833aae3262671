//! Digests whose companies and topics are of other dictionaries than today's.

use super::index;
use crate::model::digest::{DigestId, EnrichedDigest, StoredDigest};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{Flag, to_json};

/// A digest that has been classified again.
#[derive(Debug, Clone)]
pub struct Reclassified {
    /// The digest as it was read.
    pub before: StoredDigest,
    /// The same with what its articles are about now.
    pub now: EnrichedDigest,
}

impl Store {
    /// Digests that were not classified with these dictionaries, newest first, at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn to_reclassify(
        &self,
        dictionaries: &str,
        count: u32,
    ) -> Result<Vec<StoredDigest>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM digests WHERE dictionaries IS DISTINCT FROM $1 ORDER BY published_at DESC LIMIT $2",
        )
        .bind(dictionaries)
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        let mut digests = Vec::with_capacity(ids.len());
        for id in ids {
            match self.digest(DigestId(id)).await {
                Ok(Some(digest)) => digests.push(digest),
                Ok(None) => {}
                // Left as it is: asking for it again would never end.
                Err(error @ StoreError::BadRow { .. }) => {
                    tracing::error!(%error, "a digest cannot be classified again");
                    sqlx::query("UPDATE digests SET dictionaries = $2 WHERE id = $1")
                        .bind(id)
                        .bind(dictionaries)
                        .execute(&self.write)
                        .await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(digests)
    }

    /// Puts what articles are about now in place of what they were about. It is no correction: the revision stays and
    /// nothing is sent. A digest that was corrected in between is left for the next look.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn put_reclassified(
        &self,
        digests: &[Reclassified],
        dictionaries: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for Reclassified { before, now } in digests {
            let withdrawn: Option<Flag> = sqlx::query_scalar(
                "UPDATE digests SET body = $3, dictionaries = $4 WHERE id = $1 AND revision = $2
                 RETURNING withdrawn_at IS NOT NULL",
            )
            .bind(before.id.0)
            .bind(i64::from(before.revision))
            .bind(to_json(now))
            .bind(dictionaries)
            .fetch_optional(&mut *tx)
            .await?;
            if withdrawn.is_some_and(|Flag(is_withdrawn)| !is_withdrawn) {
                index(&mut tx, before.id.0, now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
