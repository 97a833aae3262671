//! A folder of posts: which of them are new or changed, each read once it has been written to its end.
//!
//! [`Folder::look`] is blocking file work and takes the time as a parameter: call it from
//! `tokio::task::spawn_blocking`, whenever [`watch`](crate::source::watch) wakes you, at
//! [`Look::look_again_at`], and every [`POLL`] (longer where there are thousands of files) as a net, since no watcher
//! sees every change (network drives, overflowing queues). So a post is in the caller's hands within [`POLL`] and
//! [`SETTLE`] of its last byte, and within little more than [`SETTLE`] where the watcher works.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::digest::RawDigest;
use crate::source::look::{Found, Look, SourceFault};

/// A file counts as finished when it has not changed for this long, seen in two looks.
pub const SETTLE: TimeDelta = TimeDelta::milliseconds(600);
/// How often to look even if nothing wakes.
pub const POLL: TimeDelta = TimeDelta::seconds(2);
/// How much longer for each thousand files, in milliseconds.
const POLL_LONGER_MS: i64 = 200;
/// A larger file is no post, in bytes; it is not read.
pub const MAX_BYTES: u64 = crate::parse::MAX_BYTES as u64;
/// How deep folders inside the folder are read.
const MAX_DEPTH: usize = 8;
/// How much is read in one look, in bytes, though at least one post: the rest is for the next, so that a large folder needs
/// little memory.
const MAX_READ: u64 = 4 * 1024 * 1024;
/// How many entries are listed at most: a folder with more is not one of posts.
const MAX_ENTRIES: usize = 200_000;

/// A folder of posts and what has been seen in it.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// By path: as a name, since paths are compared a part at a time, which takes long for a hundred thousand.
    seen: BTreeMap<OsString, Seen>,
    faults: BTreeSet<SourceFault>,
}

/// A file as it was last seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    stamp: Stamp,
    /// When it was first seen like this.
    since: DateTime<Utc>,
    /// Whether it has been handed over, or its fault told, like this.
    done: bool,
    /// Whether it has ever been handed over.
    known: bool,
}

/// What changes when a file does. The inode tells a file that was moved over another of the same size and time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Stamp {
    len: u64,
    /// Nanoseconds since 1970; 0 where the system does not say.
    modified: u128,
    inode: u64,
}

impl Folder {
    /// A folder of which nothing has been seen: the first looks find all that is in it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { root: path.into(), seen: BTreeMap::new(), faults: BTreeSet::new() }
    }

    /// Takes a post as loaded that was there with this stamp earlier: it is read again only if it has changed since.
    /// An empty stamp is no file's.
    pub(crate) fn remember(&mut self, place: &str, stamp: &str) {
        let stamp = Stamp::read(stamp);
        let since = DateTime::UNIX_EPOCH;
        let seen = Seen { stamp: stamp.unwrap_or_default(), since, done: stamp.is_some(), known: true };
        self.seen.insert(self.root.join(place).into(), seen);
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// How long to wait before the next look if nothing wakes: longer the more files there are, so that looking at
    /// many of them for nothing stays a small part of the time.
    pub(crate) fn poll(&self) -> TimeDelta {
        let thousands = i64::try_from(self.seen.len() / 1000).unwrap_or(i64::MAX / 1000);
        POLL + TimeDelta::milliseconds(thousands.min(3600) * POLL_LONGER_MS)
    }

    /// Looks for posts that are new, changed or gone. Blocks on the file system; `now` is the clock's.
    pub fn look(&mut self, now: DateTime<Utc>) -> Look {
        let mut look = Look::default();
        let mut faults = Vec::new();
        let listing = list(&self.root);
        look.complete = listing.faults.is_empty();
        faults.extend(listing.faults);
        // A disk that is not mounted is an empty folder.
        if listing.files.is_empty() && self.seen.values().filter(|seen| seen.known).count() > 1 {
            look.complete = false;
            faults.push(SourceFault::Emptied { path: self.root.clone() });
        }
        let mut room = MAX_READ;
        for (path, stamp) in &listing.files {
            let is_done = |seen: &Seen| seen.done && seen.stamp == *stamp && seen.since <= now;
            if !self.seen.get(path).is_some_and(is_done) {
                self.look_at(Path::new(path), *stamp, now, &mut room, &mut look, &mut faults);
            }
        }
        // What a folder that can't be listed holds is not gone.
        if look.complete {
            self.seen.retain(|path, seen| {
                let stays = listing.files.contains_key(path);
                if !stays && seen.known {
                    look.removed.push(place(&self.root, Path::new(path)));
                }
                stays
            });
        }
        let faults: BTreeSet<SourceFault> = faults.into_iter().collect();
        look.faults = faults.difference(&self.faults).cloned().collect();
        self.faults = faults;
        look
    }

    /// Looks at everything anew: files that were handed over are handed over again once they are settled.
    pub fn forget(&mut self) {
        for seen in self.seen.values_mut() {
            seen.done = false;
        }
        self.faults.clear();
    }

    fn look_at(
        &mut self,
        path: &Path,
        stamp: Stamp,
        now: DateTime<Utc>,
        room: &mut u64,
        look: &mut Look,
        faults: &mut Vec<SourceFault>,
    ) {
        let before = self.seen.get(path.as_os_str()).copied();
        let mut seen = match before {
            // A clock that was set back makes the wait begin anew, not last for days.
            Some(seen) if seen.stamp == stamp && seen.since <= now => seen,
            Some(seen) => {
                Seen { stamp, since: now, done: seen.done && seen.stamp == stamp, known: seen.known }
            }
            None => Seen { stamp, since: now, done: false, known: false },
        };
        if stamp.len > MAX_BYTES {
            faults.push(SourceFault::TooLarge { path: path.to_owned(), bytes: stamp.len });
        } else if !seen.done && now - seen.since >= SETTLE && *room < stamp.len && *room < MAX_READ {
            look.look_again_at = Some(now);
        } else if !seen.done && now - seen.since >= SETTLE {
            *room = room.saturating_sub(stamp.len);
            match read(path, stamp) {
                Ok(Some(bytes)) => {
                    seen.done = true;
                    seen.known = true;
                    let raw = RawDigest { name: name_of(path), bytes };
                    let found = Found::of(place(&self.root, path), raw);
                    look.settled.push(Found { stamp: stamp.to_string(), ..found });
                }
                // It has changed since it was listed.
                Ok(None) => seen.since = now,
                // Tried again at every look: it may be allowed without a change to the file.
                Err(error) => {
                    faults.push(SourceFault::File { path: path.to_owned(), reason: error.to_string() });
                }
            }
        }
        if !seen.done && now - seen.since < SETTLE && stamp.len <= MAX_BYTES {
            let at = seen.since + SETTLE;
            look.look_again_at = Some(look.look_again_at.map_or(at, |sooner| sooner.min(at)));
        }
        self.seen.insert(path.into(), seen);
    }
}

/// What a folder holds.
#[derive(Default)]
struct Listing {
    files: BTreeMap<OsString, Stamp>,
    faults: Vec<SourceFault>,
}

fn list(root: &Path) -> Listing {
    let mut listing = Listing::default();
    let inside = match fs::canonicalize(root) {
        Ok(inside) => inside,
        Err(error) => {
            listing.faults.push(SourceFault::Folder { path: root.to_owned(), reason: error.to_string() });
            return listing;
        }
    };
    let mut folders = vec![(root.to_owned(), 0)];
    let mut entries = 0;
    while let Some((folder, depth)) = folders.pop() {
        let read = match fs::read_dir(&folder) {
            Ok(read) => read,
            Err(error) => {
                listing.faults.push(SourceFault::Folder { path: folder, reason: error.to_string() });
                continue;
            }
        };
        for entry in read.flatten() {
            entries += 1;
            if entries > MAX_ENTRIES {
                listing.faults.push(SourceFault::TooMany { path: root.to_owned(), most: MAX_ENTRIES });
                return listing;
            }
            let path = entry.path();
            // Hidden folders are tools' (`.git`), hidden files are editors' and half-written copies.
            if name_of(&path).starts_with('.') {
                continue;
            }
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth < MAX_DEPTH {
                    folders.push((path, depth + 1));
                }
                continue;
            }
            if !is_post(&path) {
                continue;
            }
            if kind.is_symlink() && !leads_inside(&path, &inside) {
                continue;
            }
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => {
                    listing.files.insert(path.into(), Stamp::of(&metadata));
                }
                Ok(_) => {}
                // Gone since it was listed, or a link to nothing.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => listing.faults.push(SourceFault::File { path, reason: error.to_string() }),
            }
        }
    }
    listing
}

/// The posts of a folder as they are now, by their places in it, and what of it cannot be read. Blocks on the file
/// system.
pub fn posts(root: &Path) -> (Vec<String>, Vec<SourceFault>) {
    let listing = list(root);
    (listing.files.keys().map(|path| place(root, Path::new(path))).collect(), listing.faults)
}

/// Reads one of [`posts`]. Blocks on the file system.
///
/// # Errors
/// If it is too large or cannot be read.
pub fn read_post(root: &Path, place: &str) -> Result<RawDigest, SourceFault> {
    let path = root.join(place);
    let fault = |error: io::Error| SourceFault::File { path: path.clone(), reason: error.to_string() };
    let bytes = fs::metadata(&path).map_err(fault)?.len();
    if bytes > MAX_BYTES {
        return Err(SourceFault::TooLarge { path, bytes });
    }
    Ok(RawDigest { name: name_of(&path), bytes: fs::read(&path).map_err(fault)? })
}

/// Where a file is in its folder, parted by `/`.
fn place(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Whether a link ends inside the folder: posts come from nowhere else.
fn leads_inside(path: &Path, folder: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|target| target.starts_with(folder))
}

/// Whether a file is a post by its name.
pub(crate) fn is_post(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
    })
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads a file if it still is as it was listed, before and after.
fn read(path: &Path, stamp: Stamp) -> io::Result<Option<Vec<u8>>> {
    let mut file = fs::File::open(path)?;
    if Stamp::of(&file.metadata()?) != stamp {
        return Ok(None);
    }
    // One byte more than there should be shows that it grows.
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.len).unwrap_or_default() + 1);
    (&mut file).take(stamp.len + 1).read_to_end(&mut bytes)?;
    let same = bytes.len() as u64 == stamp.len && Stamp::of(&file.metadata()?) == stamp;
    Ok(same.then_some(bytes))
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        let since_1970 = |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).ok();
        let modified = metadata.modified().ok().and_then(since_1970).map_or(0, |since| since.as_nanos());
        Self { len: metadata.len(), modified, inode }
    }

    /// Reads what its `Display` writes.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split('-');
        let (len, modified, inode) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some(Self { len: len.parse().ok()?, modified: modified.parse().ok()?, inode: inode.parse().ok()? })
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.len, self.modified, self.inode)
    }
}

#[cfg(test)]
mod tests;
