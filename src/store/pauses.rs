//! Pauses: while an admin holds a channel's deliveries back nothing is planned for it, and what was planned and not
//! begun is taken back, so that it comes with the rest in one list.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::Store;
use super::corrections::TRIED;
use super::error::StoreError;
use super::rows::{Row, millis};
use crate::model::channel::{Address, ChannelId};

/// A pause of a channel's deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; `None`: until somebody resumes it.
    pub until: Option<DateTime<Utc>>,
}

impl Store {
    /// Holds a channel's deliveries back until an instant, or until they are resumed. What has begun finishes.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn pause(
        &self,
        channel: ChannelId,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "UPDATE channels SET paused_at = coalesce(paused_at, $2), paused_until = $3 WHERE id = $1",
        )
        .bind(channel.0)
        .bind(millis(now))
        .bind(until.map(millis))
        .execute(&mut *tx)
        .await?;
        take_back(&mut tx, channel, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the pause of a channel: what was missed comes as one list. Returns whether there was one. Whoever calls
    /// wakes dispatch.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn resume(&self, channel: ChannelId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let was_paused = resume(&mut tx, channel.0, now).await?;
        tx.commit().await?;
        Ok(was_paused)
    }

    /// Ends the pauses whose time is over. Returns how many.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn end_pauses(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut tx = self.begin().await?;
        let over: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM channels WHERE paused_at IS NOT NULL AND paused_until <= $1")
                .bind(millis(now))
                .fetch_all(&mut *tx)
                .await?;
        for channel in &over {
            resume(&mut tx, *channel, now).await?;
        }
        tx.commit().await?;
        Ok(over.len())
    }

    /// The pause of the channel at an address, if there is one.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn pause_of(&self, address: Address) -> Result<Option<Pause>, StoreError> {
        let found: Option<(i64, i64, Option<i64>)> = sqlx::query_as(
            "SELECT id, paused_at, paused_until FROM channels WHERE address = $1 AND paused_at IS NOT NULL",
        )
        .bind(address.to_string())
        .fetch_optional(&self.read)
        .await?;
        let Some((id, since, until)) = found else { return Ok(None) };
        let row = Row { table: "channels", id };
        Ok(Some(Pause { since: row.instant(since)?, until: row.instant_or_none(until)? }))
    }
}

async fn resume(
    tx: &mut Transaction<'static, Any>,
    channel: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let resumed = sqlx::query(
        "UPDATE channels SET paused_at = NULL, paused_until = NULL WHERE id = $1 AND paused_at IS NOT NULL",
    )
    .bind(channel)
    .execute(&mut **tx)
    .await?;
    if resumed.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "UPDATE subscriptions SET owes_list = true, next_at = CASE WHEN next_at <= $2 THEN next_at - 1 ELSE $2 END
         WHERE channel_id = $1 AND ended_at IS NULL",
    )
    .bind(channel)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// Takes back what was planned for a channel and not begun, as if it had never been planned. What somebody asked to
/// have sent again stays. The time for planning becomes another one, by which planning that is under way knows
/// ([`Planned`](crate::store::Planned)).
pub(super) async fn take_back(
    tx: &mut Transaction<'static, Any>,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<(i64, Option<i64>)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT s.id, (
             SELECT min(d.after_edition) FROM deliveries d
             WHERE d.subscription_id = s.id AND d.occasion = 0 AND NOT EXISTS ({TRIED})
                 AND EXISTS (SELECT 1 FROM messages q WHERE q.delivery_id = d.id AND q.state = 'queued')
         ) FROM subscriptions s WHERE s.channel_id = $1 AND s.ended_at IS NULL"
    )))
    .bind(channel.0)
    .fetch_all(&mut **tx)
    .await?;
    for (subscription, back_to) in rows {
        sqlx::query(
            "UPDATE subscriptions SET edition = coalesce($2, edition),
                 next_at = CASE WHEN next_at <= $3 THEN next_at - 1 ELSE $3 END
             WHERE id = $1",
        )
        .bind(subscription)
        .bind(back_to)
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
        let Some(back_to) = back_to else { continue };
        // Those that were cancelled too: they would be in the way of planning them again.
        let taken: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT d.id FROM deliveries d JOIN digests g ON g.id = d.digest_id
             WHERE d.subscription_id = $1 AND d.occasion = 0 AND g.edition > $2 AND NOT EXISTS ({TRIED})"
        )))
        .bind(subscription)
        .bind(back_to)
        .fetch_all(&mut **tx)
        .await?;
        for delivery in taken {
            for statement in
                ["DELETE FROM messages WHERE delivery_id = $1", "DELETE FROM deliveries WHERE id = $1"]
            {
                sqlx::query(statement).bind(delivery).execute(&mut **tx).await?;
            }
        }
    }
    Ok(())
}
