//! For how long something holds: `7d`, `2주`, `12시간`, `until 2026-01-05`, `12월 24일 09:00까지`, `내일까지`.

use std::ops::Range;

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization as _;

use super::day::parse_day;

/// The most words of one: `until 2026년 1월 5일 09:00`.
const MOST_WORDS: usize = 5;
/// The longest, in days; whatever is longer is for good.
const MOST_DAYS: i64 = 3_660;

/// The instant at which something ends that begins `now`; days and hours are those of `zone`. `None`: the text says
/// no stretch of time, or one that is over.
pub fn parse_span(text: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let text: String = text.nfkc().flat_map(char::to_lowercase).take(60).collect();
    let text = text.trim();
    let end = counted(text, now).or_else(|| until(text, now, zone))?;
    (end > now && end - now <= TimeDelta::days(MOST_DAYS)).then_some(end)
}

/// Where among words a stretch of time is named, the longest way.
pub fn find(words: &[&str]) -> Option<Range<usize>> {
    (1..=words.len().min(MOST_WORDS)).rev().find_map(|count| {
        (0..=words.len() - count)
            .map(|start| start..start + count)
            .find(|range| is_meant_as_span(&words[range.clone()].join(" ")))
    })
}

/// Whether a text is meant as one, whatever day it is.
fn is_meant_as_span(text: &str) -> bool {
    let text: String = text.nfkc().flat_map(char::to_lowercase).take(60).collect();
    counted(text.trim(), DateTime::UNIX_EPOCH).is_some()
        || until(text.trim(), DateTime::UNIX_EPOCH, Tz::UTC).is_some()
}

/// `7d`, `for 2 weeks`, `3일 동안`.
fn counted(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("for ").unwrap_or(text);
    let text = text.strip_suffix("동안").unwrap_or(text).trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
    let by = |span: TimeDelta| now.checked_add_signed(span.checked_mul(i32::try_from(count).ok()?)?);
    match unit.trim() {
        "h" | "hour" | "hours" | "시간" => by(TimeDelta::hours(1)),
        "d" | "day" | "days" | "일" => by(TimeDelta::days(1)),
        "w" | "week" | "weeks" | "주" | "주일" => by(TimeDelta::weeks(1)),
        "month" | "months" | "달" | "개월" => now.checked_add_months(Months::new(count)),
        _ => None,
    }
}

/// `until 2026-01-05`, `12월 24일 09:00까지`: a day without a time begins at midnight, one without a year is the next.
fn until(text: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("until ").or_else(|| text.strip_suffix("까지"))?.trim();
    let today = now.with_timezone(&zone).date_naive();
    let (day, time) = match text.rsplit_once(' ') {
        Some((day, time)) if clock(time).is_some() => (Some(day), clock(time)),
        _ if clock(text).is_some() => (None, clock(text)),
        _ => (Some(text), None),
    };
    let time = time.unwrap_or_default();
    let local = match day {
        Some(day) => coming(day, today)?.and_time(time),
        None => today.and_time(time),
    };
    let instant = |local| {
        // A time that clocks jump over is the moment at which they jump, within the hour.
        let at = zone.from_local_datetime(&local).earliest();
        at.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest())
            .map(|at| at.to_utc())
    };
    let end = instant(local)?;
    if day.is_none() && end <= now { instant(local.checked_add_days(Days::new(1))?) } else { Some(end) }
}

fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

/// The next day of that name; one with its year may be over.
fn coming(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    match text.trim() {
        "tomorrow" | "내일" => return today.checked_add_days(Days::new(1)),
        "모레" => return today.checked_add_days(Days::new(2)),
        _ => {}
    }
    let day = parse_day(text, today)?;
    let has_year = text.trim_start().chars().take(4).filter(char::is_ascii_digit).count() == 4;
    let is_weekday =
        day < today && today - day < TimeDelta::days(7) && !text.contains(|c: char| c.is_ascii_digit());
    match () {
        () if has_year || day > today => Some(day),
        () if is_weekday || day == today && !text.contains(|c: char| c.is_ascii_digit()) => {
            day.checked_add_days(Days::new(7))
        }
        () if day < today => day.checked_add_months(Months::new(12)),
        () => Some(day),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("7d", Some("2025-12-24T10:00:00+09:00"))]
    #[case("for 2 weeks", Some("2025-12-31T10:00:00+09:00"))]
    #[case("12시간", Some("2025-12-17T22:00:00+09:00"))]
    #[case("3일 동안", Some("2025-12-20T10:00:00+09:00"))]
    #[case("until 2026-01-05", Some("2026-01-05T00:00:00+09:00"))]
    #[case("until 1/5 09:30", Some("2026-01-05T09:30:00+09:00"))]
    #[case("12월 24일까지", Some("2025-12-24T00:00:00+09:00"))]
    #[case("내일 08:00까지", Some("2025-12-18T08:00:00+09:00"))]
    #[case("월요일까지", Some("2025-12-22T00:00:00+09:00"))]
    #[case("until 18:00", Some("2025-12-17T18:00:00+09:00"))]
    #[case("until 09:00", Some("2025-12-18T09:00:00+09:00"))]
    #[case::over("until 2024-01-05", None)]
    #[case::nothing("0d", None)]
    #[case::too_long("99999999d", None)]
    #[case::no_unit("7", None)]
    #[case::a_word("테슬라", None)]
    fn people_say_how_long_in_many_ways(#[case] text: &str, #[case] end: Option<&str>) {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        // A Wednesday.
        let now = at("2025-12-17T10:00:00+09:00");
        assert_eq!(parse_span(text, now, Tz::Asia__Seoul), end.map(at));
    }

    #[rstest]
    #[case(&["테슬라", "7d"], Some(1..2))]
    #[case(&["until", "2026-01-05", "테슬라"], Some(0..2))]
    #[case(&["데이터", "센터", "12월", "24일까지"], Some(2..4))]
    #[case(&["데이터", "센터"], None)]
    fn it_is_found_among_words(#[case] words: &[&str], #[case] place: Option<Range<usize>>) {
        assert_eq!(find(words), place);
    }
}
