//! Lost channels: when they are probed, how they come back or are forgotten, and chats that get a new id.
//!
//! What is lost at once by a failed send is written with the message's settling (`outbox.rs`), through [`lose`].

use chrono::{DateTime, Utc};
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable, to_json};
use crate::model::channel::{Address, ChannelId, ChannelKind, Platform, probe_wait};

/// A lost channel whose time has come to be probed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostChannel {
    /// Its row.
    pub id: ChannelId,
    /// Where the platform knows it.
    pub address: Address,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// Since when it is lost.
    pub since: DateTime<Utc>,
    /// How often it was probed since a message arrived there.
    pub probes: u32,
}

#[derive(Debug, FromRow)]
struct LostRow {
    id: i64,
    address: String,
    kind: String,
    state_since: i64,
    probes: i64,
}

impl TryFrom<LostRow> for LostChannel {
    type Error = StoreError;

    fn try_from(found: LostRow) -> Result<Self, StoreError> {
        let row = Row { table: "channels", id: found.id };
        Ok(Self {
            id: ChannelId(found.id),
            address: row.word(&found.address)?,
            kind: row.word(&found.kind)?,
            since: row.instant(found.state_since)?,
            probes: row.count(found.probes)?,
        })
    }
}

/// A channel that was lost for so long that it is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// Where the platform knew it.
    pub address: Address,
    /// How many subscriptions ended with it.
    pub subscriptions: u64,
}

impl Store {
    /// The lost channels of a platform that are to be probed now, the longest due first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn to_probe(
        &self,
        platform: Platform,
        now: DateTime<Utc>,
    ) -> Result<Vec<LostChannel>, StoreError> {
        let rows: Vec<LostRow> = sqlx::query_as(
            "SELECT id, address, kind, state_since, probes FROM channels
             WHERE platform = $1 AND state = 'lost' AND probe_at <= $2 ORDER BY probe_at, id",
        )
        .bind(platform.name())
        .bind(millis(now))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(LostChannel::try_from)))
    }

    /// How many channels are lost.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lost_channels(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM channels WHERE state = 'lost'")
            .fetch_one(&self.read)
            .await?;
        Ok(count.unsigned_abs())
    }

    /// When the next lost channel of a platform is to be probed, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_probe(&self, platform: Platform) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT min(probe_at) FROM channels WHERE platform = $1 AND state = 'lost'")
                .bind(platform.name())
                .fetch_one(&self.read)
                .await?;
        Row { table: "channels", id: 0 }.instant_or_none(at)
    }

    /// A probe did not get through: the next one is at `at`. `counts`: it told that the channel is still lost, so
    /// that the waits grow.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_off_probe(
        &self,
        channel: &LostChannel,
        at: DateTime<Utc>,
        counts: bool,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE channels SET probe_at = $3, probes = probes + $4
             WHERE id = $1 AND state = 'lost' AND state_since = $2",
        )
        .bind(channel.id.0)
        .bind(millis(channel.since))
        .bind(millis(at))
        .bind(i64::from(counts))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Lost channels at these addresses are to be probed now, of a Telegram chat with its topics. Says whether there
    /// are any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn probe_soon(&self, addresses: &[Address], now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut found = 0;
        for address in addresses {
            let (exact, from, to) = with_topics(*address);
            let asked = sqlx::query(
                "UPDATE channels SET probe_at = min(probe_at, $4)
                 WHERE state = 'lost' AND (address = $1 OR (address > $2 AND address < $3))",
            )
            .bind(exact)
            .bind(from)
            .bind(to)
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
            found += asked.rows_affected();
        }
        tx.commit().await?;
        Ok(found > 0)
    }

    /// The platform says that messages cannot go to these addresses any more, of a Telegram chat with its topics.
    /// Says whether any channel is lost by that.
    ///
    /// # Errors
    /// If the database fails; then none is.
    pub async fn lose_channels(
        &self,
        addresses: &[Address],
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut lost = 0;
        for address in addresses {
            for found in channels_at(&mut tx, *address, "active").await? {
                mark_lost(&mut tx, found, reason, now).await?;
                lost += 1;
            }
        }
        tx.commit().await?;
        Ok(lost > 0)
    }

    /// A probe got through: the channel is active again. Says whether it was lost until now.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn regain(&self, channel: &LostChannel, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // The probe counts until a message has arrived: one that probes well and takes none is not tried for ever.
        let regained = mark_active(&mut tx, channel.id.0, channel.probes.saturating_add(1), now).await?;
        tx.commit().await?;
        Ok(regained)
    }

    /// The platform says that messages can go to this address again, of a Telegram chat with its topics. Says
    /// whether any channel was lost until now.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn regain_channels(&self, address: Address, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut regained = false;
        for found in channels_at(&mut tx, address, "lost").await? {
            regained |= mark_active(&mut tx, found.id, 0, now).await?;
        }
        tx.commit().await?;
        Ok(regained)
    }

    /// A Telegram group has a new id: its channels, one a topic, go there with all that they have. Where there is a
    /// channel already, that one gets what it has not. Says whether there were any.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn move_chat(&self, from: i64, to: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let moved = move_chat(&mut tx, from, to, now).await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// Forgets the channels of a platform that are lost since `before` or longer: their subscriptions end, and what
    /// still waited for them is cancelled.
    ///
    /// # Errors
    /// If the database fails; then none is forgotten.
    pub async fn forget_lost(
        &self,
        platform: Platform,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Forgotten>, StoreError> {
        let mut tx = self.begin().await?;
        let rows: Vec<LostRow> = sqlx::query_as(
            "SELECT id, address, kind, state_since, probes FROM channels
             WHERE platform = $1 AND state = 'lost' AND state_since <= $2",
        )
        .bind(platform.name())
        .bind(millis(before))
        .fetch_all(&mut *tx)
        .await?;
        let mut forgotten = Vec::with_capacity(rows.len());
        for channel in readable(rows.into_iter().map(LostChannel::try_from)) {
            let ended = sqlx::query(
                "UPDATE subscriptions SET ended_at = $2, next_at = NULL WHERE channel_id = $1 AND ended_at IS NULL",
            )
            .bind(channel.id.0)
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "UPDATE messages SET state = 'cancelled', error = 'the channel was lost for too long'
                 WHERE channel_id = $1 AND state IN ('queued', 'unknown')",
            )
            .bind(channel.id.0)
            .execute(&mut *tx)
            .await?;
            // As if it had never been known: somebody who comes back and subscribes begins anew.
            sqlx::query(
                "UPDATE channels SET state = 'active', state_reason = NULL, state_since = $2, probe_at = NULL,
                     probes = 0
                 WHERE id = $1",
            )
            .bind(channel.id.0)
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
            forgotten.push(Forgotten { address: channel.address, subscriptions: ended.rows_affected() });
        }
        tx.commit().await?;
        Ok(forgotten)
    }
}

/// Messages arrived in these channels: if one is lost again, its probes begin anew.
pub(super) async fn reached(
    tx: &mut Transaction<'static, Any>,
    channels: impl Iterator<Item = ChannelId>,
) -> Result<(), StoreError> {
    let channels: Vec<i64> = channels.map(|channel| channel.0).collect();
    sqlx::query(
        "UPDATE channels SET probes = 0, loss_told = false
         WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) AND (probes > 0 OR loss_told)
             AND state = 'active'",
    )
    .bind(to_json(&channels))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Marks the channel at exactly this address lost, if it is active.
pub(super) async fn lose(
    tx: &mut Transaction<'static, Any>,
    address: Address,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let found: Option<Found> =
        sqlx::query_as("SELECT id, address, probes FROM channels WHERE address = $1 AND state = 'active'")
            .bind(address.to_string())
            .fetch_optional(&mut **tx)
            .await?;
    match found {
        Some(found) => mark_lost(tx, found, reason, now).await,
        None => Ok(()),
    }
}

/// See [`Store::move_chat`].
pub(super) async fn move_chat(
    tx: &mut Transaction<'static, Any>,
    from: i64,
    to: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let old = channels_at(tx, Address::Telegram { chat: from, topic: None }, "").await?;
    let moved = !old.is_empty();
    for old in old {
        let row = Row { table: "channels", id: old.id };
        let Address::Telegram { topic, .. } = row.word(&old.address)? else { continue };
        let address = Address::Telegram { chat: to, topic }.to_string();
        let there: Option<i64> = sqlx::query_scalar("SELECT id FROM channels WHERE address = $1")
            .bind(&address)
            .fetch_optional(&mut **tx)
            .await?;
        match there {
            Some(there) => merge(tx, old.id, there, now).await?,
            // It was perhaps lost under its old id alone.
            None => {
                sqlx::query(
                    "UPDATE channels SET address = $2,
                         probe_at = CASE WHEN state = 'lost' THEN $3 ELSE probe_at END
                     WHERE id = $1",
                )
                .bind(old.id)
                .bind(address)
                .bind(millis(now))
                .execute(&mut **tx)
                .await?;
            }
        }
    }
    Ok(moved)
}

/// Gives what one channel has to another, which is the same place under its new id. Where both know a feed, what
/// people said last holds: the newer channel's subscription, with nothing delivered to it that the older one has.
async fn merge(
    tx: &mut Transaction<'static, Any>,
    old: i64,
    new: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let in_turn = [
        // What both still have to deliver is delivered once.
        "UPDATE messages SET state = 'cancelled', error = 'the same goes to the chat under its new id'
         WHERE channel_id = $1 AND state IN ('queued', 'unknown') AND delivery_id IN (
             SELECT d.id FROM deliveries d JOIN deliveries e ON e.digest_id = d.digest_id
                 JOIN subscriptions s ON s.id = e.subscription_id
             WHERE s.channel_id = $2)",
        "UPDATE subscriptions SET edition = max(edition, (
             SELECT o.edition FROM subscriptions o WHERE o.channel_id = $1 AND o.feed = subscriptions.feed))
         WHERE channel_id = $2 AND EXISTS (
             SELECT 1 FROM subscriptions o
             WHERE o.channel_id = $1 AND o.feed = subscriptions.feed AND o.ended_at IS NULL)",
        "UPDATE subscriptions SET channel_id = $2
         WHERE channel_id = $1 AND feed NOT IN (SELECT feed FROM subscriptions WHERE channel_id = $2)",
        "UPDATE messages SET channel_id = $2 WHERE channel_id = $1",
    ];
    for statement in in_turn {
        sqlx::query(statement).bind(old).bind(new).execute(&mut **tx).await?;
    }
    sqlx::query(
        "UPDATE subscriptions SET ended_at = $2, next_at = NULL WHERE channel_id = $1 AND ended_at IS NULL",
    )
    .bind(old)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    sqlx::query("UPDATE channels SET state = 'active', state_reason = NULL, state_since = $2, probe_at = NULL WHERE id = $1")
        .bind(old)
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(Debug, FromRow)]
struct Found {
    id: i64,
    address: String,
    probes: i64,
}

/// The channels at an address, of a Telegram chat with its topics, that are in this state (empty: in any).
async fn channels_at(
    tx: &mut Transaction<'static, Any>,
    address: Address,
    state: &str,
) -> Result<Vec<Found>, StoreError> {
    let (exact, from, to) = with_topics(address);
    Ok(sqlx::query_as(
        "SELECT id, address, probes FROM channels
         WHERE (address = $1 OR (address > $2 AND address < $3)) AND ($4 = '' OR state = $4)",
    )
    .bind(exact)
    .bind(from)
    .bind(to)
    .bind(state)
    .fetch_all(&mut **tx)
    .await?)
}

/// An address as stored, and the bounds between which its topics are: `0` follows `/`.
fn with_topics(address: Address) -> (String, String, String) {
    let exact = address.to_string();
    let (from, to) = (format!("{exact}/"), format!("{exact}0"));
    (exact, from, to)
}

async fn mark_lost(
    tx: &mut Transaction<'static, Any>,
    found: Found,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let probes = Row { table: "channels", id: found.id }.count(found.probes)?;
    sqlx::query(
        "UPDATE channels SET state = 'lost', state_reason = $2, state_since = $3, probe_at = $4 WHERE id = $1",
    )
    .bind(found.id)
    .bind(reason)
    .bind(millis(now))
    .bind(millis(now + probe_wait(probes)))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn mark_active(
    tx: &mut Transaction<'static, Any>,
    channel: i64,
    probes: u32,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let regained = sqlx::query(
        "UPDATE channels SET state = 'active', state_reason = NULL, state_since = $2, probe_at = NULL, probes = $3
         WHERE id = $1 AND state = 'lost'",
    )
    .bind(channel)
    .bind(millis(now))
    .bind(i64::from(probes))
    .execute(&mut **tx)
    .await?;
    if regained.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "UPDATE subscriptions SET next_at = CASE WHEN next_at <= $2 THEN next_at - 1 ELSE $2 END
         WHERE channel_id = $1 AND ended_at IS NULL",
    )
    .bind(channel)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(true)
}
