//! One platform's rates: who may call now, and who has to wait until when. The numbers are in [`limits`], one
//! channel's state in `lane`; the couriers (`discord`, `telegram`) tell what the platform's answers say.
//!
//! A call counts from the moment it gets its [`Place`] until a whole window after the place is dropped. The
//! platform counts it somewhere between taking and dropping, so that no delay on the way can bring two calls
//! closer together, in its eyes, than it allows.
//!
//! Deliveries ask with [`Gate::reserve`] and go elsewhere meanwhile; commands of people wait with [`Gate::take`]
//! and go before them: first for their channel, in which no other channel is held up, then for the platform. Deliveries are
//! spread evenly over the span of the platform's rate, so that a place is never far, and use all of it; while people ask in
//! their midst, they leave a tenth of the places free.
//!
//! Where several programs share the work, `fence` lets one of them call at a time.

mod fence;
mod lane;
pub mod limits;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc::UnboundedSender;

use crate::clock::SharedClock;
use crate::model::channel::{Address, ChannelKind};
use crate::platform::call::{CallError, Covers};

use lane::Lane;

pub use fence::{Fence, Since};
pub use lane::Bucket;
pub use limits::{Limits, Rate};

/// Idle channels are looked for when this many are known, and then whenever the number has doubled.
const FORGET_FROM: usize = 1024;

/// So long before it is free, a place can be reserved: longer than the outbox takes to write that a message is on its
/// way, so that the call begins the instant it may.
const AHEAD: TimeDelta = TimeDelta::milliseconds(100);

/// What a platform told to wait for, to be stored: it holds after a restart and for all replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// What it covers.
    pub covers: Covered,
    /// Nothing of that before this instant.
    pub until: DateTime<Utc>,
}

/// What a [`Wait`] covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Covered {
    /// Every call to the platform.
    Everything,
    /// Calls to one channel; for Telegram the whole chat, whatever the topic.
    Channel(Address),
}

/// One platform's rates, shared by everything that calls it.
#[derive(Debug)]
pub struct Gate {
    limits: Limits,
    clock: SharedClock,
    waits: UnboundedSender<Wait>,
    lanes: Mutex<Lanes>,
    fence: Arc<Fence>,
    /// Whether it knows what was told to others, and what they called, before this program's turn.
    is_informed: AtomicBool,
}

#[derive(Debug)]
struct Lanes {
    overall: Lane,
    channels: HashMap<Address, Lane>,
    forget_at: usize,
}

/// The right to make one call now. Keep it until the call has returned: dropping it says that the call is over.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub struct Place {
    overall: Held,
    _channel: Option<Held>,
}

impl Gate {
    /// A gate that keeps to `limits` and to what earlier runs were told (`remembered`), and reports to `waits`
    /// what it is told from now on.
    pub fn new(
        limits: Limits,
        clock: SharedClock,
        remembered: Vec<Wait>,
        waits: UnboundedSender<Wait>,
    ) -> Self {
        let mut overall = Lane::new(false);
        overall.keep_to(limits.overall.into_iter());
        if let Some(rate) = limits.overall {
            overall.spread(rate);
        }
        let mut lanes = Lanes { overall, channels: HashMap::new(), forget_at: FORGET_FROM };
        let now = clock.now();
        for wait in remembered {
            lanes.lane(wait.covers, &limits).wait(wait.until, now);
        }
        let (lanes, fence) = (Mutex::new(lanes), Arc::new(Fence::open()));
        Self { limits, clock, waits, lanes, fence, is_informed: AtomicBool::new(true) }
    }

    /// The same behind a fence: others call the platform, too, each in its time.
    pub fn behind(self, fence: Arc<Fence>) -> Self {
        Self { fence, ..self }
    }

    /// Open while it is this program's turn to call the platform.
    pub fn fence(&self) -> Arc<Fence> {
        Arc::clone(&self.fence)
    }

    /// Leaves room in the platform's rate for what other programs call at their small rates of their own
    /// ([`Limits::discord_aside`]), for good.
    pub fn leave_room(&self) {
        if let Some(rate) = self.limits.overall {
            let left = rate.calls.saturating_sub(limits::ASIDE * limits::ASIDE_CALLS).max(1);
            self.lanes().overall.keep_to([rate, Rate { calls: left, ..rate }].into_iter());
        }
    }

    /// Whether it is this program's turn to call the platform: to be asked last before each call.
    ///
    /// # Errors
    /// If it is not: the call must not be made.
    pub(super) fn expect_turn(&self) -> Result<(), CallError> {
        if self.fence.lets_pass() && self.is_informed.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(CallError::Transient("it is another program's turn to talk to the platform".to_owned()))
    }

    /// From now on no call is made before it is [taken over](Self::take_over): others may talk to the platform.
    pub fn await_take_over(&self) {
        self.is_informed.store(false, Ordering::Release);
    }

    /// Keeps to what was told to others before this program's turn, and counts the calls that were made lately.
    pub fn take_over(&self, told: &[Wait], calls: &[(Address, ChannelKind, DateTime<Utc>)]) {
        let mut lanes = self.lanes();
        let now = self.clock.now();
        for wait in told {
            lanes.lane(wait.covers, &self.limits).wait(wait.until, now);
        }
        for (address, kind, at) in calls {
            lanes.channel(chat_of(address), *kind, &self.limits, now);
            lanes.both(chat_of(address), &self.limits, |lane| lane.count(*at, now));
        }
        drop(lanes);
        self.is_informed.store(true, Ordering::Release);
    }

    /// A place for a delivery's call to this channel, free now or within 100 ms.
    ///
    /// # Errors
    /// When to ask again, if there is none: always later than now, and never later than the first instant at
    /// which there may be one (at most 25 ms later where only the end of a call in flight can tell).
    pub fn reserve(
        self: &Arc<Self>,
        address: &Address,
        kind: ChannelKind,
    ) -> Result<Reserved, DateTime<Utc>> {
        let channel = chat_of(address);
        let mut lanes = self.lanes();
        let now = self.clock.now();
        lanes.admits(channel, kind, &self.limits, now, AHEAD)?;
        lanes.both(channel, &self.limits, Lane::reserve);
        Ok(Reserved { gate: Arc::clone(self), channel, has_begun: false })
    }

    /// A place for a call to this channel now.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve) has.
    pub fn try_take(self: &Arc<Self>, address: &Address, kind: ChannelKind) -> Result<Place, DateTime<Utc>> {
        let channel = chat_of(address);
        let mut lanes = self.lanes();
        let now = self.clock.now();
        lanes.admits(channel, kind, &self.limits, now, TimeDelta::zero())?;
        lanes.both(channel, &self.limits, Lane::enter);
        Ok(self.place(channel))
    }

    /// When the platform as a whole may take a delivery's reservation again, if it takes none now: until then asking
    /// for one channel after the other is in vain.
    pub fn closed_until(&self) -> Option<DateTime<Utc>> {
        let mut lanes = self.lanes();
        let now = self.clock.now();
        let spare = lanes.overall.commands;
        Some(lanes.overall.opens_ahead(now, spare, AHEAD)).filter(|at| *at > now)
    }

    /// A place for the answer to a person in this channel, as soon as the rates allow one; before any delivery,
    /// and in the order in which commands came. Dropping the future gives up waiting.
    pub async fn take(self: &Arc<Self>, address: &Address, kind: ChannelKind) -> Place {
        let channel = chat_of(address);
        // Made and counted under one lock: a lane with a waiting command is never forgotten.
        let queue = {
            let mut lanes = self.lanes();
            let now = self.clock.now();
            lanes.channel(channel, kind, &self.limits, now).commands += 1;
            Queued { gate: Arc::clone(self), covers: Covered::Channel(channel) }
        };
        let of_channel = queue.wait().await;
        Place { overall: self.take_overall().await, _channel: Some(of_channel) }
    }

    /// A place for a call to no channel (who we are, which commands there are), as soon as the rates allow one.
    pub async fn take_for_none(self: &Arc<Self>) -> Place {
        Place { overall: self.take_overall().await, _channel: None }
    }

    async fn take_overall(self: &Arc<Self>) -> Held {
        let queue = {
            self.lanes().overall.commands += 1;
            Queued { gate: Arc::clone(self), covers: Covered::Everything }
        };
        queue.wait().await
    }

    /// The platform told to wait after a call to this channel. It is obeyed to the letter by what it covers.
    pub fn told(&self, address: &Address, covers: Covers, after: TimeDelta) {
        let covers = match covers {
            Covers::Everything => Covered::Everything,
            Covers::Channel => Covered::Channel(chat_of(address)),
        };
        self.wait(covers, after);
    }

    /// The platform told to wait with everything, after a call to no channel.
    pub fn told_all(&self, after: TimeDelta) {
        self.wait(Covered::Everything, after);
    }

    /// An answer from this channel said how full one of its buckets is.
    ///
    /// A channel's buckets are kept together: when one is empty, the channel waits. They belong to different
    /// routes (sending, editing, …), but what is delivered to a channel goes one by one in any case.
    pub fn learned(&self, address: &Address, bucket: Bucket) {
        if self.limits.learns {
            let mut lanes = self.lanes();
            let now = self.clock.now();
            lanes.lane(Covered::Channel(chat_of(address)), &self.limits).learn(bucket, now);
        }
    }

    fn wait(&self, covers: Covered, after: TimeDelta) {
        let now = self.clock.now();
        let until = now + after;
        if self.lanes().lane(covers, &self.limits).wait(until, now) {
            tracing::info!(?covers, %until, "the platform told to wait");
            // Nobody listens any more only while the program stops.
            let _ = self.waits.send(Wait { covers, until });
        }
    }

    fn place(self: &Arc<Self>, channel: Address) -> Place {
        Place {
            overall: self.held(Covered::Everything),
            _channel: Some(self.held(Covered::Channel(channel))),
        }
    }

    fn held(self: &Arc<Self>, covers: Covered) -> Held {
        Held { gate: Arc::clone(self), covers }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    /// Whether a delivery gets a place that is free so long `ahead`; if not, when to ask again.
    fn admits(
        &mut self,
        channel: Address,
        kind: ChannelKind,
        limits: &Limits,
        now: DateTime<Utc>,
        ahead: TimeDelta,
    ) -> Result<(), DateTime<Utc>> {
        let lane = self.channel(channel, kind, limits, now);
        let of_channel = lane.opens_ahead(now, lane.commands, ahead);
        let at = of_channel.max(self.overall.opens_ahead(now, self.overall.commands, ahead));
        if at > now { Err(at) } else { Ok(()) }
    }

    /// Does the same to the platform's lane and to a channel's.
    fn both(&mut self, channel: Address, limits: &Limits, change: impl Fn(&mut Lane)) {
        change(&mut self.overall);
        change(self.lane(Covered::Channel(channel), limits));
    }

    /// A channel's lane, for a call.
    fn channel(
        &mut self,
        channel: Address,
        kind: ChannelKind,
        limits: &Limits,
        now: DateTime<Utc>,
    ) -> &mut Lane {
        if self.channels.len() >= self.forget_at {
            self.channels.retain(|_, lane| !lane.is_idle(now));
            self.forget_at = FORGET_FROM.max(2 * self.channels.len());
        }
        let lane = self.lane(Covered::Channel(channel), limits);
        lane.keep_to(limits.of_channel(kind));
        lane
    }

    fn lane(&mut self, covers: Covered, limits: &Limits) -> &mut Lane {
        match covers {
            Covered::Everything => &mut self.overall,
            Covered::Channel(address) => {
                self.channels.entry(address).or_insert_with(|| Lane::new(limits.learns))
            }
        }
    }
}

impl Place {
    /// The call is over, and another belongs to it: a place for that one, as soon as the platform's rate allows it. What the
    /// channel's buckets say to it, its answer tells.
    pub async fn next(self) -> Self {
        let gate = Arc::clone(&self.overall.gate);
        // Not kept meanwhile: where all places are, none would ever be free.
        drop(self);
        gate.take_for_none().await
    }
}

/// A place that is kept for a call which has not begun. The platform counts nothing until it has.
#[derive(Debug)]
#[must_use = "the place is given to others when this is dropped"]
pub struct Reserved {
    gate: Arc<Gate>,
    channel: Address,
    has_begun: bool,
}

impl Reserved {
    /// Waits until the place is free, and takes it.
    pub async fn begin(mut self) -> Place {
        loop {
            match self.try_begin() {
                Ok(place) => return place,
                Err(at) => self.gate.clock.sleep_until(at).await,
            }
        }
    }

    fn try_begin(&mut self) -> Result<Place, DateTime<Utc>> {
        let mut lanes = self.gate.lanes();
        let now = self.gate.clock.now();
        let of_channel = lanes.lane(Covered::Channel(self.channel), &self.gate.limits).begins(now);
        let at = of_channel.max(lanes.overall.begins(now));
        if at > now {
            return Err(at);
        }
        lanes.both(self.channel, &self.gate.limits, |lane| lane.begin(now));
        self.has_begun = true;
        Ok(self.gate.place(self.channel))
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if !self.has_begun {
            self.gate.lanes().both(self.channel, &self.gate.limits, Lane::cancel);
        }
    }
}

/// A place in one lane.
#[derive(Debug)]
struct Held {
    gate: Arc<Gate>,
    covers: Covered,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut lanes = self.gate.lanes();
        // Asked under the lock, so that the instants come in order.
        let now = self.gate.clock.now();
        lanes.lane(self.covers, &self.gate.limits).leave(now);
    }
}

/// A command that waits for a place in one lane, counted there until this is dropped.
struct Queued {
    gate: Arc<Gate>,
    covers: Covered,
}

impl Queued {
    async fn wait(self) -> Held {
        let turn = Arc::clone(&self.gate.lanes().lane(self.covers, &self.gate.limits).turn);
        let _turn = turn.lock().await;
        let mut has_waited = false;
        loop {
            let at = match self.enter(has_waited) {
                Ok(held) => return held,
                Err(at) => at,
            };
            has_waited = true;
            self.gate.clock.sleep_until(at).await;
        }
    }

    fn enter(&self, has_waited: bool) -> Result<Held, DateTime<Utc>> {
        let mut lanes = self.gate.lanes();
        let now = self.gate.clock.now();
        let lane = lanes.lane(self.covers, &self.gate.limits);
        let at = lane.opens(now);
        if at > now {
            return Err(at);
        }
        lane.enter_command(now, has_waited);
        Ok(self.gate.held(self.covers))
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        let mut lanes = self.gate.lanes();
        let lane = lanes.lane(self.covers, &self.gate.limits);
        lane.commands = lane.commands.saturating_sub(1);
    }
}

/// What a channel's rates belong to: topics share those of their chat.
fn chat_of(address: &Address) -> Address {
    match *address {
        Address::Telegram { chat, .. } => Address::Telegram { chat, topic: None },
        discord @ Address::Discord { .. } => discord,
    }
}
