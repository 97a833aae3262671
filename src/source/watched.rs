//! A [`Folder`] with the [`Watch`] that wakes for it, looked into on a thread that may block.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::{Folder, Look, Watch};
use crate::text::chain;

/// A folder that is watched where the system can.
#[derive(Debug)]
pub struct WatchedFolder {
    folder: Folder,
    watch: Option<Watch>,
}

impl WatchedFolder {
    /// Begins to watch. A folder that cannot be watched is looked at all the same.
    pub fn new(path: PathBuf) -> Self {
        let watch = Watch::new(&path)
            .inspect_err(|error| {
                tracing::info!(folder = %path.display(), error = chain(error), "the folder is not watched, only looked at");
            })
            .ok();
        Self { folder: Folder::new(path), watch }
    }

    pub(super) fn remember(&mut self, place: &str, stamp: &str) {
        self.folder.remember(place, stamp);
    }

    pub(super) async fn look(&mut self, now: DateTime<Utc>) -> Look {
        let path = self.folder.path().to_owned();
        let mut folder = std::mem::replace(&mut self.folder, Folder::new(path));
        let looked = tokio::task::spawn_blocking(move || {
            let look = folder.look(now);
            (folder, look)
        });
        match looked.await {
            Ok((folder, look)) => {
                self.folder = folder;
                look
            }
            // The fresh folder reads everything again.
            Err(error) => {
                tracing::error!(%error, "looking into the folder ended unexpectedly");
                Look::default()
            }
        }
    }

    pub(super) async fn woken(&mut self) {
        match &mut self.watch {
            Some(watch) => watch.changed().await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn forget(&mut self) {
        self.folder.forget();
    }
}
