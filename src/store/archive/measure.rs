//! What benchmarks hold search against: the same index, asked plainly; and how much of the disk it takes.

use super::ArticleId;
use super::search::words_of;
use crate::model::query::Query;
use crate::store::Store;
use crate::store::error::StoreError;

impl Store {
    /// The best articles for a query's words as the database ranks them by itself: no filters, no days, no headline first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_plainly(&self, query: &Query, count: u32) -> Result<Vec<ArticleId>, StoreError> {
        let (matches, rank) = (self.backend.matches("$1"), self.backend.rank());
        let ids: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT rowid FROM article_words WHERE {matches} ORDER BY {rank} LIMIT $2"
        )))
        .bind(words_of(query, self.backend))
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(ids.into_iter().map(ArticleId).collect())
    }

    /// The bytes of the full-text index.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_index_bytes(&self) -> Result<u64, StoreError> {
        let bytes: Option<i64> = sqlx::query_scalar(self.backend.index_bytes()).fetch_one(&self.read).await?;
        Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default())
    }
}
