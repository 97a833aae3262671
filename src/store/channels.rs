//! Channels, and whether messages can go there.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis};
use crate::model::Language;
use crate::model::channel::{Address, Channel, ChannelId, ChannelKind, ChannelState};

#[derive(Debug, FromRow)]
struct ChannelRow {
    id: i64,
    address: String,
    kind: String,
    name: Option<String>,
    language: String,
    state: String,
}

impl TryFrom<ChannelRow> for Channel {
    type Error = StoreError;

    fn try_from(found: ChannelRow) -> Result<Self, StoreError> {
        let row = Row { table: "channels", id: found.id };
        Ok(Self {
            id: ChannelId(found.id),
            address: row.word(&found.address)?,
            kind: row.word(&found.kind)?,
            name: found.name,
            language: row.word(&found.language)?,
            state: row.word(&found.state)?,
        })
    }
}

impl Store {
    /// The channel at an address, if it is known.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn channel(&self, address: Address) -> Result<Option<Channel>, StoreError> {
        let row: Option<ChannelRow> = sqlx::query_as(
            "SELECT id, address, kind, name, language, state FROM channels WHERE address = $1",
        )
        .bind(address.to_string())
        .fetch_optional(&self.read)
        .await?;
        row.map(Channel::try_from).transpose()
    }

    /// Makes the channel at an address known, or brings its kind and name up to date. Called when somebody asks for
    /// something there, so that one which was lost can be reached again.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn keep_channel(
        &self,
        address: Address,
        kind: ChannelKind,
        name: Option<&str>,
        language: Language,
        now: DateTime<Utc>,
    ) -> Result<Channel, StoreError> {
        self.regain_channels(address, now).await?;
        let row: ChannelRow = sqlx::query_as(
            "INSERT INTO channels (platform, address, kind, name, language, state, state_since, created_at)
             VALUES ($1, $2, $3, $4, $5, 'active', $6, $6)
             ON CONFLICT (address) DO UPDATE SET kind = $3, name = coalesce($4, channels.name)
             RETURNING id, address, kind, name, language, state",
        )
        .bind(address.platform().name())
        .bind(address.to_string())
        .bind(kind.name())
        .bind(name)
        .bind(language.code())
        .bind(millis(now))
        .fetch_one(&self.write)
        .await?;
        row.try_into()
    }

    /// Says whether messages can go to a channel, and why not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_channel_state(
        &self,
        channel: ChannelId,
        state: ChannelState,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE channels SET state = $2, state_reason = $3, state_since = $4 WHERE id = $1")
            .bind(channel.0)
            .bind(state.name())
            .bind(reason)
            .bind(millis(now))
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
