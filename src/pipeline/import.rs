//! Import: a folder of old posts into the archive. None becomes news, so nothing is delivered; what is in the store
//! already stays as it is.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock::SharedClock;
use crate::model::feed::FeedName;
use crate::source::Found;
use crate::source::folder;
use crate::store::{Kept, Store, StoreError, ToArchive};

use super::reading::{Read, Reading};

/// Posts that are read and kept in one transaction: few enough that `jogan run` can write in between.
const BATCH: usize = 250;

/// Loads old posts into a feed.
#[derive(Debug, Clone)]
pub struct Import {
    /// The feed.
    pub feed: FeedName,
    /// How its posts are understood.
    pub reading: Reading,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The feed.
    pub feed: FeedName,
    /// Posts that were not known.
    pub loaded: usize,
    /// Posts that were known with other content.
    pub corrected: usize,
    /// Posts that were known just so.
    pub unchanged: usize,
    /// Posts that call themselves drafts.
    pub drafts: usize,
    /// Files that are not loaded.
    pub refused: Vec<Refused>,
    /// How much of the time went into the database.
    #[serde(skip)]
    pub storing: Duration,
}

/// A file that is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Where it is in the folder; empty: the folder itself.
    pub file: String,
    /// Why, with a cure.
    pub reason: String,
}

/// Why an import ended before its end; what was kept until then stays, and the next import goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder cannot be read.
    #[error("{0}")]
    Folder(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading ended unexpectedly.
    #[error("reading the posts ended unexpectedly")]
    Reading(#[from] tokio::task::JoinError),
}

impl Import {
    /// Loads all posts of a folder; `progress` is told how many of how many files are done.
    ///
    /// # Errors
    /// If the folder cannot be read at all, or the database fails.
    pub async fn run(
        &self,
        path: &Path,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Imported, ImportError> {
        let root = path.to_owned();
        let (files, faults) = tokio::task::spawn_blocking(move || folder::posts(&root)).await?;
        let refused = faults.iter().map(|fault| Refused { file: String::new(), reason: fault.to_string() });
        let refused: Vec<Refused> = refused.collect();
        if let (true, Some(fault)) = (files.is_empty(), refused.first()) {
            return Err(ImportError::Folder(fault.reason.clone()));
        }
        let (loaded, corrected, unchanged, drafts) = (0, 0, 0, 0);
        let mut imported = Imported {
            feed: self.feed.clone(),
            loaded,
            corrected,
            unchanged,
            drafts,
            refused,
            storing: Duration::ZERO,
        };
        let total = files.len();
        let mut done = 0;
        progress(done, total);
        for batch in files.chunks(BATCH) {
            let (root, batch, reading) = (path.to_owned(), batch.to_vec(), self.reading.clone());
            done += batch.len();
            let now = self.clock.now();
            let read = move || read_all(&root, batch, &reading, now);
            self.keep(tokio::task::spawn_blocking(read).await?, now, &mut imported).await?;
            progress(done, total);
        }
        Ok(imported)
    }

    async fn keep(
        &self,
        batch: Vec<(String, Read)>,
        now: DateTime<Utc>,
        imported: &mut Imported,
    ) -> Result<(), StoreError> {
        let mut ready: Vec<ToArchive> = Vec::new();
        for (file, read) in batch {
            let reason = match read {
                Read::Ready(digest) => {
                    ready.push(*digest);
                    continue;
                }
                Read::Draft(_) => {
                    imported.drafts += 1;
                    continue;
                }
                Read::Early(at, _) => format!(
                    "its date is still to come ({}); import it after that, or leave it to the feed's source",
                    at.format("%Y-%m-%d %H:%M UTC")
                ),
                Read::Refused(reason) => reason,
            };
            imported.refused.push(Refused { file, reason });
        }
        let begun = Instant::now();
        let archived = self.store.archive_digests(&self.feed, &ready, now).await?;
        imported.storing += begun.elapsed();
        for kept in archived {
            match kept {
                Kept::New(_) => imported.loaded += 1,
                Kept::Revised(_) => imported.corrected += 1,
                Kept::Unchanged(_) => imported.unchanged += 1,
            }
        }
        Ok(())
    }
}

fn read_all(root: &Path, files: Vec<String>, reading: &Reading, now: DateTime<Utc>) -> Vec<(String, Read)> {
    // Both of the machine's usual two cores at least: classifying is most of the work.
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let share = files.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let read = |file: &String| match folder::read_post(root, file) {
            Ok(raw) => reading.read(&Found::of(file.clone(), raw), now).0,
            Err(fault) => Read::Refused(fault.to_string()),
        };
        let workers: Vec<_> = files
            .chunks(share)
            .map(|files| {
                scope.spawn(move || files.iter().map(|file| (file.clone(), read(file))).collect::<Vec<_>>())
            })
            .collect();
        workers
            .into_iter()
            .zip(files.chunks(share))
            .flat_map(|(worker, files)| {
                worker.join().unwrap_or_else(|_| {
                    let refused = || Read::Refused("reading it ended unexpectedly".to_owned());
                    files.iter().map(|file| (file.clone(), refused())).collect()
                })
            })
            .collect()
    })
}
