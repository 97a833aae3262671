//! Who is first in line in a channel, and taking it for a worker. What became of it is settled in `settle.rs`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sqlx::{Any, Transaction};

use crate::model::channel::{ChannelId, Platform};
use crate::model::delivery::{Claimed, DeliveryId, Head, Task};
use crate::model::message::{Body, MessageId, MessageState, PlatformMessageId};
use crate::model::quiet::QuietHours;
use crate::store::Store;
use crate::store::backend::Backend;
use crate::store::error::StoreError;
use crate::store::rows::{Flag, Row, millis, read_gathered, readable, to_json};

/// What is read of a channel with messages, as fields of [`HeadRow`].
const HEAD_COLUMNS: [&str; 6] = ["id", "address", "kind", "next_at", "due_at", "is_correction"];

/// [`HEAD_COLUMNS`], in their order.
#[derive(Debug, Deserialize)]
struct HeadRow {
    id: i64,
    address: String,
    kind: String,
    next_at: i64,
    due_at: i64,
    is_correction: Flag,
}

/// What is still to be sent. The words of an index, which is used only by conditions that say the same.
const OPEN: &str = "m.state IN ('queued', 'sending', 'unknown')";
/// What is sent and still to be corrected.
const TO_CHANGE: &str = "m.state = 'sent' AND m.change IS NOT NULL";
/// What is sent and still to be published.
const TO_PUBLISH: &str = "m.state = 'sent' AND m.publish = 'due'";
/// A channel's messages in their order: whatever is new goes first, and publishing, which has to wait longest, last.
const IN_ORDER: [&str; 3] = [OPEN, TO_CHANGE, TO_PUBLISH];
/// Where the messages of a channel `c` are looked for.
const OF_CHANNEL: &str = "FROM messages m WHERE m.channel_id = c.id AND m.platform = c.platform AND";

/// Discord lets a channel publish this often in this time. Undocumented: discord.js, number 4956.
const PUBLISHED_AT_MOST: u32 = 10;
const PUBLISHED_WITHIN: TimeDelta = TimeDelta::hours(1);
/// A delivery that is to be set anew is asked for again after this; dispatch needs less.
const UNTIL_SET_ANEW: TimeDelta = TimeDelta::seconds(1);

impl TryFrom<HeadRow> for Head {
    type Error = StoreError;

    fn try_from(found: HeadRow) -> Result<Self, StoreError> {
        let row = Row { table: "channels", id: found.id };
        Ok(Self {
            channel: ChannelId(found.id),
            address: row.word(&found.address)?,
            kind: row.word(&found.kind)?,
            ready_at: row.instant(found.next_at)?,
            due_at: row.instant(found.due_at)?,
            is_correction: found.is_correction.0,
        })
    }
}

/// What is read of a message to claim it, as fields of [`ClaimedRow`].
const COLUMNS: [&str; 25] = [
    "id",
    "delivery_id",
    "channel_id",
    "address",
    "kind",
    "text_id",
    "use_plain",
    "nonce",
    "state",
    "attempts",
    "attempted_at",
    "next_at",
    "failing_for",
    "on_unknown",
    "platform_id",
    "change",
    "publish",
    "opened_by",
    "on_the_wire",
    "has_ended",
    "is_stale",
    "timezone",
    "quiet",
    "has_more",
    "was_lost",
];

/// [`COLUMNS`], in their order.
#[derive(Debug, Deserialize)]
struct ClaimedRow {
    id: i64,
    delivery_id: i64,
    channel_id: i64,
    address: String,
    kind: String,
    text_id: i64,
    use_plain: Flag,
    nonce: String,
    state: String,
    attempts: i64,
    attempted_at: Option<i64>,
    next_at: i64,
    failing_for: i64,
    on_unknown: String,
    platform_id: Option<String>,
    change: Option<String>,
    publish: Option<String>,
    opened_by: Option<String>,
    on_the_wire: Flag,
    has_ended: Flag,
    is_stale: Flag,
    timezone: String,
    /// The subscription's quiet hours, where the message may not go out in them.
    quiet: Option<String>,
    has_more: Flag,
    was_lost: Flag,
}

/// What the messages that were claimed last say: most that are claimed next say the same, and what a text says never changes.
#[derive(Debug, Default)]
pub struct Texts(HashMap<i64, Result<Text, StoreError>>);

/// What a message says: with markup, and without.
type Text = (Arc<Body>, Arc<Body>);

impl ClaimedRow {
    fn claimed(self, texts: &Texts) -> Result<Claimed, StoreError> {
        let row = Row { table: "messages", id: self.id };
        let was = row.word(&self.state)?;
        let is_recalled = self.is_recalled();
        let sent = self.platform_id.map(PlatformMessageId);
        let task = match (was, self.change.as_deref(), sent) {
            (MessageState::Sent, Some("edit"), Some(sent)) => Task::Edit(sent),
            (MessageState::Sent, Some("delete"), Some(sent)) => Task::Delete(sent),
            (MessageState::Sent, Some("recall"), Some(sent)) => Task::Recall(sent),
            (MessageState::Sent, None, Some(sent)) if self.publish.as_deref() == Some("due") => {
                Task::Publish(sent)
            }
            (MessageState::Sent, ..) => {
                return Err(StoreError::bad_row("messages", self.id, "cannot be changed"));
            }
            _ => Task::Send,
        };
        let (body, plain) = match texts.0.get(&self.text_id) {
            Some(Ok(text)) => text.clone(),
            Some(Err(error)) => return Err(StoreError::bad_row("messages", self.id, error)),
            None => return Err(StoreError::bad_row("messages", self.id, "says nothing")),
        };
        Ok(Claimed {
            message: MessageId(self.id),
            delivery: DeliveryId(self.delivery_id),
            channel: ChannelId(self.channel_id),
            address: row.word(&self.address)?,
            kind: row.word(&self.kind)?,
            opened_by: self.opened_by.map(PlatformMessageId),
            is_recalled,
            body,
            plain,
            use_plain: self.use_plain.0,
            nonce: self.nonce,
            was,
            task,
            attempts: row.count(self.attempts)?,
            attempted_at: row.instant_or_none(self.attempted_at)?,
            failing_for: TimeDelta::milliseconds(self.failing_for),
            on_unknown: row.word(&self.on_unknown)?,
            has_more: self.has_more.0,
            was_lost: self.was_lost.0,
        })
    }

    fn is_recalled(&self) -> bool {
        self.change.as_deref() == Some("recall")
    }

    /// When it may go out, if it has to wait for quiet hours to end. What cannot be read holds nothing up.
    fn quiet_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hours: QuietHours = self.quiet.as_ref()?.parse().ok()?;
        hours.end(self.timezone.parse().ok()?, now)
    }

    fn is_to_publish(&self) -> bool {
        self.state == MessageState::Sent.name() && self.change.is_none()
    }
}

impl Store {
    /// The channels that have open messages on a platform, each with the message that is first in line. Channels
    /// that messages cannot go to, and those with a message on the wire, are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn heads(&self, platform: Platform) -> Result<Vec<Head>, StoreError> {
        self.heads_where("", platform, "").await
    }

    /// The same of these channels alone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn heads_of(
        &self,
        platform: Platform,
        channels: impl Iterator<Item = ChannelId>,
    ) -> Result<Vec<Head>, StoreError> {
        let channels: Vec<i64> = channels.map(|channel| channel.0).collect();
        let of = "AND channel_id IN (SELECT CAST(value AS BIGINT) FROM json_each($2))";
        self.heads_where(of, platform, &to_json(&channels)).await
    }

    async fn heads_where(
        &self,
        of: &str,
        platform: Platform,
        channels: &str,
    ) -> Result<Vec<Head>, StoreError> {
        let gathered = self.backend.gathered(&HEAD_COLUMNS);
        let sql = format!(
            "SELECT {gathered} FROM (SELECT c.id, c.address, c.kind, h.next_at, h.due_at, h.turn > 0 AS is_correction FROM (
                 SELECT *, row_number() OVER (
                     PARTITION BY channel_id ORDER BY turn, due_at, delivery_id, part
                 ) AS place FROM (
                     SELECT channel_id, next_at, due_at, delivery_id, part, state = 'sending' AS on_the_wire,
                         0 AS turn
                     FROM messages WHERE platform = $1 {of} AND state IN ('queued', 'sending', 'unknown')
                     UNION ALL
                     SELECT channel_id, next_at, due_at, delivery_id, part, owner IS NOT NULL, 1
                     FROM messages WHERE platform = $1 {of} AND state = 'sent' AND change IS NOT NULL
                     UNION ALL
                     SELECT channel_id, next_at, due_at, delivery_id, part, owner IS NOT NULL, 2
                     FROM messages WHERE platform = $1 {of} AND state = 'sent' AND publish = 'due'
                 ) open
             ) h JOIN channels c ON c.id = h.channel_id
             WHERE h.place = 1 AND NOT h.on_the_wire AND c.state = 'active'
             ORDER BY h.turn, h.due_at) r"
        );
        let mut heads = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(platform.name());
        if !of.is_empty() {
            heads = heads.bind(channels);
        }
        let rows: String = heads.fetch_one(&self.read).await?;
        Ok(readable(read_gathered::<HeadRow>(&rows)?.into_iter().map(Head::try_from)))
    }

    /// Claims the first open message of each of these channels, where it may be tried now; where none is open, the
    /// first that is to be corrected. Until `lease` is over nobody else can. What is left of deliveries to
    /// subscriptions that have ended is cancelled on the way. On PostgreSQL channels in which another claims are passed over:
    /// their messages go one after the other, so that none may be skipped for the next.
    ///
    /// # Errors
    /// If the database fails; then nothing is claimed.
    pub async fn claim(
        &self,
        owner: &str,
        channels: &[ChannelId],
        now: DateTime<Utc>,
        lease: TimeDelta,
        texts: &mut Texts,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut claimed = Vec::with_capacity(channels.len());
        let mut tx = self.begin_claim().await?;
        let mut first = first_of(&mut tx, channels).await?;
        first.retain(|row| !row.on_the_wire.0 && row.next_at <= millis(now));
        texts.read(&mut tx, &first).await?;
        for row in first {
            let (id, channel) = (row.id, row.channel_id);
            if row.is_stale.0 {
                put_off(&mut tx, id, now + UNTIL_SET_ANEW).await?;
                continue;
            }
            if let Some(end) = row.quiet_end(now) {
                put_off(&mut tx, id, end).await?;
                continue;
            }
            if row.is_to_publish() && !may_publish(&mut tx, id, channel, now).await? {
                continue;
            }
            let message = match row.claimed(texts) {
                Ok(message) => message,
                Err(error) => {
                    set_aside(&mut tx, id, &error).await?;
                    continue;
                }
            };
            claimed.push(message);
        }
        let ids: Vec<i64> = claimed.iter().map(|message| message.message.0).collect();
        sqlx::query(
            // Of several attempts that may have arrived, the first says how far back to look.
            "UPDATE messages SET state = CASE state WHEN 'sent' THEN 'sent' ELSE 'sending' END, owner = $2,
                 lease_until = $3,
                 attempted_at = CASE WHEN state = 'unknown' THEN coalesce(attempted_at, $4) ELSE $4 END,
                 attempts = attempts + 1
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        )
        .bind(to_json(&ids))
        .bind(owner)
        .bind(millis(now + lease))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(claimed)
    }
}

/// The messages that are first in line in channels, one of each that has any.
async fn first_of(
    tx: &mut Transaction<'static, Any>,
    channels: &[ChannelId],
) -> Result<Vec<ClaimedRow>, StoreError> {
    let [open, to_change, to_publish] = IN_ORDER.map(|these| {
        format!("SELECT m.id {OF_CHANNEL} {these} ORDER BY m.due_at, m.delivery_id, m.part LIMIT 1")
    });
    let more =
        IN_ORDER.map(|these| format!("EXISTS (SELECT 1 {OF_CHANNEL} {these} AND m.id <> f.id)")).join(" OR ");
    let backend = Backend::behind(tx);
    let (gathered, free) = (backend.gathered(&COLUMNS), backend.free_channels());
    let sql = format!(
        "SELECT {gathered} FROM (SELECT f.id, f.delivery_id, f.channel_id, c.address, c.kind, f.use_plain, f.nonce, f.state,
             CASE f.state WHEN 'sent' THEN coalesce(f.new_text_id, f.text_id) ELSE f.text_id END AS text_id,
             f.attempts, f.attempted_at, f.next_at, f.platform_id, f.change, f.publish, d.on_unknown,
             (SELECT p.platform_id FROM messages p WHERE p.delivery_id = f.delivery_id AND p.id <> f.id
                  AND p.platform_id LIKE '%/%' AND c.kind = 'forum' ORDER BY p.part LIMIT 1) AS opened_by,
             f.failing_for, f.owner IS NOT NULL AS on_the_wire,
             s.ended_at IS NOT NULL AS has_ended, d.stale > 0 AND f.state = 'queued' AS is_stale,
             s.timezone, CASE WHEN d.heeds_quiet AND f.state = 'queued' AND f.part = 1 THEN s.quiet END
                 AS quiet,
             {more} AS has_more, c.probes > 0 OR c.loss_told AS was_lost
         FROM json_each($1) wanted JOIN channels c ON c.id = CAST(wanted.value AS BIGINT)
             JOIN messages f ON f.id = coalesce(({open}), ({to_change}), ({to_publish}))
             JOIN deliveries d ON d.id = f.delivery_id
             JOIN subscriptions s ON s.id = d.subscription_id
         WHERE c.state = 'active' {free}) r"
    );
    let mut first = Vec::with_capacity(channels.len());
    let mut asked: Vec<i64> = channels.iter().map(|channel| channel.0).collect();
    while !asked.is_empty() {
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
            .bind(to_json(&asked))
            .fetch_one(&mut **tx)
            .await?;
        asked.clear();
        for row in read_gathered::<ClaimedRow>(&rows)? {
            if row.has_ended.0 && !row.on_the_wire.0 && !row.is_recalled() {
                drop_delivery(tx, row.delivery_id).await?;
                asked.push(row.channel_id);
            } else {
                first.push(row);
            }
        }
    }
    Ok(first)
}

impl Texts {
    /// Reads what these messages say, once for all that say the same, and forgets what none of them says.
    async fn read(
        &mut self,
        tx: &mut Transaction<'static, Any>,
        messages: &[ClaimedRow],
    ) -> Result<(), StoreError> {
        let wanted: HashSet<i64> = messages.iter().map(|message| message.text_id).collect();
        self.0.retain(|id, text| wanted.contains(id) && text.is_ok());
        let unread: Vec<i64> = wanted.into_iter().filter(|id| !self.0.contains_key(id)).collect();
        if unread.is_empty() {
            return Ok(());
        }
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT id, body, plain FROM texts WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        )
        .bind(to_json(&unread))
        .fetch_all(&mut **tx)
        .await?;
        self.0.extend(rows.into_iter().map(|(id, body, plain)| {
            let row = Row { table: "texts", id };
            let read = |json: &str| row.json::<Body>(json).map(Arc::new);
            (id, read(&body).and_then(|body| Ok((body, read(&plain)?))))
        }));
        Ok(())
    }
}

/// Nobody wants what is left of this delivery any more.
async fn drop_delivery(tx: &mut Transaction<'static, Any>, delivery: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE messages SET state = CASE state WHEN 'sent' THEN 'sent' ELSE 'cancelled' END, change = NULL,
             new_text_id = NULL, publish = CASE publish WHEN 'due' THEN NULL ELSE publish END
         WHERE delivery_id = $1 AND coalesce(change, '') <> 'recall'
             AND (state IN ('queued', 'unknown') OR (state = 'sent' AND (change IS NOT NULL OR publish = 'due')))",
    )
    .bind(delivery)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether the channel may publish one more now; if not, the message waits until it may.
async fn may_publish(
    tx: &mut Transaction<'static, Any>,
    message: i64,
    channel: i64,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let since: Option<i64> = sqlx::query_scalar(
        "SELECT published_at FROM messages WHERE channel_id = $1 AND published_at > $2 AND published_at <= $3
         ORDER BY published_at DESC LIMIT 1 OFFSET $4",
    )
    .bind(channel)
    .bind(millis(now - PUBLISHED_WITHIN))
    .bind(millis(now))
    .bind(i64::from(PUBLISHED_AT_MOST - 1))
    .fetch_optional(&mut **tx)
    .await?;
    let Some(since) = since else { return Ok(true) };
    let since = Row { table: "messages", id: message }.instant(since)?;
    put_off(tx, message, since + PUBLISHED_WITHIN).await?;
    Ok(false)
}

/// A message is not tried before that instant.
async fn put_off(
    tx: &mut Transaction<'static, Any>,
    message: i64,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE messages SET next_at = $2 WHERE id = $1")
        .bind(message)
        .bind(millis(until))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A message that cannot be read must not stop those behind it.
async fn set_aside(
    tx: &mut Transaction<'static, Any>,
    id: i64,
    error: &StoreError,
) -> Result<(), StoreError> {
    tracing::error!(%error, row = id, "set aside a message that cannot be read");
    sqlx::query(
        "UPDATE messages SET state = 'failed', change = NULL, publish = NULL, error = $2 WHERE id = $1",
    )
    .bind(id)
    .bind(error.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
