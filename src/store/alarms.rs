//! Alarms: what is wrong, since when, and who has been told. The notes to operators are written with them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::notes::put_notes;
use super::rows::{Row, millis, readable, to_json};
use crate::model::alarm::{Alarm, AlarmId, Trouble};
use crate::model::note::{About, Person};

#[derive(Debug, FromRow)]
struct AlarmRow {
    id: i64,
    trouble: String,
    began_at: i64,
    ended_at: Option<i64>,
    waived_at: Option<i64>,
}

impl TryFrom<AlarmRow> for Alarm {
    type Error = StoreError;

    fn try_from(found: AlarmRow) -> Result<Self, StoreError> {
        let row = Row { table: "alarms", id: found.id };
        Ok(Self {
            id: AlarmId(found.id),
            trouble: row.json(&found.trouble)?,
            began_at: row.instant(found.began_at)?,
            ended_at: row.instant_or_none(found.ended_at)?,
            is_waived: found.waived_at.is_some(),
        })
    }
}

/// What the webhook has to be told of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToPost {
    /// The alarm.
    pub alarm: Alarm,
    /// Whether it is its end.
    pub over: bool,
}

impl Store {
    /// Makes alarms of these troubles, which are all that there are now: one that is new begins, one that is there no more
    /// ends, and operators are written to about both. Returns whether there is anything to send.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn note_troubles(
        &self,
        troubles: &BTreeSet<Trouble>,
        operators: &[Person],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let rows: Vec<AlarmRow> = sqlx::query_as(
            "SELECT id, trouble, began_at, ended_at, waived_at FROM alarms WHERE ended_at IS NULL",
        )
        .fetch_all(&mut *tx)
        .await?;
        let open: Vec<Alarm> = readable(rows.into_iter().map(Alarm::try_from));
        let mut changed = false;
        for trouble in troubles.iter().filter(|trouble| !open.iter().any(|alarm| alarm.trouble == **trouble))
        {
            let id: i64 =
                sqlx::query_scalar("INSERT INTO alarms (trouble, began_at) VALUES ($1, $2) RETURNING id")
                    .bind(to_json(trouble))
                    .bind(millis(now))
                    .fetch_one(&mut *tx)
                    .await?;
            // Of a digest that is held operators are told by ingest, with what is in it.
            if !matches!(trouble, Trouble::Held { .. }) {
                let about = About::Alarm { alarm: AlarmId(id), over: false };
                put_notes(&mut tx, operators, &about, now).await?;
            }
            changed = true;
        }
        for alarm in open.iter().filter(|alarm| !troubles.contains(&alarm.trouble)) {
            sqlx::query("UPDATE alarms SET ended_at = $2 WHERE id = $1")
                .bind(alarm.id.0)
                .bind(millis(now))
                .execute(&mut *tx)
                .await?;
            put_notes(&mut tx, operators, &About::Alarm { alarm: alarm.id, over: true }, now).await?;
            changed = true;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// An alarm.
    ///
    /// # Errors
    /// If the database fails or the row cannot be read.
    pub async fn alarm(&self, id: AlarmId) -> Result<Option<Alarm>, StoreError> {
        let row: Option<AlarmRow> =
            sqlx::query_as("SELECT id, trouble, began_at, ended_at, waived_at FROM alarms WHERE id = $1")
                .bind(id.0)
                .fetch_optional(&self.read)
                .await?;
        row.map(Alarm::try_from).transpose()
    }

    /// The alarms that last, the first that began first; those that were waived, too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_alarms(&self) -> Result<Vec<Alarm>, StoreError> {
        let rows: Vec<AlarmRow> = sqlx::query_as(
            "SELECT id, trouble, began_at, ended_at, waived_at FROM alarms WHERE ended_at IS NULL ORDER BY id",
        )
        .fetch_all(&self.read)
        .await?;
        Ok(readable(rows.into_iter().map(Alarm::try_from)))
    }

    /// Takes a trouble that lasts for none: nobody is told of its end. Returns whether it lasts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waive_alarm(&self, trouble: &Trouble, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let waived = sqlx::query(
            "UPDATE alarms SET waived_at = coalesce(waived_at, $2) WHERE trouble = $1 AND ended_at IS NULL",
        )
        .bind(to_json(trouble))
        .bind(millis(now))
        .execute(&self.write)
        .await?;
        Ok(waived.rows_affected() > 0)
    }

    /// What the webhook was not told yet, in order: the beginning of an alarm, then its end. Of an alarm that began
    /// before `since` nothing is told any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn alarms_to_post(&self, since: DateTime<Utc>) -> Result<Vec<ToPost>, StoreError> {
        let select = |which| {
            format!(
                "SELECT id, trouble, began_at, ended_at, waived_at FROM alarms
                 WHERE {which} AND coalesce(ended_at, began_at) >= $1 ORDER BY id"
            )
        };
        let mut to_post = Vec::new();
        for (which, over) in
            [("posted = 0", false), ("posted < 2 AND ended_at IS NOT NULL AND waived_at IS NULL", true)]
        {
            let rows: Vec<AlarmRow> = sqlx::query_as(sqlx::AssertSqlSafe(select(which)))
                .bind(millis(since))
                .fetch_all(&self.read)
                .await?;
            let alarms = readable(rows.into_iter().map(Alarm::try_from));
            to_post.extend(alarms.into_iter().map(|alarm| ToPost { alarm, over }));
        }
        to_post.sort_by_key(|to_post| (to_post.alarm.id.0, to_post.over));
        Ok(to_post)
    }

    /// Notes that the webhook was told.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_posted(&self, alarm: AlarmId, over: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE alarms SET posted = $2 WHERE id = $1 AND posted < $2")
            .bind(alarm.0)
            .bind(if over { 2_i64 } else { 1 })
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
