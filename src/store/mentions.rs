//! The role that a delivery's first message pings: one a subscription, on Discord.

use super::Store;
use super::error::StoreError;
use super::rows::Row;
use crate::model::subscription::SubscriptionId;

impl Store {
    /// Sets the role; `None`: nobody is pinged. It counts for what is planned from now on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_mention(
        &self,
        subscription: SubscriptionId,
        role: Option<u64>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE subscriptions SET mention = $2 WHERE id = $1")
            .bind(subscription.0)
            .bind(role.map(|role| role.to_string()))
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// The role.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn mention(&self, subscription: SubscriptionId) -> Result<Option<u64>, StoreError> {
        let role: Option<String> = sqlx::query_scalar("SELECT mention FROM subscriptions WHERE id = $1")
            .bind(subscription.0)
            .fetch_optional(&self.read)
            .await?
            .flatten();
        let row = Row { table: "subscriptions", id: subscription.0 };
        role.map(|role| row.word(&role)).transpose()
    }
}
