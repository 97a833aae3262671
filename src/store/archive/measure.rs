//! What benchmarks hold search against: the same index, asked plainly; and how much of the disk it takes.

use super::ArticleId;
use super::search::words_of;
use crate::model::query::Query;
use crate::store::Store;
use crate::store::backend::Backend;
use crate::store::error::StoreError;

impl Store {
    /// The best articles for a query's words as the database ranks them by itself: no filters, no days, no headline
    /// first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_plainly(&self, query: &Query, count: u32) -> Result<Vec<ArticleId>, StoreError> {
        let Some(words) = words_of(query, self.backend) else { return Ok(Vec::new()) };
        let best_first = match self.backend {
            Backend::Sqlite => "rank",
            Backend::Postgres => self.backend.rank(),
        };
        let ids: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT rowid FROM article_words WHERE {} ORDER BY {best_first} LIMIT $2",
            self.backend.matches("$1")
        )))
        .bind(words)
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
        let sql = match self.backend {
            Backend::Sqlite => "SELECT coalesce(sum(length(block)), 0) FROM article_words_data",
            Backend::Postgres => "SELECT pg_total_relation_size('article_words')",
        };
        let bytes: i64 = sqlx::query_scalar(sql).fetch_one(&self.read).await?;
        Ok(u64::try_from(bytes).unwrap_or_default())
    }
}
