//! Corrections: which deliveries show an earlier revision of their digest, and what replaces their messages.
//!
//! A message that is still queued says the new at once. One that is sent, or may be, keeps what was sent until
//! the worker has changed it: the change waits in the same row (`change`, `new_text_id`).

use chrono::{DateTime, Utc};
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::archive;
use super::digests::by_key;
use super::error::StoreError;
use super::rows::{Row, hash, millis, readable};
use super::subscriptions::{COLUMNS, Due, DueRow};
use super::texts::keep_text;
use crate::model::delivery::{Claimed, DeliveryId, Outcome, Task};
use crate::model::digest::{DigestId, DigestKey};
use crate::model::feed::FeedName;
use crate::model::message::{MessageId, PlatformMessageId, Rendered};

/// A delivery that shows an earlier revision of its digest.
#[derive(Debug, Clone)]
pub struct Outdated {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its digest.
    pub digest: DigestId,
    /// 0: as planned; 1 and more: sent again on request.
    pub occasion: u32,
    /// When the digest was corrected.
    pub revised_at: DateTime<Utc>,
    /// Whom it is for, as they want it now.
    pub due: Due,
    /// The last of its messages that is sent.
    pub last_sent: Option<PlatformMessageId>,
    /// The revision that readers saw first; `None` if nothing was tried yet.
    pub seen_revision: Option<u32>,
}

/// A delivery as it should be now.
#[derive(Debug, Clone)]
pub struct Corrected {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The digest's revision, as rendered.
    pub revision: u32,
    /// Its messages in order; none: nothing passes the filter any more.
    pub messages: Vec<CorrectedMessage>,
    /// What is left of a message that is taken back, where it cannot be deleted.
    pub emptied: Rendered,
}

/// One message of it.
#[derive(Debug, Clone)]
pub struct CorrectedMessage {
    /// As a reader gets it who has not seen an earlier one.
    pub fresh: Rendered,
    /// With the note that it was corrected.
    pub noted: Rendered,
    /// As it is sent if the delivery has no such part yet: an answer to its last one.
    pub added: Rendered,
    /// For sending it, should it be new.
    pub nonce: String,
}

#[derive(Debug, FromRow)]
struct OutdatedRow {
    delivery_id: i64,
    digest_id: i64,
    occasion: i64,
    revised_at: i64,
    last_sent: Option<String>,
    seen_revision: Option<i64>,
    #[sqlx(flatten)]
    due: DueRow,
}

impl TryFrom<OutdatedRow> for Outdated {
    type Error = StoreError;

    fn try_from(found: OutdatedRow) -> Result<Self, StoreError> {
        let row = Row { table: "deliveries", id: found.delivery_id };
        Ok(Self {
            delivery: DeliveryId(found.delivery_id),
            digest: DigestId(found.digest_id),
            occasion: row.count(found.occasion)?,
            revised_at: row.instant(found.revised_at)?,
            last_sent: found.last_sent.map(PlatformMessageId),
            seen_revision: found.seen_revision.map(|revision| row.count(revision)).transpose()?,
            due: found.due.try_into()?,
        })
    }
}

/// What of a delivery `d` was tried; a correction counts its own attempts.
pub(super) const TRIED: &str =
    "SELECT 1 FROM messages m WHERE m.delivery_id = d.id AND (m.state = 'sent' OR m.attempts > 0)";

/// A message of the delivery that is corrected.
#[derive(Debug, FromRow)]
struct Part {
    id: i64,
    part: i64,
    state: String,
    change: Option<String>,
    content: String,
    platform_id: Option<String>,
    error: Option<String>,
}

impl Store {
    /// Deliveries due since `since` that show an earlier revision of their digest than there is, for subscriptions
    /// that are alive: at most `count`, after the delivery `after`, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outdated_deliveries(
        &self,
        since: DateTime<Utc>,
        after: DeliveryId,
        count: u32,
    ) -> Result<Vec<Outdated>, StoreError> {
        let rows: Vec<OutdatedRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT d.id AS delivery_id, d.digest_id, d.occasion, g.revised_at, {COLUMNS}, s.next_at, c.address, c.kind,
                 (SELECT m.platform_id FROM messages m WHERE m.delivery_id = d.id AND m.state = 'sent'
                  ORDER BY m.part DESC LIMIT 1) AS last_sent,
                 CASE WHEN EXISTS ({TRIED}) THEN coalesce(d.shown_revision, d.revision) END AS seen_revision
             FROM digests g JOIN deliveries d ON d.digest_id = g.id AND d.revision < g.revision
                 JOIN subscriptions s ON s.id = d.subscription_id
                 JOIN channels c ON c.id = s.channel_id
             WHERE g.revision > 1 AND g.revised_at >= $1 AND g.withdrawn_at IS NULL
                 AND d.due_at >= $1 AND d.id > $2 AND NOT d.is_list AND d.recalled_at IS NULL AND s.ended_at IS NULL
             ORDER BY d.id LIMIT $3"
        )))
        .bind(millis(since))
        .bind(after.0)
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Outdated::try_from)))
    }

    /// Brings deliveries to a revision, in one transaction: replaces what is queued, marks what is sent and has
    /// changed, queues what is new and takes back what is not there any more. Returns how many messages it touched.
    /// A delivery that somebody else has brought there in between is left as it is.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn put_corrected(
        &self,
        corrected: &[Corrected],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut touched = 0;
        let mut tx = self.begin().await?;
        for delivery in corrected {
            let moved = sqlx::query(sqlx::AssertSqlSafe(format!(
                "UPDATE deliveries AS d SET revision = $2,
                     shown_revision = CASE WHEN EXISTS ({TRIED}) THEN coalesce(shown_revision, revision) END
                 WHERE id = $1 AND revision < $2 AND recalled_at IS NULL"
            )))
            .bind(delivery.delivery.0)
            .bind(i64::from(delivery.revision))
            .execute(&mut *tx)
            .await?;
            if moved.rows_affected() > 0 {
                touched += correct(&mut tx, delivery, now).await?;
            }
        }
        tx.commit().await?;
        Ok(touched)
    }

    /// A post was deleted or made a draft: its digest goes to nobody any more, deliveries of which nothing was tried
    /// are cancelled, and what is sent stays. Returns whether there was a digest to withdraw.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn withdraw_digest(
        &self,
        feed: &FeedName,
        key: &DigestKey,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let Some(id) = by_key(&mut tx, feed, key).await? else { return Ok(false) };
        let withdrawn =
            sqlx::query("UPDATE digests SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL")
                .bind(id)
                .bind(millis(now))
                .execute(&mut *tx)
                .await?;
        if withdrawn.rows_affected() == 0 {
            return Ok(false);
        }
        archive::forget(&mut tx, id).await?;
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE messages SET state = 'cancelled' WHERE state = 'queued' AND delivery_id IN (
                 SELECT d.id FROM deliveries d
                 WHERE d.digest_id = $1 AND NOT d.is_list AND NOT EXISTS ({TRIED})
             )"
        )))
        .bind(id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Settles a message that was claimed to be changed. If another correction came in between, the claim is void and
/// this writes nothing.
pub(super) async fn settle_change(
    tx: &mut Transaction<'static, Any>,
    owner: &str,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let settled = match outcome {
        // A message that was taken back may come back, as a new one.
        Outcome::Sent(_) if matches!(claimed.task, Task::Delete(_)) => {
            "state = 'cancelled', platform_id = NULL, change = NULL, error = NULL"
        }
        Outcome::Sent(_) => {
            "text_id = coalesce(new_text_id, text_id), new_text_id = NULL, change = NULL, error = NULL"
        }
        // What was emptied says nothing that a later correction could keep.
        Outcome::Emptied => {
            "text_id = coalesce(new_text_id, text_id), content = '', new_text_id = NULL, change = NULL, error = NULL"
        }
        Outcome::Plainer(_) => "use_plain = true, error = $4",
        Outcome::Later { .. } | Outcome::Again { .. } | Outcome::Unknown { .. } | Outcome::Moved(_) => {
            "error = $4"
        }
        Outcome::Failed(_) | Outcome::Lost(_) => "new_text_id = NULL, change = NULL, error = $4",
    };
    let (next_at, error) = match outcome {
        Outcome::Later { at, reason } | Outcome::Again { at, reason } | Outcome::Unknown { at, reason } => {
            (*at, Some(reason))
        }
        Outcome::Plainer(reason) | Outcome::Failed(reason) | Outcome::Lost(reason) => (now, Some(reason)),
        Outcome::Sent(_) | Outcome::Emptied | Outcome::Moved(_) => (now, None),
    };
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE messages SET {settled}, next_at = $3, owner = NULL, lease_until = NULL
         WHERE id = $1 AND owner = $2"
    )))
    .bind(claimed.message.0)
    .bind(owner)
    .bind(millis(next_at))
    .bind(error)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A message that was corrected while it was on the wire, and has not arrived, is corrected before it is tried again.
pub(super) async fn catch_up_change(
    tx: &mut Transaction<'static, Any>,
    message: MessageId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE messages SET text_id = coalesce(new_text_id, text_id),
             use_plain = CASE change WHEN 'edit' THEN false ELSE use_plain END,
             state = CASE WHEN state = 'queued' AND change IN ('delete', 'recall') THEN 'cancelled' ELSE state END,
             recall = CASE WHEN change = 'recall' THEN CASE state WHEN 'queued' THEN 'done' ELSE 'refused' END
                 ELSE recall END,
             error = CASE WHEN change = 'recall' AND state = 'queued' THEN 'recalled' ELSE error END,
             change = NULL, new_text_id = NULL
         WHERE id = $1 AND state IN ('queued', 'failed') AND change IS NOT NULL",
    )
    .bind(message.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn correct(
    tx: &mut Transaction<'static, Any>,
    corrected: &Corrected,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let parts: Vec<Part> = sqlx::query_as(
        "SELECT id, part, state, change, content, platform_id, error FROM messages WHERE delivery_id = $1 ORDER BY part",
    )
    .bind(corrected.delivery.0)
    .fetch_all(&mut **tx)
    .await?;
    let mut touched = 0;
    for (number, message) in (1_i64..).zip(&corrected.messages) {
        touched += match parts.iter().find(|part| part.part == number) {
            Some(part) => replace(tx, part, message, now).await?,
            None => add(tx, corrected.delivery, number, message, now).await?,
        };
    }
    let is_empty = corrected.messages.is_empty();
    let count = i64::try_from(corrected.messages.len()).unwrap_or(i64::MAX);
    for part in parts.iter().filter(|part| part.part > count) {
        // Where nothing is left to show, what is sent stays.
        if !is_empty || part.state == "queued" {
            touched += take_back(tx, part, &corrected.emptied, now).await?;
        }
    }
    Ok(touched)
}

/// Puts a message in place of one that there is, if it says anything else.
async fn replace(
    tx: &mut Transaction<'static, Any>,
    part: &Part,
    message: &CorrectedMessage,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let content = hash(&message.fresh.body);
    let is_kept = part.content == content && part.change.as_deref() != Some("delete");
    let (change, shown) = match part.state.as_str() {
        "queued" if !is_kept => ("text_id = $3, use_plain = false", &message.fresh),
        "sent" if !is_kept => (
            "change = 'edit', new_text_id = $3, use_plain = false, attempts = 0, failing_for = 0, next_at = $4,
             owner = NULL, lease_until = NULL",
            &message.noted,
        ),
        "sending" | "unknown" if !is_kept => {
            ("change = 'edit', new_text_id = $3", &message.noted)
        }
        // Withdrawn before it was sent, or taken back since; what was cancelled for another reason says so.
        "cancelled" if part.platform_id.is_none() && part.error.is_none() => (
            "state = 'queued', text_id = $3, use_plain = false, attempts = 0, failing_for = 0, attempted_at = NULL,
             next_at = $4, nonce = $5, error = NULL, change = NULL",
            &message.fresh,
        ),
        _ => return Ok(0),
    };
    let text = keep_text(tx, shown).await?;
    let updated =
        sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE messages SET content = $2, {change} WHERE id = $1")))
            .bind(part.id)
            .bind(content)
            .bind(text)
            .bind(millis(now))
            .bind(&message.nonce)
            .execute(&mut **tx)
            .await?;
    Ok(updated.rows_affected())
}

async fn add(
    tx: &mut Transaction<'static, Any>,
    delivery: DeliveryId,
    number: i64,
    message: &CorrectedMessage,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let text = keep_text(tx, &message.added).await?;
    let added = sqlx::query(
        "INSERT INTO messages (delivery_id, channel_id, platform, due_at, part, content, text_id, nonce, state,
             next_at)
         SELECT d.id, s.channel_id, c.platform, d.due_at, $2, $3, $4, $5, 'queued', $6
         FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
             JOIN channels c ON c.id = s.channel_id
         WHERE d.id = $1",
    )
    .bind(delivery.0)
    .bind(number)
    .bind(hash(&message.fresh.body))
    .bind(text)
    .bind(&message.nonce)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(added.rows_affected())
}

async fn take_back(
    tx: &mut Transaction<'static, Any>,
    part: &Part,
    emptied: &Rendered,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let change = match part.state.as_str() {
        "queued" => "state = 'cancelled'",
        "sent" => {
            "change = 'delete', new_text_id = $3, use_plain = false, attempts = 0, failing_for = 0, next_at = $2,
             owner = NULL, lease_until = NULL"
        }
        "sending" | "unknown" => "change = 'delete', new_text_id = $3",
        _ => return Ok(0),
    };
    let text = keep_text(tx, emptied).await?;
    let updated = sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE messages SET {change} WHERE id = $1")))
        .bind(part.id)
        .bind(millis(now))
        .bind(text)
        .execute(&mut **tx)
        .await?;
    Ok(updated.rows_affected())
}
