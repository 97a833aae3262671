//! The log of deliveries, the messages of each, and what an operator can do about them.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::FromRow;

use crate::model::channel::{Address, ChannelId, Platform};
use crate::model::delivery::DeliveryId;
use crate::model::feed::FeedName;
use crate::model::message::MessageState;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::rows::{Flag, Row, millis, readable};

/// What has become of a delivery as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Some of it is on its way.
    Waiting,
    /// It arrived.
    Sent,
    /// Some of it did not arrive, and is not tried any more.
    Failed,
    /// Nobody wanted it any more.
    Cancelled,
}

impl DeliveryState {
    /// All of them, as a menu shows them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Cancelled];

    /// The word in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The condition for a delivery `d`. That of the first and the third goes by an index.
    fn condition(self) -> &'static str {
        match self {
            Self::Waiting => {
                "d.id IN (SELECT m.delivery_id FROM messages m WHERE m.state IN ('queued', 'sending', 'unknown'))"
            }
            Self::Failed => "d.id IN (SELECT m.delivery_id FROM messages m WHERE m.state = 'failed')",
            Self::Sent => {
                "EXISTS (SELECT 1 FROM messages m WHERE m.delivery_id = d.id AND m.state = 'sent')
                 AND NOT EXISTS (SELECT 1 FROM messages m
                     WHERE m.delivery_id = d.id AND m.state NOT IN ('sent', 'cancelled'))"
            }
            Self::Cancelled => {
                "NOT EXISTS (SELECT 1 FROM messages m WHERE m.delivery_id = d.id AND m.state <> 'cancelled')"
            }
        }
    }
}

/// A text that names no state of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a delivery: write `waiting`, `sent`, `failed` or `cancelled`")]
pub struct UnknownDeliveryState(pub String);

impl FromStr for DeliveryState {
    type Err = UnknownDeliveryState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or_else(|| UnknownDeliveryState(text.to_owned()))
    }
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Those of this platform.
    pub platform: Option<Platform>,
    /// Those of this feed.
    pub feed: Option<FeedName>,
    /// Those to this channel.
    pub channel: Option<ChannelId>,
    /// Those of the digest with this handle.
    pub digest: Option<String>,
    /// Those with this result.
    pub state: Option<DeliveryState>,
}

/// A delivery as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEntry {
    /// Its row.
    pub id: DeliveryId,
    /// Its channel.
    pub channel: ChannelId,
    /// Where the platform knows the channel.
    pub address: Address,
    /// What people call the channel.
    pub channel_name: Option<String>,
    /// The feed.
    pub feed: FeedName,
    /// What links name the digest by; of a list, its last one.
    pub handle: String,
    /// The digest's day.
    pub day: NaiveDate,
    /// The digest's title.
    pub title: String,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// 0: as planned; 1 and more: sent again on request.
    pub occasion: u32,
    /// Whether it lists several digests.
    pub is_list: bool,
    /// How many messages it has, without those that were cancelled.
    pub messages: u32,
    /// Of those, how many arrived.
    pub sent: u32,
    /// Of those, how many are on their way.
    pub open: u32,
    /// Of those, how many did not arrive and are not tried any more.
    pub failed: u32,
    /// Why the last failure was.
    pub error: Option<String>,
}

impl DeliveryEntry {
    /// What has become of it as a whole.
    pub fn state(&self) -> DeliveryState {
        if self.open > 0 {
            DeliveryState::Waiting
        } else if self.failed > 0 {
            DeliveryState::Failed
        } else if self.sent > 0 {
            DeliveryState::Sent
        } else {
            DeliveryState::Cancelled
        }
    }
}

/// A message of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageEntry {
    /// Its place in the delivery, from 1.
    pub part: u32,
    /// How far it has got.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is on its way.
    pub next_at: DateTime<Utc>,
    /// When the last attempt began.
    pub attempted_at: Option<DateTime<Utc>>,
    /// When it arrived.
    pub sent_at: Option<DateTime<Utc>>,
    /// How long it has waited after failures.
    pub failing_for: TimeDelta,
    /// The platform's id of it.
    pub platform_id: Option<String>,
    /// Whether it goes without markup, because the platform refused that.
    pub is_plain: bool,
    /// What is still done to it now that it is sent: `edit`, `delete`, `recall`.
    pub change: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

#[derive(Debug, FromRow)]
struct EntryRow {
    id: i64,
    channel_id: i64,
    address: String,
    name: Option<String>,
    feed: String,
    handle: String,
    day: String,
    title: String,
    due_at: i64,
    occasion: i64,
    #[sqlx(try_from = "Flag")]
    is_list: bool,
    messages: i64,
    sent: i64,
    waits: i64,
    failed: i64,
    error: Option<String>,
}

impl TryFrom<EntryRow> for DeliveryEntry {
    type Error = StoreError;

    fn try_from(found: EntryRow) -> Result<Self, StoreError> {
        let row = Row { table: "deliveries", id: found.id };
        Ok(Self {
            id: DeliveryId(found.id),
            channel: ChannelId(found.channel_id),
            address: row.word(&found.address)?,
            channel_name: found.name,
            feed: FeedName(found.feed),
            handle: found.handle,
            day: row.word(&found.day)?,
            title: found.title,
            due_at: row.instant(found.due_at)?,
            occasion: row.count(found.occasion)?,
            is_list: found.is_list,
            messages: row.count(found.messages)?,
            sent: row.count(found.sent)?,
            open: row.count(found.waits)?,
            failed: row.count(found.failed)?,
            error: found.error,
        })
    }
}

#[derive(Debug, FromRow)]
struct MessageRow {
    id: i64,
    part: i64,
    state: String,
    attempts: i64,
    next_at: i64,
    attempted_at: Option<i64>,
    sent_at: Option<i64>,
    failing_for: i64,
    platform_id: Option<String>,
    #[sqlx(try_from = "Flag")]
    use_plain: bool,
    change: Option<String>,
    error: Option<String>,
}

impl TryFrom<MessageRow> for MessageEntry {
    type Error = StoreError;

    fn try_from(found: MessageRow) -> Result<Self, StoreError> {
        let row = Row { table: "messages", id: found.id };
        Ok(Self {
            part: row.count(found.part)?,
            state: row.word(&found.state)?,
            attempts: row.count(found.attempts)?,
            next_at: row.instant(found.next_at)?,
            attempted_at: row.instant_or_none(found.attempted_at)?,
            sent_at: row.instant_or_none(found.sent_at)?,
            failing_for: TimeDelta::milliseconds(found.failing_for),
            platform_id: found.platform_id,
            is_plain: found.use_plain,
            change: found.change,
            error: found.error,
        })
    }
}

/// The deliveries with these rows, the latest first.
fn entries(which: &str) -> String {
    format!(
        "SELECT d.id, s.channel_id, c.address, c.name, s.feed, g.handle, g.day, g.title, d.due_at, d.occasion, d.is_list,
             count(CASE WHEN m.state <> 'cancelled' THEN 1 END) AS messages,
             count(CASE WHEN m.state = 'sent' THEN 1 END) AS sent,
             count(CASE WHEN m.state IN ('queued', 'sending', 'unknown') THEN 1 END) AS waits,
             count(CASE WHEN m.state = 'failed' THEN 1 END) AS failed,
             max(CASE WHEN m.state <> 'sent' THEN m.error END) AS error
         FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id JOIN channels c ON c.id = s.channel_id
             JOIN digests g ON g.id = d.digest_id LEFT JOIN messages m ON m.delivery_id = d.id
         WHERE d.id IN ({which})
         GROUP BY d.id, s.channel_id, c.address, c.name, s.feed, g.handle, g.day, g.title, d.due_at, d.occasion,
             d.is_list
         ORDER BY d.id DESC"
    )
}

impl Store {
    /// Deliveries that pass the filter, the latest first, before an earlier page's last one; at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        before: Option<DeliveryId>,
        count: u32,
    ) -> Result<Vec<DeliveryEntry>, StoreError> {
        let state = filter.state.map_or("1 = 1", DeliveryState::condition);
        let which = format!(
            "SELECT d.id FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
                 JOIN channels c ON c.id = s.channel_id JOIN digests g ON g.id = d.digest_id
             WHERE ($1 IS NULL OR c.platform = $1) AND ($2 IS NULL OR s.feed = $2)
                 AND ($3 IS NULL OR s.channel_id = $3) AND ($4 IS NULL OR g.handle = $4) AND d.id < $5 AND {state}
             ORDER BY d.id DESC LIMIT $6"
        );
        let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(entries(&which)))
            .bind(filter.platform.map(Platform::name))
            .bind(filter.feed.as_ref().map(FeedName::as_str))
            .bind(filter.channel.map(|channel| channel.0))
            .bind(filter.digest.as_deref())
            .bind(before.map_or(i64::MAX, |before| before.0))
            .bind(i64::from(count))
            .fetch_all(&self.read)
            .await?;
        Ok(readable(rows.into_iter().map(DeliveryEntry::try_from)))
    }

    /// One delivery.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<DeliveryEntry>, StoreError> {
        let row: Option<EntryRow> =
            sqlx::query_as(sqlx::AssertSqlSafe(entries("$1"))).bind(id.0).fetch_optional(&self.read).await?;
        row.map(DeliveryEntry::try_from).transpose()
    }

    /// The messages of a delivery, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn messages_of(&self, delivery: DeliveryId) -> Result<Vec<MessageEntry>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT id, part, state, attempts, next_at, attempted_at, sent_at, failing_for, platform_id, use_plain, change,
                 error
             FROM messages WHERE delivery_id = $1 ORDER BY part",
        )
        .bind(delivery.0)
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(MessageEntry::try_from)))
    }

    /// What waits of a delivery after failures is tried now. Returns how many messages that are. Whoever calls wakes
    /// dispatch.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hasten(&self, delivery: DeliveryId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let hastened = sqlx::query(
            "UPDATE messages SET next_at = $2
             WHERE delivery_id = $1 AND state IN ('queued', 'unknown') AND next_at > $2",
        )
        .bind(delivery.0)
        .bind(millis(now))
        .execute(&self.write)
        .await?;
        Ok(hastened.rows_affected())
    }

    /// What waits of a delivery is not tried any more. What is on the wire goes on. Returns how many messages that are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn give_up(&self, delivery: DeliveryId) -> Result<u64, StoreError> {
        let given_up = sqlx::query(
            "UPDATE messages SET state = 'failed', error = 'given up by an operator'
             WHERE delivery_id = $1 AND state IN ('queued', 'unknown')",
        )
        .bind(delivery.0)
        .execute(&self.write)
        .await?;
        Ok(given_up.rows_affected())
    }
}
