//! What the platforms tell unasked about where messages can go: noted at once, so that nobody has to find out by a
//! call that fails. What they do not tell is found out by `deliver/probe.rs`.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::SharedClock;
use crate::model::channel::Address;
use crate::store::{Store, StoreError};
use crate::text::chain;

/// Notes of one platform's channels whether messages can go there.
#[derive(Debug)]
pub struct Access {
    /// Where it is noted.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
    /// To be notified when a lost channel is to be probed, or one more is lost.
    pub probe: Arc<Notify>,
    /// To be notified when waiting messages can go on.
    pub deliver: Arc<Notify>,
    /// To be notified when there is something to plan again.
    pub plan: Arc<Notify>,
}

impl Access {
    /// Messages cannot go to these addresses any more, of a Telegram chat with its topics.
    pub(super) async fn lost(&self, addresses: &[Address], reason: &str) {
        if noted(self.store.lose_channels(addresses, reason, self.clock.now()).await) {
            tracing::warn!(reason, ?addresses, "access to channels is lost");
            self.probe.notify_one();
        }
    }

    /// Messages can go to this address again, of a Telegram chat with its topics.
    pub(super) async fn regained(&self, address: Address) {
        if noted(self.store.regain_channels(address, self.clock.now()).await) {
            tracing::info!(channel = %address, "the channel can be reached again");
            self.go_on();
        }
    }

    /// Messages may be able to go to these addresses again: those of them that are lost are probed now. Returns
    /// whether there are such.
    pub(super) async fn perhaps_regained(&self, addresses: &[Address]) -> bool {
        let some = noted(self.store.probe_soon(addresses, self.clock.now()).await);
        if some {
            self.probe.notify_one();
        }
        some
    }

    /// A Telegram group has a new id.
    pub(super) async fn moved(&self, from: i64, to: i64) {
        if noted(self.store.move_chat(from, to, self.clock.now()).await) {
            tracing::info!(from, to, "the chat has a new id");
            self.probe.notify_one();
            self.go_on();
        }
    }

    fn go_on(&self) {
        self.deliver.notify_one();
        self.plan.notify_one();
    }
}

/// What could not be written is found out by the next call.
fn noted(written: Result<bool, StoreError>) -> bool {
    written.unwrap_or_else(|error| {
        tracing::error!(error = chain(&error), "a change of access could not be noted");
        false
    })
}
