//! Mutes: what is left out of one channel, or of all.

use chrono::{DateTime, Utc};

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable};
use super::stale::{Whose, mark_stale};
use crate::model::channel::ChannelId;
use crate::model::mute::Mute;
use crate::model::term::Term;

impl Store {
    /// Leaves something out of a channel (`None`: of all) until an instant or for good; an earlier mute of the same
    /// is replaced. What is planned and not begun is set anew. Whoever calls wakes dispatch.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn mute(
        &self,
        channel: Option<ChannelId>,
        mute: &Mute,
        person: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO mutes (channel_id, term, until, person, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (coalesce(channel_id, 0), term) DO UPDATE SET until = $3, person = $4, created_at = $5",
        )
        .bind(channel.map(|channel| channel.0))
        .bind(mute.term.to_string())
        .bind(mute.until.map(millis))
        .bind(person)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        mark_stale(&mut tx, Whose::of(channel)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a mute back. Returns whether there was one. What is planned and not begun is set anew. Whoever calls
    /// wakes dispatch.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn unmute(&self, channel: Option<ChannelId>, term: &Term) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let ended = sqlx::query("DELETE FROM mutes WHERE channel_id IS NOT DISTINCT FROM $1 AND term = $2")
            .bind(channel.map(|channel| channel.0))
            .bind(term.to_string())
            .execute(&mut *tx)
            .await?;
        if ended.rows_affected() > 0 {
            mark_stale(&mut tx, Whose::of(channel)).await?;
        }
        tx.commit().await?;
        Ok(ended.rows_affected() > 0)
    }

    /// What is left out of a channel (`None`: of all), the longest muted first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn mutes(&self, channel: Option<ChannelId>) -> Result<Vec<Mute>, StoreError> {
        let rows: Vec<(i64, String, Option<i64>)> = sqlx::query_as(
            "SELECT id, term, until FROM mutes WHERE channel_id IS NOT DISTINCT FROM $1 ORDER BY created_at, id",
        )
        .bind(channel.map(|channel| channel.0))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(|(id, term, until)| {
            let row = Row { table: "mutes", id };
            Ok(Mute { term: row.word(&term)?, until: row.instant_or_none(until)? })
        })))
    }

    /// Ends the mutes whose time is over. Returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_mutes(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let ended =
            sqlx::query("DELETE FROM mutes WHERE until <= $1").bind(millis(now)).execute(&self.write).await?;
        Ok(ended.rows_affected())
    }
}
