//! Quiet hours, in which nothing but slots is delivered: how they are written, and when they end.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveTime, Utc};
use chrono_tz::Tz;

use super::civil::first_instant;

/// A daily stretch of local time, which may go past midnight. [`Display`](fmt::Display) and [`FromStr`] are its
/// form in commands and in the database: `22:00-07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

/// A text that names no quiet hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no quiet hours: write for example `22:00-07:00`")]
pub struct UnreadableQuietHours(pub String);

impl QuietHours {
    /// They begin at this local time.
    pub fn from(&self) -> NaiveTime {
        self.from
    }

    /// They end before this local time, which is never the one that they begin at.
    pub fn until(&self) -> NaiveTime {
        self.until
    }

    /// The instant at which they end, if it is quiet `now` in `zone`, the subscription's.
    pub fn end(&self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = now.with_timezone(&zone).naive_local();
        let (time, today) = (local.time(), local.date());
        let ends_on = if self.from < self.until {
            (self.from <= time && time < self.until).then_some(today)?
        } else if time < self.until {
            today
        } else {
            (self.from <= time).then(|| today.checked_add_days(Days::new(1)))??
        };
        // In the hour that clocks repeat, the end may have been already: then it is over.
        first_instant(ends_on.and_time(self.until), zone).filter(|end| *end > now)
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.format("%H:%M"), self.until.format("%H:%M"))
    }
}

impl FromStr for QuietHours {
    type Err = UnreadableQuietHours;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        text.split_once(['-', '~', '–'])
            .and_then(|(from, until)| Some(Self { from: time(from)?, until: time(until)? }))
            .filter(|hours| hours.from != hours.until)
            .ok_or_else(|| UnreadableQuietHours(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("22:00-07:00", "22:00-07:00")]
    #[case("9:00 ~ 18:00", "09:00-18:00")]
    fn they_are_written_as_they_are_read(#[case] text: &str, #[case] written: &str) {
        let hours: QuietHours = text.parse().unwrap();
        assert_eq!(hours.to_string(), written);
        assert_eq!(written.parse(), Ok(hours));
    }

    #[rstest]
    #[case("22:00")]
    #[case("22:00-22:00")]
    #[case("25:00-07:00")]
    #[case("")]
    fn what_names_no_hours_is_refused(#[case] text: &str) {
        let error = text.parse::<QuietHours>().unwrap_err();
        assert!(error.to_string().contains("22:00-07:00"));
    }

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
        assert_eq!(hours.parse::<QuietHours>().unwrap().end(Tz::Asia__Seoul, at(now)), end.map(at));
    }

    #[test]
    fn an_end_that_has_been_is_over_in_the_hour_that_clocks_repeat() {
        let hours: QuietHours = "22:00-01:30".parse().unwrap();
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let first = Some(at("2026-11-01T01:30:00-04:00"));
        assert_eq!(hours.end(Tz::America__New_York, at("2026-11-01T01:10:00-04:00")), first);
        assert_eq!(hours.end(Tz::America__New_York, at("2026-11-01T01:10:00-05:00")), None);
    }
}
