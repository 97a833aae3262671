//! What a folder of very many files costs: the first look at it, and each later one that finds nothing.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::DateTime;

use super::folder::{Folder, SETTLE};

/// Files of the folder. A hundred thousand cost an optimised program 32 MB, and 40 MB more while they are read.
const FILES: usize = 10_000;
/// The most that a file may take of memory when all of them are known, in bytes.
const A_FILE: usize = 2_000;

/// Memory that the process has now, in bytes.
fn memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

fn fill(folder: &Path) {
    for number in 0..FILES {
        let year = folder.join(format!("{}", 1990 + number % 40));
        if number < 40 {
            fs::create_dir(&year).expect("a folder");
        }
        fs::write(year.join(format!("2025-12-17-{number}.md")), format!("# 소식 {number}\n"))
            .expect("a file");
    }
}

#[test]
fn a_folder_of_ten_thousand_posts_is_read_once_and_then_costs_little() {
    let disk = tempfile::tempdir().expect("a folder");
    fill(disk.path());
    let before = memory();
    let mut folder = Folder::new(disk.path());
    let mut now = DateTime::UNIX_EPOCH;
    let began = Instant::now();
    folder.look(now);
    now += SETTLE;
    let read = folder.look(now).settled;
    let first = began.elapsed();
    assert_eq!(read.len(), FILES);
    drop(read);
    let taken = memory().saturating_sub(before);
    let began = Instant::now();
    now += SETTLE;
    let again = folder.look(now);
    let second = began.elapsed();
    assert!(again.complete && again.settled.is_empty() && again.removed.is_empty());
    assert!(taken <= FILES * A_FILE, "{} bytes a file", taken / FILES);
    // Nothing is read any more: generous, for a machine that does much else.
    assert!(second < first.max(Duration::from_millis(200)), "{second:?} after {first:?}");
    fs::write(disk.path().join("2000/new.md"), "# 새 소식\n").expect("a file");
    folder.look(now);
    now += SETTLE;
    let names: Vec<String> = folder.look(now).settled.into_iter().map(|found| found.raw.name).collect();
    assert_eq!(names, ["new.md"]);
}
