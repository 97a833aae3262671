//! One `jogan run` per SQLite file: a lock that the system frees when the process dies, however it dies.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use super::backend::{Backend, sqlite_options};
use super::error::StoreError;

/// Held as long as this process works on the database.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Takes the lock beside the database file of `url` (`data/jogan.db.lock`). A server's database is for several
    /// at a time: there is nothing to lock.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process has it.
    pub fn take(url: &str) -> Result<Self, StoreError> {
        if Backend::of(url)? == Backend::Postgres {
            return Ok(Self { _file: None });
        }
        let options = sqlite_options(url)?;
        let mut lock = PathBuf::from(options.get_filename()).into_os_string();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        if let Some(folder) = lock.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(|source| StoreError::Lock { lock: lock.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { lock }),
            Err(TryLockError::Error(source)) => Err(StoreError::Lock { lock, source }),
        }
    }
}
