//! Whether a feed's digest is late: which day's should be there by now, and is not.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::model::civil::first_instant;
use crate::model::feed::Timing;

/// How long after its usual time a digest is waited for before anybody is told. A time that was set has no grace.
const GRACE: TimeDelta = TimeDelta::minutes(60);
/// A digest that should have come longer ago than this is missed by nobody any more, in days.
const LOOK_BACK: u64 = 7;

/// What is expected of a feed.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm<'a> {
    /// `expect_by`, `days`, `skip_dates`.
    pub timing: &'a Timing,
    /// The feed's zone.
    pub zone: Tz,
    /// When its digests usually arrive, if that has been learned.
    pub usual: Option<NaiveTime>,
    /// How many days after their own day they usually arrive.
    pub lag: u64,
}

/// A digest that should be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The digest's day.
    pub day: NaiveDate,
    /// By when it should have been there.
    pub due: DateTime<Utc>,
}

impl Rhythm<'_> {
    /// By when the digest of a day should be there. `None`: nobody knows when they come, or that day has none.
    pub fn due(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let (time, grace) = match (self.timing.expect_by, self.usual) {
            (Some(time), _) => (time, TimeDelta::zero()),
            (None, Some(usual)) => (usual, GRACE),
            (None, None) => return None,
        };
        let arrives = day.checked_add_days(Days::new(self.lag))?;
        let is_free = self.timing.skip_dates.contains(&day) || self.timing.skip_dates.contains(&arrives);
        let is_of_its_days = self.timing.days.is_empty() || self.timing.days.contains(&arrives.weekday());
        if is_free || !is_of_its_days {
            return None;
        }
        first_instant(arrives.and_time(time), self.zone)?.checked_add_signed(grace)
    }

    /// The last digest that should be there at `now`, and should have come after `since`.
    pub fn last_expected(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<Expected> {
        let today = now.with_timezone(&self.zone).date_naive();
        (0..=LOOK_BACK)
            .filter_map(|back| today.checked_sub_days(Days::new(back + self.lag)))
            .filter_map(|day| Some(Expected { day, due: self.due(day)? }))
            .find(|expected| expected.due <= now)
            .filter(|expected| expected.due > since)
    }
}

/// How many days after their own day digests usually arrive: the median of days and arrivals.
pub fn usual_lag(arrivals: &[(NaiveDate, DateTime<Utc>)], zone: Tz) -> u64 {
    let mut lags: Vec<u64> = arrivals
        .iter()
        .map(|(day, at)| (at.with_timezone(&zone).date_naive() - *day).num_days().max(0).unsigned_abs())
        .collect();
    lags.sort_unstable();
    lags.get(lags.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// 18 December 2025 is a Thursday.
    #[rstest]
    #[case::before_it_is_due(None, Some("16:09:00"), 0, "2025-12-18T17:08:59+09:00", "2025-12-17")]
    #[case::learned_with_an_hour_of_grace(
        None,
        Some("16:09:00"),
        0,
        "2025-12-18T17:09:00+09:00",
        "2025-12-18"
    )]
    #[case::set_without(Some("16:30:00"), Some("09:00:00"), 0, "2025-12-18T16:30:00+09:00", "2025-12-18")]
    #[case::of_the_day_before(Some("07:00:00"), None, 1, "2025-12-18T07:00:00+09:00", "2025-12-17")]
    #[case::on_a_saturday_fridays(Some("16:30:00"), None, 0, "2025-12-20T20:00:00+09:00", "2025-12-19")]
    #[case::a_free_day(Some("16:30:00"), None, 0, "2025-12-25T20:00:00+09:00", "2025-12-24")]
    #[case::grace_past_midnight(None, Some("23:30:00"), 0, "2025-12-19T00:30:00+09:00", "2025-12-18")]
    fn the_last_digest_that_should_be_there(
        #[case] expect_by: Option<&str>,
        #[case] usual: Option<&str>,
        #[case] lag: u64,
        #[case] now: &str,
        #[case] expected: &str,
    ) {
        use Weekday::{Fri, Mon, Thu, Tue, Wed};
        let time = |text: &str| text.parse().expect("a time");
        let timing = Timing {
            expect_by: expect_by.map(time),
            days: vec![Mon, Tue, Wed, Thu, Fri],
            skip_dates: vec![day("2025-12-25")],
            ..Timing::default()
        };
        let rhythm = Rhythm { timing: &timing, zone: Tz::Asia__Seoul, usual: usual.map(time), lag };
        let last = rhythm.last_expected(at("2025-12-01T00:00:00Z"), at(now));
        assert_eq!(last.map(|last| last.day), Some(day(expected)));
        assert_eq!(rhythm.last_expected(at(now), at(now)), None, "what was due before the feed was there");
    }

    #[test]
    fn of_a_feed_that_has_no_rhythm_nothing_is_expected() {
        let timing = Timing::default();
        let rhythm = Rhythm { timing: &timing, zone: Tz::Asia__Seoul, usual: None, lag: 0 };
        assert_eq!(rhythm.last_expected(DateTime::UNIX_EPOCH, at("2025-12-18T20:00:00Z")), None);
    }

    #[test]
    fn the_lag_is_what_is_usual() {
        let arrivals = [
            (day("2025-12-16"), at("2025-12-17T07:00:00+09:00")),
            (day("2025-12-17"), at("2025-12-18T07:00:00+09:00")),
            (day("2025-12-18"), at("2025-12-18T23:00:00+09:00")),
        ];
        assert_eq!(usual_lag(&arrivals, Tz::Asia__Seoul), 1);
        assert_eq!(usual_lag(&[], Tz::Asia__Seoul), 0);
    }
}
