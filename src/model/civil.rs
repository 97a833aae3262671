//! Civil time, which clocks on walls show, to instants.

use chrono::{DateTime, NaiveDateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};

/// The instant at which a zone's clocks first show a civil time, or jump over it.
pub fn first_instant(civil: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    if let Some(at) = zone.from_local_datetime(&civil).earliest() {
        return Some(at.to_utc());
    }
    let (last_shown, offset_before) = GapInfo::new(&civil, &zone)?.begin?;
    Some(last_shown.checked_sub_offset(offset_before.fix())?.and_utc())
}
