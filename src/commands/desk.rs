//! What commands work with, and how they fail.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, mpsc};

use super::call::Caller;
use super::quota::{Limits, Quota};
use super::reload::ReloadRequest;
use crate::clock::SharedClock;
use crate::enrich::{Lookup, Names};
use crate::model::channel::{Address, Platform};
use crate::model::feed::{Feed, FeedName};
use crate::model::lexicon::Lexicon;
use crate::model::reply::Reply;
use crate::pipeline::Recheck;
use crate::store::{Change, Store, StoreError};

/// How long messages that were given up are a trouble, and from when on those that fail are.
const GIVEN_UP_WITHIN: TimeDelta = TimeDelta::hours(1);
const FAILING_FOR: TimeDelta = TimeDelta::minutes(10);

/// What commands work with. One a program, and another one when the dictionaries were read again.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The database.
    pub store: Store,
    /// The configured feeds, in order; at least one.
    pub feeds: Vec<Feed>,
    /// The names of companies and topics.
    pub lexicon: Arc<Lexicon>,
    /// Which of them a typed name stands for.
    pub lookup: Lookup,
    /// The time.
    pub clock: SharedClock,
    /// Notified when planning has something new to look at.
    pub plan: Arc<Notify>,
    /// By which a feed's source is looked at on request.
    pub rechecks: HashMap<FeedName, Arc<Recheck>>,
    pub(super) quota: Arc<Quota>,
    pub(super) reload: Option<mpsc::Sender<ReloadRequest>>,
    errors: Arc<AtomicU32>,
}

/// How a command fails.
#[derive(Debug)]
pub enum Failure {
    /// The asker can mend it: this says how.
    Told(Box<Reply>),
    /// Something of ours failed; the asker gets a number and the log the reason.
    Broken(Box<dyn Error + Send + Sync>),
}

impl From<Reply> for Failure {
    fn from(reply: Reply) -> Self {
        Self::Told(Box::new(reply))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl Desk {
    /// A desk on this database.
    pub fn new(
        store: Store,
        feeds: Vec<Feed>,
        lexicon: Arc<Lexicon>,
        lookup: Lookup,
        clock: SharedClock,
        plan: Arc<Notify>,
        limits: Limits,
    ) -> Self {
        // Numbers of different runs should differ, so that one is not looked up in the wrong day's log.
        let errors =
            AtomicU32::new(u32::try_from(clock.now().timestamp_millis() & 0xffff).unwrap_or_default());
        let (quota, errors) = (Arc::new(Quota::new(limits)), Arc::new(errors));
        let rechecks = feeds.iter().map(|feed| (feed.name.clone(), Arc::default())).collect();
        Self { store, feeds, lexicon, lookup, clock, plan, rechecks, quota, reload: None, errors }
    }

    /// The same, with somebody who loads everything again when they are asked to.
    pub fn with_reload(self, reload: mpsc::Sender<ReloadRequest>) -> Self {
        Self { reload: Some(reload), ..self }
    }

    /// The same, with dictionaries that were read again.
    pub fn with_names(&self, names: &Names) -> Self {
        Self { lexicon: Arc::clone(&names.lexicon), lookup: names.lookup.clone(), ..self.clone() }
    }

    /// How many messages to a platform are not getting through: given up within the last hour, or failing for more than
    /// ten minutes; and why the last of them does not.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failing(&self, platform: Platform) -> Result<(u32, Option<String>), StoreError> {
        let since = self.clock.now() - GIVEN_UP_WITHIN;
        self.store.failing_messages(platform, since, FAILING_FOR).await
    }

    /// A configured feed by its name.
    pub fn feed(&self, name: &FeedName) -> Option<&Feed> {
        self.feeds.iter().find(|feed| feed.name == *name)
    }

    /// Keeps what somebody has changed: of the channel at this address, or of all (`None`).
    pub(super) async fn keep_change(
        &self,
        caller: &Caller,
        address: Option<Address>,
        what: String,
    ) -> Result<(), Failure> {
        let by = caller.as_person();
        tracing::info!(to = address.map(|at| at.to_string()), by = by.id, on = %by.platform, what, "changed");
        self.store.keep_change(&Change { at: self.clock.now(), by, address, channel: None, what }).await?;
        Ok(())
    }

    /// Counts how long an answer took to make.
    pub(super) fn count(&self, platform: Platform, command: &'static str, begun: DateTime<Utc>) {
        let seconds = (self.clock.now() - begun).to_std().unwrap_or_default().as_secs_f64();
        metrics::histogram!("jogan_answer_seconds", "platform" => platform.name(), "command" => command)
            .record(seconds);
    }

    /// A fresh number for an error, four hexadecimal digits (`7F3A`).
    pub(super) fn error_number(&self) -> String {
        // An odd step visits every number before one comes again, and neighbours do not look alike.
        format!("{:04X}", self.errors.fetch_add(0x9E35, Ordering::Relaxed) & 0xffff)
    }
}
