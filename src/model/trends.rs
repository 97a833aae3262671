//! Who and what was in the news over some days, day by day, against as many days before. Counting is
//! `store/archive/trends.rs`, the picture `render/chart`.

use chrono::{Days as Step, NaiveDate};
use serde::Serialize;

/// Days in a row, both ends among them. There is always at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Days {
    /// The first.
    pub first: NaiveDate,
    /// The last; not before the first.
    pub last: NaiveDate,
}

impl Days {
    /// The `count` days that end with `last`; one at least.
    pub fn ending(last: NaiveDate, count: u32) -> Self {
        let back = Step::new(u64::from(count.saturating_sub(1)));
        Self { first: last.checked_sub_days(back).unwrap_or(NaiveDate::MIN), last }
    }

    /// How many they are.
    pub fn count(&self) -> u32 {
        u32::try_from((self.last - self.first).num_days() + 1).unwrap_or(1)
    }

    /// As many days, right before these.
    pub fn before(&self) -> Self {
        Self::ending(self.first.pred_opt().unwrap_or(NaiveDate::MIN), self.count())
    }

    /// Each of them in order.
    pub fn iter(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        self.first.iter_days().take(self.count() as usize)
    }
}

/// What was in the news over some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trends {
    /// The days that are counted.
    pub days: Days,
    /// Those that they are held against.
    pub before: Days,
    /// Articles of the days, whatever they are about.
    pub articles: u32,
    /// Articles of the days before.
    pub articles_before: u32,
    /// The companies that most articles name, most first.
    pub companies: Vec<Trend>,
    /// The topics that most articles have, most first.
    pub topics: Vec<Trend>,
}

/// How much one company or topic was in the news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// The company's canonical name (`NVIDIA`), or the topic's key (`chips`): the lexicon has what to show.
    pub key: String,
    /// Its articles on each day of [`Trends::days`], in order: as many entries as there are days.
    pub by_day: Vec<u32>,
    /// Its articles over all of [`Trends::before`].
    pub before: u32,
}

impl Trend {
    /// Its articles over all the days.
    pub fn total(&self) -> u32 {
        self.by_day.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_days_before_are_as_many_and_end_where_these_begin() {
        let days = Days::ending(day("2026-03-02"), 7);
        assert_eq!((days.first, days.count()), (day("2026-02-24"), 7));
        assert_eq!(days.before(), Days { first: day("2026-02-17"), last: day("2026-02-23") });
        assert_eq!(days.iter().last(), Some(days.last));
    }

    #[test]
    fn nothing_lies_before_the_first_day_of_all() {
        let days = Days::ending(NaiveDate::MIN, 30);
        assert_eq!((days.count(), days.before().count()), (1, 1));
    }
}
