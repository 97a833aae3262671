//! Setting up and looking after: `init`, `check`, `send`, `completions`, by the real binary against the sandbox.

use std::process::Output;

use serde_json::Value;

use crate::support::clock::StoryClock;
use crate::support::post::Post;
use crate::support::program::jogan;
use crate::support::town::{DISCORD_TOKEN, TELEGRAM_TOKEN, Town, words};

/// A town whose platforms answer, without a bot in it.
async fn town() -> Town {
    Town::build(StoryClock::of_the_system()).await
}

async fn run(town: &Town, arguments: &[&str]) -> Output {
    with(town, arguments, &[]).await
}

async fn with(town: &Town, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = jogan(arguments);
    command
        .current_dir(town.disk.path())
        .env("DISCORD_TOKEN", DISCORD_TOKEN)
        .env("TELEGRAM_TOKEN", TELEGRAM_TOKEN)
        .env("JOGAN_DISCORD__API_URL", &town.discord_url)
        .env("JOGAN_TELEGRAM__API_URL", &town.telegram_url)
        .envs(variables.iter().copied());
    command.output().await.expect("the binary")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn fine(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}{}", out(output), String::from_utf8_lossy(&output.stderr));
    out(output)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn init_writes_a_configuration_that_passes_its_check_and_says_how_to_invite_the_bot() {
    let town = town().await;
    let told = fine(&run(&town, &["init", "--title", "반도체 소식"]).await);
    assert!(told.contains("/oauth2/authorize?client_id="), "{told}");
    assert!(told.contains("scope=bot+applications.commands&permissions=274878024704"), "{told}");
    assert!(told.contains("https://t.me/jogan_bot?startgroup"), "{told}");
    assert!(!told.contains(DISCORD_TOKEN) && !told.contains(TELEGRAM_TOKEN), "{told}");
    let written = std::fs::read_to_string(town.disk.path().join("config/jogan.toml")).expect("the file");
    assert!(written.contains("반도체 소식") && !written.contains(DISCORD_TOKEN));

    let checked = fine(&run(&town, &["check"]).await);
    for line in ["the bot is @jogan_bot", "0 posts", "is created at the first start"] {
        assert!(checked.contains(line), "{line}: {checked}");
    }
    let twice = run(&town, &["init"]).await;
    assert_eq!(twice.status.code(), Some(2), "a configuration is not written over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_names_every_fault_in_one_go() {
    let town = town().await;
    std::fs::create_dir(town.disk.path().join("config")).expect("a folder");
    let faulty = r#"
        [database]
        url = "sqlite://data/jogan.db"
        [delivery]
        in_fligth = 3
        [dictionaries]
        path = "nowhere"
        [[feeds]]
        name = "ai-news"
        title = "AI 뉴스"
        timezone = "Asia/Seol"
        source = { kind = "folder", path = "posts" }
    "#;
    std::fs::write(town.disk.path().join("config/jogan.toml"), faulty).expect("a file");
    let wrong = [("TELEGRAM_TOKEN", "777000111:another-token"), ("JOGAN_WEB__LISTNE", "x")];
    let output = with(&town, &["check", "--json"], &wrong).await;
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON alone");
    let says = |about: &str, cure: &str| {
        findings.iter().any(|finding| {
            let text = finding["says"].as_str().unwrap_or_default();
            finding["about"] == about && finding["state"] == "fault" && text.contains(cure)
        })
    };
    assert!(says("delivery.in_fligth", "`in_flight`"), "{findings:?}");
    assert!(says("feeds.0.timezone", "`Asia/Seoul`"), "{findings:?}");
    assert!(says("web.listne", "`listen`"), "{findings:?}");
    assert!(says("dictionaries.path", "nowhere"), "{findings:?}");
    assert!(says("TELEGRAM_TOKEN", "@BotFather"), "{findings:?}");
    assert!(findings.iter().any(|finding| finding["about"] == "Discord" && finding["state"] != "fault"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_tells_faults_of_the_set_up_from_what_only_fails_now() {
    let town = town().await;
    fine(&run(&town, &["init"]).await);
    std::fs::remove_dir(town.disk.path().join("posts")).expect("it was empty");
    let gone = run(&town, &["check"]).await;
    assert_eq!(gone.status.code(), Some(2), "a folder that is not there: {}", out(&gone));
    std::fs::create_dir(town.disk.path().join("posts")).expect("a folder");
    let away = with(&town, &["check"], &[("JOGAN_DISCORD__API_URL", "http://127.0.0.1:9")]).await;
    assert_eq!(away.status.code(), Some(1), "a platform that does not answer: {}", out(&away));
    let offline =
        with(&town, &["check", "--offline"], &[("JOGAN_DISCORD__API_URL", "http://127.0.0.1:9")]).await;
    fine(&offline);
    let nothing = with(&town, &["check", "--config", "none.toml"], &[]).await;
    assert_eq!(nothing.status.code(), Some(2));
    assert!(out(&nothing).contains("jogan init"), "{}", out(&nothing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_is_sent_to_one_channel_and_a_dry_run_sends_nothing() {
    let town = town().await;
    fine(&run(&town, &["init"]).await);
    let post = Post::of(chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000));
    std::fs::write(town.disk.path().join("post.md"), post.markdown()).expect("a file");
    let (discord, telegram) = (format!("discord:{}", town.channel), format!("telegram:{}", town.group));
    for to in [&discord, &telegram] {
        let dry = fine(&run(&town, &["send", "post.md", "--to", to, "--dry-run"]).await);
        let bodies: Vec<Value> = serde_json::from_str(&dry).expect("JSON");
        assert!(words(&bodies[0]).contains("소식 6"), "{dry}");
    }
    assert!(town.sent_on_discord(town.channel).is_empty() && town.said_on_telegram(town.group).is_empty());
    for to in [&discord, &telegram] {
        let told = fine(&run(&town, &["send", "post.md", "--to", to, "--style", "headlines"]).await);
        assert!(told.starts_with(&format!("sent message 1 of 1 to {to}")), "{told}");
    }
    assert_eq!(town.on_discord(town.channel, "소식 6").len(), 1);
    assert_eq!(town.on_telegram(town.group, "소식 6").len(), 1);

    let nowhere = run(&town, &["send", "post.md", "--to", "discord:1"]).await;
    assert_eq!(nowhere.status.code(), Some(1));
    let unreadable = run(&town, &["send", "post.md", "--to", "irc:1"]).await;
    assert_eq!(unreadable.status.code(), Some(2));
    let without = with(&town, &["send", "post.md", "--to", &discord], &[("DISCORD_TOKEN", "")]).await;
    assert_eq!(without.status.code(), Some(2), "{}", String::from_utf8_lossy(&without.stderr));
}

#[tokio::test]
async fn each_subcommand_has_a_help_and_shells_complete_it() {
    let help = jogan(&["--help"]).output().await.expect("the binary");
    let help = fine(&help);
    let listed = help.split("Commands:").nth(1).expect("commands");
    let names = listed.lines().skip(1).take_while(|line| !line.trim().is_empty());
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names.iter().filter(|name| **name != "help") {
        let shown = fine(&jogan(&[name, "--help"]).output().await.expect("the binary"));
        assert!(shown.contains("Usage:"), "{name}: {shown}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = fine(&jogan(&["completions", shell]).output().await.expect("the binary"));
        assert!(script.contains("preview") && script.contains("restore"), "{shell}");
    }
}
