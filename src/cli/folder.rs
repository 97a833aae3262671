//! A folder for what a subcommand needs while it runs and nobody needs after it.

use std::path::{Path, PathBuf};

use crate::clock::{Clock as _, SystemClock};

/// A folder of our own in the system's place for such things, deleted when it is dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A new one for the subcommand of that name.
    pub(super) fn new(subcommand: &str) -> std::io::Result<Self> {
        let started = SystemClock.now().timestamp_millis();
        let name = format!("jogan-{subcommand}-{}-{started}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a folder could not be deleted");
        }
    }
}
