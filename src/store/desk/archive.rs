//! The list of all digests, newest first, and the last of them whole.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use crate::model::digest::{DigestId, StoredDigest};
use crate::model::feed::FeedName;
use crate::model::hold::HoldReason;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{Row, readable};

/// A digest as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedDigest {
    /// What links name it by.
    pub handle: String,
    /// Its feed.
    pub feed: FeedName,
    /// Its day.
    pub day: NaiveDate,
    /// Its title.
    pub title: String,
    /// 1, and one more with each correction.
    pub revision: u32,
    /// Whether it was news; else it was archived at once.
    pub is_news: bool,
    /// Why it waits for an operator; `None`: it does not.
    pub held: Option<HoldReason>,
    /// Whether its post is gone.
    pub is_withdrawn: bool,
    /// When it was first stored.
    pub stored_at: DateTime<Utc>,
    /// How many articles it has.
    pub articles: u32,
}

#[derive(Debug, FromRow)]
struct ArchivedRow {
    id: i64,
    handle: String,
    feed: String,
    day: String,
    title: String,
    revision: i64,
    edition: Option<i64>,
    held: Option<String>,
    withdrawn_at: Option<i64>,
    stored_at: i64,
    articles: i64,
}

impl TryFrom<ArchivedRow> for ArchivedDigest {
    type Error = StoreError;

    fn try_from(found: ArchivedRow) -> Result<Self, StoreError> {
        let row = Row { table: "digests", id: found.id };
        Ok(Self {
            handle: found.handle,
            feed: FeedName(found.feed),
            day: row.word(&found.day)?,
            title: found.title,
            revision: row.count(found.revision)?,
            is_news: found.edition.is_some(),
            held: found.held.map(|reason| row.word(&reason)).transpose()?,
            is_withdrawn: found.withdrawn_at.is_some(),
            stored_at: row.instant(found.stored_at)?,
            articles: row.count(found.articles)?,
        })
    }
}

impl Store {
    /// Digests of a feed (`None`: of all), the latest day first, without the first `skip`; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn archived_digests(
        &self,
        feed: Option<&FeedName>,
        skip: u32,
        count: u32,
    ) -> Result<Vec<ArchivedDigest>, StoreError> {
        let rows: Vec<ArchivedRow> = sqlx::query_as(
            "SELECT g.id, g.handle, g.feed, g.day, g.title, g.revision, g.edition, g.held, g.withdrawn_at, g.stored_at,
                 (SELECT count(*) FROM articles a WHERE a.digest_id = g.id) AS articles
             FROM digests g WHERE ($1 IS NULL OR g.feed = $1)
             ORDER BY g.day DESC, g.id DESC LIMIT $2 OFFSET $3",
        )
        .bind(feed.map(FeedName::as_str))
        .bind(i64::from(count))
        .bind(i64::from(skip))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(ArchivedDigest::try_from)))
    }

    /// The digests that arrived last and are published, the latest first; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recent_digests(&self, count: u32) -> Result<Vec<StoredDigest>, StoreError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM digests WHERE withdrawn_at IS NULL ORDER BY day DESC, id DESC LIMIT $1",
        )
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        let mut digests = Vec::with_capacity(ids.len());
        for id in ids {
            match self.digest(DigestId(id)).await {
                Ok(found) => digests.extend(found),
                Err(error @ StoreError::BadRow { .. }) => {
                    tracing::error!(%error, "passed over a row that cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(digests)
    }
}
