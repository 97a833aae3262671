//! The two databases that the store works on, SQLite and PostgreSQL: how each is opened, and the few texts in which they
//! differ. All other SQL is one text for both; where PostgreSQL lacks a function of SQLite's, its migrations define it.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Executor as _};
use url::Url;

use super::error::StoreError;

/// Connections for reading.
const READERS: u32 = 4;
/// Connections for writing to PostgreSQL. SQLite knows one writer at a time, and queueing for it here is fairer than the
/// file's lock.
const POSTGRES_WRITERS: u32 = 4;
/// Connections for leases: renewing one waits for no transaction.
const POSTGRES_LEASES: u32 = 2;
/// How long a call waits for a connection to PostgreSQL: a server that is gone is to be noticed before leases are over.
const POSTGRES_WITHIN: Duration = Duration::from_secs(4);

/// What each connection is told first. SQLite with `synchronous = NORMAL` may lose the last commits when the power goes,
/// and what was sent would be sent again; it waits for another process's write so long. PostgreSQL ends a transaction
/// whose program has stopped in the middle, so that others do not wait for it.
const SQLITE_SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON";
const POSTGRES_SETUP: &str = "SET idle_in_transaction_session_timeout = '4s'; SET lock_timeout = '8s'; \
     SET statement_timeout = '60s'; SET jit = off; SET client_min_messages = warning";
/// Whatever is written is found by its key. A table that was just filled is taken for empty, and read whole for each row, until
/// somebody has counted it; the checks of foreign keys, too, keep such a plan.
const POSTGRES_WRITING: &str = "SET enable_seqscan = off";

/// Waits for PostgreSQL's transactions that decide, and holds them up; not those that claim.
const BESIDE_CLAIMS: &str = "SELECT pg_advisory_xact_lock_shared(hashtext(current_schema()))";

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// The database that an address means.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(StoreError::Address { url: shown(url), source: None }),
        }
    }

    /// The database behind a connection.
    pub(super) fn behind(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "SQLite" { Self::Sqlite } else { Self::Postgres }
    }

    /// What begins a transaction that writes.
    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// What a transaction that decides by what it reads begins with. There is one at a time: SQLite has such a lock from the
    /// beginning, on PostgreSQL it is one that all who work on the same tables agree on.
    pub(super) fn decide(self) -> Option<&'static str> {
        (self == Self::Postgres).then_some("SELECT pg_advisory_xact_lock(hashtext(current_schema()))")
    }

    /// What a transaction that claims begins with: next to others that claim, never next to one that decides.
    pub(super) fn claim(self) -> Option<&'static str> {
        (self == Self::Postgres).then_some(BESIDE_CLAIMS)
    }

    /// The pools for writing, for reading, and for leases. A database that is not there is created: SQLite's file with its folder,
    /// PostgreSQL's schema (`?options[search_path]=…`; the server's database has to be there).
    pub(super) async fn connect(self, url: &str) -> Result<(AnyPool, AnyPool, AnyPool), StoreError> {
        sqlx::any::install_default_drivers();
        match self {
            Self::Sqlite => {
                let options = sqlite_options(url)?;
                if let Some(folder) = folder_of(&options) {
                    std::fs::create_dir_all(folder)
                        .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
                }
                let mode = match (url.contains("mode="), url.contains('?')) {
                    (true, _) => "",
                    (false, true) => "&mode=rwc",
                    (false, false) => "?mode=rwc",
                };
                let url = format!("{url}{mode}");
                let write = pool(1, &[SQLITE_SETUP]).connect_with(any(&url)?).await?;
                let read = pool(READERS, &[SQLITE_SETUP]).connect_with(any(&url)?).await?;
                Ok((write.clone(), read, write))
            }
            Self::Postgres => {
                let pool = |size, setup| pool(size, setup).acquire_timeout(POSTGRES_WITHIN);
                let writing = &[POSTGRES_SETUP, POSTGRES_WRITING];
                let write = pool(POSTGRES_WRITERS, writing).connect_with(any(url)?).await?;
                create_schema(&write).await?;
                Ok((
                    write,
                    pool(READERS, &[POSTGRES_SETUP]).connect_with(any(url)?).await?,
                    pool(POSTGRES_LEASES, &[POSTGRES_SETUP]).connect_with(any(url)?).await?,
                ))
            }
        }
    }

    /// Places for values in a statement that writes so many rows of so many columns at once: `($1, $2), ($3, $4)`. SQLite
    /// takes `$1` for a name, and looks through all names for each; its own places have none.
    pub(super) fn places(self, rows: usize, columns: usize) -> String {
        let place = |number: usize| match self {
            Self::Sqlite => "?".to_owned(),
            Self::Postgres => format!("${number}"),
        };
        let row = |row: usize| {
            let places: Vec<String> = (1..=columns).map(|column| place(row * columns + column)).collect();
            format!("({})", places.join(", "))
        };
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    }

    /// A statement's first words, and the source of the pairs (`s.key`, `s.value`) in the JSON object that is its only list: one
    /// statement, whatever their number. Next to others that claim, never next to one that decides.
    pub(super) fn pairs(self) -> (String, &'static str) {
        match self {
            Self::Sqlite => (String::new(), "json_each($1) s"),
            Self::Postgres => (
                format!("WITH turn AS MATERIALIZED ({BESIDE_CLAIMS})"),
                "turn, json_each_text(CAST($1 AS json)) s",
            ),
        }
    }

    /// All rows `r` of a query as one, a JSON array of arrays of these columns ([`read_gathered`](super::rows::read_gathered)).
    /// Each row that comes by itself, and each of its values, is handed from one thread to another, which takes longer than to
    /// find it.
    pub(super) fn gathered(self, columns: &[&str]) -> String {
        let columns: Vec<String> = columns.iter().map(|column| format!("r.{column}")).collect();
        let columns = columns.join(", ");
        match self {
            Self::Sqlite => format!("json_group_array(json_array({columns}))"),
            Self::Postgres => format!("CAST(coalesce(json_agg(json_build_array({columns})), '[]') AS TEXT)"),
        }
    }

    /// The end of a query that takes channels for a transaction: those that no other has. SQLite has one at a time.
    pub(super) fn free_channels(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR NO KEY UPDATE OF c SKIP LOCKED",
        }
    }

    /// The columns of a table and their types, in its order.
    pub(super) async fn column_types<'c>(
        self,
        connection: impl sqlx::Executor<'c, Database = Any>,
        table: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let columns = match self {
            Self::Sqlite => "SELECT name, type FROM pragma_table_info($1)",
            Self::Postgres => {
                "SELECT CAST(attname AS TEXT), format_type(atttypid, NULL) FROM pg_attribute
                 WHERE attrelid = CAST(CAST($1 AS TEXT) AS regclass) AND attnum > 0 AND NOT attisdropped
                 ORDER BY attnum"
            }
        };
        Ok(sqlx::query_as(columns).bind(table).fetch_all(connection).await?)
    }

    /// A connection to a database that is there; nothing is created.
    pub(super) async fn connect_to_existing(self, url: &str) -> Result<AnyPool, StoreError> {
        sqlx::any::install_default_drivers();
        let setup = match self {
            Self::Sqlite => &["PRAGMA busy_timeout = 5000"],
            Self::Postgres => &[POSTGRES_SETUP],
        };
        Ok(pool(1, setup).acquire_timeout(POSTGRES_WITHIN).connect(url).await?)
    }
}

/// How any database reads an address. Statements that take long are not logged: those that write much at once are
/// themselves as long as a book.
fn any(url: &str) -> Result<AnyConnectOptions, StoreError> {
    Ok(AnyConnectOptions::from_str(url)?.disable_statement_logging())
}

fn pool(size: u32, setup: &'static [&'static str]) -> sqlx::pool::PoolOptions<Any> {
    AnyPoolOptions::new()
        .max_connections(size)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for setting in setup {
                    connection.execute(sqlx::raw_sql(*setting)).await?;
                }
                Ok(())
            })
        })
        // After a full disk or a failed one SQLite has taken a transaction back by itself; sqlx still believes in it,
        // and would refuse to begin another on that connection for ever.
        .before_acquire(|connection, _| {
            let is_free = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_free) })
        })
}

/// Creates the schema that the address names, if it is not there.
async fn create_schema(pool: &AnyPool) -> Result<(), StoreError> {
    let missing: Option<String> =
        sqlx::query_scalar("SELECT current_setting('search_path') WHERE current_schema() IS NULL")
            .fetch_optional(pool)
            .await?;
    if let Some(schema) = missing {
        let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(pool).await?;
    }
    Ok(())
}

/// How SQLite reads an address.
pub(super) fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    SqliteConnectOptions::from_str(url)
        .map_err(|source| StoreError::Address { url: shown(url), source: Some(source) })
}

/// An address as it may be shown: a server's without the password and what else it is told.
pub(super) fn shown(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut address) if address.scheme() != "sqlite" => {
            address.set_query(None);
            if address.password().is_some() {
                // It has a host then, as a password needs.
                let _ = address.set_password(Some("***"));
            }
            address.into()
        }
        _ => url.to_owned(),
    }
}

/// The folder of SQLite's file, unless it is the working directory.
pub(super) fn folder_of(options: &SqliteConnectOptions) -> Option<&Path> {
    options.get_filename().parent().filter(|folder| *folder != Path::new(""))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("sqlite://data/jogan.db", "sqlite://data/jogan.db")]
    #[case("postgres://jogan:s3cret@db.example.org/jogan", "postgres://jogan:***@db.example.org/jogan")]
    #[case("postgres://jogan@db.example.org/jogan?password=s3cret", "postgres://jogan@db.example.org/jogan")]
    #[case("mysql://jogan:s3cret@db.example.org/jogan", "mysql://jogan:***@db.example.org/jogan")]
    fn no_password_is_shown(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(shown(url), expected);
    }
}
