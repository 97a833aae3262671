//! A mute: what is left out, where, and until when.

use chrono::{DateTime, Utc};

use super::term::Term;

/// A topic, a company or a word that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// What is left out.
    pub term: Term,
    /// Until when; `None`: for good.
    pub until: Option<DateTime<Utc>>,
}
