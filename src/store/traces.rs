//! What became of one digest in one channel, message by message: what `/why` answers from.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Flag, Row, readable};
use crate::model::channel::{Address, ChannelState};
use crate::model::digest::{DigestId, StoredDigest};
use crate::model::feed::FeedName;
use crate::model::message::{Body, MessageState, PlatformMessageId};
use crate::model::subscription::SubscriptionId;

/// A message that holds a digest, or a list with it, as far as it has got.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// When its delivery was due.
    pub due_at: DateTime<Utc>,
    /// When its delivery was planned.
    pub planned_at: DateTime<Utc>,
    /// Whether the delivery is a list over several digests.
    pub is_list: bool,
    /// Whether somebody asked for it to be sent again.
    pub is_repeat: bool,
    /// How far it has got.
    pub state: MessageState,
    /// When it arrived.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why it did not.
    pub error: Option<String>,
    /// Whether it was taken back after it had arrived.
    pub is_recalled: bool,
    /// What it says, without markup.
    pub plain: Body,
}

#[derive(Debug, FromRow)]
struct TraceRow {
    id: i64,
    due_at: i64,
    created_at: i64,
    #[sqlx(try_from = "Flag")]
    is_list: bool,
    occasion: i64,
    state: String,
    sent_at: Option<i64>,
    error: Option<String>,
    recall: Option<String>,
    plain: String,
}

impl TryFrom<TraceRow> for Trace {
    type Error = StoreError;

    fn try_from(found: TraceRow) -> Result<Self, StoreError> {
        let row = Row { table: "messages", id: found.id };
        Ok(Self {
            due_at: row.instant(found.due_at)?,
            planned_at: row.instant(found.created_at)?,
            is_list: found.is_list,
            is_repeat: found.occasion > 0,
            state: row.word(&found.state)?,
            sent_at: row.instant_or_none(found.sent_at)?,
            error: found.error,
            is_recalled: found.recall.as_deref() == Some("done"),
            plain: row.json(&found.plain)?,
        })
    }
}

/// A sent message of a channel, and the digest that it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The digest; of a list, its last one.
    pub digest: DigestId,
    /// Of a list: the last edition before those that it lists.
    pub list_after: Option<i64>,
    /// What the message says, without markup.
    pub plain: Body,
}

/// What is known of a digest beyond what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its post is not published any more.
    pub is_withdrawn: bool,
    /// It waits for the operator.
    pub is_held: bool,
}

impl Store {
    /// The messages that a digest has become for a subscription, those that arrived last first; of a digest of this
    /// edition also the lists that may name it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn traces(
        &self,
        subscription: SubscriptionId,
        digest: DigestId,
        edition: Option<i64>,
    ) -> Result<Vec<Trace>, StoreError> {
        let rows: Vec<TraceRow> = sqlx::query_as(
            "SELECT m.id, d.due_at, d.created_at, d.is_list, d.occasion, m.state, m.sent_at, m.error, m.recall,
                 coalesce(t.plain, '{}') AS plain
             FROM deliveries d JOIN messages m ON m.delivery_id = d.id JOIN digests g ON g.id = d.digest_id
                 LEFT JOIN texts t ON t.id = m.text_id
             WHERE d.subscription_id = $1
                 AND (d.digest_id = $2 OR (d.is_list AND d.after_edition < $3 AND g.edition >= $3))
             ORDER BY coalesce(m.sent_at, 0) DESC, d.id DESC, m.part",
        )
        .bind(subscription.0)
        .bind(digest.0)
        .bind(edition)
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Trace::try_from)))
    }

    /// The message of a delivery that the platform knows by an id, in the channel at an address.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn delivered(
        &self,
        address: Address,
        message: &PlatformMessageId,
    ) -> Result<Option<Delivered>, StoreError> {
        let found: Option<(i64, i64, Flag, Option<i64>, String)> = sqlx::query_as(
            "SELECT m.id, d.digest_id, d.is_list, d.after_edition, coalesce(t.plain, '{}')
             FROM messages m JOIN channels c ON c.id = m.channel_id JOIN deliveries d ON d.id = m.delivery_id
                 LEFT JOIN texts t ON t.id = m.text_id
             WHERE c.address = $1 AND m.platform_id = $2 LIMIT 1",
        )
        .bind(address.to_string())
        .bind(&message.0)
        .fetch_optional(&self.read)
        .await?;
        let Some((id, digest, Flag(is_list), after, plain)) = found else { return Ok(None) };
        let plain = Row { table: "messages", id }.json(&plain)?;
        Ok(Some(Delivered { digest: DigestId(digest), list_after: after.filter(|_| is_list), plain }))
    }

    /// A digest and its feed.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn digest_and_feed(
        &self,
        digest: DigestId,
    ) -> Result<Option<(FeedName, StoredDigest)>, StoreError> {
        let feed: Option<String> = sqlx::query_scalar("SELECT feed FROM digests WHERE id = $1")
            .bind(digest.0)
            .fetch_optional(&self.read)
            .await?;
        let stored = self.digest(digest).await?;
        Ok(feed.map(FeedName).zip(stored))
    }

    /// Whether a digest is published, and for whom.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn digest_standing(&self, digest: DigestId) -> Result<Standing, StoreError> {
        let found: Option<(Option<i64>, Option<String>)> =
            sqlx::query_as("SELECT withdrawn_at, held FROM digests WHERE id = $1")
                .bind(digest.0)
                .fetch_optional(&self.read)
                .await?;
        let (withdrawn_at, held) = found.unwrap_or_default();
        Ok(Standing { is_withdrawn: withdrawn_at.is_some(), is_held: held.is_some() })
    }

    /// When the channel at an address got its subscription, and whether messages can go there.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn subscribed_since(
        &self,
        subscription: SubscriptionId,
    ) -> Result<Option<(DateTime<Utc>, ChannelState)>, StoreError> {
        let found: Option<(i64, String)> = sqlx::query_as(
            "SELECT s.created_at, c.state FROM subscriptions s JOIN channels c ON c.id = s.channel_id WHERE s.id = $1",
        )
        .bind(subscription.0)
        .fetch_optional(&self.read)
        .await?;
        let row = Row { table: "subscriptions", id: subscription.0 };
        found.map(|(since, state)| Ok((row.instant(since)?, row.word(&state)?))).transpose()
    }
}
