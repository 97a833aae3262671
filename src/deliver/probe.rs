//! The way back for lost channels: asks the platform from time to time, by calls that send nothing, whether
//! messages can go there again. How they are lost is `judge.rs`; what the platform tells unasked, `chat/access.rs`.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt as _, stream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::model::channel::{Address, ChannelKind, Platform, probe_wait};
use crate::model::note::Person;
use crate::platform::gate::{Gate, Place};
use crate::platform::{CallError, Courier};
use crate::store::{LostChannel, Store, StoreError};
use crate::text::chain;

/// A channel that is lost for so long is forgotten.
const FORGET_AFTER: TimeDelta = TimeDelta::days(30);
/// Probes on the wire at once: a server that throws us out takes all its channels with it.
const AT_ONCE: usize = 4;
/// People are told of a loss after this, so that what is lost together is told together.
const GATHERED_FOR: TimeDelta = TimeDelta::seconds(10);
/// After the database failed, the loop waits this long before it asks again.
const AFTER_STORE_ERROR: TimeDelta = TimeDelta::seconds(2);

/// Probes one platform's lost channels.
#[derive(Debug)]
pub struct Prober<C> {
    /// The platform.
    pub platform: Platform,
    /// Where it is written which channels are lost.
    pub store: Store,
    /// The platform's calls.
    pub courier: Arc<C>,
    /// The platform's rates.
    pub gate: Arc<Gate>,
    /// The time.
    pub clock: SharedClock,
    /// Notified when a channel was lost, or is to be probed now.
    pub wake: Arc<Notify>,
    /// To be notified when waiting messages can go on.
    pub deliver: Arc<Notify>,
    /// To be notified when there is something to plan again.
    pub plan: Arc<Notify>,
    /// Who is told of lost channels, besides those who subscribed them.
    pub operators: Vec<Person>,
    /// To be notified when there is something to tell them.
    pub notes: Vec<Arc<Notify>>,
}

impl<C: Courier> Prober<C> {
    /// Probes until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let probing = async {
            loop {
                let next = match self.round().await {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::error!(platform = %self.platform, error = chain(&error), "lost channels cannot be read or written; trying again");
                        Some(self.clock.now() + AFTER_STORE_ERROR)
                    }
                };
                tokio::select! {
                    () = self.wake.notified() => {}
                    () = self.sleep(next) => {}
                }
            }
        };
        // Broken off anywhere nothing is lost: a probe sends nothing, and what is written is written at once.
        tokio::select! {
            () = probing => {}
            () = stop.cancelled() => {}
        }
    }

    /// Probes what is due; returns when to look again.
    async fn round(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.clock.now();
        for forgotten in self.store.forget_lost(self.platform, now - FORGET_AFTER, now).await? {
            tracing::warn!(channel = %forgotten.address, subscriptions = forgotten.subscriptions, "lost for 30 days, and forgotten");
        }
        if self.store.tell_losses(self.platform, &self.operators, now + GATHERED_FOR, now).await? {
            self.notes.iter().for_each(|notes| notes.notify_one());
        }
        let due = self.store.to_probe(self.platform, now).await?;
        let probes = stream::iter(due).map(|channel| self.probe(channel)).buffer_unordered(AT_ONCE);
        let written: Vec<Result<(), StoreError>> = probes.collect().await;
        written.into_iter().collect::<Result<(), StoreError>>()?;
        self.store.next_probe(self.platform).await
    }

    async fn probe(&self, channel: LostChannel) -> Result<(), StoreError> {
        let place = self.place(&channel.address, channel.kind).await;
        let answer = self.courier.probe(channel.address, place).await;
        let now = self.clock.now();
        let again = now + probe_wait(channel.probes);
        match answer {
            Ok(()) => {
                if self.store.regain(&channel, now).await? {
                    tracing::info!(channel = %channel.address, "the channel can be reached again");
                    self.deliver.notify_one();
                    self.plan.notify_one();
                }
                Ok(())
            }
            Err(CallError::Moved(to)) => self.follow(&channel, to, now).await,
            // None of these says anything about the channel.
            Err(CallError::RetryAfter { after, .. }) => {
                self.store.put_off_probe(&channel, now + after, false).await
            }
            Err(CallError::Transient(_) | CallError::Unanswered(_) | CallError::Credentials(_)) => {
                self.store.put_off_probe(&channel, again, false).await
            }
            Err(
                error @ (CallError::Lost(_)
                | CallError::Rejected(_)
                | CallError::Gone(_)
                | CallError::Unsupported(_)),
            ) => {
                let again = now + probe_wait(channel.probes.saturating_add(1));
                tracing::debug!(channel = %channel.address, %error, %again, "the channel is still lost");
                self.store.put_off_probe(&channel, again, true).await
            }
        }
    }

    async fn follow(&self, channel: &LostChannel, to: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Address::Telegram { chat: from, .. } = channel.address else { return Ok(()) };
        if from == to {
            return self.store.put_off_probe(channel, now + probe_wait(channel.probes), true).await;
        }
        self.store.move_chat(from, to, now).await?;
        tracing::info!(from, to, "the chat has a new id");
        self.deliver.notify_one();
        self.plan.notify_one();
        Ok(())
    }

    /// A place in the rates, behind deliveries and commands.
    async fn place(&self, address: &Address, kind: ChannelKind) -> Place {
        loop {
            match self.gate.try_take(address, kind) {
                Ok(place) => return place,
                Err(at) => self.clock.sleep_until(at).await,
            }
        }
    }

    async fn sleep(&self, until: Option<DateTime<Utc>>) {
        match until {
            Some(at) => self.clock.sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests;
