//! Channels as an operator looks through them: with their health, and what arrived there last.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::model::channel::{Channel, ChannelId, Platform};
use crate::store::error::StoreError;
use crate::store::rows::{Row, readable};
use crate::store::{Pause, Store};

/// Whether a channel gets what it is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Well,
    /// An admin or an operator holds it back.
    Paused,
    /// The platform refuses.
    Lost,
    /// It has no subscription.
    Idle,
}

impl Health {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Well, Self::Paused, Self::Lost, Self::Idle];

    /// The word in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Paused => "paused",
            Self::Lost => "lost",
            Self::Idle => "idle",
        }
    }
}

/// A text that names no health.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no health of a channel: write `well`, `paused`, `lost` or `idle`")]
pub struct UnknownHealth(pub String);

impl FromStr for Health {
    type Err = UnknownHealth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|health| health.name() == text)
            .ok_or_else(|| UnknownHealth(text.to_owned()))
    }
}

/// Which channels are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelFilter {
    /// Those of this platform.
    pub platform: Option<Platform>,
    /// Those of this health.
    pub health: Option<Health>,
    /// Those with this in their name or address.
    pub words: Option<String>,
}

/// A channel and how it fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelEntry {
    /// The channel.
    pub channel: Channel,
    /// How it fares.
    pub health: Health,
    /// Why nothing can be sent there.
    pub reason: Option<String>,
    /// Since when it is lost or is not any more.
    pub since: DateTime<Utc>,
    /// Who holds it back.
    pub pause: Option<Pause>,
    /// When it is asked next whether messages can go there.
    pub probe_at: Option<DateTime<Utc>>,
    /// How many subscriptions it has.
    pub subscriptions: u32,
    /// When a message arrived there last.
    pub last_sent: Option<DateTime<Utc>>,
}

#[derive(Debug, FromRow)]
struct EntryRow {
    id: i64,
    address: String,
    kind: String,
    name: Option<String>,
    language: String,
    state: String,
    state_reason: Option<String>,
    state_since: i64,
    paused_at: Option<i64>,
    paused_until: Option<i64>,
    probe_at: Option<i64>,
    subscriptions: i64,
    last_sent: Option<i64>,
    health: String,
}

impl TryFrom<EntryRow> for ChannelEntry {
    type Error = StoreError;

    fn try_from(found: EntryRow) -> Result<Self, StoreError> {
        let row = Row { table: "channels", id: found.id };
        let pause = found.paused_at.map(|since| {
            Ok::<_, StoreError>(Pause {
                since: row.instant(since)?,
                until: row.instant_or_none(found.paused_until)?,
            })
        });
        Ok(Self {
            channel: Channel {
                id: ChannelId(found.id),
                address: row.word(&found.address)?,
                kind: row.word(&found.kind)?,
                name: found.name,
                language: row.word(&found.language)?,
                state: row.word(&found.state)?,
            },
            health: row.word(&found.health)?,
            reason: found.state_reason,
            since: row.instant(found.state_since)?,
            pause: pause.transpose()?,
            probe_at: row.instant_or_none(found.probe_at)?,
            subscriptions: row.count(found.subscriptions)?,
            last_sent: row.instant_or_none(found.last_sent)?,
        })
    }
}

/// Each channel with its health and its number of subscriptions; what arrived there last is looked up for those that are
/// shown alone.
const LISTED: &str = "SELECT h.*, (
         SELECT m.sent_at FROM messages m WHERE m.channel_id = h.id AND m.state = 'sent' ORDER BY m.id DESC LIMIT 1
     ) AS last_sent
     FROM (
         SELECT n.*, CASE WHEN n.state = 'lost' THEN 'lost' WHEN n.paused_at IS NOT NULL THEN 'paused'
             WHEN n.subscriptions = 0 THEN 'idle' ELSE 'well' END AS health
         FROM (
             SELECT c.id, c.platform, c.address, c.kind, c.name, c.language, c.state, c.state_reason, c.state_since,
                 c.paused_at, c.paused_until, c.probe_at, (
                     SELECT count(*) FROM subscriptions s WHERE s.channel_id = c.id AND s.ended_at IS NULL
                 ) AS subscriptions
             FROM channels c
         ) AS n
     ) AS h";

impl Store {
    /// Channels that pass the filter, by name, without the first `skip`; at most `count`. Lost ones come first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn channels(
        &self,
        filter: &ChannelFilter,
        skip: u32,
        count: u32,
    ) -> Result<Vec<ChannelEntry>, StoreError> {
        let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "{LISTED} WHERE ($1 IS NULL OR h.platform = $1) AND ($2 IS NULL OR h.health = $2)
                 AND ($3 IS NULL OR lower(coalesce(h.name, '')) LIKE $3 ESCAPE '!' OR h.address LIKE $3 ESCAPE '!')
             ORDER BY CASE h.health WHEN 'lost' THEN 0 WHEN 'paused' THEN 1 WHEN 'well' THEN 2 ELSE 3 END,
                 coalesce(h.name, h.address), h.id LIMIT $4 OFFSET $5"
        )))
        .bind(filter.platform.map(Platform::name))
        .bind(filter.health.map(Health::name))
        .bind(filter.words.as_deref().map(part_of))
        .bind(i64::from(count))
        .bind(i64::from(skip))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(ChannelEntry::try_from)))
    }

    /// One channel, and how it fares.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn channel_entry(&self, id: ChannelId) -> Result<Option<ChannelEntry>, StoreError> {
        let row: Option<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{LISTED} WHERE h.id = $1")))
            .bind(id.0)
            .fetch_optional(&self.read)
            .await?;
        row.map(ChannelEntry::try_from).transpose()
    }
}

/// A pattern of LIKE for texts that hold these words; nothing in them is an operator.
fn part_of(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
