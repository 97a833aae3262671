//! Slots on the days on which clocks change, and on all others.

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn slots(schedule: &str, zone: Tz) -> Slots {
    Slots::new(&schedule.parse().unwrap(), zone)
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// The slots after an instant, as local clocks show them.
fn shown(schedule: &str, zone: Tz, after: &str, many: usize) -> Vec<String> {
    let local = |slot: DateTime<Utc>| slot.with_timezone(&zone).format("%m-%d %H:%M %Z").to_string();
    slots(schedule, zone).iter_after(at(after)).take(many).map(local).collect()
}

#[rstest]
#[case::no_changes("09:00", Tz::Asia__Seoul, "2025-12-17T00:00:00Z", &["12-18 09:00 KST", "12-19 09:00 KST"])]
#[case::two_a_day("08:30,18:00", Tz::Asia__Seoul, "2025-12-17T00:00:00Z", &["12-17 18:00 KST", "12-18 08:30 KST"])]
#[case::weekdays("weekdays 09:00", Tz::Asia__Seoul, "2025-12-19T00:00:00Z", &["12-22 09:00 KST", "12-23 09:00 KST"])]
#[case::leap_day("0 9 29 2 *", Tz::Asia__Seoul, "2025-01-01T00:00:00Z", &["02-29 09:00 KST"])]
#[case::day_31("0 9 31 * *", Tz::Asia__Seoul, "2026-02-01T00:00:00Z", &["03-31 09:00 KST", "05-31 09:00 KST"])]
#[case::forward_fires_at_the_jump(
    "02:30", Tz::America__New_York, "2026-03-07T12:00:00Z", &["03-08 03:00 EDT", "03-09 02:30 EDT"]
)]
#[case::two_in_a_gap_fire_once(
    "02:15,02:45", Tz::America__New_York, "2026-03-07T12:00:00Z", &["03-08 03:00 EDT", "03-09 02:15 EDT"]
)]
#[case::a_gap_and_the_time_after_it_fire_once(
    "02:30,03:00", Tz::America__New_York, "2026-03-07T12:00:00Z", &["03-08 03:00 EDT", "03-09 02:30 EDT"]
)]
#[case::cron_dated_in_a_gap("30 2 8 3 *", Tz::America__New_York, "2026-01-01T00:00:00Z", &["03-08 03:00 EDT", "03-08 02:30 EST"])]
#[case::back_fires_the_first_time(
    "01:30", Tz::America__New_York, "2026-10-31T12:00:00Z", &["11-01 01:30 EDT", "11-02 01:30 EST"]
)]
#[case::back_skips_the_repeated_hour(
    "*/30 1 * * *", Tz::America__New_York, "2026-10-31T12:00:00Z", &["11-01 01:00 EDT", "11-01 01:30 EDT", "11-02 01:00 EST"]
)]
#[case::berlin_forward("02:30", Tz::Europe__Berlin, "2026-03-28T12:00:00Z", &["03-29 03:00 CEST", "03-30 02:30 CEST"])]
#[case::berlin_back("02:30", Tz::Europe__Berlin, "2026-10-24T12:00:00Z", &["10-25 02:30 CEST", "10-26 02:30 CET"])]
#[case::half_an_hour_forward(
    "02:15", Tz::Australia__Lord_Howe, "2026-10-03T00:00:00Z", &["10-04 02:30 +11", "10-05 02:15 +11"]
)]
#[case::half_an_hour_back(
    "01:45", Tz::Australia__Lord_Howe, "2026-04-04T00:00:00Z", &["04-05 01:45 +11", "04-06 01:45 +1030"]
)]
#[case::a_day_that_was_skipped(
    "09:00", Tz::Pacific__Apia, "2011-12-28T23:00:00Z", &["12-29 09:00 -10", "12-31 00:00 +14", "12-31 09:00 +14"]
)]
#[case::midnight_that_was_skipped(
    "00:00", Tz::America__Sao_Paulo, "2018-11-03T12:00:00Z", &["11-04 01:00 -02", "11-05 00:00 -02"]
)]
fn slots_follow_the_clocks_on_the_wall(
    #[case] schedule: &str,
    #[case] zone: Tz,
    #[case] after: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(shown(schedule, zone, after, expected.len()), expected);
}

#[test]
fn a_slot_is_not_after_itself_and_is_at_itself() {
    let slots = slots("09:00", Tz::Asia__Seoul);
    let slot = at("2025-12-17T00:00:00Z");
    assert_eq!(slots.after(slot - TimeDelta::milliseconds(1)), Some(slot));
    assert_eq!(slots.after(slot), Some(slot + TimeDelta::days(1)));
    assert_eq!(slots.at_or_before(slot), Some(slot));
    assert_eq!(slots.at_or_before(slot - TimeDelta::milliseconds(1)), Some(slot - TimeDelta::days(1)));
}

#[test]
fn what_fired_before_the_clocks_went_back_is_past_in_the_repeated_hour() {
    let slots = slots("01:30", Tz::America__New_York);
    let fired = at("2026-11-01T05:30:00Z");
    let repeated = at("2026-11-01T06:10:00Z");
    assert_eq!(slots.at_or_before(repeated), Some(fired));
    assert_eq!(slots.after(repeated), Some(at("2026-11-02T06:30:00Z")));
}

#[test]
fn now_has_no_slots_and_the_ends_of_time_have_none() {
    assert_eq!(slots("now", Tz::UTC).after(DateTime::UNIX_EPOCH), None);
    for zone in [Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago] {
        for schedule in ["09:00", "0 9 * * *"] {
            assert_eq!(slots(schedule, zone).after(DateTime::<Utc>::MAX_UTC), None);
            let _ = slots(schedule, zone).at_or_before(DateTime::<Utc>::MAX_UTC);
            let _ = slots(schedule, zone).after(DateTime::<Utc>::MIN_UTC);
            assert_eq!(slots(schedule, zone).at_or_before(DateTime::<Utc>::MIN_UTC), None);
        }
    }
}

#[test]
fn in_every_zone_a_daily_slot_fires_on_each_day_of_2026_once() {
    let new_year = |year, zone| {
        let civil = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        first_instant(civil, zone).unwrap() - TimeDelta::milliseconds(1)
    };
    for zone in TZ_VARIANTS {
        let end = new_year(2027, zone);
        for time in ["00:00", "00:30", "02:30", "03:00", "23:45"] {
            let slots = slots(time, zone);
            let count = slots.iter_after(new_year(2026, zone)).take_while(|slot| *slot <= end).count();
            assert_eq!(count, 365, "{time} in {zone}");
        }
    }
}

/// Schedules of every kind, dense and sparse.
const SCHEDULES: &[&str] = &[
    "09:00",
    "00:00,02:30,23:59",
    "weekdays 09:00",
    "mon,thu 02:15",
    "0,30 1-3 * * *",
    "0 0 29 2 *",
    "30 2 1,15 * 0",
    "0 */2 * * *; sun 01:30",
];

proptest! {
    #[test]
    fn slots_rise_and_lie_after_what_was_asked(
        zone in prop::sample::select(&TZ_VARIANTS[..]),
        schedule in prop::sample::select(SCHEDULES),
        minute in 0i64..60 * 24 * 365 * 60,
        millis in 0i64..60_000,
    ) {
        let slots = slots(schedule, zone);
        let start = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute) + TimeDelta::milliseconds(millis);
        let mut last = start;
        for slot in slots.iter_after(start).take(4) {
            prop_assert!(slot > last);
            prop_assert_eq!(slots.at_or_before(slot), Some(slot));
            // Whatever fired before is no later than where the search began.
            if let Some(before) = slots.at_or_before(slot - TimeDelta::milliseconds(1)) {
                prop_assert!(before <= last, "{} was passed over between {} and {}", before, last, slot);
            }
            last = slot;
        }
    }
}

proptest! {
    /// `croner` is another implementation of cron, which knows zones. It treats an hour that clocks repeat as we
    /// do only where minute and hour are single values, and takes `*/5` for a restricted day, which Vixie's cron
    /// does not; so neither is compared.
    #[test]
    fn another_implementation_of_cron_agrees(
        zone in prop::sample::select(&[
            Tz::Asia__Seoul, Tz::America__New_York, Tz::Europe__Berlin, Tz::Australia__Lord_Howe, Tz::America__Sao_Paulo,
            Tz::Africa__Cairo,
        ][..]),
        minute in 0u32..60,
        hour in 0u32..24,
        days in prop::sample::select(&["*", "1", "8", "29-31", "1,15", "1-31/5"][..]),
        months in prop::sample::select(&["*", "2", "3,10-11", "*/2"][..]),
        weekdays in prop::sample::select(&["*", "0", "7", "1-5", "sun", "1,3"][..]),
        start in 0i64..60 * 24 * 365 * 12,
    ) {
        let expression = format!("{minute} {hour} {days} {months} {weekdays}");
        let start = at("2015-01-01T00:00:00Z") + TimeDelta::minutes(start);
        // The crate's years end there.
        let end = at("2100-01-01T00:00:00Z");
        let ours: Vec<_> = slots(&expression, zone).iter_after(start).take_while(|at| *at < end).take(20).collect();
        let cron: croner::Cron = expression.parse().unwrap();
        let theirs = cron.iter_after(start.with_timezone(&zone)).map(|at| at.to_utc());
        let theirs: Vec<_> = theirs.take_while(|at| *at < end).take(20).collect();
        prop_assert_eq!(ours, theirs, "{} in {}", expression, zone);
    }
}
