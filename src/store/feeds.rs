//! What is known of each feed's loads.

use chrono::{DateTime, Utc};

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
             SET first_loaded_at = coalesce(first_loaded_at, $2), last_loaded_at = $2, last_error = NULL",
        )
        .bind(feed.as_str())
        .bind(millis(at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Notes a load that failed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_load_failure(&self, feed: &FeedName, error: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO feeds (name, last_error) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET last_error = $2",
        )
        .bind(feed.as_str())
        .bind(error)
        .execute(&self.write)
        .await?;
        Ok(())
    }
}
