//! What planning puts into the outbox: a delivery, its messages and how far the subscription has got, in one
//! transaction. Claiming them is in `claim.rs`.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use crate::model::channel::{ChannelId, Platform};
use crate::model::delivery::DeliveryId;
use crate::model::digest::DigestId;
use crate::model::feed::OnUnknown;
use crate::model::message::{MessageState, Rendered};
use crate::model::subscription::SubscriptionId;
use crate::store::Store;
use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::store::rows::{hash, millis, read_gathered, to_json};
use crate::store::texts::keep_text;

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
    /// Its messages in order; channels that agree share them.
    pub messages: Arc<Vec<Rendered>>,
    /// The nonce of each.
    pub nonces: Vec<String>,
}

/// Rows that are written with one statement. More would not be quicker: by then the rows themselves are what takes time.
const AT_ONCE: usize = 250;

impl Store {
    /// Writes what was decided for subscriptions: how far each has got and its deliveries, in one transaction.
    /// Returns how many deliveries were written. A subscription that was changed, ended or planned by somebody
    /// else in between is left as it is.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn put_planned(&self, planned: &[Planned], now: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(match self.put_planned_by(AT_ONCE, planned, now).await? {
            Some(written) => written,
            // One by one it is seen which of them were changed.
            None => self.put_planned_by(1, planned, now).await?.unwrap_or_default(),
        })
    }

    /// The same with so many subscriptions a statement; `None`, and nothing is written, if some of a statement's were as the
    /// decision found them and some were not.
    async fn put_planned_by(
        &self,
        at_once: usize,
        planned: &[Planned],
        now: DateTime<Utc>,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin().await?;
        let mut new = Vec::with_capacity(planned.len());
        for some in planned.chunks(at_once) {
            match move_on(&mut tx, some).await? {
                0 => {}
                moved if moved == some.len() as u64 => new.extend(some.iter().flat_map(New::of)),
                _ => return Ok(None),
            }
        }
        put_deliveries(&mut tx, &new, now).await?;
        tx.commit().await?;
        Ok(Some(new.len() as u64))
    }
}

/// A delivery that is to be written, and whom it is for.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct New<'p> {
    /// The subscription.
    pub(in crate::store) subscription: SubscriptionId,
    /// Its channel, and the channel's platform.
    pub(in crate::store) place: (ChannelId, Platform),
    /// The delivery.
    pub(in crate::store) delivery: &'p NewDelivery,
}

impl<'p> New<'p> {
    fn of(plan: &'p Planned) -> impl Iterator<Item = Self> {
        let (subscription, place) = (plan.subscription, (plan.channel, plan.platform));
        plan.deliveries.iter().map(move |delivery| Self { subscription, place, delivery })
    }
}

/// Writes how far subscriptions have got; returns how many of them were as the decision found them.
async fn move_on(tx: &mut Transaction<'static, Any>, planned: &[Planned]) -> Result<u64, StoreError> {
    let sql = format!(
        "WITH p (subscription, was_edition, was_next, to_edition, slot, late, to_next, owes) AS (VALUES {})
         UPDATE subscriptions SET edition = p.to_edition, last_slot = p.slot, late_until = p.late,
             next_at = p.to_next, owes_list = p.owes
         FROM p
         WHERE subscriptions.id = p.subscription AND subscriptions.edition = p.was_edition
             AND subscriptions.next_at IS NOT DISTINCT FROM p.was_next AND subscriptions.ended_at IS NULL",
        Backend::behind(tx).places(planned.len(), 8)
    );
    let mut moved = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(planned.len() == AT_ONCE);
    for plan in planned {
        moved = moved
            .bind(plan.subscription.0)
            .bind(plan.edition_before)
            .bind(plan.next_at_before.map(millis))
            .bind(plan.edition)
            .bind(millis(plan.last_slot))
            .bind(plan.late_until.map(millis))
            .bind(plan.next_at.map(millis))
            .bind(plan.owes_list);
    }
    Ok(moved.execute(&mut **tx).await?.rows_affected())
}

/// Writes deliveries and their messages.
pub(in crate::store) async fn put_deliveries(
    tx: &mut Transaction<'static, Any>,
    new: &[New<'_>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let busy = busy(tx, new).await?;
    for new in new.chunks(AT_ONCE) {
        let mut due = Vec::with_capacity(new.len());
        for one in new {
            due.push(match busy.contains(&one.place.0.0) {
                true => in_turn(tx, one).await?,
                false => millis(one.delivery.due_at),
            });
        }
        let sql = format!(
            "INSERT INTO deliveries (subscription_id, digest_id, occasion, revision, is_list, on_unknown, due_at,
                 created_at, after_edition, heeds_quiet)
             VALUES {}",
            Backend::behind(tx).places(new.len(), 10)
        );
        let last_before = last_delivery(tx).await?;
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(new.len() == AT_ONCE);
        for (New { subscription, delivery, .. }, due_at) in new.iter().zip(&due) {
            insert = insert
                .bind(subscription.0)
                .bind(delivery.digest.0)
                .bind(i64::from(delivery.occasion))
                .bind(i64::from(delivery.revision))
                .bind(delivery.is_list)
                .bind(delivery.on_unknown.name())
                .bind(due_at)
                .bind(millis(now))
                .bind(delivery.after_edition)
                .bind(delivery.heeds_quiet);
        }
        insert.execute(&mut **tx).await?;
        let ids = deliveries_since(tx, last_before).await?;
        let mut messages = Messages::default();
        for (New { subscription, place: (channel, platform), delivery }, due_at) in new.iter().zip(due) {
            let key = [subscription.0, delivery.digest.0, i64::from(delivery.occasion)];
            let id = ids.get(&key).ok_or_else(|| {
                StoreError::bad_row("deliveries", last_before, "what was written after it is not there")
            })?;
            let of = Of { delivery: DeliveryId(*id), channel: *channel, platform: platform.name(), due_at };
            messages.add(tx, of, &delivery.messages, &delivery.nonces).await?;
        }
        messages.put(tx, now).await?;
    }
    Ok(())
}

/// The newest delivery; a later one has a greater number.
async fn last_delivery(tx: &mut Transaction<'static, Any>) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM deliveries").fetch_one(&mut **tx).await?)
}

/// The deliveries after one, by subscription, digest and occasion.
async fn deliveries_since(
    tx: &mut Transaction<'static, Any>,
    last: i64,
) -> Result<HashMap<[i64; 3], i64>, StoreError> {
    let gathered = Backend::behind(tx).gathered(&["subscription_id", "digest_id", "occasion", "id"]);
    let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT {gathered} FROM (SELECT * FROM deliveries WHERE id > $1) r"
    )))
    .bind(last)
    .fetch_one(&mut **tx)
    .await?;
    let rows = read_gathered(&rows)?.into_iter();
    Ok(rows
        .map(|[subscription, digest, occasion, id]: [i64; 4]| ([subscription, digest, occasion], id))
        .collect())
}

/// Which of their channels have messages in line already.
async fn busy(tx: &mut Transaction<'static, Any>, new: &[New<'_>]) -> Result<HashSet<i64>, StoreError> {
    let channels: Vec<i64> = new.iter().map(|new| new.place.0.0).collect();
    let busy: Vec<i64> = sqlx::query_scalar(
        "SELECT c.id FROM json_each($1) wanted JOIN channels c ON c.id = CAST(wanted.value AS BIGINT)
         WHERE EXISTS (SELECT 1 FROM messages m WHERE m.platform = c.platform AND m.channel_id = c.id
             AND m.state IN ('queued', 'sending', 'unknown'))",
    )
    .bind(to_json(&channels))
    .fetch_all(&mut **tx)
    .await?;
    Ok(busy.into_iter().collect())
}

/// What messages are of.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Of<'p> {
    /// The delivery.
    pub(in crate::store) delivery: DeliveryId,
    /// Its channel.
    pub(in crate::store) channel: ChannelId,
    /// The channel's platform.
    pub(in crate::store) platform: &'p str,
    /// When the delivery is due, in milliseconds.
    pub(in crate::store) due_at: i64,
}

/// Messages on their way into the outbox.
#[derive(Debug, Default)]
pub(in crate::store) struct Messages<'p> {
    rows: Vec<MessageRow<'p>>,
    /// What is kept already, by its address, as messages that agree are one: its row, and the hash of the body.
    texts: HashMap<usize, (i64, String)>,
}

#[derive(Debug)]
struct MessageRow<'p> {
    of: Of<'p>,
    part: i64,
    text: i64,
    content: String,
    nonce: &'p str,
}

impl<'p> Messages<'p> {
    /// Adds the messages of a delivery, each with its nonce.
    pub(in crate::store) async fn add(
        &mut self,
        tx: &mut Transaction<'static, Any>,
        of: Of<'p>,
        messages: &'p [Rendered],
        nonces: &'p [String],
    ) -> Result<(), StoreError> {
        for (part, (message, nonce)) in (1_i64..).zip(messages.iter().zip(nonces)) {
            let (text, content) = match self.texts.entry(std::ptr::from_ref(message).addr()) {
                Entry::Occupied(kept) => kept.into_mut(),
                Entry::Vacant(free) => free.insert((keep_text(tx, message).await?, hash(&message.body))),
            };
            self.rows.push(MessageRow { of, part, text: *text, content: content.clone(), nonce });
        }
        Ok(())
    }

    /// Writes them.
    pub(in crate::store) async fn put(
        self,
        tx: &mut Transaction<'static, Any>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for rows in self.rows.chunks(AT_ONCE) {
            let sql = format!(
                "INSERT INTO messages (delivery_id, channel_id, platform, due_at, part, content, text_id, nonce,
                     state, next_at)
                 VALUES {}",
                Backend::behind(tx).places(rows.len(), 10)
            );
            let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(rows.len() == AT_ONCE);
            for row in rows {
                insert = insert
                    .bind(row.of.delivery.0)
                    .bind(row.of.channel.0)
                    .bind(row.of.platform)
                    .bind(row.of.due_at)
                    .bind(row.part)
                    .bind(&row.content)
                    .bind(row.text)
                    .bind(row.nonce)
                    .bind(MessageState::Queued.name())
                    .bind(millis(now));
            }
            insert.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// When a delivery of a subscription counts as due, so that it comes neither before an earlier one of the same
/// subscription nor into the middle of one that has begun: its slot may lie hours back, and the clock may have been
/// set back since.
async fn in_turn(tx: &mut Transaction<'static, Any>, new: &New<'_>) -> Result<i64, StoreError> {
    let New { subscription, place: (channel, platform), delivery } = new;
    let due_at = millis(delivery.due_at);
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
