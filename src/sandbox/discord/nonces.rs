//! The nonces that bots enforce: a second message with one is none, and the first is answered instead.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// How long a nonce is remembered. Discord says "the past few minutes" and publishes no number.
const HOLDS: TimeDelta = TimeDelta::seconds(60);

/// A message that was posted with a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) channel: u64,
    pub(crate) message: u64,
    pub(crate) at: DateTime<Utc>,
}

/// The nonces of the last minute, of which there may be hundreds of thousands.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    known: HashMap<Value, Posted>,
    /// In the order in which they came.
    order: VecDeque<(Value, Posted)>,
}

impl Nonces {
    /// The message that was posted with a nonce less than [`HOLDS`] ago.
    pub(crate) fn posted(&self, nonce: &Value, now: DateTime<Utc>) -> Option<Posted> {
        self.known.get(nonce).copied().filter(|posted| is_held(*posted, now))
    }

    /// Remembers the message of a nonce, and forgets those whose time is over.
    pub(crate) fn put(&mut self, nonce: Value, posted: Posted) {
        while let Some((nonce, old)) = self.order.pop_front_if(|(_, old)| !is_held(*old, posted.at)) {
            // It may have been used anew since.
            if self.known.get(&nonce) == Some(&old) {
                self.known.remove(&nonce);
            }
        }
        self.known.insert(nonce.clone(), posted);
        self.order.push_back((nonce, posted));
    }
}

/// Requests side by side take the time in one order and their turn in another, so it may seem to go back.
fn is_held(posted: Posted, now: DateTime<Utc>) -> bool {
    (now - posted.at).abs() < HOLDS
}
