//! The outbox: what planning puts in, what a worker claims, and how it is settled.
//!
//! Planning writes a delivery, its messages and how far the subscription has got in one transaction. A worker
//! claims the first open message of a channel, sends it outside any transaction, and settles it. A channel's
//! messages go one after the other, in the order (due, delivery, part).

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{FromRow, Sqlite, Transaction};

use super::Store;
use super::access;
use super::corrections::{catch_up_change, settle_change};
use super::error::StoreError;
use super::rows::{Row, hash, millis, readable, to_json};
use crate::model::channel::{Address, ChannelId, Platform};
use crate::model::delivery::{Claimed, DeliveryId, Head, Outcome, Task};
use crate::model::digest::DigestId;
use crate::model::feed::OnUnknown;
use crate::model::message::{Body, MessageId, MessageState, PlatformMessageId, Rendered};
use crate::model::subscription::SubscriptionId;

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
    /// The last edition that is dealt with now.
    pub edition: i64,
    /// The last slot that is dealt with now.
    pub last_slot: DateTime<Utc>,
    /// Until when a late digest goes out at once.
    pub late_until: Option<DateTime<Utc>>,
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
    /// What to do with a message of which nobody knows whether it arrived.
    pub on_unknown: OnUnknown,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// Whether it lists several digests; corrections leave such a delivery alone.
    pub is_list: bool,
    /// Its messages in order, each with its nonce.
    pub messages: Vec<(Rendered, String)>,
}

#[derive(Debug, FromRow)]
struct HeadRow {
    id: i64,
    address: String,
    kind: String,
    next_at: i64,
    due_at: i64,
    is_correction: bool,
}

#[derive(Debug, FromRow)]
struct HeadOfOne {
    #[sqlx(flatten)]
    head: HeadRow,
    on_the_wire: bool,
}

/// What is still to be sent. The words of an index, which is used only by conditions that say the same.
const OPEN: &str = "m.state IN ('queued', 'sending', 'unknown')";
/// What is sent and still to be corrected.
const TO_CHANGE: &str = "m.state = 'sent' AND m.change IS NOT NULL";
/// A channel's messages in their order: `OPEN`, then `TO_CHANGE`.
const IN_ORDER: [&str; 2] = [OPEN, TO_CHANGE];

impl TryFrom<HeadRow> for Head {
    type Error = StoreError;

    fn try_from(found: HeadRow) -> Result<Self, StoreError> {
        let row = Row { table: "channels", id: found.id };
        Ok(Self {
            channel: ChannelId(found.id),
            address: row.word(&found.address)?,
            kind: row.word(&found.kind)?,
            ready_at: row.instant(found.next_at)?,
            due_at: row.instant(found.due_at)?,
            is_correction: found.is_correction,
        })
    }
}

#[derive(Debug, FromRow)]
struct ClaimedRow {
    id: i64,
    delivery_id: i64,
    channel_id: i64,
    address: String,
    kind: String,
    body: String,
    plain: String,
    use_plain: bool,
    nonce: String,
    state: String,
    attempts: i64,
    attempted_at: Option<i64>,
    next_at: i64,
    wanted_at: i64,
    on_unknown: String,
    platform_id: Option<String>,
    change: Option<String>,
    on_the_wire: bool,
    has_ended: bool,
}

impl TryFrom<ClaimedRow> for Claimed {
    type Error = StoreError;

    fn try_from(found: ClaimedRow) -> Result<Self, StoreError> {
        let row = Row { table: "messages", id: found.id };
        let was = row.word(&found.state)?;
        let task = match (was, found.change.as_deref(), found.platform_id) {
            (MessageState::Sent, Some("edit"), Some(sent)) => Task::Edit(PlatformMessageId(sent)),
            (MessageState::Sent, Some("delete"), Some(sent)) => Task::Delete(PlatformMessageId(sent)),
            (MessageState::Sent, ..) => {
                return Err(StoreError::bad_row("messages", found.id, "cannot be changed"));
            }
            _ => Task::Send,
        };
        Ok(Self {
            message: MessageId(found.id),
            delivery: DeliveryId(found.delivery_id),
            channel: ChannelId(found.channel_id),
            address: row.word(&found.address)?,
            kind: row.word(&found.kind)?,
            body: row.json::<Body>(&found.body)?,
            plain: row.json::<Body>(&found.plain)?,
            use_plain: found.use_plain,
            nonce: found.nonce,
            was,
            task,
            attempts: row.count(found.attempts)?,
            attempted_at: row.instant_or_none(found.attempted_at)?,
            planned_at: row.instant(found.wanted_at)?,
            on_unknown: row.word(&found.on_unknown)?,
        })
    }
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
                "UPDATE subscriptions SET edition = $3, last_slot = $4, late_until = $5, next_at = $6
                 WHERE id = $1 AND edition = $2 AND ended_at IS NULL",
            )
            .bind(plan.subscription.0)
            .bind(plan.edition_before)
            .bind(plan.edition)
            .bind(millis(plan.last_slot))
            .bind(plan.late_until.map(millis))
            .bind(plan.next_at.map(millis))
            .execute(&mut *tx)
            .await?;
            if moved.rows_affected() == 0 {
                continue;
            }
            for delivery in &plan.deliveries {
                put_delivery(&mut tx, plan, delivery, now).await?;
                written += 1;
            }
        }
        tx.commit().await?;
        Ok(written)
    }

    /// The channels that have open messages on a platform, each with the message that is first in line. Channels
    /// that messages cannot go to, and those with a message on the wire, are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn heads(&self, platform: Platform) -> Result<Vec<Head>, StoreError> {
        let rows: Vec<HeadRow> = sqlx::query_as(
            "SELECT c.id, c.address, c.kind, h.next_at, h.due_at, h.is_correction FROM (
                 SELECT *, row_number() OVER (
                     PARTITION BY channel_id ORDER BY is_correction, due_at, delivery_id, part
                 ) AS place FROM (
                     SELECT channel_id, next_at, due_at, delivery_id, part, state = 'sending' AS on_the_wire,
                         FALSE AS is_correction
                     FROM messages WHERE platform = $1 AND state IN ('queued', 'sending', 'unknown')
                     UNION ALL
                     SELECT channel_id, next_at, due_at, delivery_id, part, owner IS NOT NULL, TRUE
                     FROM messages WHERE platform = $1 AND state = 'sent' AND change IS NOT NULL
                 )
             ) h JOIN channels c ON c.id = h.channel_id
             WHERE h.place = 1 AND NOT h.on_the_wire AND c.state = 'active'
             ORDER BY h.is_correction, h.due_at",
        )
        .bind(platform.name())
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Head::try_from)))
    }

    /// The same for one channel.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn head(&self, channel: ChannelId) -> Result<Option<Head>, StoreError> {
        for condition in IN_ORDER {
            let row: Option<HeadOfOne> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "SELECT c.id, c.address, c.kind, m.next_at, m.due_at, m.state = 'sent' AS is_correction,
                     m.owner IS NOT NULL AS on_the_wire
                 FROM messages m JOIN channels c ON c.id = m.channel_id
                 WHERE m.channel_id = $1 AND m.platform = c.platform AND c.state = 'active' AND {condition}
                 ORDER BY m.due_at, m.delivery_id, m.part LIMIT 1"
            )))
            .bind(channel.0)
            .fetch_optional(&self.read)
            .await?;
            if let Some(row) = row {
                return if row.on_the_wire { Ok(None) } else { row.head.try_into().map(Some) };
            }
        }
        Ok(None)
    }

    /// Claims the first open message of each of these channels, where it may be tried now; where none is open, the
    /// first that is to be corrected. Until `lease` is over nobody else can. What is left of deliveries to
    /// subscriptions that have ended is cancelled on the way.
    ///
    /// # Errors
    /// If the database fails; then nothing is claimed.
    pub async fn claim(
        &self,
        owner: &str,
        channels: &[ChannelId],
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut claimed = Vec::with_capacity(channels.len());
        let mut tx = self.begin().await?;
        for channel in channels {
            let row = first_of_channel(&mut tx, *channel).await?;
            let Some(row) = row.filter(|row| !row.on_the_wire && row.next_at <= millis(now)) else {
                continue;
            };
            let id = row.id;
            let message = match Claimed::try_from(row) {
                Ok(message) => message,
                Err(error) => {
                    set_aside(&mut tx, id, &error).await?;
                    continue;
                }
            };
            sqlx::query(
                // Of several attempts that may have arrived, the first says how far back to look.
                "UPDATE messages SET state = CASE state WHEN 'sent' THEN 'sent' ELSE 'sending' END, owner = $2,
                     lease_until = $3,
                     attempted_at = CASE WHEN state = 'unknown' THEN coalesce(attempted_at, $4) ELSE $4 END,
                     attempts = attempts + 1
                 WHERE id = $1",
            )
            .bind(id)
            .bind(owner)
            .bind(millis(now + lease))
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
            claimed.push(message);
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Settles claimed messages. What came of an attempt is true also if its lease was over before it ended, so
    /// that it is written as long as nobody else has claimed the message since.
    ///
    /// # Errors
    /// If the database fails; then nothing is settled.
    pub async fn settle(
        &self,
        owner: &str,
        outcomes: &[(Claimed, Outcome)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (claimed, outcome) in outcomes {
            match claimed.task {
                Task::Send => settle_sending(&mut tx, owner, claimed, outcome, now).await?,
                Task::Edit(_) | Task::Delete(_) => {
                    settle_change(&mut tx, owner, claimed, outcome, now).await?
                }
            }
            settle_channel(&mut tx, claimed, outcome, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Makes every message that was being sent, and whose claim is void, `unknown`: all of them when the process
    /// begins (`all`; it alone works on this database), later those whose lease is over. Returns how many. A
    /// correction whose claim is void is simply made again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn void_claims(&self, all: bool, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let voided = sqlx::query(
            "UPDATE messages SET state = 'unknown', owner = NULL, lease_until = NULL, next_at = $2,
                 error = 'the worker died while it was being sent'
             WHERE state = 'sending' AND ($1 OR lease_until <= $2)",
        )
        .bind(all)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE messages SET owner = NULL, lease_until = NULL
             WHERE state = 'sent' AND change IS NOT NULL AND owner IS NOT NULL AND ($1 OR lease_until <= $2)",
        )
        .bind(all)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(voided.rows_affected())
    }

    /// How many messages are in each state, by the state's name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn message_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, count(*) FROM messages GROUP BY state ORDER BY state")
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(state, count)| (state, count.unsigned_abs())).collect())
    }
}

/// The message that is first in line in a channel, with the columns that a claim takes.
async fn first_of_channel(
    tx: &mut Transaction<'static, Sqlite>,
    channel: ChannelId,
) -> Result<Option<ClaimedRow>, StoreError> {
    for condition in IN_ORDER {
        loop {
            let row: Option<ClaimedRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "SELECT m.id, m.delivery_id, m.channel_id, c.address, c.kind, m.use_plain, m.nonce, m.state,
                     CASE m.state WHEN 'sent' THEN coalesce(m.new_body, m.body) ELSE m.body END AS body,
                     CASE m.state WHEN 'sent' THEN coalesce(m.new_plain, m.plain) ELSE m.plain END AS plain,
                     m.attempts, m.attempted_at, m.next_at, m.platform_id, m.change, d.on_unknown,
                     max(d.created_at + d.held_for, g.revised_at) AS wanted_at, m.owner IS NOT NULL AS on_the_wire,
                     s.ended_at IS NOT NULL AS has_ended
                 FROM messages m JOIN channels c ON c.id = m.channel_id
                     JOIN deliveries d ON d.id = m.delivery_id
                     JOIN digests g ON g.id = d.digest_id
                     JOIN subscriptions s ON s.id = d.subscription_id
                 WHERE m.channel_id = $1 AND m.platform = c.platform AND c.state = 'active' AND {condition}
                 ORDER BY m.due_at, m.delivery_id, m.part LIMIT 1"
            )))
            .bind(channel.0)
            .fetch_optional(&mut **tx)
            .await?;
            match row {
                Some(row) if row.has_ended && !row.on_the_wire => drop_delivery(tx, row.delivery_id).await?,
                Some(row) => return Ok(Some(row)),
                None => break,
            }
        }
    }
    Ok(None)
}

/// Nobody wants what is left of this delivery any more.
async fn drop_delivery(tx: &mut Transaction<'static, Sqlite>, delivery: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE messages SET state = CASE state WHEN 'sent' THEN 'sent' ELSE 'cancelled' END, change = NULL,
             new_body = NULL, new_plain = NULL
         WHERE delivery_id = $1 AND (state IN ('queued', 'unknown') OR (state = 'sent' AND change IS NOT NULL))",
    )
    .bind(delivery)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A message that cannot be read must not stop those behind it.
async fn set_aside(
    tx: &mut Transaction<'static, Sqlite>,
    id: i64,
    error: &StoreError,
) -> Result<(), StoreError> {
    tracing::error!(%error, row = id, "set aside a message that cannot be read");
    sqlx::query("UPDATE messages SET state = 'failed', change = NULL, error = $2 WHERE id = $1")
        .bind(id)
        .bind(error.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn put_delivery(
    tx: &mut Transaction<'static, Sqlite>,
    plan: &Planned,
    delivery: &NewDelivery,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO deliveries (subscription_id, digest_id, revision, occasion, is_list, on_unknown, due_at,
             created_at)
         VALUES ($1, $2, $3, 0, $4, $5, $6, $7) RETURNING id",
    )
    .bind(plan.subscription.0)
    .bind(delivery.digest.0)
    .bind(i64::from(delivery.revision))
    .bind(delivery.is_list)
    .bind(delivery.on_unknown.name())
    .bind(millis(delivery.due_at))
    .bind(millis(now))
    .fetch_one(&mut **tx)
    .await?;
    for (part, (message, nonce)) in (1_i64..).zip(&delivery.messages) {
        sqlx::query(
            "INSERT INTO messages (delivery_id, channel_id, platform, due_at, part, content, body, plain, nonce,
                 state, next_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $4)",
        )
        .bind(id)
        .bind(plan.channel.0)
        .bind(plan.platform.name())
        .bind(millis(delivery.due_at))
        .bind(part)
        .bind(hash(&message.body))
        .bind(to_json(&message.body))
        .bind(to_json(&message.plain))
        .bind(nonce)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Settles a message that was claimed to be sent.
async fn settle_sending(
    tx: &mut Transaction<'static, Sqlite>,
    owner: &str,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // That this attempt surely did not arrive says nothing of an earlier one.
    let open = if claimed.was == MessageState::Unknown { "unknown" } else { "queued" };
    let (state, next_at, error) = match outcome {
        Outcome::Sent(_) => ("sent", now, None),
        Outcome::Again { at, reason } => (open, *at, Some(reason)),
        Outcome::Unknown { at, reason } => ("unknown", *at, Some(reason)),
        Outcome::Plainer(reason) => (open, now, Some(reason)),
        Outcome::Failed(reason) => ("failed", now, Some(reason)),
        Outcome::Lost(reason) => (open, now, Some(reason)),
        Outcome::Moved(_) => (open, now, None),
    };
    let platform_id = match outcome {
        Outcome::Sent(id) => Some(&id.0),
        _ => None,
    };
    sqlx::query(
        "UPDATE messages SET state = $3, next_at = $4, error = $5, platform_id = coalesce($6, platform_id),
             sent_at = CASE WHEN $3 = 'sent' THEN $7 ELSE sent_at END, use_plain = use_plain OR $8,
             owner = NULL, lease_until = NULL
         WHERE id = $1 AND (owner = $2 OR (owner IS NULL AND state = 'unknown'))",
    )
    .bind(claimed.message.0)
    .bind(owner)
    .bind(state)
    .bind(millis(next_at))
    .bind(error)
    .bind(platform_id)
    .bind(millis(now))
    .bind(matches!(outcome, Outcome::Plainer(_)))
    .execute(&mut **tx)
    .await?;
    catch_up_change(tx, claimed.message).await
}

/// What the outcome of a call says of its channel.
async fn settle_channel(
    tx: &mut Transaction<'static, Sqlite>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match outcome {
        Outcome::Sent(_) => access::reached(tx, claimed.channel).await?,
        Outcome::Lost(reason) => access::lose(tx, claimed.address, reason, now).await?,
        Outcome::Moved(chat) => {
            if let Address::Telegram { chat: from, .. } = claimed.address {
                access::move_chat(tx, from, *chat, now).await?;
            }
        }
        _ => {}
    }
    Ok(())
}
