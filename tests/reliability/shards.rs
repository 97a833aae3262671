//! A bot that has grown beyond its shards: Discord refuses its sessions until it begins them with as many as it asks for.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::bot::Bot;
use crate::town::{Town, wish};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_few_shards_are_called_off_and_begun_anew_with_enough() -> anyhow::Result<()> {
    let mut town = Town::build(true).await?;
    town.settle(3, 0, &wish(&[])).await?;
    let began = Instant::now();
    let bot = Bot::start(&town)?;
    connected(&town, 1).await?;
    town.discord.need_shards(2);
    town.discord.forget_sessions();
    connected(&town, 3).await?;
    let counters = town.discord.counters();
    println!("too few shards: {:.0?}, {} sessions refused", began.elapsed(), counters.turned_away);
    ensure!((1..=5).contains(&counters.turned_away), "sessions were begun again and again: {counters:?}");
    bot.kill().await
}

/// Waits until so many sessions have been begun.
async fn connected(town: &Town, sessions: u64) -> anyhow::Result<()> {
    let begun = async {
        while town.discord.counters().identified < sessions {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    Ok(tokio::time::timeout(Duration::from_secs(90), begun).await?)
}
