//! What of the work one program does at a time: all that is said to a platform, planning, each feed. Where several
//! programs share a database, a part is that one's who holds its lease; when it dies or is cut off, another takes it
//! over. Where there is one program, it has every part from the beginning.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::platform::gate::{Fence, Since};
use crate::store::Store;
use crate::text::chain;

/// How long a lease runs unless it is renewed.
const HOLD: Duration = Duration::from_secs(6);
/// So long before that its holder stops calling: the time that a call takes to the wire.
const MARGIN: Duration = Duration::from_millis(500);
const RENEW_EVERY: Duration = Duration::from_millis(1500);
/// How often others look whether it is free.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A part of the work, and who would do it.
pub(super) struct Role {
    pub(super) lease: String,
    pub(super) owner: String,
    pub(super) store: Store,
    /// Open while the lease runs.
    pub(super) fence: Arc<Fence>,
}

/// The time in which a part of the work is this program's.
#[derive(Debug, Clone, Default)]
pub(super) struct Shift {
    /// Cancelled when it is over.
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Role {
    /// Until `stop`: does the work, as `begin` starts it, whenever it is this program's.
    pub(super) async fn run<B, F>(self, stop: CancellationToken, begin: B)
    where
        B: Fn(Shift) -> F,
        F: Future<Output = anyhow::Result<()>>,
    {
        while stop.run_until_cancelled(self.take()).await.is_some() {
            if self.store.is_shared() {
                tracing::info!(lease = %self.lease, "taken");
            }
            let shift = Shift { stop: stop.child_token(), tasks: TaskTracker::new() };
            let work = async {
                let begun = begin(shift.clone()).await;
                shift.tasks.close();
                match begun {
                    Ok(()) => shift.stop.cancelled().await,
                    Err(error) => {
                        tracing::error!(lease = %self.lease, error = chain(&*error), "cannot begin; trying again");
                        tokio::time::sleep(RENEW_EVERY).await;
                    }
                }
            };
            tokio::select! {
                () = work => {}
                () = self.keep() => tracing::warn!(lease = %self.lease, "lost: the database cannot be reached, or another program has it"),
            }
            shift.stop.cancel();
            // What is on the wire may finish: as long as it does, the part stays this program's.
            tokio::select! {
                () = shift.tasks.wait() => {}
                () = async { self.keep().await; shift.tasks.wait().await } => {}
            }
            if let Err(error) = self.store.give_back(&self.lease, &self.owner).await {
                tracing::warn!(lease = %self.lease, error = chain(&error), "not given back; it ends by itself");
            }
        }
    }

    /// Waits until the lease is this program's.
    async fn take(&self) {
        while !self.hold().await.unwrap_or(false) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Renews the lease until it is lost.
    async fn keep(&self) {
        if !self.store.is_shared() {
            std::future::pending::<()>().await;
        }
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            match self.hold().await {
                Some(false) => return,
                None if !self.fence.lets_pass() => return,
                _ => {}
            }
        }
    }

    /// Whether the lease is this program's; `None`: the database does not say.
    async fn hold(&self) -> Option<bool> {
        let since = Since::now();
        match self.store.hold(&self.lease, &self.owner, HOLD).await {
            Ok(is_ours) => {
                if is_ours {
                    self.fence.open_for(since, HOLD - MARGIN);
                }
                Some(is_ours)
            }
            Err(error) => {
                tracing::warn!(lease = %self.lease, error = chain(&error), "the lease could not be asked for");
                None
            }
        }
    }
}
