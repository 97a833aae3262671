//! The real binary as a process of its own: in time, killed, ended, misconfigured, and silent about its secrets.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jogan::sandbox::telegram::ChatKind;
use jogan::sandbox::{discord, telegram};
use jogan::store::Store;
use serde_json::{Value, json};

use crate::posts::odd_files;
use crate::support::clock::StoryClock;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::{DISCORD_TOKEN, TELEGRAM_TOKEN, Town, text, words};

async fn town() -> Town {
    Town::build(StoryClock::of_the_system()).await
}

fn post(town: &Town) -> Post {
    use jogan::clock::Clock as _;
    Post::of(town.clock.now())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_is_on_both_platforms_within_five_seconds_of_its_last_byte() {
    let town = town().await;
    let program = Program::run(&town);
    program.ready(&town).await;
    town.subscribe_now().await;
    town.publish(&post(&town));
    let written = Instant::now();
    town.arrived("소식 6").await;
    let took = written.elapsed();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

/// Messages by what they say, each with how often it is there.
fn counted(messages: &[Value]) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for message in messages {
        *counted.entry(words(message)).or_default() += 1;
    }
    counted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_a_delivery_it_sends_the_rest_and_nothing_twice_on_discord() {
    let town = town().await;
    let program = Program::run(&town);
    program.ready(&town).await;
    let (mut channels, mut chats) = (vec![town.channel], vec![town.group]);
    town.subscribe("now full", json!({"at": "now", "style": "full"})).await;
    for number in 1..6 {
        let channel =
            town.discord.add_channel(town.guild, &format!("방-{number}"), discord::ChannelKind::Text);
        let options = json!({"at": "now", "style": "full"});
        town.ask_discord(&town.admin.0, channel, "subscribe", options).await;
        channels.push(channel);
        let chat = town.telegram.add_chat(&format!("방 {number}"), ChatKind::Supergroup);
        town.telegram.set_admin(chat, town.admin.1.id, true);
        town.ask_telegram(&town.admin.1, chat, "/subscribe now full").await;
        chats.push(chat);
    }
    // What arrives is answered late, so that the kill meets messages that are there and unanswered.
    let slow = discord::Fault::Delay(Duration::from_millis(700));
    town.discord.faults(discord::Faults { times: 1000, calls: "/messages".to_owned(), fault: slow });
    let long = "새 공장이 문을 엽니다. ".repeat(20);
    let post =
        (1..=6).fold(post(&town).only(0), |post, number| post.article(&format!("긴 소식 {number}"), &long));
    town.publish(&post);
    town.wait_for("a part of it", async || {
        let begun = channels.iter().any(|channel| !town.sent_on_discord(*channel).is_empty())
            && chats.iter().any(|chat| !town.on_telegram(*chat, "긴 소식").is_empty());
        begun.then_some(())
    })
    .await;
    program.kill().await;
    let program = Program::run(&town);
    town.wait_for("the rest", async || {
        let all = channels.iter().all(|channel| !town.on_discord(*channel, "긴 소식 6").is_empty())
            && chats.iter().all(|chat| !town.on_telegram(*chat, "긴 소식 6").is_empty());
        all.then_some(())
    })
    .await;
    nothing_is_left(&town).await;
    let whole = counted(&town.sent_on_discord(channels[0])).into_keys().collect::<Vec<_>>();
    assert!(whole.len() > 1, "it takes several messages");
    for channel in &channels {
        let there = counted(&town.sent_on_discord(*channel));
        assert!(there.values().all(|count| *count == 1), "twice: {there:?}");
        assert_eq!(there.into_keys().collect::<Vec<_>>(), whole);
    }
    for chat in &chats {
        let there = counted(&town.on_telegram(*chat, "소식 "));
        let twice: usize = there.values().map(|count| count - 1).sum();
        assert!(twice <= 1, "at most the one in flight: {there:?}");
        for number in 1..=6 {
            let headline = format!("긴 소식 {number}");
            assert!(there.keys().any(|text| text.contains(&headline)), "{headline} is lost: {there:?}");
        }
    }
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("the last run ended while messages were being sent"), "the kill met none: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ended_in_the_middle_of_a_delivery_it_records_what_was_on_the_wire_and_sends_the_rest_later() {
    let town = town().await;
    let program = Program::run(&town);
    program.ready(&town).await;
    town.subscribe("now full", json!({"at": "now", "style": "full"})).await;
    let slow = Duration::from_millis(700);
    let of = "/messages".to_owned();
    town.discord.faults(discord::Faults { times: 100, calls: of, fault: discord::Fault::Delay(slow) });
    town.telegram.faults(telegram::Faults {
        calls: 100,
        method: Some("sendMessage".to_owned()),
        chat: None,
        fault: telegram::Fault::Delay(slow),
    });
    let long = "새 공장이 문을 엽니다. ".repeat(20);
    let post =
        (1..=6).fold(post(&town).only(0), |post, number| post.article(&format!("긴 소식 {number}"), &long));
    town.publish(&post);
    town.wait_for("a part of it", async || town.sent_on_discord(town.channel).pop()).await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    let program = Program::run(&town);
    town.arrived("긴 소식 6").await;
    nothing_is_left(&town).await;
    let on_discord = counted(&town.sent_on_discord(town.channel));
    let on_telegram = counted(&town.on_telegram(town.group, "소식 "));
    assert!(on_discord.len() > 1 && on_telegram.len() > 1, "it takes several messages");
    assert!(on_discord.values().chain(on_telegram.values()).all(|count| *count == 1), "twice");
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains("the last run ended while messages were being sent"), "{log}");
}

/// Waits until the outbox has no open message.
async fn nothing_is_left(town: &Town) {
    let store = Store::open(&town.database_url()).await.expect("its database");
    town.wait_for("rest", async || {
        let counts = store.message_counts().await.expect("the database");
        let open = |state: &str| ["queued", "sending", "unknown"].contains(&state);
        counts.iter().all(|(state, _)| !open(state)).then_some(())
    })
    .await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_no_posts_are_named_in_the_log() {
    let town = town().await;
    let program = Program::run(&town);
    program.ready(&town).await;
    town.subscribe_now().await;
    odd_files(&town);
    town.publish(&post(&town));
    town.arrived("소식 6").await;
    for name in ["2026-03-02-latin.md", "2026-03-02-broken.md", "2026-03-02-empty.md", "2026-03-02-large.md"]
    {
        town.wait_for(name, async || program.log().contains(name).then_some(())).await;
    }
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(town.sent_on_discord(town.channel).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_run_on_the_same_database_is_refused_and_one_after_a_kill_is_not() {
    let town = town().await;
    let first = Program::run(&town);
    first.ready(&town).await;
    let (status, log) = Program::run(&town).ended().await;
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("jogan.db.lock"), "{log}");
    first.kill().await;
    let third = Program::run(&town);
    town.wait_for("its connection", async || third.log().contains("connected to Telegram").then_some(()))
        .await;
    let (status, log) = third.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

/// Fails if a token, or its secret half, is in what was logged.
fn tells_no_token(log: &str) {
    let telegram = TELEGRAM_TOKEN.split(':').next_back().expect("a second half");
    for secret in [DISCORD_TOKEN, telegram] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a token is in the log");
    }
    assert!(log.len() > 500, "there is a log to look through: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_is_logged_at_any_level_while_all_goes_well_or_fails() {
    let town = town().await;
    let mut command = Program::command(&town);
    command.env("RUST_LOG", "trace");
    let program = Program::start(command);
    program.ready(&town).await;
    town.subscribe_now().await;
    for status in [502, 400] {
        let of = "/messages".to_owned();
        town.discord.faults(discord::Faults { times: 1, calls: of, fault: discord::Fault::Status(status) });
        town.telegram.faults(telegram::Faults::next(1, telegram::Fault::Status(status)));
    }
    town.telegram.faults(telegram::Faults::next(1, telegram::Fault::ResetBefore));
    let polling = Some("getUpdates".to_owned());
    for fault in [telegram::Fault::Status(502), telegram::Fault::ResetBefore] {
        town.telegram.faults(telegram::Faults { calls: 1, method: polling.clone(), chat: None, fault });
    }
    town.discord.close_gateway(4000);
    town.publish(&post(&town));
    town.arrived("소식 6").await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0));
    tells_no_token(&log);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_is_logged_where_it_is_refused_or_nobody_listens() {
    let here = town().await;
    let elsewhere = town().await;
    // Nobody listens on a port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port");
    let nobody = format!("http://{port}");
    for (town, discord, telegram, token) in [
        (&here, &here.discord_url, &here.telegram_url, "MTAx.another.discord-token"),
        (&elsewhere, &nobody, &nobody, DISCORD_TOKEN),
    ] {
        let refused = token != DISCORD_TOKEN;
        let telegram_token = if refused { "777000222:another-telegram-token" } else { TELEGRAM_TOKEN };
        let mut command = Program::command(town);
        command
            .env("RUST_LOG", "trace")
            .env("DISCORD_TOKEN", token)
            .env("TELEGRAM_TOKEN", telegram_token)
            .env("JOGAN_DISCORD__API_URL", discord)
            .env("JOGAN_TELEGRAM__API_URL", telegram);
        let program = Program::start(command);
        town.wait_for("both failures", async || {
            let log = program.log();
            (log.contains("Discord's gateway is not known") && log.contains("Telegram is not connected"))
                .then_some(())
        })
        .await;
        let (status, log) = program.terminate().await;
        assert_eq!(status.code(), Some(0), "{log}");
        tells_no_token(&log);
        for refused in ["another.discord-token", "another-telegram-token"] {
            assert!(!log.contains(refused), "the refused token is in the log");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_cannot_be_reached_holds_up_no_other() {
    let town = town().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port");
    let mut command = Program::command(&town);
    command.env("JOGAN_DISCORD__API_URL", format!("http://{port}"));
    let program = Program::start(command);
    let told = town.ask_telegram(&town.admin.1, town.group, "/subscribe now").await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    let feed = jogan::model::feed::FeedName("ai-news".to_owned());
    let store = Store::open(&town.database_url()).await.expect("its database");
    town.wait_for("the first load", async || store.feed_loads(&feed).await.expect("the database").first)
        .await;
    store.close().await;
    town.publish(&post(&town));
    town.wait_for("the digest", async || town.on_telegram(town.group, "소식 6").pop()).await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let town = town().await;
    let mut command = Program::command(&town);
    command.env("JOGAN_DELIVERY__GIVE_UP_AFTR", "1h");
    let (status, log) = Program::start(command).ended().await;
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.to_lowercase().contains("give_up_aftr") && log.contains("give_up_after"), "{log}");

    let command = Program::command(&town);
    let file = town.disk.path().join("jogan.toml");
    std::fs::write(&file, format!("{}\ntimezon = \"Asia/Seoul\"\n", town.configuration(""))).expect("a file");
    let (status, log) = Program::start(command).ended().await;
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("timezon") && log.contains("`timezone`"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_token_it_says_which_variables_to_set() {
    let town = town().await;
    let mut command = Program::command(&town);
    command.env_remove("DISCORD_TOKEN").env_remove("TELEGRAM_TOKEN");
    let (status, log) = Program::start(command).ended().await;
    assert_eq!(status.code(), Some(2), "{log}");
    assert!(log.contains("DISCORD_TOKEN") && log.contains("TELEGRAM_TOKEN"), "{log}");
}
