//! Channels, and whether messages can go there.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, Sqlite, Transaction};

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
        let row: ChannelRow = sqlx::query_as(
            "INSERT INTO channels (platform, address, kind, name, language, state, state_since, created_at)
             VALUES ($1, $2, $3, $4, $5, 'active', $6, $6)
             ON CONFLICT (address) DO UPDATE SET kind = $3, name = coalesce($4, name),
                 state_since = CASE WHEN state = 'lost' THEN $6 ELSE state_since END,
                 state_reason = CASE WHEN state = 'lost' THEN NULL ELSE state_reason END,
                 state = CASE WHEN state = 'lost' THEN 'active' ELSE state END
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

/// Gives a channel another address: a Telegram group that became a supergroup has a new id.
///
/// Somebody may have subscribed under that id already. Then what is there stands, what it lacks moves to it, and no
/// digest that goes to it anyway comes a second time.
pub(super) async fn move_channel(
    tx: &mut Transaction<'static, Sqlite>,
    channel: ChannelId,
    to: Address,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let there: Option<i64> = sqlx::query_scalar("SELECT id FROM channels WHERE address = $1")
        .bind(to.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(there) = there else {
        sqlx::query("UPDATE channels SET address = $2 WHERE id = $1")
            .bind(channel.0)
            .bind(to.to_string())
            .execute(&mut **tx)
            .await?;
        return Ok(());
    };
    let steps = [
        "UPDATE messages SET state = 'cancelled', error = 'it goes to the chat under its new id', next_at = $3
         WHERE channel_id = $1 AND state IN ('queued', 'unknown') AND EXISTS (
             SELECT 1 FROM deliveries old JOIN deliveries new ON new.digest_id = old.digest_id
                 JOIN subscriptions s ON s.id = new.subscription_id
             WHERE old.id = messages.delivery_id AND s.channel_id = $2)",
        "UPDATE messages SET channel_id = $2, next_at = max(next_at, $3)
         WHERE channel_id = $1 AND state IN ('queued', 'unknown')",
        "UPDATE subscriptions SET ended_at = $3
         WHERE channel_id = $1 AND feed IN (SELECT feed FROM subscriptions WHERE channel_id = $2)",
        "UPDATE subscriptions SET channel_id = $2
         WHERE channel_id = $1 AND ended_at IS NULL",
        "UPDATE channels SET state = 'lost', state_reason = 'it has a new id, ' || (
             SELECT address FROM channels WHERE id = $2), state_since = $3
         WHERE id = $1",
    ];
    for step in steps {
        sqlx::query(step).bind(channel.0).bind(there).bind(millis(now)).execute(&mut **tx).await?;
    }
    Ok(())
}
