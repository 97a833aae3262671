//! Dates as people write them into front matter.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::model::DigestDate;

/// Reads a date: `2025-12-17 16:09:26 +0900`, ISO 8601, `2026.03.26 08:08 KST`, `2026/03/26`, `2026년 3월 26일`.
/// A zone that nobody knows, or anything else behind the time, makes it no date.
pub(crate) fn read(text: &str) -> Option<DigestDate> {
    let (day, rest) = day(text.trim())?;
    // The weekday some write behind the day: `2026-03-26 (목) 08:08`.
    let rest = match rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((weekday, rest)) if weekday.chars().count() <= 9 => rest,
        _ => rest,
    };
    let rest = rest.trim_start_matches([' ', 'T', 't', ',', '\t']);
    if rest.is_empty() {
        return Some(DigestDate::Day(day));
    }
    let (time, zone) = time(rest)?;
    let local = day.and_time(time);
    if zone.is_empty() {
        return Some(DigestDate::Local(local));
    }
    offset(zone, local)?.from_local_datetime(&local).single().map(DigestDate::Instant)
}

/// Whether a text begins with a day, whatever stands behind that.
pub(crate) fn begins(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && day(text).is_some()
}

fn day(text: &str) -> Option<(NaiveDate, &str)> {
    if let Some(found) = english_day(text) {
        return Some(found);
    }
    if let Some(found) = short_day(text) {
        return Some(found);
    }
    let (year, rest) = digits(text, 4, 4)?;
    let (month, rest) = digits(between(rest, '년')?, 1, 2)?;
    let (day, rest) = digits(between(rest, '월')?, 1, 2)?;
    let rest = rest.trim_start_matches(' ').strip_prefix('일').unwrap_or(rest);
    // Korean dates may end in a full stop: `2026. 3. 26.`
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

/// `25.12.17`, `'25.12.17.`, `25년 12월 17일`. Years before 2020 are no news, and `10.12.17` is another day elsewhere.
fn short_day(text: &str) -> Option<(NaiveDate, &str)> {
    let (year, rest) = digits(text.trim_start_matches(['\'', '‘', '’']), 2, 2)?;
    let unit = rest.starts_with(['년', '.'].as_slice()).then_some(rest)?;
    let (month, rest) = digits(between(unit, '년')?, 2, 2)
        .or_else(|| digits(between(unit, '년')?, 1, 2).filter(|_| unit.starts_with('년')))?;
    let (day, rest) = digits(between(rest, '월')?, 2, 2)
        .or_else(|| digits(between(rest, '월')?, 1, 2).filter(|_| unit.starts_with('년')))?;
    let rest = rest.trim_start_matches(' ').strip_prefix('일').unwrap_or(rest);
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    if year < 20 || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((NaiveDate::from_ymd_opt(i32::try_from(2000 + year).ok()?, month, day)?, rest))
}

/// Whether a text is a day, if without its year: `12/17`, `12.17(수)`, `12월 17일`.
pub(crate) fn is_day(text: &str) -> bool {
    if read(text).is_some() {
        return true;
    }
    let text = text.trim();
    let day = || {
        let (month, rest) = digits(text, 1, 2)?;
        let rest = rest.trim_start_matches(' ').strip_prefix(['/', '.', '월'])?.trim_start_matches(' ');
        let (day, rest) = digits(rest, 1, 2)?;
        let rest = rest.trim_start_matches(['일', '.', ' ']);
        let is_weekday =
            |rest: &str| rest.starts_with('(') && rest.ends_with(')') && rest.chars().count() <= 5;
        Some((1..=12).contains(&month) && (1..=31).contains(&day) && (rest.is_empty() || is_weekday(rest)))
    };
    day().unwrap_or(false)
}

/// `Dec 17, 2025`, `December 17 2025`, `17 Dec 2025`.
fn english_day(text: &str) -> Option<(NaiveDate, &str)> {
    let (month, day, rest) = match month(text) {
        Some((month, rest)) => {
            let (day, rest) = digits(rest.trim_start_matches(['.', ' ']), 1, 2)?;
            (month, day, rest)
        }
        None => {
            let (day, rest) = digits(text, 1, 2)?;
            let (month, rest) = month(rest.trim_start_matches(' '))?;
            (month, day, rest.trim_start_matches('.'))
        }
    };
    let (year, rest) = digits(rest.trim_start_matches([',', ' ']), 4, 4)?;
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

/// The number of the month that a text begins with, and what follows its name.
fn month(text: &str) -> Option<(u32, &str)> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let len = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at_checked(len)?;
    let begins = |month: &str| month.get(..len).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let number = (1..).zip(MONTHS).find(|(_, month)| len >= 3 && begins(month))?.0;
    Some((number, rest))
}

/// Skips one of `- . /` or the unit, with blanks around.
fn between(text: &str, unit: char) -> Option<&str> {
    text.trim_start_matches(' ').strip_prefix(['-', '.', '/', unit]).map(|rest| rest.trim_start_matches(' '))
}

/// `08:08`, `08:08:59`, `08:08:59.123`, and what follows it.
fn time(text: &str) -> Option<(NaiveTime, &str)> {
    let (hour, rest) = digits(text, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2, 2)?,
        None => (0, rest),
    };
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    Some((NaiveTime::from_hms_opt(hour, minute, second)?, rest.trim()))
}

fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let len = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(len)?;
    if len < least { None } else { Some((number.parse().ok()?, rest)) }
}

/// `Z`, `+0900`, `+09:00`, `+9`, an abbreviation that means one thing to a publisher here, or an IANA name.
fn offset(zone: &str, local: NaiveDateTime) -> Option<FixedOffset> {
    let hours = |hours: i32| FixedOffset::east_opt(hours * 3600);
    match zone.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" => return hours(0),
        "KST" | "JST" => return hours(9),
        "EST" => return hours(-5),
        "EDT" => return hours(-4),
        "PST" => return hours(-8),
        "PDT" => return hours(-7),
        _ => {}
    }
    if let Some(sign) = zone.chars().next().filter(|c| matches!(c, '+' | '-')) {
        let (hour, rest) = digits(zone.get(1..)?, 1, 2)?;
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        let (minute, rest) = if rest.is_empty() { (0, rest) } else { digits(rest, 2, 2)? };
        if !rest.is_empty() || hour > 14 || minute > 59 {
            return None;
        }
        let seconds = i32::try_from(hour * 3600 + minute * 60).ok()?;
        return FixedOffset::east_opt(if sign == '-' { -seconds } else { seconds });
    }
    let zone: Tz = zone.parse().ok()?;
    zone.offset_from_local_datetime(&local).earliest().map(|offset| offset.fix())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::jekyll("2025-12-17 16:09:26 +0900", "2025-12-17 16:09:26 +0900")]
    #[case::iso_zulu("2025-12-17T07:09:26Z", "2025-12-17 07:09:26 +0000")]
    #[case::iso_offset("2025-12-17T16:09:26.123+09:00", "2025-12-17 16:09:26 +0900")]
    #[case::west("2025-12-17 02:09 -05:00", "2025-12-17 02:09:00 -0500")]
    #[case::day_alone("2025-12-17", "2025-12-17")]
    #[case::dots_and_kst("2026.03.26 08:08 KST", "2026-03-26 08:08:00 +0900")]
    #[case::dots_and_blanks("2026. 3. 26.", "2026-03-26")]
    #[case::slashes("2026/3/6", "2026-03-06")]
    #[case::korean("2026년 3월 26일 08:08", "2026-03-26 08:08:00")]
    #[case::weekday("2026-03-26 (목) 08:08", "2026-03-26 08:08:00")]
    #[case::short("25.12.17", "2025-12-17")]
    #[case::short_with_time("'26.01.05. 08:08", "2026-01-05 08:08:00")]
    #[case::short_korean("25년 12월 7일", "2025-12-07")]
    #[case::no_zone("2025-12-17 16:09", "2025-12-17 16:09:00")]
    #[case::named_zone("2025-07-01 09:00 America/New_York", "2025-07-01 09:00:00 -0400")]
    #[case::english("Dec 17, 2025", "2025-12-17")]
    #[case::english_day_first("17 December 2025 16:09", "2025-12-17 16:09:00")]
    #[case::short_offset("2025-12-17 16:09 +9", "2025-12-17 16:09:00 +0900")]
    fn dates_that_people_write_are_read(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(super::read(text).map(|date| date.to_string()).as_deref(), Some(shown));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::words("어제")]
    #[case::no_such_day("2025-02-30")]
    #[case::no_such_hour("2025-12-17 25:00")]
    #[case::unknown_zone("2025-12-17 16:09 XYZ")]
    #[case::offset_too_far("2025-12-17 16:09 +2500")]
    #[case::longer_day("2025-12-171")]
    #[case::version("24.4.1")]
    #[case::short_and_old("19.12.17")]
    #[case::short_and_longer("25.12.171")]
    #[case::more_text("2025-12-17 저녁")]
    fn anything_else_is_no_date(#[case] text: &str) {
        assert_eq!(super::read(text), None);
    }

    #[rstest]
    #[case::slash("1/31", true)]
    #[case::dots_and_weekday("12.17(수)", true)]
    #[case::korean("12월 17일", true)]
    #[case::whole("2025-12-17", true)]
    #[case::no_such_month("13/31", false)]
    #[case::share("3/4분기", false)]
    #[case::number("3.14159", false)]
    fn days_need_no_year(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(super::is_day(text), expected);
    }
}
