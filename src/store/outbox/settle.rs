//! What became of claimed messages: of those that were tried, and of those whose worker died.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Any, AnyConnection, Transaction};

use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::delivery::{Claimed, Outcome, Task};
use crate::model::message::{MessageState, PlatformMessageId};
use crate::store::Store;
use crate::store::access;
use crate::store::backend::Backend;
use crate::store::corrections::{catch_up_change, settle_change};
use crate::store::error::StoreError;
use crate::store::publishing::{mark_to_publish, settle_publishing};
use crate::store::recall::settle_recall;
use crate::store::rows::{Row, millis, readable, to_json};

impl Store {
    /// Settles claimed messages. What came of an attempt is true also if its lease was over before it ended, so
    /// that it is written as long as nobody else has claimed the message since.
    ///
    /// # Errors
    /// If the database fails; then nothing is settled.
    pub async fn settle(
        &self,
        owner: &str,
        outcomes: &[(Claimed, Outcome)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // Nearly always there is nothing else to it.
        if outcomes.iter().all(|(claimed, outcome)| {
            sent_as(claimed, outcome).is_some() && !claimed.was_lost && !is_to_publish(claimed)
        }) {
            return settle_sent(&mut *self.write.acquire().await?, owner, outcomes, now).await;
        }
        let mut tx = self.begin().await?;
        settle_sent(&mut tx, owner, outcomes, now).await?;
        for (claimed, outcome) in outcomes {
            if sent_as(claimed, outcome).is_some() && is_to_publish(claimed) {
                mark_to_publish(&mut tx, claimed.message).await?;
            }
        }
        for (claimed, outcome) in
            outcomes.iter().filter(|(claimed, outcome)| sent_as(claimed, outcome).is_none())
        {
            match claimed.task {
                Task::Send => settle_sending(&mut tx, owner, claimed, outcome, now).await?,
                Task::Edit(_) | Task::Delete(_) => {
                    settle_change(&mut tx, owner, claimed, outcome, now).await?;
                }
                Task::Recall(_) => settle_recall(&mut tx, owner, claimed, outcome, now).await?,
                Task::Publish(_) => settle_publishing(&mut tx, owner, claimed, outcome, now).await?,
            }
            settle_failing(&mut tx, claimed, outcome, now).await?;
            settle_channel(&mut tx, claimed, outcome, now).await?;
        }
        let arrived = outcomes.iter().filter(|(claimed, outcome)| {
            claimed.was_lost && matches!(outcome, Outcome::Sent(_) | Outcome::Emptied)
        });
        access::reached(&mut tx, arrived.map(|(claimed, _)| claimed.channel)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes every message that was being sent, and whose claim is void, `unknown`: all of a platform when this program
    /// begins to talk to it (nobody else does any more), later (`None`) those whose lease is over. Returns how many. A
    /// correction whose claim is void is simply made again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn void_claims(&self, of: Option<Platform>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let voided = sqlx::query(
            "UPDATE messages SET state = 'unknown', owner = NULL, lease_until = NULL, next_at = $2,
                 error = 'the worker died while it was being sent'
             WHERE state = 'sending' AND (platform = $1 OR ($1 IS NULL AND lease_until <= $2))",
        )
        .bind(of.map(Platform::name))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE messages SET owner = NULL, lease_until = NULL
             WHERE state = 'sent' AND owner IS NOT NULL
                 AND (platform = $1 OR ($1 IS NULL AND lease_until <= $2))",
        )
        .bind(of.map(Platform::name))
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(voided.rows_affected())
    }

    /// The attempts on a platform since an instant, the earliest first: whoever goes on from here keeps its rates.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn attempts_since(
        &self,
        platform: Platform,
        since: DateTime<Utc>,
    ) -> Result<Vec<(Address, ChannelKind, DateTime<Utc>)>, StoreError> {
        let rows: Vec<(i64, String, String, i64)> = sqlx::query_as(
            "SELECT m.id, c.address, c.kind, m.attempted_at FROM messages m JOIN channels c ON c.id = m.channel_id
             WHERE m.platform = $1 AND m.attempted_at >= $2 ORDER BY m.attempted_at",
        )
        .bind(platform.name())
        .bind(millis(since))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(|(id, address, kind, at)| {
            let row = Row { table: "messages", id };
            Ok((row.word(&address)?, row.word(&kind)?, row.instant(at)?))
        })))
    }

    /// How many messages are in each state, by the state's name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn message_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT state, count(*) FROM messages GROUP BY state ORDER BY state")
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(state, count)| (state, count.unsigned_abs())).collect())
    }
}

/// The platform's id of a message that was claimed to be sent, and is.
fn sent_as<'o>(claimed: &Claimed, outcome: &'o Outcome) -> Option<&'o PlatformMessageId> {
    match outcome {
        Outcome::Sent(id) if claimed.task == Task::Send => Some(id),
        _ => None,
    }
}

/// Whether its channel has followers, who get what is published.
fn is_to_publish(claimed: &Claimed) -> bool {
    claimed.kind == ChannelKind::Announcement
}

/// Settles those that were claimed to be sent, and are: nearly all, so all with one statement.
async fn settle_sent(
    connection: &mut AnyConnection,
    owner: &str,
    outcomes: &[(Claimed, Outcome)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sent = outcomes.iter().filter_map(|(claimed, outcome)| {
        sent_as(claimed, outcome).map(|id| (claimed.message.0, id.0.as_str()))
    });
    let sent: BTreeMap<i64, &str> = sent.collect();
    if sent.is_empty() {
        return Ok(());
    }
    let (with, pairs) = Backend::behind(connection).pairs();
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "{with} UPDATE messages SET state = 'sent', next_at = $3, sent_at = $3, error = NULL, platform_id = s.value,
             owner = NULL, lease_until = NULL
         FROM {pairs}
         WHERE messages.id = CAST(s.key AS BIGINT)
             AND (messages.owner = $2 OR (messages.owner IS NULL AND messages.state = 'unknown'))"
    )))
    .bind(to_json(&sent))
    .bind(owner)
    .bind(millis(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Settles a message that was claimed to be sent, and is not, as far as anybody knows.
async fn settle_sending(
    tx: &mut Transaction<'static, Any>,
    owner: &str,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // That this attempt surely did not arrive says nothing of an earlier one.
    let open = if claimed.was == MessageState::Unknown { "unknown" } else { "queued" };
    let (state, next_at, error) = match outcome {
        Outcome::Sent(_) | Outcome::Emptied => ("sent", now, None),
        Outcome::Later { at, reason } | Outcome::Again { at, reason } => (open, *at, Some(reason)),
        Outcome::Unknown { at, reason } => ("unknown", *at, Some(reason)),
        Outcome::Plainer(reason) => (open, now, Some(reason)),
        Outcome::Failed(reason) => ("failed", now, Some(reason)),
        Outcome::Lost(reason) => (open, now, Some(reason)),
        Outcome::Moved(_) => (open, now, None),
    };
    sqlx::query(
        "UPDATE messages SET state = $3, next_at = $4, error = $5,
             sent_at = CASE WHEN $3 = 'sent' THEN $6 ELSE sent_at END, use_plain = use_plain OR $7,
             owner = NULL, lease_until = NULL
         WHERE id = $1 AND (owner = $2 OR (owner IS NULL AND state = 'unknown'))",
    )
    .bind(claimed.message.0)
    .bind(owner)
    .bind(state)
    .bind(millis(next_at))
    .bind(error)
    .bind(millis(now))
    .bind(matches!(outcome, Outcome::Plainer(_)))
    .execute(&mut **tx)
    .await?;
    catch_up_change(tx, claimed.message).await
}

/// The wait after a passing failure counts towards giving up.
async fn settle_failing(
    tx: &mut Transaction<'static, Any>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if let Outcome::Again { at, .. } | Outcome::Unknown { at, .. } = outcome {
        sqlx::query("UPDATE messages SET failing_for = failing_for + $2 WHERE id = $1")
            .bind(claimed.message.0)
            .bind((*at - now).num_milliseconds().max(0))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// What the outcome of a call says of its channel.
async fn settle_channel(
    tx: &mut Transaction<'static, Any>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    match outcome {
        Outcome::Lost(reason) => access::lose(tx, claimed.address, reason, now).await?,
        Outcome::Moved(chat) => {
            if let Address::Telegram { chat: from, .. } = claimed.address {
                access::move_chat(tx, from, *chat, now).await?;
            }
        }
        _ => {}
    }
    Ok(())
}
