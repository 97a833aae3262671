//! The queue of updates, and `getUpdates`: long polling, acknowledging by offset, one poller at a time (C
//! `process_get_updates_query`).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::sandbox::telegram::Telegram;
use crate::sandbox::telegram::params::Params;
use crate::sandbox::telegram::refusal::Refusal;

/// The longest long poll, in seconds.
const LONGEST_POLL: i64 = 50;
/// Updates wait this long for somebody to fetch them, in hours.
const KEPT: i64 = 24;
/// The most updates one answer holds.
const BATCH: i64 = 100;

/// Updates that nobody has acknowledged.
pub(crate) struct Updates {
    queue: VecDeque<Update>,
    last: i64,
    /// The kinds a caller wants; empty: all there are here.
    allowed: Vec<String>,
    /// How many polls there were: a poll that finds another number is not the last one.
    polls: u64,
    /// Where updates go instead.
    pub(crate) webhook: Option<String>,
}

struct Update {
    id: i64,
    at: DateTime<Utc>,
    kind: &'static str,
    object: Value,
}

impl Default for Updates {
    fn default() -> Self {
        Self { queue: VecDeque::new(), last: 730_000_000, allowed: Vec::new(), polls: 0, webhook: None }
    }
}

impl Updates {
    /// Queues an update of a kind (`message`, `callback_query` …), unless nobody wants that kind.
    pub(crate) fn push(&mut self, kind: &'static str, object: Value, now: DateTime<Utc>) {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == kind) {
            return;
        }
        self.last += 1;
        self.queue.push_back(Update { id: self.last, at: now, kind, object });
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Forgets all that wait.
    pub(crate) fn clear(&mut self) {
        self.queue.clear();
    }

    /// Keeps only these kinds from now on, if a caller names any.
    pub(crate) fn allow(&mut self, kinds: Option<Value>) {
        if let Some(Value::Array(kinds)) = kinds {
            self.allowed = kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
        }
    }

    fn acknowledge(&mut self, offset: i64, now: DateTime<Utc>) {
        self.queue.retain(|update| now - update.at < TimeDelta::hours(KEPT));
        if offset < 0 {
            let left = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            while self.queue.len() > left {
                self.queue.pop_front();
            }
        } else {
            self.queue.retain(|update| update.id >= offset);
        }
    }

    fn batch(&self, limit: usize) -> Value {
        self.queue
            .iter()
            .take(limit)
            .map(|update| {
                let mut object = Map::new();
                object.insert("update_id".into(), json!(update.id));
                object.insert(update.kind.into(), update.object.clone());
                Value::Object(object)
            })
            .collect()
    }
}

/// `getUpdates`: at once if there is something, else as soon as there is, at the latest after `timeout`.
///
/// # Errors
/// 409 if a webhook is set, or as soon as another poll comes in.
pub(crate) async fn poll(telegram: Arc<Telegram>, params: &Params) -> Result<Value, Refusal> {
    let limit = params.int("limit").filter(|limit| (1..=BATCH).contains(limit)).unwrap_or(BATCH) as usize;
    let timeout = params.int("timeout").unwrap_or(0).clamp(0, LONGEST_POLL) as u64;
    let mut news = telegram.news();
    let mine = telegram.look(|state, now| {
        if state.updates.webhook.is_some() {
            return Err(Refusal::conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        state.updates.allow(params.json("allowed_updates"));
        state.updates.acknowledge(params.int("offset").unwrap_or(0), now);
        state.updates.polls += 1;
        Ok(state.updates.polls)
    })?;
    telegram.wake_pollers();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(timeout);
    loop {
        news.mark_unchanged();
        let batch = telegram.look(|state, _| {
            if state.updates.polls != mine {
                return Err(Refusal::conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running",
                ));
            }
            Ok(state.updates.batch(limit))
        })?;
        let is_empty = batch.as_array().is_none_or(Vec::is_empty);
        if !is_empty || tokio::time::timeout_at(deadline, news.changed()).await.is_err() {
            return Ok(batch);
        }
    }
}
