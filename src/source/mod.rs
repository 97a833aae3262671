//! Where digests come from, each kind in a file of its own: a folder ([`folder`], woken by [`watch`]). Ingest asks
//! whichever it is for a [`Look`]. What a Jekyll site says about its posts' addresses is [`jekyll`].

pub mod folder;
pub mod jekyll;
pub mod look;
pub mod permalinks;
pub mod watch;
mod watched;

pub use folder::Folder;
pub use look::{Found, Look, SourceFault};
pub use permalinks::Permalinks;
pub use watch::Watch;
pub use watched::WatchedFolder;

use chrono::{DateTime, Utc};

/// A feed's source.
#[derive(Debug)]
pub enum Source {
    /// A folder of posts.
    Folder(WatchedFolder),
}

impl Source {
    /// Takes a post as handed over that was there with this stamp in an earlier run: it is handed over again only if
    /// it has changed since. An empty stamp is no post's.
    pub fn remember(&mut self, place: &str, stamp: &str) {
        match self {
            Self::Folder(folder) => folder.remember(place, stamp),
        }
    }

    /// Looks for posts that are new, changed or gone, if it is time to. It never fails: what is wrong is in the
    /// [`Look`].
    pub async fn look(&mut self, now: DateTime<Utc>) -> Look {
        match self {
            Self::Folder(folder) => folder.look(now).await,
        }
    }

    /// When to look next, even if nothing wakes.
    pub fn next_look(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Folder(_) => now + folder::POLL,
        }
    }

    /// Completes when there may be something new; it may be dropped and called again.
    pub async fn woken(&mut self) {
        match self {
            Self::Folder(folder) => folder.woken().await,
        }
    }

    /// Looks at everything anew: what was handed over is handed over again.
    pub fn forget(&mut self) {
        match self {
            Self::Folder(folder) => folder.forget(),
        }
    }
}
