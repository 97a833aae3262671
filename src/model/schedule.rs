//! When a subscription is delivered: `now`, or at slots of local wall-clock time, as an admin writes it.
//!
//! The words of days and times are read in `schedule/words.rs`, cron expressions in `schedule/cron.rs`.
//! Working out the instants of slots is `plan/slots.rs`.

pub mod cron;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::{NaiveTime, Weekday};
use unicode_normalization::UnicodeNormalization;

use crate::model::Language;

use self::cron::{Cron, CronError};

/// The most times a day that a schedule may fire: a chat is no log.
pub const MAX_FIRINGS_A_DAY: usize = 24;

/// The most characters that are read: more than anybody needs, and a bound on what a stranger can make us do.
const MAX_CHARS: usize = 300;

/// The most characters of somebody's text that an error repeats.
const MAX_QUOTED_CHARS: usize = 40;

/// More times than this at one rule are told as the cron expression that they come from.
const MAX_TOLD_TIMES: usize = 6;

/// The days of the week, Monday first.
const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// When a subscription is delivered. [`Display`](fmt::Display) writes the canonical text that the database keeps;
/// whatever was parsed is read back from it as the same value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// As soon as a digest is there.
    Now,
    /// At slots; at least one rule.
    Slots(Vec<SlotRule>),
}

/// A rule that names slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotRule {
    /// A time of day on some days of the week.
    Weekly {
        /// The days, Monday first, each once, at least one.
        days: Vec<Weekday>,
        /// The local time, to the minute.
        time: NaiveTime,
    },
    /// A five-field cron expression as it was written, known to be valid.
    Cron(String),
}

/// A text that is no schedule. Each message repeats what was not understood and shows what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// There is nothing to read.
    #[error("a time is missing: write for example `08:30`, `weekdays 09:00` or `now`")]
    Empty,
    /// It looks like a time of day and is none.
    #[error("`{0}` is no time of day: write for example `08:30` or `18:00`")]
    BadTime(String),
    /// There are days, but no time.
    #[error("`{0}` says on which days but not when: write for example `mon 09:00`")]
    NoTime(String),
    /// A word that is neither a day nor a time.
    #[error(
        "`{0}` is neither a day nor a time: write for example `08:30`, `weekdays 09:00` or `mon,thu 09:00`"
    )]
    Unknown(String),
    /// `now` together with something else.
    #[error("`now` stands alone: write either `now` or times such as `08:30,18:00`")]
    NowAndMore,
    /// A cron expression that cannot be read or never fires.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// It fires more than [`MAX_FIRINGS_A_DAY`] times on some day.
    #[error(
        "that would be {0} deliveries a day, and {MAX_FIRINGS_A_DAY} are allowed: write for example `08:30,18:00`"
    )]
    TooOften(usize),
}

impl ScheduleError {
    /// What is wrong, for a reply.
    pub fn explain(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Empty => "받을 시각이 없습니다. 예: 08:30, 평일 09:00, 바로".to_owned(),
            Self::BadTime(text) => format!("‘{text}’ 부분을 시각으로 읽지 못했습니다. 예: 08:30"),
            Self::NoTime(text) => format!("‘{text}’ 뒤에 시각이 없습니다. 예: 월 09:00"),
            Self::Unknown(text) => {
                format!(
                    "‘{text}’ 부분을 요일이나 시각으로 읽지 못했습니다. 예: 08:30, 평일 09:00, 월,목 09:00"
                )
            }
            Self::NowAndMore => "‘바로’는 다른 시각과 함께 쓸 수 없습니다. 예: 바로, 08:30,18:00".to_owned(),
            Self::Cron(error) => error.explain(language),
            Self::TooOften(times) => {
                format!("하루에 {times}번은 보낼 수 없습니다(최대 {MAX_FIRINGS_A_DAY}번). 예: 08:30,18:00")
            }
        }
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    /// Reads what an admin wrote: `09:00`, `9시`, `오전 9시 30분`, `08:30,18:00`, `weekdays 09:00`, `월,목 09:00`,
    /// `now`, a five-field cron expression, or several of them parted by `;`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Full-width digits and colons come from Korean keyboards, split syllables from macOS.
        let text: String = text.trim().nfkc().collect();
        if text.chars().count() > MAX_CHARS {
            return Err(ScheduleError::Unknown(quote(&text)));
        }
        let segments: Vec<&str> =
            text.split(';').map(str::trim).filter(|segment| !segment.is_empty()).collect();
        if segments.iter().any(|segment| is_now(segment)) {
            return if segments.len() == 1 { Ok(Self::Now) } else { Err(ScheduleError::NowAndMore) };
        }
        let mut rules = Vec::new();
        for segment in segments {
            if cron::looks_like(segment) {
                let expression = segment.split_whitespace().collect::<Vec<_>>().join(" ");
                Cron::parse(&expression)?;
                rules.push(SlotRule::Cron(expression));
            } else {
                rules.extend(words::rules(segment)?);
            }
        }
        if rules.is_empty() {
            return Err(ScheduleError::Empty);
        }
        rules.sort_by_cached_key(place);
        rules.dedup();
        match firings_a_day(&rules) {
            times if times > MAX_FIRINGS_A_DAY => Err(ScheduleError::TooOften(times)),
            _ => Ok(Self::Slots(rules)),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Slots(rules) = self else { return f.write_str("now") };
        for (place, group) in groups(rules).into_iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            match group {
                Group::Weekly(days, times) => {
                    if !is_daily(days) {
                        write!(f, "{} ", words::canonical_days(days))?;
                    }
                    f.write_str(&clock_times(&times, ","))?;
                }
                Group::Cron(expression) => f.write_str(expression)?,
            }
        }
        Ok(())
    }
}

impl Schedule {
    /// The schedule in words, for replies: `매일 08:30`, `평일 09:00`, `every Monday at 09:00`.
    pub fn describe(&self, language: Language) -> String {
        let Self::Slots(rules) = self else {
            return match language {
                Language::Ko => "나오는 대로".to_owned(),
                Language::En => "as soon as it is out".to_owned(),
            };
        };
        let told: Vec<String> = groups(rules).iter().map(|group| group.describe(language)).collect();
        told.join(", ")
    }
}

impl SlotRule {
    /// Its cron expression, if it is one.
    pub fn cron(&self) -> Option<Cron> {
        match self {
            Self::Cron(expression) => Cron::parse(expression).ok(),
            Self::Weekly { .. } => None,
        }
    }

    /// The time at which a weekly rule fires on a day of the week.
    fn time_on(&self, day: Weekday) -> Option<NaiveTime> {
        match self {
            Self::Weekly { days, time } if days.contains(&day) => Some(*time),
            _ => None,
        }
    }
}

/// Finds the words of a command that say when: the first run of words that is a schedule, as long as it can be
/// (`["full", "weekdays", "09:00"]` → `1..3`). Where none is, a word that was plainly meant as a time and is none
/// (`25:70`) is returned with its error.
pub fn find(words: &[&str]) -> Option<(Range<usize>, Result<Schedule, ScheduleError>)> {
    /// No schedule that a person writes has more words.
    const LONGEST: usize = 10;
    for start in 0..words.len() {
        let longest = words.len().min(start + LONGEST);
        for end in (start + 1..=longest).rev() {
            if let Ok(schedule) = words[start..end].join(" ").parse() {
                return Some((start..end, Ok(schedule)));
            }
        }
    }
    let start = words.iter().position(|word| words::is_meant_as_time(word))?;
    let error = words[start].parse::<Schedule>().err()?;
    Some((start..start + 1, Err(error)))
}

/// The rules told together: one list of days with its times, or one cron expression.
enum Group<'a> {
    Weekly(&'a [Weekday], Vec<NaiveTime>),
    Cron(&'a str),
}

impl Group<'_> {
    fn describe(&self, language: Language) -> String {
        match self {
            Self::Weekly(days, times) => tell(days, times, language),
            Self::Cron(expression) => match Cron::parse(expression).ok().and_then(|cron| cron.weekly()) {
                Some((days, times)) if times.len() <= MAX_TOLD_TIMES => tell(&days, &times, language),
                _ => format!("cron {expression}"),
            },
        }
    }
}

fn groups(rules: &[SlotRule]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for rule in rules {
        match (rule, groups.last_mut()) {
            (SlotRule::Weekly { days, time }, Some(Group::Weekly(same, times))) if same == days => {
                times.push(*time);
            }
            (SlotRule::Weekly { days, time }, _) => groups.push(Group::Weekly(days, vec![*time])),
            (SlotRule::Cron(expression), _) => groups.push(Group::Cron(expression)),
        }
    }
    groups
}

fn tell(days: &[Weekday], times: &[NaiveTime], language: Language) -> String {
    let times = clock_times(times, ", ");
    match language {
        Language::Ko => format!("{} {times}", words::days_in_korean(days)),
        Language::En => format!("{} at {times}", words::days_in_english(days)),
    }
}

fn clock_times(times: &[NaiveTime], separator: &str) -> String {
    times.iter().map(|time| time.format("%H:%M").to_string()).collect::<Vec<_>>().join(separator)
}

fn is_daily(days: &[Weekday]) -> bool {
    days.len() == WEEK.len()
}

fn is_now(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "now" | "바로" | "즉시")
}

/// Where a rule stands among others: by days, then time; cron last.
fn place(rule: &SlotRule) -> (Vec<u32>, Option<NaiveTime>, String) {
    match rule {
        SlotRule::Weekly { days, time } => {
            (days.iter().map(Weekday::num_days_from_monday).collect(), Some(*time), String::new())
        }
        SlotRule::Cron(expression) => (vec![u32::MAX], None, expression.clone()),
    }
}

/// How often the rules fire on the day of the week that has the most.
fn firings_a_day(rules: &[SlotRule]) -> usize {
    let crons: Vec<Cron> = rules.iter().filter_map(SlotRule::cron).collect();
    let firings = |day: Weekday| {
        let mut times: BTreeSet<NaiveTime> = rules.iter().filter_map(|rule| rule.time_on(day)).collect();
        times.extend(crons.iter().filter(|cron| cron.may_fire_on(day)).flat_map(Cron::times));
        times.len()
    };
    WEEK.into_iter().map(firings).max().unwrap_or(0)
}

/// As much of a text as an error may repeat.
fn quote(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
