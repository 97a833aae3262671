//! What planning puts into the outbox: a delivery, its messages and how far the subscription has got, in one
//! transaction. Claiming them is in `claim.rs`.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use crate::model::channel::{ChannelId, Platform};
use crate::model::delivery::DeliveryId;
use crate::model::digest::DigestId;
use crate::model::feed::OnUnknown;
use crate::model::message::Rendered;
use crate::model::subscription::SubscriptionId;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{hash, millis, to_json};

/// What planning decided for one subscription.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its channel.
    pub channel: ChannelId,
    /// The channel's platform.
    pub platform: Platform,
    /// The edition that the decision was made from: if another planner was faster, nothing is written.
    pub edition_before: i64,
    /// For when planning was to look when the decision was made: if it is another time now, something has happened
    /// since (a digest arrived, somebody changed the subscription), nothing is written, and it is decided again.
    pub next_at_before: Option<DateTime<Utc>>,
    /// The last edition that is dealt with now.
    pub edition: i64,
    /// The last slot that is dealt with now.
    pub last_slot: DateTime<Utc>,
    /// Until when a late digest goes out at once.
    pub late_until: Option<DateTime<Utc>>,
    /// Whether a list after a pause is still to come.
    pub owes_list: bool,
    /// When to look again, if before a digest arrives.
    pub next_at: Option<DateTime<Utc>>,
    /// What is delivered, in order.
    pub deliveries: Vec<NewDelivery>,
}

/// A delivery on its way into the outbox.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// The digest; of a list, its last one.
    pub digest: DigestId,
    /// The digest's revision, as rendered.
    pub revision: u32,
    /// 0: as planned; 1 and more: sent again on request.
    pub occasion: u32,
    /// What to do with a message of which nobody knows whether it arrived.
    pub on_unknown: OnUnknown,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// Whether it lists several digests; corrections leave such a delivery alone.
    pub is_list: bool,
    /// The edition that the subscription had got before it; `None`: sent again on request.
    pub after_edition: Option<i64>,
    /// Whether it waits for quiet hours to end if it has not begun before them: what no slot and nobody asked for.
    pub heeds_quiet: bool,
    /// Its messages in order, each with its nonce.
    pub messages: Vec<(Rendered, String)>,
}

impl Store {
    /// Writes what was decided for subscriptions: how far each has got and its deliveries, in one transaction.
    /// Returns how many deliveries were written. A subscription that was changed, ended or planned by somebody
    /// else in between is left as it is.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn put_planned(&self, planned: &[Planned], now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut written = 0;
        let mut tx = self.begin().await?;
        for plan in planned {
            let moved = sqlx::query(
                "UPDATE subscriptions SET edition = $3, last_slot = $4, late_until = $5, next_at = $6, owes_list = $8
                 WHERE id = $1 AND edition = $2 AND next_at IS NOT DISTINCT FROM $7 AND ended_at IS NULL",
            )
            .bind(plan.subscription.0)
            .bind(plan.edition_before)
            .bind(plan.edition)
            .bind(millis(plan.last_slot))
            .bind(plan.late_until.map(millis))
            .bind(plan.next_at.map(millis))
            .bind(plan.next_at_before.map(millis))
            .bind(plan.owes_list)
            .execute(&mut *tx)
            .await?;
            if moved.rows_affected() == 0 {
                continue;
            }
            for delivery in &plan.deliveries {
                put_delivery(&mut tx, plan.subscription, (plan.channel, plan.platform), delivery, now)
                    .await?;
                written += 1;
            }
        }
        tx.commit().await?;
        Ok(written)
    }
}

/// Writes a delivery and its messages for a subscription of this channel.
pub(in crate::store) async fn put_delivery(
    tx: &mut Transaction<'static, Any>,
    subscription: SubscriptionId,
    (channel, platform): (ChannelId, Platform),
    delivery: &NewDelivery,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let due_at = in_turn(tx, subscription, (channel, platform), millis(delivery.due_at)).await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO deliveries (subscription_id, digest_id, revision, occasion, is_list, on_unknown, due_at,
             created_at, after_edition, heeds_quiet)
         VALUES ($1, $2, $3, $8, $4, $5, $6, $7, $9, $10) RETURNING id",
    )
    .bind(subscription.0)
    .bind(delivery.digest.0)
    .bind(i64::from(delivery.revision))
    .bind(delivery.is_list)
    .bind(delivery.on_unknown.name())
    .bind(due_at)
    .bind(millis(now))
    .bind(i64::from(delivery.occasion))
    .bind(delivery.after_edition)
    .bind(delivery.heeds_quiet)
    .fetch_one(&mut **tx)
    .await?;
    put_messages(tx, DeliveryId(id), (channel, platform.name()), due_at, &delivery.messages, now).await
}

/// Writes the messages of a delivery.
pub(in crate::store) async fn put_messages(
    tx: &mut Transaction<'static, Any>,
    delivery: DeliveryId,
    (channel, platform): (ChannelId, &str),
    due_at: i64,
    messages: &[(Rendered, String)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (part, (message, nonce)) in (1_i64..).zip(messages) {
        sqlx::query(
            "INSERT INTO messages (delivery_id, channel_id, platform, due_at, part, content, body, plain, nonce,
                 state, next_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10)",
        )
        .bind(delivery.0)
        .bind(channel.0)
        .bind(platform)
        .bind(due_at)
        .bind(part)
        .bind(hash(&message.body))
        .bind(to_json(&message.body))
        .bind(to_json(&message.plain))
        .bind(nonce)
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// When a delivery of a subscription counts as due, so that it comes neither before an earlier one of the same
/// subscription nor into the middle of one that has begun: its slot may lie hours back, and the clock may have been
/// set back since.
async fn in_turn(
    tx: &mut Transaction<'static, Any>,
    subscription: SubscriptionId,
    (channel, platform): (ChannelId, Platform),
    due_at: i64,
) -> Result<i64, StoreError> {
    let open: Option<i64> = sqlx::query_scalar(
        "SELECT max(m.due_at) FROM messages m JOIN deliveries d ON d.id = m.delivery_id
         WHERE m.platform = $1 AND m.channel_id = $2 AND m.state IN ('queued', 'sending', 'unknown')
             AND (d.subscription_id = $3
                 OR EXISTS (SELECT 1 FROM messages b WHERE b.delivery_id = d.id AND b.attempts > 0))",
    )
    .bind(platform.name())
    .bind(channel.0)
    .bind(subscription.0)
    .fetch_one(&mut **tx)
    .await?;
    Ok(open.map_or(due_at, |open| open.max(due_at)))
}

#[cfg(test)]
mod tests;
