//! Where digests come from, each kind in a room of its own: a folder ([`folder`], woken by [`watch`]), a Git
//! repository ([`git`]), a blog's feed ([`syndication`]). Ingest asks whichever it is for a [`Look`]. What is pushed
//! waits in the store, and only wakes here. What a Jekyll site says about its posts' addresses is [`jekyll`].

pub mod folder;
pub mod git;
pub mod jekyll;
#[cfg(test)]
mod large_folder;
pub mod look;
mod pace;
pub mod permalinks;
pub mod syndication;
pub mod watch;
mod watched;

pub use folder::Folder;
pub use git::{Git, GitSettings};
pub use look::{Found, Look, SourceFault};
pub use permalinks::Permalinks;
pub use syndication::{Syndication, SyndicationSettings};
pub use watch::Watch;
pub use watched::WatchedFolder;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

/// How often the store is asked for pushes even if nothing wakes.
const PUSHES: TimeDelta = TimeDelta::minutes(1);

/// A feed's source.
#[derive(Debug)]
pub enum Source {
    /// A folder of posts.
    Folder(WatchedFolder),
    /// A Git repository of posts.
    Git(Box<Git>),
    /// A blog's feed.
    Feed(Box<Syndication>),
    /// What is pushed over HTTP; notified when something was.
    Push(Arc<Notify>),
}

impl Source {
    /// Takes a post as handed over that was there with this stamp in an earlier run: it is handed over again only if
    /// it has changed since. An empty stamp is no post's.
    pub fn remember(&mut self, place: &str, stamp: &str) {
        match self {
            Self::Folder(folder) => folder.remember(place, stamp),
            Self::Git(git) => git.remember(place, stamp),
            Self::Feed(feed) => feed.remember(place, stamp),
            // The store compares by itself.
            Self::Push(_) => {}
        }
    }

    /// Looks for posts that are new, changed or gone, if it is time to. It never fails: what is wrong is in the
    /// [`Look`].
    pub async fn look(&mut self, now: DateTime<Utc>) -> Look {
        match self {
            Self::Folder(folder) => folder.look(now).await,
            Self::Git(git) => git.look(now).await,
            Self::Feed(feed) => feed.look(now).await,
            Self::Push(_) => Look { complete: true, ..Look::default() },
        }
    }

    /// When to look next, even if nothing wakes.
    pub fn next_look(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Folder(folder) => folder.next_look(now),
            Self::Git(git) => git.next_look(now),
            Self::Feed(feed) => feed.next_look(now),
            Self::Push(_) => now + PUSHES,
        }
    }

    /// Completes when there may be something new; it may be dropped and called again.
    pub async fn woken(&mut self) {
        match self {
            Self::Folder(folder) => folder.woken().await,
            Self::Git(_) | Self::Feed(_) => std::future::pending().await,
            Self::Push(pushed) => pushed.notified().await,
        }
    }

    /// Is asked at the next look even if it is not yet time to.
    pub fn hurry(&mut self) {
        match self {
            Self::Folder(_) | Self::Push(_) => {}
            Self::Git(git) => git.hurry(),
            Self::Feed(feed) => feed.hurry(),
        }
    }

    /// Looks at everything anew: what was handed over is handed over again.
    pub fn forget(&mut self) {
        match self {
            Self::Folder(folder) => folder.forget(),
            Self::Git(git) => git.forget(),
            Self::Feed(feed) => feed.forget(),
            Self::Push(_) => {}
        }
    }
}
