//! The decision for one subscription: what goes out now, in which form, and when to look again.
//!
//! Slots come from `plan/slots.rs`, what was expected from `plan/arrival.rs`. A verdict is a value: the caller
//! writes the deliveries and the subscription's new state in one transaction, or neither.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::model::Subscription;
use crate::model::feed::Timing;
use crate::model::schedule::Schedule;

use super::arrival::Expectation;
use super::slots::Slots;

/// A slot that is dealt with later than this after its instant was missed: what goes out for it is a catch-up.
/// Less is the time that planning many subscriptions takes.
const ON_TIME: TimeDelta = TimeDelta::minutes(1);

/// Slots this many calendar days apart are round-ups.
const ROUND_UP_DAYS: i64 = 2;

/// So many gaps between slots are looked at to tell what is usual for a schedule: more than a week of any.
const GAPS: usize = 8;

/// Where a subscription stands, and all that a decision goes by.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The subscription as it is stored.
    pub subscription: &'a Subscription,
    /// The feed's times.
    pub timing: &'a Timing,
    /// The feed's zone.
    pub feed_zone: Tz,
    /// When the feed's digests usually arrive, in its zone ([`usual_arrival`](super::arrival::usual_arrival)).
    pub usual: Option<NaiveTime>,
    /// The digests that are news, not held, stored after the subscription's `since`, and not yet planned for it, by
    /// their editions. A subscription knows only the last edition that it has got, so that none may be left out
    /// before one that goes out, whatever the clock said when they came.
    pub waiting: &'a [Waiting],
    /// This instant.
    pub now: DateTime<Utc>,
}

/// A digest that was not yet delivered to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The digest's row.
    pub digest: i64,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
    /// The instant of its date: digests go out in this order.
    pub published: DateTime<Utc>,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What goes out now.
    pub deliver: Option<Batch>,
    /// The subscription's new `last_slot`.
    pub last_slot: DateTime<Utc>,
    /// The subscription's new `late_until`.
    pub late_until: Option<DateTime<Utc>>,
    /// The next instant at which the decision may be another one though no digest was stored until then. `None`:
    /// only a digest, a resumption or a changed subscription can change it.
    pub look_again_at: Option<DateTime<Utc>>,
    /// The list after a pause waits for quiet hours to end.
    pub owes_list: bool,
}

/// Digests that go out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Their rows, by their dates; at least one.
    pub digests: Vec<i64>,
    /// How they are set.
    pub form: Form,
    /// Why they go out now.
    pub cause: Cause,
    /// Since when they are due: deliveries of a channel go out in this order. It may lie hours back after a
    /// catch-up, so giving up counts from the planning.
    pub due_at: DateTime<Utc>,
}

/// How the digests of a batch are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Each by itself, in the subscription's style.
    Each,
    /// One list of headlines.
    List,
    /// One list by day.
    RoundUp,
}

/// Why a batch goes out when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It is out, and the schedule is `now`.
    Out,
    /// A slot.
    Slot,
    /// A slot that was missed a while ago.
    CatchUp,
    /// It came after the slot that it was expected for.
    Late,
    /// A pause has ended.
    Resumed,
}

/// Decides what is due for a subscription now.
pub fn decide(standing: &Standing<'_>) -> Verdict {
    match &standing.subscription.wish.schedule {
        Schedule::Now => standing.as_soon_as_out(),
        Schedule::Slots(_) => standing.at_slots(),
    }
}

impl Standing<'_> {
    /// Nothing goes out and nothing changes.
    fn nothing(&self, look_again_at: Option<DateTime<Utc>>) -> Verdict {
        Verdict {
            deliver: None,
            last_slot: self.subscription.last_slot,
            late_until: self.subscription.late_until,
            look_again_at,
            owes_list: false,
        }
    }

    /// Something would go out, but it is quiet until `end`.
    fn held_by_quiet(&self, next: Option<DateTime<Utc>>, end: DateTime<Utc>) -> Verdict {
        let look_again_at = Some(next.map_or(end, |next| next.min(end)));
        Verdict { owes_list: self.subscription.owes_list, ..self.nothing(look_again_at) }
    }

    /// The schedule `now`: everything that has waited for the feed's `delay`.
    fn as_soon_as_out(&self) -> Verdict {
        let ready_at = |waiting: &Waiting| match self.subscription.owes_list {
            true => waiting.stored_at,
            false => later(waiting.stored_at, self.timing.delay),
        };
        // Stored ahead of now: the clock was set back, and nobody knows how long it has waited.
        let is_ready = |waiting: &Waiting| waiting.stored_at > self.now || ready_at(waiting) <= self.now;
        let count = self.waiting.iter().rposition(is_ready).map_or(0, |last| last + 1);
        let (ready, unready) = self.waiting.split_at(count);
        let next_ready = unready.iter().map(ready_at).min();
        let closed = Verdict { late_until: None, ..self.nothing(next_ready) };
        let Some(due_at) = ready.iter().map(ready_at).max() else { return closed };
        if let Some(end) = self.quiet_end() {
            return self.held_by_quiet(None, end);
        }
        let (cause, form) = match self.subscription.owes_list {
            true => (Cause::Resumed, Form::List),
            false => (Cause::Out, self.by_backlog(ready.len())),
        };
        let digests = by_date(ready);
        Verdict { deliver: Some(Batch { digests, form, cause, due_at: due_at.min(self.now) }), ..closed }
    }

    /// A schedule of slots: the last one that has passed, or else a late digest.
    fn at_slots(&self) -> Verdict {
        let wish = &self.subscription.wish;
        let slots = Slots::new(&wish.schedule, wish.timezone);
        let next = slots.after(self.now.max(self.subscription.last_slot));
        let passed = slots.at_or_before(self.now).filter(|slot| *slot > self.subscription.last_slot);
        match passed {
            Some(slot) if self.waiting.is_empty() => self.empty_slot(&slots, slot, next),
            Some(slot) => self.filled_slot(&slots, slot, next),
            None => self.between_slots(&slots, next),
        }
    }

    /// A slot with nothing to send: the next one takes what comes, unless it should have been here by now.
    fn empty_slot(&self, slots: &Slots, slot: DateTime<Utc>, next: Option<DateTime<Utc>>) -> Verdict {
        let window = self.was_expected(slots, slot).then(|| later(slot, self.timing.late_within));
        // A window that an earlier slot has opened stays open to its own end.
        let open = [window, self.subscription.late_until].into_iter().flatten().max();
        let late_until = open.filter(|until| *until > self.now);
        Verdict { last_slot: slot, late_until, ..self.nothing(next) }
    }

    /// Whether a digest should have come between the slot before and this one.
    fn was_expected(&self, slots: &Slots, slot: DateTime<Utc>) -> bool {
        let expectation = Expectation::new(self.timing.expect_by, self.usual, self.feed_zone);
        let Some(expected) = expectation.and_then(|expectation| expectation.last_at_or_before(slot)) else {
            return false;
        };
        // Empty slots that were missed belong to the same stretch; a new subscription's first reaches back before it.
        let before = slots.at_or_before(slot - TimeDelta::seconds(1)).unwrap_or(DateTime::<Utc>::MIN_UTC);
        expected > before.min(self.subscription.last_slot)
    }

    /// A slot with digests: they go out, unless it was missed too long ago.
    fn filled_slot(&self, slots: &Slots, slot: DateTime<Utc>, next: Option<DateTime<Utc>>) -> Verdict {
        let overdue = self.now - slot;
        // Several slots have passed since the last one that was dealt with: this one stands for all.
        let several = slots.after(self.subscription.last_slot).is_some_and(|first| first < slot);
        let cause = match self.subscription.owes_list {
            true => Cause::Resumed,
            false if overdue > ON_TIME.min(self.timing.catch_up_within) => Cause::CatchUp,
            false => Cause::Slot,
        };
        if cause == Cause::CatchUp && overdue > self.timing.catch_up_within {
            // `last_slot` stays where it is, so that the next slot knows that it makes up for others.
            return Verdict { late_until: None, ..self.nothing(next) };
        }
        if cause != Cause::Slot
            && let Some(end) = self.quiet_end()
        {
            return self.held_by_quiet(next, end);
        }
        let is_sparse = slots
            .at_or_before(slot - TimeDelta::seconds(1))
            .is_some_and(|before| slots.days_between(before, slot) >= ROUND_UP_DAYS);
        let form = if is_round_up(slots, slot) {
            Form::RoundUp
        } else if cause == Cause::Resumed {
            Form::List
        } else if cause == Cause::CatchUp || several {
            self.by_backlog(self.waiting.len())
        } else if is_sparse && self.is_backlog(self.waiting.len()) {
            // The Monday of `weekdays` after a busy weekend.
            Form::RoundUp
        } else {
            Form::Each
        };
        let digests = by_date(self.waiting);
        Verdict {
            deliver: Some(Batch { digests, form, cause, due_at: slot }),
            last_slot: slot,
            late_until: None,
            ..self.nothing(next)
        }
    }

    /// No slot has passed: the first digest to arrive in a late window goes out, and closes it.
    fn between_slots(&self, slots: &Slots, next: Option<DateTime<Utc>>) -> Verdict {
        let Some(until) = self.subscription.late_until else { return self.nothing(next) };
        let Some(first) = self.waiting.first().filter(|first| first.stored_at <= until) else {
            let late_until = (self.now <= until).then_some(until);
            return Verdict { late_until, ..self.nothing(next) };
        };
        if let Some(end) = self.quiet_end() {
            return self.held_by_quiet(next, end);
        }
        let (cause, form) = match self.subscription.owes_list {
            true => (Cause::Resumed, Form::List),
            false => (Cause::Late, Form::Each),
        };
        let form = if is_round_up(slots, self.subscription.last_slot) { Form::RoundUp } else { form };
        let due_at = first.stored_at.min(self.now);
        let batch = Batch { digests: vec![first.digest], form, cause, due_at };
        Verdict { deliver: Some(batch), late_until: None, ..self.nothing(next) }
    }

    fn quiet_end(&self) -> Option<DateTime<Utc>> {
        let wish = &self.subscription.wish;
        wish.quiet?.end(wish.timezone, self.now)
    }

    fn is_backlog(&self, digests: usize) -> bool {
        digests > usize::try_from(self.timing.max_backlog).unwrap_or(usize::MAX)
    }

    fn by_backlog(&self, digests: usize) -> Form {
        if self.is_backlog(digests) { Form::List } else { Form::Each }
    }
}

/// Whether a schedule is one of round-ups: most of its slots, from this one on, are two or more days apart. So
/// `mon 09:00` and every second day of the month are, while `weekdays 09:00` with its weekends is not.
fn is_round_up(slots: &Slots, slot: DateTime<Utc>) -> bool {
    let from = std::iter::once(slot).chain(slots.iter_after(slot).take(GAPS));
    let slots_seen: Vec<DateTime<Utc>> = from.collect();
    let wide = |pair: &&[DateTime<Utc>]| slots.days_between(pair[0], pair[1]) >= ROUND_UP_DAYS;
    slots_seen.windows(2).filter(wide).count() * 2 > slots_seen.len() - 1
}

/// By their dates, and where those are the same by their editions.
fn by_date(waiting: &[Waiting]) -> Vec<i64> {
    let mut waiting: Vec<&Waiting> = waiting.iter().collect();
    waiting.sort_by_key(|waiting| waiting.published);
    waiting.into_iter().map(|waiting| waiting.digest).collect()
}

/// An instant and a configured duration, which may be of any length.
fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
