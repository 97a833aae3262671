//! Browsers that are logged in at the desk, by a hash: whoever reads the database cannot act as any of them.

use chrono::{DateTime, Utc};

use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::millis;

impl Store {
    /// Notes that a browser has logged in, and forgets those whose time is over.
    ///
    /// # Errors
    /// If the database fails; then it is not logged in.
    pub async fn open_session(
        &self,
        token: &str,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM desk_sessions WHERE expires_at <= $1")
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO desk_sessions (token, created_at, expires_at) VALUES ($1, $2, $3)")
            .bind(token)
            .bind(millis(now))
            .bind(millis(until))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether a browser is logged in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_session(&self, token: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let count: i64 =
            sqlx::query_scalar("SELECT count(*) FROM desk_sessions WHERE token = $1 AND expires_at > $2")
                .bind(token)
                .bind(millis(now))
                .fetch_one(&self.read)
                .await?;
        Ok(count > 0)
    }

    /// Logs a browser out.
    ///
    /// # Errors
    /// If the database fails; then it is still logged in.
    pub async fn close_session(&self, token: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM desk_sessions WHERE token = $1").bind(token).execute(&self.write).await?;
        Ok(())
    }
}
