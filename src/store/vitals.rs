//! What alarms and metrics measure: how far a feed and its deliveries are, what fails, how long the queue is.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable};
use crate::model::channel::Platform;
use crate::model::digest::DigestId;
use crate::model::feed::FeedName;

/// A digest that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The digest.
    pub digest: DigestId,
    /// Its day.
    pub day: NaiveDate,
    /// When it came.
    pub at: DateTime<Utc>,
    /// Whether it is held.
    pub is_held: bool,
}

/// How far the deliveries of a digest are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Subscriptions of its feed.
    pub subscriptions: u32,
    /// Of those, ones in whose channel all of its messages have arrived.
    pub arrived: u32,
    /// Messages of it that are still on their way.
    pub open: u32,
}

/// The messages of a platform that are to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// The platform.
    pub platform: Platform,
    /// How many messages.
    pub messages: u32,
    /// When the first of them was due.
    pub since: Option<DateTime<Utc>>,
}

impl Store {
    /// The feed's last digests with the days that they are of, newest first; archived ones count only if `archived`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_arrivals(
        &self,
        feed: &FeedName,
        count: u32,
        archived: bool,
    ) -> Result<Vec<Arrival>, StoreError> {
        let rows: Vec<(i64, String, i64, i64)> = sqlx::query_as(
            "SELECT id, day, stored_at, CASE WHEN held IS NULL THEN 0 ELSE 1 END FROM digests
             WHERE feed = $1 AND withdrawn_at IS NULL AND (edition IS NOT NULL OR held IS NOT NULL OR $3 = 1)
             ORDER BY day DESC, stored_at DESC LIMIT $2",
        )
        .bind(feed.as_str())
        .bind(i64::from(count))
        .bind(i64::from(archived))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(|(id, day, at, held)| {
            let row = Row { table: "digests", id };
            Ok(Arrival {
                digest: DigestId(id),
                day: row.word(&day)?,
                at: row.instant(at)?,
                is_held: held == 1,
            })
        })))
    }

    /// How far the deliveries of a feed's digest are; without a digest, how many subscriptions wait for one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn progress(&self, feed: &FeedName, digest: Option<DigestId>) -> Result<Progress, StoreError> {
        let subscriptions: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM subscriptions s JOIN channels c ON c.id = s.channel_id
             WHERE s.feed = $1 AND s.ended_at IS NULL AND c.paused_at IS NULL",
        )
        .bind(feed.as_str())
        .fetch_one(&self.read)
        .await?;
        let digest = digest.map_or(-1, |digest| digest.0);
        let arrived: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM deliveries d WHERE d.digest_id = $1 AND d.occasion = 0
                 AND EXISTS (SELECT 1 FROM messages m WHERE m.delivery_id = d.id)
                 AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.delivery_id = d.id AND m.state <> 'sent')",
        )
        .bind(digest)
        .fetch_one(&self.read)
        .await?;
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM deliveries d JOIN messages m ON m.delivery_id = d.id
             WHERE d.digest_id = $1 AND m.state IN ('queued', 'sending', 'unknown')",
        )
        .bind(digest)
        .fetch_one(&self.read)
        .await?;
        let row = Row { table: "subscriptions", id: 0 };
        Ok(Progress {
            subscriptions: row.count(subscriptions)?,
            arrived: row.count(arrived)?,
            open: row.count(open)?,
        })
    }

    /// How many messages to a platform were given up since an instant, or have been failing for longer than `failing_for`
    /// and still are; and why the last of them did.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failing_messages(
        &self,
        platform: Platform,
        since: DateTime<Utc>,
        failing_for: TimeDelta,
    ) -> Result<(u32, Option<String>), StoreError> {
        const GIVEN_UP: &str = "platform = $1 AND state = 'failed' AND attempted_at >= $2";
        const FAILING: &str =
            "platform = $1 AND state IN ('queued', 'sending', 'unknown') AND failing_for >= $2
            AND EXISTS (SELECT 1 FROM channels c WHERE c.id = messages.channel_id AND c.state = 'active')";
        let (mut count, mut error) = (0, None);
        for (which, bound) in [(GIVEN_UP, millis(since)), (FAILING, failing_for.num_milliseconds())] {
            // The last that was tried says why: there may be thousands, all for the same reason.
            let select = format!(
                "SELECT (SELECT count(*) FROM messages WHERE {which}),
                     (SELECT error FROM messages WHERE {which} ORDER BY attempted_at DESC LIMIT 1)"
            );
            let (found, reason): (i64, Option<String>) = sqlx::query_as(sqlx::AssertSqlSafe(select))
                .bind(platform.name())
                .bind(bound)
                .fetch_one(&self.read)
                .await?;
            count += found;
            error = reason.or(error);
        }
        Ok((Row { table: "messages", id: 0 }.count(count)?, error))
    }

    /// How many messages there are on each platform in each state.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn messages_by_state(&self) -> Result<Vec<(String, String, u32)>, StoreError> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT platform, state, count(*) FROM messages GROUP BY platform, state")
                .fetch_all(&self.read)
                .await?;
        let row = Row { table: "messages", id: 0 };
        Ok(readable(
            rows.into_iter().map(|(platform, state, count)| Ok((platform, state, row.count(count)?))),
        ))
    }

    /// What is to be sent, by platform.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT platform, count(*), min(due_at) FROM messages
             WHERE state IN ('queued', 'sending', 'unknown') GROUP BY platform",
        )
        .fetch_all(&self.read)
        .await?;
        let row = Row { table: "messages", id: 0 };
        Ok(readable(rows.into_iter().map(|(platform, messages, since)| {
            Ok(Queue {
                platform: row.word(&platform)?,
                messages: row.count(messages)?,
                since: row.instant_or_none(since)?,
            })
        })))
    }
}
