//! A feed's configuration as the source that it names, with the secrets that it needs; and how its posts are understood.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::Parts;
use super::names::dictionaries;
use super::signals::Signal;
use crate::clock::SharedClock;
use crate::config::{DictionariesConfig, FeedConfig, SourceConfig, read_token};
use crate::enrich::Classifier;
use crate::parse::Rules;
use crate::pipeline::{Import, Ingest, Reading, Resolver};
use crate::source::{Git, GitSettings, Permalinks, Source, Syndication, SyndicationSettings, WatchedFolder};
use crate::store::Store;
use crate::telemetry;
use crate::web::PushFeed;

/// Where Git's clones are, beside the database.
const CLONES: &str = "sources";

/// A source, and what the endpoint for pushes knows of it.
pub(super) struct Feeding {
    pub(super) source: Source,
    pub(super) pushed: Option<PushFeed>,
}

impl Feeding {
    /// Builds a feed's source; `folder` is the database's, `signal` tells that something was pushed.
    pub(super) fn build(
        config: &FeedConfig,
        git_token: &Option<SecretString>,
        push_token: &Option<SecretString>,
        folder: &Path,
        signal: &Signal,
    ) -> anyhow::Result<Self> {
        let name = &config.feed.name;
        let of_feed = || format!("the source of the feed `{name}`");
        let source = match &config.source {
            SourceConfig::Folder { path } => Source::Folder(WatchedFolder::new(path.clone())),
            SourceConfig::Git { url, branch, folder: posts, token_file } => {
                Source::Git(Box::new(Git::new(GitSettings {
                    url: url.clone(),
                    branch: branch.clone(),
                    folder: posts.clone(),
                    token: token(token_file.as_deref(), git_token).with_context(of_feed)?,
                    clone: folder.join(CLONES).join(name.as_str()),
                })))
            }
            SourceConfig::Feed { url, every } => {
                let zone = config.feed.timezone;
                let settings = SyndicationSettings { url: url.clone(), every: *every, zone };
                Source::Feed(Box::new(Syndication::new(settings).with_context(of_feed)?))
            }
            SourceConfig::Push { token_sha256, token_file } => {
                let token = match token_sha256 {
                    Some(hash) => *hash,
                    None => {
                        let token = token(token_file.as_deref(), push_token).with_context(of_feed)?;
                        let token = token.ok_or_else(|| {
                            anyhow!(
                                "no token: set `token_sha256` or `token_file`, or the variable PUSH_TOKEN"
                            )
                        });
                        Sha256::digest(token.with_context(of_feed)?.expose_secret()).into()
                    }
                };
                let source = Source::Push(Arc::clone(&signal.heed));
                let pushed = Arc::clone(&signal.ask);
                let pushed = PushFeed { name: name.clone(), token, rules: rules(config)?, pushed };
                return Ok(Self { source, pushed: Some(pushed) });
            }
        };
        Ok(Self { source, pushed: None })
    }
}

/// How the feed's posts are built, as its configuration says.
pub(super) fn rules(config: &FeedConfig) -> anyhow::Result<Rules> {
    let shape = config.shape.as_ref().map(|shape| shape.parse()).transpose();
    let shape = shape.with_context(|| format!("key `shape` of the feed `{}`", config.feed.name))?;
    Ok(Rules { shape })
}

/// The token in the file, else the one of the environment; no log line will show it.
fn token(file: Option<&Path>, of_environment: &Option<SecretString>) -> anyhow::Result<Option<SecretString>> {
    let Some(file) = file else { return Ok(of_environment.clone()) };
    let token = read_token(file).map_err(anyhow::Error::msg)?;
    telemetry::hide(&token);
    Ok(Some(token))
}

impl Parts {
    /// How a feed's posts are understood with the dictionaries as they are.
    pub(super) fn reading(&self, config: &FeedConfig) -> anyhow::Result<Reading> {
        let names = Arc::clone(&self.names.borrow());
        let folder = match &config.source {
            SourceConfig::Folder { path } => Some(path.as_path()),
            _ => None,
        };
        reading(config, folder, Arc::clone(&names.classifier), names.fingerprint.clone())
    }

    /// What loads a feed.
    pub(super) fn ingest(&self, config: FeedConfig, feeding: Feeding) -> anyhow::Result<Ingest> {
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

/// How a feed's posts are understood; `folder` is where they are, if they are on this machine.
pub(super) fn reading(
    config: &FeedConfig,
    folder: Option<&Path>,
    classifier: Arc<Classifier>,
    dictionaries: String,
) -> anyhow::Result<Reading> {
    let (site, permalink) = (config.site.as_deref(), config.permalink.as_deref());
    Ok(Reading {
        rules: rules(config)?,
        permalinks: match folder {
            Some(folder) => Permalinks::of_folder(folder, site, permalink),
            None => Permalinks::of_site(site, permalink),
        },
        classifier,
        dictionaries,
        zone: config.feed.timezone,
    })
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
    let reading = reading(feed, Some(folder), classifier, dictionaries.fingerprint().to_owned())?;
    Ok(Import { feed: feed.feed.name.clone(), reading, store, clock })
}
