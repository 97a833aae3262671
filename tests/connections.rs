//! How the program stays connected: what a platform refuses for good is not asked again, what it refuses for now is
//! asked later, and neither stops the deliveries.

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::sandbox::discord;

use crate::support::clock::StoryClock;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::{TELEGRAM_TOKEN, Town};

async fn town() -> Town {
    Town::build(StoryClock::of_the_system()).await
}

/// Waits until the program has written this into its log.
async fn logs(town: &Town, program: &Program, part: &str) {
    town.wait_for(part, async || program.log().contains(part).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_refuses_for_good_is_not_asked_again_and_deliveries_go_on() {
    let town = town().await;
    let program = Program::start(Program::command(&town));
    program.ready(&town).await;
    town.subscribe_now().await;
    town.discord.close_gateway(4014);
    logs(&town, &program, "Discord refuses the connection for good").await;
    town.publish(&Post::of(town.clock.now()));
    town.arrived("소식 6").await;
    assert_eq!(town.discord.counters().identified, 1);
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_on_which_no_session_may_begin_any_more_is_waited_for() {
    let town = town().await;
    // Longer than it takes to start.
    let until = town.clock.now() + TimeDelta::seconds(10);
    town.discord.spend_sessions(until);
    let program = Program::start(Program::command(&town));
    program.ready(&town).await;
    assert!(town.clock.now() >= until, "connected before Discord's time");
    assert!(program.log().contains("Discord lets no more sessions begin today"), "{}", program.log());
    assert_eq!(town.discord.counters().identified, 1);
    program.terminate().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_cannot_be_registered_are_registered_later() {
    let town = town().await;
    let calls = "/commands".to_owned();
    // Asking which there are, and writing them.
    town.discord.faults(discord::Faults { times: 2, calls, fault: discord::Fault::Status(503) });
    let program = Program::start(Program::command(&town));
    town.wait_for("the commands", async || (!town.discord.commands().is_empty()).then_some(())).await;
    assert!(program.log().contains("the commands could not be registered"), "{}", program.log());
    program.terminate().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_program_with_the_same_telegram_bot_is_named_and_deliveries_go_on() {
    let town = town().await;
    let program = Program::start(Program::command(&town));
    program.ready(&town).await;
    town.subscribe_now().await;
    let other = reqwest::Client::new();
    let url = format!("{}/bot{TELEGRAM_TOKEN}/getUpdates?offset=1000000", town.telegram_url);
    // It may come between two calls of ours.
    town.wait_for("the conflict", async || {
        other.get(&url).send().await.expect("an answer");
        program.log().contains("another program asks for this bot's updates").then_some(())
    })
    .await;
    town.publish(&Post::of(town.clock.now()));
    town.arrived("소식 6").await;
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains(TELEGRAM_TOKEN));
}
