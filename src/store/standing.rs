//! How deliveries stand on a platform, in numbers: what an operator sees at a glance.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis};
use crate::model::channel::{Address, Channel, Platform};

/// How far back what was sent and what failed is counted.
const COUNTED: TimeDelta = TimeDelta::hours(24);

/// How deliveries stand on a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlatformStanding {
    /// Channels with a subscription.
    pub channels: u32,
    /// Of those, channels that messages cannot go to.
    pub lost: u32,
    /// Of those, channels in which an admin holds deliveries back.
    pub paused: u32,
    /// Messages that are due and not sent.
    pub waiting: u32,
    /// When the first of them was due.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Messages that arrived in the last day.
    pub sent: u32,
    /// Messages that were given up in the last day.
    pub failed: u32,
}

#[derive(Debug, FromRow)]
struct ChannelsRow {
    channels: i64,
    lost: i64,
    paused: i64,
}

#[derive(Debug, FromRow)]
struct MessagesRow {
    waiting: i64,
    waiting_since: Option<i64>,
    sent: i64,
    failed: i64,
}

impl Store {
    /// How deliveries stand on a platform.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn platform_standing(
        &self,
        platform: Platform,
        now: DateTime<Utc>,
    ) -> Result<PlatformStanding, StoreError> {
        let channels: ChannelsRow = sqlx::query_as(
            "SELECT count(*) AS channels, count(CASE c.state WHEN 'lost' THEN 1 END) AS lost,
                 count(c.paused_at) AS paused
             FROM channels c WHERE c.platform = $1
                 AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.channel_id = c.id AND s.ended_at IS NULL)",
        )
        .bind(platform.name())
        .fetch_one(&self.read)
        .await?;
        let messages: MessagesRow = sqlx::query_as(
            "SELECT count(CASE WHEN state IN ('queued', 'sending', 'unknown') AND due_at <= $2 THEN 1 END) AS waiting,
                 min(CASE WHEN state IN ('queued', 'sending', 'unknown') AND due_at <= $2 THEN due_at END)
                     AS waiting_since,
                 count(CASE WHEN state = 'sent' AND sent_at >= $3 THEN 1 END) AS sent,
                 count(CASE WHEN state = 'failed' AND attempted_at >= $3 THEN 1 END) AS failed
             FROM messages WHERE platform = $1",
        )
        .bind(platform.name())
        .bind(millis(now))
        .bind(millis(now - COUNTED))
        .fetch_one(&self.read)
        .await?;
        let row = Row { table: "messages", id: 0 };
        Ok(PlatformStanding {
            channels: row.count(channels.channels)?,
            lost: row.count(channels.lost)?,
            paused: row.count(channels.paused)?,
            waiting: row.count(messages.waiting)?,
            waiting_since: row.instant_or_none(messages.waiting_since)?,
            sent: row.count(messages.sent)?,
            failed: row.count(messages.failed)?,
        })
    }

    /// Channels with a subscription whose name or address holds a text, by name; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn channels_like(&self, typed: &str, count: u32) -> Result<Vec<Channel>, StoreError> {
        let addresses: Vec<(i64, String)> = sqlx::query_as(
            "SELECT c.id, c.address FROM channels c
             WHERE (lower(coalesce(c.name, '')) LIKE '%' || $1 || '%' OR c.address LIKE '%' || $1 || '%')
                 AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.channel_id = c.id AND s.ended_at IS NULL)
             ORDER BY coalesce(c.name, c.address), c.id LIMIT $2",
        )
        .bind(typed.to_lowercase().replace(['%', '_'], ""))
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        let mut channels = Vec::with_capacity(addresses.len());
        for (id, address) in addresses {
            let address: Address = Row { table: "channels", id }.word(&address)?;
            channels.extend(self.channel(address).await?);
        }
        Ok(channels)
    }
}
