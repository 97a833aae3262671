//! How much room the disk of the database has.

use std::path::Path;

use rustix::fs::statvfs;

use crate::text::chain;

const MIB: u64 = 1024 * 1024;
/// With less room than this a disk is nearly full, whatever its size: a copy of a database hardly fits any more.
const LEAST: u64 = 256 * MIB;
/// With less than a twentieth it is, too, unless that is more than this.
const PLENTY: u64 = 2048 * MIB;

/// Whether the disk that a folder is on is nearly full. One that `was` is so until there is clearly more room. A disk that
/// cannot be asked is not: that the database cannot be reached is told otherwise.
pub(super) fn is_nearly_full(folder: &Path, was: bool) -> bool {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    match statvfs(folder) {
        Ok(disk) => {
            let size = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
            is_tight(size(disk.f_bavail), size(disk.f_blocks), was)
        }
        Err(error) => {
            tracing::debug!(error = chain(&error), "the disk cannot be asked for its room");
            false
        }
    }
}

/// The same, by the bytes that are free and those that there are.
fn is_tight(free: u64, all: u64, was: bool) -> bool {
    let limit = LEAST.max((all / 20).min(PLENTY));
    let limit = limit.min(all / 2);
    free < if was { limit + limit / 4 } else { limit }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const GIB: u64 = 1024 * MIB;

    #[rstest]
    #[case::roomy(10 * GIB, 20 * GIB, false, false)]
    #[case::a_small_one(900 * MIB, 20 * GIB, false, true)]
    #[case::a_large_one(3 * GIB, 500 * GIB, false, false)]
    #[case::a_large_one_that_is_full(GIB, 500 * GIB, false, true)]
    #[case::hardly_better(1100 * MIB, 20 * GIB, true, true)]
    #[case::better(1400 * MIB, 20 * GIB, true, false)]
    #[case::a_tiny_one(200 * MIB, 300 * MIB, false, false)]
    fn a_disk_is_nearly_full(#[case] free: u64, #[case] all: u64, #[case] was: bool, #[case] expected: bool) {
        assert_eq!(is_tight(free, all, was), expected);
    }
}
