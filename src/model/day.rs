//! Days as people name them when they ask for a digest: `2025-12-17`, `12/17`, `12월 17일`, `어제`, `월요일`,
//! `Dec 17`. A day without a year is the last one that was.

use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use unicode_normalization::UnicodeNormalization as _;

/// The most words that a day has: `2025년 12월 17일 (수)`.
const MOST_WORDS: usize = 4;
/// The most characters that are read: whatever is longer names no day.
const MOST_CHARS: usize = 40;

const WEEKDAYS: [(Weekday, [&str; 4]); 7] = [
    (Weekday::Mon, ["월", "월요일", "mon", "monday"]),
    (Weekday::Tue, ["화", "화요일", "tue", "tuesday"]),
    (Weekday::Wed, ["수", "수요일", "wed", "wednesday"]),
    (Weekday::Thu, ["목", "목요일", "thu", "thursday"]),
    (Weekday::Fri, ["금", "금요일", "fri", "friday"]),
    (Weekday::Sat, ["토", "토요일", "sat", "saturday"]),
    (Weekday::Sun, ["일", "일요일", "sun", "sunday"]),
];

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

/// The day that a text names, seen from `today`. `None`: it names none.
pub fn parse_day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if text.chars().nth(MOST_CHARS).is_some() {
        return None;
    }
    let text = text.nfkc().collect::<String>().to_lowercase();
    // `12월 17일(수)`: the weekday adds nothing.
    let text = text.split('(').next().unwrap_or_default().trim();
    relative(text, today).or_else(|| numbers(text, today)).or_else(|| english(text, today))
}

/// The days of the week that a word names: one of them, `weekdays` or `weekend`, also in Korean. `None`: it names none.
pub fn weekdays(word: &str) -> Option<Vec<Weekday>> {
    let word = word.trim().to_lowercase();
    let days = |range: Range<usize>| WEEKDAYS[range].iter().map(|(day, _)| *day).collect();
    match word.as_str() {
        "weekdays" | "평일" => Some(days(0..5)),
        "weekend" | "주말" => Some(days(5..7)),
        _ => WEEKDAYS.iter().find(|(_, names)| names.contains(&word.as_str())).map(|(day, _)| vec![*day]),
    }
}

/// Where among words a day is named, the longest way, and which.
pub fn find_day(words: &[&str], today: NaiveDate) -> Option<(Range<usize>, NaiveDate)> {
    (1..=words.len().min(MOST_WORDS)).rev().find_map(|count| {
        let at = |start: usize| {
            let range = start..start + count;
            parse_day(&words[range.clone()].join(" "), today).map(|day| (range, day))
        };
        (0..=words.len() - count).find_map(at)
    })
}

fn relative(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let back = match text {
        "오늘" | "today" => 0,
        "어제" | "yesterday" => 1,
        "그제" | "그저께" | "엊그제" => 2,
        _ => match text.strip_suffix("일 전").or_else(|| text.strip_suffix(" days ago")) {
            Some(days) => days.trim().parse().ok()?,
            None => return weekday(text, today),
        },
    };
    today.checked_sub_days(Days::new(back))
}

/// The last such weekday, today included; with `지난` or `last` before it, today left out.
fn weekday(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let bare = text.strip_prefix("지난").or_else(|| text.strip_prefix("last "));
    let name = bare.unwrap_or(text).trim();
    let (wanted, _) = WEEKDAYS.iter().find(|(_, names)| names.contains(&name))?;
    let back = u64::from((7 + today.weekday().num_days_from_monday() - wanted.num_days_from_monday()) % 7);
    today.checked_sub_days(Days::new(if back == 0 && bare.is_some() { 7 } else { back }))
}

fn numbers(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let parts_it = |c: char| matches!(c, '-' | '.' | '/' | '년' | '월' | '일');
    if !text.chars().all(|c| c.is_ascii_digit() || c == ' ' || parts_it(c)) {
        return None;
    }
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [one] if one.len() == 8 => NaiveDate::parse_from_str(one, "%Y%m%d").ok(),
        [day] if text.ends_with('일') => last_of_month(today, day.parse().ok()?),
        [month, day] if text.contains(parts_it) => {
            last_of_year(today, month.parse().ok()?, day.parse().ok()?)
        }
        [year, month, day] if text.contains(parts_it) => {
            let year: i32 = match year.len() {
                2 => 2000 + year.parse::<i32>().ok()?,
                4 => year.parse().ok()?,
                _ => return None,
            };
            NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
        }
        _ => None,
    }
}

/// `Dec 17`, `17 December`, `December 17, 2025`.
fn english(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let mut words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let named = |word: &&str| {
        let word = word.trim_end_matches('.');
        MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(word))
    };
    let (at, month) = words.iter().enumerate().find_map(|(at, word)| Some((at, named(word)?)))?;
    words.remove(at);
    let month = u32::try_from(month + 1).ok()?;
    let number = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok();
    match words.as_slice() {
        [day] => last_of_year(today, month, number(day)?),
        [day, year] => NaiveDate::from_ymd_opt(year.parse().ok()?, month, number(day)?),
        _ => None,
    }
}

/// The last day of this month and day that was, today included. 29 February may be years back.
fn last_of_year(today: NaiveDate, month: u32, day: u32) -> Option<NaiveDate> {
    (0..=8)
        .filter_map(|back| NaiveDate::from_ymd_opt(today.year() - back, month, day))
        .find(|found| *found <= today)
}

fn last_of_month(today: NaiveDate, day: u32) -> Option<NaiveDate> {
    (0..=2)
        .filter_map(|back| today.with_day(1)?.checked_sub_months(Months::new(back))?.with_day(day))
        .find(|found| *found <= today)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// A Thursday.
    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 12, 18).unwrap()
    }

    #[rstest]
    #[case("2025-12-17", "2025-12-17")]
    #[case("2025.12.17.", "2025-12-17")]
    #[case("2025/12/17", "2025-12-17")]
    #[case("20251217", "2025-12-17")]
    #[case("25.12.17", "2025-12-17")]
    #[case("２０２５-１２-１７", "2025-12-17")]
    #[case("2025년 12월 17일", "2025-12-17")]
    #[case("12월 17일(수)", "2025-12-17")]
    #[case("12월17일", "2025-12-17")]
    #[case("12/17", "2025-12-17")]
    #[case::not_out_yet_so_last_year("12/24", "2024-12-24")]
    #[case("2/29", "2024-02-29")]
    #[case("17일", "2025-12-17")]
    #[case::of_last_month("30일", "2025-11-30")]
    #[case("오늘", "2025-12-18")]
    #[case("어제", "2025-12-17")]
    #[case("그저께", "2025-12-16")]
    #[case("3일 전", "2025-12-15")]
    #[case("3 days ago", "2025-12-15")]
    #[case("Yesterday", "2025-12-17")]
    #[case("월요일", "2025-12-15")]
    #[case("목요일", "2025-12-18")]
    #[case("지난 목요일", "2025-12-11")]
    #[case("last thursday", "2025-12-11")]
    #[case("Fri", "2025-12-12")]
    #[case("Dec 17", "2025-12-17")]
    #[case("17 december", "2025-12-17")]
    #[case("December 17th, 2025", "2025-12-17")]
    fn a_day_is_read_as_people_write_it(#[case] text: &str, #[case] day: &str) {
        assert_eq!(parse_day(text, today()).map(|day| day.to_string()).as_deref(), Some(day));
    }

    #[rstest]
    #[case("")]
    #[case("12")]
    #[case("12 17")]
    #[case("13/45")]
    #[case("2025-02-30")]
    #[case("2/30")]
    #[case("0일")]
    #[case("99999999999999999999일 전")]
    #[case("99999999 days ago")]
    #[case("그날")]
    #[case("may be")]
    #[case("엔비디아")]
    #[case("'; DROP TABLE digests; --")]
    fn what_names_no_day_is_none(#[case] text: &str) {
        assert_eq!(parse_day(text, today()), None);
        assert_eq!(parse_day(&text.repeat(1000), today()), None);
    }

    #[test]
    fn a_day_is_found_among_words() {
        let found = find_day(&["ai-news", "12월", "17일"], today());
        assert_eq!(found, Some((1..3, NaiveDate::from_ymd_opt(2025, 12, 17).unwrap())));
        assert_eq!(find_day(&["아무", "말"], today()), None);
    }
}
