//! Several programs on one PostgreSQL, each the real binary: killed, stopped and gone on, and ended. Needs a server:
//! `scripts/with-postgres cargo nextest run --run-ignored all replicas`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jogan::clock::Clock as _;
use jogan::model::feed::FeedName;
use jogan::sandbox::discord::{self, ChannelKind};
use jogan::sandbox::telegram::ChatKind;
use jogan::store::Store;
use serde_json::{Value, json};

use crate::support::clock::StoryClock;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::{Town, text, words};

/// What the contract gives another replica to take a part over.
const TAKE_OVER: Duration = Duration::from_secs(10);
const CHANNELS: usize = 4;

/// Replicas in a town, and where their subscribers are.
struct Replicas {
    town: Town,
    programs: Vec<Program>,
    channels: Vec<u64>,
    chats: Vec<i64>,
}

impl Replicas {
    async fn start(count: usize) -> Self {
        let town = Town::build(StoryClock::of_the_system()).await;
        let first = Program::run(&town);
        first.ready(&town).await;
        let (mut channels, mut chats) = (vec![town.channel], vec![town.group]);
        town.subscribe_now().await;
        for number in 1..CHANNELS {
            let channel = town.discord.add_channel(town.guild, &format!("방-{number}"), ChannelKind::Text);
            town.ask_discord(&town.admin.0, channel, "subscribe", json!({"at": "now"})).await;
            channels.push(channel);
            let chat = town.telegram.add_chat(&format!("방 {number}"), ChatKind::Supergroup);
            town.telegram.set_admin(chat, town.admin.1.id, true);
            town.ask_telegram(&town.admin.1, chat, "/subscribe now").await;
            chats.push(chat);
        }
        // What arrives is answered late, so that whatever happens meets messages that are there and unanswered.
        let slow = discord::Fault::Delay(Duration::from_millis(300));
        town.discord.faults(discord::Faults { times: 10_000, calls: "/messages".to_owned(), fault: slow });
        let mut programs = vec![first];
        programs.extend((1..count).map(|_| Program::run(&town)));
        Self { town, programs, channels, chats }
    }

    fn publish(&self, number: usize) {
        let post = Post::of(self.town.clock.now()).only(0);
        let post = (1..=3).fold(post, |post, article| {
            post.article(&format!("판 {number} 소식 {article}"), "새 공장이 문을 엽니다.")
        });
        self.town.publish(&post.slug(&format!("edition-{number}")));
    }

    fn holder(&self, lease: &str) -> usize {
        holder_of(&self.programs, lease)
    }

    async fn begun(&self, number: usize) {
        let headline = format!("판 {number} 소식");
        self.town
            .wait_for("a part of it", async || {
                let on_discord =
                    self.channels.iter().any(|at| !self.town.on_discord(*at, &headline).is_empty());
                on_discord.then_some(())
            })
            .await;
    }

    async fn arrived(&self, number: usize) {
        let headline = format!("판 {number} 소식 3");
        self.town
            .wait_for("the rest", async || {
                let all = self.channels.iter().all(|at| !self.town.on_discord(*at, &headline).is_empty())
                    && self.chats.iter().all(|at| !self.town.on_telegram(*at, &headline).is_empty());
                all.then_some(())
            })
            .await;
    }

    /// Nothing is twice on Discord, and on Telegram at most one message a chat for each of so many interruptions.
    fn expect_once(&self, interruptions: usize) {
        let repeats = |messages: &[Value]| {
            let mut counted: BTreeMap<String, usize> = BTreeMap::new();
            messages.iter().for_each(|message| *counted.entry(words(message)).or_default() += 1);
            counted.values().map(|count| count - 1).sum::<usize>()
        };
        for channel in &self.channels {
            assert_eq!(repeats(&self.town.on_discord(*channel, "판 ")), 0, "twice on Discord");
        }
        for chat in &self.chats {
            assert!(repeats(&self.town.on_telegram(*chat, "판 ")) <= interruptions, "too often on Telegram");
        }
        let (discord, telegram) = (self.town.discord.counters(), self.town.telegram.counters());
        assert_eq!(discord.limited, 0, "past a limit of Discord's");
        assert_eq!(telegram.too_many_requests, 0, "past a limit of Telegram's");
    }

    async fn end(self) {
        for program in self.programs {
            let (status, log) = program.terminate().await;
            assert_eq!(status.code(), Some(0), "{log}");
        }
    }
}

/// Which of them has a lease: whoever took it last.
fn holder_of(programs: &[Program], lease: &str) -> usize {
    let taken = |program: &Program| {
        let log = program.log();
        let line = log.lines().rfind(|line| line.ends_with(&format!("taken lease={lease}")));
        line.map(str::to_owned)
    };
    let holders = programs.iter().enumerate().filter_map(|(place, program)| Some((taken(program)?, place)));
    holders.max().expect("somebody has it").1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres"]
async fn whoever_is_killed_the_others_send_the_rest() {
    let mut replicas = Replicas::start(3).await;
    for number in 1..=3 {
        replicas.publish(number);
        replicas.begun(number).await;
        let holder = replicas.holder("discord");
        replicas.programs.remove(holder).kill().await;
        let killed = Instant::now();
        let before = replicas.town.discord.calls().len();
        let town = &replicas.town;
        town.wait_for("somebody else", async || (town.discord.calls().len() > before + 1).then_some(()))
            .await;
        assert!(killed.elapsed() < TAKE_OVER, "taken over after {:?}", killed.elapsed());
        replicas.arrived(number).await;
        replicas.programs.push(Program::run(&replicas.town));
    }
    replicas.expect_once(3);
    replicas.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres"]
async fn stopped_past_its_lease_a_replica_sends_nothing_that_is_not_its_own_any_more() {
    let replicas = Replicas::start(2).await;
    replicas.publish(1);
    replicas.begun(1).await;
    let stopped = &replicas.programs[replicas.holder("discord")];
    stopped.signal("STOP").await;
    replicas.publish(2);
    replicas.arrived(1).await;
    replicas.arrived(2).await;
    let others = &replicas.programs[replicas.holder("discord")];
    assert_ne!(stopped.id(), others.id(), "somebody else took it over");
    stopped.signal("CONT").await;
    let noticed = async || stopped.log().contains("lost:").then_some(());
    replicas.town.wait_for("that it notices", noticed).await;
    replicas.publish(3);
    replicas.arrived(3).await;
    replicas.expect_once(1);
    replicas.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres"]
async fn one_that_ends_hands_its_parts_on_at_once() {
    let mut replicas = Replicas::start(2).await;
    let holder = replicas.holder("telegram");
    let ended = Instant::now();
    let (status, log) = replicas.programs.remove(holder).terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    replicas.publish(1);
    replicas.arrived(1).await;
    assert!(ended.elapsed() < TAKE_OVER, "it took {:?}", ended.elapsed());
    replicas.expect_once(0);
    replicas.end().await;
}

/// A Discord in which the bot needs four shards, of which two may begin at a time, and a server on each of them.
struct Sharded {
    town: Town,
    programs: Vec<Program>,
    /// A channel of each server, and another one beside it.
    channels: Vec<(u64, u64)>,
    servers: Vec<u64>,
}

const SHARDS: u64 = 4;

impl Sharded {
    async fn start(count: usize) -> Self {
        let town = Town::build(StoryClock::of_the_system()).await;
        town.discord.need_shards(SHARDS);
        town.discord.let_begin(2);
        let mut of_shards: BTreeMap<u64, u64> = BTreeMap::new();
        while of_shards.len() < usize::try_from(SHARDS).expect("few") {
            let server = town.discord.add_guild("서버");
            of_shards.insert((server >> 22) % SHARDS, server);
        }
        let servers: Vec<u64> = of_shards.into_values().collect();
        let channel = |server, name| town.discord.add_channel(server, name, ChannelKind::Text);
        let channels =
            servers.iter().map(|server| (channel(*server, "소식"), channel(*server, "옆방"))).collect();
        let first = Program::run(&town);
        first.ready(&town).await;
        let mut sharded = Self { town, programs: vec![first], channels, servers };
        sharded.programs.extend((1..count).map(|_| Program::run(&sharded.town)));
        sharded.connected().await;
        sharded
    }

    /// Waits until every shard is on the line, and each program has its share of them.
    async fn connected(&self) {
        self.town
            .wait_for("all shards", async || {
                let mut on_the_line = self.town.discord.shards();
                on_the_line.sort_unstable();
                let all: Vec<(u64, u64)> = (0..SHARDS).map(|number| (number, SHARDS)).collect();
                (on_the_line == all && self.programs.iter().all(|program| !shards_of(program).is_empty()))
                    .then_some(())
            })
            .await;
    }

    /// Waits until somebody answers in every server.
    async fn answered_everywhere(&self) {
        for (channel, _) in &self.channels {
            let ask = || self.town.discord.invoke(&self.town.admin.0, *channel, "help", json!({}));
            self.town.wait_for("an answer", async || ask().await.ok()).await;
        }
    }
}

/// The shards that a program was connected to last, as its log says.
fn shards_of(program: &Program) -> BTreeSet<u64> {
    let log = program.log();
    let numbers = |part: &str| -> Vec<(usize, u64)> {
        let lines = log.lines().enumerate().filter(|(_, line)| line.contains(part));
        let number = |line: &str| line.split("shard=").nth(1)?.split_whitespace().next()?.parse().ok();
        lines.filter_map(|(place, line)| Some((place, number(line)?))).collect()
    };
    let left = numbers("the shard is given up");
    let connected = numbers("connected to Discord");
    let is_left = |place: usize, shard: u64| left.iter().any(|(after, of)| *after > place && *of == shard);
    connected.into_iter().filter(|(place, shard)| !is_left(*place, *shard)).map(|(_, shard)| shard).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres"]
async fn shards_are_divided_and_a_dead_ones_are_taken_over() {
    let mut sharded = Sharded::start(2).await;
    let town = &sharded.town;
    town.wait_for("a fair share", async || {
        sharded.programs.iter().all(|program| shards_of(program).len() == 2).then_some(())
    })
    .await;
    sharded.answered_everywhere().await;
    // About another channel of the server, for which Discord is asked about rights: by both programs.
    for (channel, beside) in &sharded.channels {
        let told = town
            .ask_discord(
                &town.admin.0,
                *channel,
                "subscribe",
                json!({"at": "now", "channel": beside.to_string()}),
            )
            .await;
        assert!(text(&told).starts_with("구독했습니다"), "{told}");
    }
    let begun = town.discord.counters();
    assert_eq!((begun.identified, begun.hurried), (SHARDS, 0), "a shard that moves goes on with its session");

    // The one that does not talk to Discord dies, and then the one that does.
    for number in 1..=2_usize {
        let holder = holder_of(&sharded.programs, "discord");
        let dies = if number == 1 { 1 - holder } else { holder };
        sharded.programs.remove(dies).kill().await;
        let killed = Instant::now();
        sharded.answered_everywhere().await;
        assert!(killed.elapsed() < TAKE_OVER, "taken over after {:?}", killed.elapsed());
        sharded.programs.push(Program::run(&sharded.town));
        sharded.connected().await;
    }
    let counters = sharded.town.discord.counters();
    assert_eq!((counters.identified, counters.hurried, counters.limited), (SHARDS, 0, 0), "{counters:?}");

    let town = &sharded.town;
    let store = Store::open(&town.database_url()).await.expect("the database");
    town.discord.remove_bot(sharded.servers[1]);
    let is_lost = async || (store.lost_channels().await.expect("the database") == 1).then_some(());
    town.wait_for("the loss", is_lost).await;
    town.publish(&Post::of(town.clock.now()));
    for (place, (_, beside)) in sharded.channels.iter().enumerate() {
        if place != 1 {
            let arrived = async || (!town.on_discord(*beside, "소식 6").is_empty()).then_some(());
            town.wait_for("the digest", arrived).await;
        }
    }
    store.close().await;
    for program in sharded.programs {
        let (status, log) = program.terminate().await;
        assert_eq!(status.code(), Some(0), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL: scripts/with-postgres"]
async fn one_is_told_to_load_again_and_all_do() {
    let town = Town::build(StoryClock::of_the_system()).await;
    town.copy_names();
    let start = || {
        let mut command = Program::command(&town);
        command.env("JOGAN_DICTIONARIES__PATH", town.disk.path().join("names"));
        command.env("JOGAN_TELEGRAM__OPERATORS", format!("[{}]", town.operator.1.id));
        Program::start(command)
    };
    let first = start();
    first.ready(&town).await;
    let programs = [first, start(), start()];
    let have_read = async || {
        let has = |program: &Program| program.log().contains("taken lease=discord-aside/");
        programs.iter().all(has).then_some(())
    };
    town.wait_for("all of them", have_read).await;
    town.publish(&Post::of(town.clock.now()));
    let store = Store::open(&town.database_url()).await.expect("the database");
    let feed = FeedName("ai-news".to_owned());
    let is_stored = async || store.latest_digest(&feed, None).await.expect("the database");
    town.wait_for("the digest", is_stored).await;

    town.name_company(r#""Hanbit Semiconductor" = { ko = "한빛반도체", sector = "chips" }"#);
    let told = town.ask_telegram(&town.operator.1, town.operator.1.id, "/admin reload").await;
    assert!(text(&told).starts_with("사전을 다시 읽었습니다."), "{told}");
    let all = async || {
        let have = |program: &Program| program.log().contains("the dictionaries were loaded again");
        programs.iter().all(have).then_some(())
    };
    town.wait_for("all of them to load again", all).await;
    let classified = async || {
        let lines = programs.iter().map(|program| program.log().matches("classified the archive").count());
        Some(lines.sum::<usize>()).filter(|times| *times > 0)
    };
    assert_eq!(town.wait_for("the archive", classified).await, 1);
    store.close().await;
    for program in programs {
        let (status, log) = program.terminate().await;
        assert_eq!(status.code(), Some(0), "{log}");
    }
}
