//! Loading again while the program runs: the dictionaries take the place of those before them everywhere at once, or
//! not at all; the sources are asked now.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{dictionaries, fingerprint};
use crate::commands::{Desk, ReloadRequest, Reloaded};
use crate::config::DictionariesConfig;
use crate::enrich::Names;
use crate::pipeline::Reclassify;
use crate::store::Store;

/// Wishes that wait; more are told when there is room.
pub(super) const AT_ONCE: usize = 4;

/// Loads again what is asked for.
pub(super) struct Reloading {
    pub(super) config: DictionariesConfig,
    pub(super) store: Store,
    pub(super) names: watch::Sender<Arc<Names>>,
    pub(super) desks: watch::Sender<Arc<Desk>>,
    /// Notified when planning has something new to look at.
    pub(super) plan: Arc<Notify>,
    pub(super) requests: mpsc::Receiver<ReloadRequest>,
    pub(super) tasks: TaskTracker,
}

impl Reloading {
    /// Waits for wishes until `stop`. What the dictionaries have not seen yet is classified from the start.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut reclassifying = self.reclassify(&stop);
        loop {
            let request = tokio::select! {
                request = self.requests.recv() => request,
                () = stop.cancelled() => None,
            };
            let Some(answer) = request else { return };
            let before = self.names.borrow().fingerprint.clone();
            let names = self.names_again().await;
            if self.names.borrow().fingerprint != before {
                // Two at a time would each undo what the other does.
                reclassifying.cancel();
                reclassifying = self.reclassify(&stop);
            }
            let sources = self.desks.borrow().rechecks.values().map(|source| source.ask()).count();
            // Who asked may have gone.
            let _ = answer.send(Reloaded { sources, names });
        }
    }

    /// Reads the dictionaries; how many companies and topics there are, or what is wrong.
    async fn names_again(&self) -> Result<(usize, usize), String> {
        let config = self.config.clone();
        let read = tokio::task::spawn_blocking(move || {
            let dictionaries = dictionaries(&config)?;
            Ok::<_, anyhow::Error>(Names::new(&dictionaries, fingerprint(&dictionaries)))
        });
        let names = match read.await {
            Ok(Ok(names)) => Arc::new(names),
            Ok(Err(error)) => {
                tracing::warn!(error = %format!("{error:#}"), "the dictionaries could not be loaded again");
                return Err(format!("{error:#}"));
            }
            Err(error) => return Err(error.to_string()),
        };
        let counts = (names.lexicon.companies.len(), names.lexicon.topics.len());
        if names.fingerprint != self.names.borrow().fingerprint {
            let desk = self.desks.borrow().with_names(&names);
            self.desks.send_replace(Arc::new(desk));
            self.names.send_replace(names);
            self.plan.notify_one();
            tracing::info!(companies = counts.0, topics = counts.1, "the dictionaries were loaded again");
        }
        Ok(counts)
    }

    /// Classifies the archive by the dictionaries as they are, beside everything else; returns what stops it.
    fn reclassify(&self, stop: &CancellationToken) -> CancellationToken {
        let names = self.names.borrow();
        let (classifier, dictionaries) = (Arc::clone(&names.classifier), names.fingerprint.clone());
        let reclassify = Reclassify { store: self.store.clone(), classifier, dictionaries };
        let stop = stop.child_token();
        self.tasks.spawn(reclassify.run(stop.clone()));
        stop
    }
}
