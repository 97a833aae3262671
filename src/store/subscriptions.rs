//! Subscriptions: what each channel wants, and how far it has been fulfilled.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::{Flag, Row, millis, readable, to_json};
use super::stale::{Whose, mark_stale};
use crate::model::channel::{Address, ChannelId, ChannelKind};
use crate::model::feed::FeedName;
use crate::model::subscription::{Subscription, SubscriptionId, Wish};

#[derive(Debug, FromRow)]
struct SubscriptionRow {
    id: i64,
    channel_id: i64,
    feed: String,
    schedule: String,
    timezone: String,
    style: String,
    filter: String,
    language: String,
    edition: i64,
    last_slot: i64,
    late_until: Option<i64>,
    quiet: Option<String>,
    #[sqlx(try_from = "Flag")]
    owes_list: bool,
    mention: Option<String>,
    mutes: String,
}

pub(super) const COLUMNS: &str = "s.id, s.channel_id, s.feed, s.schedule, s.timezone, s.style, s.filter, s.language, \
    s.edition, s.last_slot, s.late_until, s.quiet, s.owes_list, s.mention, \
    (SELECT json_group_array(u.term) FROM mutes u WHERE u.channel_id = s.channel_id OR u.channel_id IS NULL) AS mutes";

/// Of a subscription that is made anew: its slots are those that it had.
const UNMOVED: &str =
    "s.ended_at IS NULL AND s.schedule = excluded.schedule AND s.timezone = excluded.timezone";

impl TryFrom<SubscriptionRow> for Subscription {
    type Error = StoreError;

    fn try_from(found: SubscriptionRow) -> Result<Self, StoreError> {
        let row = Row { table: "subscriptions", id: found.id };
        let mutes: Vec<String> = row.json(&found.mutes)?;
        Ok(Self {
            id: SubscriptionId(found.id),
            channel: ChannelId(found.channel_id),
            feed: FeedName(found.feed),
            wish: Wish {
                schedule: row.word(&found.schedule)?,
                timezone: row.word::<Tz>(&found.timezone)?,
                style: row.word(&found.style)?,
                filter: row.json(&found.filter)?,
                language: row.word(&found.language)?,
                quiet: found.quiet.map(|quiet| row.word(&quiet)).transpose()?,
            },
            edition: found.edition,
            last_slot: row.instant(found.last_slot)?,
            late_until: row.instant_or_none(found.late_until)?,
            owes_list: found.owes_list,
            mutes: mutes.iter().map(|term| row.word(term)).collect::<Result<_, _>>()?,
        })
    }
}

/// A subscription that planning has to look at, and where its messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The subscription.
    pub subscription: Subscription,
    /// Where the platform knows the channel.
    pub address: Address,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// The role that the first message of a delivery pings.
    pub mention: Option<u64>,
    /// For when planning was to look at it.
    pub next_at: Option<DateTime<Utc>>,
}

#[derive(Debug, FromRow)]
pub(super) struct DueRow {
    #[sqlx(flatten)]
    subscription: SubscriptionRow,
    next_at: Option<i64>,
    address: String,
    kind: String,
}

impl TryFrom<DueRow> for Due {
    type Error = StoreError;

    fn try_from(found: DueRow) -> Result<Self, StoreError> {
        let row = Row { table: "subscriptions", id: found.subscription.id };
        Ok(Self {
            address: row.word(&found.address)?,
            kind: row.word(&found.kind)?,
            mention: found.subscription.mention.as_deref().map(|role| row.word(role)).transpose()?,
            next_at: row.instant_or_none(found.next_at)?,
            subscription: found.subscription.try_into()?,
        })
    }
}

impl Store {
    /// Subscribes a channel to a feed, or changes what it wants. A new subscription (or one that had ended)
    /// begins with the first digest stored after `now`; slots count from `now` if schedule or zone are others.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn subscribe(
        &self,
        channel: ChannelId,
        feed: &FeedName,
        wish: &Wish,
        now: DateTime<Utc>,
    ) -> Result<Subscription, StoreError> {
        let mut tx = self.begin().await?;
        let id: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "INSERT INTO subscriptions AS s (channel_id, feed, schedule, timezone, style, filter, language,
                 edition, last_slot, next_at, created_at, quiet)
             VALUES ($1, $2, $3, $4, $5, $6, $7,
                 (SELECT coalesce(max(edition), 0) FROM digests WHERE feed = $2), $8, $8, $8, $9)
             ON CONFLICT (channel_id, feed) DO UPDATE
             SET schedule = $3, timezone = $4, style = $5, filter = $6, language = $7, quiet = $9,
                 edition = CASE WHEN s.ended_at IS NULL THEN s.edition ELSE excluded.edition END,
                 last_slot = CASE WHEN {UNMOVED} THEN s.last_slot ELSE $8 END,
                 late_until = CASE WHEN {UNMOVED} THEN s.late_until END,
                 next_at = CASE WHEN s.next_at <= $8 THEN s.next_at - 1 ELSE $8 END, ended_at = NULL
             RETURNING id"
        )))
        .bind(channel.0)
        .bind(feed.as_str())
        .bind(wish.schedule.to_string())
        .bind(wish.timezone.name())
        .bind(wish.style.name())
        .bind(to_json(&wish.filter))
        .bind(wish.language.code())
        .bind(millis(now))
        .bind(wish.quiet.map(|quiet| quiet.to_string()))
        .fetch_one(&mut *tx)
        .await?;
        mark_stale(&mut tx, Whose::Subscription(SubscriptionId(id))).await?;
        let row: SubscriptionRow = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM subscriptions s WHERE s.id = $1"
        )))
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        row.try_into()
    }

    /// Keeps who subscribed, by their id on the channel's platform: they are told if the channel is lost.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_subscriber(
        &self,
        subscription: SubscriptionId,
        person: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE subscriptions SET person = $2 WHERE id = $1")
            .bind(subscription.0)
            .bind(person)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Ends a subscription; what waits for it is dropped. What it was set to stays, so that it can be taken up again.
    /// Returns whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unsubscribe(
        &self,
        subscription: SubscriptionId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE subscriptions SET ended_at = $2, next_at = NULL, late_until = NULL
             WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(subscription.0)
        .bind(millis(now))
        .execute(&self.write)
        .await?;
        Ok(ended.rows_affected() > 0)
    }

    /// What the channel at an address wanted of a feed until it ended that, if it did so since `since`.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn ended_wish(
        &self,
        address: Address,
        feed: &FeedName,
        since: DateTime<Utc>,
    ) -> Result<Option<Wish>, StoreError> {
        let row: Option<SubscriptionRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM subscriptions s JOIN channels c ON c.id = s.channel_id
             WHERE c.address = $1 AND s.feed = $2 AND s.ended_at >= $3"
        )))
        .bind(address.to_string())
        .bind(feed.as_str())
        .bind(millis(since))
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(Subscription::try_from).transpose()?.map(|subscription| subscription.wish))
    }

    /// The subscriptions of the channel at an address, in the order in which they were made.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn subscriptions_of(&self, address: Address) -> Result<Vec<Subscription>, StoreError> {
        let rows: Vec<SubscriptionRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM subscriptions s JOIN channels c ON c.id = s.channel_id
             WHERE c.address = $1 AND s.ended_at IS NULL ORDER BY s.id"
        )))
        .bind(address.to_string())
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Subscription::try_from)))
    }

    /// The subscriptions that planning has to look at now, each with its channel, of channels that messages can go
    /// to; at most `count`, of those after one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn subscriptions_due(
        &self,
        now: DateTime<Utc>,
        after: Option<&Due>,
        count: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let further = if after.is_some() { "AND (s.next_at, s.id) > ($3, $4)" } else { "" };
        let sql = format!(
            "SELECT {COLUMNS}, s.next_at, c.address, c.kind FROM subscriptions s JOIN channels c ON c.id = s.channel_id
             WHERE s.next_at <= $1 {further} AND s.ended_at IS NULL AND c.state = 'active' AND c.paused_at IS NULL
             ORDER BY s.next_at, s.id LIMIT $2"
        );
        let mut due = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(millis(now)).bind(i64::from(count));
        if let Some(after) = after {
            due = due.bind(after.next_at.map(millis)).bind(after.subscription.id.0);
        }
        let rows: Vec<DueRow> = due.fetch_all(&self.read).await?;
        Ok(readable(rows.into_iter().map(Due::try_from)))
    }

    /// When planning has to look at a subscription next, or a pause or a mute ends, if ever.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_planning(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        // Asked for each by itself, the channels are looked up in the order of `next_at`, and are not what is begun with.
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT min(at) FROM (
                 SELECT (SELECT s.next_at FROM subscriptions s
                     WHERE s.ended_at IS NULL AND s.next_at IS NOT NULL
                         AND (SELECT c.state = 'active' AND c.paused_at IS NULL FROM channels c WHERE c.id = s.channel_id)
                     ORDER BY s.next_at LIMIT 1) AS at
                 UNION ALL SELECT min(paused_until) FROM channels WHERE paused_at IS NOT NULL
                 UNION ALL SELECT min(until) FROM mutes WHERE until IS NOT NULL
             ) times",
        )
        .fetch_one(&self.read)
        .await?;
        Row { table: "subscriptions", id: 0 }.instant_or_none(at)
    }
}

/// A digest arrived: planning has to look at every subscription of the feed. In the transaction that keeps the digest:
/// a process that dies right after it leaves nobody waiting for the next one. The time always becomes another one than any
/// that it was since it is due, by which planning that is under way knows ([`Planned`](crate::store::Planned)): several
/// digests may arrive at one instant.
pub(super) async fn wake(
    tx: &mut Transaction<'static, Any>,
    feed: &FeedName,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE subscriptions SET next_at = CASE WHEN next_at <= $2 THEN next_at - 1 ELSE $2 END
         WHERE feed = $1 AND ended_at IS NULL",
    )
    .bind(feed.as_str())
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
