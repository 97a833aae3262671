//! Where the bot has said hello, so that it does so once.

use chrono::{DateTime, Utc};

use super::Store;
use super::error::StoreError;
use super::rows::millis;

/// A place that is greeted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeted {
    /// A Discord server, by its id.
    Server(u64),
    /// A Telegram group, by its id.
    Group(i64),
}

impl Greeted {
    fn key(self) -> String {
        match self {
            Self::Server(guild) => format!("discord:{guild}"),
            Self::Group(chat) => format!("telegram:{chat}"),
        }
    }
}

impl Store {
    /// Notes that a place is greeted. Returns whether it was not before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn greet(&self, place: Greeted, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let noted = sqlx::query(
            "INSERT INTO greetings (place, greeted_at) VALUES ($1, $2) ON CONFLICT (place) DO NOTHING",
        )
        .bind(place.key())
        .bind(millis(now))
        .execute(&self.write)
        .await?;
        Ok(noted.rows_affected() > 0)
    }
}
