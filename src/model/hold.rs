//! Held digests: posts that look wrong and wait for the operator. When one is held is decided in `plan/hold.rs`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::note::Person;

/// Why a digest is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HoldReason {
    /// It has no articles.
    Empty,
    /// It has less than half as many articles as is usual.
    Thin,
    /// Its articles are those of the digest before it.
    Repeated,
}

impl HoldReason {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Thin => "thin",
            Self::Repeated => "repeated",
        }
    }
}

/// A text that names no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no reason to hold a digest; was the row written by a newer version?")]
pub struct UnknownHoldReason(pub String);

impl FromStr for HoldReason {
    type Err = UnknownHoldReason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Empty, Self::Thin, Self::Repeated]
            .into_iter()
            .find(|reason| reason.name() == text)
            .ok_or_else(|| UnknownHoldReason(text.to_owned()))
    }
}

/// For whom a digest is that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception<'a> {
    /// For every subscription: it gets the feed's next edition.
    News,
    /// For nobody until an operator says so.
    Held {
        /// Why.
        reason: HoldReason,
        /// Who is told.
        tell: &'a [Person],
    },
    /// For nobody; it can be looked up.
    Archived,
}
