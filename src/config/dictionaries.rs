//! `[dictionaries]`: where the companies and topics come from.

use std::path::PathBuf;

use super::reader::Reader;

/// The section `[dictionaries]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DictionariesConfig {
    /// `path`: a folder with `companies.toml` and `topics.toml`; unset: those that were compiled in.
    pub path: Option<PathBuf>,
}

impl DictionariesConfig {
    pub(super) fn read(mut section: Reader<'_>) -> Self {
        let path = section.optional_text("path").map(PathBuf::from);
        section.finish();
        Self { path }
    }
}
