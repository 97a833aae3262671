//! `/today` on both platforms, and who may use what.

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::{text, words};

/// Discord's flag of a message that only the asker sees.
const EPHEMERAL: u64 = 1 << 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_digest_today_says_so_and_what_to_do() {
    let bot = Bot::start().await;
    let told = bot.ask_discord(&bot.reader.0, bot.channel, "today", json!({})).await;
    assert!(text(&told).contains("아직") && text(&told).contains("/subscribe"), "{told}");
    let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/오늘").await;
    assert!(text(&told).contains("아직") && text(&told).contains("/subscribe"), "{told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn todays_digest_is_seen_by_the_asker_alone_on_discord() {
    let bot = Bot::builder().before(Post::of(instant("2026-03-02T06:30:00+09:00"))).start().await;
    let shown = bot.ask_discord(&bot.reader.0, bot.channel, "today", json!({})).await;
    assert_eq!(shown["flags"].as_u64().unwrap_or(0) & EPHEMERAL, EPHEMERAL, "{shown}");
    assert!(words(&shown).contains("소식 6") && !words(&shown).contains("가장 최근"), "{shown}");
    assert!(bot.discord.timeline(bot.channel, bot.admin.0.id).is_empty(), "nobody else sees it");
    let shown = bot.ask_telegram(&bot.reader.1, bot.group, "/today@jogan_bot").await;
    assert!(text(&shown).contains("소식 6"), "{shown}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_of_yesterday_says_whose_day_it_is() {
    let bot = Bot::builder().before(Post::of(instant("2026-03-01T18:00:00+09:00"))).start().await;
    let line = "오늘(3월 2일) 뉴스는 아직 나오지 않았습니다. 가장 최근 것은 3월 1일";
    let shown = bot.ask_discord(&bot.reader.0, bot.channel, "today", json!({})).await;
    assert!(words(&shown).contains(line) && words(&shown).contains("소식 6"), "{shown}");
    let shown = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/today").await;
    assert!(text(&shown).contains(line) && text(&shown).contains("소식 6"), "{shown}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_may_not_subscribe_a_channel_and_is_told_so() {
    let bot = Bot::start().await;
    // A server's admin can open a command to all; who may use it is still judged on the call.
    bot.discord.open_command("subscribe");
    let told = bot.ask_discord(&bot.reader.0, bot.channel, "subscribe", json!({"at": "now"})).await;
    assert!(text(&told).contains("‘채널 관리’ 권한"), "{told}");
    assert_eq!(told["flags"].as_u64().unwrap_or(0) & EPHEMERAL, EPHEMERAL, "{told}");
    let told = bot.ask_telegram(&bot.reader.1, bot.group, "/subscribe now").await;
    assert!(text(&told).contains("이 방의 관리자"), "{told}");

    // Nobody was subscribed: only who may subscribe gets the next digest.
    let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/subscribe now").await;
    assert!(text(&told).starts_with("구독했습니다"), "in private everybody is their own admin: {told}");
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_telegram(bot.reader.1.id, "소식 6").pop()).await;
    bot.idle().await;
    assert!(bot.sent_on_discord(bot.channel).is_empty() && bot.on_telegram(bot.group, "소식 ").is_empty());
    bot.finish().await;
}
