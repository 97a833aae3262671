//! What asking a source comes to, whatever its kind: posts that are new or changed, what is gone, and what is wrong.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::model::digest::{DigestKey, RawDigest};
use crate::source::folder::MAX_BYTES;

/// What a look has found.
#[derive(Debug, Default)]
pub struct Look {
    /// Whether the source could be asked for all that it has: only then is what was not found not there.
    pub complete: bool,
    /// Posts that are new or changed and written to their end, by place.
    pub settled: Vec<Found>,
    /// Places of posts that were handed over earlier and are gone; one that was renamed is here and in `settled`.
    pub removed: Vec<String>,
    /// What could not be read. Each is told once, and again only after it was well in between.
    pub faults: Vec<SourceFault>,
    /// When to look for more, be it that a file is being written or that there was much; `None`: this is all.
    pub look_again_at: Option<DateTime<Utc>>,
}

/// A post in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is in its source: a path within the folder, an entry's id, a push's key.
    pub place: String,
    /// What changes when it does.
    pub stamp: String,
    /// Its name and bytes.
    pub raw: RawDigest,
    /// What its digest is known by, where that is not the date and the slug of its name.
    pub key: Option<DigestKey>,
    /// Where the publisher shows it, where the source says so.
    pub link: Option<String>,
}

impl Found {
    /// A post of which the source knows no more than place and content.
    pub fn of(place: String, raw: RawDigest) -> Self {
        Self { place, stamp: String::new(), raw, key: None, link: None }
    }
}

/// Something in a source that can't be read; the rest is read all the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum SourceFault {
    /// The folder itself.
    #[error("the folder {} can't be read: {reason}; check that it exists and that Jogan may read it", path.display())]
    Folder {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A folder that had posts has none at all.
    #[error("the folder {} is empty, and had posts: none is withdrawn; check that its disk is there", path.display())]
    Emptied {
        /// Where it is.
        path: PathBuf,
    },
    /// A file.
    #[error("{} can't be read: {reason}; check that Jogan may read it", path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file that is too large to be a post.
    #[error("{} has {bytes} bytes, and a post may have {MAX_BYTES}; split it, or move it elsewhere", path.display())]
    TooLarge {
        /// Where it is.
        path: PathBuf,
        /// Its size in bytes.
        bytes: u64,
    },
    /// More files than a folder of posts has.
    #[error("the folder {} has more than {most} entries; name the folder that holds the posts", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// How many there may be.
        most: usize,
    },
    /// A repository or an address that does not answer as it should.
    #[error("{place} can't be loaded: {reason}")]
    Remote {
        /// Which one, without credentials.
        place: String,
        /// What is wrong, and what would cure it.
        reason: String,
    },
}
