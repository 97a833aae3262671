//! Digests with their revisions, which of them are news, and by which names they are known. What a new revision or a
//! withdrawal does to deliveries is in `corrections.rs`.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::archive;
use super::error::StoreError;
use super::links::lead;
use super::notes::put_notes;
use super::rows::{Row, hash, millis, readable, to_json};
use super::subscriptions::wake;
use super::withdrawn::note_withdrawn;
use crate::model::digest::{Digest, DigestId, DigestKey, EnrichedDigest, StoredDigest, handle};
use crate::model::feed::FeedName;
use crate::model::hold::Reception;
use crate::model::note::About;

/// What keeping a digest came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was not known.
    New(DigestId),
    /// It was known with other content, or had been withdrawn: this is its next revision.
    Revised(DigestId),
    /// It was known just so.
    Unchanged(DigestId),
}

/// A digest that goes to nobody by itself.
#[derive(Debug, Clone)]
pub struct ToArchive {
    /// The digest.
    pub digest: EnrichedDigest,
    /// Its [`fingerprint`].
    pub fingerprint: String,
    /// The post's own date as an instant.
    pub published_at: DateTime<Utc>,
}

#[derive(Debug, FromRow)]
struct DigestRow {
    id: i64,
    revision: i64,
    edition: Option<i64>,
    stored_at: i64,
    body: String,
}

const COLUMNS: &str = "id, revision, edition, stored_at, body";

impl TryFrom<DigestRow> for StoredDigest {
    type Error = StoreError;

    fn try_from(found: DigestRow) -> Result<Self, StoreError> {
        let row = Row { table: "digests", id: found.id };
        Ok(Self {
            id: DigestId(found.id),
            revision: row.count(found.revision)?,
            edition: found.edition,
            stored_at: row.instant(found.stored_at)?,
            digest: row.json(&found.body)?,
        })
    }
}

/// A digest that is known already.
#[derive(Debug, FromRow)]
struct Known {
    id: i64,
    key: String,
    fingerprint: String,
    withdrawn_at: Option<i64>,
    held: Option<String>,
}

const KNOWN: &str = "SELECT id, key, fingerprint, withdrawn_at, held FROM digests";

/// The hash that tells a corrected post from an unchanged one: of the parsed digest, so that neither a changed
/// dictionary nor reordered front matter counts as a correction; nor does another file name or address.
pub fn fingerprint(digest: &Digest) -> String {
    hash(&Digest { key: DigestKey(String::new()), link: None, ..digest.by_ref() })
}

/// What a post that was renamed and corrected at once can still be known by: its date and its articles' links.
fn outline(digest: &EnrichedDigest) -> Option<String> {
    let links: BTreeSet<&str> =
        digest.articles.iter().filter_map(|article| article.article.link.as_deref()).collect();
    (!links.is_empty()).then(|| hash(&(digest.date, links)))
}

impl Store {
    /// Keeps a digest. A new one gets the feed's next edition if it is news, waits if it is held, and is archived
    /// otherwise; a corrected one keeps what it has, unless it was held: then it is received anew. A digest is known by its key, or, where its file was renamed, by what it says.
    /// The feed's subscriptions are to be planned again if there is anything new for them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_digest(
        &self,
        feed: &FeedName,
        digest: &EnrichedDigest,
        fingerprint: &str,
        published_at: DateTime<Utc>,
        reception: Reception<'_>,
        now: DateTime<Utc>,
    ) -> Result<Kept, StoreError> {
        let mut tx = self.begin().await?;
        let kept = keep(&mut tx, feed, digest, fingerprint, published_at, reception, now).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Archives digests in one transaction, which is far quicker than one for each; what is known already is as in
    /// [`keep_digest`](Self::keep_digest). In their order: what each came to.
    ///
    /// # Errors
    /// If the database fails; then none is kept.
    pub async fn archive_digests(
        &self,
        feed: &FeedName,
        digests: &[ToArchive],
        now: DateTime<Utc>,
    ) -> Result<Vec<Kept>, StoreError> {
        let mut tx = self.begin().await?;
        let mut kept = Vec::with_capacity(digests.len());
        for ToArchive { digest, fingerprint, published_at } in digests {
            kept.push(
                keep(&mut tx, feed, digest, fingerprint, *published_at, Reception::Archived, now).await?,
            );
        }
        tx.commit().await?;
        Ok(kept)
    }

    /// A digest by its row.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn digest(&self, id: DigestId) -> Result<Option<StoredDigest>, StoreError> {
        let row: Option<DigestRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM digests WHERE id = $1")))
                .bind(id.0)
                .fetch_optional(&self.read)
                .await?;
        row.map(StoredDigest::try_from).transpose()
    }

    /// A digest and its feed by the handle that buttons and links carry.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn digest_by_handle(
        &self,
        handle: &str,
    ) -> Result<Option<(FeedName, StoredDigest)>, StoreError> {
        let found: Option<(i64, String)> = sqlx::query_as("SELECT id, feed FROM digests WHERE handle = $1")
            .bind(handle)
            .fetch_optional(&self.read)
            .await?;
        let Some((id, feed)) = found else { return Ok(None) };
        Ok(self.digest(DigestId(id)).await?.map(|digest| (FeedName(feed), digest)))
    }

    /// The feed's latest digest of that day; without a day, its latest of all. Held ones are not for readers yet.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn latest_digest(
        &self,
        feed: &FeedName,
        day: Option<NaiveDate>,
    ) -> Result<Option<StoredDigest>, StoreError> {
        // Two texts, so that each goes by an index of its own.
        let of_day = if day.is_some() { "AND day = $2" } else { "" };
        let sql = format!(
            "SELECT {COLUMNS} FROM digests WHERE feed = $1 {of_day} AND withdrawn_at IS NULL AND held IS NULL
             ORDER BY published_at DESC, id DESC LIMIT 1"
        );
        let mut latest = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(feed.as_str());
        if let Some(day) = day {
            latest = latest.bind(day.to_string());
        }
        let row: Option<DigestRow> = latest.fetch_optional(&self.read).await?;
        row.map(StoredDigest::try_from).transpose()
    }

    /// Digests that are published, in the order in which they were stored, at most `count` after one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn published_digests(
        &self,
        after: DigestId,
        count: u32,
    ) -> Result<Vec<StoredDigest>, StoreError> {
        let rows: Vec<DigestRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM digests WHERE id > $1 AND withdrawn_at IS NULL ORDER BY id LIMIT $2"
        )))
        .bind(after.0)
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(StoredDigest::try_from)))
    }

    /// The feed's last news, newest first, at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_news(&self, feed: &FeedName, count: usize) -> Result<Vec<StoredDigest>, StoreError> {
        let rows: Vec<DigestRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM digests WHERE feed = $1 AND edition IS NOT NULL AND withdrawn_at IS NULL
             ORDER BY edition DESC LIMIT $2"
        )))
        .bind(feed.as_str())
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(StoredDigest::try_from)))
    }

    /// The feed's news after an edition, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn news_after(&self, feed: &FeedName, edition: i64) -> Result<Vec<StoredDigest>, StoreError> {
        let rows: Vec<DigestRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM digests WHERE feed = $1 AND edition > $2 AND withdrawn_at IS NULL
             ORDER BY edition"
        )))
        .bind(feed.as_str())
        .bind(edition)
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(StoredDigest::try_from)))
    }

    /// When the feed's last news arrived, newest first, at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn arrivals(&self, feed: &FeedName, count: usize) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT id, stored_at FROM digests WHERE feed = $1 AND edition IS NOT NULL
             ORDER BY edition DESC LIMIT $2",
        )
        .bind(feed.as_str())
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(|(id, at)| Row { table: "digests", id }.instant(at))))
    }
}

async fn keep(
    tx: &mut Transaction<'static, Any>,
    feed: &FeedName,
    digest: &EnrichedDigest,
    fingerprint: &str,
    published_at: DateTime<Utc>,
    reception: Reception<'_>,
    now: DateTime<Utc>,
) -> Result<Kept, StoreError> {
    let mut digest = digest.clone();
    lead(tx, &mut digest).await?;
    let digest = &digest;
    let outline = outline(digest);
    if let Some(known) = known(tx, feed, digest, fingerprint, outline.as_deref()).await? {
        let digest = EnrichedDigest { key: DigestKey(known.key), ..digest.clone() };
        let is_same = known.fingerprint == fingerprint && known.withdrawn_at.is_none();
        if !is_same {
            note_withdrawn(tx, known.id, &digest).await?;
        }
        let updated = sqlx::query(
            "UPDATE digests SET revision = revision + $2, title = $3, day = $4, published_at = $5,
                 revised_at = CASE $2 WHEN 0 THEN revised_at ELSE $6 END, withdrawn_at = NULL,
                 fingerprint = $7, outline = $8, body = $9, dictionaries = NULL
             WHERE id = $1 AND ($2 > 0 OR body <> $9)",
        )
        .bind(known.id)
        .bind(i64::from(!is_same))
        .bind(&digest.title)
        .bind(digest.date.day().to_string())
        .bind(millis(published_at))
        .bind(millis(now))
        .bind(fingerprint)
        .bind(outline)
        .bind(to_json(&digest))
        .execute(&mut **tx)
        .await?;
        if updated.rows_affected() > 0 {
            archive::index(tx, known.id, &digest).await?;
        }
        let id = DigestId(known.id);
        if known.held.is_some() && !is_same {
            receive(tx, feed, id, reception, now).await?;
        }
        if !is_same {
            wake(tx, feed, now).await?;
        }
        return Ok(if is_same { Kept::Unchanged(id) } else { Kept::Revised(id) });
    }
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO digests (feed, key, handle, revision, day, title, published_at, stored_at, revised_at,
             fingerprint, outline, body)
         VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $7, $8, $9, $10) RETURNING id",
    )
    .bind(feed.as_str())
    .bind(&digest.key.0)
    .bind(handle(feed, &digest.key))
    .bind(digest.date.day().to_string())
    .bind(&digest.title)
    .bind(millis(published_at))
    .bind(millis(now))
    .bind(fingerprint)
    .bind(outline)
    .bind(to_json(digest))
    .fetch_one(&mut **tx)
    .await?;
    archive::index(tx, id, digest).await?;
    let id = DigestId(id);
    receive(tx, feed, id, reception, now).await?;
    Ok(Kept::New(id))
}

/// Makes a digest that is for nobody yet what it was received as.
async fn receive(
    tx: &mut Transaction<'static, Any>,
    feed: &FeedName,
    id: DigestId,
    reception: Reception<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match reception {
        Reception::News => publish(tx, feed, id, now).await,
        Reception::Held { reason, tell } => {
            sqlx::query("UPDATE digests SET held = $2 WHERE id = $1")
                .bind(id.0)
                .bind(reason.name())
                .execute(&mut **tx)
                .await?;
            put_notes(tx, tell, &About::Held { digest: id }, now).await
        }
        Reception::Archived => Ok(()),
    }
}

/// Makes a digest the feed's next news.
pub(super) async fn publish(
    tx: &mut Transaction<'static, Any>,
    feed: &FeedName,
    id: DigestId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE digests SET held = NULL, stored_at = $3,
             edition = (SELECT coalesce(max(edition), 0) + 1 FROM digests WHERE feed = $2)
         WHERE id = $1",
    )
    .bind(id.0)
    .bind(feed.as_str())
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    wake(tx, feed, now).await
}

/// The row of a digest under its key or an earlier name's.
pub(super) async fn by_key(
    tx: &mut Transaction<'static, Any>,
    feed: &FeedName,
    key: &DigestKey,
) -> Result<Option<i64>, StoreError> {
    let id = sqlx::query_scalar(
        "SELECT id FROM digests WHERE feed = $1 AND key = $2
         UNION ALL SELECT digest_id FROM digest_names WHERE feed = $1 AND key = $2 LIMIT 1",
    )
    .bind(feed.as_str())
    .bind(&key.0)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id)
}

async fn known(
    tx: &mut Transaction<'static, Any>,
    feed: &FeedName,
    digest: &EnrichedDigest,
    fingerprint: &str,
    outline: Option<&str>,
) -> Result<Option<Known>, StoreError> {
    if let Some(id) = by_key(tx, feed, &digest.key).await? {
        let known = sqlx::query_as(sqlx::AssertSqlSafe(format!("{KNOWN} WHERE id = $1")))
            .bind(id)
            .fetch_optional(&mut **tx)
            .await?;
        return Ok(known);
    }
    // The same words under another name are the same digest. Other words are only if the earlier post is gone: a
    // translation has the same date and links, and is a digest of its own.
    let known: Option<Known> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{KNOWN} WHERE feed = $1 AND day = $2
             AND (fingerprint = $3 OR (outline = $4 AND withdrawn_at IS NOT NULL))
         ORDER BY fingerprint = $3 DESC, id LIMIT 1"
    )))
    .bind(feed.as_str())
    .bind(digest.date.day().to_string())
    .bind(fingerprint)
    .bind(outline)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(known) = &known {
        sqlx::query("INSERT INTO digest_names (feed, key, digest_id) VALUES ($1, $2, $3)")
            .bind(feed.as_str())
            .bind(&digest.key.0)
            .bind(known.id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(known)
}
