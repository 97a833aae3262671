//! Slots: a digest comes at its channel's hour and not before, in the channel's zone, in the channel's style.

use chrono::{DateTime, Utc};
use jogan::clock::Clock as _;
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::town::{text, words};

/// When a message was sent, by the platform's clock.
fn sent_at(message: &Value) -> DateTime<Utc> {
    match message["date"].as_i64() {
        Some(seconds) => DateTime::from_timestamp(seconds, 0).expect("a date"),
        None => instant(message["timestamp"].as_str().expect("a timestamp")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_of_the_evening_comes_at_half_past_eight_and_not_before() {
    let bot = Bot::builder().at("2026-03-01T21:00:00+09:00").start().await;
    bot.subscribe("08:30 서울", json!({"at": "08:30", "timezone": "서울"})).await;
    bot.publish(&bot.post());
    // It is there: who asks gets it.
    bot.wait_for("the digest", async || {
        let shown = bot.ask_discord(&bot.reader.0, bot.channel, "today", json!({})).await;
        words(&shown).contains("소식 6").then_some(())
    })
    .await;
    let slot = instant("2026-03-02T08:30:00+09:00");
    bot.clock.set(slot - chrono::TimeDelta::seconds(2));
    let (on_discord, on_telegram) = bot.arrived("소식 6").await;
    for message in [&on_discord, &on_telegram] {
        let late = sent_at(message) - slot;
        assert!((0..5).contains(&late.num_seconds()), "{late} after the slot");
    }
    bot.finish().await;
}

/// On 29 March 2026 Berlin's clocks go from 02:00 to 03:00: 02:30 does not exist, and fires as they jump.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_in_the_hour_that_is_skipped_fires_as_the_clocks_go_forward() {
    let bot = Bot::builder().at("2026-03-28T12:00:00+01:00").start().await;
    bot.subscribe("02:30 Europe/Berlin", json!({"at": "02:30", "timezone": "Europe/Berlin"})).await;
    bot.clock.set(instant("2026-03-28T22:00:00+01:00"));
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || {
        let shown = bot.ask_discord(&bot.reader.0, bot.channel, "today", json!({})).await;
        words(&shown).contains("소식 6").then_some(())
    })
    .await;
    let jump = instant("2026-03-29T01:00:00+00:00");
    bot.clock.set(jump - chrono::TimeDelta::seconds(2));
    let (on_discord, on_telegram) = bot.arrived("소식 6").await;
    for message in [&on_discord, &on_telegram] {
        let late = sent_at(message) - jump;
        assert!((0..5).contains(&late.num_seconds()), "{late} after the jump");
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_channel_has_its_own_style() {
    let bot = Bot::start().await;
    let other = bot.discord.add_channel(bot.guild, "제목만", jogan::sandbox::discord::ChannelKind::Text);
    bot.subscribe("now full", json!({"at": "now", "style": "full"})).await;
    let options = json!({"at": "now", "style": "headlines"});
    let told = bot.ask_discord(&bot.admin.0, other, "subscribe", options).await;
    assert!(text(&told).contains("제목 목록"), "{told}");
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    let words = |channel| {
        let sent = bot.sent_on_discord(channel);
        sent.iter().map(words).collect::<Vec<_>>().join("\n")
    };
    assert!(words(bot.channel).contains("산업적 영향"));
    assert!(words(other).contains("소식 6") && !words(other).contains("산업적 영향"));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_without_articles_is_kept_and_rings_nobody() {
    let bot = Bot::builder().feed("hold = false").start().await;
    bot.subscribe_now().await;
    let day = bot.clock.now().format("%Y-%m-%d");
    let welcome =
        format!("---\ntitle: 환영합니다\ndate: {day}\n---\n안녕하세요. 이곳에서 매일 뉴스를 정리합니다.\n");
    bot.write(&format!("{day}-welcome.md"), welcome.as_bytes());
    let is_welcome = |title: &str| title.contains("환영합니다").then_some(());
    bot.wait_for("the welcome", async || is_welcome(&bot.latest().await?.digest.title)).await;
    bot.publish(&bot.post().slug("later").only(0).article("첫째 소식", "첫째입니다."));
    bot.arrived("첫째 소식").await;
    assert!(bot.on_discord(bot.channel, "환영합니다").is_empty());
    assert!(bot.on_telegram(bot.group, "환영합니다").is_empty());
    bot.finish().await;
}
