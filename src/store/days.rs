//! Which days have a digest: what is offered when somebody asks for one.

use chrono::NaiveDate;
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Row, readable};
use crate::model::feed::FeedName;

/// A digest, as far as a button that leads to it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDigest {
    /// What buttons name it by.
    pub handle: String,
    /// Its day.
    pub day: NaiveDate,
    /// Its title.
    pub title: String,
}

#[derive(Debug, FromRow)]
struct KnownRow {
    id: i64,
    handle: String,
    day: String,
    title: String,
}

impl TryFrom<KnownRow> for KnownDigest {
    type Error = StoreError;

    fn try_from(found: KnownRow) -> Result<Self, StoreError> {
        let row = Row { table: "digests", id: found.id };
        Ok(Self { handle: found.handle, day: row.word(&found.day)?, title: found.title })
    }
}

impl Store {
    /// The feed's digests of a day, the last published first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn digests_on(&self, feed: &FeedName, day: NaiveDate) -> Result<Vec<KnownDigest>, StoreError> {
        self.known("day = $2 ORDER BY published_at DESC, id DESC", feed, day, i64::MAX).await
    }

    /// The last digest before a day and the first after it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn digests_around(
        &self,
        feed: &FeedName,
        day: NaiveDate,
    ) -> Result<Vec<KnownDigest>, StoreError> {
        let mut around = self.known("day < $2 ORDER BY day DESC, published_at DESC", feed, day, 1).await?;
        around.extend(self.known("day > $2 ORDER BY day, published_at DESC", feed, day, 1).await?);
        Ok(around)
    }

    /// The feed's last digests up to a day, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn digests_until(
        &self,
        feed: &FeedName,
        day: NaiveDate,
        count: u32,
    ) -> Result<Vec<KnownDigest>, StoreError> {
        self.known("day <= $2 ORDER BY day DESC, published_at DESC", feed, day, count.into()).await
    }

    async fn known(
        &self,
        which: &'static str,
        feed: &FeedName,
        day: NaiveDate,
        count: i64,
    ) -> Result<Vec<KnownDigest>, StoreError> {
        let rows: Vec<KnownRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT id, handle, day, json_extract(body, '$.title') AS title FROM digests
             WHERE feed = $1 AND withdrawn_at IS NULL AND held IS NULL AND {which} LIMIT $3"
        )))
        .bind(feed.as_str())
        .bind(day.to_string())
        .bind(count)
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(KnownDigest::try_from)))
    }
}
