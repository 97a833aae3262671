//! What is done on a platform, and by whom: each part's shift with its leases, the rates behind their fence, deliveries,
//! probes, notes and the chat. What all of it is built from is in `app.rs`.

use std::sync::{Arc, OnceLock};

use chrono::TimeDelta;
use futures::FutureExt as _;
use secrecy::SecretString;
use tokio::sync::{Notify, mpsc};

use super::Parts;
use super::role::Shift;
use crate::chat::discord::Standing;
use crate::chat::{self, Access};
use crate::config::{Config, PlatformConfig, Tokens};
use crate::deliver::{Prober, Trial, Worker};
use crate::model::channel::Platform;
use crate::model::note::Person;
use crate::platform::discord::{self, Discord};
use crate::platform::gate::{Covered, Fence, Gate, Limits, Wait, limits};
use crate::platform::telegram::{self, Telegram};
use crate::platform::{Courier, Timeouts};
use crate::store::{StoreError, StoredWait};
use crate::text::chain;
use crate::web::desk::Reach;

/// Attempts of the last program that talked to a platform count for so long: its longest rate is of a minute.
const RATES_COUNT: TimeDelta = TimeDelta::minutes(1);
/// Its answers to people are written down nowhere. Both platforms count what is said to all, and Telegram what is said to one
/// chat, by the second: after one nothing of them counts any more.
const UNWRITTEN_COUNT: TimeDelta = TimeDelta::seconds(1);

impl Parts {
    /// Starts all that is said to Discord, and by it.
    pub(super) fn start_discord(
        self: &Arc<Self>,
        config: &PlatformConfig,
        token: SecretString,
    ) -> anyhow::Result<Reach> {
        let (gate, fence) = self.gate(Platform::Discord, Limits::discord());
        let settings = discord::Settings {
            api_url: config.api_url.clone(),
            token: token.clone(),
            timeouts: Timeouts::default(),
        };
        let calls = Arc::new(Discord::new(settings.clone(), Arc::clone(&gate))?);
        let access = self.access(Platform::Discord);
        let reach = self.reach(&access, Arc::clone(&calls), Arc::clone(&gate));
        let chat = chat::discord::Discord {
            desk: Arc::clone(&self.desks.borrow()),
            desks: self.desks.clone(),
            calls: Arc::clone(&calls),
            calls_aside: self.discord_aside(settings, &calls)?,
            token,
            operators: config.operators.clone().into(),
            clock: Arc::clone(&self.clock),
            access: Arc::clone(&access),
            standing: Arc::new(Standing::new(Arc::clone(&self.health), Arc::clone(&self.clock))),
        };
        let (is_shared, owner) = (self.store.is_shared(), self.owner.clone());
        if is_shared {
            self.tasks.spawn(chat::discord::run(chat.clone(), owner.clone(), self.stop.clone()));
        }
        self.talk(Platform::Discord, calls, gate, fence, access, move |shift| {
            shift.tasks.spawn(chat::discord::announce(chat.clone(), shift.stop.clone()));
            // Alone, it is heard from once it is known what Discord told the last run to wait for.
            if !is_shared {
                shift.tasks.spawn(chat::discord::run(chat.clone(), owner.clone(), shift.stop.clone()));
            }
        });
        Ok(reach)
    }

    /// Discord's calls for when another program talks to it: at a small rate, of which there are only so many.
    fn discord_aside(
        &self,
        settings: discord::Settings,
        calls: &Arc<Discord>,
    ) -> anyhow::Result<Arc<Discord>> {
        if !self.store.is_shared() {
            return Ok(Arc::clone(calls));
        }
        let (gate, fence) = self.gate(Platform::Discord, Limits::discord_aside());
        let leases = (0..limits::ASIDE).map(|place| format!("discord-aside/{place}")).collect();
        self.spawn_at_one(leases, fence, |_| std::future::ready(Ok(())));
        Ok(Arc::new(Discord::new(settings, gate)?))
    }

    /// Starts all that is said to Telegram, and by it.
    pub(super) fn start_telegram(
        self: &Arc<Self>,
        config: &PlatformConfig,
        token: SecretString,
        bot: Arc<OnceLock<String>>,
    ) -> anyhow::Result<Reach> {
        let (gate, fence) = self.gate(Platform::Telegram, Limits::telegram());
        let settings = telegram::Settings {
            api_url: config.api_url.clone(),
            token: token.clone(),
            timeouts: Timeouts::default(),
        };
        let calls = Arc::new(Telegram::new(settings, Arc::clone(&gate))?);
        let access = self.access(Platform::Telegram);
        let reach = self.reach(&access, Arc::clone(&calls), Arc::clone(&gate));
        let chat = chat::telegram::Telegram {
            desk: Arc::clone(&self.desks.borrow()),
            desks: self.desks.clone(),
            calls: Arc::clone(&calls),
            token,
            api_url: config.api_url.clone(),
            operators: config.operators.clone().into(),
            bot,
            clock: Arc::clone(&self.clock),
            access: Arc::clone(&access),
            health: Arc::clone(&self.health),
        };
        self.talk(Platform::Telegram, calls, gate, fence, access, move |shift| {
            shift.tasks.spawn(chat::telegram::run(chat.clone(), shift.stop.clone()));
        });
        Ok(reach)
    }

    /// Talks to a platform whenever that is this program's part: delivers, probes, sends notes, and chats.
    fn talk<C: Courier>(
        self: &Arc<Self>,
        platform: Platform,
        courier: Arc<C>,
        gate: Arc<Gate>,
        fence: Arc<Fence>,
        access: Arc<Access>,
        chat: impl Fn(&Shift) + Send + Sync + 'static,
    ) {
        let (parts, chat) = (Arc::clone(self), Arc::new(chat));
        gate.await_take_over();
        self.spawn(platform.name().to_owned(), fence, move |shift| {
            let (parts, courier, chat) = (Arc::clone(&parts), Arc::clone(&courier), Arc::clone(&chat));
            let (gate, access) = (Arc::clone(&gate), Arc::clone(&access));
            async move {
                // Between two turns of this program others may have had theirs.
                gate.await_take_over();
                parts.take_over(platform, &gate).await?;
                // How Discord's shards fare is told by themselves.
                if platform == Platform::Telegram {
                    parts.watch_over(platform, &shift);
                }
                parts.notes(&shift, platform, Arc::clone(&courier), Arc::clone(&gate));
                parts.deliver(&shift, platform, courier, gate, &access);
                chat(&shift);
                Ok(())
            }
        });
    }

    /// The connection to a platform is to be there from now on, until the shift is over.
    fn watch_over(&self, platform: Platform, shift: &Shift) {
        let (health, stop) = (Arc::clone(&self.health), shift.stop.clone());
        health.down(platform, None, self.clock.now());
        shift.tasks.spawn(async move {
            stop.cancelled().await;
            health.forget(platform);
        });
    }

    /// Goes on where whoever talked to the platform before has ended: its claims are void, its calls count in the
    /// rates, and what it was told to wait for holds.
    async fn take_over(&self, platform: Platform, gate: &Gate) -> anyhow::Result<()> {
        let now = self.clock.now();
        let has_shards =
            async || Ok::<_, StoreError>(self.store.gateway().await?.is_some_and(|told| told.shards > 1));
        if platform == Platform::Discord && self.store.is_shared() && has_shards().await? {
            gate.leave_room();
        }
        let unknown = self.store.void_claims(Some(platform), now).await?;
        if unknown > 0 {
            tracing::warn!(
                messages = unknown,
                "the last run ended while messages were being sent; looking into them"
            );
        }
        let waits = self.store.waits(platform, now).await?.into_iter().map(|wait| Wait {
            covers: wait.address.map_or(Covered::Everything, Covered::Channel),
            until: wait.until,
        });
        let calls = self.store.attempts_since(platform, now - RATES_COUNT).await?;
        let mut told: Vec<Wait> = waits.collect();
        if self.store.is_shared() {
            told.push(Wait { covers: Covered::Everything, until: now + UNWRITTEN_COUNT });
        }
        gate.take_over(&told, &calls);
        Ok(())
    }

    /// The platform's rates, behind the fence of its lease; what it tells to wait for is stored as it comes.
    fn gate(&self, platform: Platform, limits: Limits) -> (Arc<Gate>, Arc<Fence>) {
        let (log, mut told) = mpsc::unbounded_channel::<Wait>();
        let store = self.store.clone();
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            loop {
                let wait = tokio::select! {
                    wait = told.recv() => wait,
                    () = stop.cancelled() => None,
                };
                let Some(wait) = wait else { return };
                let address = match wait.covers {
                    Covered::Everything => None,
                    Covered::Channel(address) => Some(address),
                };
                if let Err(error) = store.keep_wait(platform, StoredWait { address, until: wait.until }).await
                {
                    tracing::error!(%platform, error = chain(&error), "a wait could not be stored");
                }
            }
        });
        let fence = Arc::new(if self.store.is_shared() { Fence::closed() } else { Fence::open() });
        let gate = Gate::new(limits, Arc::clone(&self.clock), Vec::new(), log).behind(Arc::clone(&fence));
        (Arc::new(gate), fence)
    }

    /// What hears of access from the platform itself.
    fn access(&self, platform: Platform) -> Arc<Access> {
        Arc::new(Access {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            probe: Arc::clone(&self.probe[&platform].ask),
            deliver: Arc::clone(&self.deliver[&platform].ask),
            plan: Arc::clone(&self.plan),
        })
    }

    /// What wakes the notes of all platforms.
    pub(super) fn notes_ask(&self) -> Vec<Arc<Notify>> {
        self.notes.values().map(|signal| Arc::clone(&signal.ask)).collect()
    }

    /// Starts delivering and probing.
    fn deliver<C: Courier>(
        &self,
        shift: &Shift,
        platform: Platform,
        courier: Arc<C>,
        gate: Arc<Gate>,
        access: &Access,
    ) {
        let prober = Prober {
            platform,
            store: self.store.clone(),
            courier: Arc::clone(&courier),
            gate: Arc::clone(&gate),
            clock: Arc::clone(&self.clock),
            wake: Arc::clone(&self.probe[&platform].heed),
            deliver: Arc::clone(&access.deliver),
            plan: Arc::clone(&self.plan),
            operators: self.operators.clone(),
            notes: self.notes_ask(),
        };
        shift.tasks.spawn(prober.run(shift.stop.clone()));
        let worker = Worker {
            platform,
            store: self.store.clone(),
            courier,
            gate,
            clock: Arc::clone(&self.clock),
            owner: self.owner.clone(),
            settings: self.settings,
            wake: Arc::clone(&self.deliver[&platform].heed),
            lost: Arc::clone(&access.probe),
        };
        shift.tasks.spawn(worker.run(shift.stop.clone()));
    }

    /// What the desk can do on a platform. A trial that has begun ends also if nobody waits for it any more.
    fn reach<C: Courier>(&self, access: &Access, courier: Arc<C>, gate: Arc<Gate>) -> Reach {
        let trial = Arc::new(Trial { courier, gate, clock: Arc::clone(&self.clock) });
        Reach {
            probe: Arc::clone(&access.probe),
            send: Box::new(move |address, kind, messages| {
                let trial = Arc::clone(&trial);
                let sending = tokio::spawn(async move { trial.send(address, kind, &messages).await });
                async move {
                    let sent = sending.await.map_err(|error| error.to_string())?;
                    sent.map_err(|error| error.to_string())
                }
                .boxed()
            }),
        }
    }

    /// Starts sending notes.
    fn notes<C: Courier>(&self, shift: &Shift, platform: Platform, courier: Arc<C>, gate: Arc<Gate>) {
        let notes = chat::Notes {
            platform,
            store: self.store.clone(),
            desks: self.desks.clone(),
            courier,
            gate,
            clock: Arc::clone(&self.clock),
            wake: Arc::clone(&self.notes[&platform].heed),
        };
        shift.tasks.spawn(notes.run(shift.stop.clone()));
    }
}

/// The operators on the platforms that are there.
pub(super) fn operators(config: &Config, tokens: &Tokens) -> Vec<Person> {
    [
        (Platform::Discord, &config.discord, &tokens.discord),
        (Platform::Telegram, &config.telegram, &tokens.telegram),
    ]
    .into_iter()
    .filter(|(_, _, token)| token.is_some())
    .flat_map(|(platform, config, _)| {
        config.operators.iter().map(move |id| Person { platform, id: id.clone() })
    })
    .collect()
}
