//! The composition root: builds everything once, spawns it, shuts it down. Where digests come from is
//! `app/feeding.rs`; what subcommands do without running it is `app/contact.rs` and `app/examining.rs`.

pub mod contact;
mod examining;
mod feeding;
mod reloading;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use chrono::TimeDelta;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::{self, Access};
use crate::clock::SharedClock;
use crate::commands::{self, Desk};
use crate::config::{Config, DictionariesConfig, FeedConfig, PlatformConfig, SourceConfig, Tokens};
use crate::deliver::{Prober, Settings, Worker};
use crate::enrich::{Classifier, Dictionaries, Links, Names};
use crate::model::channel::Platform;
use crate::model::lexicon::Lexicon;
use crate::model::note::Person;
use crate::pipeline::{Dispatch, Import, Ingest, Reading, Resolver};
use crate::platform::discord::{self, Discord};
use crate::platform::gate::{Covered, Gate, Limits, Wait};
use crate::platform::telegram::{self, Telegram};
use crate::platform::{Courier, Timeouts};
use crate::source::Permalinks;
use crate::store::{Lock, Store, StoredWait};
use crate::text::chain;
use crate::web::{self, Pushes};

pub use examining::{Examined, examine_feed, read_post};

use feeding::Feeding;
use reloading::Reloading;

/// How long a stop waits for what is on the wire.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// How long a claim holds: longer than a call may take with its wait for a place.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The running program.
#[derive(Debug)]
pub struct App {
    store: Store,
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
    /// Woken when there may be a note to send on a platform.
    notes: HashMap<Platform, Arc<Notify>>,
    operators: Vec<Person>,
    stop: CancellationToken,
    tasks: TaskTracker,
    owner: String,
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
        let lock = Lock::take(&config.database_url)?;
        let store = Store::open(&config.database_url).await?;
        let unknown = store.void_claims(true, clock.now()).await?;
        if unknown > 0 {
            tracing::warn!(
                messages = unknown,
                "the last run ended while messages were being sent; looking into them"
            );
        }
        let dictionaries = dictionaries(&config.dictionaries)?;
        let names = Arc::new(Names::new(&dictionaries, fingerprint(&dictionaries)));
        let (reload, reload_requests) = mpsc::channel(reloading::AT_ONCE);
        let (plan, stop, tasks) = (Arc::new(Notify::new()), CancellationToken::new(), TaskTracker::new());
        let feeds: Vec<_> = config.feeds.iter().map(|feed| feed.feed.clone()).collect();
        let desk = Desk::new(
            store.clone(),
            feeds.clone(),
            Arc::clone(&names.lexicon),
            names.lookup.clone(),
            Arc::clone(&clock),
            Arc::clone(&plan),
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
            plan: Arc::clone(&plan),
            notes: Platform::ALL.into_iter().map(|platform| (platform, Arc::default())).collect(),
            operators: operators(&config, &tokens),
            stop: stop.clone(),
            tasks: tasks.clone(),
            links: config.links.resolve.then(Links::new).transpose()?.map(Arc::new),
            owner: format!("{}@{}", std::process::id(), clock.now().timestamp_millis()),
        };
        let telegram_bot = Arc::new(OnceLock::new());
        let mut deliver = HashMap::new();
        if let Some(token) = tokens.discord {
            let wake = parts.start_discord(&config.discord, token).await?;
            deliver.insert(Platform::Discord, wake);
        }
        if let Some(token) = tokens.telegram {
            let wake = parts.start_telegram(&config.telegram, token, Arc::clone(&telegram_bot)).await?;
            deliver.insert(Platform::Telegram, wake);
        }
        let (folder, mut push_feeds) = (Store::folder(&config.database_url)?, Vec::new());
        let mut sources = Vec::new();
        for feed in config.feeds {
            let mut feeding = Feeding::build(&feed, &tokens.git, &tokens.push, &folder)?;
            push_feeds.extend(feeding.pushed.take());
            let ingest = parts.ingest(feed, feeding)?;
            sources.push(Arc::clone(&ingest.hurry));
            parts.tasks.spawn(ingest.run(stop.clone()));
        }
        if !config.web_listen.is_empty() {
            let pushes =
                Pushes { feeds: push_feeds.into(), store: store.clone(), clock: Arc::clone(&parts.clock) };
            let names = feeds.iter().map(|feed| feed.name.clone()).collect();
            let router = web::router(store.clone(), names, pushes);
            tasks.spawn(serve(config.web_listen, router, stop.clone()));
        } else if let Some(feed) = push_feeds.first() {
            tracing::warn!(feed = %feed.name, "nothing can be pushed: `web.listen` is off");
        }
        let reloading = Reloading {
            config: config.dictionaries,
            store: store.clone(),
            names: all_names,
            desks,
            sources,
            plan: Arc::clone(&plan),
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
            wake: plan,
            deliver,
            notes: parts.notes.values().cloned().collect(),
            telegram_bot,
        };
        tasks.spawn(dispatch.run(stop.clone()));
        tasks.close();
        Ok(Self { store, stop, tasks, _lock: lock })
    }

    /// The database that it works on.
    pub fn store(&self) -> &Store {
        &self.store
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
    async fn start_discord(
        &self,
        config: &PlatformConfig,
        token: SecretString,
    ) -> anyhow::Result<Arc<Notify>> {
        let gate = self.gate(Platform::Discord, Limits::discord()).await?;
        let settings = discord::Settings {
            api_url: config.api_url.clone(),
            token: token.clone(),
            timeouts: Timeouts::default(),
        };
        let calls = Arc::new(Discord::new(settings, Arc::clone(&gate))?);
        self.notes(Platform::Discord, Arc::clone(&calls), Arc::clone(&gate));
        let access = self.deliver(Platform::Discord, Arc::clone(&calls), gate);
        let wake = Arc::clone(&access.deliver);
        let chat = chat::discord::Discord {
            desk: Arc::clone(&self.desks.borrow()),
            desks: self.desks.clone(),
            calls,
            api_url: config.api_url.clone(),
            token,
            operators: config.operators.clone().into(),
            clock: Arc::clone(&self.clock),
            access,
        };
        self.tasks.spawn(chat::discord::run(chat, self.stop.clone()));
        Ok(wake)
    }

    async fn start_telegram(
        &self,
        config: &PlatformConfig,
        token: SecretString,
        bot: Arc<OnceLock<String>>,
    ) -> anyhow::Result<Arc<Notify>> {
        let gate = self.gate(Platform::Telegram, Limits::telegram()).await?;
        let settings = telegram::Settings {
            api_url: config.api_url.clone(),
            token: token.clone(),
            timeouts: Timeouts::default(),
        };
        let calls = Arc::new(Telegram::new(settings, Arc::clone(&gate))?);
        self.notes(Platform::Telegram, Arc::clone(&calls), Arc::clone(&gate));
        let access = self.deliver(Platform::Telegram, Arc::clone(&calls), gate);
        let wake = Arc::clone(&access.deliver);
        let chat = chat::telegram::Telegram {
            desk: Arc::clone(&self.desks.borrow()),
            desks: self.desks.clone(),
            calls,
            token,
            api_url: config.api_url.clone(),
            operators: config.operators.clone().into(),
            bot,
            clock: Arc::clone(&self.clock),
            access,
        };
        self.tasks.spawn(chat::telegram::run(chat, self.stop.clone()));
        Ok(wake)
    }

    /// The platform's rates, with the waits that it told before the last stop; new ones are stored as they come.
    async fn gate(&self, platform: Platform, limits: Limits) -> anyhow::Result<Arc<Gate>> {
        let waits = self.store.waits(platform, self.clock.now()).await?;
        let remembered = waits
            .into_iter()
            .map(|wait| Wait {
                covers: wait.address.map_or(Covered::Everything, Covered::Channel),
                until: wait.until,
            })
            .collect();
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
        Ok(Arc::new(Gate::new(limits, Arc::clone(&self.clock), remembered, log)))
    }

    /// Starts delivering and probing; returns what hears of access from the platform itself.
    fn deliver<C: Courier>(&self, platform: Platform, courier: Arc<C>, gate: Arc<Gate>) -> Arc<Access> {
        let access = Arc::new(Access {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            probe: Arc::new(Notify::new()),
            deliver: Arc::new(Notify::new()),
            plan: Arc::clone(&self.plan),
        });
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
            notes: self.notes.values().cloned().collect(),
        };
        self.tasks.spawn(prober.run(self.stop.clone()));
        let worker = Worker {
            platform,
            store: self.store.clone(),
            courier,
            gate,
            clock: Arc::clone(&self.clock),
            owner: self.owner.clone(),
            settings: self.settings,
            wake: Arc::clone(&access.deliver),
            lost: Arc::clone(&access.probe),
        };
        self.tasks.spawn(worker.run(self.stop.clone()));
        access
    }

    /// Starts sending notes.
    fn notes<C: Courier>(&self, platform: Platform, courier: Arc<C>, gate: Arc<Gate>) {
        let notes = chat::Notes {
            platform,
            store: self.store.clone(),
            desks: self.desks.clone(),
            courier,
            gate,
            clock: Arc::clone(&self.clock),
            wake: Arc::clone(&self.notes[&platform]),
        };
        self.tasks.spawn(notes.run(self.stop.clone()));
    }

    fn ingest(&self, config: FeedConfig, feeding: Feeding) -> anyhow::Result<Ingest> {
        let names = Arc::clone(&self.names.borrow());
        let folder = match &config.source {
            SourceConfig::Folder { path } => Some(path.as_path()),
            _ => None,
        };
        Ok(Ingest {
            reading: reading(&config, folder, Arc::clone(&names.classifier), names.fingerprint.clone())?,
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
            hurry: Arc::new(Notify::new()),
            names: self.names.clone(),
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
    let names = Names::new(&dictionaries, fingerprint(&dictionaries));
    Ok(Desk::new(
        store,
        config.feeds.iter().map(|feed| feed.feed.clone()).collect(),
        names.lexicon,
        names.lookup,
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

/// Serves the operator's endpoints. That they cannot be served stops no delivery.
async fn serve(listen: String, router: axum::Router, stop: CancellationToken) {
    let listener = match tokio::net::TcpListener::bind(&listen).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "`web.listen` = {listen:?} cannot be listened on; set another address, or \"\" for none");
            return;
        }
    };
    tracing::info!(%listen, "listening");
    let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(%error, "the operator's endpoints ended");
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
