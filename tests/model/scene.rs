//! The bot in the test's process without its network: planning, workers and probes of the program itself on a
//! database of their own, a clock that is turned by hand, and the platforms of `platform.rs`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jogan::clock::{Clock as _, SharedClock, TestClock};
use jogan::deliver::{Prober, Settings, Worker};
use jogan::enrich::{Dictionaries, Names};
use jogan::model::channel::{Address, ChannelId, ChannelKind, ChannelState, Platform};
use jogan::model::delivery::DeliveryId;
use jogan::model::feed::{Feed, FeedName, OnUnknown, Timing};
use jogan::model::lexicon::Lexicon;
use jogan::model::message::MessageState;
use jogan::model::schedule::Schedule;
use jogan::model::subscription::Wish;
use jogan::model::{Digest, Language};
use jogan::pipeline::Dispatch;
use jogan::platform::gate::{Gate, Limits};
use jogan::store::{Store, fingerprint};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::model::platform::World;

pub(crate) const FEED: &str = "ai-news";
/// Nothing takes this long in real time unless it never ends.
const PATIENCE: Duration = Duration::from_secs(3);

/// A bot that can be killed at any moment.
pub(crate) struct Scene {
    pub(crate) store: Store,
    pub(crate) clock: TestClock,
    pub(crate) world: World,
    feed: Feed,
    lexicon: Arc<Lexicon>,
    names: watch::Receiver<Arc<Names>>,
    plan: Arc<Notify>,
    deliver: Vec<Arc<Notify>>,
    running: JoinSet<()>,
    pub(crate) deaths: usize,
    _disk: tempfile::TempDir,
}

impl Scene {
    /// A bot on a copy of an empty database.
    pub(crate) async fn begin(empty: &Path, at: DateTime<Utc>) -> Self {
        let disk = tempfile::tempdir().expect("a temporary folder");
        let file = disk.path().join("jogan.db");
        std::fs::copy(empty, &file).expect("a copy of the database");
        let store = Store::open(&format!("sqlite://{}", file.display())).await.expect("a database");
        let clock = TestClock::new(at);
        let mut scene = Self {
            store,
            world: World::new(clock.clone()),
            clock,
            feed: Feed {
                name: FeedName(FEED.to_owned()),
                title: "AI 뉴스".to_owned(),
                language: Language::Ko,
                timezone: chrono_tz::Asia::Seoul,
                timing: Timing::default(),
                on_unknown: OnUnknown::Resend,
                hold: true,
            },
            lexicon: Arc::new(Lexicon::default()),
            names: watch::channel(Arc::new(Names::new(&Dictionaries::shipped()))).1,
            plan: Arc::default(),
            deliver: Vec::new(),
            running: JoinSet::new(),
            deaths: 0,
            _disk: disk,
        };
        scene.store.note_load(&scene.feed.name, at).await.expect("a load");
        scene.start().await;
        scene
    }

    /// Starts the bot as `app.rs` does.
    async fn start(&mut self) {
        for platform in Platform::ALL {
            self.store.void_claims(Some(platform), self.clock.now()).await.expect("the database");
        }
        self.plan = Arc::default();
        let clock: SharedClock = Arc::new(self.clock.clone());
        let stop = CancellationToken::new();
        let mut deliver = HashMap::new();
        for platform in Platform::ALL {
            let (log, _) = mpsc::unbounded_channel();
            let gate = Arc::new(Gate::new(Limits::unlimited(), Arc::clone(&clock), Vec::new(), log));
            let (wake, lost) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
            let courier = self.world.courier(platform);
            let prober = Prober {
                platform,
                store: self.store.clone(),
                courier: Arc::clone(&courier),
                gate: Arc::clone(&gate),
                clock: Arc::clone(&clock),
                wake: Arc::clone(&lost),
                deliver: Arc::clone(&wake),
                plan: Arc::clone(&self.plan),
                operators: Vec::new(),
                notes: Vec::new(),
            };
            self.running.spawn(prober.run(stop.clone()));
            let worker = Worker {
                platform,
                store: self.store.clone(),
                courier,
                gate,
                clock: Arc::clone(&clock),
                owner: format!("bot {}", self.deaths),
                settings: Settings {
                    give_up_after: TimeDelta::hours(24),
                    in_flight: 32,
                    lease: TimeDelta::minutes(2),
                    stop_within: Duration::ZERO,
                },
                wake: Arc::clone(&wake),
                lost,
            };
            self.running.spawn(worker.run(stop.clone()));
            deliver.insert(platform, wake);
        }
        self.deliver = deliver.values().cloned().collect();
        let dispatch = Dispatch {
            store: self.store.clone(),
            feeds: vec![self.feed.clone()],
            lexicon: Arc::clone(&self.lexicon),
            names: self.names.clone(),
            clock,
            wake: Arc::clone(&self.plan),
            deliver,
            notes: Vec::new(),
            telegram_bot: Arc::new(OnceLock::new()),
        };
        self.running.spawn(dispatch.run(stop));
    }

    /// kill -9, and a start.
    pub(crate) async fn die(&mut self) {
        self.running.shutdown().await;
        self.world.let_go();
        self.deaths += 1;
        self.start().await;
    }

    /// Subscribes a channel, or changes what it wants.
    pub(crate) async fn subscribe(&self, address: Address, wish: &Wish) -> ChannelId {
        let now = self.clock.now();
        let kind = match address.platform() {
            Platform::Discord => ChannelKind::Text,
            Platform::Telegram => ChannelKind::Private,
        };
        let kept = self.store.keep_channel(address, kind, None, Language::Ko, now).await;
        let channel = kept.expect("the database").id;
        self.store.subscribe(channel, &self.feed.name, wish, now).await.expect("the database");
        self.plan.notify_one();
        // What waits for a channel that is not lost any more is found by the workers in half a minute at most.
        self.deliver.iter().for_each(|deliver| deliver.notify_one());
        channel
    }

    /// Holds a channel's deliveries back, for so long or until they are resumed.
    pub(crate) async fn pause(&self, address: Address, span: Option<TimeDelta>) {
        let now = self.clock.now();
        let channel = self.store.channel(address).await.expect("the database").expect("it is known");
        self.store.pause(channel.id, span.map(|span| now + span), now).await.expect("the database");
        self.plan.notify_one();
    }

    /// Lets deliveries to a channel go on.
    pub(crate) async fn resume(&self, address: Address) {
        let now = self.clock.now();
        let channel = self.store.channel(address).await.expect("the database").expect("it is known");
        self.store.resume(channel.id, now).await.expect("the database");
        self.plan.notify_one();
    }

    /// Stores a digest as `pipeline::ingest` does.
    pub(crate) async fn keep(&self, digest: &Digest) {
        use jogan::model::EnrichedArticle;
        use jogan::model::hold::Reception;
        let now = self.clock.now();
        let print = fingerprint(digest);
        let published_at = digest.date.instant(self.feed.timezone);
        let enriched = digest.clone().map_articles(|article| EnrichedArticle {
            article,
            companies: Vec::new(),
            topics: Vec::new(),
        });
        let kept = self
            .store
            .keep_digest(&self.feed.name, &enriched, &print, published_at, Reception::News, now)
            .await;
        kept.expect("the database");
        self.plan.notify_one();
    }

    pub(crate) async fn withdraw(&self, digest: &Digest) {
        let now = self.clock.now();
        self.store.withdraw_digest(&self.feed.name, &digest.key, now).await.expect("the database");
    }

    /// Whether the bot knows that it cannot write to a channel.
    pub(crate) async fn knows_lost(&self, address: Address) -> bool {
        let channel = self.store.channel(address).await.expect("the database");
        channel.is_some_and(|channel| channel.state == ChannelState::Lost)
    }

    /// Whether a channel gets its digests at slots.
    pub(crate) async fn is_slotted(&self, address: Address) -> bool {
        let subscriptions = self.store.subscriptions_of(address).await.expect("the database");
        subscriptions.iter().any(|subscription| subscription.wish.schedule != Schedule::Now)
    }

    /// Whether sent messages are still to be changed.
    pub(crate) async fn is_correcting(&self) -> bool {
        for platform in Platform::ALL {
            let heads = self.store.heads(platform).await.expect("the database");
            if heads.iter().any(|head| head.is_correction) {
                return true;
            }
        }
        false
    }

    /// Lets the bot do all that it can do without the clock going on. One that hangs in a held call is killed.
    pub(crate) async fn settle(&mut self) {
        let settled = async {
            loop {
                if self.world.is_holding() {
                    self.die().await;
                }
                // The second look sees what the first came too early for: it reads one table after the other.
                if self.is_idle().await && self.is_idle().await {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let settled = tokio::time::timeout(PATIENCE, settled).await.is_ok();
        let counts = self.store.message_counts().await;
        assert!(settled, "the bot does not come to rest: {counts:?} at {}", self.clock.now());
    }

    /// Whether nothing is left to do now: nothing to plan, to correct, to send, to settle or to probe.
    async fn is_idle(&self) -> bool {
        let now = self.clock.now();
        for platform in Platform::ALL {
            if !self.store.to_probe(platform, now).await.expect("the database").is_empty() {
                return false;
            }
        }
        if !self.store.subscriptions_due(now, None, 1).await.expect("the database").is_empty() {
            return false;
        }
        let since = now - TimeDelta::hours(48);
        let outdated = self.store.outdated_deliveries(since, DeliveryId(0), 1).await;
        if !outdated.expect("the database").is_empty() || self.count(MessageState::Sending).await > 0 {
            return false;
        }
        for platform in Platform::ALL {
            let heads = self.store.heads(platform).await.expect("the database");
            if heads.iter().any(|head| head.ready_at <= now) {
                return false;
            }
        }
        true
    }

    pub(crate) async fn count(&self, state: MessageState) -> u64 {
        let counts = self.store.message_counts().await.expect("the database");
        counts.iter().find(|(name, _)| name == state.name()).map_or(0, |(_, count)| *count)
    }

    /// Turns the clock to the next instant at which there is something to do, at most to `until`, and lets the bot
    /// do it.
    pub(crate) async fn step(&mut self, until: DateTime<Utc>) {
        let now = self.clock.now();
        let mut next = vec![until];
        next.extend(self.store.next_planning().await.expect("the database"));
        for platform in Platform::ALL {
            next.extend(self.store.next_probe(platform).await.expect("the database"));
            let heads = self.store.heads(platform).await.expect("the database");
            next.extend(heads.into_iter().map(|head| head.ready_at));
        }
        let next = next.into_iter().filter(|at| *at > now).min().unwrap_or(until);
        self.clock.set(next);
        self.settle().await;
    }

    /// Time passes, and everything happens when its time has come.
    pub(crate) async fn pass(&mut self, by: TimeDelta) {
        let until = self.clock.now() + by;
        while self.clock.now() < until {
            self.step(until).await;
        }
    }
}
