//! When a feed's digests usually come, and by when one should have come.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use crate::model::civil::first_instant;

/// How many arrivals, the latest ones, the usual time is learned from.
pub const LEARN_FROM: usize = 14;

/// Fewer arrivals than this teach nothing.
const AT_LEAST: usize = 3;

/// A digest counts as late this long after its usual time.
const GRACE: TimeDelta = TimeDelta::minutes(30);

const DAY: u32 = 24 * 60 * 60;

/// The local time at which digests usually arrive: the median of the last [`LEARN_FROM`] arrivals, which are given
/// in the feed's zone, the latest last. `None` while there were fewer than three.
///
/// Times of day lie on a circle: 23:50 and 00:10 have midnight between them, not noon. It is cut open where
/// arrivals lie farthest apart.
pub fn usual_arrival(arrivals: &[NaiveTime]) -> Option<NaiveTime> {
    let last = &arrivals[arrivals.len().saturating_sub(LEARN_FROM)..];
    if last.len() < AT_LEAST {
        return None;
    }
    let mut seconds: Vec<u32> = last.iter().map(NaiveTime::num_seconds_from_midnight).collect();
    seconds.sort_unstable();
    let count = seconds.len();
    let gap_before = |place: &usize| (seconds[*place] + DAY - seconds[(place + count - 1) % count]) % DAY;
    // All at the same second leaves no gap; any start will do then.
    let start = (0..count).max_by_key(gap_before).unwrap_or(0);
    let unrolled = |place: usize| match (start + place) % count {
        place if place < start => seconds[place] + DAY,
        place => seconds[place],
    };
    let median = (unrolled((count - 1) / 2) + unrolled(count / 2)) / 2;
    NaiveTime::from_num_seconds_from_midnight_opt(median % DAY, 0)
}

/// The same for instants, as local times in the feed's zone.
pub fn usual_in(arrivals: &[DateTime<Utc>], zone: Tz) -> Option<NaiveTime> {
    let local: Vec<NaiveTime> = arrivals.iter().map(|at| at.with_timezone(&zone).time()).collect();
    usual_arrival(&local)
}

/// When a feed's digest should be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// The local time.
    time: NaiveTime,
    /// What is added to it.
    grace: TimeDelta,
    /// The feed's zone.
    zone: Tz,
}

impl Expectation {
    /// What is expected of a feed: its `expect_by`, or half an hour after its usual arrival; `None` if neither is
    /// known. Both are in `zone`, the feed's.
    pub fn new(expect_by: Option<NaiveTime>, usual: Option<NaiveTime>, zone: Tz) -> Option<Self> {
        match (expect_by, usual) {
            (Some(time), _) => Some(Self { time, grace: TimeDelta::zero(), zone }),
            (None, Some(time)) => Some(Self { time, grace: GRACE, zone }),
            (None, None) => None,
        }
    }

    /// The last instant up to `until` at which a digest should have been there.
    pub fn last_at_or_before(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = until.with_timezone(&self.zone).date_naive();
        // With the grace, today's and yesterday's may both lie ahead of an `until` shortly after midnight.
        (0..=2)
            .filter_map(|back| today.checked_sub_days(Days::new(back)))
            .filter_map(|day| first_instant(day.and_time(self.time), self.zone))
            .filter_map(|at| at.checked_add_signed(self.grace))
            .find(|at| *at <= until)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn times(texts: &[&str]) -> Vec<NaiveTime> {
        texts.iter().map(|text| time(text)).collect()
    }

    fn time(text: &str) -> NaiveTime {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[rstest]
    #[case::nothing_yet(&[], None)]
    #[case::too_few(&["16:00:00", "16:10:00"], None)]
    #[case::an_outlier(&["16:09:00", "16:05:00", "23:00:00"], Some("16:09:00"))]
    #[case::an_even_count(&["16:00:00", "16:08:00", "16:10:00", "16:20:00"], Some("16:09:00"))]
    #[case::around_midnight(&["23:50:00", "00:10:00", "00:20:00"], Some("00:10:00"))]
    #[case::across_midnight(&["23:50:00", "23:58:00", "00:04:00", "00:10:00"], Some("00:01:00"))]
    #[case::always_the_same(&["16:09:26", "16:09:26", "16:09:26"], Some("16:09:26"))]
    fn the_usual_arrival_is_the_median(#[case] arrivals: &[&str], #[case] usual: Option<&str>) {
        assert_eq!(usual_arrival(&times(arrivals)), usual.map(time));
    }

    #[test]
    fn only_the_last_fourteen_arrivals_count() {
        let arrivals = [vec![time("09:00:00"); 20], vec![time("16:00:00"); LEARN_FROM]].concat();
        assert_eq!(usual_arrival(&arrivals), Some(time("16:00:00")));
    }

    #[rstest]
    #[case::set(
        Some("08:00:00"),
        Some("16:09:00"),
        "2025-12-18T09:00:00+09:00",
        Some("2025-12-18T08:00:00+09:00")
    )]
    #[case::learned(None, Some("16:09:00"), "2025-12-18T09:00:00+09:00", Some("2025-12-17T16:39:00+09:00"))]
    #[case::learned_past_midnight(
        None,
        Some("23:45:00"),
        "2025-12-18T00:10:00+09:00",
        Some("2025-12-17T00:15:00+09:00")
    )]
    #[case::exactly_then(
        Some("08:00:00"),
        None,
        "2025-12-18T08:00:00+09:00",
        Some("2025-12-18T08:00:00+09:00")
    )]
    #[case::unknown(None, None, "2025-12-18T09:00:00+09:00", None)]
    fn a_digest_is_expected_once_a_day(
        #[case] expect_by: Option<&str>,
        #[case] usual: Option<&str>,
        #[case] until: &str,
        #[case] expected: Option<&str>,
    ) {
        let expectation = Expectation::new(expect_by.map(time), usual.map(time), Tz::Asia__Seoul);
        let last = expectation.and_then(|expectation| expectation.last_at_or_before(at(until)));
        assert_eq!(last, expected.map(at));
    }
}
