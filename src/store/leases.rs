//! Leases: what of the work is whose, among programs on one PostgreSQL. And wake-ups from one to the others, and rounds that
//! all of them do.
//!
//! An SQLite file is one program's (`lock.rs`), which has every lease for good and nobody else to wake.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use sqlx::postgres::PgListener;

use super::Store;
use super::backend::Backend;
use super::error::StoreError;
use crate::model::channel::Platform;

/// The channel that wake-ups go by. Other schemas of the same database may hear them too; an idle look harms nobody.
const WAKES: &str = "jogan_wakes";
/// The server's clock, in milliseconds since 1970.
pub(super) const NOW: &str = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

/// Hears the wake-ups of all programs on the database.
#[derive(Debug)]
pub struct Wakes(PgListener);

impl Store {
    /// Whether several programs may work on the database at a time, so that work is leased.
    pub fn is_shared(&self) -> bool {
        self.backend == Backend::Postgres
    }

    /// Takes a lease or renews it, from now on for `hold`. Returns whether it is the owner's now: nobody else's was
    /// still running.
    ///
    /// # Errors
    /// If the database fails; then nobody knows.
    pub async fn hold(&self, lease: &str, owner: &str, hold: Duration) -> Result<bool, StoreError> {
        if !self.is_shared() {
            return Ok(true);
        }
        let held = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO leases (name, owner, until) VALUES ($1, $2, {NOW} + $3)
             ON CONFLICT (name) DO UPDATE SET owner = $2, until = {NOW} + $3
             WHERE leases.owner = $2 OR leases.until <= {NOW}"
        )))
        .bind(lease)
        .bind(owner)
        .bind(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX))
        .execute(&self.leases)
        .await?;
        Ok(held.rows_affected() > 0)
    }

    /// Gives a lease back, so that others need not wait for its end.
    ///
    /// # Errors
    /// If the database fails; then it ends by itself.
    pub async fn give_back(&self, lease: &str, owner: &str) -> Result<(), StoreError> {
        if self.is_shared() {
            sqlx::query("UPDATE leases SET until = 0 WHERE name = $1 AND owner = $2")
                .bind(lease)
                .bind(owner)
                .execute(&self.leases)
                .await?;
        }
        Ok(())
    }

    /// Somebody who works on the database and has a lease, if there is one.
    pub(super) async fn somebody(&self) -> Result<Option<String>, StoreError> {
        if !self.is_shared() {
            return Ok(None);
        }
        let owner = format!("SELECT owner FROM leases WHERE until > {NOW} LIMIT 1");
        Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(owner)).fetch_optional(&self.read).await?)
    }

    /// Tells all programs on the database, this one too, that there is something new about a topic.
    ///
    /// # Errors
    /// If the database fails; then they find it when they look by themselves.
    pub async fn wake_all(&self, topic: &str) -> Result<(), StoreError> {
        if self.is_shared() {
            sqlx::query("SELECT pg_notify($1, $2)").bind(WAKES).bind(topic).execute(&self.write).await?;
        }
        Ok(())
    }

    /// Begins to hear wake-ups; `None`: there is nobody to hear.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn wakes(&self) -> Result<Option<Wakes>, StoreError> {
        if !self.is_shared() {
            return Ok(None);
        }
        let mut listener = PgListener::connect(self.url.expose_secret()).await?;
        listener.listen(WAKES).await?;
        Ok(Some(Wakes(listener)))
    }

    /// One round more of something that all programs do. Returns its number.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_round(&self, name: &str) -> Result<i64, StoreError> {
        let number = sqlx::query_scalar(
            "INSERT INTO rounds (name, number) VALUES ($1, 1)
             ON CONFLICT (name) DO UPDATE SET number = rounds.number + 1 RETURNING number",
        );
        Ok(number.bind(name).fetch_one(&self.write).await?)
    }

    /// The number of the last round.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn round(&self, name: &str) -> Result<i64, StoreError> {
        let number: Option<i64> = sqlx::query_scalar("SELECT number FROM rounds WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.read)
            .await?;
        Ok(number.unwrap_or(0))
    }

    /// Keeps the bot's username on a platform.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_bot(&self, platform: Platform, username: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bots (platform, username) VALUES ($1, $2)
             ON CONFLICT (platform) DO UPDATE SET username = $2",
        )
        .bind(platform.name())
        .bind(username)
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The bot's username on a platform, if it was ever there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn bot(&self, platform: Platform) -> Result<Option<String>, StoreError> {
        let username = sqlx::query_scalar("SELECT username FROM bots WHERE platform = $1");
        Ok(username.bind(platform.name()).fetch_optional(&self.read).await?)
    }
}

impl Wakes {
    /// The topic of the next wake-up; `None`: the connection was lost in between, and anything may have been missed.
    ///
    /// # Errors
    /// If the database cannot be reached; asked again, it tries to.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_recv().await?.map(|wake| wake.payload().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rounds_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&crate::test_database::url_in(folder.path())).await.unwrap();
        assert_eq!(store.round("reload").await.unwrap(), 0);
        assert_eq!(store.begin_round("reload").await.unwrap(), 1);
        assert_eq!(store.begin_round("reload").await.unwrap(), 2);
        assert_eq!(store.round("reload").await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_is_written_after_a_beginning_that_was_given_up_stays() {
        let folder = tempfile::tempdir().unwrap();
        let url = crate::test_database::url_in(folder.path());
        let store = Store::open(&url).await.unwrap();
        let other = Store::open(&url).await.unwrap();
        let deciding = other.begin().await.unwrap();
        // As many as there are connections.
        let given_up = (0..4).map(|_| tokio::time::timeout(Duration::from_millis(300), store.begin()));
        let given_up = futures::future::join_all(given_up).await;
        assert!(given_up.iter().all(Result::is_err), "they wait for the one that decides");
        deciding.rollback().await.unwrap();
        for _ in 0..4 {
            store.begin_round("test").await.unwrap();
        }
        store.close().await;
        assert_eq!(other.round("test").await.unwrap(), 4);
    }
}
