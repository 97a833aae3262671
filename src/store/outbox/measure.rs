//! What benchmarks hold the outbox against.

use crate::store::Store;
use crate::store::error::StoreError;

impl Store {
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
