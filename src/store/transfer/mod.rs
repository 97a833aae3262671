//! A move to another database: what a server has to know so that it loses and repeats nothing, written out as plain
//! rows and read into an empty database. Which columns these are is `rows.rs`.
//!
//! Left behind is what the new server finds out by itself: which posts it has read, the index of look-ups, where links lead; and notes.

mod rows;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction};

use super::backend::Backend;
use super::carry::note_filled;
use super::error::StoreError;
use super::rows::millis;
use super::{Store, migrations};
use crate::model::channel::ChannelId;
use rows::Table;

/// What messages said that were sent this long ago stays behind: nothing corrects them any more (48 h), with a day to
/// spare for the move.
const TEXTS_OF: TimeDelta = TimeDelta::hours(72);

/// The migration since which what messages say is in a table of its own.
const TEXTS_SINCE: i64 = 18;

/// What is written out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// The last migration of the database that it is from.
    pub migration: i64,
    /// The version of the program that wrote it.
    pub version: String,
    /// When (milliseconds since 1970).
    pub exported_at: i64,
    #[serde(default)]
    feeds: Vec<rows::Feed>,
    #[serde(default)]
    digests: Vec<rows::Digest>,
    #[serde(default)]
    digest_names: Vec<rows::DigestName>,
    #[serde(default)]
    withdrawn_articles: Vec<rows::WithdrawnArticle>,
    #[serde(default)]
    pushes: Vec<rows::Push>,
    #[serde(default)]
    channels: Vec<rows::Channel>,
    #[serde(default)]
    subscriptions: Vec<rows::Subscription>,
    #[serde(default)]
    mutes: Vec<rows::Mute>,
    #[serde(default)]
    deliveries: Vec<rows::Delivery>,
    #[serde(default)]
    texts: Vec<rows::Text>,
    #[serde(default)]
    messages: Vec<rows::Message>,
    #[serde(default)]
    resends: Vec<rows::Resend>,
    #[serde(default)]
    waits: Vec<rows::Wait>,
    #[serde(default)]
    changes: Vec<rows::Change>,
    #[serde(default)]
    greetings: Vec<rows::Greeting>,
}

/// How much it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Channels.
    pub channels: usize,
    /// Subscriptions, ended ones too.
    pub subscriptions: usize,
    /// Digests.
    pub digests: usize,
    /// Deliveries: the last of each subscription.
    pub deliveries: usize,
}

impl Transfer {
    /// How much it is.
    pub fn moved(&self) -> Moved {
        Moved {
            channels: self.channels.len(),
            subscriptions: self.subscriptions.len(),
            digests: self.digests.len(),
            deliveries: self.deliveries.len(),
        }
    }
}

impl Store {
    /// Writes out what another database needs to go on from here.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn export(&self, now: DateTime<Utc>) -> Result<Transfer, StoreError> {
        let mut tx = self.begin().await?;
        let written = written_out(&mut tx, now).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// The same, and pauses every channel here at the same instant: from then on it is the other's. What had begun and
    /// not arrived is the other's, too. `None`, and nothing is changed: some delivery is half sent, and a bot that runs
    /// (`is_running`) is about to finish it.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn hand_over(
        &self,
        is_running: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Transfer>, StoreError> {
        let mut tx = self.begin().await?;
        let begun: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM messages m WHERE m.state IN ('queued', 'sending', 'unknown') AND EXISTS (
                 SELECT 1 FROM messages b WHERE b.delivery_id = m.delivery_id AND b.attempts > 0)",
        )
        .fetch_one(&mut *tx)
        .await?;
        if begun > 0 && is_running {
            return Ok(None);
        }
        let written = written_out(&mut tx, now).await?;
        for channel in &written.channels {
            sqlx::query(
                "UPDATE channels SET paused_at = coalesce(paused_at, $2), paused_until = NULL WHERE id = $1",
            )
            .bind(channel.id)
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
            super::pauses::take_back(&mut tx, ChannelId(channel.id), now).await?;
        }
        sqlx::query(
            "UPDATE messages SET state = 'cancelled' WHERE state IN ('queued', 'sending', 'unknown')",
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(written))
    }

    /// Reads what another database wrote out into this one, which must be empty.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] if it is not; [`StoreError::Newer`] if a newer version wrote it, [`StoreError::Older`] if an
    /// older one did whose messages could not be sent from here; if the database fails.
    /// Nothing is changed then.
    pub async fn restore(&self, transfer: &Transfer) -> Result<(), StoreError> {
        if !migrations(self.backend).version_exists(transfer.migration) {
            let (found, wants) = (transfer.migration, Some(transfer.version.clone()));
            return Err(StoreError::Newer { found, wants });
        }
        if transfer.migration < TEXTS_SINCE && !transfer.messages.is_empty() {
            return Err(StoreError::Older { version: transfer.version.clone() });
        }
        let mut tx = self.begin().await?;
        self.expect_empty(&mut tx).await?;
        sqlx::query("DELETE FROM feeds").execute(&mut *tx).await?;
        put(&mut tx, &transfer.feeds).await?;
        put(&mut tx, &transfer.digests).await?;
        put(&mut tx, &transfer.digest_names).await?;
        put(&mut tx, &transfer.withdrawn_articles).await?;
        put(&mut tx, &transfer.pushes).await?;
        put(&mut tx, &transfer.channels).await?;
        put(&mut tx, &transfer.subscriptions).await?;
        put(&mut tx, &transfer.mutes).await?;
        put(&mut tx, &transfer.deliveries).await?;
        put(&mut tx, &transfer.texts).await?;
        put(&mut tx, &transfer.messages).await?;
        put(&mut tx, &transfer.resends).await?;
        put(&mut tx, &transfer.waits).await?;
        put(&mut tx, &transfer.changes).await?;
        put(&mut tx, &transfer.greetings).await?;
        note_filled(&mut tx).await?;
        Ok(tx.commit().await?)
    }
}

/// The deliveries that go along: those that are open, and the last of each subscription.
const DELIVERIES: &str = "EXISTS (SELECT 1 FROM messages m WHERE m.delivery_id = d.id AND m.state IN ('queued', 'sending', 'unknown'))
     OR d.created_at >= $1
     OR d.id IN (SELECT l.id FROM deliveries l WHERE l.subscription_id = d.subscription_id ORDER BY l.id DESC LIMIT 10)";

async fn written_out(tx: &mut Transaction<'static, Any>, now: DateTime<Utc>) -> Result<Transfer, StoreError> {
    let since = millis(now - TEXTS_OF);
    let migration: i64 =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut **tx).await?;
    let mut messages: Vec<rows::Message> = take(
        tx,
        &format!("t WHERE t.delivery_id IN (SELECT d.id FROM deliveries d WHERE {DELIVERIES})"),
        since,
    )
    .await?;
    for message in &mut messages {
        message.leave_text_behind(since);
    }
    let said: HashSet<i64> =
        messages.iter().flat_map(|message| [message.text_id, message.new_text_id]).flatten().collect();
    let mut texts: Vec<rows::Text> = take(tx, "t", since).await?;
    texts.retain(|text| said.contains(&text.id));
    Ok(Transfer {
        migration,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        exported_at: millis(now),
        feeds: take(tx, "t", since).await?,
        digests: take(tx, "t", since).await?,
        digest_names: take(tx, "t", since).await?,
        withdrawn_articles: take(tx, "t", since).await?,
        pushes: take(tx, "t", since).await?,
        channels: take(tx, "t", since).await?,
        subscriptions: take(tx, "t", since).await?,
        mutes: take(tx, "t", since).await?,
        deliveries: take(tx, &format!("d WHERE {DELIVERIES}"), since).await?,
        texts,
        messages,
        resends: take(tx, "t", since).await?,
        waits: take(tx, "t", since).await?,
        changes: take(tx, "t", since).await?,
        greetings: take(tx, "t", since).await?,
    })
}

/// The rows of a table; `which` begins with the table's alias, and may ask for what is later than `$1`.
async fn take<T: Table>(
    tx: &mut Transaction<'static, Any>,
    which: &str,
    since: i64,
) -> Result<Vec<T>, StoreError> {
    let select = format!("SELECT {} FROM {} {which}", T::COLUMNS.join(", "), T::NAME);
    let mut query = sqlx::query_as(sqlx::AssertSqlSafe(select));
    if which.contains("$1") {
        query = query.bind(since);
    }
    Ok(query.fetch_all(&mut **tx).await?)
}

async fn put<T: Table>(tx: &mut Transaction<'static, Any>, rows: &[T]) -> Result<(), StoreError> {
    let places = Backend::behind(tx).places(1, T::COLUMNS.len());
    let insert = format!("INSERT INTO {} ({}) VALUES {places}", T::NAME, T::COLUMNS.join(", "));
    for row in rows {
        row.bind(sqlx::query(sqlx::AssertSqlSafe(insert.clone()))).execute(&mut **tx).await?;
    }
    Backend::behind(tx).number_on(tx, T::NAME).await
}
