//! How the database can fail, each with its cure.

use std::path::PathBuf;

/// Something is wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is none that can be opened.
    #[error("`{url}` is no database address: write `sqlite://data/jogan.db` (key `database.url`)")]
    Address {
        /// The address as configured.
        url: String,
        /// What is wrong with it.
        source: sqlx::Error,
    },
    /// The folder of the database file cannot be made.
    #[error("cannot make the folder {} for the database; create it, or point `database.url` elsewhere", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Another process runs on this database.
    #[error("another jogan runs on this database ({} is locked); stop it first", lock.display())]
    InUse {
        /// The lock file.
        lock: PathBuf,
    },
    /// The lock file cannot be opened.
    #[error("cannot open the lock file {}; may this user write to its folder?", lock.display())]
    Lock {
        /// The lock file.
        lock: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database was written by a newer version.
    #[error(
        "the database is at migration {found}, which this version does not know; run the newer jogan that wrote it, or restore the backup beside it"
    )]
    Newer {
        /// The migration that is unknown here.
        found: i64,
    },
    /// A migration failed.
    #[error("a migration of the database failed; nothing of it was kept")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A row that does not mean anything to this version.
    #[error("row {id} of {table} cannot be read: {reason}")]
    BadRow {
        /// The table.
        table: &'static str,
        /// The row.
        id: i64,
        /// What is wrong with it.
        reason: String,
    },
    /// Any other failure of the database.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    pub(crate) fn from_migration(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(found)
            | sqlx::migrate::MigrateError::VersionTooNew(found, _) => Self::Newer { found },
            other => Self::Migration(other),
        }
    }

    pub(crate) fn bad_row(table: &'static str, id: i64, reason: impl ToString) -> Self {
        Self::BadRow { table, id, reason: reason.to_string() }
    }
}
