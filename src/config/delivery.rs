//! `[delivery]`: how long messages are tried, and how many at once.

use chrono::TimeDelta;

use super::reader::Reader;

/// The section `[delivery]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryConfig {
    /// `give_up_after`: a message that cannot be sent for this long is set aside. 24 h.
    pub give_up_after: TimeDelta,
    /// `in_flight`: messages on the wire at once, per platform. 32.
    pub in_flight: u32,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self { give_up_after: TimeDelta::hours(24), in_flight: 32 }
    }
}

impl DeliveryConfig {
    pub(super) fn read(mut section: Reader<'_>) -> Self {
        let default = Self::default();
        let read = Self {
            give_up_after: section.duration("give_up_after", default.give_up_after),
            in_flight: section.number("in_flight", default.in_flight, 1),
        };
        section.finish();
        read
    }
}
