//! What an admin is told on subscribing: the first delivery, and a better time where the chosen one is too early.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

use crate::model::schedule::Schedule;

use super::slots::{Slots, next_slot};
use crate::model::civil::first_instant;

/// A slot that lies less than this before the usual arrival brings the day before's digest.
const JUST_BEFORE: TimeDelta = TimeDelta::hours(1);

/// A better slot lies at least this long after the usual arrival, on a round time.
const MARGIN_MINUTES: u32 = 5;

/// How far ahead slots are looked at: the rules repeat after a week, but for dates in cron expressions.
const LOOK_AHEAD: TimeDelta = TimeDelta::days(8);

/// A slot that comes just before the digest does. The times are those of the subscription's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooEarly {
    /// The slot.
    pub slot: NaiveTime,
    /// When the digest usually arrives.
    pub usual: NaiveTime,
    /// The slot to take instead.
    pub better: NaiveTime,
}

/// When a new subscription is first delivered: its first slot. `None`: as soon as there is news (`now`).
pub fn first_delivery(schedule: &Schedule, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    next_slot(schedule, zone, now)
}

/// Finds a slot of a schedule in `zone` that lies less than an hour before the feed's usual arrival (a local time
/// in `feed_zone`), and the time that would do better.
pub fn better_slot(
    schedule: &Schedule,
    zone: Tz,
    usual: NaiveTime,
    feed_zone: Tz,
    now: DateTime<Utc>,
) -> Option<TooEarly> {
    let slots = Slots::new(schedule, zone);
    let soon = slots.iter_after(now).take_while(|slot| *slot < now + LOOK_AHEAD);
    soon.filter_map(|slot| {
        let arrival = next_arrival(usual, feed_zone, slot)?;
        if arrival - slot >= JUST_BEFORE {
            return None;
        }
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).time();
        Some(TooEarly { slot: local(slot), usual: local(arrival), better: rounded_up(local(arrival)) })
    })
    .next()
}

/// The first usual arrival at or after an instant.
fn next_arrival(usual: NaiveTime, zone: Tz, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let today = from.with_timezone(&zone).date_naive();
    (0..=2)
        .filter_map(|ahead| today.checked_add_days(Days::new(ahead)))
        .filter_map(|day| first_instant(day.and_time(usual), zone))
        .find(|at| *at >= from)
}

/// The first multiple of five minutes that leaves the margin.
fn rounded_up(time: NaiveTime) -> NaiveTime {
    let minutes = time.num_seconds_from_midnight().div_ceil(60) + MARGIN_MINUTES;
    let rounded = minutes.div_ceil(5) * 5 % (24 * 60);
    NaiveTime::from_hms_opt(rounded / 60, rounded % 60, 0).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::just_before("16:00", Tz::Asia__Seoul, Some(("16:00:00", "16:09:00", "16:15:00")))]
    #[case::long_before("09:00", Tz::Asia__Seoul, None)]
    #[case::an_hour_before("15:09", Tz::Asia__Seoul, None)]
    #[case::after("16:15", Tz::Asia__Seoul, None)]
    #[case::at_the_very_time("16:09", Tz::Asia__Seoul, Some(("16:09:00", "16:09:00", "16:15:00")))]
    #[case::one_of_two("08:30,16:00", Tz::Asia__Seoul, Some(("16:00:00", "16:09:00", "16:15:00")))]
    #[case::on_some_days("mon 16:00", Tz::Asia__Seoul, Some(("16:00:00", "16:09:00", "16:15:00")))]
    #[case::in_another_zone("07:00", Tz::Europe__London, Some(("07:00:00", "07:09:00", "07:15:00")))]
    #[case::now("now", Tz::Asia__Seoul, None)]
    fn a_slot_just_before_the_usual_arrival_is_advised_against(
        #[case] schedule: &str,
        #[case] zone: Tz,
        #[case] expected: Option<(&str, &str, &str)>,
    ) {
        let time = |text: &str| text.parse().unwrap();
        let now = DateTime::parse_from_rfc3339("2025-12-17T12:00:00+09:00").unwrap().to_utc();
        let advice = better_slot(&schedule.parse().unwrap(), zone, time("16:09:00"), Tz::Asia__Seoul, now);
        let expected = expected.map(|(slot, usual, better)| TooEarly {
            slot: time(slot),
            usual: time(usual),
            better: time(better),
        });
        assert_eq!(advice, expected);
    }

    #[rstest]
    #[case("16:10:00", "16:15:00")]
    #[case("16:09:26", "16:15:00")]
    #[case("16:10:01", "16:20:00")]
    #[case("23:57:00", "00:05:00")]
    fn the_better_time_is_round_and_leaves_a_margin(#[case] usual: &str, #[case] better: &str) {
        assert_eq!(rounded_up(usual.parse().unwrap()), better.parse::<NaiveTime>().unwrap());
    }

    #[test]
    fn the_first_delivery_is_the_next_slot() {
        let now = DateTime::parse_from_rfc3339("2025-12-17T08:30:00+09:00").unwrap().to_utc();
        let first = first_delivery(&"08:30".parse().unwrap(), Tz::Asia__Seoul, now);
        assert_eq!(first, Some(now + TimeDelta::days(1)));
        assert_eq!(first_delivery(&Schedule::Now, Tz::Asia__Seoul, now), None);
    }
}
