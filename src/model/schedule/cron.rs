//! Five-field cron expressions as Unix knows them, on top of the `cron` crate, which knows others.
//!
//! The crate wants a field of seconds, counts Sunday as 1, and asks a day to match both day fields where Unix asks
//! for either; all three are put right here, and everything is reckoned in civil time. Zones, and what happens
//! when clocks change, are `plan/slots.rs`.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use cron::TimeUnitSpec;

use super::{WEEK, quote};
use crate::model::Language;

/// A five-field cron expression that was understood.
#[derive(Debug, Clone)]
pub struct Cron {
    /// It fires whenever one of these does: one, or two where both day fields say something.
    alternatives: Vec<cron::Schedule>,
}

/// A field of a cron expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 12, or `jan` to `dec`.
    Month,
    /// 0 to 7, where both 0 and 7 are Sunday, or `sun` to `sat`.
    DayOfWeek,
}

/// A text that is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// It has too few or too many fields.
    #[error(
        "`{0}` has {1} fields, and cron needs five (minute hour day month weekday): write for example `30 9 * * 1-5`"
    )]
    Fields(String, usize),
    /// One field cannot be read.
    #[error("`{0}` is no {name} of a cron expression ({range}): write for example `30 9 * * 1-5`", name = .1.name(Language::En), range = .1.range())]
    Field(String, Field),
    /// It can be read, but no such day exists.
    #[error("`{0}` never fires: write for example `30 9 1 * *`")]
    Never(String),
}

impl CronError {
    /// What is wrong, for a reply.
    pub fn explain(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Fields(text, count) => {
                format!(
                    "cron 식은 다섯 칸(분 시 일 월 요일)인데 ‘{text}’에는 {count}칸이 있습니다. 예: 30 9 * * 1-5"
                )
            }
            Self::Field(text, field) => format!(
                "cron 식의 {} 칸에 ‘{text}’ 값은 쓸 수 없습니다({}). 예: 30 9 * * 1-5",
                field.name(language),
                field.range()
            ),
            Self::Never(text) => format!("‘{text}’에 맞는 날은 없습니다. 예: 30 9 1 * *"),
        }
    }
}

impl Field {
    const ALL: [Self; 5] = [Self::Minute, Self::Hour, Self::DayOfMonth, Self::Month, Self::DayOfWeek];

    fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Minute, Language::En) => "minute",
            (Self::Hour, Language::En) => "hour",
            (Self::DayOfMonth, Language::En) => "day of the month",
            (Self::Month, Language::En) => "month",
            (Self::DayOfWeek, Language::En) => "day of the week",
            (Self::Minute, Language::Ko) => "분",
            (Self::Hour, Language::Ko) => "시",
            (Self::DayOfMonth, Language::Ko) => "일",
            (Self::Month, Language::Ko) => "월",
            (Self::DayOfWeek, Language::Ko) => "요일",
        }
    }

    fn range(self) -> &'static str {
        match self {
            Self::Minute => "0-59",
            Self::Hour => "0-23",
            Self::DayOfMonth => "1-31",
            Self::Month => "1-12, jan-dec",
            Self::DayOfWeek => "0-7, sun-sat",
        }
    }
}

/// Whether a text is meant as a cron expression, right or wrong.
pub(super) fn looks_like(text: &str) -> bool {
    let is_field = |word: &str| word.starts_with(|c: char| c.is_ascii_digit() || c == '*');
    text.is_ascii()
        && !text.contains(':')
        && text.split_whitespace().next().is_some_and(is_field)
        && (text.contains('*') || text.split_whitespace().count() >= 5)
}

impl Cron {
    /// Reads `minute hour day-of-month month day-of-week`: numbers, names of months and days, `*`, ranges, steps
    /// and lists. A day fires if it matches either day field where neither begins with `*`, both where one does
    /// (as cron has always done).
    pub fn parse(expression: &str) -> Result<Self, CronError> {
        let written: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = written[..] else {
            return Err(CronError::Fields(quote(expression), written.len()));
        };
        let weekdays = weekdays(weekday).ok_or_else(|| CronError::Field(quote(weekday), Field::DayOfWeek))?;
        for (field, text) in Field::ALL.into_iter().zip(&written) {
            if !is_readable(field, text) {
                return Err(CronError::Field(quote(text), field));
            }
        }
        let days: &[(&str, &str)] = if is_open(day) || is_open(weekday) {
            &[(day, &weekdays)]
        } else {
            &[(day, "*"), ("*", &weekdays)]
        };
        let alternatives = days
            .iter()
            .map(|(day, weekdays)| format!("0 {minute} {hour} {day} {month} {weekdays}").parse())
            .collect::<Result<Vec<_>, cron::error::Error>>()
            .map_err(|_| CronError::Fields(quote(expression), written.len()))?;
        let cron = Self { alternatives };
        // Any start will do: the calendar repeats within the crate's years, which end at 2100.
        match cron.after(NaiveDateTime::default()) {
            Some(_) => Ok(cron),
            None => Err(CronError::Never(quote(expression))),
        }
    }

    /// The first civil time after `civil` at which it fires; none after the year 2100.
    pub fn after(&self, civil: NaiveDateTime) -> Option<NaiveDateTime> {
        let after = civil.and_utc();
        let next = |schedule: &cron::Schedule| schedule.after(&after).next();
        self.alternatives.iter().filter_map(next).min().map(|at| at.naive_utc())
    }

    /// The last civil time not after `civil` at which it fires; none before the year 1970.
    pub fn at_or_before(&self, civil: NaiveDateTime) -> Option<NaiveDateTime> {
        // The crate goes back from an instant without that instant itself, and counts in whole seconds.
        let after = civil.with_nanosecond(0)?.checked_add_signed(TimeDelta::seconds(1))?.and_utc();
        let previous = |schedule: &cron::Schedule| schedule.after(&after).next_back();
        self.alternatives.iter().filter_map(previous).max().map(|at| at.naive_utc())
    }

    /// The times of day at which it fires on a day on which it does.
    pub fn times(&self) -> BTreeSet<NaiveTime> {
        let mut times = BTreeSet::new();
        for schedule in &self.alternatives {
            for hour in schedule.hours().iter() {
                times.extend(schedule.minutes().iter().filter_map(|m| NaiveTime::from_hms_opt(hour, m, 0)));
            }
        }
        times
    }

    /// Whether it fires on some of these days of the week.
    pub fn may_fire_on(&self, day: Weekday) -> bool {
        self.alternatives.iter().any(|schedule| schedule.days_of_week().includes(day.number_from_sunday()))
    }

    /// Days and times, where it says nothing of dates.
    pub(super) fn weekly(&self) -> Option<(Vec<Weekday>, Vec<NaiveTime>)> {
        let [schedule] = &self.alternatives[..] else { return None };
        if !schedule.days_of_month().is_all() || !schedule.months().is_all() {
            return None;
        }
        let days = WEEK.into_iter().filter(|day| self.may_fire_on(*day)).collect();
        Some((days, self.times().into_iter().collect()))
    }
}

/// Whether a day field leaves the choice to the other one.
fn is_open(field: &str) -> bool {
    field.starts_with(['*', '?'])
}

/// Whether the crate can read a field by itself.
fn is_readable(field: Field, text: &str) -> bool {
    let alone = match field {
        Field::Minute => format!("0 {text} * * * *"),
        Field::Hour => format!("0 * {text} * * *"),
        Field::DayOfMonth => format!("0 * * {text} * *"),
        Field::Month => format!("0 * * * {text} *"),
        Field::DayOfWeek => return true,
    };
    alone.parse::<cron::Schedule>().is_ok()
}

/// A day-of-week field of Unix as the crate's numbers (Sunday is 1), in a list. `None`: it cannot be read.
fn weekdays(field: &str) -> Option<String> {
    let mut days = BTreeSet::new();
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(number(step).filter(|step| (1..=7).contains(step))?)),
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (weekday(first)?, weekday(last)?),
            None if matches!(range, "*" | "?") => (0, 6),
            // As for the other fields, a step after a single value counts to the end.
            None => (weekday(range)?, if step.is_some() { 6 } else { weekday(range)? }),
        };
        // `fri-mon` and `5-0` go around the end of the week.
        let last = if last < first { last + 7 } else { last };
        days.extend((first..=last).step_by(step.unwrap_or(1)).map(|day| day % 7 + 1));
    }
    Some(days.iter().map(usize::to_string).collect::<Vec<_>>().join(","))
}

/// 0 to 7, where 0 and 7 are Sunday.
fn weekday(text: &str) -> Option<usize> {
    if let Some(day) = number(text) {
        return (day <= 7).then_some(day);
    }
    text.parse::<Weekday>().ok().map(|day| day.num_days_from_sunday() as usize)
}

/// A number of digits alone (`+1` is none).
fn number(text: &str) -> Option<usize> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}
