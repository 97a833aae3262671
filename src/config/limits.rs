//! `[limits]`: how many answers readers get, so that the digest keeps its place in the platforms' rates.

use super::reader::Reader;

/// The section `[limits]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsConfig {
    /// `person`: answers a minute to one person. 20.
    pub person: u32,
    /// `group`: answers a minute in one Telegram group. 6.
    pub group: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { person: 20, group: 6 }
    }
}

impl LimitsConfig {
    pub(super) fn read(mut section: Reader<'_>) -> Self {
        let default = Self::default();
        let read = Self {
            person: section.number("person", default.person, 1),
            group: section.number("group", default.group, 1),
        };
        section.finish();
        read
    }
}
