//! When a subscription is delivered: `now`, or at slots of local wall-clock time, as an admin writes it.
//!
//! Working out the instants of slots is `plan/slots.rs`.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, Weekday};

/// When a subscription is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// As soon as a digest is there.
    Now,
    /// At slots; at least one rule.
    Slots(Vec<SlotRule>),
}

/// A rule that names slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotRule {
    /// A time of day on some days of the week.
    Weekly {
        /// The days, Monday first, each once, at least one.
        days: Vec<Weekday>,
        /// The local time, to the minute.
        time: NaiveTime,
    },
    /// A five-field cron expression as it was written, known to be valid.
    Cron(String),
}
