//! How far a feed's digest has got on each platform, and for when its channels wait.

use chrono_tz::Tz;
use sqlx::FromRow;

use crate::model::channel::Platform;
use crate::model::digest::StoredDigest;
use crate::model::feed::FeedName;
use crate::model::schedule::Schedule;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{Row, readable};

/// How far a digest has got on one platform: numbers of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformProgress {
    /// The platform.
    pub platform: Platform,
    /// It arrived there, all of it.
    pub sent: u32,
    /// It is on its way there.
    pub waiting: u32,
    /// Some of it did not arrive there, and is not tried any more.
    pub failed: u32,
    /// They get it at their own hour.
    pub to_come: u32,
    /// They are paused.
    pub paused: u32,
    /// Nothing can be sent there.
    pub lost: u32,
}

/// Channels that have the same schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotCount {
    /// When they get a digest.
    pub schedule: Schedule,
    /// In which zone.
    pub timezone: Tz,
    /// How many they are.
    pub channels: u32,
}

#[derive(Debug, FromRow)]
struct ChannelsRow {
    platform: String,
    to_come: i64,
    paused: i64,
    lost: i64,
}

#[derive(Debug, FromRow)]
struct DeliveriesRow {
    platform: String,
    sent: i64,
    waiting: i64,
    failed: i64,
}

impl Store {
    /// How far a feed's digest (`None`: there is none) has got, on each platform where the feed has channels.
    ///
    /// # Errors
    /// If the database fails or a row cannot be read.
    pub async fn platform_progress(
        &self,
        feed: &FeedName,
        digest: Option<&StoredDigest>,
    ) -> Result<Vec<PlatformProgress>, StoreError> {
        let channels: Vec<ChannelsRow> = sqlx::query_as(
            "SELECT c.platform,
                 count(CASE WHEN c.state = 'active' AND c.paused_at IS NULL AND s.edition < $2 THEN 1 END) AS to_come,
                 count(CASE WHEN c.state = 'active' AND c.paused_at IS NOT NULL THEN 1 END) AS paused,
                 count(CASE WHEN c.state <> 'active' THEN 1 END) AS lost
             FROM subscriptions s JOIN channels c ON c.id = s.channel_id
             WHERE s.feed = $1 AND s.ended_at IS NULL GROUP BY c.platform",
        )
        .bind(feed.as_str())
        .bind(digest.and_then(|digest| digest.edition).unwrap_or_default())
        .fetch_all(&self.read)
        .await?;
        let deliveries: Vec<DeliveriesRow> = sqlx::query_as(
            "SELECT platform, count(CASE WHEN waits = 0 AND fails = 0 AND arrived > 0 THEN 1 END) AS sent,
                 count(CASE WHEN waits > 0 THEN 1 END) AS waiting,
                 count(CASE WHEN waits = 0 AND fails > 0 THEN 1 END) AS failed
             FROM (
                 SELECT m.platform, m.delivery_id, count(CASE WHEN m.state = 'sent' THEN 1 END) AS arrived,
                     count(CASE WHEN m.state IN ('queued', 'sending', 'unknown') THEN 1 END) AS waits,
                     count(CASE WHEN m.state = 'failed' THEN 1 END) AS fails
                 FROM deliveries d JOIN messages m ON m.delivery_id = d.id
                 WHERE d.digest_id = $1 AND d.occasion = 0 GROUP BY m.platform, m.delivery_id
             ) AS by_delivery GROUP BY platform",
        )
        .bind(digest.map_or(0, |digest| digest.id.0))
        .fetch_all(&self.read)
        .await?;
        let row = Row { table: "deliveries", id: 0 };
        let mut progress = Vec::new();
        for platform in Platform::ALL {
            let of = channels.iter().find(|row| row.platform == platform.name());
            let by = deliveries.iter().find(|row| row.platform == platform.name());
            if of.is_some() || by.is_some() {
                progress.push(PlatformProgress {
                    platform,
                    sent: row.count(by.map_or(0, |by| by.sent))?,
                    waiting: row.count(by.map_or(0, |by| by.waiting))?,
                    failed: row.count(by.map_or(0, |by| by.failed))?,
                    to_come: row.count(of.map_or(0, |of| of.to_come))?,
                    paused: row.count(of.map_or(0, |of| of.paused))?,
                    lost: row.count(of.map_or(0, |of| of.lost))?,
                });
            }
        }
        Ok(progress)
    }

    /// The schedules of a feed's channels that messages can go to, each with how many have it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn slot_counts(&self, feed: &FeedName) -> Result<Vec<SlotCount>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT s.schedule, s.timezone, count(*) FROM subscriptions s JOIN channels c ON c.id = s.channel_id
             WHERE s.feed = $1 AND s.ended_at IS NULL AND c.state = 'active' AND c.paused_at IS NULL
             GROUP BY s.schedule, s.timezone",
        )
        .bind(feed.as_str())
        .fetch_all(&self.read)
        .await?;
        let row = Row { table: "subscriptions", id: 0 };
        Ok(readable(rows.into_iter().map(|(schedule, timezone, channels)| {
            Ok(SlotCount {
                schedule: row.word(&schedule)?,
                timezone: row.word(&timezone)?,
                channels: row.count(channels)?,
            })
        })))
    }
}
