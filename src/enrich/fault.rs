//! What is wrong with a dictionary, said so that whoever edits it knows what to do; found by `entry` and
//! `dictionary` beside this.

use std::fmt;

/// A fault in one of the dictionary files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DictionaryFault {
    /// The file, `companies.toml` or `topics.toml`.
    pub file: &'static str,
    /// The entry's key (`NVIDIA`); empty where the file as a whole is at fault.
    pub entry: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub cure: String,
}

impl fmt::Display for DictionaryFault {
    /// One line: `companies.toml, NVIDIA: unknown key `alias`; write `aliases``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file)?;
        if !self.entry.is_empty() {
            write!(f, ", {}", self.entry)?;
        }
        write!(f, ": {}; {}", self.problem, self.cure)
    }
}

/// The known word that is most like `unknown`, if any is like it at all.
pub(crate) fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(unknown, word), word))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

/// Jaro–Winkler likeness (0 to 1) from which a word is worth suggesting; `alias` and `aliases` have 0.94.
const ALIKE: f64 = 0.72;
