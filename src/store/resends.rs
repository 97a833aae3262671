//! Sending again on request: what was sent of a digest to a subscription, and the requests until dispatch has put them
//! into the outbox. What is missing of a delivery goes out from its own rows.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::outbox::{New, put_deliveries};
use super::rows::{Row, millis, readable};
use super::subscriptions::{COLUMNS, Due, DueRow};
use crate::model::delivery::DeliveryId;
use crate::model::digest::DigestId;
use crate::model::subscription::SubscriptionId;
use crate::store::NewDelivery;

/// What became of the last delivery of a digest to a subscription, in messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastDelivery {
    /// The delivery.
    pub delivery: DeliveryId,
    /// How many messages it has, without those that a correction took back.
    pub messages: u32,
    /// Of those, how many arrived.
    pub sent: u32,
    /// Of those, how many are still on their way.
    pub open: u32,
    /// When the first of them arrived.
    pub sent_at: Option<DateTime<Utc>>,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryResult {
    /// The day of its digest; of a list, of the last one.
    pub day: NaiveDate,
    /// When it was due.
    pub at: DateTime<Utc>,
    /// How many messages it has, without those that were cancelled or taken back.
    pub messages: u32,
    /// Of those, how many arrived.
    pub sent: u32,
    /// Of those, how many are still on their way.
    pub open: u32,
    /// Why the last failure or cancellation was.
    pub error: Option<String>,
}

#[derive(Debug, FromRow)]
struct ResultRow {
    id: i64,
    day: String,
    due_at: i64,
    messages: i64,
    sent: i64,
    open: i64,
    error: Option<String>,
}

impl TryFrom<ResultRow> for DeliveryResult {
    type Error = StoreError;

    fn try_from(found: ResultRow) -> Result<Self, StoreError> {
        let row = Row { table: "deliveries", id: found.id };
        Ok(Self {
            day: row.word(&found.day)?,
            at: row.instant(found.due_at)?,
            messages: row.count(found.messages)?,
            sent: row.count(found.sent)?,
            open: row.count(found.open)?,
            error: found.error,
        })
    }
}

impl LastDelivery {
    /// How many messages did not arrive and are not on their way.
    pub fn missing(&self) -> u32 {
        self.messages.saturating_sub(self.sent + self.open)
    }
}

/// A digest that somebody wants sent again.
#[derive(Debug, Clone)]
pub struct Resend {
    /// The request.
    pub id: i64,
    /// Whom it goes to, as they want it now.
    pub due: Due,
    /// The digest.
    pub digest: DigestId,
    /// The how-manieth sending of the digest to the subscription it is: 0 is the one that was planned.
    pub occasion: u32,
}

#[derive(Debug, FromRow)]
struct ResendRow {
    resend_id: i64,
    digest_id: i64,
    occasion: i64,
    #[sqlx(flatten)]
    due: DueRow,
}

impl TryFrom<ResendRow> for Resend {
    type Error = StoreError;

    fn try_from(found: ResendRow) -> Result<Self, StoreError> {
        let row = Row { table: "resends", id: found.resend_id };
        Ok(Self {
            id: found.resend_id,
            digest: DigestId(found.digest_id),
            occasion: row.count(found.occasion)?,
            due: found.due.try_into()?,
        })
    }
}

#[derive(Debug, FromRow)]
struct LastRow {
    id: i64,
    messages: i64,
    sent: i64,
    open: i64,
    sent_at: Option<i64>,
}

impl Store {
    /// What became of the last delivery of a digest to a subscription; `None`: there was none, or it was a list.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn last_delivery(
        &self,
        subscription: SubscriptionId,
        digest: DigestId,
    ) -> Result<Option<LastDelivery>, StoreError> {
        let found: Option<LastRow> = sqlx::query_as(
            "SELECT d.id, count(*) AS messages,
                 count(CASE WHEN m.state = 'sent' THEN 1 END) AS sent,
                 count(CASE WHEN m.state IN ('queued', 'sending', 'unknown') THEN 1 END) AS open,
                 min(m.sent_at) AS sent_at
             FROM deliveries d JOIN messages m ON m.delivery_id = d.id
             WHERE d.subscription_id = $1 AND d.digest_id = $2 AND NOT d.is_list
                 AND m.state <> 'cancelled'
             GROUP BY d.id ORDER BY d.occasion DESC LIMIT 1",
        )
        .bind(subscription.0)
        .bind(digest.0)
        .fetch_optional(&self.read)
        .await?;
        let Some(found) = found else { return Ok(None) };
        let row = Row { table: "deliveries", id: found.id };
        Ok(Some(LastDelivery {
            delivery: DeliveryId(found.id),
            messages: row.count(found.messages)?,
            sent: row.count(found.sent)?,
            open: row.count(found.open)?,
            sent_at: row.instant_or_none(found.sent_at)?,
        }))
    }

    /// Notes that somebody wants a digest sent again; asked for twice before it is planned, it is sent once. Whoever
    /// calls wakes dispatch.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ask_resend(
        &self,
        subscription: SubscriptionId,
        digest: DigestId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO resends (subscription_id, digest_id, asked_at) VALUES ($1, $2, $3)
             ON CONFLICT (subscription_id, digest_id) DO NOTHING",
        )
        .bind(subscription.0)
        .bind(digest.0)
        .bind(millis(now))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Queues again what of a delivery did not arrive and is not on its way. Returns how many messages that are.
    /// Whoever calls wakes dispatch.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn resend_missing(&self, delivery: DeliveryId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let queued = sqlx::query(
            "UPDATE messages SET state = 'queued', attempts = 0, failing_for = 0, next_at = $2, attempted_at = NULL, owner = NULL,
                 lease_until = NULL, error = NULL, change = NULL, due_at = $2
             WHERE delivery_id = $1 AND state = 'failed' AND recall IS NULL",
        )
        .bind(delivery.0)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(queued.rows_affected())
    }

    /// What became of a subscription's last deliveries, the newest first; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_deliveries(
        &self,
        subscription: SubscriptionId,
        count: u32,
    ) -> Result<Vec<DeliveryResult>, StoreError> {
        let rows: Vec<ResultRow> = sqlx::query_as(
            "SELECT d.id, g.day, d.due_at, count(CASE WHEN m.state <> 'cancelled' THEN 1 END) AS messages,
                 count(CASE WHEN m.state = 'sent' THEN 1 END) AS sent,
                 count(CASE WHEN m.state IN ('queued', 'sending', 'unknown') THEN 1 END) AS open,
                 max(CASE WHEN m.state <> 'sent' THEN m.error END) AS error
             FROM deliveries d JOIN digests g ON g.id = d.digest_id LEFT JOIN messages m ON m.delivery_id = d.id
             WHERE d.id IN (SELECT id FROM deliveries WHERE subscription_id = $1 ORDER BY id DESC LIMIT $2)
             GROUP BY d.id, g.day ORDER BY d.id DESC",
        )
        .bind(subscription.0)
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(DeliveryResult::try_from)))
    }

    /// What is wanted again and not yet in the outbox, for subscriptions that are alive and channels that messages
    /// can go to; at most `count`, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn resends(&self, count: u32) -> Result<Vec<Resend>, StoreError> {
        let rows: Vec<ResendRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT r.id AS resend_id, r.digest_id, {COLUMNS}, s.next_at, c.address, c.kind,
                 1 + coalesce((SELECT max(d.occasion) FROM deliveries d
                     WHERE d.subscription_id = r.subscription_id AND d.digest_id = r.digest_id), 0) AS occasion
             FROM resends r JOIN subscriptions s ON s.id = r.subscription_id
                 JOIN channels c ON c.id = s.channel_id
             WHERE s.ended_at IS NULL AND c.state = 'active' ORDER BY r.id LIMIT $1"
        )))
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Resend::try_from)))
    }

    /// Puts what was wanted again into the outbox (`None`: nothing of it passes any more), and forgets the request,
    /// in one transaction.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn put_resend(
        &self,
        resend: &Resend,
        delivery: Option<&NewDelivery>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let asked =
            sqlx::query("DELETE FROM resends WHERE id = $1").bind(resend.id).execute(&mut *tx).await?;
        if let Some(delivery) = delivery
            && asked.rows_affected() > 0
        {
            let subscription = &resend.due.subscription;
            let place = (subscription.channel, resend.due.address.platform());
            put_deliveries(&mut tx, &[New { subscription: subscription.id, place, delivery }], now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
