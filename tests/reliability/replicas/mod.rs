//! Several programs on one PostgreSQL, of which one after the other is killed, stopped, or cut off from the database while
//! digests come and people ask: nothing is lost, nothing is repeated on Discord, no platform is called too fast by all of
//! them together, and whatever one did another does within ten seconds. `wire.rs` is the line to the database, `leases.rs`
//! sees who has what, `readers.rs` ask.

mod leases;
mod readers;
mod wire;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fastrand::Rng;
use jogan::config::Environment;
use jogan::model::channel::Platform;
use tokio_util::sync::CancellationToken;
use url::Url;

use self::leases::{Leases, Outage, percentile};
use self::readers::{Asked, ask};
use self::wire::{Line, Wire};
use crate::bot::Bot;
use crate::count::{nothing_missing, tally};
use crate::town::{Town, wish};
use crate::{full, seed};

const REPLICAS: usize = 3;
/// What the contract gives another replica to take a part over.
const TAKE_OVER: Duration = Duration::from_secs(10);
/// A holder that has just taken a platform over still has to connect.
const CONNECTS_WITHIN: Duration = Duration::from_secs(4);
/// Nobody waits longer for an answer.
const LATEST_ANSWER: Duration = Duration::from_secs(10);
/// One that was started so long ago may be the only one that is well.
const STARTS_WITHIN: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Articles of a digest, one message in all.
const ARTICLES: usize = 2;

/// How much of it.
struct Plan {
    on_discord: usize,
    on_telegram: usize,
    lasts: Duration,
    digest_every: Duration,
    /// Between two strikes, in milliseconds.
    calm: Range<u64>,
    /// How long one is stopped or cut off, or stays dead, in milliseconds.
    trouble: Range<u64>,
}

impl Plan {
    fn chosen() -> Self {
        let seconds = Duration::from_secs;
        let calm = 2_000..7_000;
        if full() {
            let (lasts, digest_every) = (seconds(600), seconds(45));
            Self { on_discord: 1_500, on_telegram: 500, lasts, digest_every, calm, trouble: 500..15_000 }
        } else {
            let (lasts, digest_every) = (seconds(30), seconds(5));
            Self { on_discord: 60, on_telegram: 40, lasts, digest_every, calm, trouble: 500..10_000 }
        }
    }
}

/// What happens to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Killed,
    Stopped,
    Cut(Line),
}

/// One of the programs.
struct Replica {
    /// `None`: dead.
    bot: Option<Bot>,
    number: usize,
    wire: Wire,
    database: String,
    since: Instant,
    trouble: Option<(Trouble, Instant)>,
}

impl Replica {
    async fn new(town: &Town, number: usize, server: &Url) -> anyhow::Result<Self> {
        let wire = Wire::to(server).await?;
        let database = wire.address(server)?;
        let mut replica = Self { bot: None, number, wire, database, since: Instant::now(), trouble: None };
        replica.start(town)?;
        Ok(replica)
    }

    fn start(&mut self, town: &Town) -> anyhow::Result<()> {
        let settings = [
            ("JOGAN_DATABASE__URL", self.database.as_str()),
            ("JOGAN_LIMITS__PERSON", "100000"),
            ("JOGAN_LIMITS__GROUP", "100000"),
        ];
        self.bot = Some(Bot::start_as(town, &format!("jogan-{}.log", self.number), &settings)?);
        self.since = Instant::now();
        Ok(())
    }

    fn is_well(&self) -> bool {
        self.bot.is_some() && self.trouble.is_none() && self.since.elapsed() > STARTS_WITHIN
    }

    fn id(&self) -> u32 {
        self.bot.as_ref().and_then(Bot::id).unwrap_or_default()
    }

    async fn strike(&mut self, trouble: Trouble, until: Instant) -> anyhow::Result<()> {
        match (trouble, &mut self.bot) {
            (Trouble::Killed, bot) => {
                if let Some(bot) = bot.take() {
                    bot.kill().await?;
                }
            }
            (Trouble::Stopped, Some(bot)) => bot.signal("STOP").await?,
            (Trouble::Stopped, None) => {}
            (Trouble::Cut(line), _) => self.wire.set(line),
        }
        self.trouble = Some((trouble, until));
        Ok(())
    }

    async fn heal(&mut self, town: &Town) -> anyhow::Result<()> {
        match (self.trouble.take(), &self.bot) {
            (Some((Trouble::Stopped, _)), Some(bot)) => bot.signal("CONT").await?,
            (Some((Trouble::Cut(_), _)), _) => self.wire.set(Line::Whole),
            _ => {}
        }
        // One that was cut off while it started has ended, and is started again as whatever watches over it would.
        if self.bot.as_mut().is_none_or(Bot::has_ended) {
            self.start(town)?;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres"]
async fn replicas() -> anyhow::Result<()> {
    let plan = Plan::chosen();
    let server = server()?;
    let mut town = Town::build_on(Some(server.to_string()), true).await?;
    town.settle(plan.on_discord, plan.on_telegram, &wish(&[])).await?;
    let town = Arc::new(town);
    let mut replicas = Vec::new();
    for number in 0..REPLICAS {
        replicas.push(Replica::new(&town, number, &server).await?);
    }
    tokio::time::timeout(Duration::from_secs(60), ready(&town)).await.context("nobody connected")?;

    let stop = CancellationToken::new();
    let asking = Platform::ALL.map(|platform| tokio::spawn(ask(Arc::clone(&town), platform, stop.clone())));
    let mut leases = Leases::of(server.as_str()).await?;
    let (strikes, digests) = troubles(&town, &plan, &mut replicas, &mut leases).await?;
    let marks = digests * ARTICLES;
    settled(&town, &mut leases, marks).await?;
    stop.cancel();
    let mut asked = Vec::new();
    for asking in asking {
        asked.extend(asking.await?);
    }
    for replica in replicas {
        replica.bot.context("it runs")?.kill().await?;
    }

    let (discord, telegram) =
        (tally(&town, Platform::Discord, marks), tally(&town, Platform::Telegram, marks));
    let refused = (town.discord.counters().limited, town.telegram.counters().too_many_requests);
    let struck: usize = strikes.iter().map(|(_, times)| times).sum();
    println!(
        "replicas: {REPLICAS} programs, {} + {} channels, {digests} digests, {:.0?}; {strikes:?}",
        plan.on_discord, plan.on_telegram, plan.lasts
    );
    println!("  Discord:  {discord:?}");
    println!("  Telegram: {telegram:?}");
    println!("  refused for haste: {} by Discord, {} by Telegram", refused.0, refused.1);
    for call in town.discord.calls().iter().filter(|call| call.status == 429).take(10) {
        println!("    {} {} {}", call.at, call.method, call.path);
    }
    for call in town.telegram.calls().iter().filter(|call| call.status == 429).take(10) {
        println!("    {} {} {:?}", call.at, call.method, call.chat);
    }
    let late = told_of_take_overs(&leases.outages);
    let unexplained = told_of_answers(&asked, &leases.outages);
    ensure!(discord.lost == 0 && telegram.lost == 0, "something was lost");
    ensure!(discord.repeated == 0, "something was repeated on Discord");
    ensure!(telegram.repeated_in_one <= struck, "Telegram: more than one repeated a channel and strike");
    ensure!(refused == (0, 0), "too fast");
    ensure!(late <= TAKE_OVER, "taken over too late");
    ensure!(unexplained.is_empty(), "nobody answered, and nobody was struck: {unexplained:?}");
    Ok(())
}

/// Strikes one after the other for as long as planned, and publishes meanwhile. Returns how often what happened, and how
/// many digests there are.
async fn troubles(
    town: &Town,
    plan: &Plan,
    replicas: &mut [Replica],
    leases: &mut Leases,
) -> anyhow::Result<(Vec<(&'static str, usize)>, usize)> {
    let mut random = Rng::with_seed(seed());
    let (began, mut digests) = (Instant::now(), 0);
    let mut strikes = vec![("killed", 0), ("stopped", 0), ("cut off", 0), ("cut off in silence", 0)];
    let mut next = began + Duration::from_millis(random.u64(plan.calm.clone()));
    let mut tick = tokio::time::interval(LOOK_EVERY);
    while began.elapsed() < plan.lasts || replicas.iter().any(|replica| replica.trouble.is_some()) {
        tick.tick().await;
        leases.look().await?;
        let is_over = began.elapsed() >= plan.lasts;
        if !is_over && began.elapsed() >= plan.digest_every * u32::try_from(digests)? {
            town.publish(digests, ARTICLES, 1)?;
            digests += 1;
        }
        for replica in replicas.iter_mut() {
            if replica.trouble.is_some_and(|(_, until)| until <= Instant::now()) {
                let id = replica.id();
                replica.heal(town).await?;
                leases.heal(id);
            }
            if replica.trouble.is_none() && replica.bot.as_mut().is_some_and(Bot::has_ended) {
                bail!("replica {} ended by itself", replica.number);
            }
        }
        let well: Vec<usize> = (0..replicas.len()).filter(|number| replicas[*number].is_well()).collect();
        if is_over || next > Instant::now() || well.len() < 2 {
            continue;
        }
        let one = &mut replicas[well[random.usize(..well.len())]];
        let kind = random.usize(..strikes.len());
        let trouble =
            [Trouble::Killed, Trouble::Stopped, Trouble::Cut(Line::Cut), Trouble::Cut(Line::Silent)][kind];
        strikes[kind].1 += 1;
        leases.strike(one.id());
        let until = Instant::now() + Duration::from_millis(random.u64(plan.trouble.clone()));
        one.strike(trouble, until).await?;
        next = Instant::now() + Duration::from_millis(random.u64(plan.calm.clone()));
    }
    Ok((strikes, digests))
}

/// Waits until everything has arrived and every part has somebody who does it.
async fn settled(town: &Town, leases: &mut Leases, marks: usize) -> anyhow::Result<()> {
    let store = town.store().await?;
    let patience = Duration::from_secs(if full() { 900 } else { 120 });
    let began = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY * 4).await;
        leases.look().await?;
        let counts = store.message_counts().await?;
        let open: u64 = counts
            .iter()
            .filter(|(state, _)| ["queued", "sending", "unknown"].contains(&state.as_str()))
            .map(|(_, count)| count)
            .sum();
        if open == 0 && leases.open().is_empty() && nothing_missing(town, marks) {
            store.close().await;
            return Ok(());
        }
        if began.elapsed() > patience {
            let planning = leases.planning().await?;
            bail!("not done within {patience:?}: {counts:?}, {planning}, {:?}", leases.open());
        }
    }
}

/// Prints how long take-overs took; the longest that one in a hundred took longer than.
fn told_of_take_overs(outages: &[Outage]) -> Duration {
    let taken: Vec<Duration> =
        outages.iter().filter(|outage| outage.taken_over).map(Outage::lasted).collect();
    let [median, most, longest] = [0.5, 0.99, 1.0].map(|share| percentile(&taken, share));
    println!(
        "  {} parts taken over: {median:.1?} in the median, {most:.1?} p99, {longest:.1?} at most",
        taken.len()
    );
    let of_platforms = outages.iter().filter(|outage| {
        outage.taken_over && ["discord", "telegram", "plan"].contains(&outage.lease.as_str())
    });
    println!("  of them Discord, Telegram or planning: {}", of_platforms.count());
    most
}

/// Prints how people fared; those whom nobody answered though nobody who should have was struck.
fn told_of_answers(asked: &[Asked], outages: &[Outage]) -> Vec<Asked> {
    let mut unexplained = Vec::new();
    for platform in Platform::ALL {
        let all = asked.iter().filter(|asked| asked.platform == platform);
        let unanswered: Vec<&Asked> = all.clone().filter(|asked| asked.answered.is_none()).collect();
        let in_time: Vec<Duration> = all.clone().filter_map(|asked| asked.answered).collect();
        let explains = |asked: &Asked, outage: &Outage| {
            outage.lease == platform.name()
                && asked.at + LATEST_ANSWER >= outage.from
                && asked.at <= outage.to + CONNECTS_WITHIN
        };
        let without = unanswered.iter().filter(|asked| !outages.iter().any(|outage| explains(asked, outage)));
        unexplained.extend(without.map(|asked| (*asked).clone()));
        println!(
            "  asked on {}: {} times, {:.1?} in the median, {:.1?} p99; unanswered {}",
            platform.name(),
            all.count(),
            percentile(&in_time, 0.5),
            percentile(&in_time, 0.99),
            unanswered.len()
        );
    }
    println!("  unanswered while nobody was struck: {}", unexplained.len());
    unexplained
}

/// Waits until somebody is connected to both platforms and has told them the commands.
async fn ready(town: &Town) {
    let menus = || town.telegram.calls().iter().filter(|call| call.method == "setMyCommands").count();
    while !town.discord.connected() || town.discord.commands().is_empty() || menus() < 8 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The database, in a schema of this run's own.
fn server() -> anyhow::Result<Url> {
    let environment = Environment::of_process();
    let server = environment.get("JOGAN_TEST_POSTGRES").context("run it under scripts/with-postgres")?;
    let mut server = Url::parse(server)?;
    server.query_pairs_mut().append_pair("options[search_path]", &format!("run_{}", std::process::id()));
    Ok(server)
}
