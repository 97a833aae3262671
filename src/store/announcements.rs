//! Announcements: what an operator tells every subscribed channel. Once it is confirmed there is a note for each
//! channel, in the same transaction; `chat/notes.rs` sends them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{millis, to_json};
use crate::model::note::{About, AnnouncementId};

/// Channels that an announcement goes to: those that messages can go to, with a subscription that is alive.
const REACHED: &str = "FROM channels c WHERE c.state = 'active'
     AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.channel_id = c.id AND s.ended_at IS NULL)";

/// How far an announcement has got, in channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub struct AnnouncementProgress {
    /// Still to be sent.
    pub open: i64,
    /// They have it.
    pub sent: i64,
    /// They cannot get it.
    pub failed: i64,
}

impl Store {
    /// Keeps the text of an announcement until it is confirmed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn draft_announcement(
        &self,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<AnnouncementId, StoreError> {
        let id: i64 =
            sqlx::query_scalar("INSERT INTO announcements (text, created_at) VALUES ($1, $2) RETURNING id")
                .bind(text)
                .bind(millis(now))
                .fetch_one(&self.write)
                .await?;
        Ok(AnnouncementId(id))
    }

    /// How many channels an announcement would go to now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn announcement_reach(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) {REACHED}")))
            .fetch_one(&self.read)
            .await?;
        Ok(count)
    }

    /// Sends an announcement on its way to every subscribed channel. Returns how many those are; `None`: there is no
    /// such announcement, or it is on its way already. Whoever calls wakes the notes.
    ///
    /// # Errors
    /// If the database fails; then nothing is written.
    pub async fn announce(
        &self,
        announcement: AnnouncementId,
        now: DateTime<Utc>,
    ) -> Result<Option<u64>, StoreError> {
        let mut tx = self.begin().await?;
        let confirmed =
            sqlx::query("UPDATE announcements SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL")
                .bind(announcement.0)
                .bind(millis(now))
                .execute(&mut *tx)
                .await?;
        if confirmed.rows_affected() == 0 {
            return Ok(None);
        }
        let written = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO notes (platform, person, about, state, next_at, created_at, address)
             SELECT c.platform, '', $1, 'queued', $2, $2, c.address {REACHED} ORDER BY c.id"
        )))
        .bind(to_json(&About::Announcement { announcement }))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(written.rows_affected()))
    }

    /// What an announcement says, if it was confirmed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn announcement(&self, announcement: AnnouncementId) -> Result<Option<String>, StoreError> {
        let text = sqlx::query_scalar("SELECT text FROM announcements WHERE id = $1 AND sent_at IS NOT NULL")
            .bind(announcement.0)
            .fetch_optional(&self.read)
            .await?;
        Ok(text)
    }

    /// How far an announcement has got.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn announcement_progress(
        &self,
        announcement: AnnouncementId,
    ) -> Result<AnnouncementProgress, StoreError> {
        let progress = sqlx::query_as(
            "SELECT count(CASE state WHEN 'queued' THEN 1 END) AS open,
                 count(CASE state WHEN 'sent' THEN 1 END) AS sent,
                 count(CASE state WHEN 'failed' THEN 1 END) AS failed
             FROM notes WHERE address IS NOT NULL AND about = $1",
        )
        .bind(to_json(&About::Announcement { announcement }))
        .fetch_one(&self.read)
        .await?;
        Ok(progress)
    }
}
