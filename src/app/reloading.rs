//! Loading again while the program runs: the dictionaries take the place of those before them everywhere at once, or
//! not at all; the sources are asked now. Where several programs share a database, all of them do it: each reads the
//! dictionaries that it has, and one of them classifies what is stored.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::names::names;
use super::role::Shift;
use super::signals::Signal;
use crate::commands::{Desk, ReloadRequest, Reloaded};
use crate::config::DictionariesConfig;
use crate::enrich::Names;
use crate::pipeline::Reclassify;
use crate::store::{Store, StoreError};
use crate::text::chain;

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
    /// Told to all programs, this one too, when one of them was asked.
    pub(super) signal: Signal,
}

/// What the rounds of reloading are called.
const ROUND: &str = "reload";

impl Reloading {
    /// Waits for wishes until `stop`: of people who ask this program, and of the others.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut seen = self.round().await;
        loop {
            let request = tokio::select! {
                request = self.requests.recv() => match request {
                    Some(answer) => Some(answer),
                    None => return,
                },
                () = self.signal.heed.notified() => None,
                () = stop.cancelled() => return,
            };
            match request {
                Some(answer) => {
                    match self.store.begin_round(ROUND).await {
                        Ok(number) => seen = Some(number),
                        Err(error) => {
                            tracing::warn!(
                                error = chain(&error),
                                "other programs were not told to load again"
                            );
                        }
                    }
                    self.signal.ask.notify_one();
                    let reloaded = self.again().await;
                    // Who asked may have gone.
                    let _ = answer.send(reloaded);
                }
                None => {
                    let round = self.round().await;
                    if round.is_some() && round != seen {
                        seen = round;
                        self.again().await;
                    }
                }
            }
        }
    }

    /// The number of the last round; `None`: the database does not say.
    async fn round(&self) -> Option<i64> {
        let round: Result<i64, StoreError> = self.store.round(ROUND).await;
        round
            .inspect_err(|error| tracing::warn!(error = chain(error), "it is not known what to load again"))
            .ok()
    }

    /// Loads everything again.
    async fn again(&self) -> Reloaded {
        let names = self.names_again().await;
        let sources = self.desks.borrow().rechecks.values().map(|source| source.ask()).count();
        Reloaded { sources, names }
    }

    /// Reads the dictionaries; how many companies and topics there are, or what is wrong.
    async fn names_again(&self) -> Result<(usize, usize), String> {
        let config = self.config.clone();
        let names = match tokio::task::spawn_blocking(move || names(&config)).await {
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
}

/// Classifies the archive by the dictionaries as they are, and again when they change, for as long as that is this program's
/// part: two at a time would each undo what the other does.
pub(super) async fn reclassify(store: Store, mut names: watch::Receiver<Arc<Names>>, shift: Shift) {
    loop {
        let now = Arc::clone(&names.borrow_and_update());
        let (classifier, dictionaries) = (Arc::clone(&now.classifier), now.fingerprint.clone());
        let work = Reclassify { store: store.clone(), classifier, dictionaries }.run(shift.stop.clone());
        let work = async {
            work.await;
            shift.stop.cancelled().await;
        };
        tokio::select! {
            () = work => return,
            changed = names.changed() => if changed.is_err() { return },
        }
    }
}
