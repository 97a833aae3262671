//! How often a source that is far away is asked: at its own pace while it answers, ever more rarely while it fails.

use chrono::{DateTime, TimeDelta, Utc};

/// The wait after the first failure; it doubles with each that follows.
const FIRST: TimeDelta = TimeDelta::seconds(30);
/// The longest wait that failures alone lead to.
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// The longest wait that a server can ask for: a digest comes once a day.
const OBEYED: TimeDelta = TimeDelta::hours(24);

/// When to ask next.
#[derive(Debug)]
pub(super) struct Pace {
    every: TimeDelta,
    failures: u32,
    next_at: Option<DateTime<Utc>>,
}

impl Pace {
    /// Asks at once, and then `every` so often.
    pub(super) fn new(every: TimeDelta) -> Self {
        Self { every, failures: 0, next_at: None }
    }

    /// When to ask next; never later than a day from now, should the clock have been set back.
    pub(super) fn next_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.next_at.map_or(now, |at| at.min(now + OBEYED))
    }

    pub(super) fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.next_at(now) <= now
    }

    /// Asks at once again.
    pub(super) fn hurry(&mut self) {
        self.next_at = None;
    }

    /// It answered; `fresh_for`: how long it says that nothing will change.
    pub(super) fn succeeded(&mut self, now: DateTime<Utc>, fresh_for: Option<TimeDelta>) {
        self.failures = 0;
        self.next_at = Some(now + fresh_for.map_or(self.every, |fresh| fresh.min(LONGEST).max(self.every)));
    }

    /// It failed; `told`: how long it says to wait.
    pub(super) fn failed(&mut self, now: DateTime<Utc>, told: Option<TimeDelta>) {
        let doubled = FIRST * (1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        let wait = doubled.min(LONGEST);
        self.next_at = Some(now + told.map_or(wait, |told| told.clamp(wait, OBEYED)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn failures_are_waited_after_ever_longer_and_a_success_ends_that() {
        let mut pace = Pace::new(TimeDelta::minutes(1));
        assert!(pace.is_due(NOW));
        let mut waits = Vec::new();
        for _ in 0..9 {
            pace.failed(NOW, None);
            waits.push((pace.next_at(NOW) - NOW).num_seconds());
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        pace.succeeded(NOW, None);
        assert_eq!(pace.next_at(NOW), NOW + TimeDelta::minutes(1));
        pace.failed(NOW, None);
        assert_eq!(pace.next_at(NOW), NOW + FIRST);
    }

    #[test]
    fn what_a_server_says_is_obeyed_within_reason() {
        let mut pace = Pace::new(TimeDelta::minutes(10));
        pace.failed(NOW, Some(TimeDelta::minutes(20)));
        assert_eq!(pace.next_at(NOW), NOW + TimeDelta::minutes(20));
        pace.failed(NOW, Some(TimeDelta::days(90)));
        assert_eq!(pace.next_at(NOW), NOW + OBEYED);
        pace.succeeded(NOW, Some(TimeDelta::minutes(15)));
        assert_eq!(pace.next_at(NOW), NOW + TimeDelta::minutes(15));
        pace.succeeded(NOW, Some(TimeDelta::seconds(5)));
        assert_eq!(pace.next_at(NOW), NOW + TimeDelta::minutes(10));
        pace.succeeded(NOW, Some(TimeDelta::days(365)));
        assert_eq!(pace.next_at(NOW), NOW + LONGEST);
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing_for_longer_than_a_day() {
        let mut pace = Pace::new(TimeDelta::minutes(10));
        pace.succeeded(NOW + TimeDelta::days(400), None);
        assert_eq!(pace.next_at(NOW), NOW + OBEYED);
    }
}
