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

/// How often its holder looks whether it is over.
const LOOK_WHETHER_OVER_EVERY: Duration = Duration::from_millis(250);
/// How long the database may take to answer; it is asked again then.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// A part of the work, and who would do it.
pub(super) struct Role {
    /// The leases that go with it: any one of them.
    pub(super) leases: Vec<String>,
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
        while let Some(lease) = stop.run_until_cancelled(self.take()).await {
            if self.store.is_shared() {
                tracing::info!(%lease, "taken");
            }
            let shift = Shift { stop: stop.child_token(), tasks: TaskTracker::new() };
            let work = async {
                let begun = begin(shift.clone()).await;
                shift.tasks.close();
                match begun {
                    Ok(()) => shift.stop.cancelled().await,
                    Err(error) => {
                        tracing::error!(%lease, error = chain(&*error), "cannot begin; trying again");
                        tokio::time::sleep(RENEW_EVERY).await;
                    }
                }
            };
            tokio::select! {
                () = work => {}
                () = self.keep(lease) => tracing::warn!(%lease, "lost: the database cannot be reached, or another program has it"),
            }
            shift.stop.cancel();
            // What is on the wire may finish: as long as it does, the part stays this program's.
            tokio::select! {
                () = shift.tasks.wait() => {}
                () = async { self.keep(lease).await; shift.tasks.wait().await } => {}
            }
            if let Err(error) = self.store.give_back(lease, &self.owner).await {
                tracing::warn!(%lease, error = chain(&error), "not given back; it ends by itself");
            }
        }
    }

    /// Waits until a lease is this program's.
    async fn take(&self) -> &str {
        loop {
            for lease in &self.leases {
                if self.hold(lease).await.unwrap_or(false) {
                    return lease;
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Renews the lease until it is lost.
    async fn keep(&self, lease: &str) {
        if !self.store.is_shared() {
            std::future::pending::<()>().await;
        }
        let renewing = async {
            loop {
                tokio::time::sleep(RENEW_EVERY).await;
                if self.hold(lease).await == Some(false) {
                    return;
                }
            }
        };
        // A database that is silent is not waited for: another program has the part as soon as this is over.
        let running_out = async {
            while self.fence.lets_pass() {
                tokio::time::sleep(LOOK_WHETHER_OVER_EVERY).await;
            }
        };
        tokio::select! {
            () = renewing => {}
            () = running_out => {}
        }
    }

    /// Whether the lease is this program's; `None`: the database does not say.
    async fn hold(&self, lease: &str) -> Option<bool> {
        let since = Since::now();
        let asked = tokio::time::timeout(ANSWERS_WITHIN, self.store.hold(lease, &self.owner, HOLD)).await;
        let Ok(asked) = asked else {
            tracing::warn!(%lease, "the database does not say whose the lease is");
            return None;
        };
        match asked {
            Ok(is_ours) => {
                if is_ours {
                    self.fence.open_for(since, HOLD - MARGIN);
                }
                Some(is_ours)
            }
            Err(error) => {
                tracing::warn!(%lease, error = chain(&error), "the lease could not be asked for");
                None
            }
        }
    }
}
