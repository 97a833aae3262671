//! What admins and operators have changed: who, when, what. Rows are only ever added.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable};
use crate::model::channel::Address;
use crate::model::note::Person;

/// A change that somebody has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Person,
    /// Of which channel; `None`: of all.
    pub address: Option<Address>,
    /// What people call that channel, if it is known; read with the change, and not kept with it.
    pub channel: Option<String>,
    /// What, as a command would say it: `mute company:NVIDIA`.
    pub what: String,
}

#[derive(Debug, FromRow)]
struct ChangeRow {
    id: i64,
    at: i64,
    platform: String,
    person: String,
    address: Option<String>,
    name: Option<String>,
    what: String,
}

impl TryFrom<ChangeRow> for Change {
    type Error = StoreError;

    fn try_from(found: ChangeRow) -> Result<Self, StoreError> {
        let row = Row { table: "changes", id: found.id };
        Ok(Self {
            at: row.instant(found.at)?,
            by: Person { platform: row.word(&found.platform)?, id: found.person },
            address: found.address.map(|address| row.word(&address)).transpose()?,
            channel: found.name,
            what: found.what,
        })
    }
}

/// Whose changes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangesOf {
    /// Those of one channel.
    Channel(Address),
    /// All, whatever they are about.
    All,
}

impl Store {
    /// Keeps a change.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_change(&self, change: &Change) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO changes (at, platform, person, address, what) VALUES ($1, $2, $3, $4, $5)")
            .bind(millis(change.at))
            .bind(change.by.platform.name())
            .bind(&change.by.id)
            .bind(change.address.map(|address| address.to_string()))
            .bind(&change.what)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// The last changes, the newest first; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn changes(&self, of: ChangesOf, count: u32) -> Result<Vec<Change>, StoreError> {
        let address = match of {
            ChangesOf::Channel(address) => Some(address.to_string()),
            ChangesOf::All => None,
        };
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT h.id, h.at, h.platform, h.person, h.address, c.name, h.what
             FROM changes h LEFT JOIN channels c ON c.address = h.address
             WHERE $1 IS NULL OR h.address = $1 ORDER BY h.id DESC LIMIT $2",
        )
        .bind(address)
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Change::try_from)))
    }
}
