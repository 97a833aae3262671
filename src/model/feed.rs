//! A feed: a named stream of digests, as far as the rest of the program needs to know it.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::language::Language;

/// A feed's name in the configuration, the database and commands (`ai-news`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeedName(pub String);

impl FeedName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A configured feed without its source: what planning, rendering and commands go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its name.
    pub name: FeedName,
    /// What readers see (`AI 뉴스`).
    pub title: String,
    /// The language of its digests where a post says none.
    pub language: Language,
    /// The zone of dates that carry none, and of its day.
    pub timezone: Tz,
    /// When its digests are news, and what is done with those that come late.
    pub timing: Timing,
    /// What happens to a message of which nobody knows whether it was sent.
    pub on_unknown: OnUnknown,
    /// Whether a digest that looks wrong waits for the operator.
    pub hold: bool,
}

/// The times of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// A digest that arrives within this of its own date is news; an older one is archived.
    pub fresh_within: TimeDelta,
    /// How long after a slot a late digest still goes out at once.
    pub late_within: TimeDelta,
    /// How long after a missed slot it is still made up for.
    pub catch_up_within: TimeDelta,
    /// More digests than this become one list of headlines.
    pub max_backlog: u32,
    /// The local time at which the day's digest should be there; unset: learned.
    pub expect_by: Option<NaiveTime>,
    /// Waits this long before deliveries to subscriptions `now`.
    pub delay: TimeDelta,
    /// The days of the week on which a digest is expected; empty: every day.
    pub days: Vec<Weekday>,
    /// Days on which none is expected.
    pub skip_dates: Vec<NaiveDate>,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            fresh_within: TimeDelta::hours(24),
            late_within: TimeDelta::hours(6),
            catch_up_within: TimeDelta::hours(12),
            max_backlog: 3,
            expect_by: None,
            delay: TimeDelta::zero(),
            days: Vec::new(),
            skip_dates: Vec::new(),
        }
    }
}

/// What happens to a message of which nobody knows whether it was sent (a crash, a time-out without an answer),
/// where the platform cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// It is sent again: nothing is lost, and it may be there twice.
    #[default]
    Resend,
    /// It is left: nothing is there twice, and it may be lost.
    Skip,
}

impl OnUnknown {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::Skip => "skip",
        }
    }
}

impl FromStr for OnUnknown {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "resend" => Ok(Self::Resend),
            "skip" => Ok(Self::Skip),
            _ => Err(UnknownChoice(text.to_owned())),
        }
    }
}

/// A text that is no choice for `on_unknown`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no choice for `on_unknown`: write `resend` or `skip`")]
pub struct UnknownChoice(pub String);
