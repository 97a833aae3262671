//! Discord's gateway as programs that share the work see it: what Discord said of it, who has which shard, when the next
//! session may begin, and where each shard's session goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Store;
use super::error::StoreError;
use super::leases::NOW;
use super::rows::{Row, millis};
use crate::model::channel::Platform;

/// What Discord said of its gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGateway {
    /// Where sessions begin.
    pub url: String,
    /// How many shards the bot needs; at least one.
    pub shards: u32,
    /// How many shards may begin their sessions within 5 s; at least one.
    pub max_concurrency: u32,
    /// How many sessions may still begin.
    pub sessions_left: u32,
    /// When that number is a new one.
    pub resets_at: DateTime<Utc>,
}

/// The session of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// What Discord calls it.
    pub id: String,
    /// Where it goes on.
    pub url: String,
    /// The number of the last event that was dealt with.
    pub seq: u64,
    /// The bot's own id.
    pub account: u64,
    /// The application's id.
    pub application: u64,
}

/// A shard: its number, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shard {
    /// From zero.
    pub number: u32,
    /// Of so many.
    pub of: u32,
}

/// Who has shards, among the programs that want some.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    /// How many each of them has, those without any too.
    pub counts: BTreeMap<String, u32>,
    /// Shards that nobody has.
    pub free: Vec<u32>,
    /// Those of the one who asked.
    pub mine: Vec<u32>,
}

/// Programs that want shards keep a lease of this name and their own.
const WANTS: &str = "shards-for/";

fn lease(shard: Shard) -> String {
    format!("{}{:04}", leases_of(shard.of), shard.number)
}

/// What the leases of all shards begin with; with a bar at the end, so that one is no beginning of another.
fn leases_of(shards: u32) -> String {
    format!("discord-shard-of-{shards}/")
}

impl Store {
    /// Keeps what Discord said of its gateway, in place of what it said before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_gateway(&self, gateway: &StoredGateway) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO gateways (platform, url, shards, max_concurrency, sessions_left, resets_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (platform) DO UPDATE SET url = $2, shards = $3, max_concurrency = $4, sessions_left = $5,
                 resets_at = $6",
        )
        .bind(Platform::Discord.name())
        .bind(&gateway.url)
        .bind(i64::from(gateway.shards))
        .bind(i64::from(gateway.max_concurrency))
        .bind(i64::from(gateway.sessions_left))
        .bind(millis(gateway.resets_at))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// What Discord said of its gateway; `None`: it has to be asked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn gateway(&self) -> Result<Option<StoredGateway>, StoreError> {
        let row: Option<(String, i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT url, shards, max_concurrency, sessions_left, resets_at FROM gateways WHERE platform = $1",
        )
        .bind(Platform::Discord.name())
        .fetch_optional(&self.read)
        .await?;
        let of = Row { table: "gateways", id: 0 };
        row.map(|(url, shards, max_concurrency, left, resets_at)| {
            Ok(StoredGateway {
                url,
                shards: of.count(shards)?.max(1),
                max_concurrency: of.count(max_concurrency)?.max(1),
                sessions_left: of.count(left.max(0))?,
                resets_at: of.instant(resets_at)?,
            })
        })
        .transpose()
    }

    /// What Discord said holds no longer: a session was refused for it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_gateway(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM gateways").execute(&self.write).await?;
        Ok(())
    }

    /// One session more begins.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_session(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE gateways SET sessions_left = sessions_left - 1").execute(&self.write).await?;
        Ok(())
    }

    /// Where a shard's session goes on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session(&self, shard: Shard) -> Result<Option<StoredSession>, StoreError> {
        let row: Option<(String, String, i64, String, String)> = sqlx::query_as(
            "SELECT session, url, seq, account, app FROM shard_sessions WHERE shard = $1 AND shards = $2",
        )
        .bind(i64::from(shard.number))
        .bind(i64::from(shard.of))
        .fetch_optional(&self.read)
        .await?;
        Ok(row.and_then(|(id, url, seq, account, application)| {
            let (account, application) = (account.parse().ok()?, application.parse().ok()?);
            Some(StoredSession { id, url, seq: u64::try_from(seq).ok()?, account, application })
        }))
    }

    /// Keeps where a shard's session goes on; `None`: nowhere.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_session(
        &self,
        shard: Shard,
        session: Option<&StoredSession>,
    ) -> Result<(), StoreError> {
        let (number, of) = (i64::from(shard.number), i64::from(shard.of));
        match session {
            Some(session) => {
                sqlx::query(
                    "INSERT INTO shard_sessions (shard, shards, session, url, seq, account, app)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT (shard, shards) DO UPDATE SET session = $3, url = $4, seq = $5, account = $6, app = $7",
                )
                .bind(number)
                .bind(of)
                .bind(&session.id)
                .bind(&session.url)
                .bind(i64::try_from(session.seq).unwrap_or(i64::MAX))
                .bind(session.account.to_string())
                .bind(session.application.to_string())
                .execute(&self.write)
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM shard_sessions WHERE shard = $1 AND shards = $2")
                    .bind(number)
                    .bind(of)
                    .execute(&self.write)
                    .await?;
            }
        }
        Ok(())
    }

    /// Renews a program's wish for shards and all shards that it has, and tells who has what. What it had and is not
    /// told of any more is lost.
    ///
    /// # Errors
    /// If the database fails; then nobody knows.
    pub async fn renew_shards(&self, of: u32, owner: &str, hold: Duration) -> Result<Holders, StoreError> {
        let wish = format!("{WANTS}{owner}");
        self.hold(&wish, owner, hold).await?;
        let prefix = leases_of(of);
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE leases SET until = {NOW} + $3 WHERE owner = $1 AND name LIKE $2 AND until > {NOW}"
        )))
        .bind(owner)
        .bind(format!("{prefix}%"))
        .bind(i64::try_from(hold.as_millis()).unwrap_or(i64::MAX))
        .execute(&self.leases)
        .await?;
        let rows: Vec<(String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT name, owner FROM leases WHERE until > {NOW} AND (name LIKE $1 OR name LIKE $2)"
        )))
        .bind(format!("{prefix}%"))
        .bind(format!("{WANTS}%"))
        .fetch_all(&self.leases)
        .await?;
        let mut holders = Holders { free: (0..of).collect(), ..Holders::default() };
        for (name, holder) in rows {
            let count = holders.counts.entry(holder.clone()).or_default();
            let Some(number) = name.strip_prefix(&prefix).and_then(|number| number.parse().ok()) else {
                continue;
            };
            *count += 1;
            holders.free.retain(|free| *free != number);
            if holder == owner {
                holders.mine.push(number);
            }
        }
        holders.mine.sort_unstable();
        Ok(holders)
    }

    /// Takes a shard that nobody has. Returns whether it is the owner's now.
    ///
    /// # Errors
    /// If the database fails; then nobody knows.
    pub async fn take_shard(&self, shard: Shard, owner: &str, hold: Duration) -> Result<bool, StoreError> {
        self.hold(&lease(shard), owner, hold).await
    }

    /// Gives a shard back, so that another can have it at once.
    ///
    /// # Errors
    /// If the database fails; then it ends by itself.
    pub async fn give_shard_back(&self, shard: Shard, owner: &str) -> Result<(), StoreError> {
        self.give_back(&lease(shard), owner).await
    }

    /// Takes back a program's wish for shards; what such programs left behind when they died goes with it.
    ///
    /// # Errors
    /// If the database fails; then it ends by itself.
    pub async fn want_no_shards(&self, owner: &str) -> Result<(), StoreError> {
        if self.is_shared() {
            sqlx::query(sqlx::AssertSqlSafe(format!(
                "DELETE FROM leases WHERE name LIKE $1 AND (owner = $2 OR until < {NOW} - 60000)"
            )))
            .bind(format!("{WANTS}%"))
            .bind(owner)
            .execute(&self.leases)
            .await?;
        }
        Ok(())
    }

    /// Takes a slot that is free: nobody else may have it for so long. Returns whether it was.
    ///
    /// # Errors
    /// If the database fails; then nobody knows.
    pub async fn take_slot(&self, name: &str, taken_for: Duration) -> Result<bool, StoreError> {
        let taken = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO leases (name, owner, until) VALUES ($1, '', {NOW} + $2)
             ON CONFLICT (name) DO UPDATE SET until = {NOW} + $2 WHERE leases.until <= {NOW}"
        )))
        .bind(name)
        .bind(i64::try_from(taken_for.as_millis()).unwrap_or(i64::MAX))
        .execute(&self.leases)
        .await?;
        Ok(taken.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&crate::test_database::url_in(folder.path())).await.unwrap()
    }

    #[tokio::test]
    async fn what_discord_said_is_known_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let resets_at = DateTime::from_timestamp(1_772_402_400, 0).unwrap();
        let url = "wss://gateway.example".to_owned();
        let told = StoredGateway { url, shards: 4, max_concurrency: 2, sessions_left: 9, resets_at };
        store.keep_gateway(&told).await.unwrap();
        store.count_session().await.unwrap();
        assert_eq!(store.gateway().await.unwrap(), Some(StoredGateway { sessions_left: 8, ..told }));
        store.forget_gateway().await.unwrap();
        assert_eq!(store.gateway().await.unwrap(), None);
    }

    #[tokio::test]
    #[ignore = "needs a PostgreSQL: scripts/with-postgres"]
    async fn shards_and_slots_are_one_programs_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder).await;
        let hold = Duration::from_secs(60);
        let shard = Shard { number: 1, of: 3 };
        assert!(store.take_shard(shard, "one", hold).await.unwrap());
        assert!(!store.take_shard(shard, "two", hold).await.unwrap());
        store.renew_shards(3, "two", hold).await.unwrap();
        let holders = store.renew_shards(3, "one", hold).await.unwrap();
        let counts = BTreeMap::from([("one".to_owned(), 1), ("two".to_owned(), 0)]);
        assert_eq!(holders, Holders { counts, free: vec![0, 2], mine: vec![1] });
        store.give_shard_back(shard, "one").await.unwrap();
        assert!(store.take_shard(shard, "two", hold).await.unwrap());
        store.want_no_shards("one").await.unwrap();
        assert_eq!(store.renew_shards(3, "two", hold).await.unwrap().counts.len(), 1);
        assert!(store.take_slot("slot", hold).await.unwrap());
        assert!(!store.take_slot("slot", hold).await.unwrap());
    }
}
