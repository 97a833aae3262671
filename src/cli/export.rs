//! `jogan export`: what another server needs to go on from here, as one JSON file; `restore.rs` reads it.

use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;

use super::Outcome;
use super::run::runtime;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Environment};
use crate::store::{Lock, Moved, Store, StoreError, Transfer};

/// How often it is looked whether a running bot has finished what it had begun, and for how long.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
const LOOKS: u32 = 600;

#[derive(Debug, Args)]
#[command(after_help = "A move to another server:
  jogan export --hand-over jogan.json     # here: every channel is paused from this instant
  jogan restore jogan.json                # there, into a new database, with the same feeds configured
  jogan run                               # there; then stop the one here

To stay here after all, `/resume` in a channel takes it up again.")]
pub(super) struct Arguments {
    /// Where to [default: standard output]
    file: Option<PathBuf>,
    /// Pause every channel here at the same instant, so that the two never deliver both
    #[arg(long)]
    hand_over: bool,
}

pub(super) fn export(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    // Before anything is handed over: what cannot be written down would be lost.
    let mut out = open(arguments.file.as_deref())?;
    let transfer = runtime()?.block_on(async {
        let lock = match Lock::take(&config.database_url) {
            Ok(lock) => Some(lock),
            Err(StoreError::InUse { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let store = Store::open(&config.database_url).await?;
        let written = if arguments.hand_over {
            handed_over(&store, lock.is_none()).await
        } else {
            Ok(store.export(SystemClock.now()).await?)
        };
        store.close().await;
        written
    })?;
    serde_json::to_writer(&mut out, &transfer)?;
    out.flush()?;
    let Moved { channels, subscriptions, digests, deliveries } = transfer.moved();
    writeln!(
        std::io::stderr(),
        "{channels} channels, {subscriptions} subscriptions, {digests} digests, {deliveries} deliveries{}",
        if arguments.hand_over { "; every channel is paused here" } else { "" }
    )?;
    Ok(())
}

async fn handed_over(store: &Store, is_running: bool) -> anyhow::Result<Transfer> {
    for _ in 0..LOOKS {
        if let Some(written) = store.hand_over(is_running, SystemClock.now()).await? {
            return Ok(written);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    bail!("the bot has been sending for a minute; try again when it is done, or stop it first")
}

/// The file, for nobody else to read, as it says who subscribed what; or standard output.
fn open(file: Option<&Path>) -> anyhow::Result<BufWriter<Box<dyn std::io::Write>>> {
    let Some(file) = file else { return Ok(BufWriter::new(Box::new(std::io::stdout()))) };
    let mut options = std::fs::File::options();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(file);
    Ok(BufWriter::new(Box::new(opened.with_context(|| format!("cannot write {}", file.display()))?)))
}
