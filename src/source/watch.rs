//! Wakes whoever looks at a folder when something in it changes. It only wakes: what has changed, and whether
//! anything has, [`folder`](crate::source::folder) finds out, so that a missed or doubled event does no harm.

use std::path::Path;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;

/// A watcher on a folder; it stops when it is dropped.
#[derive(Debug)]
pub struct Watch {
    changes: watch::Receiver<u64>,
    _watcher: RecommendedWatcher,
}

/// Why a folder can't be watched. Looking at it every
/// [`POLL`](crate::source::folder::POLL) works all the same.
#[derive(Debug, thiserror::Error)]
#[error("the folder can't be watched and is looked at every 2 s instead: {0}")]
pub struct WatchError(#[from] notify::Error);

impl Watch {
    /// Watches a folder and those inside it.
    ///
    /// # Errors
    /// If it does not exist, or the system has no more watches to give (`fs.inotify.max_user_watches`).
    pub fn new(folder: &Path) -> Result<Self, WatchError> {
        let (sender, changes) = watch::channel(0_u64);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading a file is an event too, and looking must not wake the looker.
            if !matches!(event, Ok(notify::Event { kind: EventKind::Access(_), .. })) {
                sender.send_modify(|count| *count = count.wrapping_add(1));
            }
        })?;
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(Self { changes, _watcher: watcher })
    }

    /// Completes at the next change, at once if there was one since the last call. Changes that come together are
    /// one. It may be dropped and called again. Once the watcher has failed it never completes: polling goes on.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_new_file_wakes() {
        let disk = tempfile::tempdir().expect("a folder");
        let mut watch = Watch::new(disk.path()).expect("a watcher");
        std::fs::write(disk.path().join("a.md"), "글").expect("a file");
        tokio::time::timeout(Duration::from_secs(10), watch.changed()).await.expect("an event");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        assert!(Watch::new(Path::new("/no/such/folder")).is_err());
    }
}
