//! Posts that publishers pushed: kept before they are answered, so that no crash loses one.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::millis;
use crate::model::feed::FeedName;

/// How many pushes are read at once.
const BATCH: u32 = 50;

/// A post that was pushed.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Push {
    /// What it is known by within its feed.
    pub place: String,
    /// The file name that it is read under.
    pub name: String,
    /// Hash of the body.
    pub stamp: String,
    /// The post.
    pub body: Vec<u8>,
}

/// What receiving a push came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Nothing was known under its place.
    New,
    /// It was known with another body: a correction.
    Changed,
    /// It was known just so.
    Known,
}

impl Store {
    /// Keeps a push; once this has returned, it is on disk.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn keep_push(
        &self,
        feed: &FeedName,
        push: &Push,
        now: DateTime<Utc>,
    ) -> Result<Received, StoreError> {
        let mut tx = self.begin().await?;
        let known: Option<String> =
            sqlx::query_scalar("SELECT stamp FROM pushes WHERE feed = $1 AND place = $2")
                .bind(feed.as_str())
                .bind(&push.place)
                .fetch_optional(&mut *tx)
                .await?;
        let received = match known {
            None => Received::New,
            Some(stamp) if stamp == push.stamp => return Ok(Received::Known),
            Some(_) => Received::Changed,
        };
        sqlx::query(
            "INSERT INTO pushes (feed, place, name, stamp, body, received_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (feed, place) DO UPDATE SET name = $3, stamp = $4, body = $5, received_at = $6",
        )
        .bind(feed.as_str())
        .bind(&push.place)
        .bind(&push.name)
        .bind(&push.stamp)
        .bind(&push.body)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(received)
    }

    /// The feed's pushes that have still to be loaded, in order, at most fifty; without those of which the place with
    /// the stamp is among `passed`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_pushes(&self, feed: &FeedName, passed: &[String]) -> Result<Vec<Push>, StoreError> {
        let passed = serde_json::Value::from(passed.to_vec()).to_string();
        let pushes = sqlx::query_as(
            "SELECT p.place, p.name, p.stamp, p.body FROM pushes p
                 LEFT JOIN posts l ON l.feed = p.feed AND l.place = p.place
             WHERE p.feed = $1 AND l.stamp IS DISTINCT FROM p.stamp
                 AND p.place || p.stamp NOT IN (SELECT value FROM json_each($2))
             ORDER BY p.received_at, p.id LIMIT $3",
        )
        .bind(feed.as_str())
        .bind(passed)
        .bind(i64::from(BATCH))
        .fetch_all(&self.read)
        .await?;
        Ok(pushes)
    }
}
