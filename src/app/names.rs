//! The dictionaries: those in the configured folder or those that were compiled in, and what is built of them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use crate::clock::SharedClock;
use crate::commands::{self, Desk};
use crate::config::{Config, DictionariesConfig};
use crate::enrich::{Classifier, Dictionaries, Lookup, Names};
use crate::model::lexicon::Lexicon;
use crate::store::Store;

/// The dictionaries, ready for use. Blocks on files.
///
/// # Errors
/// If a dictionary is wrong.
pub(super) fn names(config: &DictionariesConfig) -> anyhow::Result<Names> {
    Ok(Names::new(&dictionaries(config)?))
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
