//! A digest sent again to many channels at once: how many there are, the requests, and how far they have got.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::notes::put_notes;
use super::recall::Reach;
use super::rows::millis;
use crate::model::channel::Platform;
use crate::model::note::{Deed, Person};

/// Alive subscriptions of a digest's feed, on a platform (`$2`) or in a channel (`$3`), or all.
const RECIPIENTS: &str = "FROM subscriptions s JOIN channels c ON c.id = s.channel_id
     JOIN digests g ON g.id = $1 AND g.feed = s.feed
     WHERE s.ended_at IS NULL AND c.state = 'active'
         AND ($2 IS NULL OR c.platform = $2) AND ($3 IS NULL OR c.id = $3)";

/// What sending again would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub struct ResendPlan {
    /// Channels that would get it.
    pub channels: i64,
    /// Of those, channels that have something of it already.
    pub have_it: i64,
}

/// How far sending again has got, in channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromRow)]
pub struct ResendProgress {
    /// All of it has arrived.
    pub done: i64,
    /// Something is still on its way.
    pub open: i64,
    /// Some of it could not be sent, and nothing is on its way any more.
    pub failed: i64,
}

impl Store {
    /// What sending a digest again would do now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn plan_resend_all(&self, reach: Reach) -> Result<ResendPlan, StoreError> {
        let plan = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT count(*) AS channels, count(CASE WHEN EXISTS (
                 SELECT 1 FROM deliveries d JOIN messages m ON m.delivery_id = d.id
                 WHERE d.subscription_id = s.id AND d.digest_id = $1 AND NOT d.is_list AND m.state = 'sent'
             ) THEN 1 END) AS have_it {RECIPIENTS}"
        )))
        .bind(reach.digest.0)
        .bind(reach.platform.map(Platform::name))
        .bind(reach.channel.map(|channel| channel.0))
        .fetch_one(&self.read)
        .await?;
        Ok(plan)
    }

    /// Notes that a digest is wanted again by all of these channels, and that the one by whom it was begun is told when
    /// that is over. Returns how many they are. Whoever calls wakes dispatch.
    ///
    /// # Errors
    /// If the database fails; then nothing was written.
    pub async fn ask_resend_all(
        &self,
        reach: Reach,
        begun_by: &Person,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let asked = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO resends (subscription_id, digest_id, asked_at) SELECT s.id, g.id, $4 {RECIPIENTS}
             ON CONFLICT (subscription_id, digest_id) DO NOTHING"
        )))
        .bind(reach.digest.0)
        .bind(reach.platform.map(Platform::name))
        .bind(reach.channel.map(|channel| channel.0))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        if asked.rows_affected() > 0 {
            let about = reach.over(Deed::Resend, now);
            put_notes(&mut tx, std::slice::from_ref(begun_by), &about, now).await?;
        }
        tx.commit().await?;
        Ok(asked.rows_affected())
    }

    /// How far what was wanted again since an instant has got.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn resend_progress(
        &self,
        reach: Reach,
        since: DateTime<Utc>,
    ) -> Result<ResendProgress, StoreError> {
        let progress = sqlx::query_as(
            "SELECT count(CASE WHEN open = 0 AND failed = 0 THEN 1 END) AS done,
                 count(CASE WHEN open > 0 THEN 1 END) AS open,
                 count(CASE WHEN open = 0 AND failed > 0 THEN 1 END) AS failed
             FROM (
                 SELECT count(CASE WHEN m.state IN ('queued', 'sending', 'unknown') THEN 1 END) AS open,
                     count(CASE m.state WHEN 'failed' THEN 1 END) AS failed
                 FROM deliveries d JOIN messages m ON m.delivery_id = d.id
                 WHERE d.digest_id = $1 AND d.occasion > 0 AND d.created_at >= $4
                     AND ($2 IS NULL OR m.platform = $2) AND ($3 IS NULL OR m.channel_id = $3)
                 GROUP BY d.id
                 UNION ALL
                 SELECT 1 AS open, 0 AS failed FROM resends r
                     JOIN subscriptions s ON s.id = r.subscription_id JOIN channels c ON c.id = s.channel_id
                 WHERE r.digest_id = $1 AND ($2 IS NULL OR c.platform = $2) AND ($3 IS NULL OR c.id = $3)
             ) AS sendings",
        )
        .bind(reach.digest.0)
        .bind(reach.platform.map(Platform::name))
        .bind(reach.channel.map(|channel| channel.0))
        .bind(millis(since))
        .fetch_one(&self.read)
        .await?;
        Ok(progress)
    }

    /// The channels where what was wanted again since an instant could not be sent, by their names or addresses, each
    /// with a reason; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn resend_failures(
        &self,
        reach: Reach,
        since: DateTime<Utc>,
        count: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT coalesce(c.name, c.address), coalesce(max(m.error), '') FROM channels c
                 JOIN messages m ON m.channel_id = c.id JOIN deliveries d ON d.id = m.delivery_id
             WHERE m.state = 'failed' AND d.digest_id = $1 AND d.occasion > 0 AND d.created_at >= $4
                 AND ($2 IS NULL OR c.platform = $2) AND ($3 IS NULL OR c.id = $3)
             GROUP BY c.id, c.name, c.address ORDER BY c.id LIMIT $5",
        )
        .bind(reach.digest.0)
        .bind(reach.platform.map(Platform::name))
        .bind(reach.channel.map(|channel| channel.0))
        .bind(millis(since))
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?)
    }
}
