//! Asking a feed's source at once, and knowing when that is done.

use tokio::sync::{Notify, watch};

/// Between somebody who asks for a look and the ingest that looks. One a feed.
#[derive(Debug)]
pub struct Recheck {
    asked: Notify,
    looks: watch::Sender<u64>,
}

impl Default for Recheck {
    fn default() -> Self {
        Self { asked: Notify::new(), looks: watch::Sender::new(0) }
    }
}

impl Recheck {
    /// Asks for a look.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// Asks for a look, and waits until one that began after this is over.
    pub async fn look(&self) {
        let mut looks = self.looks.subscribe();
        let before = *looks.borrow_and_update();
        self.ask();
        // The one that is under way may have begun before. The sender lives as long as this does.
        let _ = looks.wait_for(|now| *now > before).await;
    }

    /// Completes when somebody has asked.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// A look is over.
    pub(super) fn done(&self) {
        self.looks.send_modify(|looks| *looks += 1);
    }
}
