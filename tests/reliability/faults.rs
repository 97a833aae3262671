//! A bad day on both platforms, on which Discord's gateway breaks off again and again: everything arrives once all
//! the same, and whoever told to wait was obeyed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use jogan::model::channel::Platform;
use jogan::sandbox::discord::Discord;
use jogan::sandbox::weather::Weather;

use crate::bot::Bot;
use crate::count::{nothing_missing, tally};
use crate::town::{Town, wish};
use crate::{full, seed};

const ARTICLES: usize = 14;
const BULLETS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults() -> anyhow::Result<()> {
    let (channels, digests) = if full() { (100, 5) } else { (20, 2) };
    let (wait_s, latency_ms) = if full() { (1..=30, 0..=3_000) } else { (1..=3, 0..=300) };
    let began = Instant::now();
    let mut town = Town::build(true).await?;
    town.settle(channels, channels, &wish(&[])).await?;
    let weather = Weather {
        seed: seed(),
        failures: 0.10,
        resets_before: 0.05,
        resets_after: 0.05,
        waits: 0.03,
        wait_s,
        latency_ms,
    };
    town.discord.weather(Some(weather.clone()));
    town.telegram.weather(Some(weather));
    for number in 0..digests {
        town.publish(number, ARTICLES, BULLETS)?;
    }
    let marks = digests * ARTICLES * BULLETS;
    let breaking =
        tokio::spawn(break_off(Arc::clone(&town.discord), Duration::from_secs(if full() { 20 } else { 3 })));
    Bot::start(&town)?
        .finish(
            &town,
            || nothing_missing(&town, marks),
            Duration::from_secs(if full() { 1_800 } else { 120 }),
        )
        .await?;

    breaking.abort();
    let discord = tally(&town, Platform::Discord, marks);
    let telegram = tally(&town, Platform::Telegram, marks);
    let (of_discord, of_telegram) = (town.discord.counters(), town.telegram.counters());
    println!("faults: 2 x {channels} channels, {digests} digests, {:.0?}", began.elapsed());
    println!("  Discord:  {discord:?}, {of_discord:?}");
    println!("  Telegram: {telegram:?}, {of_telegram:?}");
    ensure!(discord.lost == 0 && telegram.lost == 0, "something was lost");
    ensure!(discord.repeated == 0, "something was repeated on Discord");
    ensure!(
        telegram.repeated as u64 == of_telegram.unheard,
        "Telegram: what was repeated is not what was sent unheard"
    );
    ensure!(of_discord.disobeyed == 0 && of_telegram.disobeyed == 0, "a wait was not obeyed");
    ensure!(of_discord.identified + of_discord.resumed > 1, "the gateway never came back");
    Ok(())
}

/// Breaks off Discord's gateway, each time after so long: by closing it, by asking to come again, by
/// forgetting who was connected.
async fn break_off(discord: Arc<Discord>, each: Duration) {
    for way in 0_u32.. {
        tokio::time::sleep(each).await;
        match way % 3 {
            0 => discord.close_gateway(4000),
            1 => discord.ask_to_reconnect(),
            _ => discord.forget_sessions(),
        }
    }
}
