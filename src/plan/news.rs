//! Whether a digest that arrives is for anybody: news, archived, or not yet.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::model::DigestDate;

use crate::model::civil::first_instant;

/// Whether a digest that arrives is news. One that is not is archived: kept for look-up and sent to nobody.
///
/// It is news if it arrives within `fresh_within` of the later of its own date (a day alone counts to its end)
/// and the feed's last successful load before this one, so that an outage archives nothing new. At the feed's
/// first successful load (`last_load` is `None`) everything is archived. `zone` is the feed's.
pub fn is_news(
    date: &DigestDate,
    zone: Tz,
    arrived_at: DateTime<Utc>,
    last_load: Option<DateTime<Utc>>,
    fresh_within: TimeDelta,
) -> bool {
    let Some(last_load) = last_load else { return false };
    arrived_at.signed_duration_since(date.instant(zone).max(last_load)) <= fresh_within
}

/// The instant until which a digest has to wait because its date lies in the future, as Jekyll does it (a day
/// alone begins at midnight). `None`: it need not wait. `zone` is the feed's.
pub fn waits_until(date: &DigestDate, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let begins = match date {
        DigestDate::Day(day) => first_instant(day.and_time(NaiveTime::MIN), zone)?,
        DigestDate::Local(civil) => first_instant(*civil, zone)?,
        DigestDate::Instant(at) => at.to_utc(),
    };
    (begins > now).then_some(begins)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn day() -> DigestDate {
        DigestDate::Day(NaiveDate::from_ymd_opt(2025, 12, 17).unwrap())
    }

    fn instant(text: &str) -> DigestDate {
        DigestDate::Instant(DateTime::parse_from_rfc3339(text).unwrap())
    }

    #[rstest]
    #[case::on_time(
        instant("2025-12-17T16:09:26+09:00"),
        "2025-12-17T16:15:00+09:00",
        Some("2025-12-17T16:10:00+09:00"),
        true
    )]
    #[case::within_a_day(
        instant("2025-12-17T16:09:26+09:00"),
        "2025-12-18T16:09:26+09:00",
        Some("2025-12-17T16:00:00+09:00"),
        true
    )]
    #[case::too_old(
        instant("2025-12-15T16:09:26+09:00"),
        "2025-12-18T16:10:00+09:00",
        Some("2025-12-17T16:00:00+09:00"),
        false
    )]
    #[case::old_but_found_after_an_outage(
        instant("2025-12-15T16:09:26+09:00"),
        "2025-12-18T10:00:00+09:00",
        Some("2025-12-17T12:00:00+09:00"),
        true
    )]
    #[case::an_outage_of_days_then_found_late(
        instant("2025-12-10T16:09:26+09:00"),
        "2025-12-18T10:00:00+09:00",
        Some("2025-12-10T12:00:00+09:00"),
        false
    )]
    #[case::at_the_first_load(instant("2025-12-17T16:09:26+09:00"), "2025-12-17T16:10:00+09:00", None, false)]
    #[case::a_day_counts_to_its_end(
        day(),
        "2025-12-18T23:59:59+09:00",
        Some("2025-12-17T00:00:00+09:00"),
        true
    )]
    #[case::a_day_is_over(day(), "2025-12-19T00:00:00+09:00", Some("2025-12-17T00:00:00+09:00"), false)]
    #[case::dated_ahead(
        instant("2026-01-01T00:00:00+09:00"),
        "2025-12-17T16:10:00+09:00",
        Some("2025-12-17T16:00:00+09:00"),
        true
    )]
    fn news_is_what_arrives_in_time(
        #[case] date: DigestDate,
        #[case] arrived: &str,
        #[case] last_load: Option<&str>,
        #[case] expected: bool,
    ) {
        let news = is_news(&date, Tz::Asia__Seoul, at(arrived), last_load.map(at), TimeDelta::hours(24));
        assert_eq!(news, expected);
    }

    #[rstest]
    #[case::past(instant("2025-12-17T16:09:26+09:00"), None)]
    #[case::future(instant("2025-12-17T16:10:01+09:00"), Some("2025-12-17T16:10:01+09:00"))]
    #[case::today(day(), None)]
    #[case::tomorrow(
        DigestDate::Day(NaiveDate::from_ymd_opt(2025, 12, 18).unwrap()),
        Some("2025-12-18T00:00:00+09:00")
    )]
    #[case::later_today(
        DigestDate::Local(NaiveDate::from_ymd_opt(2025, 12, 17).unwrap().and_hms_opt(18, 0, 0).unwrap()),
        Some("2025-12-17T18:00:00+09:00")
    )]
    fn a_digest_dated_ahead_waits(#[case] date: DigestDate, #[case] until: Option<&str>) {
        let now = at("2025-12-17T16:10:00+09:00");
        assert_eq!(waits_until(&date, Tz::Asia__Seoul, now), until.map(at));
    }
}
