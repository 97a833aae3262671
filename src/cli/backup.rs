//! `jogan backup`: a copy of the database, also while a bot runs on it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::run::runtime;
use super::{Failed, Outcome};
use crate::config::{Config, Environment};
use crate::store::Store;

#[derive(Debug, Args)]
#[command(after_help = "Example:
  jogan backup /var/backups/jogan.db

The copy is whole and of one instant. To go back to it, stop the bot, put the copy in the place of the database, delete
the files ending in -wal and -shm beside it, and start the bot.")]
pub(super) struct Arguments {
    /// Where to: a file that is not there yet
    file: PathBuf,
}

pub(super) fn backup(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let file = &arguments.file;
    if file.exists() {
        return Err(Failed::Usage(format!("{} is there already; name another file", file.display())));
    }
    runtime()?.block_on(Store::backup(&config.database_url, file))?;
    let bytes = std::fs::metadata(file)?.len();
    writeln!(std::io::stdout(), "{}: {bytes} bytes", file.display())?;
    Ok(())
}
