//! The instants at which a schedule fires in a zone.
//!
//! Rules are reckoned in civil time, where every day has each minute once, and the civil times are then mapped to
//! instants: a time that exists twice fires the first time; one that does not exist, because the clocks go forward
//! over it, fires at the moment they jump, and several such fire once. The mapping never goes back, so the order
//! of civil times is the order of instants. A cron expression that fires several times an hour skips the hour
//! that the clocks repeat.

use chrono::{DateTime, Datelike, Days, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use crate::model::civil::first_instant;
use crate::model::schedule::cron::Cron;
use crate::model::schedule::{Schedule, SlotRule};

/// A schedule's slots in a zone, ready to be asked. [`Schedule::Now`] has none.
#[derive(Debug, Clone)]
pub struct Slots {
    rules: Vec<Rule>,
    zone: Tz,
}

/// The first slot of a schedule after an instant, if there is one.
pub fn next_slot(schedule: &Schedule, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    Slots::new(schedule, zone).after(after)
}

impl Slots {
    /// Prepares a schedule's rules.
    pub fn new(schedule: &Schedule, zone: Tz) -> Self {
        let rules = match schedule {
            Schedule::Now => Vec::new(),
            Schedule::Slots(rules) => rules.iter().filter_map(Rule::new).collect(),
        };
        Self { rules, zone }
    }

    /// The first slot after an instant.
    pub fn after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // A civil time up to the one that clocks show now was first shown now or earlier: the search starts here.
        let mut civil = self.civil(after)?;
        loop {
            civil = self.next_civil(civil)?;
            // Not later than `after`: shown already, before the clocks went back.
            if let Some(at) = first_instant(civil, self.zone).filter(|at| *at > after) {
                return Some(at);
            }
        }
    }

    /// The last slot at or before an instant.
    pub fn at_or_before(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let shown = self.civil(at)?;
        let mut last = self
            .last_civil(shown)
            .and_then(|civil| first_instant(civil, self.zone))
            .filter(|slot| *slot <= at);
        // Where the clocks went back, civil times later than the one that they show now have been, too.
        let mut civil = shown;
        while let Some(next) = self.next_civil(civil) {
            match first_instant(next, self.zone) {
                Some(slot) if slot <= at => last = Some(slot),
                _ => break,
            }
            civil = next;
        }
        last
    }

    /// The slots after an instant, in order.
    pub fn iter_after(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        std::iter::successors(self.after(after), |slot| self.after(*slot))
    }

    /// How many calendar days of the zone lie between two instants.
    pub(super) fn days_between(&self, earlier: DateTime<Utc>, later: DateTime<Utc>) -> i64 {
        match (self.civil(earlier), self.civil(later)) {
            (Some(earlier), Some(later)) => (later.date() - earlier.date()).num_days(),
            _ => 0,
        }
    }

    /// What the zone's clocks show. `None` at the far ends of time, where that is no date any more.
    fn civil(&self, at: DateTime<Utc>) -> Option<NaiveDateTime> {
        let offset = self.zone.offset_from_utc_datetime(&at.naive_utc()).fix();
        at.naive_utc().checked_add_offset(offset)
    }

    fn next_civil(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        self.rules.iter().filter_map(|rule| rule.after(after)).min()
    }

    fn last_civil(&self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        self.rules.iter().filter_map(|rule| rule.at_or_before(at)).max()
    }
}

/// A rule, ready to be asked for civil times.
#[derive(Debug, Clone)]
enum Rule {
    Weekly(Vec<Weekday>, NaiveTime),
    Cron(Cron),
}

impl Rule {
    /// `None`: a cron expression that is invalid after all.
    fn new(rule: &SlotRule) -> Option<Self> {
        match rule {
            SlotRule::Weekly { days, time } => Some(Self::Weekly(days.clone(), *time)),
            SlotRule::Cron(expression) => Cron::parse(expression).ok().map(Self::Cron),
        }
    }

    fn after(&self, civil: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Cron(cron) => cron.after(civil),
            Self::Weekly(days, time) => (0..=7)
                .filter_map(|ahead| civil.date().checked_add_days(Days::new(ahead)))
                .filter(|date| days.contains(&date.weekday()))
                .map(|date| date.and_time(*time))
                .find(|next| *next > civil),
        }
    }

    fn at_or_before(&self, civil: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Cron(cron) => cron.at_or_before(civil),
            Self::Weekly(days, time) => (0..=7)
                .filter_map(|back| civil.date().checked_sub_days(Days::new(back)))
                .filter(|date| days.contains(&date.weekday()))
                .map(|date| date.and_time(*time))
                .find(|last| *last <= civil),
        }
    }
}

#[cfg(test)]
mod tests;
