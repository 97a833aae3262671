//! How the database can fail, each with its cure.

use std::path::PathBuf;

use sqlx::postgres::PgDatabaseError;

/// Something is wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is none that can be opened.
    #[error(
        "`{url}` is no database address: write `sqlite://data/jogan.db` or `postgres://user:password@host/jogan` (key `database.url`)"
    )]
    Address {
        /// The address as configured.
        url: String,
        /// What is wrong with it; `None`: it is for no database that is known here.
        source: Option<sqlx::Error>,
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
        "the database was migrated by {}: its migration {found} is unknown to this version ({}); run that version, or restore the copy `….before-…` beside the database", wants.as_deref().map_or("a newer jogan".to_owned(), |version| format!("jogan {version}")), env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The migration that is unknown here.
        found: i64,
        /// The version that migrated it last, if it is known.
        wants: Option<String>,
    },
    /// What is to be restored was written by a version that kept what messages say elsewhere.
    #[error(
        "the file is of jogan {version}, which kept what waiting messages say in another way; update the old server, and export there again"
    )]
    Older {
        /// The version that wrote it.
        version: String,
    },
    /// A copy of the database cannot be written: one that was asked for, or the one from before a migration.
    #[error("cannot write a copy of the database to {}; is there room, and may this user write there?", copy.display())]
    Copy {
        /// The copy's file.
        copy: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What another database wrote out is to be read into one that is in use.
    #[error(
        "this database has {channels} channels and {digests} digests already; restore into a new one (key `database.url`)"
    )]
    NotEmpty {
        /// How many channels it has.
        channels: i64,
        /// How many digests it has.
        digests: i64,
    },
    /// What is copied from one database to another did not arrive.
    #[error(
        "{table}: {sent} rows were carried over, and {arrived} arrived, or they say something else; nothing was kept"
    )]
    NotTheSame {
        /// The table.
        table: &'static str,
        /// Rows that were sent.
        sent: u64,
        /// Rows that are there.
        arrived: u64,
    },
    /// Programs work on a server's database.
    #[error("another jogan ({owner}) runs on this database; stop it first")]
    Leased {
        /// Who has a lease.
        owner: String,
    },
    /// A server's database is not copied by this program.
    #[error(
        "a database of PostgreSQL is copied with its own tool: `pg_dump --format=custom --file=FILE ADDRESS`"
    )]
    Server,
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
    #[error("the database failed{}", cure(.0))]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    pub(crate) fn from_migration(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(found)
            | sqlx::migrate::MigrateError::VersionTooNew(found, _) => Self::Newer { found, wants: None },
            other => Self::Migration(other),
        }
    }

    pub(crate) fn bad_row(table: &'static str, id: i64, reason: impl ToString) -> Self {
        Self::BadRow { table, id, reason: reason.to_string() }
    }
}

/// What to do about a failure: by SQLite's primary result code (<https://sqlite.org/rescode.html>), or by the class of
/// PostgreSQL's code (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn cure(error: &sqlx::Error) -> &'static str {
    let Some(error) = error.as_database_error() else { return "" };
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        return match code.get(..2) {
            Some("28") => {
                "; the server refuses this user: look at the name and the password in `database.url`"
            }
            Some("3D") => "; the server has no such database: create it",
            Some("53") => "; the server has no room or no connection left",
            Some("57") => "; the server is stopping, or somebody ended the connection",
            _ => "",
        };
    }
    match code.parse().map(|code: i32| code & 0xff) {
        Ok(5 | 6) => "; another program has been writing to it for too long: end that",
        Ok(8) => "; it cannot be written: give this user the right to write the file and its folder",
        Ok(10) => "; its disk fails, or the file may not grow: look at the system's log and limits",
        Ok(11 | 26) => "; the file is damaged, or no database: restore a copy",
        Ok(13) => "; the disk is full: make room",
        Ok(14) => "; the file cannot be opened: give this user the right to write its folder",
        _ => "",
    }
}
