//! A folder of posts: which of them are new or changed, each read once it has been written to its end.
//!
//! [`Folder::look`] is blocking file work and takes the time as a parameter: call it from
//! `tokio::task::spawn_blocking`, whenever [`watch`](crate::source::watch) wakes you, at
//! [`Look::look_again_at`], and every [`POLL`] as a net, since no watcher sees every change (network drives,
//! overflowing queues). So a post is in the caller's hands within [`POLL`] and [`SETTLE`] of its last byte, and
//! within little more than [`SETTLE`] where the watcher works.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::digest::RawDigest;

/// A file counts as finished when it has not changed for this long, seen in two looks.
pub const SETTLE: TimeDelta = TimeDelta::milliseconds(600);
/// How often to look even if nothing wakes.
pub const POLL: TimeDelta = TimeDelta::seconds(2);
/// A larger file is no post, in bytes; it is not read.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// How deep folders inside the folder are read.
const MAX_DEPTH: usize = 8;
/// How many entries are listed at most: a folder with more is not one of posts.
const MAX_ENTRIES: usize = 200_000;

/// A folder of posts and what has been seen in it.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    seen: BTreeMap<PathBuf, Seen>,
    faults: BTreeSet<SourceFault>,
}

/// What a look has found.
#[derive(Debug, Default)]
pub struct Look {
    /// Whether the whole folder could be listed: only then is what was not found not there.
    pub complete: bool,
    /// Posts that are new or changed and written to their end, by path.
    pub settled: Vec<Found>,
    /// Files that were settled in an earlier look and are gone; a file that was renamed is here and in `settled`.
    pub removed: Vec<PathBuf>,
    /// What could not be read. Each is told once, and again only after it was well in between.
    pub faults: Vec<SourceFault>,
    /// When the next file may be finished; `None`: nothing is being written.
    pub look_again_at: Option<DateTime<Utc>>,
}

/// A post in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name and bytes.
    pub raw: RawDigest,
}

/// Something in the folder that can't be read; the other files are read all the same.
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
    #[error("the folder {} has more than {MAX_ENTRIES} entries; name the folder that holds the posts", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Folder {
    /// A folder of which nothing has been seen: the first looks find all that is in it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { root: path.into(), seen: BTreeMap::new(), faults: BTreeSet::new() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Looks for posts that are new, changed or gone. Blocks on the file system; `now` is the clock's.
    pub fn look(&mut self, now: DateTime<Utc>) -> Look {
        let mut look = Look::default();
        let mut faults = Vec::new();
        let listing = list(&self.root);
        look.complete = listing.faults.is_empty();
        faults.extend(listing.faults);
        for (path, stamp) in &listing.files {
            self.look_at(path, *stamp, now, &mut look, &mut faults);
        }
        // What a folder that can't be listed holds is not gone.
        if look.complete {
            self.seen.retain(|path, seen| {
                let stays = listing.files.contains_key(path);
                if !stays && seen.known {
                    look.removed.push(path.clone());
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
        look: &mut Look,
        faults: &mut Vec<SourceFault>,
    ) {
        let before = self.seen.get(path).copied();
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
        } else if !seen.done && now - seen.since >= SETTLE {
            match read(path, stamp) {
                Ok(Some(bytes)) => {
                    seen.done = true;
                    seen.known = true;
                    look.settled
                        .push(Found { path: path.to_owned(), raw: RawDigest { name: name_of(path), bytes } });
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
        self.seen.insert(path.to_owned(), seen);
    }
}

/// What a folder holds.
#[derive(Default)]
struct Listing {
    files: BTreeMap<PathBuf, Stamp>,
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
                listing.faults.push(SourceFault::TooMany { path: root.to_owned() });
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
                    listing.files.insert(path, Stamp::of(&metadata));
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
    let mut bytes = Vec::new();
    // One byte more than there should be shows that it grows.
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
        Self { len: metadata.len(), modified: metadata.modified().ok(), inode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder on disk and a clock that tests turn.
    struct Desk {
        disk: tempfile::TempDir,
        folder: Folder,
        now: DateTime<Utc>,
    }

    impl Desk {
        fn new() -> Self {
            let disk = tempfile::tempdir().expect("a temporary folder");
            let folder = Folder::new(disk.path());
            Self { disk, folder, now: DateTime::UNIX_EPOCH }
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.disk.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }

        fn look(&mut self) -> Look {
            self.folder.look(self.now)
        }

        fn look_after(&mut self, wait: TimeDelta) -> Look {
            self.now += wait;
            self.look()
        }

        /// Names of what has settled after two looks.
        fn settle(&mut self) -> Vec<String> {
            self.look();
            names(&self.look_after(SETTLE))
        }
    }

    fn names(look: &Look) -> Vec<String> {
        look.settled.iter().map(|found| found.raw.name.clone()).collect()
    }

    #[test]
    fn posts_are_found_in_folders_and_nothing_else_is() {
        let mut desk = Desk::new();
        for name in ["b.md", "a.markdown", "old/c.MD", "notes.txt", ".hidden.md", ".git/d.md", "e.md.tmp"] {
            desk.write(name, "글");
        }
        assert_eq!(desk.settle(), ["a.markdown", "b.md", "c.MD"]);
        assert_eq!(names(&desk.look_after(SETTLE)), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_is_being_written_is_not_read_before_it_is_finished() {
        let mut desk = Desk::new();
        desk.write("a.md", "반");
        let first = desk.look();
        assert!(first.settled.is_empty());
        assert_eq!(first.look_again_at, Some(desk.now + SETTLE));
        desk.write("a.md", "반만 쓴 글");
        assert!(desk.look_after(SETTLE).settled.is_empty());
        assert!(desk.look_after(SETTLE - TimeDelta::milliseconds(1)).settled.is_empty());
        let last = desk.look_after(TimeDelta::milliseconds(1));
        assert_eq!(last.settled[0].raw.bytes, "반만 쓴 글".as_bytes());
        assert_eq!(last.look_again_at, None);
    }

    #[test]
    fn a_changed_file_is_found_again_and_an_unchanged_one_is_not() {
        let mut desk = Desk::new();
        desk.write("a.md", "하나");
        desk.write("b.md", "둘");
        assert_eq!(desk.settle().len(), 2);
        desk.write("a.md", "하나 고침");
        assert_eq!(desk.settle(), ["a.md"]);
    }

    #[test]
    fn a_file_moved_over_another_is_found_even_with_its_size_and_time() {
        let mut desk = Desk::new();
        desk.write("a.md", "하나");
        assert_eq!(desk.settle(), ["a.md"]);
        let place = desk.disk.path().join("a.md");
        let modified = fs::metadata(&place).and_then(|file| file.modified()).expect("a time");
        desk.write("a.md.new", "다섯");
        let fresh = fs::File::options().write(true).open(desk.disk.path().join("a.md.new")).expect("a file");
        fresh.set_modified(modified).expect("a time");
        fs::rename(desk.disk.path().join("a.md.new"), &place).expect("a move");
        assert_eq!(desk.settle(), ["a.md"]);
    }

    #[test]
    fn what_is_gone_is_told_once_and_a_renamed_file_is_both() {
        let mut desk = Desk::new();
        desk.write("a.md", "하나");
        desk.settle();
        fs::rename(desk.disk.path().join("a.md"), desk.disk.path().join("b.md")).expect("a move");
        let gone = desk.look();
        assert_eq!(gone.removed, [desk.disk.path().join("a.md")]);
        let found = desk.look_after(SETTLE);
        assert_eq!(names(&found), ["b.md"]);
        assert!(found.removed.is_empty());
    }

    #[test]
    fn one_file_that_is_too_large_stops_no_other_and_is_told_once() {
        let mut desk = Desk::new();
        desk.write("a.md", "하나");
        let huge = fs::File::create(desk.disk.path().join("huge.md")).expect("a file");
        huge.set_len(MAX_BYTES + 1).expect("a size");
        let first = desk.look();
        assert!(
            matches!(first.faults.as_slice(), [SourceFault::TooLarge { bytes, .. }] if *bytes > MAX_BYTES)
        );
        let second = desk.look_after(SETTLE);
        assert_eq!(names(&second), ["a.md"]);
        assert!(second.faults.is_empty() && second.look_again_at.is_none());
    }

    #[test]
    fn a_folder_that_vanishes_is_a_fault_and_its_posts_are_not_gone() {
        let mut desk = Desk::new();
        desk.write("a.md", "하나");
        desk.settle();
        let away = desk.disk.path().with_extension("away");
        fs::rename(desk.disk.path(), &away).expect("a move");
        let missing = desk.look();
        assert!(matches!(missing.faults.as_slice(), [SourceFault::Folder { .. }]));
        assert!(missing.removed.is_empty());
        assert!(desk.look().faults.is_empty(), "a fault that lasts is told once");
        fs::rename(&away, desk.disk.path()).expect("a move");
        assert_eq!(desk.settle(), Vec::<String>::new());
    }

    #[test]
    fn a_clock_that_is_set_back_only_begins_the_wait_anew() {
        let mut desk = Desk::new();
        desk.write("a.md", "하나");
        desk.look();
        assert!(desk.look_after(TimeDelta::hours(-9)).settled.is_empty());
        assert_eq!(names(&desk.look_after(SETTLE)), ["a.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_that_leave_the_folder_are_not_followed() {
        let mut desk = Desk::new();
        let outside = tempfile::tempdir().expect("a folder");
        fs::write(outside.path().join("secret.md"), "비밀").expect("a file");
        std::os::unix::fs::symlink(outside.path(), desk.disk.path().join("away")).expect("a link");
        std::os::unix::fs::symlink(outside.path().join("secret.md"), desk.disk.path().join("a.md"))
            .expect("a link");
        desk.write("kept/b.md", "하나");
        std::os::unix::fs::symlink(desk.disk.path().join("kept/b.md"), desk.disk.path().join("c.md"))
            .expect("a link");
        std::os::unix::fs::symlink(desk.disk.path(), desk.disk.path().join("kept/round")).expect("a link");
        assert_eq!(desk.settle(), ["c.md", "b.md"]);
    }
}
