//! The composition root: builds everything once, spawns it, shuts it down. Where digests come from is
//! `app/feeding.rs`; what is done on each platform, `app/platforms.rs`; which parts are this program's, among several on
//! one database, `app/role.rs`; the dictionaries, `app/names.rs`; what subcommands do without running it is
//! `app/contact.rs`, `app/examining.rs` and `app/unlimited.rs`.

pub mod contact;
mod examining;
mod feeding;
mod names;
mod platforms;
mod reloading;
mod role;
mod signals;
mod unlimited;

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::alarm::{Outside, Watcher};
use crate::clock::SharedClock;
use crate::commands::{self, Desk};
use crate::config::{Config, Tokens};
use crate::deliver::Settings;
use crate::enrich::{Links, Names};
use crate::health::Health;
use crate::model::channel::Platform;
use crate::model::note::Person;
use crate::pipeline::Dispatch;
use crate::platform::gate::Fence;
use crate::store::{Lock, Store};
use crate::telemetry;
use crate::web::{self, Pushes, Vitals};

pub use examining::{Examined, examine_feed, read_post};
pub use feeding::import;
pub use names::{desk, dictionaries, shipped_lexicon};
pub use unlimited::Unlimited;

use feeding::Feeding;
use platforms::operators;
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
    /// Woken when a lost channel of a platform is to be probed, or one more is lost.
    probe: HashMap<Platform, Signal>,
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
        // Reading the dictionaries takes about as long as opening the database.
        let of_names = config.dictionaries.clone();
        let names = tokio::task::spawn_blocking(move || names::names(&of_names));
        let store = Store::open(&config.database_url).await?;
        store.check_writing().await?;
        let names = Arc::new(names.await??);
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
            probe: Platform::ALL.map(|platform| (platform, signals.of(format!("probe/{platform}")))).into(),
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
            signal: signals.of("reload"),
        };
        let (archive, dictionaries) = (store.clone(), names.clone());
        parts.spawn("reclassify".to_owned(), Arc::default(), move |shift| {
            let work = reloading::reclassify(archive.clone(), dictionaries.clone(), shift.clone());
            shift.tasks.spawn(work);
            std::future::ready(Ok(()))
        });
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
        self.spawn_at_one(vec![lease], fence, begin);
    }

    /// The same for a part of which there are several places, of which a program has one.
    fn spawn_at_one<B, F>(&self, leases: Vec<String>, fence: Arc<Fence>, begin: B)
    where
        B: Fn(Shift) -> F + Send + Sync + 'static,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let (owner, store) = (self.owner.clone(), self.store.clone());
        let role = Role { leases, owner, store, fence };
        self.tasks.spawn(role.run(self.stop.clone(), begin));
    }
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
