//! All the SQL: digests, channels, subscriptions, the outbox. Nothing else in the crate knows a table.
//!
//! One file a table family, each an `impl Store`. A row becomes a model value at the edge; a row that cannot be
//! read (written by a newer version, edited by hand) is named in a [`StoreError::BadRow`] and, in lists, passed
//! over with a line in the log.

mod access;
mod alarms;
mod announcements;
mod archive;
mod changes;
mod channels;
mod corrections;
mod days;
mod digests;
mod error;
mod examine;
mod feeds;
mod greetings;
mod holds;
mod links;
mod lock;
mod mentions;
mod migrate;
mod mutes;
mod notes;
mod outbox;
mod pauses;
mod posts;
mod publishing;
mod pushes;
mod recall;
mod resend_all;
mod resends;
mod rows;
mod stale;
mod standing;
mod subscriptions;
mod traces;
mod transfer;
mod vitals;
mod waits;
mod withdrawn;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Sqlite, SqlitePool, Transaction};

pub use access::{Forgotten, LostChannel};
pub use alarms::ToPost;
pub use announcements::AnnouncementProgress;
pub use archive::{ArticleId, Cursor, Hits, Listed, MOST_HITS, Reclassified, Subject, Tally};
pub use changes::{Change, ChangesOf};
pub use corrections::{Corrected, CorrectedMessage, Outdated};
pub use days::KnownDigest;
pub use digests::{Kept, ToArchive, fingerprint};
pub use error::StoreError;
pub use examine::Schema;
pub use feeds::{FeedLoads, FeedState};
pub use greetings::Greeted;
pub use holds::HeldDigest;
pub use lock::Lock;
pub use notes::{NoteOutcome, WaitingNote};
pub use outbox::{NewDelivery, Planned};
pub use pauses::Pause;
pub use posts::LoadedPost;
pub use pushes::{Push, Received};
pub use recall::{Reach, RecallPlan, RecallProgress};
pub use resend_all::{ResendPlan, ResendProgress};
pub use resends::{DeliveryResult, LastDelivery, Resend};
pub use stale::{Anew, Stale};
pub use standing::PlatformStanding;
pub use subscriptions::Due;
pub use traces::{Delivered, Standing, Trace};
pub use transfer::{Moved, Transfer};
pub use vitals::{Arrival, Progress, Queue};
pub use waits::StoredWait;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a connection waits for another process's write before it reports that the database is locked.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections for reading. Writing has one of its own: SQLite knows one writer at a time, and queueing for it
/// here is fairer than the file's lock.
const READERS: u32 = 4;

/// The database. Cheap to clone: clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    read: SqlitePool,
    write: SqlitePool,
}

impl Store {
    /// Opens the database at `url` (`sqlite://data/jogan.db`), creates it with its folder if it is not there, and
    /// brings its tables up to date (`migrate.rs`).
    ///
    /// # Errors
    /// If the address is of another kind, the file cannot be opened, or it was written by a newer version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|source| StoreError::Address { url: url.to_owned(), source })?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may lose the last commits when the power goes, and what was sent would be sent again.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT);
        if let Some(folder) = options.get_filename().parent().filter(|folder| *folder != Path::new("")) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        }
        // After a full disk or a failed one SQLite has taken a transaction back by itself; sqlx still believes in it,
        // and would refuse to begin another on that connection for ever.
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        migrate::migrate(&MIGRATIONS, &write, options.get_filename()).await?;
        let read = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
        Ok(Self { read, write })
    }

    /// The folder of the database at `url`, for what is kept beside it.
    ///
    /// # Errors
    /// If the address is of another kind.
    pub fn folder(url: &str) -> Result<PathBuf, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|source| StoreError::Address { url: url.to_owned(), source })?;
        Ok(options.get_filename().parent().unwrap_or(Path::new("")).to_owned())
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    /// If it is not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.read).await?;
        Ok(())
    }

    /// Closes the connections; what was committed stays.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// Begins a transaction that writes: it takes the write lock at once, so that it never fails half way for
    /// having read first.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.write.begin_with("BEGIN IMMEDIATE").await?)
    }
}
