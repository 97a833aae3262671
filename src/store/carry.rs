//! Carrying everything over from one database to another, of either kind, and looking whether it arrived: each table is
//! counted, and what its rows say is summed up, on both sides.
//!
//! Full-text indexes are of their database; the words are written anew from the digests.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use futures::TryStreamExt as _;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Row as _, Transaction};

use super::Store;
use super::archive;
use super::backend::Backend;
use super::error::StoreError;
use super::rows::Flag;

/// The tables, each after those that its rows point to. Leases stay behind, and shards with their sessions: they are of those
/// who work there; so does the version, which is that of the program that made the tables.
const TABLES: &[&str] = &[
    "feeds",
    "digests",
    "digest_names",
    "withdrawn_articles",
    "posts",
    "pushes",
    "links",
    "channels",
    "subscriptions",
    "mutes",
    "deliveries",
    "texts",
    "messages",
    "resends",
    "waits",
    "notes",
    "announcements",
    "changes",
    "greetings",
    "alarms",
    "desk_sessions",
    "bots",
    "articles",
    "article_companies",
    "article_topics",
    "company_days",
    "topic_days",
];
/// Rows that are written with one statement.
const AT_ONCE: usize = 200;

/// What was carried over of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// The table.
    pub table: &'static str,
    /// Its rows, and the sum of what they say, the same on both sides.
    pub sum: Sum,
}

/// How many rows, and what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Rows.
    pub rows: u64,
    /// The sum of their hashes.
    pub hash: u64,
}

/// Tells PostgreSQL what its tables hold that have just been filled: by itself it looks after a minute, and until then takes
/// them for empty.
pub(super) async fn note_filled(tx: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
    if Backend::behind(tx) == Backend::Postgres {
        let analyze = format!("ANALYZE {}", TABLES.join(", "));
        sqlx::query(sqlx::AssertSqlSafe(analyze)).execute(&mut **tx).await?;
    }
    Ok(())
}

/// What a column holds, in both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Flag,
    Text,
    Bytes,
}

/// A column's value.
#[derive(Debug, Hash)]
enum Value {
    Number(Option<i64>),
    Flag(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// A table's columns.
struct Table {
    name: &'static str,
    columns: Vec<(String, Kind)>,
}

impl Store {
    /// Puts everything that `from` has into this database, which must be empty, in one transaction. Nobody else may work
    /// on either meanwhile.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if it is not empty; [`StoreError::NotTheSame`] if what arrived is not what was sent;
    /// [`StoreError::Leased`] if programs work on one of them; if a database fails. Nothing is changed then.
    pub async fn carry_over(&self, from: &Self) -> Result<Vec<Carried>, StoreError> {
        for store in [from, self] {
            if let Some(owner) = store.somebody().await? {
                return Err(StoreError::Leased { owner });
            }
        }
        let mut tx = self.begin().await?;
        self.expect_empty(&mut tx).await?;
        let mut carried = Vec::with_capacity(TABLES.len());
        for name in TABLES {
            let table = Table::between(name, from, self).await?;
            let sent = table.copy(&from.read, &mut tx).await?;
            let arrived = table.sum(&mut tx).await?;
            if sent != arrived {
                return Err(StoreError::NotTheSame { table: name, sent: sent.rows, arrived: arrived.rows });
            }
            self.backend.number_on(&mut tx, name).await?;
            carried.push(Carried { table: name, sum: sent });
        }
        archive::put_all_words(&mut tx).await?;
        let sent: i64 = sqlx::query_scalar("SELECT count(*) FROM articles").fetch_one(&from.read).await?;
        let arrived: i64 =
            sqlx::query_scalar("SELECT count(*) FROM article_words").fetch_one(&mut *tx).await?;
        if sent != arrived {
            let (sent, arrived) = (sent.unsigned_abs(), arrived.unsigned_abs());
            return Err(StoreError::NotTheSame { table: "article_words", sent, arrived });
        }
        note_filled(&mut tx).await?;
        tx.commit().await?;
        Ok(carried)
    }

    /// That nothing is in this database yet.
    pub(super) async fn expect_empty(&self, tx: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
        let channels: i64 = sqlx::query_scalar("SELECT count(*) FROM channels").fetch_one(&mut **tx).await?;
        let digests: i64 = sqlx::query_scalar("SELECT count(*) FROM digests").fetch_one(&mut **tx).await?;
        if channels > 0 || digests > 0 { Err(StoreError::NotEmpty { channels, digests }) } else { Ok(()) }
    }
}

impl Table {
    /// The columns that both databases have; SQLite numbers rows by itself where PostgreSQL has a column for it.
    async fn between(name: &'static str, from: &Store, to: &Store) -> Result<Self, StoreError> {
        let types = from.backend.column_types(&from.read, name).await?;
        let others = to.backend.column_types(&to.read, name).await?;
        let kind = |column: &str, of: &str| {
            let other = others.iter().find(|(other, _)| other == column).map_or("", |(_, of)| of.as_str());
            match of.to_ascii_lowercase().as_str() {
                "boolean" => Kind::Flag,
                _ if other == "boolean" => Kind::Flag,
                "integer" | "bigint" => Kind::Number,
                "blob" | "bytea" => Kind::Bytes,
                _ => Kind::Text,
            }
        };
        let columns = types.iter().filter(|(column, _)| column != "rowid");
        Ok(Self { name, columns: columns.map(|(column, of)| (column.clone(), kind(column, of))).collect() })
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    async fn copy(&self, from: &AnyPool, to: &mut AnyConnection) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        let mut waiting: Vec<Vec<Value>> = Vec::with_capacity(AT_ONCE);
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(self.select())).fetch(from);
        while let Some(row) = rows.try_next().await? {
            let values = self.values(&row)?;
            sum.add(&values);
            waiting.push(values);
            if waiting.len() == AT_ONCE {
                self.insert(&mut waiting, to).await?;
            }
        }
        self.insert(&mut waiting, to).await?;
        Ok(sum)
    }

    async fn sum(&self, of: &mut AnyConnection) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(self.select())).fetch(of);
        while let Some(row) = rows.try_next().await? {
            sum.add(&self.values(&row)?);
        }
        Ok(sum)
    }

    fn values(&self, row: &AnyRow) -> Result<Vec<Value>, sqlx::Error> {
        let value = |(place, (_, kind)): (usize, &(String, Kind))| {
            Ok(match kind {
                Kind::Number => Value::Number(row.try_get(place)?),
                Kind::Flag => Value::Flag(row.try_get::<Option<Flag>, _>(place)?.map(bool::from)),
                Kind::Text => Value::Text(row.try_get(place)?),
                Kind::Bytes => Value::Bytes(row.try_get(place)?),
            })
        };
        self.columns.iter().enumerate().map(value).collect()
    }

    async fn insert(&self, rows: &mut Vec<Vec<Value>>, to: &mut AnyConnection) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let width = self.columns.len();
        let insert = format!(
            "INSERT INTO {} ({}) VALUES {}",
            self.name,
            self.names(),
            Backend::behind(to).places(rows.len(), width)
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(insert));
        for value in rows.drain(..).flatten() {
            insert = match value {
                Value::Number(number) => insert.bind(number),
                Value::Flag(flag) => insert.bind(flag),
                Value::Text(text) => insert.bind(text),
                Value::Bytes(bytes) => insert.bind(bytes),
            };
        }
        insert.execute(to).await?;
        Ok(())
    }
}

impl Sum {
    fn add(&mut self, values: &[Value]) {
        let mut hash = DefaultHasher::new();
        values.hash(&mut hash);
        self.rows += 1;
        self.hash = self.hash.wrapping_add(hash.finish());
    }
}

impl Backend {
    /// Lets the database number further rows of a table after those that came with their numbers.
    pub(super) async fn number_on(self, to: &mut AnyConnection, table: &str) -> Result<(), StoreError> {
        if self == Self::Postgres {
            let columns = self.column_types(&mut *to, table).await?;
            if columns.iter().any(|(column, _)| column == "id") {
                let number = format!(
                    "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0"
                );
                sqlx::raw_sql(sqlx::AssertSqlSafe(number)).execute(to).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
