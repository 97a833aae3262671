//! `[links]`: whether the links of posts are followed to where they lead.

use super::reader::Reader;

/// The section `[links]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinksConfig {
    /// `resolve`: links of news are followed before it is delivered. `true`.
    pub resolve: bool,
}

impl LinksConfig {
    pub(super) fn read(mut section: Reader<'_>) -> Self {
        let read = Self { resolve: section.flag("resolve", true) };
        section.finish();
        read
    }
}
