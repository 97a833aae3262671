//! What is seen of a folder on disk while a clock that tests turn goes on.

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
    assert_eq!(gone.removed, ["a.md"]);
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
    assert!(matches!(first.faults.as_slice(), [SourceFault::TooLarge { bytes, .. }] if *bytes > MAX_BYTES));
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
fn a_folder_that_is_suddenly_empty_is_a_fault_and_its_posts_are_not_gone() {
    let mut desk = Desk::new();
    desk.write("a.md", "하나");
    desk.write("b.md", "둘");
    desk.settle();
    fs::remove_file(desk.disk.path().join("a.md")).expect("it was there");
    fs::remove_file(desk.disk.path().join("b.md")).expect("it was there");
    let look = desk.look();
    assert!(matches!(look.faults.as_slice(), [SourceFault::Emptied { .. }]) && !look.complete);
    assert!(look.removed.is_empty());
}

#[test]
fn what_is_remembered_is_read_again_only_if_it_has_changed_and_is_missed_when_it_is_gone() {
    let mut desk = Desk::new();
    desk.write("kept.md", "하나");
    desk.write("changed.md", "둘");
    desk.write("gone.md", "셋");
    desk.look();
    let stamps = desk.look_after(SETTLE).settled;
    desk.write("changed.md", "둘 고침");
    fs::remove_file(desk.disk.path().join("gone.md")).expect("it was there");
    desk.folder = Folder::new(desk.disk.path());
    stamps.iter().for_each(|found| desk.folder.remember(&found.place, &found.stamp));
    assert_eq!(desk.look().removed, ["gone.md"]);
    assert_eq!(names(&desk.look_after(SETTLE)), ["changed.md"]);
    desk.folder = Folder::new(desk.disk.path());
    desk.folder.remember("kept.md", "");
    assert_eq!(desk.settle(), ["changed.md", "kept.md"]);
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
