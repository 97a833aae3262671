//! A move to another server, by the real binary's `export` and `restore`: nothing is lost and nothing comes twice. And
//! `backup`, while a bot runs.

use std::process::Output;

use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::database;
use crate::support::post::Post;
use crate::support::program::jogan;
use crate::support::town::Town;

/// `jogan` in a town, on the town's database or another one.
async fn run(town: &Town, database: &str, arguments: &[&str]) -> Output {
    let file = town.disk.path().join("jogan.toml");
    std::fs::write(&file, town.configuration("")).expect("a file");
    let mut command = jogan(arguments);
    command.arg("--config").arg(file).current_dir(town.disk.path());
    command.env("JOGAN_DATABASE__URL", format!("sqlite://{}", town.disk.path().join(database).display()));
    command.output().await.expect("the binary")
}

fn fine(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn edition(bot: &Bot, name: &str) -> Post {
    let post = bot.post().slug(name).only(0);
    (1..=6).fold(post, |post, number| post.article(&format!("{name} {number}"), "그렇습니다."))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_in_the_evening_loses_and_repeats_nothing_next_morning() {
    let mut bot = Bot::builder().at("2026-03-01T07:00:00+09:00").start().await;
    bot.subscribe("08:30 서울", json!({"at": "08:30", "timezone": "서울"})).await;
    bot.publish(&edition(&bot, "before"));
    bot.stored("AI").await;
    bot.clock.set(instant("2026-03-01T08:29:59+09:00"));
    bot.arrived("before 1").await;
    bot.idle().await;
    bot.clock.set(instant("2026-03-01T21:00:00+09:00"));
    bot.publish(&edition(&bot, "evening"));
    bot.kept("evening 6").await;

    fine(&run(&bot, "jogan.db", &["export", "--hand-over", "moved.json"]).await);
    let told = fine(&run(&bot, "new.db", &["restore", "moved.json"]).await);
    assert!(told.starts_with("2 channels, 2 subscriptions, 2 digests, 2 deliveries"), "{told}");
    let again = run(&bot, "new.db", &["restore", "moved.json"]).await;
    assert_eq!(again.status.code(), Some(2), "a database that is in use is left alone");

    // The one that was left goes on running for a while, through its next morning: it delivers nothing.
    bot.clock.set(instant("2026-03-02T08:30:01+09:00"));
    bot.idle().await;
    let paused = bot.ask_telegram(&bot.admin.1, bot.group, "/settings").await;
    assert!(crate::support::town::text(&paused).contains("멈"), "{paused}");
    bot.stop().await;
    assert!(bot.on_telegram(bot.group, "evening").is_empty(), "the old one is paused");

    // The clock of the new one has not seen that morning.
    bot.clock.set(instant("2026-03-01T23:00:00+09:00"));
    for ending in ["", "-wal", "-shm"] {
        let (new, old) = (format!("new.db{ending}"), format!("jogan.db{ending}"));
        let disk = bot.disk.path();
        if std::fs::exists(disk.join(&old)).expect("it can be asked") {
            std::fs::rename(disk.join(&old), disk.join(format!("left.db{ending}"))).expect("moved");
        }
        if std::fs::exists(disk.join(&new)).expect("it can be asked") {
            std::fs::rename(disk.join(&new), disk.join(&old)).expect("moved");
        }
    }
    bot.publish(&edition(&bot, "meanwhile"));
    bot.start_again().await;
    bot.kept("meanwhile 6").await;
    bot.clock.set(instant("2026-03-02T08:29:59+09:00"));
    bot.arrived("evening 6").await;
    bot.arrived("meanwhile 6").await;
    bot.idle().await;
    for name in ["before 1", "evening 1", "meanwhile 1"] {
        assert_eq!(bot.on_telegram(bot.group, name).len(), 1, "{name}");
        assert_eq!(bot.on_discord(bot.channel, name).len(), 1, "{name}");
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_bot_is_a_whole_database() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    fine(&run(&bot, "jogan.db", &["backup", "copy.db"]).await);
    let twice = run(&bot, "jogan.db", &["backup", "copy.db"]).await;
    assert_eq!(twice.status.code(), Some(2), "no file is written over");
    let exported = fine(&run(&bot, "copy.db", &["export"]).await);
    let exported: Value = serde_json::from_str(&exported).expect("JSON");
    assert_eq!(exported["channels"].as_array().map(Vec::len), Some(2));
    assert!(exported["messages"].as_array().is_some_and(|messages| {
        messages.len() == 2 && messages.iter().all(|message| message["platform_id"].is_string())
    }));
    let none = run(&bot, "nowhere.db", &["backup", "other.db"]).await;
    assert_eq!(none.status.code(), Some(1), "there is nothing to copy");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_carried_over_to_another_database_that_says_the_same() {
    let mut bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&edition(&bot, "carried"));
    bot.arrived("carried 6").await;
    bot.stop().await;
    let (from, to) = (bot.database_url(), database::url_in(&bot.disk.path().join("other")));
    let carry = ["migrate-store", "--from", &from, "--to", &to];
    let told = fine(&run(&bot, "jogan.db", &carry).await);
    assert!(told.lines().any(|line| line.trim_start().starts_with("2  subscriptions")), "{told}");
    assert!(told.trim_end().ends_with("rows, the same on both sides"), "{told}");
    let again = run(&bot, "jogan.db", &carry).await;
    assert_eq!(again.status.code(), Some(2), "nothing is mixed with what is there");
    assert!(String::from_utf8_lossy(&again.stderr).contains("already"), "{again:?}");
    let back = database::url_in(&bot.disk.path().join("back"));
    let told_back = fine(&run(&bot, "jogan.db", &["migrate-store", "--from", &to, "--to", &back]).await);
    assert_eq!(told_back, told, "back again it is the same still");
}
