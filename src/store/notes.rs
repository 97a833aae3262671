//! Notes to people: written in the transaction of what they tell, sent by `chat/notes.rs`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::{Any, FromRow, Transaction};

use super::Store;
use super::error::StoreError;
use super::rows::{Row, millis, readable, to_json};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::note::{About, NoteId, Person};

/// A note that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingNote {
    /// The note.
    pub id: NoteId,
    /// The id of the person whom it is for; empty if it goes to a channel.
    pub person: String,
    /// The channel that it goes to, and its kind; `None`: to the person in private.
    pub channel: Option<(Address, ChannelKind)>,
    /// What it tells.
    pub about: About,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// What became of an attempt to send a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteOutcome {
    /// It arrived, or there is nothing to tell any more.
    Done,
    /// There is nothing to tell before then, and it was not tried.
    NotYet(DateTime<Utc>),
    /// To be tried again then.
    Again(DateTime<Utc>, String),
    /// It cannot be sent.
    Failed(String),
}

#[derive(Debug, FromRow)]
struct NoteRow {
    id: i64,
    person: String,
    about: String,
    attempts: i64,
    created_at: i64,
    address: Option<String>,
    kind: Option<String>,
}

impl TryFrom<NoteRow> for WaitingNote {
    type Error = StoreError;

    fn try_from(found: NoteRow) -> Result<Self, StoreError> {
        let row = Row { table: "notes", id: found.id };
        Ok(Self {
            id: NoteId(found.id),
            person: found.person,
            channel: match (found.address, found.kind) {
                (Some(address), Some(kind)) => Some((row.word(&address)?, row.word(&kind)?)),
                _ => None,
            },
            about: row.json(&found.about)?,
            attempts: row.count(found.attempts)?,
            created_at: row.instant(found.created_at)?,
        })
    }
}

impl Store {
    /// The notes that may be sent on a platform now, in the order in which they were written, at most `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_notes(
        &self,
        platform: Platform,
        now: DateTime<Utc>,
        count: u32,
    ) -> Result<Vec<WaitingNote>, StoreError> {
        let rows: Vec<NoteRow> = sqlx::query_as(
            "SELECT n.id, n.person, n.about, n.attempts, n.created_at, n.address, c.kind FROM notes n
                 LEFT JOIN channels c ON c.address = n.address
             WHERE n.platform = $1 AND n.state = 'queued' AND n.next_at <= $2 ORDER BY n.id LIMIT $3",
        )
        .bind(platform.name())
        .bind(millis(now))
        .bind(i64::from(count))
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(WaitingNote::try_from)))
    }

    /// When the next note may be sent on a platform, if one waits.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_note(&self, platform: Platform) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT min(next_at) FROM notes WHERE platform = $1 AND state = 'queued'")
                .bind(platform.name())
                .fetch_one(&self.read)
                .await?;
        Row { table: "notes", id: 0 }.instant_or_none(at)
    }

    /// Writes what became of a note.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settle_note(&self, note: NoteId, outcome: &NoteOutcome) -> Result<(), StoreError> {
        let (state, tried, next_at, error) = match outcome {
            NoteOutcome::Done => ("sent", 1_i64, None, None),
            NoteOutcome::NotYet(at) => ("queued", 0, Some(millis(*at)), None),
            NoteOutcome::Again(at, reason) => ("queued", 1, Some(millis(*at)), Some(reason)),
            NoteOutcome::Failed(reason) => ("failed", 1, None, Some(reason)),
        };
        sqlx::query(
            "UPDATE notes SET state = $2, attempts = attempts + $5, next_at = coalesce($3, next_at), error = $4
             WHERE id = $1",
        )
        .bind(note.0)
        .bind(state)
        .bind(next_at)
        .bind(error)
        .bind(tried)
        .execute(&self.write)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Writes notes about channels that were lost and of which nobody was told yet: to these operators, and to those
    /// who subscribed them. What is lost within a short time becomes one note, which goes at `at`. A conversation with
    /// one person is nobody else's business. Returns whether there is a note to send.
    ///
    /// # Errors
    /// If the database fails; then nothing is written.
    pub async fn tell_losses(
        &self,
        platform: Platform,
        operators: &[Person],
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let lost: Vec<(i64, Option<String>)> = sqlx::query_as(
            "SELECT c.state_since, s.person FROM channels c
                 JOIN subscriptions s ON s.channel_id = c.id AND s.ended_at IS NULL
             WHERE c.platform = $1 AND c.state = 'lost' AND NOT c.loss_told AND c.kind <> 'private'",
        )
        .bind(platform.name())
        .fetch_all(&mut *tx)
        .await?;
        let Some(since) = lost.iter().map(|(since, _)| *since).min() else { return Ok(false) };
        let about = |all| About::Lost { platform, since, all };
        for operator in operators {
            put_gathered(&mut tx, operator, &about(true), at, now).await?;
        }
        let people: BTreeSet<&String> = lost.iter().filter_map(|(_, person)| person.as_ref()).collect();
        for id in people {
            let person = Person { platform, id: id.clone() };
            if !operators.contains(&person) {
                put_gathered(&mut tx, &person, &about(false), at, now).await?;
            }
        }
        sqlx::query("UPDATE channels SET loss_told = true WHERE platform = $1 AND state = 'lost'")
            .bind(platform.name())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The channels with subscriptions that were lost since an instant and still are, by their names or addresses, each
    /// with the reason; of all, or of those that a person subscribed. One for which no note is written yet has its own to come.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lost_since(
        &self,
        platform: Platform,
        since: DateTime<Utc>,
        person: Option<&str>,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT coalesce(c.name, c.address), coalesce(c.state_reason, '') FROM channels c
             WHERE c.platform = $1 AND c.state = 'lost' AND c.loss_told AND c.state_since >= $2
                 AND c.kind <> 'private' AND EXISTS (
                 SELECT 1 FROM subscriptions s
                 WHERE s.channel_id = c.id AND s.ended_at IS NULL AND ($3 IS NULL OR s.person = $3))
             ORDER BY c.state_since, c.id",
        )
        .bind(platform.name())
        .bind(millis(since))
        .bind(person)
        .fetch_all(&self.read)
        .await?)
    }
}

/// Writes a note, unless one about the same still waits, which will tell of this, too.
async fn put_gathered(
    tx: &mut Transaction<'static, Any>,
    person: &Person,
    about: &About,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notes (platform, person, about, state, next_at, created_at)
         SELECT $1, $2, $3, 'queued', $4, $5 WHERE NOT EXISTS (
             SELECT 1 FROM notes n WHERE n.state = 'queued' AND n.platform = $1 AND n.person = $2
                 AND json_extract(n.about, '$.kind') = json_extract($3, '$.kind')
                 AND json_extract(n.about, '$.platform') = json_extract($3, '$.platform'))",
    )
    .bind(person.platform.name())
    .bind(&person.id)
    .bind(to_json(about))
    .bind(millis(at))
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a note to each of these people.
pub(super) async fn put_notes(
    tx: &mut Transaction<'static, Any>,
    people: &[Person],
    about: &About,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for person in people {
        sqlx::query(
            "INSERT INTO notes (platform, person, about, state, next_at, created_at)
             VALUES ($1, $2, $3, 'queued', $4, $4)",
        )
        .bind(person.platform.name())
        .bind(&person.id)
        .bind(to_json(about))
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
