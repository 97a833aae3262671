//! One lane of a [`Gate`](crate::platform::gate::Gate): the whole platform or one channel, with everything that
//! limits it. Plain state without a clock; the gate locks it and tells it the time.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::limits::Rate;

/// How soon to ask again where only the end of a call in flight can tell more.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(25);

/// How soon to ask again, at the latest, where commands are served first: they may give up.
const COMMANDS_FIRST: TimeDelta = TimeDelta::seconds(1);

/// How long after a call for somebody who asked deliveries leave room for the next.
const ROOM_FOR: TimeDelta = TimeDelta::seconds(30);

/// How many buckets of a channel are remembered. Jogan's calls to a channel know five routes.
const MAX_BUCKETS: usize = 8;

/// What an answer told about one of a channel's buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The platform's name for it.
    pub id: String,
    /// How many calls it takes when it is full.
    pub limit: u32,
    /// How many calls it still takes now.
    pub remaining: u32,
    /// How long until it is full again, from the answer's arrival.
    pub reset_after: TimeDelta,
}

/// The platform as a whole, or one channel.
#[derive(Debug, Default)]
pub(super) struct Lane {
    windows: Vec<Window>,
    buckets: Vec<Known>,
    /// Whether `buckets` limit this lane.
    learns: bool,
    /// Calls that hold a place, those in `reserved` included.
    in_flight: usize,
    /// Calls that have not begun yet.
    reserved: usize,
    told: Option<Alarm>,
    /// When the next delivery may begin; `None`: as soon as there is a place.
    pace: Option<Pace>,
    /// Commands that wait for a place here; bulk leaves them room.
    pub(super) commands: usize,
    /// Held by the first of these commands: they go in the order in which they came.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
}

impl Lane {
    pub(super) fn new(learns: bool) -> Self {
        Self { learns, ..Self::default() }
    }

    /// Makes sure that these rates are kept here. A channel that was only told to wait has none yet.
    pub(super) fn keep_to(&mut self, rates: impl Iterator<Item = Rate>) {
        let known = self.windows.len();
        self.windows.extend(rates.skip(known).map(Window::new));
    }

    /// Spreads deliveries evenly over the span of this rate from now on. Otherwise all of its places would be taken at one
    /// instant, and be free at one instant a span later: an answer to a person would wait so long.
    pub(super) fn spread(&mut self, rate: Rate) {
        self.pace = Some(Pace {
            next: DateTime::UNIX_EPOCH,
            step: TimeDelta::zero(),
            room: rate.calls as usize / 10,
            asked_at: DateTime::<Utc>::MIN_UTC,
        });
    }

    /// The earliest instant at which there may be a place for a command; `now` if there is one now. Never later than it
    /// is, so that asking again then wastes nothing. Calls that are reserved and have not begun wait for it.
    pub(super) fn opens(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.opens_beside(now, self.in_flight - self.reserved)
    }

    fn opens_beside(&mut self, now: DateTime<Utc>, busy: usize) -> DateTime<Utc> {
        self.windows_open(now, busy).max(self.buckets_open(now, busy)).max(self.told_until(now))
    }

    /// The same for a delivery's place, which may be reserved so long `ahead` of when it is free, with `spare` more left.
    /// What others tell (the platform, its buckets, waiting commands) may change until then; nothing is reserved on that.
    pub(super) fn opens_ahead(
        &mut self,
        now: DateTime<Utc>,
        spare: usize,
        ahead: TimeDelta,
    ) -> DateTime<Utc> {
        let ahead = if spare == 0 { ahead } else { TimeDelta::zero() };
        let busy = self.in_flight + spare.max(self.room(now));
        // After those that are reserved already.
        let paced = self.paced(now, self.reserved);
        let mut at = now.max(self.windows_open(now, busy).max(paced) - ahead);
        at = at.max(self.buckets_open(now, busy));
        if spare > 0 {
            at = at.min(now + COMMANDS_FIRST);
        }
        at.max(self.told_until(now))
    }

    /// The earliest instant at which a reserved call may begin, after the commands that wait; `now` if it may.
    pub(super) fn begins(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let busy = self.in_flight - self.reserved;
        let with_room = busy + self.commands.max(self.room(now));
        self.opens_beside(now, with_room).max(self.paced(now, 0))
    }

    /// How many places deliveries leave to people now.
    fn room(&self, now: DateTime<Utc>) -> usize {
        self.pace.map_or(0, |pace| pace.room(now))
    }

    /// The instant at which the delivery after `before` others may begin for the pace's sake.
    fn paced(&self, now: DateTime<Utc>, before: usize) -> DateTime<Utc> {
        self.pace.map_or(now, |pace| pace.at(now, before))
    }

    fn windows_open(&mut self, now: DateTime<Utc>, busy: usize) -> DateTime<Utc> {
        self.windows.iter_mut().map(|window| window.opens(now, busy)).max().unwrap_or(now)
    }

    fn buckets_open(&mut self, now: DateTime<Utc>, busy: usize) -> DateTime<Utc> {
        if !self.learns {
            return now;
        }
        if self.buckets.is_empty() {
            return if busy == 0 { now } else { now + LOOK_AGAIN };
        }
        self.buckets.iter_mut().map(|bucket| bucket.opens(now, busy)).max().unwrap_or(now)
    }

    fn told_until(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.told.as_mut().map_or(now, |told| told.at(now))
    }

    /// A call begins.
    pub(super) fn enter(&mut self) {
        self.in_flight += 1;
    }

    /// A command's call begins. If it has waited, or half of the places are taken, deliveries leave room for those that
    /// follow.
    pub(super) fn enter_command(&mut self, now: DateTime<Utc>, has_waited: bool) {
        self.enter();
        let busy = self.in_flight - self.reserved;
        let is_busy = self.windows.iter_mut().any(|window| window.is_half_taken(now, busy));
        if let Some(pace) = &mut self.pace
            && (has_waited || is_busy)
        {
            pace.asked_at = now;
        }
    }

    /// A call will begin as soon as it may.
    pub(super) fn reserve(&mut self) {
        self.in_flight += 1;
        self.reserved += 1;
    }

    /// A reserved call begins.
    pub(super) fn begin(&mut self, now: DateTime<Utc>) {
        self.reserved = self.reserved.saturating_sub(1);
        if let Some(pace) = &mut self.pace {
            let busy = self.in_flight - self.reserved + pace.room(now);
            pace.step =
                self.windows.iter_mut().map(|window| window.step(now, busy)).max().unwrap_or_default();
            pace.next = now + pace.step;
        }
    }

    /// A reserved call is not made: the platform counts nothing.
    pub(super) fn cancel(&mut self) {
        self.reserved = self.reserved.saturating_sub(1);
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// A call is over: its place stays taken for the length of each window from here, because the platform may
    /// have counted it at any instant up to now.
    pub(super) fn leave(&mut self, now: DateTime<Utc>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        for window in &mut self.windows {
            window.leave(now);
        }
    }

    /// A call that somebody else made at an instant; the earliest first.
    pub(super) fn count(&mut self, at: DateTime<Utc>, now: DateTime<Utc>) {
        for window in &mut self.windows {
            window.forget(now);
            window.frees.push_back(at.min(now) + window.rate.per);
        }
    }

    /// Nothing here before `until`. Returns whether that is longer than was known.
    pub(super) fn wait(&mut self, until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let longer = self.told.as_mut().is_none_or(|told| told.at(now) < until);
        if longer {
            self.told = Some(Alarm::new(until, now));
        }
        longer
    }

    /// Takes note of a bucket.
    pub(super) fn learn(&mut self, bucket: Bucket, now: DateTime<Utc>) {
        let reset = Alarm::new(now + bucket.reset_after, now);
        match self.buckets.iter_mut().find(|known| known.id == bucket.id) {
            Some(known) => {
                // Answers overtake each other: within one filling of the bucket the smallest number is the last.
                let same_filling = known.reset.at(now) > now;
                known.remaining =
                    if same_filling { known.remaining.min(bucket.remaining) } else { bucket.remaining };
                known.limit = bucket.limit.max(1);
                known.reset = reset;
            }
            None => {
                if self.buckets.len() == MAX_BUCKETS {
                    self.buckets.remove(0);
                }
                self.buckets.push(Known {
                    id: bucket.id,
                    limit: bucket.limit.max(1),
                    remaining: bucket.remaining,
                    reset,
                });
            }
        }
    }

    /// Whether forgetting this lane would change nothing that a platform could notice.
    pub(super) fn is_idle(&mut self, now: DateTime<Utc>) -> bool {
        self.in_flight == 0
            && self.commands == 0
            && self.told.as_mut().is_none_or(|told| told.at(now) <= now)
            && self.buckets.iter_mut().all(|bucket| bucket.reset.at(now) <= now)
            && self.windows.iter_mut().all(|window| window.is_empty(now))
    }
}

/// One rate, kept by remembering when the calls of the last span were over.
#[derive(Debug)]
struct Window {
    rate: Rate,
    /// When each finished call stops counting; at most `rate.calls`, the earliest first.
    frees: VecDeque<DateTime<Utc>>,
}

impl Window {
    fn new(rate: Rate) -> Self {
        Self { rate: Rate { calls: rate.calls.max(1), per: rate.per }, frees: VecDeque::new() }
    }

    /// How many places are taken.
    fn taken(&mut self, now: DateTime<Utc>, busy: usize) -> usize {
        self.forget(now);
        busy + self.frees.len()
    }

    fn is_half_taken(&mut self, now: DateTime<Utc>, busy: usize) -> bool {
        2 * self.taken(now, busy) > self.rate.calls as usize
    }

    /// From one call to the next, if those that there are places for are spread evenly until one more is free.
    fn step(&mut self, now: DateTime<Utc>, busy: usize) -> TimeDelta {
        let free = (self.rate.calls as usize).saturating_sub(self.taken(now, busy));
        let until_one_more = self.frees.front().map_or(self.rate.per, |at| *at - now);
        until_one_more / i32::try_from(free + 1).unwrap_or(i32::MAX)
    }

    fn opens(&mut self, now: DateTime<Utc>, busy: usize) -> DateTime<Utc> {
        let calls = self.rate.calls as usize;
        let taken = self.taken(now, busy);
        if taken < calls {
            return now;
        }
        // So many have to stop counting first. Those in flight do so a whole span from now at the earliest.
        self.frees.get(taken - calls).copied().unwrap_or(now + self.rate.per)
    }

    fn leave(&mut self, now: DateTime<Utc>) {
        self.forget(now);
        self.frees.push_back(now + self.rate.per);
    }

    fn is_empty(&mut self, now: DateTime<Utc>) -> bool {
        self.forget(now);
        self.frees.is_empty()
    }

    fn forget(&mut self, now: DateTime<Utc>) {
        let latest = now + self.rate.per;
        if self.frees.back().is_some_and(|at| *at > latest) {
            // The clock was set back; nothing counts for longer than a whole span from now.
            self.frees.iter_mut().for_each(|at| *at = latest.min(*at));
        }
        while self.frees.front().is_some_and(|at| *at <= now) {
            self.frees.pop_front();
        }
    }
}

/// How deliveries are spread.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// When the next may begin.
    next: DateTime<Utc>,
    /// From there to the one after it, as it looks now.
    step: TimeDelta,
    /// So many places are left to people while they ask.
    room: usize,
    /// When somebody asked last in the midst of deliveries.
    asked_at: DateTime<Utc>,
}

impl Pace {
    /// When the delivery after `before` others may begin.
    fn at(&self, now: DateTime<Utc>, before: usize) -> DateTime<Utc> {
        let steps = self.step * i32::try_from(before).unwrap_or(i32::MAX);
        // No further ahead than a step, if the clock was set back.
        self.next.clamp(now, now + self.step) + steps
    }

    /// How many places deliveries leave free now. For a clock that was set back, none.
    fn room(&self, now: DateTime<Utc>) -> usize {
        if (self.asked_at..self.asked_at + ROOM_FOR).contains(&now) { self.room } else { 0 }
    }
}

/// A bucket as it is remembered.
#[derive(Debug)]
struct Known {
    id: String,
    limit: u32,
    remaining: u32,
    reset: Alarm,
}

impl Known {
    fn opens(&mut self, now: DateTime<Utc>, busy: usize) -> DateTime<Utc> {
        let reset = self.reset.at(now);
        let full = reset <= now;
        let room = if full { self.limit } else { self.remaining } as usize;
        if busy < room {
            now
        } else if !full && self.remaining == 0 {
            reset
        } else {
            now + LOOK_AGAIN
        }
    }
}

/// An instant to wait for, which comes no later for a clock that is set back.
#[derive(Debug, Clone, Copy)]
struct Alarm {
    at: DateTime<Utc>,
    /// How far ahead it was when it was set.
    ahead: TimeDelta,
}

impl Alarm {
    fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { at, ahead: at - now }
    }

    fn at(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.at = self.at.min(now + self.ahead);
        self.at
    }
}
