//! Which posts of a feed's source are loaded, as they were then: what need not be read again, and what is gone.

use super::Store;
use super::error::StoreError;
use crate::model::digest::DigestKey;
use crate::model::feed::FeedName;

/// A post that is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPost {
    /// Where it is in its source.
    pub place: String,
    /// What changes when the post does; empty: it is to be read again.
    pub stamp: String,
    /// The digest that it became.
    pub key: DigestKey,
}

impl Store {
    /// The posts of a feed that are loaded. If they were understood otherwise than by `reading`, a hash of rules and
    /// dictionaries, all of them are to be read again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn loaded_posts(&self, feed: &FeedName, reading: &str) -> Result<Vec<LoadedPost>, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE posts SET stamp = '' WHERE feed = $1
                 AND NOT EXISTS (SELECT 1 FROM feeds WHERE name = $1 AND reading = $2)",
        )
        .bind(feed.as_str())
        .bind(reading)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO feeds (name, reading) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET reading = $2",
        )
        .bind(feed.as_str())
        .bind(reading)
        .execute(&mut *tx)
        .await?;
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT place, stamp, key FROM posts WHERE feed = $1")
                .bind(feed.as_str())
                .fetch_all(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(place, stamp, key)| LoadedPost { place, stamp, key: DigestKey(key) })
            .collect())
    }

    /// Notes in one transaction which posts were loaded, and which are gone.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn note_posts(
        &self,
        feed: &FeedName,
        loaded: &[LoadedPost],
        gone: &[String],
    ) -> Result<(), StoreError> {
        if loaded.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for place in gone {
            sqlx::query("DELETE FROM posts WHERE feed = $1 AND place = $2")
                .bind(feed.as_str())
                .bind(place)
                .execute(&mut *tx)
                .await?;
        }
        for post in loaded {
            sqlx::query(
                "INSERT INTO posts (feed, place, stamp, key) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (feed, place) DO UPDATE SET stamp = $3, key = $4",
            )
            .bind(feed.as_str())
            .bind(&post.place)
            .bind(&post.stamp)
            .bind(&post.key.0)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
