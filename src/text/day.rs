//! Days and times of day as people write them.

use chrono::{Datelike, NaiveDate, NaiveTime};

use crate::model::Language;

/// The day with its weekday: `12월 17일(수)`, `Wed, Dec 17`.
pub fn day(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Ko => format!("{}월 {}일({})", day.month(), day.day(), korean_weekday(day)),
        Language::En => day.format("%a, %b %-d").to_string(),
    }
}

/// The day in numbers with its weekday: `12/17(수)`, `Wed 12/17`.
pub fn short_day(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Ko => format!("{}/{}({})", day.month(), day.day(), korean_weekday(day)),
        Language::En => day.format("%a %-m/%-d").to_string(),
    }
}

fn korean_weekday(day: NaiveDate) -> &'static str {
    ["월", "화", "수", "목", "금", "토", "일"][day.weekday().num_days_from_monday() as usize]
}

/// The time of day to the minute, on a clock of 24 hours: `17:02`.
pub fn clock_time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_carries_its_weekday() {
        let wednesday = NaiveDate::from_ymd_opt(2025, 12, 17).unwrap();
        assert_eq!(day(wednesday, Language::Ko), "12월 17일(수)");
        assert_eq!(day(wednesday, Language::En), "Wed, Dec 17");
        assert_eq!(short_day(wednesday, Language::Ko), "12/17(수)");
        assert_eq!(short_day(wednesday, Language::En), "Wed 12/17");
    }
}
