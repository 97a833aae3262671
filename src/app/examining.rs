//! What a configuration comes to outside of a run: each feed's source asked once, and a post of a feed read from a
//! file. For `jogan check` and `jogan send`.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};

use super::feeding::{Feeding, reading};
use super::names::dictionaries;
use super::signals::Signal;
use crate::config::{DictionariesConfig, FeedConfig, SourceConfig, Tokens};
use crate::enrich::Classifier;
use crate::model::digest::{EnrichedDigest, RawDigest};
use crate::model::lexicon::Lexicon;
use crate::pipeline::Reading;
use crate::source::{Found, Look, Source, SourceFault};

/// What a feed's source has.
#[derive(Debug)]
pub struct Examined {
    /// How many posts it has handed over; `is_all`: and has no more.
    pub posts: usize,
    /// Whether these are all.
    pub is_all: bool,
    /// Posts that cannot be loaded, each with the reason.
    pub refused: Vec<String>,
    /// What could not be read.
    pub faults: Vec<SourceFault>,
    /// Whether the source could be asked at all.
    pub complete: bool,
}

/// Asks a feed's source once. What it needs for that is kept in `folder`. `None`: it is pushed to, and there is nothing
/// to ask.
///
/// # Errors
/// If the configuration of the feed cannot be used: a token is missing, `shape` is none.
pub async fn examine_feed(
    feed: &FeedConfig,
    tokens: &Tokens,
    dictionaries: &DictionariesConfig,
    folder: &Path,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<Examined>> {
    let Feeding { mut source, .. } =
        Feeding::build(feed, &tokens.git, &tokens.push, folder, &Signal::alone())?;
    let (reading, _) = reading_of(feed, dictionaries)?;
    if matches!(source, Source::Push(_)) {
        return Ok(None);
    }
    let Look { complete, settled, faults, look_again_at, .. } = source.look(now).await;
    let refused = settled
        .iter()
        .filter_map(|found| Some(format!("{}: {}", found.place, reading.refusal(found, now)?)))
        .collect();
    Ok(Some(Examined { posts: settled.len(), is_all: look_again_at.is_none(), refused, faults, complete }))
}

/// Reads one post of a feed from a file.
///
/// # Errors
/// If the file cannot be read, or the post cannot be loaded.
pub fn read_post(
    feed: &FeedConfig,
    file: &Path,
    dictionaries: &DictionariesConfig,
) -> anyhow::Result<(EnrichedDigest, Lexicon)> {
    let (reading, lexicon) = reading_of(feed, dictionaries)?;
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let found = Found::of(name.clone(), RawDigest { name, bytes });
    let digest = reading.read_now(&found).map_err(anyhow::Error::msg);
    Ok((digest.with_context(|| format!("{} cannot be sent", file.display()))?, lexicon))
}

fn reading_of(feed: &FeedConfig, config: &DictionariesConfig) -> anyhow::Result<(Reading, Lexicon)> {
    let dictionaries = dictionaries(config)?;
    let classifier = Arc::new(Classifier::new(&dictionaries));
    let folder = match &feed.source {
        SourceConfig::Folder { path } => Some(path.as_path()),
        _ => None,
    };
    let reading = reading(feed, folder, classifier, dictionaries.fingerprint().to_owned())?;
    Ok((reading, dictionaries.lexicon().clone()))
}
