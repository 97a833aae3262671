//! Looking at a database without changing it, and copying it while somebody works on it.

use std::path::Path;

use super::backend::{Backend, sqlite_options};
use super::error::StoreError;
use super::{Store, migrate, migrations};

/// How a database stands to this version of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// There is none yet.
    New,
    /// It has the tables of this version.
    Current,
    /// It has the tables of an older one.
    Behind,
}

impl Store {
    /// Looks at the database at `url`. Nothing is created or migrated.
    ///
    /// # Errors
    /// If it cannot be opened, could not be created, or was written by a newer version.
    pub async fn examine(url: &str) -> Result<Schema, StoreError> {
        let backend = Backend::of(url)?;
        if backend == Backend::Sqlite {
            let options = sqlite_options(url)?;
            let file = options.get_filename();
            if !file.exists() {
                may_create(file)?;
                return Ok(Schema::New);
            }
        }
        let pool = backend.connect_to_existing(url).await?;
        let schema = migrate::schema(migrations(backend), &pool).await;
        pool.close().await;
        schema
    }

    /// Copies the database at `url`, as it is at one instant, to `copy`, which is there wholly or not at all.
    ///
    /// # Errors
    /// If there is no database, it is a server's, or the copy cannot be written.
    pub async fn backup(url: &str, copy: &Path) -> Result<(), StoreError> {
        let backend = Backend::of(url)?;
        if backend == Backend::Postgres {
            return Err(StoreError::Server);
        }
        let pool = backend.connect_to_existing(url).await?;
        let copied = migrate::copy_to(&pool, copy).await;
        pool.close().await;
        copied
    }
}

/// Whether the file of a database could be written: tried in the nearest folder above it that is there.
fn may_create(file: &Path) -> Result<(), StoreError> {
    let folder = file.ancestors().skip(1).find(|folder| *folder == Path::new("") || folder.exists());
    let folder = folder.filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let trial = folder.join(format!(".jogan-{}", std::process::id()));
    let tried = std::fs::write(&trial, "").and_then(|()| std::fs::remove_file(&trial));
    tried.map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })
}
