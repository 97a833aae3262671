//! What benchmarks hold the outbox against.

use crate::model::channel::Platform;
use crate::store::Store;
use crate::store::error::StoreError;

impl Store {
    /// Whether anything is still to be sent on a platform: cheap enough to be asked all the time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_open(&self, platform: Platform) -> Result<bool, StoreError> {
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT 1 FROM messages
                 WHERE platform = $1 AND state IN ('queued', 'sending', 'unknown') LIMIT 1) open",
        )
        .bind(platform.name())
        .fetch_one(&self.read)
        .await?;
        Ok(open > 0)
    }

    /// Copies all deliveries and messages within the database, without indexes, and forgets the copies:
    /// the least that it takes to write them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn copy_outbox(&self) -> Result<(), StoreError> {
        for table in ["deliveries", "messages"] {
            let copy = format!("CREATE TABLE copied_{table} AS SELECT * FROM {table}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(&self.write).await?;
        }
        for table in ["deliveries", "messages"] {
            let forget = format!("DROP TABLE copied_{table}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(forget)).execute(&self.write).await?;
        }
        Ok(())
    }
}
