//! Channels that cannot be written to any more, among others that can: they are left alone but for probes, resume by
//! themselves once they are given back, and get what they missed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use jogan::model::channel::{Address, Platform};
use jogan::sandbox::discord::permissions::{SEND_MESSAGES, VIEW_CHANNEL};

use crate::bot::Bot;
use crate::count::missing;
use crate::full;
use crate::town::{Town, wish};

/// How often the bot's database and the channels are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How a channel is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The bot is thrown out of the server, with all its channels.
    Guild,
    /// A right is taken from the bot.
    Right(u64),
    /// The channel is deleted.
    Deleted,
    /// The bot is thrown out of the group.
    Kicked,
    /// The person blocks the bot.
    Blocked,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn permission_loss() -> anyhow::Result<()> {
    let (on_each, lost_on_each) = if full() { (250, 50) } else { (40, 10) };
    let began = Instant::now();
    let mut town = Town::build(true).await?;
    let apart = lost_on_each / 2;
    town.settle(on_each - apart, on_each, &wish(&[])).await?;
    let guild = town.settle_apart(apart, &wish(&[])).await?;
    let bot = Bot::start(&town)?;
    publish_and_wait(&town, 0, &town.channels).await?;

    let lost = choose(&town, on_each, apart, lost_on_each);
    let writable: Vec<Address> = {
        let lost: BTreeSet<String> = lost.iter().map(|(address, _)| address.to_string()).collect();
        town.channels.iter().filter(|address| !lost.contains(&address.to_string())).copied().collect()
    };
    town.discord.remove_bot(guild);
    lost.iter().for_each(|(address, way)| lose(&town, *address, *way));
    let (discord_before, telegram_before) = (town.discord.calls().len(), town.telegram.calls().len());
    for number in [1, 2] {
        publish_and_wait(&town, number, &writable).await?;
    }
    let store = town.store().await?;
    until("every loss is known", async || Ok(store.lost_channels().await? == lost.len() as u64)).await?;

    // Half of them are given back: what the platforms tell of at once, and in the full form some of the others, too,
    // which the bot has to find out.
    let can_come = |way: &Way| match way {
        Way::Guild | Way::Kicked | Way::Blocked => true,
        Way::Right(_) => full(),
        Way::Deleted => false,
    };
    let back: Vec<(Address, Way)> =
        lost.iter().filter(|(_, way)| can_come(way)).copied().step_by(2).take(lost.len() / 2).collect();
    let back: Vec<(Address, Way)> = if back.iter().any(|(_, way)| *way == Way::Guild) {
        // A server comes back with all its channels.
        let others = back.into_iter().filter(|(_, way)| *way != Way::Guild);
        lost.iter().filter(|(_, way)| *way == Way::Guild).copied().chain(others).collect()
    } else {
        back
    };
    town.discord.return_bot(guild);
    back.iter().for_each(|(address, way)| give_back(&town, *address, *way));
    let resumed = || back.iter().all(|(address, _)| missing(&town, *address, 3) == 0);
    until("what was given back has everything", async || Ok(resumed())).await?;
    let left = store.lost_channels().await?;
    store.close().await;

    let (sends, probes, invalid) = calls(&town, &lost, discord_before, telegram_before);
    println!(
        "permission loss: {} of {} channels lost, {} given back, {:.0?}",
        lost.len(),
        town.channels.len(),
        back.len(),
        began.elapsed()
    );
    println!("  calls to them: {sends} that would have sent, {probes} probes");
    println!("  invalid requests (401, 403, 429) at Discord: {invalid}; it allows 10,000 in 10 minutes");
    println!("  still lost: {left}");
    ensure!(left == (lost.len() - back.len()) as u64, "what was given back has not resumed, or more has");
    ensure!(sends <= lost.len(), "lost channels were written to again and again");
    ensure!(invalid < 1_000, "too many invalid requests");
    ensure!(town.discord.counters().limited == 0, "too fast");
    ensure!(writable.iter().all(|address| missing(&town, *address, 3) == 0), "others have missed something");
    bot.kill().await
}

/// Which channels are lost, and how.
fn choose(town: &Town, on_each: usize, apart: usize, lost_on_each: usize) -> Vec<(Address, Way)> {
    let of = |platform: Platform| town.channels.iter().filter(move |address| address.platform() == platform);
    let rights = [Way::Right(VIEW_CHANNEL), Way::Right(SEND_MESSAGES), Way::Deleted];
    let at_home = of(Platform::Discord).take(lost_on_each - apart).copied();
    let at_home = at_home.enumerate().map(|(number, address)| (address, rights[number % rights.len()]));
    let away = of(Platform::Discord).skip(on_each - apart).map(|address| (*address, Way::Guild));
    // Every second chat is private.
    let ways = [Way::Blocked, Way::Kicked];
    let on_telegram = of(Platform::Telegram).take(lost_on_each).copied();
    let on_telegram = on_telegram.enumerate().map(|(number, address)| (address, ways[number % ways.len()]));
    away.chain(at_home).chain(on_telegram).collect()
}

fn lose(town: &Town, address: Address, way: Way) {
    match (address, way) {
        (Address::Discord { channel }, Way::Right(right)) => town.discord.take_permission(channel, right),
        (Address::Discord { channel }, Way::Deleted) => town.discord.delete_channel(channel),
        (Address::Telegram { chat, .. }, Way::Kicked) => town.telegram.kick(chat),
        (Address::Telegram { chat, .. }, Way::Blocked) => town.telegram.block(chat),
        _ => {}
    }
}

fn give_back(town: &Town, address: Address, way: Way) {
    match (address, way) {
        (Address::Discord { channel }, Way::Right(right)) => town.discord.give_permission(channel, right),
        (Address::Telegram { chat, .. }, Way::Kicked) => town.telegram.invite(&Town::person(1), chat),
        (Address::Telegram { chat, .. }, Way::Blocked) => town.telegram.unblock(chat),
        _ => {}
    }
}

/// Publishes a digest of one mark, and waits until these channels have it and all before.
async fn publish_and_wait(town: &Town, number: usize, channels: &[Address]) -> anyhow::Result<()> {
    town.publish(number, 1, 1)?;
    let has_all = || channels.iter().all(|address| missing(town, *address, number + 1) == 0);
    until("every channel that can be written to has it", async || Ok(has_all())).await
}

async fn until(what: &str, is_so: impl AsyncFn() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let patience = Duration::from_secs(if full() { 900 } else { 100 });
    let waiting = async {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        loop {
            tick.tick().await;
            if is_so().await? {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(patience, waiting)
        .await
        .with_context(|| format!("not within {patience:?}: {what}"))?
}

/// Of the calls since then: those that would have sent to lost channels and were refused, probes, and what Discord
/// counts as invalid.
fn calls(town: &Town, lost: &[(Address, Way)], discord: usize, telegram: usize) -> (usize, usize, usize) {
    let (mut sends, mut probes, mut invalid) = (0, 0, 0);
    let (channels, chats): (Vec<String>, Vec<i64>) =
        lost.iter().fold(Default::default(), |mut of, (to, _)| {
            match to {
                Address::Discord { channel } => of.0.push(format!("/channels/{channel}")),
                Address::Telegram { chat, .. } => of.1.push(*chat),
            }
            of
        });
    for call in town.discord.calls().iter().skip(discord) {
        let to_lost = channels.iter().any(|channel| call.path.contains(channel.as_str()));
        let refused = call.status >= 400;
        sends += usize::from(to_lost && refused && call.method == "POST");
        probes += usize::from(to_lost && call.method == "GET");
        invalid += usize::from(matches!(call.status, 401 | 403 | 429));
    }
    for call in town.telegram.calls().iter().skip(telegram) {
        let to_lost = call.chat.is_some_and(|chat| chats.contains(&chat));
        sends += usize::from(to_lost && call.status >= 400 && call.method == "sendMessage");
        probes += usize::from(to_lost && call.method != "sendMessage");
    }
    (sends, probes, invalid)
}
