//! As fast as the platforms allow and not faster: many channels at once, and one chat with very much to get that
//! holds up no other.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use jogan::model::channel::Address;

use crate::bot::Bot;
use crate::count::nothing_missing;
use crate::full;
use crate::town::{ONE_WORD, Town, wish};

/// What Telegram and Discord allow a bot over all, in messages a second.
const TELEGRAM: usize = 30;
const DISCORD: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rate() -> anyhow::Result<()> {
    let (on_telegram, on_discord, enough) = if full() { (3_000, 500, 0.99) } else { (120, 100, 0.8) };
    let mut town = Town::build(true).await?;
    town.settle(on_discord, on_telegram, &wish(&[])).await?;
    let bot = Bot::start(&town)?;
    // What the bot calls while it starts takes places of Discord's, and is no part of what is measured.
    tokio::time::timeout(Duration::from_secs(30), ready(&town))
        .await
        .context("the bot did not connect")??;
    town.publish(0, 2, 1)?;
    bot.finish(&town, || nothing_missing(&town, 2), Duration::from_secs(300)).await?;

    let on_time =
        |sent: Vec<(DateTime<Utc>, i64)>, allowed| share(&sent, allowed).context("too little was sent");
    let (telegram, discord) =
        (on_time(sent_on_telegram(&town), TELEGRAM)?, on_time(sent_on_discord(&town), DISCORD)?);
    let refused = (town.telegram.counters().too_many_requests, town.discord.counters().limited);
    println!("rate from the first message to the last, as a share of what is allowed:");
    println!("  {on_telegram} Telegram chats: {telegram:.3}; {on_discord} Discord channels: {discord:.3}");
    println!("  refused for haste: {} by Telegram, {} by Discord", refused.0, refused.1);
    ensure!(refused == (0, 0), "too fast");
    ensure!(telegram >= enough && discord >= enough, "too slow");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_with_much_to_deliver_is_refused_nothing() -> anyhow::Result<()> {
    let mut town = Town::build(true).await?;
    town.settle(100, 60, &wish(&[])).await?;
    town.publish(0, 2, 1)?;
    Bot::start(&town)?.finish(&town, || nothing_missing(&town, 2), Duration::from_secs(120)).await?;
    let refused = (town.telegram.counters().too_many_requests, town.discord.counters().limited);
    println!("start: refused for haste: {} by Telegram, {} by Discord", refused.0, refused.1);
    ensure!(refused == (0, 0), "too fast");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forums_which_take_two_calls_each_are_refused_nothing() -> anyhow::Result<()> {
    let forums = 100;
    let mut town = Town::build(true).await?;
    town.settle_forums(forums, &wish(&[])).await?;
    town.publish(0, 2, 1)?;
    let posts = || {
        let calls = town.discord.calls().into_iter();
        calls.filter(|call| call.status == 201 && call.path.ends_with("/threads")).count()
    };
    Bot::start(&town)?.finish(&town, || posts() == forums, Duration::from_secs(120)).await?;
    let refused = town.discord.counters().limited;
    println!("forums: {forums} posts, {refused} calls refused for haste");
    ensure!(refused == 0, "too fast");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_chat_with_sixty_messages_holds_up_no_other() -> anyhow::Result<()> {
    let others = if full() { 3_000 } else { 120 };
    let mut town = Town::build(true).await?;
    // The first chat gets every word, an article a message; the others one message each.
    town.settle(0, 1, &wish(&[])).await?;
    town.settle(0, others, &wish(&[ONE_WORD])).await?;
    town.publish(0, 60, 60)?;
    let mut changes = town.telegram.changes();
    let bot = Bot::start(&town)?;
    let reached = || sent_on_telegram(&town).iter().map(|(_, chat)| *chat).collect::<BTreeSet<_>>().len();
    let all_reached = async {
        while reached() <= others {
            changes.changed().await?;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(300), all_reached)
        .await
        .context("not every chat was reached")??;
    bot.kill().await?;

    let Some(Address::Telegram { chat: large, .. }) = town.channels.first().copied() else { unreachable!() };
    let sent = sent_on_telegram(&town);
    let before =
        sent.iter().rev().skip_while(|(_, chat)| *chat == large).filter(|(_, chat)| *chat == large).count();
    let delay = before as f64 / TELEGRAM as f64;
    println!(
        "one chat with 60 messages among {others}: {before} of them went before the last other's, {delay:.2} s"
    );
    ensure!(delay <= 1.0, "the others waited for one chat");
    ensure!(town.telegram.counters().too_many_requests == 0, "too fast");
    Ok(())
}

/// Waits until the bot is connected and has registered its commands, and the second of those calls is over.
async fn ready(town: &Town) -> anyhow::Result<()> {
    let mut changes = town.discord.changes();
    while !town.discord.connected() || town.discord.commands().is_empty() {
        changes.changed().await?;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// How much of `allowed` messages a second was used. That none was sent too soon is seen by what was refused.
fn share(sent: &[(DateTime<Utc>, i64)], allowed: usize) -> Option<f64> {
    let ((first, _), (last, _)) = (sent.first()?, sent.last()?);
    let seconds = (*last - *first).as_seconds_f64();
    Some(sent.len().checked_sub(1)? as f64 / (allowed as f64 * seconds))
}

/// When Telegram took which chat's messages.
fn sent_on_telegram(town: &Town) -> Vec<(DateTime<Utc>, i64)> {
    let calls = town.telegram.calls().into_iter();
    calls
        .filter(|call| call.status == 200 && call.method.eq_ignore_ascii_case("sendMessage"))
        .map(|call| (call.at, call.chat.unwrap_or_default()))
        .collect()
}

/// When Discord took messages.
fn sent_on_discord(town: &Town) -> Vec<(DateTime<Utc>, i64)> {
    let calls = town.discord.calls().into_iter();
    calls
        .filter(|call| call.status == 200 && call.method == "POST" && call.path.ends_with("/messages"))
        .map(|call| (call.at, 0))
        .collect()
}
