//! `jogan lookup candidates`: names in the archive that the dictionary of companies lacks, with how many articles have
//! them, as TOML to copy.

use std::io::Write as _;
use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::app;
use crate::cli::Outcome;
use crate::cli::run::runtime;
use crate::config::{Config, Environment};
use crate::enrich::Classifier;
use crate::model::digest::DigestId;
use crate::pipeline::NameCounts;
use crate::store::Store;

/// Digests that are read at once.
const AT_ONCE: u32 = 100;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Names in fewer articles are left out
    #[arg(long, value_name = "ARTICLES", default_value_t = 2)]
    least: usize,
    /// The most names that are listed
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    most: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn candidates(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let classifier = Classifier::new(&app::dictionaries(&config.dictionaries)?);
    let counts = runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        let counts = count(&store, &classifier).await;
        store.close().await;
        anyhow::Ok(counts?)
    })?;
    let ranked = counts.ranked(arguments.least, arguments.most);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let list: Vec<_> = ranked
            .iter()
            .map(|lacking| json!({"name": lacking.name, "ko": lacking.ko, "articles": lacking.articles}))
            .collect();
        serde_json::to_writer_pretty(&mut out, &list)?;
        writeln!(out)?;
    } else {
        for lacking in &ranked {
            writeln!(out, "{}", lacking.toml())?;
        }
    }
    Ok(())
}

async fn count(store: &Store, classifier: &Classifier) -> anyhow::Result<NameCounts> {
    let (mut counts, mut after) = (NameCounts::default(), DigestId(0));
    loop {
        let digests = store.published_digests(after, AT_ONCE).await?;
        let Some(last) = digests.last() else { return Ok(counts) };
        after = last.id;
        digests.iter().for_each(|stored| counts.add(&stored.digest, classifier));
    }
}
