//! Platforms on a bad day: what is refused is sent plain, what is told to wait waits, what may have arrived is not
//! sent twice.

use std::time::Duration;

use jogan::model::message::MessageState;
use jogan::sandbox::{discord, telegram};

use crate::support::bot::Bot;
use crate::support::town::{text, words};

/// Calls that send a message into a channel of Discord's.
const SENDING: &str = "/messages";

fn on_discord(times: u32, fault: discord::Fault) -> discord::Faults {
    discord::Faults { times, calls: SENDING.to_owned(), fault }
}

fn on_telegram(calls: usize, fault: telegram::Fault) -> telegram::Faults {
    telegram::Faults { calls, method: Some("sendMessage".to_owned()), chat: None, fault }
}

/// A subscribed bot, before anything was sent.
async fn subscribed() -> Bot {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot
}

/// How many messages of the digest each platform has.
fn arrived(bot: &Bot) -> (usize, usize) {
    (bot.on_discord(bot.channel, "소식 1").len(), bot.on_telegram(bot.group, "소식 1").len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_refused_comes_without_markup() {
    let bot = subscribed().await;
    bot.discord.faults(on_discord(1, discord::Fault::Status(400)));
    bot.telegram.faults(on_telegram(1, telegram::Fault::Status(400)));
    bot.publish(&bot.post());
    let (on_discord, on_telegram) = bot.arrived("소식 6").await;
    bot.idle().await;
    assert!(!words(&on_discord).contains("**") && !words(&on_discord).contains("]("), "{on_discord}");
    let entities = on_telegram["entities"].as_array().map_or(&[][..], Vec::as_slice);
    assert!(entities.iter().all(|one| one["type"] != "bold" && one["type"] != "text_link"), "{entities:?}");
    for shown in [words(&on_discord), text(&on_telegram).to_owned()] {
        assert!(shown.contains("이천에서") && shown.contains("소식 1"), "a word is lost: {shown}");
    }
    assert_eq!(arrived(&bot), (1, 1));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_tells_to_wait_is_obeyed_to_the_letter() {
    let bot = subscribed().await;
    bot.discord
        .faults(on_discord(1, discord::Fault::Limited { wait: Duration::from_millis(1_500), global: false }));
    bot.telegram.faults(on_telegram(1, telegram::Fault::Flood(2)));
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    assert_eq!(bot.discord.counters().limited, 1);
    assert_eq!(bot.telegram.counters().too_many_requests, 1);
    let calls = bot.telegram.calls();
    let sent: Vec<_> = calls.iter().filter(|call| call.method == "sendMessage").collect();
    let [.., refused, sent] = sent.as_slice() else { panic!("{sent:?}") };
    assert!((sent.at - refused.at).num_milliseconds() >= 2_000, "{sent:?} after {refused:?}");
    // `finish` sees that neither counts a call before its time.
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_was_told_holds_after_a_restart() {
    let mut bot = subscribed().await;
    bot.discord.faults(on_discord(1, discord::Fault::Limited { wait: Duration::from_secs(6), global: true }));
    bot.telegram.faults(on_telegram(1, telegram::Fault::Flood(6)));
    bot.publish(&bot.post());
    bot.wait_for("both refusals", async || {
        (bot.discord.counters().limited == 1 && bot.telegram.counters().too_many_requests == 1).then_some(())
    })
    .await;
    bot.stop().await;
    bot.start_again().await;
    bot.arrived("소식 6").await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_fail_are_tried_again() {
    let bot = subscribed().await;
    for status in [500, 502, 503] {
        bot.discord.faults(on_discord(1, discord::Fault::Status(status)));
        bot.telegram.faults(on_telegram(1, telegram::Fault::Status(status)));
    }
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    assert_eq!(arrived(&bot), (1, 1));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_before_the_call_is_done_loses_nothing() {
    let bot = subscribed().await;
    bot.discord.faults(on_discord(2, discord::Fault::ResetBefore));
    bot.telegram.faults(on_telegram(2, telegram::Fault::ResetBefore));
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    assert_eq!(arrived(&bot), (1, 1));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_after_the_call_is_done_repeats_nothing_on_discord() {
    let bot = subscribed().await;
    bot.discord.faults(on_discord(2, discord::Fault::ResetAfter));
    bot.telegram.faults(on_telegram(1, telegram::Fault::ResetAfter));
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    let (on_discord, on_telegram) = arrived(&bot);
    assert_eq!(on_discord, 1, "Discord knows the nonce");
    assert!((1..=2).contains(&on_telegram), "Telegram may have the one in flight twice: {on_telegram}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_arrived_is_not_sent_again_where_the_operator_wants_it_so() {
    let bot = Bot::builder().feed("on_unknown = \"skip\"").start().await;
    bot.subscribe_now().await;
    bot.telegram.faults(on_telegram(1, telegram::Fault::ResetAfter));
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    assert_eq!(arrived(&bot), (1, 1));
    assert_eq!(bot.messages(MessageState::Failed).await, 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_is_refused_holds_up_no_other() {
    let bot = subscribed().await;
    let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/subscribe now").await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    bot.telegram.faults(telegram::Faults {
        calls: 3,
        method: Some("sendMessage".to_owned()),
        chat: Some(bot.group),
        fault: telegram::Fault::Status(502),
    });
    bot.publish(&bot.post());
    bot.wait_for("the other chat's", async || bot.on_telegram(bot.reader.1.id, "소식 6").pop()).await;
    assert!(bot.on_telegram(bot.group, "소식 6").is_empty(), "the group still waits");
    bot.arrived("소식 6").await;
    bot.finish().await;
}
