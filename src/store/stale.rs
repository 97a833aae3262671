//! Stale deliveries: planned, not begun, and set by a wish or by mutes that have changed since. They are not claimed
//! until dispatch has set them anew.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::corrections::TRIED;
use super::error::StoreError;
use super::outbox::{Messages, Of};
use super::rows::{Row, readable};
use super::subscriptions::{COLUMNS, Due, DueRow};
use crate::model::channel::ChannelId;
use crate::model::delivery::DeliveryId;
use crate::model::digest::DigestId;
use crate::model::message::Rendered;
use crate::model::subscription::SubscriptionId;

/// A delivery that is to be set anew.
#[derive(Debug, Clone)]
pub struct Stale {
    /// The delivery.
    pub delivery: DeliveryId,
    /// How often what it was set by has changed: setting it anew counts for these changes alone.
    pub changes: u32,
    /// Its digest; of a list, its last one.
    pub digest: DigestId,
    /// 0: as planned; 1 and more: sent again on request.
    pub occasion: u32,
    /// Of a list: the last edition before those that it lists.
    pub list_after: Option<i64>,
    /// Whom it is for, as they want it now.
    pub due: Due,
}

/// A delivery as it is wanted now.
#[derive(Debug, Clone)]
pub struct Anew {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The changes that it was set for.
    pub changes: u32,
    /// The digest's revision, as rendered.
    pub revision: u32,
    /// Its messages in order; none: nothing passes any more, and it is cancelled.
    pub messages: Arc<Vec<Rendered>>,
    /// The nonce of each.
    pub nonces: Vec<String>,
}

/// Whose wish or mutes have changed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    Subscription(SubscriptionId),
    Channel(ChannelId),
    All,
}

impl Whose {
    pub(super) fn of(channel: Option<ChannelId>) -> Self {
        channel.map_or(Self::All, Self::Channel)
    }
}

#[derive(Debug, FromRow)]
struct StaleRow {
    delivery_id: i64,
    stale: i64,
    digest_id: i64,
    occasion: i64,
    list_after: Option<i64>,
    #[sqlx(flatten)]
    due: DueRow,
}

impl TryFrom<StaleRow> for Stale {
    type Error = StoreError;

    fn try_from(found: StaleRow) -> Result<Self, StoreError> {
        let row = Row { table: "deliveries", id: found.delivery_id };
        Ok(Self {
            delivery: DeliveryId(found.delivery_id),
            changes: row.count(found.stale)?,
            digest: DigestId(found.digest_id),
            occasion: row.count(found.occasion)?,
            list_after: found.list_after,
            due: found.due.try_into()?,
        })
    }
}

impl Store {
    /// Deliveries that are to be set anew, after the delivery `after`, in order; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stale_deliveries(&self, after: DeliveryId, count: u32) -> Result<Vec<Stale>, StoreError> {
        let rows: Vec<StaleRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT d.id AS delivery_id, d.stale, d.digest_id, d.occasion,
                 CASE WHEN d.is_list THEN d.after_edition END AS list_after, {COLUMNS}, s.next_at, c.address, c.kind
             FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
                 JOIN channels c ON c.id = s.channel_id
             WHERE d.stale > 0 AND d.id > $1 AND s.ended_at IS NULL ORDER BY d.id LIMIT $2"
        )))
        .bind(after.0)
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Stale::try_from)))
    }

    /// Puts what was set anew in the place of what was planned, in one transaction. A delivery of which the wish or
    /// the mutes have changed once more in between stays stale.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn put_anew(&self, anew: &[Anew], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for anew in anew {
            // `RETURNING` knows no alias.
            let place: Option<(i64, String, i64)> = sqlx::query_as(
                "UPDATE deliveries SET stale = 0, revision = max(revision, $3) WHERE id = $1 AND stale = $2
                 RETURNING (SELECT channel_id FROM messages WHERE delivery_id = deliveries.id LIMIT 1),
                     (SELECT platform FROM messages WHERE delivery_id = deliveries.id LIMIT 1), due_at",
            )
            .bind(anew.delivery.0)
            .bind(i64::from(anew.changes))
            .bind(i64::from(anew.revision))
            .fetch_optional(&mut *tx)
            .await?;
            let Some((channel, platform, due_at)) = place else { continue };
            if anew.messages.is_empty() {
                sqlx::query(
                    "UPDATE messages SET state = 'cancelled', error = 'nothing of it passes the filter and the mutes'
                     WHERE delivery_id = $1",
                )
                .bind(anew.delivery.0)
                .execute(&mut *tx)
                .await?;
                continue;
            }
            sqlx::query("DELETE FROM messages WHERE delivery_id = $1")
                .bind(anew.delivery.0)
                .execute(&mut *tx)
                .await?;
            let of = Of { delivery: anew.delivery, channel: ChannelId(channel), platform: &platform, due_at };
            let mut messages = Messages::default();
            messages.add(&mut tx, of, &anew.messages, &anew.nonces).await?;
            messages.put(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Leaves a stale delivery as it was set: it cannot be set anew.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn leave_as_set(&self, delivery: DeliveryId) -> Result<(), StoreError> {
        sqlx::query("UPDATE deliveries SET stale = 0 WHERE id = $1")
            .bind(delivery.0)
            .execute(&self.write)
            .await?;
        Ok(())
    }
}

/// What is planned and not begun is to be set anew.
pub(super) async fn mark_stale(tx: &mut Transaction<'static, Any>, whose: Whose) -> Result<(), StoreError> {
    let (condition, id) = match whose {
        Whose::Subscription(subscription) => ("AND d.subscription_id = $1", subscription.0),
        Whose::Channel(channel) => {
            ("AND d.subscription_id IN (SELECT id FROM subscriptions WHERE channel_id = $1)", channel.0)
        }
        Whose::All => ("AND $1 = 0", 0),
    };
    // What is planned is in the outbox's index; of the rest there may be very much.
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE deliveries AS d SET stale = stale + 1
         WHERE d.id IN (SELECT delivery_id FROM messages WHERE state IN ('queued', 'sending', 'unknown'))
             AND NOT EXISTS ({TRIED}) {condition}"
    )))
    .bind(id)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
