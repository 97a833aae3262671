//! Watching over the program: once a minute, what is wrong becomes alarms in the store, from which operators are written
//! to; a webhook gets the same, and a heartbeat says that all is well. What alarms say is `commands/alarm.rs`.

mod disk;
mod outside;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::commands::{self, Desk};
use crate::health::Health;
use crate::model::alarm::Trouble;
use crate::model::channel::Platform;
use crate::model::feed::Feed;
use crate::model::note::Person;
use crate::store::{Store, StoreError};
use crate::text::chain;

pub use outside::Outside;

/// How often everything is looked at.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// A connection that is lost for less is none of an operator's business.
const DOWN_FOR: TimeDelta = TimeDelta::minutes(5);
/// The same for a source that fails.
const BROKEN_FOR: TimeDelta = TimeDelta::minutes(15);
/// A late digest that has come is told of when it has gone out: when nothing of it is on its way, but no sooner than
/// planning takes, and no later than this.
const PLANNED_AFTER: TimeDelta = TimeDelta::seconds(20);
const SENT_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Watches over the program.
#[derive(Debug, Clone)]
pub struct Watcher {
    /// What notes are set with; its store, feeds and clock are the program's.
    pub desk: Arc<Desk>,
    /// How the connections fare.
    pub health: Arc<Health>,
    /// Who is told.
    pub operators: Vec<Person>,
    /// Notified when there may be a note to send.
    pub notes: Vec<Arc<Notify>>,
    /// Where the database is.
    pub folder: PathBuf,
    /// What outside is told.
    pub outside: Outside,
}

impl Watcher {
    /// Watches until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let began = self.clock().now();
            tokio::select! {
                watched = self.round(began) => {
                    if let Err(error) = watched {
                        tracing::error!(error = chain(&error), "alarms cannot be read or written; trying again");
                    }
                }
                () = stop.cancelled() => return,
            }
            tokio::select! {
                () = self.clock().sleep_until(began + EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn round(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let troubles = self.troubles(now).await?;
        if self.store().note_troubles(&troubles, &self.operators, now).await? {
            self.notes.iter().for_each(|notes| notes.notify_one());
        }
        let open = self.store().open_alarms().await?;
        let lasting = open.iter().filter(|alarm| !alarm.is_waived).count();
        metrics::gauge!("jogan_alarms_open").set(u32::try_from(lasting).unwrap_or(u32::MAX));
        self.outside.tell(&self.desk, now).await?;
        if lasting == 0 {
            self.outside.beat().await;
        }
        Ok(())
    }

    /// Everything that is wrong now.
    async fn troubles(&self, now: DateTime<Utc>) -> Result<BTreeSet<Trouble>, StoreError> {
        let mut troubles = BTreeSet::new();
        let open = self.store().open_alarms().await?;
        let is_open = |trouble: &Trouble| open.iter().any(|alarm| alarm.trouble == *trouble);
        for feed in &self.desk.feeds {
            troubles.extend(self.late(feed, &is_open, now).await?);
            let state = self.store().feed_state(&feed.name).await?;
            if state.failing_since.is_some_and(|since| now - since >= BROKEN_FOR) {
                troubles.insert(Trouble::Broken { feed: feed.name.clone() });
            }
        }
        for held in self.store().held_digests().await? {
            if self.desk.feed(&held.feed).is_some() {
                troubles.insert(Trouble::Held { digest: held.stored.id });
            }
        }
        for (platform, link) in self.health.links() {
            let trouble = Trouble::Down { platform };
            // A restart makes no connection better.
            if !link.is_up && (now - link.since >= DOWN_FOR || is_open(&trouble)) {
                troubles.insert(trouble);
            }
        }
        for platform in Platform::ALL {
            if self.desk.failing(platform).await?.0 > 0 {
                troubles.insert(Trouble::Failing { platform });
            }
        }
        if disk::is_nearly_full(&self.folder, is_open(&Trouble::Disk)) {
            troubles.insert(Trouble::Disk);
        }
        Ok(troubles)
    }

    /// Which of a feed's digests is late: not there, or there so lately that it is still going out.
    async fn late(
        &self,
        feed: &Feed,
        is_open: &impl Fn(&Trouble) -> bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Trouble>, StoreError> {
        let loads = self.store().feed_loads(&feed.name).await?;
        let Some(first) = loads.first else { return Ok(None) };
        let rhythm = commands::rhythm(feed, self.store()).await?;
        let Some(expected) = rhythm.last_expected(first, now) else { return Ok(None) };
        let trouble = Trouble::Late { feed: feed.name.clone(), day: expected.day };
        // After a time without the program, it may be there, and only has to be looked for.
        let is_looked_for = loads.last.is_some_and(|last| last >= expected.due)
            || self.store().feed_state(&feed.name).await?.error.is_some();
        if !is_looked_for {
            return Ok(is_open(&trouble).then_some(trouble));
        }
        let latest = self.store().last_arrivals(&feed.name, 1, true).await?.pop();
        let Some(latest) = latest.filter(|latest| latest.day >= expected.day) else {
            return Ok(Some(trouble));
        };
        let progress = self.store().progress(&feed.name, Some(latest.digest)).await?;
        let age = now - latest.at;
        let goes_out = age < PLANNED_AFTER || (progress.open > 0 && age < SENT_WITHIN);
        Ok((goes_out && is_open(&trouble)).then_some(trouble))
    }

    fn store(&self) -> &Store {
        &self.desk.store
    }

    fn clock(&self) -> &SharedClock {
        &self.desk.clock
    }
}
