//! Wake-ups between the parts of the work, wherever they are done: in this program, or, where several share a database, in
//! another one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::{Store, Wakes};
use crate::text::chain;

/// Whatever becomes of a wake-up between programs, each part looks by itself after this long.
const LOOK_ANYWAY_EVERY: Duration = Duration::from_secs(5);
/// After the database failed, it is listened to again after this long.
const AFTER_STORE_ERROR: Duration = Duration::from_secs(1);

/// A way to wake one part.
#[derive(Debug, Clone)]
pub(super) struct Signal {
    /// What others notify.
    pub(super) ask: Arc<Notify>,
    /// What the part waits for.
    pub(super) heed: Arc<Notify>,
}

impl Signal {
    /// One whose two ends are one.
    pub(super) fn alone() -> Self {
        let ask = Arc::new(Notify::new());
        Self { heed: Arc::clone(&ask), ask }
    }
}

/// All of them, by topic.
pub(super) struct Signals {
    store: Store,
    by_topic: HashMap<String, Signal>,
}

impl Signals {
    pub(super) fn new(store: Store) -> Self {
        Self { store, by_topic: HashMap::new() }
    }

    /// The signal of a topic. In one program the two ends are one.
    pub(super) fn of(&mut self, topic: impl Into<String>) -> Signal {
        let is_shared = self.store.is_shared();
        let signal = self.by_topic.entry(topic.into()).or_insert_with(|| {
            let alone = Signal::alone();
            if is_shared { Signal { heed: Arc::new(Notify::new()), ..alone } } else { alone }
        });
        signal.clone()
    }

    /// Carries wake-ups between programs until `stop`. In one program there is nothing to do.
    pub(super) async fn run(self, stop: CancellationToken) {
        if !self.store.is_shared() {
            return;
        }
        let told = self.by_topic.iter().map(|(topic, signal)| self.tell(topic, signal));
        let told = futures::future::join_all(told);
        tokio::select! {
            _ = told => {}
            () = self.hear() => {}
            () = stop.cancelled() => {}
        }
    }

    /// Tells all programs what was notified in this one.
    async fn tell(&self, topic: &str, signal: &Signal) {
        loop {
            signal.ask.notified().await;
            signal.heed.notify_one();
            if let Err(error) = self.store.wake_all(topic).await {
                tracing::warn!(
                    topic,
                    error = chain(&error),
                    "others could not be woken; they look by themselves"
                );
            }
        }
    }

    /// Hears what any program tells.
    async fn hear(&self) {
        let mut wakes: Option<Wakes> = None;
        loop {
            let heard = match &mut wakes {
                Some(wakes) => {
                    tokio::time::timeout(LOOK_ANYWAY_EVERY, wakes.next()).await.unwrap_or(Ok(None))
                }
                None => match tokio::time::timeout(LOOK_ANYWAY_EVERY, self.store.wakes()).await {
                    Ok(begun) => begun.map(|listening| {
                        wakes = listening;
                        None
                    }),
                    // A database that is silent. Whatever waits may be told all the same.
                    Err(_) => Ok(None),
                },
            };
            match heard {
                Ok(Some(topic)) => {
                    if let Some(signal) = self.by_topic.get(&topic) {
                        signal.heed.notify_one();
                    }
                }
                Ok(None) => self.by_topic.values().for_each(|signal| signal.heed.notify_one()),
                Err(error) => {
                    tracing::warn!(error = chain(&error), "wake-ups are not heard; listening again");
                    wakes = None;
                    tokio::time::sleep(AFTER_STORE_ERROR).await;
                }
            }
        }
    }
}
