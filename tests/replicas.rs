//! Several programs on one PostgreSQL, each the real binary: killed, stopped and gone on, and ended. Needs a server:
//! `scripts/with-postgres cargo nextest run --run-ignored all replicas`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jogan::sandbox::discord::{self, ChannelKind};
use jogan::sandbox::telegram::ChatKind;
use serde_json::{Value, json};

use crate::support::clock::StoryClock;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::{Town, words};

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
        use jogan::clock::Clock as _;
        let post = Post::of(self.town.clock.now()).only(0);
        let post = (1..=3).fold(post, |post, article| {
            post.article(&format!("판 {number} 소식 {article}"), "새 공장이 문을 엽니다.")
        });
        self.town.publish(&post.slug(&format!("edition-{number}")));
    }

    /// Which of them has a lease: whoever took it last.
    fn holder(&self, lease: &str) -> usize {
        let taken = |program: &Program| {
            let log = program.log();
            let line = log.lines().rfind(|line| line.ends_with(&format!("taken lease={lease}")));
            line.map(str::to_owned)
        };
        let holders =
            self.programs.iter().enumerate().filter_map(|(place, program)| Some((taken(program)?, place)));
        holders.max().expect("somebody has it").1
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
