//! What is known of each feed's loads; which posts they brought is in `posts.rs`.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis};
use crate::model::FeedName;

/// When a feed was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeedLoads {
    /// First, in this database.
    pub first: Option<DateTime<Utc>>,
    /// Last.
    pub last: Option<DateTime<Utc>>,
}

/// How the source of a feed fares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedState {
    /// When it was last loaded without a failure.
    pub last_load: Option<DateTime<Utc>>,
    /// Why the last load failed; `None`: it did not.
    pub error: Option<String>,
    /// When the first failed since.
    pub failing_since: Option<DateTime<Utc>>,
    /// How many failed since.
    pub failures: u32,
    /// When it is tried again.
    pub retry_at: Option<DateTime<Utc>>,
}

#[derive(Debug, FromRow)]
struct StateRow {
    last_loaded_at: Option<i64>,
    last_error: Option<String>,
    failing_since: Option<i64>,
    failures: i64,
    retry_at: Option<i64>,
}

impl Store {
    /// When a feed was successfully loaded.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn feed_loads(&self, feed: &FeedName) -> Result<FeedLoads, StoreError> {
        let row: Option<(Option<i64>, Option<i64>)> =
            sqlx::query_as("SELECT first_loaded_at, last_loaded_at FROM feeds WHERE name = $1")
                .bind(feed.as_str())
                .fetch_optional(&self.read)
                .await?;
        let (first, last) = row.unwrap_or_default();
        let row = Row { table: "feeds", id: 0 };
        Ok(FeedLoads { first: row.instant_or_none(first)?, last: row.instant_or_none(last)? })
    }

    /// Notes a successful load.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_load(&self, feed: &FeedName, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO feeds (name, first_loaded_at, last_loaded_at) VALUES ($1, $2, $2)
             ON CONFLICT (name) DO UPDATE
             SET first_loaded_at = coalesce(feeds.first_loaded_at, $2), last_loaded_at = $2, last_error = NULL,
                 failing_since = NULL, failures = 0, retry_at = NULL",
        )
        .bind(feed.as_str())
        .bind(millis(at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Notes a load that failed, and when the next is tried.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_load_failure(
        &self,
        feed: &FeedName,
        error: &str,
        retry_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO feeds (name, last_error, failing_since, failures, retry_at) VALUES ($1, $2, $3, 1, $4)
             ON CONFLICT (name) DO UPDATE SET last_error = $2, failing_since = coalesce(feeds.failing_since, $3),
                 failures = feeds.failures + 1, retry_at = $4",
        )
        .bind(feed.as_str())
        .bind(error)
        .bind(millis(now))
        .bind(millis(retry_at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// How the source of a feed fares; nothing at all if it was never asked.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn feed_state(&self, feed: &FeedName) -> Result<FeedState, StoreError> {
        let row: Option<StateRow> = sqlx::query_as(
            "SELECT last_loaded_at, last_error, failing_since, failures, retry_at FROM feeds WHERE name = $1",
        )
        .bind(feed.as_str())
        .fetch_optional(&self.read)
        .await?;
        let Some(found) = row else { return Ok(FeedState::default()) };
        let row = Row { table: "feeds", id: 0 };
        Ok(FeedState {
            last_load: row.instant_or_none(found.last_loaded_at)?,
            error: found.last_error,
            failing_since: row.instant_or_none(found.failing_since)?,
            failures: row.count(found.failures)?,
            retry_at: row.instant_or_none(found.retry_at)?,
        })
    }
}
