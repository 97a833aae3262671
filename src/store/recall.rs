//! Recall: what was sent of a digest is deleted again, as far as the platforms allow. What is to be deleted is marked
//! in one transaction, and the worker deletes it at the platform's rates; a crash between loses nothing.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::error::StoreError;
use super::notes::put_notes;
use super::rows::millis;
use crate::model::channel::{ChannelId, Platform};
use crate::model::delivery::{Claimed, Outcome};
use crate::model::digest::DigestId;
use crate::model::note::{About, Bulk, Deed, Person};

/// Telegram deletes no message that is older (Bot API, `deleteMessage`).
const TELEGRAM_DELETES: TimeDelta = TimeDelta::hours(48);

/// Where a digest is recalled, or sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The digest.
    pub digest: DigestId,
    /// On one platform alone; `None`: on both.
    pub platform: Option<Platform>,
    /// In one channel alone; `None`: in all.
    pub channel: Option<ChannelId>,
}

impl Reach {
    /// What is told when this is over there.
    pub(super) fn over(&self, deed: Deed, now: DateTime<Utc>) -> About {
        let Self { digest, platform, channel } = *self;
        About::Bulk(Bulk { deed, digest, platform, channel, since: millis(now) })
    }
}

/// What a recall would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub struct RecallPlan {
    /// Channels that have something of it.
    pub channels: i64,
    /// Messages that are sent, and can be asked for.
    pub sent: i64,
    /// Of those, messages that are too old to be deleted: on Telegram after 48 hours.
    pub too_old: i64,
    /// Messages that were not sent yet, and will not be.
    pub unsent: i64,
}

/// How far recalls of a digest have got, in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub struct RecallProgress {
    /// Still to be deleted.
    pub due: i64,
    /// Deleted, or never sent.
    pub done: i64,
    /// They could not be deleted.
    pub refused: i64,
}

/// The messages of a digest on a platform (`$2`) or in a channel (`$3`), or of all. Lists hold other digests, too.
const OF: &str = "delivery_id IN (SELECT id FROM deliveries WHERE digest_id = $1 AND NOT is_list)
     AND ($2 IS NULL OR platform = $2) AND ($3 IS NULL OR channel_id = $3)";

impl Store {
    /// What a recall would do now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn plan_recall(&self, recall: Reach, now: DateTime<Utc>) -> Result<RecallPlan, StoreError> {
        let plan = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT count(DISTINCT channel_id) AS channels,
                 count(CASE state WHEN 'sent' THEN 1 END) AS sent,
                 count(CASE WHEN state = 'sent' AND platform = 'telegram' AND sent_at <= $4 THEN 1 END) AS too_old,
                 count(CASE WHEN state IN ('queued', 'sending', 'unknown') THEN 1 END) AS unsent
             FROM messages WHERE {OF} AND recall IS NULL AND state IN ('queued', 'sending', 'unknown', 'sent')"
        )))
        .bind(recall.digest.0)
        .bind(recall.platform.map(Platform::name))
        .bind(recall.channel.map(|channel| channel.0))
        .bind(millis(now - TELEGRAM_DELETES))
        .fetch_one(&self.read)
        .await?;
        Ok(plan)
    }

    /// Begins a recall: what waits is cancelled, what is sent is to be deleted, what is on the wire is deleted once it
    /// has arrived. Whoever calls wakes the workers. What could not be deleted earlier is tried again. `begun_by` is told
    /// when it is over. Returns how many messages it is about.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn recall(
        &self,
        recall: Reach,
        begun_by: Option<&Person>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE deliveries SET recalled_at = $4 WHERE digest_id = $1 AND NOT is_list AND recalled_at IS NULL
                 AND EXISTS (SELECT 1 FROM messages m WHERE m.delivery_id = deliveries.id
                     AND ($2 IS NULL OR m.platform = $2) AND ($3 IS NULL OR m.channel_id = $3))",
        )
        .bind(recall.digest.0)
        .bind(recall.platform.map(Platform::name))
        .bind(recall.channel.map(|channel| channel.0))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        let marked = sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE messages SET
                 recall = CASE state WHEN 'queued' THEN 'done' ELSE 'due' END,
                 change = CASE state WHEN 'queued' THEN NULL ELSE 'recall' END,
                 error = CASE state WHEN 'queued' THEN 'recalled' ELSE error END,
                 attempts = CASE state WHEN 'sent' THEN 0 ELSE attempts END,
                 next_at = CASE state WHEN 'sent' THEN $4 ELSE next_at END,
                 owner = CASE state WHEN 'sent' THEN NULL ELSE owner END,
                 lease_until = CASE state WHEN 'sent' THEN NULL ELSE lease_until END,
                 state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
                 new_text_id = NULL, publish = NULL
             WHERE {OF} AND coalesce(recall, 'refused') = 'refused'
                 AND state IN ('queued', 'sending', 'unknown', 'sent')"
        )))
        .bind(recall.digest.0)
        .bind(recall.platform.map(Platform::name))
        .bind(recall.channel.map(|channel| channel.0))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        if let Some(begun_by) = begun_by.filter(|_| marked.rows_affected() > 0) {
            put_notes(&mut tx, std::slice::from_ref(begun_by), &recall.over(Deed::Recall, now), now).await?;
        }
        tx.commit().await?;
        Ok(marked.rows_affected())
    }

    /// How far it has got.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recall_progress(&self, recall: Reach) -> Result<RecallProgress, StoreError> {
        let progress = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT count(CASE recall WHEN 'due' THEN 1 END) AS due,
                 count(CASE recall WHEN 'done' THEN 1 END) AS done,
                 count(CASE recall WHEN 'refused' THEN 1 END) AS refused
             FROM messages WHERE {OF}"
        )))
        .bind(recall.digest.0)
        .bind(recall.platform.map(Platform::name))
        .bind(recall.channel.map(|channel| channel.0))
        .fetch_one(&self.read)
        .await?;
        Ok(progress)
    }
}

impl Store {
    /// The channels where something could not be deleted, by their names or addresses, each with a reason; at most
    /// `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recall_refusals(
        &self,
        recall: Reach,
        count: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT coalesce(c.name, c.address), coalesce(max(m.error), '') FROM channels c
                 JOIN (SELECT channel_id, error FROM messages WHERE {OF} AND recall = 'refused') m
                     ON m.channel_id = c.id
             GROUP BY c.id, c.name, c.address ORDER BY c.id LIMIT $4"
        )))
        .bind(recall.digest.0)
        .bind(recall.platform.map(Platform::name))
        .bind(recall.channel.map(|channel| channel.0))
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?)
    }
}

/// Settles a message that was claimed to be deleted.
pub(super) async fn settle_recall(
    tx: &mut Transaction<'static, Any>,
    owner: &str,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (settled, next_at, error) = match outcome {
        Outcome::Sent(_) | Outcome::Emptied => {
            ("state = 'cancelled', platform_id = NULL, change = NULL, recall = 'done'", now, "recalled")
        }
        Outcome::Later { at, reason } | Outcome::Again { at, reason } | Outcome::Unknown { at, reason } => {
            ("change = 'recall'", *at, reason.as_str())
        }
        Outcome::Moved(_) => ("change = 'recall'", now, "the chat has moved"),
        Outcome::Plainer(reason) | Outcome::Failed(reason) | Outcome::Lost(reason) => {
            ("change = NULL, recall = 'refused'", now, reason.as_str())
        }
    };
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE messages SET {settled}, next_at = $3, error = $4, owner = NULL, lease_until = NULL
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
