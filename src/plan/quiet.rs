//! When quiet hours end, in which nothing but slots is delivered; how they are written is `model/quiet.rs`.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;

use crate::model::quiet::QuietHours;

use super::slots::first_instant;

/// The instant at which quiet hours end, if it is quiet `now` in `zone`, the subscription's.
pub fn end(hours: QuietHours, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let local = now.with_timezone(&zone).naive_local();
    let (time, today) = (local.time(), local.date());
    let ends_on = if hours.from() < hours.until() {
        (hours.from() <= time && time < hours.until()).then_some(today)?
    } else if time < hours.until() {
        today
    } else {
        (hours.from() <= time).then(|| today.checked_add_days(Days::new(1)))??
    };
    // In the hour that clocks repeat, the end may have been already: then it is over.
    first_instant(ends_on.and_time(hours.until()), zone).filter(|end| *end > now)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("22:00-07:00", "2025-12-17T21:59:59+09:00", None)]
    #[case("22:00-07:00", "2025-12-17T22:00:00+09:00", Some("2025-12-18T07:00:00+09:00"))]
    #[case("22:00-07:00", "2025-12-18T06:59:59+09:00", Some("2025-12-18T07:00:00+09:00"))]
    #[case("22:00-07:00", "2025-12-18T07:00:00+09:00", None)]
    #[case("9:00 ~ 18:00", "2025-12-18T12:00:00+09:00", Some("2025-12-18T18:00:00+09:00"))]
    #[case("9:00 ~ 18:00", "2025-12-18T18:00:00+09:00", None)]
    fn it_is_quiet_from_the_first_time_to_the_second(
        #[case] hours: &str,
        #[case] now: &str,
        #[case] end: Option<&str>,
    ) {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        assert_eq!(super::end(hours.parse().unwrap(), Tz::Asia__Seoul, at(now)), end.map(at));
    }

    #[test]
    fn an_end_that_has_been_is_over_in_the_hour_that_clocks_repeat() {
        let hours: QuietHours = "22:00-01:30".parse().unwrap();
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let first = Some(at("2026-11-01T01:30:00-04:00"));
        assert_eq!(end(hours, Tz::America__New_York, at("2026-11-01T01:10:00-04:00")), first);
        assert_eq!(end(hours, Tz::America__New_York, at("2026-11-01T01:10:00-05:00")), None);
    }
}
