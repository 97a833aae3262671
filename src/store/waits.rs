//! Waits that a platform told: they hold after a restart.

use chrono::{DateTime, Utc};

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable};
use crate::model::{Address, Platform};

/// A wait that a platform told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredWait {
    /// The channel it covers; `None`: every call to the platform.
    pub address: Option<Address>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// The scope of a wait that covers every call.
const EVERYTHING: &str = "everything";

impl Store {
    /// Keeps a wait; a longer one for the same scope stays.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_wait(&self, platform: Platform, wait: StoredWait) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO waits (platform, scope, until) VALUES ($1, $2, $3)
             ON CONFLICT (platform, scope) DO UPDATE SET until = max(waits.until, excluded.until)",
        )
        .bind(platform.name())
        .bind(wait.address.map_or_else(|| EVERYTHING.to_owned(), |address| address.to_string()))
        .bind(millis(wait.until))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The waits that are not over at `now`; those that are, are forgotten.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waits(&self, platform: Platform, now: DateTime<Utc>) -> Result<Vec<StoredWait>, StoreError> {
        sqlx::query("DELETE FROM waits WHERE until <= $1").bind(millis(now)).execute(&self.write).await?;
        let rows: Vec<(String, i64)> = sqlx::query_as("SELECT scope, until FROM waits WHERE platform = $1")
            .bind(platform.name())
            .fetch_all(&self.read)
            .await?;
        Ok(readable(rows.into_iter().map(|(scope, until)| {
            let row = Row { table: "waits", id: 0 };
            let address = if scope == EVERYTHING { None } else { Some(row.word(&scope)?) };
            Ok(StoredWait { address, until: row.instant(until)? })
        })))
    }
}
