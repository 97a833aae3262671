//! The loop of one platform: claims what may go, sends it, settles it, and sleeps until something changes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::attempt::attempt;
use super::judge::judge;
use super::line::Line;
use crate::clock::SharedClock;
use crate::model::channel::{ChannelId, ChannelKind, Platform};
use crate::model::delivery::{Claimed, Head, Outcome, Task};
use crate::platform::gate::{Gate, Reserved};
use crate::platform::{CallError, Courier};
use crate::store::{Store, StoreError, Texts};

/// After the database failed, the loop waits this long before it asks again.
const AFTER_STORE_ERROR: TimeDelta = TimeDelta::seconds(2);

/// How often the loop looks for claims whose lease is over, and for messages that nobody woke it for.
const LOOK_ROUND_EVERY: TimeDelta = TimeDelta::seconds(30);

/// How long what comes off a full wire is gathered before it is settled.
const GATHER_FOR: std::time::Duration = std::time::Duration::from_millis(10);

/// What a worker goes by.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// A message that cannot be sent for this long is set aside.
    pub give_up_after: TimeDelta,
    /// Messages on the wire at once.
    pub in_flight: u32,
    /// How long a claim holds; longer than a call can take.
    pub lease: TimeDelta,
    /// How long a stop waits for what is on the wire.
    pub stop_within: std::time::Duration,
}

/// Delivers one platform's messages.
#[derive(Debug)]
pub struct Worker<C> {
    /// The platform.
    pub platform: Platform,
    /// The outbox.
    pub store: Store,
    /// The platform's calls.
    pub courier: Arc<C>,
    /// The platform's rates.
    pub gate: Arc<Gate>,
    /// The time.
    pub clock: SharedClock,
    /// This process among others on the same database.
    pub owner: String,
    /// What it goes by.
    pub settings: Settings,
    /// Notified when the outbox has new messages or a channel can be reached again.
    pub wake: Arc<Notify>,
    /// To be notified when a channel was lost.
    pub lost: Arc<Notify>,
}

/// A message that was on the wire, and what became of it.
type Done = (Claimed, Outcome);

/// How far a worker is.
#[derive(Debug)]
struct Work {
    line: Line,
    wire: JoinSet<Done>,
    /// What came off the wire, and is not written down.
    unsettled: Vec<Done>,
    texts: Texts,
    look_round_at: DateTime<Utc>,
}

impl<C: Courier> Worker<C> {
    /// Delivers until `stop`; then lets what is on the wire finish, and settles it.
    pub async fn run(self, stop: CancellationToken) {
        let mut work = Work {
            line: Line::default(),
            wire: JoinSet::new(),
            unsettled: Vec::new(),
            texts: Texts::default(),
            look_round_at: self.clock.now() + LOOK_ROUND_EVERY,
        };
        let mut resting = self.refresh(&mut work.line).await.is_err();
        while !stop.is_cancelled() {
            if resting {
                tokio::select! {
                    () = self.clock.sleep_until(self.clock.now() + AFTER_STORE_ERROR) => {}
                    () = stop.cancelled() => break,
                }
            }
            resting = self.turn(&mut work, &stop).await.is_err();
        }
        self.finish(work).await;
    }

    /// One turn: settle, start what can start, wait for something to change.
    async fn turn(&self, work: &mut Work, stop: &CancellationToken) -> Result<(), StoreError> {
        self.settle(work).await?;
        self.look_round(work).await?;
        let closed_until = self.start_ready(work).await?;
        let next_ready = work.line.next_ready().filter(|_| work.wire.len() < self.room());
        let next = next_ready.map(|at| closed_until.map_or(at, |open| at.max(open)));
        let next = next.map_or(work.look_round_at, |at| at.min(work.look_round_at));
        tokio::select! {
            Some(done) = work.wire.join_next() => {
                work.unsettled.extend(finished(done));
                self.gather(work).await;
            }
            () = self.wake.notified() => self.refresh(&mut work.line).await?,
            () = self.clock.sleep_until(next) => {}
            () = stop.cancelled() => {}
        }
        Ok(())
    }

    /// Takes what else has come off the wire. While that is more than half full there will be more in a moment, and what
    /// is settled and claimed together costs the database hardly more than one.
    async fn gather(&self, Work { wire, unsettled, .. }: &mut Work) {
        let more = async {
            while wire.len() * 2 > self.room()
                && let Some(done) = wire.join_next().await
            {
                unsettled.extend(finished(done));
            }
        };
        // When the time is over, what has come is taken.
        let _ = tokio::time::timeout(GATHER_FOR, more).await;
        while let Some(done) = wire.try_join_next() {
            unsettled.extend(finished(done));
        }
    }

    /// Puts every channel with open messages in line.
    async fn refresh(&self, line: &mut Line) -> Result<(), StoreError> {
        line.expect_more();
        let heads = self.store.heads(self.platform).await.inspect_err(|error| {
            self.log(error);
            self.wake.notify_one();
        })?;
        heads.into_iter().for_each(|head| line.put(head));
        Ok(())
    }

    /// From time to time: makes claims void whose lease is over, and puts every channel in line that should be
    /// there. Whatever went wrong with a claim or a wake-up, nothing waits for longer than that.
    async fn look_round(&self, work: &mut Work) -> Result<(), StoreError> {
        let (now, at) = (self.clock.now(), work.look_round_at);
        // A clock that was set back must not make this wait for its old time.
        if (now..=now + LOOK_ROUND_EVERY).contains(&at) && at > now {
            return Ok(());
        }
        let voided = self.store.void_claims(None, now).await.inspect_err(|error| self.log(error))?;
        if voided > 0 {
            tracing::warn!(
                messages = voided,
                "claims ran out while messages were being sent; looking into them"
            );
        }
        work.look_round_at = now + LOOK_ROUND_EVERY;
        self.refresh(&mut work.line).await
    }

    /// Claims the first message of each channel that is ready and has a place in the rates, and sends them.
    /// Returns until when the platform takes nothing more, if it does not.
    async fn start_ready(&self, work: &mut Work) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Work { line, wire, texts, .. } = work;
        let mut ready: Vec<(Head, Reserved)> = Vec::new();
        let mut closed_until = None;
        let now = self.clock.now();
        while wire.len() + ready.len() < self.room() {
            closed_until = self.gate.closed_until();
            if closed_until.is_some() {
                break;
            }
            let Some(head) = line.take_ready(now) else { break };
            match self.gate.reserve(&head.address, head.kind) {
                Ok(place) => ready.push((head, place)),
                Err(at) => line.put(Head { ready_at: at, ..head }),
            }
        }
        if ready.is_empty() {
            return Ok(closed_until);
        }
        let channels: Vec<ChannelId> = ready.iter().map(|(head, _)| head.channel).collect();
        let claimed = self.store.claim(&self.owner, &channels, now, self.settings.lease, texts);
        let claimed = match claimed.await {
            Ok(claimed) => claimed,
            Err(error) => {
                self.log(&error);
                ready.into_iter().for_each(|(head, _)| line.put(head));
                return Err(error);
            }
        };
        for message in claimed {
            let Some(found) = ready.iter().position(|(head, _)| head.channel == message.channel) else {
                continue;
            };
            let (head, place) = ready.swap_remove(found);
            line.start(head.channel, message.has_more);
            self.send(message, place, wire);
        }
        // Not claimed: somebody else was faster, or the first message was set aside and there is one behind it.
        let passed_over: Vec<ChannelId> = ready.into_iter().map(|(head, _)| head.channel).collect();
        self.put_back(line, passed_over, now).await;
        Ok(closed_until)
    }

    fn send(&self, message: Claimed, reserved: Reserved, wire: &mut JoinSet<Done>) {
        let (courier, gate, clock) =
            (Arc::clone(&self.courier), Arc::clone(&self.gate), Arc::clone(&self.clock));
        let (platform, give_up_after) = (self.platform, self.settings.give_up_after);
        // Whatever is logged about it on the way carries what it is about.
        let span = tracing::info_span!(
            "delivery", delivery = message.delivery.0, row = message.message.0, to = %message.address
        );
        let sending = async move {
            let place = reserved.begin().await;
            let begun = clock.now();
            let attempt = AssertUnwindSafe(attempt(&*courier, &gate, &*clock, &message, place));
            // A fault of ours in one message must not keep its channel on the wire for ever.
            let ended = attempt.catch_unwind().await;
            let ended =
                ended.unwrap_or_else(|_| Err(CallError::Unanswered("the attempt panicked".to_owned())));
            let outcome = match ended {
                Ok(outcome) => outcome,
                Err(error) => {
                    let jitter = jitter(&message);
                    judge(error, &message, clock.now(), give_up_after, jitter)
                }
            };
            report(&message, &outcome);
            count(platform, &outcome, clock.now() - begun);
            (message, outcome)
        };
        wire.spawn(sending.instrument(span));
    }

    /// Writes what became of messages, and puts those of their channels back in line for which there may be more.
    async fn settle(&self, Work { line, unsettled, .. }: &mut Work) -> Result<(), StoreError> {
        if unsettled.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        self.store.settle(&self.owner, unsettled, now).await.inspect_err(|error| self.log(error))?;
        let mut settled = Vec::new();
        for (message, outcome) in unsettled.drain(..) {
            // With the message itself nothing remains to be done; who changes what is sent wakes this loop.
            let is_done = matches!(outcome, Outcome::Sent(_))
                && message.task == Task::Send
                && message.kind != ChannelKind::Announcement;
            if line.finish(message.channel) || !is_done {
                settled.push(message.channel);
            }
            match outcome {
                Outcome::Lost(_) => self.lost.notify_one(),
                // Its messages may belong to another channel now.
                Outcome::Moved(_) => self.wake.notify_one(),
                _ => {}
            }
        }
        self.put_back(line, settled, now).await;
        Ok(())
    }

    /// Puts those of these channels back in line that have more; behind those that have waited while they had their turn.
    async fn put_back(&self, line: &mut Line, channels: Vec<ChannelId>, now: DateTime<Utc>) {
        if channels.is_empty() {
            return;
        }
        match self.store.heads_of(self.platform, channels.into_iter()).await {
            Ok(heads) => {
                heads
                    .into_iter()
                    .for_each(|head| line.put(Head { ready_at: head.ready_at.max(now), ..head }));
            }
            Err(error) => {
                self.log(&error);
                self.wake.notify_one();
            }
        }
    }

    /// After a stop: waits for what is on the wire, and settles it.
    async fn finish(&self, Work { mut wire, mut unsettled, .. }: Work) {
        let waited = tokio::time::timeout(self.settings.stop_within, async {
            while let Some(done) = wire.join_next().await {
                unsettled.extend(finished(done));
            }
        })
        .await;
        if waited.is_err() {
            tracing::warn!(platform = %self.platform, left = wire.len(), "stopped with messages on the wire; they are looked into at the next start");
        }
        if let Err(error) = self.store.settle(&self.owner, &unsettled, self.clock.now()).await {
            self.log(&error);
        }
    }

    fn room(&self) -> usize {
        self.settings.in_flight as usize
    }

    fn log(&self, error: &StoreError) {
        tracing::error!(platform = %self.platform, error = %crate::text::chain(error), "the outbox cannot be read or written; trying again");
    }
}

fn finished(done: Result<Done, tokio::task::JoinError>) -> Option<Done> {
    // A task that panicked leaves its message `sending`; its lease makes it unknown.
    done.inspect_err(|error| tracing::error!(%error, "sending a message ended unexpectedly")).ok()
}

/// From 0 to 1, different for each message and attempt, and the same each time: the nonce is a hash.
fn jitter(message: &Claimed) -> f64 {
    let sum: u32 = message.nonce.bytes().map(u32::from).sum::<u32>().wrapping_add(message.attempts * 37);
    f64::from(sum % 101) / 100.0
}

fn done(task: &Task) -> &'static str {
    match task {
        Task::Send => "sent",
        Task::Edit(_) | Task::Delete(_) => "corrected",
        Task::Recall(_) => "recalled",
        Task::Publish(_) => "published",
    }
}

/// What the metrics tell of an attempt.
fn count(platform: Platform, outcome: &Outcome, took: TimeDelta) {
    let word = match outcome {
        Outcome::Sent(_) => "sent",
        Outcome::Emptied => "emptied",
        Outcome::Later { .. } | Outcome::Again { .. } => "again",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Plainer(_) => "plainer",
        Outcome::Failed(_) => "failed",
        Outcome::Lost(_) => "lost",
        Outcome::Moved(_) => "moved",
    };
    let platform = platform.name();
    metrics::counter!("jogan_attempts_total", "platform" => platform, "outcome" => word).increment(1);
    let seconds = took.to_std().unwrap_or_default().as_secs_f64();
    metrics::histogram!("jogan_send_seconds", "platform" => platform).record(seconds);
}

fn report(message: &Claimed, outcome: &Outcome) {
    match outcome {
        Outcome::Sent(_) if message.task != Task::Send => {
            tracing::info!("{}", done(&message.task));
        }
        Outcome::Emptied => {
            tracing::info!("it cannot be deleted, and is emptied");
        }
        Outcome::Failed(reason) if message.task != Task::Send => {
            tracing::info!(reason, "left as it is: not {}", done(&message.task));
        }
        Outcome::Sent(sent) => {
            tracing::info!(platform_id = %sent.0, "sent");
        }
        Outcome::Later { at, reason } | Outcome::Again { at, reason } => {
            tracing::info!(%at, reason, "not yet sent");
        }
        Outcome::Unknown { at, reason } => {
            tracing::warn!(%at, reason, "nobody knows whether it was sent");
        }
        Outcome::Plainer(reason) => {
            tracing::warn!(reason, "refused; trying without markup");
        }
        Outcome::Failed(reason) => {
            tracing::error!(reason, "set aside");
        }
        Outcome::Lost(reason) => {
            tracing::warn!(reason, "the channel cannot be reached");
        }
        Outcome::Moved(chat) => {
            tracing::info!(chat, "the chat has a new id");
        }
    }
}
