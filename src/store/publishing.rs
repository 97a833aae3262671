//! Publishing: what is sent to an announcement channel goes on to the channels that follow it, where its subscription
//! says `publish`. That it is due is written with the sending itself, so that no crash comes between.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::{Flag, millis};
use crate::model::delivery::{Claimed, Outcome};
use crate::model::message::MessageId;
use crate::model::subscription::SubscriptionId;

impl Store {
    /// Sets whether what is delivered to an announcement channel from now on is published.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_publish(&self, subscription: SubscriptionId, publish: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE subscriptions SET publish = $2 WHERE id = $1")
            .bind(subscription.0)
            .bind(publish)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Whether what is delivered to an announcement channel is published.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn publishes(&self, subscription: SubscriptionId) -> Result<bool, StoreError> {
        let publishes: Option<Flag> = sqlx::query_scalar("SELECT publish FROM subscriptions WHERE id = $1")
            .bind(subscription.0)
            .fetch_optional(&self.read)
            .await?;
        Ok(publishes.is_some_and(bool::from))
    }
}

/// A message was sent: it is to be published, if its subscription says so.
pub(super) async fn mark_to_publish(
    tx: &mut Transaction<'static, Any>,
    message: MessageId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE messages SET publish = 'due', attempts = 0, failing_for = 0
         WHERE id = $1 AND state = 'sent' AND publish IS NULL AND EXISTS (
             SELECT 1 FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
                 JOIN channels c ON c.id = messages.channel_id
             WHERE d.id = messages.delivery_id AND s.publish AND c.kind = 'announcement'
         )",
    )
    .bind(message.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Settles a message that was claimed to be published.
pub(super) async fn settle_publishing(
    tx: &mut Transaction<'static, Any>,
    owner: &str,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (publish, next_at, error) = match outcome {
        Outcome::Sent(_) | Outcome::Emptied => ("done", now, None),
        Outcome::Later { at, reason } | Outcome::Again { at, reason } | Outcome::Unknown { at, reason } => {
            ("due", *at, Some(reason))
        }
        Outcome::Moved(_) => ("due", now, None),
        Outcome::Plainer(reason) | Outcome::Failed(reason) | Outcome::Lost(reason) => {
            ("refused", now, Some(reason))
        }
    };
    sqlx::query(
        "UPDATE messages SET publish = $3, next_at = $4, error = $5, owner = NULL, lease_until = NULL,
             published_at = CASE $3 WHEN 'done' THEN $6 ELSE published_at END
         WHERE id = $1 AND owner = $2",
    )
    .bind(claimed.message.0)
    .bind(owner)
    .bind(publish)
    .bind(millis(next_at))
    .bind(error)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
