//! All the SQL: digests, channels, subscriptions, the outbox. Nothing else in the crate knows a table.
//!
//! One file a table family, each an `impl Store`. A row becomes a model value at the edge; a row that cannot be
//! read (written by a newer version, edited by hand) is named in a [`StoreError::BadRow`] and, in lists, passed
//! over with a line in the log.

mod access;
mod alarms;
mod announcements;
mod archive;
mod backend;
mod carry;
mod changes;
mod channels;
mod corrections;
mod days;
mod desk;
mod digests;
mod error;
mod examine;
mod feeds;
mod greetings;
mod holds;
mod leases;
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
mod servers;
mod shards;
mod stale;
mod standing;
mod subscriptions;
mod texts;
mod traces;
mod transfer;
mod vitals;
mod waits;
mod withdrawn;

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use sqlx::{Any, AnyPool, Transaction};
use tokio::task::JoinHandle;

pub use access::{Forgotten, LostChannel};
pub use alarms::ToPost;
pub use announcements::AnnouncementProgress;
pub use archive::{ArticleId, Cursor, Hits, Listed, MOST_HITS, Reclassified, Subject, Tally};
pub use carry::{Carried, Sum};
pub use changes::{Change, ChangesOf};
pub use corrections::{Corrected, CorrectedMessage, Outdated};
pub use days::KnownDigest;
pub use desk::{
    ArchivedDigest, ChannelEntry, ChannelFilter, DeliveryEntry, DeliveryFilter, DeliveryState, Health,
    MessageEntry, PlatformProgress, SlotCount,
};
pub use digests::{Kept, ToArchive, fingerprint};
pub use error::StoreError;
pub use examine::Schema;
pub use feeds::{FeedLoads, FeedState};
pub use greetings::Greeted;
pub use holds::HeldDigest;
pub use leases::Wakes;
pub use lock::Lock;
pub use notes::{NoteOutcome, WaitingNote};
pub use outbox::{NewDelivery, Planned, Texts};
pub use pauses::Pause;
pub use posts::LoadedPost;
pub use pushes::{Push, Received};
pub use recall::{Reach, RecallPlan, RecallProgress};
pub use resend_all::{ResendPlan, ResendProgress};
pub use resends::{DeliveryResult, LastDelivery, Resend};
pub use shards::{Holders, Shard, StoredGateway, StoredSession};
pub use stale::{Anew, Stale};
pub use standing::PlatformStanding;
pub use subscriptions::Due;
pub use traces::{Delivered, Standing, Trace};
pub use transfer::{Moved, Transfer};
pub use vitals::{Arrival, Progress, Queue};
pub use waits::StoredWait;

use backend::Backend;

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

fn migrations(backend: Backend) -> &'static sqlx::migrate::Migrator {
    match backend {
        Backend::Sqlite => &SQLITE_MIGRATIONS,
        Backend::Postgres => &POSTGRES_MIGRATIONS,
    }
}

/// The database. Cheap to clone: clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Backend,
    url: SecretString,
    read: AnyPool,
    write: AnyPool,
    /// For leases alone, where there are any.
    leases: AnyPool,
}

impl Store {
    /// Opens the database at `url` (`sqlite://data/jogan.db`, `postgres://user:password@host/jogan`), creates it if it is
    /// not there, and brings its tables up to date (`migrate.rs`).
    ///
    /// # Errors
    /// If the address is of another kind, the database cannot be opened, or it was written by a newer version.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let backend = Backend::of(url)?;
        let (write, read, leases) = backend.connect(url).await?;
        let options = (backend == Backend::Sqlite).then(|| backend::sqlite_options(url)).transpose()?;
        let file = options.as_ref().map(|options| options.get_filename());
        migrate::migrate(migrations(backend), &write, file).await?;
        Ok(Self { backend, url: url.into(), read, write, leases })
    }

    /// The folder of the database at `url`, for what is kept beside it. A server's is that of the shipped
    /// configuration, `data`.
    ///
    /// # Errors
    /// If the address is of another kind.
    pub fn folder(url: &str) -> Result<PathBuf, StoreError> {
        match Backend::of(url)? {
            Backend::Sqlite => {
                let options = backend::sqlite_options(url)?;
                Ok(backend::folder_of(&options).unwrap_or(Path::new("")).to_owned())
            }
            Backend::Postgres => Ok(PathBuf::from("data")),
        }
    }

    /// A database's address as it may be shown: without a password.
    pub fn shown(url: &str) -> String {
        backend::shown(url)
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    /// If it is not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.read).await?;
        Ok(())
    }

    /// Asks the database whether it can be written to.
    ///
    /// # Errors
    /// If it may only be read, or is not there.
    pub async fn check_writing(&self) -> Result<(), StoreError> {
        // Without the lock of those who decide: they may be at it for a while.
        let mut tx = self.begin_with(None).await?;
        sqlx::query("UPDATE program SET version = version").execute(&mut *tx).await?;
        Ok(tx.rollback().await?)
    }

    /// Closes the connections; what was committed stays.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
        self.leases.close().await;
    }

    /// Begins a transaction that writes: it takes the lock for writing at once, so that it never fails half way for
    /// having read first.
    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        self.begin_with(self.backend.decide()).await
    }

    /// Begins a transaction that claims: next to others that claim, where the database can, and alone with those that
    /// [`begin`](Self::begin).
    async fn begin_claim(&self) -> Result<Transaction<'static, Any>, StoreError> {
        self.begin_with(self.backend.claim()).await
    }

    /// Begins, whoever waits for it: sqlx loses sight of a transaction whose beginning fails or is given up half way, and what
    /// others write by its connection after that would fail, or be taken back with it. So the lock, for which a beginning
    /// waits, is taken after it.
    async fn begin_with(&self, lock: Option<&'static str>) -> Result<Transaction<'static, Any>, StoreError> {
        let (pool, begin) = (self.write.clone(), self.backend.begin());
        let beginning = async move {
            let mut tx = pool.begin_with(begin).await?;
            if let Some(lock) = lock {
                sqlx::raw_sql(lock).execute(&mut *tx).await?;
            }
            Ok(tx)
        };
        joined(tokio::spawn(beginning)).await
    }
}

/// What a task of its own comes to; its panic is the caller's.
///
/// # Errors
/// The task's.
pub async fn joined<T>(task: JoinHandle<Result<T, StoreError>>) -> Result<T, StoreError> {
    match task.await {
        Ok(ended) => ended,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and everything with it.
            Err(_) => Err(sqlx::Error::WorkerCrashed.into()),
        },
    }
}
