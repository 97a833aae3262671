//! Killed with kill -9 again and again while it delivers: nothing is lost, nothing is repeated on Discord, and on
//! Telegram, which can't tell, at most one message a channel and kill. The database is whole each time.

use std::path::Path;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use anyhow::ensure;
use fastrand::Rng;
use jogan::model::channel::Platform;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::bot::Bot;
use crate::count::{nothing_missing, tally};
use crate::town::{Town, wish};
use crate::{full, seed};

/// As many that a digest takes two messages on each platform.
const ARTICLES: usize = 14;
const BULLETS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash() -> anyhow::Result<()> {
    let (kills, channels, digests) = if full() { (300, 200, 5) } else { (5, 20, 2) };
    let began = Instant::now();
    let mut random = Rng::with_seed(seed());
    let mut town = Town::build(false).await?;
    town.settle(channels, channels, &wish(&[])).await?;
    let mut published = 0;
    for kill in 0..kills {
        if kill * digests >= published * kills {
            town.publish(published, ARTICLES, BULLETS)?;
            published += 1;
        }
        let bot = Bot::start(&town)?;
        moment(&town, &mut random).await;
        bot.kill().await?;
        let copy = copy(&town, kill)?;
        ensure!(integrity(&copy.join("jogan.db")).await? == "ok", "the database is broken after kill {kill}");
        std::fs::remove_dir_all(copy)?;
    }
    let marks = digests * ARTICLES * BULLETS;
    Bot::start(&town)?.finish(&town, || nothing_missing(&town, marks), Duration::from_secs(600)).await?;

    let discord = tally(&town, Platform::Discord, marks);
    let telegram = tally(&town, Platform::Telegram, marks);
    println!("crash: {kills} kills, 2 x {channels} channels, {digests} digests, {:.0?}", began.elapsed());
    println!("  Discord:  {discord:?}");
    println!("  Telegram: {telegram:?}");
    println!("  integrity_check: ok {kills} times");
    ensure!(discord.lost == 0 && telegram.lost == 0, "something was lost");
    ensure!(discord.repeated == 0, "something was repeated on Discord");
    ensure!(telegram.repeated_in_one <= kills, "Telegram: more than one repeated a channel and kill");
    Ok(())
}

/// Waits for a moment to kill: mostly after some calls to a platform, so that messages are on the wire, sometimes at
/// any time, be it in the middle of the start.
async fn moment(town: &Town, random: &mut Rng) {
    let whenever = Duration::from_millis(random.u64(0..1_500));
    let calls = random.u64(1..=60);
    let a_little = Duration::from_micros(random.u64(0..20_000));
    if random.f64() < 0.25 {
        return tokio::time::sleep(whenever).await;
    }
    let (mut discord, mut telegram) = (town.discord.changes(), town.telegram.changes());
    let until = *discord.borrow() + *telegram.borrow() + calls;
    let reached = async {
        while *discord.borrow_and_update() + *telegram.borrow_and_update() < until {
            tokio::select! {
                _ = discord.changed() => {}
                _ = telegram.changed() => {}
            }
        }
    };
    // With nothing left to deliver there are no calls.
    let _ = tokio::time::timeout(Duration::from_secs(3), reached).await;
    tokio::time::sleep(a_little).await;
}

/// The database as the dead process left it. Looking at the original would mend it.
fn copy(town: &Town, kill: usize) -> anyhow::Result<std::path::PathBuf> {
    let folder = town.folder().join(format!("after-kill-{kill}"));
    std::fs::create_dir(&folder)?;
    for name in ["jogan.db", "jogan.db-wal"] {
        if town.file(name).exists() {
            std::fs::copy(town.file(name), folder.join(name))?;
        }
    }
    Ok(folder)
}

async fn integrity(database: &Path) -> anyhow::Result<String> {
    let url = format!("sqlite://{}", database.display());
    let mut connection = sqlx::sqlite::SqliteConnectOptions::from_str(&url)?.connect().await?;
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(verdict)
}
