//! `jogan restore`: reads what `jogan export` wrote into a new database.

use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::run::runtime;
use super::{Failed, Outcome};
use crate::config::{Config, Environment};
use crate::store::{Lock, Moved, Store, Transfer};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  jogan restore jogan.json

Configure the same feeds first. Then start the bot: what was published since the export goes out at each channel's hour,
and nothing that was sent goes out again.")]
pub(super) struct Arguments {
    /// What `jogan export` wrote
    file: PathBuf,
}

pub(super) fn restore(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let name = arguments.file.display();
    let file = std::fs::File::open(&arguments.file).with_context(|| format!("cannot read {name}"))?;
    let transfer: Transfer = serde_json::from_reader(BufReader::new(file))
        .map_err(|error| Failed::Usage(format!("{name} is not what `jogan export` writes: {error}")))?;
    runtime()?.block_on(async {
        let _lock = Lock::take(&config.database_url)?;
        let store = Store::open(&config.database_url).await?;
        let restored = store.restore(&transfer).await;
        store.close().await;
        anyhow::Ok(restored?)
    })?;
    let Moved { channels, subscriptions, digests, deliveries } = transfer.moved();
    writeln!(
        std::io::stdout(),
        "{channels} channels, {subscriptions} subscriptions, {digests} digests, {deliveries} deliveries"
    )?;
    Ok(())
}
