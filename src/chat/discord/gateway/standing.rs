//! How this program's shards fare, told to the program's [`Health`] as one connection: it is there when all of them are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::SharedClock;
use crate::health::Health;
use crate::model::channel::Platform;
use crate::store::Shard;

/// How they fare.
#[derive(Debug)]
pub struct Standing {
    health: Arc<Health>,
    clock: SharedClock,
    is_up: Mutex<BTreeMap<Shard, bool>>,
}

impl Standing {
    /// No shard is there yet.
    pub fn new(health: Arc<Health>, clock: SharedClock) -> Self {
        Self { health, clock, is_up: Mutex::default() }
    }

    /// There is to be a connection from now on.
    pub(super) fn begins(&self) {
        if self.shards().is_empty() {
            self.health.down(Platform::Discord, None, self.clock.now());
        }
    }

    /// There is none for that reason.
    pub(super) fn fails(&self, error: String) {
        if self.shards().is_empty() {
            self.health.down(Platform::Discord, Some(error), self.clock.now());
        }
    }

    /// Without shards there need not be a connection.
    pub(super) fn ends(&self) {
        if self.shards().is_empty() {
            self.health.forget(Platform::Discord);
        }
    }

    /// A shard is connected.
    pub(super) fn up(&self, shard: Shard) {
        self.note(shard, true, None);
    }

    /// A shard is not connected, or not yet.
    pub(super) fn down(&self, shard: Shard, error: Option<String>) {
        self.note(shard, false, error);
    }

    /// A shard is another program's.
    pub(super) fn forget(&self, shard: Shard) {
        let mut shards = self.shards();
        shards.remove(&shard);
        if shards.is_empty() {
            self.health.forget(Platform::Discord);
        } else if shards.values().all(|is_up| *is_up) {
            self.health.up(Platform::Discord, self.clock.now());
        }
    }

    fn shards(&self) -> MutexGuard<'_, BTreeMap<Shard, bool>> {
        self.is_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, shard: Shard, is_up: bool, error: Option<String>) {
        let mut shards = self.shards();
        shards.insert(shard, is_up);
        if shards.values().all(|is_up| *is_up) {
            self.health.up(Platform::Discord, self.clock.now());
        } else {
            self.health.down(Platform::Discord, error, self.clock.now());
        }
    }
}
