//! `jogan import`: loads a folder of old posts without delivering them.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Failed, Outcome, run};
use crate::app;
use crate::clock::SystemClock;
use crate::config::{Config, Environment, FeedConfig};
use crate::pipeline::Imported;
use crate::store::Store;

/// How wide the progress bar is, in columns.
const BAR: usize = 30;
/// How many refused files are named; `--json` has them all.
const NAMED: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder of the posts
    path: PathBuf,
    /// The feed that they belong to; needed where there are several
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
    /// Print what it came to as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn import(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let feed = choose(&config.feeds, arguments.feed.as_deref())?;
    let imported = run::runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        let import =
            app::import(feed, &arguments.path, &config.dictionaries, store.clone(), Arc::new(SystemClock))?;
        let imported = import.run(&arguments.path, progress).await;
        store.close().await;
        anyhow::Ok(imported?)
    })?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &imported)?;
        writeln!(out)?;
    } else {
        tell(&imported, &mut out)?;
    }
    Ok(())
}

/// The feed of that name; without a name, the only one.
fn choose<'c>(feeds: &'c [FeedConfig], name: Option<&str>) -> Result<&'c FeedConfig, Failed> {
    let found = match (name, feeds) {
        (Some(name), feeds) => feeds.iter().find(|feed| feed.feed.name.as_str() == name),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = feeds.iter().map(|feed| feed.feed.name.as_str()).collect();
        let known = known.join(", ");
        Failed::Usage(match name {
            Some(name) => format!("there is no feed `{name}`; write `--feed` with one of: {known}"),
            None => format!("which feed do the posts belong to? Write `--feed` with one of: {known}"),
        })
    })
}

/// Draws the bar, on a terminal only.
fn progress(done: usize, total: usize) {
    let mut terminal = std::io::stderr();
    if !terminal.is_terminal() || total == 0 {
        return;
    }
    let full = BAR * done / total;
    let bar = format!("{}{}", "█".repeat(full), "░".repeat(BAR - full));
    let end = if done == total { "\n" } else { "" };
    // Nobody is left to look if standard error is closed.
    let _ = write!(terminal, "\r{bar} {done}/{total}{end}");
}

fn tell(imported: &Imported, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let Imported { feed, loaded, corrected, unchanged, drafts, refused, .. } = imported;
    writeln!(
        out,
        "{feed}: {loaded} loaded, {corrected} corrected, {unchanged} unchanged, {drafts} drafts, {} refused",
        refused.len()
    )?;
    for file in refused.iter().take(NAMED) {
        writeln!(
            out,
            "  refused: {}{}{}",
            file.file,
            if file.file.is_empty() { "" } else { ": " },
            file.reason
        )?;
    }
    if refused.len() > NAMED {
        writeln!(out, "  … and {} more, which `--json` names", refused.len() - NAMED)?;
    }
    Ok(())
}
