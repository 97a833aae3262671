//! Digests with their revisions, and which of them are news.

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable, to_json};
use crate::model::digest::{Digest, DigestId, EnrichedDigest, StoredDigest, handle};
use crate::model::feed::FeedName;

/// What keeping a digest came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was not known.
    New(DigestId),
    /// It was known with other content: this is its next revision.
    Revised(DigestId),
    /// It was known just so.
    Unchanged(DigestId),
}

#[derive(Debug, FromRow)]
struct DigestRow {
    id: i64,
    revision: i64,
    edition: Option<i64>,
    stored_at: i64,
    body: String,
}

const COLUMNS: &str = "id, revision, edition, stored_at, body";

impl TryFrom<DigestRow> for StoredDigest {
    type Error = StoreError;

    fn try_from(found: DigestRow) -> Result<Self, StoreError> {
        let row = Row { table: "digests", id: found.id };
        Ok(Self {
            id: DigestId(found.id),
            revision: row.count(found.revision)?,
            edition: found.edition,
            stored_at: row.instant(found.stored_at)?,
            digest: row.json(&found.body)?,
        })
    }
}

/// The hash that tells a corrected post from an unchanged one: of the parsed digest, so that neither a changed
/// dictionary nor reordered front matter counts as a correction.
pub fn fingerprint(digest: &Digest) -> String {
    let hash = Sha256::digest(to_json(digest));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Keeps a digest. A new one gets the feed's next edition if it `is_news`, and is archived otherwise; a
    /// corrected one keeps what it has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_digest(
        &self,
        feed: &FeedName,
        digest: &EnrichedDigest,
        fingerprint: &str,
        published_at: DateTime<Utc>,
        is_news: bool,
        now: DateTime<Utc>,
    ) -> Result<Kept, StoreError> {
        let mut tx = self.begin().await?;
        let known: Option<(i64, String)> =
            sqlx::query_as("SELECT id, fingerprint FROM digests WHERE feed = $1 AND key = $2")
                .bind(feed.as_str())
                .bind(&digest.key.0)
                .fetch_optional(&mut *tx)
                .await?;
        if let Some((id, before)) = known {
            if before == fingerprint {
                return Ok(Kept::Unchanged(DigestId(id)));
            }
            sqlx::query(
                "UPDATE digests SET revision = revision + 1, title = $2, day = $3, published_at = $4,
                     revised_at = $5, fingerprint = $6, body = $7
                 WHERE id = $1",
            )
            .bind(id)
            .bind(&digest.title)
            .bind(digest.date.day().to_string())
            .bind(millis(published_at))
            .bind(millis(now))
            .bind(fingerprint)
            .bind(to_json(digest))
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            return Ok(Kept::Revised(DigestId(id)));
        }
        let edition: Option<i64> = if is_news {
            let last: i64 =
                sqlx::query_scalar("SELECT coalesce(max(edition), 0) FROM digests WHERE feed = $1")
                    .bind(feed.as_str())
                    .fetch_one(&mut *tx)
                    .await?;
            Some(last + 1)
        } else {
            None
        };
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO digests (feed, key, handle, revision, edition, day, title, published_at, stored_at,
                 revised_at, fingerprint, body)
             VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $8, $9, $10) RETURNING id",
        )
        .bind(feed.as_str())
        .bind(&digest.key.0)
        .bind(handle(feed, &digest.key))
        .bind(edition)
        .bind(digest.date.day().to_string())
        .bind(&digest.title)
        .bind(millis(published_at))
        .bind(millis(now))
        .bind(fingerprint)
        .bind(to_json(digest))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Kept::New(DigestId(id)))
    }

    /// A digest by its row.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn digest(&self, id: DigestId) -> Result<Option<StoredDigest>, StoreError> {
        let row: Option<DigestRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM digests WHERE id = $1")))
                .bind(id.0)
                .fetch_optional(&self.read)
                .await?;
        row.map(StoredDigest::try_from).transpose()
    }

    /// A digest and its feed by the handle that buttons and links carry.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn digest_by_handle(
        &self,
        handle: &str,
    ) -> Result<Option<(FeedName, StoredDigest)>, StoreError> {
        let found: Option<(i64, String)> = sqlx::query_as("SELECT id, feed FROM digests WHERE handle = $1")
            .bind(handle)
            .fetch_optional(&self.read)
            .await?;
        let Some((id, feed)) = found else { return Ok(None) };
        Ok(self.digest(DigestId(id)).await?.map(|digest| (FeedName(feed), digest)))
    }

    /// The feed's latest digest of that day; without a day, its latest of all.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn latest_digest(
        &self,
        feed: &FeedName,
        day: Option<NaiveDate>,
    ) -> Result<Option<StoredDigest>, StoreError> {
        let row: Option<DigestRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM digests WHERE feed = $1 AND ($2 IS NULL OR day = $2)
             ORDER BY published_at DESC, id DESC LIMIT 1"
        )))
        .bind(feed.as_str())
        .bind(day.map(|day| day.to_string()))
        .fetch_optional(&self.read)
        .await?;
        row.map(StoredDigest::try_from).transpose()
    }

    /// The feed's news after an edition, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn news_after(&self, feed: &FeedName, edition: i64) -> Result<Vec<StoredDigest>, StoreError> {
        let rows: Vec<DigestRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM digests WHERE feed = $1 AND edition > $2 ORDER BY edition"
        )))
        .bind(feed.as_str())
        .bind(edition)
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(StoredDigest::try_from)))
    }

    /// When the feed's last news arrived, newest first, at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn arrivals(&self, feed: &FeedName, count: usize) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT id, stored_at FROM digests WHERE feed = $1 AND edition IS NOT NULL
             ORDER BY edition DESC LIMIT $2",
        )
        .bind(feed.as_str())
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(|(id, at)| Row { table: "digests", id }.instant(at))))
    }
}
