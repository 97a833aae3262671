//! Importing old posts into a new SQLite database, against the part of that time which SQLite takes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use chrono::{Days, NaiveDate};

use super::Measure;
use crate::app;
use crate::cli::folder::Folder;
use crate::cli::run;
use crate::clock::SystemClock;
use crate::config::{Config, Environment};
use crate::pipeline::Imported;
use crate::store::Store;

/// How many posts are imported.
const POSTS: u32 = 10_000;
/// A post of the usual kind; each of the imported ones has another day and other words.
const POST: &str = include_str!("../demo/sample.md");

pub(super) fn measure() -> anyhow::Result<Vec<Measure>> {
    let folder = Folder::new("bench")?;
    let posts = folder.path().join("posts");
    fs::create_dir(&posts).context("cannot make a folder for the posts")?;
    let first = NaiveDate::from_ymd_opt(1995, 1, 1).unwrap_or_default();
    for number in 0..POSTS {
        let day = first + Days::new(number.into());
        let post = POST.replace("2025-12-17", &day.to_string()).replace("오늘", &format!("제{number}호"));
        fs::write(posts.join(format!("{day}-ai-news.md")), post).context("cannot write a post")?;
    }
    let (seconds, imported) = run::runtime()?.block_on(timed(folder.path(), &posts))?;
    anyhow::ensure!(
        imported.loaded == usize::try_from(POSTS)?,
        "{} of {POSTS} posts were loaded, {} refused; the first for: {}",
        imported.loaded,
        imported.refused.len(),
        imported.refused.first().map(|file| file.reason.as_str()).unwrap_or_default()
    );
    let storing = imported.storing.as_secs_f64();
    Ok(vec![Measure {
        what: format!("import: {POSTS} posts into a new database"),
        unit: "s",
        ours: seconds,
        reference: Some(storing),
        note: format!("of it in SQLite ({:.0}%)", 100.0 * storing / seconds),
    }])
}

/// Imports the posts; how many seconds that takes.
async fn timed(folder: &Path, posts: &Path) -> anyhow::Result<(f64, Imported)> {
    let database = format!("sqlite://{}", folder.join("bench.db").display());
    let environment = Environment::of(&[
        ("JOGAN_DATABASE__URL", database.as_str()),
        ("JOGAN_FEEDS__0__NAME", "bench"),
        ("JOGAN_FEEDS__0__TITLE", "bench"),
        ("JOGAN_FEEDS__0__SOURCE__KIND", "folder"),
        ("JOGAN_FEEDS__0__SOURCE__PATH", "posts"),
    ]);
    // What the process is told of a database is not for this.
    let config = Config::from_table(toml::Table::new(), &environment)?;
    let feed = config.feeds.first().context("the feed of the benchmark is missing")?;
    let store = Store::open(&config.database_url).await?;
    let import = app::import(feed, posts, &config.dictionaries, store.clone(), Arc::new(SystemClock))?;
    let begun = Instant::now();
    let imported = import.run(posts, |_, _| {}).await?;
    let seconds = begun.elapsed().as_secs_f64();
    store.close().await;
    Ok((seconds, imported))
}
