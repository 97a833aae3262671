//! Which days somebody asks about: `7`, `30d`, `이번 주`, `지난달`, `12월`, `2025-12`, `전체`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days as Step, Months, NaiveDate, Weekday};
use unicode_normalization::UnicodeNormalization;

use crate::model::Language;
use crate::model::trends::Days;

/// The most days that are counted back; more mean everything.
const MOST_DAYS: u32 = 3_660;

/// Which days are asked about. [`Display`](fmt::Display) writes a short text that is read back as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Period {
    /// All there are.
    #[default]
    All,
    /// So many days, today the last; one at least.
    Last(u32),
    /// The day before today.
    Yesterday,
    /// From Monday to today.
    ThisWeek,
    /// The Monday to Sunday before that.
    LastWeek,
    /// From the month's first to today.
    ThisMonth,
    /// The month before that.
    LastMonth,
    /// The last month of this number (1 to 12) that has begun.
    Month(u32),
    /// One month: its year and number.
    MonthOf(i32, u32),
    /// One year.
    Year(i32),
}

/// A text that names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period: write for example `7`, `30d`, `this week`, `last month`, `2025-12` or `all`")]
pub struct UnknownPeriod(pub String);

impl FromStr for Period {
    type Err = UnknownPeriod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let folded: String =
            text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).take(32).collect();
        named(&folded)
            .or_else(|| counted(&folded))
            .or_else(|| month(&folded))
            .ok_or_else(|| UnknownPeriod(text.trim().chars().take(40).collect()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Last(days) => write!(f, "{days}d"),
            Self::Yesterday => f.write_str("yesterday"),
            Self::ThisWeek => f.write_str("thisweek"),
            Self::LastWeek => f.write_str("lastweek"),
            Self::ThisMonth => f.write_str("thismonth"),
            Self::LastMonth => f.write_str("lastmonth"),
            Self::Month(month) => write!(f, "{month}월"),
            Self::MonthOf(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

impl Period {
    /// The days that are meant when it is `today`; `None`: all.
    pub fn days(self, today: NaiveDate) -> Option<Days> {
        let monday = today.week(Weekday::Mon).checked_first_day().unwrap_or(today);
        let this_month = today.with_day(1).unwrap_or(today);
        match self {
            Self::All => None,
            Self::Last(days) => Some(Days::ending(today, days)),
            Self::Yesterday => Some(Days::ending(today.pred_opt().unwrap_or(today), 1)),
            Self::ThisWeek => Some(Days { first: monday, last: today }),
            Self::LastWeek => Some(Days::ending(monday.pred_opt().unwrap_or(monday), 7)),
            Self::ThisMonth => Some(Days { first: this_month, last: today }),
            Self::LastMonth => this_month.checked_sub_months(Months::new(1)).map(whole_month),
            Self::Month(month) => {
                let year = if month > today.month() { today.year() - 1 } else { today.year() };
                NaiveDate::from_ymd_opt(year, month, 1).map(whole_month)
            }
            Self::MonthOf(year, month) => NaiveDate::from_ymd_opt(year, month, 1).map(whole_month),
            Self::Year(year) => Some(Days {
                first: NaiveDate::from_ymd_opt(year, 1, 1)?,
                last: NaiveDate::from_ymd_opt(year, 12, 31)?,
            }),
        }
    }

    /// What to call it in a sentence: `최근 30일`, `이번 주`, `2025년 12월`.
    pub fn name(self, language: Language) -> String {
        let is_korean = language == Language::Ko;
        let named = |ko: &str, en: &str| if is_korean { ko.to_owned() } else { en.to_owned() };
        match self {
            Self::All => named("전체", "all time"),
            Self::Last(1) => named("오늘", "today"),
            Self::Last(days) if is_korean => format!("최근 {days}일"),
            Self::Last(days) => format!("last {days} days"),
            Self::Yesterday => named("어제", "yesterday"),
            Self::ThisWeek => named("이번 주", "this week"),
            Self::LastWeek => named("지난주", "last week"),
            Self::ThisMonth => named("이번 달", "this month"),
            Self::LastMonth => named("지난달", "last month"),
            Self::Month(month) if is_korean => format!("{month}월"),
            Self::Month(month) => month_name(month).to_owned(),
            Self::MonthOf(year, month) if is_korean => format!("{year}년 {month}월"),
            Self::MonthOf(year, month) => format!("{} {year}", month_name(month)),
            Self::Year(year) if is_korean => format!("{year}년"),
            Self::Year(year) => year.to_string(),
        }
    }
}

/// Finds the words of a command that name a period: one word, or two that follow each other (`이번 주`). A bare
/// number counts only where nothing follows it, so that `엔비디아 5` asks for five days and `2 nanometer` for none.
pub fn find(words: &[&str]) -> Option<(std::ops::Range<usize>, Period)> {
    let pairs = words.windows(2).enumerate().map(|(at, pair)| (at..at + 2, pair.concat()));
    let singles = words.iter().enumerate().map(|(at, word)| (at..at + 1, (*word).to_owned()));
    pairs.chain(singles).find_map(|(at, text)| {
        let is_bare = text.chars().all(|c| c.is_numeric());
        // `2 월` is one word in two; two bare numbers are none.
        if is_bare && (at.len() > 1 || at.end < words.len() || words.len() == 1) {
            return None;
        }
        Some((at, text.parse().ok()?))
    })
}

fn named(text: &str) -> Option<Period> {
    Some(match text {
        "all" | "전체" | "모두" | "전부" | "alltime" => Period::All,
        "오늘" | "today" => Period::Last(1),
        "어제" | "yesterday" => Period::Yesterday,
        "이번주" | "금주" | "thisweek" | "week" => Period::ThisWeek,
        "지난주" | "저번주" | "lastweek" => Period::LastWeek,
        "이번달" | "이달" | "thismonth" | "month" => Period::ThisMonth,
        "지난달" | "저번달" | "lastmonth" => Period::LastMonth,
        _ => return None,
    })
}

fn counted(text: &str) -> Option<Period> {
    let text = text.strip_prefix("최근").or_else(|| text.strip_prefix("last")).unwrap_or(text);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let days = match unit {
        "" if number.len() < 4 => 1,
        "d" | "일" | "일간" | "일동안" | "day" | "days" => 1,
        "w" | "주" | "주간" | "주일" | "week" | "weeks" => 7,
        "m" | "달" | "개월" | "개월간" | "month" | "months" => 30,
        "y" | "년간" | "year" | "years" => 365,
        _ => return None,
    };
    match number.parse::<u32>().ok()?.checked_mul(days)? {
        0 => None,
        days if days > MOST_DAYS => Some(Period::All),
        days => Some(Period::Last(days)),
    }
}

fn month(text: &str) -> Option<Period> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|month| (1..=12).contains(month));
    let year = |text: &str| text.parse::<i32>().ok().filter(|year| (1900..2200).contains(year));
    if let Some(year) = year(text).or_else(|| year(text.strip_suffix('년')?)) {
        return Some(Period::Year(year));
    }
    let text = text.strip_suffix('월').unwrap_or(text);
    if let Some((of, month)) = text.split_once(['-', '/', '.', '년']) {
        return Some(Period::MonthOf(year(of)?, number(month)?));
    }
    if let Some(place) =
        MONTHS.iter().position(|name| text == *name || (text.len() == 3 && name.starts_with(text)))
    {
        return u32::try_from(place + 1).ok().map(Period::Month);
    }
    number(text).map(Period::Month)
}

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

fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(month.saturating_sub(1) as usize).copied().unwrap_or_default()
}

fn whole_month(first: NaiveDate) -> Days {
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    Days { first, last: next.checked_sub_days(Step::new(1)).unwrap_or(first) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("7", "2026-02-24", "2026-03-02")]
    #[case("30d", "2026-02-01", "2026-03-02")]
    #[case("최근 30일", "2026-02-01", "2026-03-02")]
    #[case("2주", "2026-02-17", "2026-03-02")]
    #[case("오늘", "2026-03-02", "2026-03-02")]
    #[case("어제", "2026-03-01", "2026-03-01")]
    #[case("이번 주", "2026-03-02", "2026-03-02")]
    #[case("지난주", "2026-02-23", "2026-03-01")]
    #[case("last week", "2026-02-23", "2026-03-01")]
    #[case("이번 달", "2026-03-01", "2026-03-02")]
    #[case("지난달", "2026-02-01", "2026-02-28")]
    #[case("12월", "2025-12-01", "2025-12-31")]
    #[case("3월", "2026-03-01", "2026-03-31")]
    #[case("dec", "2025-12-01", "2025-12-31")]
    #[case("2025-12", "2025-12-01", "2025-12-31")]
    #[case("2024년 2월", "2024-02-01", "2024-02-29")]
    #[case("2025", "2025-01-01", "2025-12-31")]
    #[case("３０ｄ", "2026-02-01", "2026-03-02")]
    fn a_period_is_read(#[case] text: &str, #[case] first: NaiveDate, #[case] last: NaiveDate) {
        let period: Period = text.parse().unwrap();
        assert_eq!(period.days("2026-03-02".parse().unwrap()), Some(Days { first, last }));
        assert_eq!(period.to_string().parse(), Ok(period), "what a button carries is read again");
    }

    #[rstest]
    #[case("전체")]
    #[case("all")]
    #[case("9999d")]
    fn everything_has_no_bounds(#[case] text: &str) {
        assert_eq!(text.parse::<Period>().unwrap().days(NaiveDate::MAX), None);
    }

    #[rstest]
    #[case("")]
    #[case("0")]
    #[case("13월")]
    #[case("2025-13")]
    #[case("99999999999d")]
    #[case("엔비디아")]
    fn what_is_none_is_refused(#[case] text: &str) {
        assert!(text.parse::<Period>().is_err(), "{text:?}");
    }

    #[rstest]
    #[case("엔비디아 30d", Some((1..2, Period::Last(30))))]
    #[case("엔비디아 이번 주", Some((1..3, Period::ThisWeek)))]
    #[case("엔비디아 7", Some((1..2, Period::Last(7))))]
    #[case("2 nanometer", None)]
    #[case("7", None)]
    #[case("엔비디아 투자", None)]
    fn a_period_is_found_among_words(
        #[case] text: &str,
        #[case] expected: Option<(std::ops::Range<usize>, Period)>,
    ) {
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(find(&words), expected);
    }
}
