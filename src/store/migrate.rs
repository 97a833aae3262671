//! Bringing the tables up to date, with a copy of the database from before beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use sqlx::AnyPool;
use sqlx::migrate::Migrator;

use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::store::examine::Schema;
use crate::store::rows::Flag;

/// This program's version, which is written into the databases that it migrates.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs the migrations that the database does not have yet. If it has some already, and is SQLite's `file`, a copy is
/// written first: `jogan.db.before-0007`, for the migration 7. A server's copies are its administrator's.
///
/// Each migration is one transaction: killed in the middle, it is as if it had not begun. On PostgreSQL sqlx holds a
/// lock meanwhile, so that of several replicas one does it.
///
/// # Errors
/// If a newer version migrated the database, the copy cannot be written, or a migration fails.
pub(super) async fn migrate(
    migrations: &Migrator,
    pool: &AnyPool,
    file: Option<&Path>,
) -> Result<(), StoreError> {
    let applied = known(migrations, pool).await?;
    let first_new = migrations.iter().map(|migration| migration.version).find(|v| !applied.contains(v));
    let Some(first_new) = first_new else { return Ok(()) };
    if let Some(file) = file.filter(|_| !applied.is_empty()) {
        let copy = beside(file, &format!("before-{first_new:04}"));
        copy_to(pool, &copy).await?;
        tracing::info!(copy = %copy.display(), "the tables are brought up to date; a copy from before is kept");
    }
    migrations.run(pool).await.map_err(StoreError::from_migration)?;
    let backend = Backend::behind(&*pool.acquire().await?);
    let mut tx = pool.begin_with(backend.begin()).await?;
    if let Some(lock) = backend.decide() {
        // Others may be busy: a start waits longer than they do.
        sqlx::raw_sql("SET LOCAL lock_timeout = '55s'").execute(&mut *tx).await?;
        sqlx::raw_sql(lock).execute(&mut *tx).await?;
    }
    sqlx::query("DELETE FROM program").execute(&mut *tx).await?;
    sqlx::query("INSERT INTO program (version) VALUES ($1)").bind(VERSION).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// How the database behind `pool` stands to these migrations.
///
/// # Errors
/// If a newer version migrated the database, or it fails.
pub(super) async fn schema(migrations: &Migrator, pool: &AnyPool) -> Result<Schema, StoreError> {
    let applied = known(migrations, pool).await?;
    if applied.is_empty() {
        return Ok(Schema::New);
    }
    let is_current = migrations.iter().all(|migration| applied.contains(&migration.version));
    Ok(if is_current { Schema::Current } else { Schema::Behind })
}

/// The migrations that the database has, all of which this version knows.
async fn known(migrations: &Migrator, pool: &AnyPool) -> Result<Vec<i64>, StoreError> {
    let applied = applied(pool).await?;
    if let Some(found) = applied.iter().find(|version| !migrations.version_exists(**version)) {
        return Err(StoreError::Newer { found: *found, wants: written_by(pool).await? });
    }
    Ok(applied)
}

/// The migrations that the database has.
async fn applied(pool: &AnyPool) -> Result<Vec<i64>, StoreError> {
    if !has_table(pool, "_sqlx_migrations").await? {
        return Ok(Vec::new());
    }
    let applied = "SELECT version FROM _sqlx_migrations ORDER BY version";
    Ok(sqlx::query_scalar(applied).fetch_all(pool).await?)
}

/// The version that migrated the database last, if it wrote that down.
async fn written_by(pool: &AnyPool) -> Result<Option<String>, StoreError> {
    if !has_table(pool, "program").await? {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT version FROM program").fetch_optional(pool).await?)
}

async fn has_table(pool: &AnyPool, name: &str) -> Result<bool, StoreError> {
    let found = match Backend::behind(&*pool.acquire().await?) {
        Backend::Sqlite => "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = $1",
        Backend::Postgres => "SELECT to_regclass($1) IS NOT NULL",
    };
    let Flag(found) = sqlx::query_scalar(found).bind(name).fetch_one(pool).await?;
    Ok(found)
}

/// Copies the whole database, as it is now, to `copy`, which is there wholly or not at all.
pub(super) async fn copy_to(pool: &AnyPool, copy: &Path) -> Result<(), StoreError> {
    let failed = |source: std::io::Error| StoreError::Copy { copy: copy.to_owned(), source: source.into() };
    let part = beside(copy, "part");
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    sqlx::query("VACUUM INTO $1")
        .bind(part.to_string_lossy().into_owned())
        .execute(pool)
        .await
        .map_err(|source| StoreError::Copy { copy: copy.to_owned(), source: source.into() })?;
    std::fs::rename(&part, copy).map_err(failed)
}

/// A file beside another: `jogan.db` and `part` are `jogan.db.part`.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const FIRST: &str =
        "CREATE TABLE program (version TEXT NOT NULL); CREATE TABLE posts (title TEXT NOT NULL);";

    async fn open(file: &Path) -> AnyPool {
        let url = format!("sqlite://{}", file.display());
        Backend::Sqlite.connect(&url).await.expect("a database").0
    }

    /// Migrations as files, as many of them as there are texts.
    async fn migrations(texts: &[&str]) -> Migrator {
        let folder = TempDir::new().expect("a folder");
        for (number, text) in (1..).zip(texts) {
            std::fs::write(folder.path().join(format!("{number:04}_step.sql")), text).expect("a file");
        }
        Migrator::new(folder.path()).await.expect("migrations")
    }

    /// How many files in a folder are neither the database nor what SQLite keeps beside it.
    fn copies(folder: &Path) -> usize {
        let own = ["jogan.db", "jogan.db-wal", "jogan.db-shm"];
        let files = std::fs::read_dir(folder).expect("a folder");
        files
            .filter(|file| !own.contains(&&*file.as_ref().expect("a file").file_name().to_string_lossy()))
            .count()
    }

    async fn titles(pool: &AnyPool) -> Vec<String> {
        sqlx::query_scalar("SELECT title FROM posts").fetch_all(pool).await.expect("the table")
    }

    #[tokio::test]
    async fn a_copy_from_before_is_kept_beside_the_database() {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("jogan.db");
        let pool = open(&file).await;
        let first = migrations(&[FIRST]).await;
        migrate(&first, &pool, Some(&file)).await.expect("new");
        assert_eq!(copies(folder.path()), 0, "nothing to copy at first");
        sqlx::query("INSERT INTO posts VALUES ('조간')").execute(&pool).await.expect("a row");
        // What an attempt that was killed left behind.
        std::fs::write(folder.path().join("jogan.db.before-0002.part"), "half").expect("a file");
        let both = migrations(&[FIRST, "ALTER TABLE posts ADD COLUMN day TEXT; DELETE FROM posts;"]).await;
        migrate(&both, &pool, Some(&file)).await.expect("up to date");
        migrate(&both, &pool, Some(&file)).await.expect("nothing to do");
        assert!(titles(&pool).await.is_empty());
        let copy = open(&folder.path().join("jogan.db.before-0002")).await;
        assert_eq!(titles(&copy).await, ["조간"]);
        assert!(!folder.path().join("jogan.db.before-0002.part").exists());
        migrate(&first, &copy, Some(&file)).await.expect("the older version goes on with the copy");
    }

    #[tokio::test]
    async fn of_a_migration_that_fails_half_way_nothing_is_kept() {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("jogan.db");
        let pool = open(&file).await;
        let first = migrations(&[FIRST]).await;
        migrate(&first, &pool, Some(&file)).await.expect("new");
        sqlx::query("INSERT INTO posts VALUES ('조간')").execute(&pool).await.expect("a row");
        let broken = migrations(&[FIRST, "DELETE FROM posts; INSERT INTO nowhere VALUES (1);"]).await;
        let error = migrate(&broken, &pool, Some(&file)).await.expect_err("it fails");
        assert!(matches!(error, StoreError::Migration(_)), "{error:?}");
        assert_eq!(titles(&pool).await, ["조간"]);
        migrate(&first, &pool, Some(&file)).await.expect("the older version goes on");
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_left_alone_and_the_version_named() {
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("jogan.db");
        let pool = open(&file).await;
        migrate(&migrations(&[FIRST, "SELECT 1"]).await, &pool, Some(&file)).await.expect("new");
        sqlx::query("UPDATE program SET version = '9.1.0'").execute(&pool).await.expect("a row");
        let error = migrate(&migrations(&[FIRST]).await, &pool, Some(&file)).await.expect_err("newer");
        assert!(error.to_string().contains("jogan 9.1.0"), "{error}");
        assert_eq!(copies(folder.path()), 0, "nothing is written");
    }
}
