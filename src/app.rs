//! The composition root: builds everything once, spawns it, shuts it down. Where digests come from is
//! `app/feeding.rs`; which parts are this program's, among several on one database, `app/role.rs`; what subcommands do without running it is `app/contact.rs` and `app/examining.rs`.

pub mod contact;
mod examining;
mod feeding;
mod reloading;
mod role;
mod signals;

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use futures::FutureExt as _;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::alarm::{Outside, Watcher};
use crate::chat::{self, Access};
use crate::clock::SharedClock;
use crate::commands::{self, Desk};
use crate::config::{Config, DictionariesConfig, FeedConfig, PlatformConfig, SourceConfig, Tokens};
use crate::deliver::{Prober, Settings, Trial, Worker};
use crate::enrich::{Classifier, Dictionaries, Links, Lookup, Names};
use crate::health::Health;
use crate::model::channel::Platform;
use crate::model::lexicon::Lexicon;
use crate::model::note::Person;
use crate::pipeline::{Dispatch, Import, Ingest, Reading, Resolver};
use crate::platform::discord::{self, Discord};
use crate::platform::gate::{Covered, Fence, Gate, Limits, Wait};
use crate::platform::telegram::{self, Telegram};
use crate::platform::{Courier, Timeouts};
use crate::source::Permalinks;
use crate::store::{Lock, Store, StoredWait};
use crate::telemetry;
use crate::text::chain;
use crate::web::desk::Reach;
use crate::web::{self, Pushes, Vitals};

pub use examining::{Examined, examine_feed, read_post};

use feeding::Feeding;
use reloading::Reloading;
use role::{Role, Shift};
use signals::{Signal, Signals};

/// How long a stop waits for what is on the wire.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// How long a claim holds: longer than a call may take with its wait for a place.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The running program.
#[derive(Debug)]
pub struct App {
    store: Store,
    web_address: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: TaskTracker,
    // Held until the program is gone.
    _lock: Lock,
}

/// Attempts of the last program that talked to a platform count for so long: its longest rate is of a minute.
const RATES_COUNT: TimeDelta = TimeDelta::minutes(1);

/// What all parts are built from.
struct Parts {
    store: Store,
    clock: SharedClock,
    desks: watch::Receiver<Arc<Desk>>,
    names: watch::Receiver<Arc<Names>>,
    settings: Settings,
    plan: Arc<Notify>,
    /// Woken when there is something to deliver on a platform.
    deliver: HashMap<Platform, Signal>,
    /// Woken when there may be a note to send on a platform.
    notes: HashMap<Platform, Signal>,
    operators: Vec<Person>,
    stop: CancellationToken,
    tasks: TaskTracker,
    owner: String,
    /// How the connections to the platforms fare.
    health: Arc<Health>,
    /// What follows links, where that is wanted.
    links: Option<Arc<Links>>,
}

impl App {
    /// Opens the database and starts everything that the configuration and the tokens call for.
    ///
    /// # Errors
    /// If the database is in use or cannot be opened, a dictionary is wrong, or a client cannot be built. That a
    /// platform cannot be reached is no error: it is tried again for as long as the program runs.
    pub async fn start(config: Config, tokens: Tokens, clock: SharedClock) -> anyhow::Result<Self> {
        telemetry::metrics();
        let lock = Lock::take(&config.database_url)?;
        let store = Store::open(&config.database_url).await?;
        store.check_writing().await?;
        let dictionaries = dictionaries(&config.dictionaries)?;
        let names = Arc::new(Names::new(&dictionaries, fingerprint(&dictionaries)));
        let (reload, reload_requests) = mpsc::channel(reloading::AT_ONCE);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let mut signals = Signals::new(store.clone());
        let plan = signals.of("plan");
        let feeds: Vec<_> = config.feeds.iter().map(|feed| feed.feed.clone()).collect();
        let desk = Desk::new(
            store.clone(),
            feeds.clone(),
            Arc::clone(&names.lexicon),
            names.lookup.clone(),
            Arc::clone(&clock),
            Arc::clone(&plan.ask),
            commands::Limits { person: config.limits.person, group: config.limits.group },
        );
        let (desks, desk) = watch::channel(Arc::new(desk.with_reload(reload)));
        let (all_names, names) = watch::channel(names);
        let parts = Parts {
            store: store.clone(),
            clock: Arc::clone(&clock),
            desks: desk,
            names: names.clone(),
            settings: Settings {
                give_up_after: config.delivery.give_up_after,
                in_flight: config.delivery.in_flight,
                lease: LEASE,
                stop_within: STOP_WITHIN,
            },
            plan: Arc::clone(&plan.ask),
            deliver: Platform::ALL
                .map(|platform| (platform, signals.of(format!("deliver/{platform}"))))
                .into(),
            notes: Platform::ALL.map(|platform| (platform, signals.of(format!("notes/{platform}")))).into(),
            operators: operators(&config, &tokens),
            stop: stop.clone(),
            tasks: tasks.clone(),
            health: Arc::default(),
            links: config.links.resolve.then(Links::new).transpose()?.map(Arc::new),
            owner: format!(
                "{}@{}-{:08x}",
                std::process::id(),
                clock.now().timestamp_millis(),
                fastrand::u32(..)
            ),
        };
        let parts = Arc::new(parts);
        let telegram_bot = Arc::new(OnceLock::new());
        let mut reach = BTreeMap::new();
        if let Some(token) = tokens.discord {
            reach.insert(Platform::Discord, parts.start_discord(&config.discord, token)?);
        }
        if let Some(token) = tokens.telegram {
            let bot = Arc::clone(&telegram_bot);
            reach.insert(Platform::Telegram, parts.start_telegram(&config.telegram, token, bot)?);
        }
        let (folder, mut push_feeds) = (Store::folder(&config.database_url)?, Vec::new());
        let mut readings = BTreeMap::new();
        for feed in config.feeds {
            readings.insert(feed.feed.name.clone(), parts.reading(&feed)?);
            let signal = signals.of(format!("feed/{}", feed.feed.name));
            let build = {
                let (feed, git, push) = (feed.clone(), tokens.git.clone(), tokens.push.clone());
                let folder = folder.clone();
                move || Feeding::build(&feed, &git, &push, &folder, &signal)
            };
            push_feeds.extend(build()?.pushed);
            let (lease, ingesting) = (format!("feed/{}", feed.feed.name), Arc::clone(&parts));
            parts.spawn(lease, Arc::default(), move |shift| {
                let ingest = build().and_then(|feeding| ingesting.ingest(feed.clone(), feeding));
                async move {
                    shift.tasks.spawn(ingest?.run(shift.stop));
                    Ok(())
                }
            });
        }
        let mut web_address = None;
        if !config.web.listen.is_empty() {
            let pushes =
                Pushes { feeds: push_feeds.into(), store: store.clone(), clock: Arc::clone(&parts.clock) };
            let vitals = Vitals {
                store: store.clone(),
                feeds: feeds.iter().map(|feed| feed.name.clone()).collect(),
                health: Arc::clone(&parts.health),
                clock: Arc::clone(&parts.clock),
            };
            let page = web::Desk::new(
                parts.desks.clone(),
                parts.names.clone(),
                config.web.password,
                readings,
                reach,
            );
            let patience = web::Patience::default();
            let router = web::router(vitals, pushes, page, patience);
            if let Some(listener) = listen(&config.web.listen).await {
                web_address = listener.local_addr().ok();
                tasks.spawn(web::serve(listener, router, patience, stop.clone()));
            }
        } else if let Some(feed) = push_feeds.first() {
            tracing::warn!(feed = %feed.name, "nothing can be pushed: `web.listen` is off");
        }
        let watcher = Watcher {
            desk: Arc::clone(&parts.desks.borrow()),
            health: Arc::clone(&parts.health),
            operators: parts.operators.clone(),
            notes: parts.notes_ask(),
            folder,
            outside: Outside::new(config.alerts.webhook, config.alerts.heartbeat_url)?,
        };
        let reloading = Reloading {
            config: config.dictionaries,
            store: store.clone(),
            names: all_names,
            desks,
            plan: Arc::clone(&plan.ask),
            requests: reload_requests,
            tasks: tasks.clone(),
        };
        tasks.spawn(reloading.run(stop.clone()));
        let lexicon = Arc::clone(&names.borrow().lexicon);
        let dispatch = Dispatch {
            store: store.clone(),
            feeds,
            lexicon,
            names,
            clock,
            wake: plan.heed,
            deliver: parts
                .deliver
                .iter()
                .map(|(platform, signal)| (*platform, Arc::clone(&signal.ask)))
                .collect(),
            notes: parts.notes_ask(),
            telegram_bot,
        };
        parts.spawn("plan".to_owned(), Arc::default(), move |shift| {
            shift.tasks.spawn(dispatch.clone().run(shift.stop.clone()));
            shift.tasks.spawn(watcher.clone().run(shift.stop));
            std::future::ready(Ok(()))
        });
        tasks.spawn(signals.run(stop.clone()));
        tasks.close();
        Ok(Self { store, web_address, stop, tasks, _lock: lock })
    }

    /// The database that it works on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where the operator's desk listens; `None`: nowhere.
    pub fn web_address(&self) -> Option<SocketAddr> {
        self.web_address
    }

    /// Stops taking work, lets what is in flight finish, records it, and closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(STOP_WITHIN + Duration::from_secs(2), self.tasks.wait()).await.is_err() {
            tracing::warn!("stopped without waiting for everything to end");
        }
        self.store.close().await;
    }
}

impl Parts {
    /// Does a part of the work whenever it is this program's.
    fn spawn<B, F>(&self, lease: String, fence: Arc<Fence>, begin: B)
    where
        B: Fn(Shift) -> F + Send + Sync + 'static,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let (owner, store) = (self.owner.clone(), self.store.clone());
        let role = Role { lease, owner, store, fence };
        self.tasks.spawn(role.run(self.stop.clone(), begin));
    }

    fn start_discord(
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
        let calls = Arc::new(Discord::new(settings, Arc::clone(&gate))?);
        let access = self.access(Platform::Discord);
        let reach = self.reach(&access, Arc::clone(&calls), Arc::clone(&gate));
        let chat = chat::discord::Discord {
            desk: Arc::clone(&self.desks.borrow()),
            desks: self.desks.clone(),
            calls: Arc::clone(&calls),
            api_url: config.api_url.clone(),
            token,
            operators: config.operators.clone().into(),
            clock: Arc::clone(&self.clock),
            access: Arc::clone(&access),
            health: Arc::clone(&self.health),
        };
        self.talk(Platform::Discord, calls, gate, fence, access, move |shift| {
            shift.tasks.spawn(chat::discord::run(chat.clone(), shift.stop.clone()));
        });
        Ok(reach)
    }

    fn start_telegram(
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
        self.spawn(platform.name().to_owned(), fence, move |shift| {
            let (parts, courier, chat) = (Arc::clone(&parts), Arc::clone(&courier), Arc::clone(&chat));
            let (gate, access) = (Arc::clone(&gate), Arc::clone(&access));
            async move {
                parts.take_over(platform, &gate).await?;
                parts.watch_over(platform, &shift);
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
        gate.take_over(&waits.collect::<Vec<_>>(), &calls);
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
            probe: Arc::new(Notify::new()),
            deliver: Arc::clone(&self.deliver[&platform].ask),
            plan: Arc::clone(&self.plan),
        })
    }

    /// What wakes the notes of all platforms.
    fn notes_ask(&self) -> Vec<Arc<Notify>> {
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
            wake: Arc::clone(&access.probe),
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

    /// How a feed's posts are understood with the dictionaries as they are.
    fn reading(&self, config: &FeedConfig) -> anyhow::Result<Reading> {
        let names = Arc::clone(&self.names.borrow());
        let folder = match &config.source {
            SourceConfig::Folder { path } => Some(path.as_path()),
            _ => None,
        };
        reading(config, folder, Arc::clone(&names.classifier), names.fingerprint.clone())
    }

    fn ingest(&self, config: FeedConfig, feeding: Feeding) -> anyhow::Result<Ingest> {
        let recheck = self.desks.borrow().rechecks.get(&config.feed.name).cloned().unwrap_or_default();
        Ok(Ingest {
            reading: self.reading(&config)?,
            resolver: Resolver {
                links: self.links.clone(),
                store: self.store.clone(),
                clock: Arc::clone(&self.clock),
            },
            source: feeding.source,
            feed: config.feed,
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            operators: self.operators.clone(),
            plan: Arc::clone(&self.plan),
            names: self.names.clone(),
            recheck,
        })
    }
}

/// The operators on the platforms that are there.
fn operators(config: &Config, tokens: &Tokens) -> Vec<Person> {
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

/// How a feed's posts are understood; `folder` is where they are, if they are on this machine.
fn reading(
    config: &FeedConfig,
    folder: Option<&Path>,
    classifier: Arc<Classifier>,
    dictionaries: String,
) -> anyhow::Result<Reading> {
    let (site, permalink) = (config.site.as_deref(), config.permalink.as_deref());
    Ok(Reading {
        rules: feeding::rules(config)?,
        permalinks: match folder {
            Some(folder) => Permalinks::of_folder(folder, site, permalink),
            None => Permalinks::of_site(site, permalink),
        },
        classifier,
        dictionaries,
        zone: config.feed.timezone,
    })
}

/// Changes when the dictionaries do.
fn fingerprint(dictionaries: &Dictionaries) -> String {
    let hash = Sha256::digest(format!("{dictionaries:?}"));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What commands work with, for a look-up outside of a run.
///
/// # Errors
/// If a dictionary is wrong.
pub fn desk(config: &Config, store: Store, clock: SharedClock) -> anyhow::Result<Desk> {
    let dictionaries = dictionaries(&config.dictionaries)?;
    Ok(Desk::new(
        store,
        config.feeds.iter().map(|feed| feed.feed.clone()).collect(),
        Arc::new(dictionaries.lexicon().clone()),
        Lookup::new(&dictionaries),
        clock,
        Arc::default(),
        commands::Limits { person: config.limits.person, group: config.limits.group },
    ))
}

/// What loads a folder of old posts into a feed.
///
/// # Errors
/// If a dictionary or the feed's `shape` is wrong.
pub fn import(
    feed: &FeedConfig,
    folder: &Path,
    config: &DictionariesConfig,
    store: Store,
    clock: SharedClock,
) -> anyhow::Result<Import> {
    let dictionaries = dictionaries(config)?;
    let classifier = Arc::new(Classifier::new(&dictionaries));
    let reading = reading(feed, Some(folder), classifier, fingerprint(&dictionaries))?;
    Ok(Import { feed: feed.feed.name.clone(), reading, store, clock })
}

/// Where the operator's desk and the endpoints are. That nobody can be listened to there stops no delivery.
async fn listen(address: &str) -> Option<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => {
            tracing::info!(%address, "listening");
            Some(listener)
        }
        Err(error) => {
            tracing::error!(%error, "`web.listen` = {address:?} cannot be listened on; set another address, or \"\" for none");
            None
        }
    }
}

/// The dictionaries in the configured folder, or those that were compiled in.
///
/// # Errors
/// If a file cannot be read or an entry is wrong; all wrong entries are named at once.
pub fn dictionaries(config: &DictionariesConfig) -> anyhow::Result<Dictionaries> {
    let Some(folder) = &config.path else { return Ok(Dictionaries::shipped()) };
    let read = |name: &str| {
        let file: &Path = &folder.join(name);
        std::fs::read_to_string(file).with_context(|| {
            format!("cannot read the dictionary {} (key `dictionaries.path`)", file.display())
        })
    };
    Dictionaries::parse(&read("companies.toml")?, &read("topics.toml")?).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the dictionaries in {} have faults:\n  {}", folder.display(), faults.join("\n  "))
    })
}

/// The names of companies and topics, as compiled in: for previews, which have no configuration.
pub fn shipped_lexicon() -> (Classifier, Lexicon) {
    let dictionaries = Dictionaries::shipped();
    let lexicon = dictionaries.lexicon().clone();
    (Classifier::new(&dictionaries), lexicon)
}
