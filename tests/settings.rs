//! What channel admins and operators hold back: pauses, mutes, quiet hours.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jogan::clock::Clock as _;
use jogan::model::channel::Platform;
use jogan::model::message::MessageState;
use jogan::sandbox::{discord, telegram};
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::{text, words};

/// A post of the next day with an article of this headline.
fn later(bot: &Bot, slug: &str, headline: &str) -> Post {
    bot.post().slug(slug).only(5).article(headline, "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_out_in_a_pause_comes_as_one_list_when_it_is_resumed() {
    let bot = Bot::builder().feed("hold = false").start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;

    let told = bot.ask_discord(&bot.admin.0, bot.channel, "pause", json!({})).await;
    assert_eq!(
        text(&told),
        "배달을 멈췄습니다. 그동안의 뉴스는 다시 시작할 때 목록 하나로 보냅니다.\n/resume 이라고 쓰시면 다시 시작합니다."
    );
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/pause 2시간").await;
    assert!(text(&told).starts_with("3월 2일(월) 09:00까지 배달을 멈췄습니다."), "{told}");
    for (slug, headline) in [("two", "둘째 이야기"), ("three", "셋째 이야기")] {
        bot.publish(&later(&bot, slug, headline));
        bot.kept(headline).await;
    }
    bot.idle().await;
    assert!(bot.on_discord(bot.channel, "둘째").is_empty());
    assert!(bot.on_telegram(bot.group, "둘째").is_empty());

    let told = bot.ask_discord(&bot.admin.0, bot.channel, "resume", json!({})).await;
    assert!(text(&told).starts_with("배달을 다시 시작합니다."), "{told}");
    let list = bot.wait_for("the list", async || bot.on_discord(bot.channel, "둘째").pop()).await;
    assert!(words(&list).contains("셋째"), "one list: {list}");
    assert!(bot.on_telegram(bot.group, "둘째").is_empty(), "its time is not over");
    bot.clock.set(bot.clock.now() + TimeDelta::hours(2));
    let list = bot.wait_for("the list", async || bot.on_telegram(bot.group, "둘째").pop()).await;
    assert!(words(&list).contains("셋째"), "one list: {list}");
    bot.idle().await;
    assert_eq!(bot.on_discord(bot.channel, "셋째").len(), 1);
    assert_eq!(bot.on_telegram(bot.group, "셋째").len(), 1);
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/resume").await;
    assert!(text(&told).starts_with("이 채널의 배달은 멈춰 있지 않습니다."), "{told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_muted_is_left_out_until_its_time_is_over() {
    let bot = Bot::builder().feed("hold = false").start().await;
    bot.subscribe_now().await;
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/mute 2시간 셋째").await;
    assert_eq!(
        text(&told),
        "이 채널에서 3월 2일(월) 09:00까지 ‘셋째’가 들어간 기사를 뺍니다.\n다시 받으려면: /unmute 셋째"
    );
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "mute", json!({"what": "NVDA"})).await;
    assert!(text(&told).starts_with("이 채널에서 엔비디아 소식을 뺍니다."), "{told}");

    bot.publish(&later(&bot, "two", "엔비디아, 셋째 공장을 짓는다"));
    bot.arrived("소식 5").await;
    bot.idle().await;
    assert!(bot.on_discord(bot.channel, "셋째 공장").is_empty());
    assert!(bot.on_telegram(bot.group, "셋째 공장").is_empty());
    assert_eq!(bot.on_discord(bot.channel, "음소거 1건").len(), 1);

    let told = bot.ask_discord(&bot.admin.0, bot.channel, "unmute", json!({"what": "엔비디아"})).await;
    assert_eq!(text(&told), "엔비디아 소식을 다시 보냅니다.");
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "unmute", json!({"what": "엔비디아"})).await;
    assert!(text(&told).starts_with("‘엔비디아’는 빼 두지 않았습니다."), "{told}");
    bot.clock.set(bot.clock.now() + TimeDelta::hours(2));
    bot.publish(&later(&bot, "three", "엔비디아, 셋째 공장을 열었다"));
    bot.arrived("셋째 공장을 열었다").await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_leaves_something_out_everywhere_and_nobody_else_may() {
    let bot = Bot::builder().feed("hold = false").start().await;
    bot.subscribe_now().await;
    let refused = bot.ask_telegram(&bot.admin.1, bot.group, "/admin mute 셋째").await;
    assert!(text(&refused).starts_with("이 명령은"), "{refused}");
    let desk = bot.operator.1.id;
    let told = bot.ask_telegram(&bot.operator.1, desk, "/admin mute 셋째").await;
    assert!(text(&told).starts_with("모든 채널에서 ‘셋째’가 들어간 기사를 뺍니다."), "{told}");
    bot.publish(&later(&bot, "two", "셋째 공장을 짓는다"));
    bot.arrived("소식 5").await;
    assert!(bot.on_discord(bot.channel, "셋째 공장").is_empty());
    assert!(bot.on_telegram(bot.group, "셋째 공장").is_empty());
    let told = bot.ask_telegram(&bot.operator.1, desk, "/admin mutes").await;
    assert_eq!(text(&told), "이것은 빼고 보냅니다.\n• 셋째 — 계속");
    bot.finish().await;
}

/// The second digest waits behind the first, which has begun: it comes as the channel wants it by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_planned_and_not_begun_follows_a_change_of_the_settings() {
    let bot = Bot::builder().feed("hold = false").start().await;
    bot.subscribe("now", json!({"at": "now"})).await;
    bot.ask_telegram(&bot.admin.1, bot.group, "/pause").await;
    let wait = Duration::from_secs(3_600);
    bot.discord.faults(discord::Faults {
        times: 1,
        calls: format!("POST /api/v10/channels/{}/messages", bot.channel),
        fault: discord::Fault::Limited { wait, global: false },
    });
    bot.publish(&bot.post());
    bot.wait_for("the refusal", async || (bot.discord.counters().limited == 1).then_some(())).await;
    bot.publish(&later(&bot, "two", "셋째 공장을 짓는다"));
    bot.wait_for("both in the outbox", async || {
        (bot.messages(MessageState::Queued).await == 2).then_some(())
    })
    .await;
    bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", json!({"style": "headlines"})).await;
    bot.ask_discord(&bot.admin.0, bot.channel, "mute", json!({"what": "셋째"})).await;
    bot.clock.set(bot.clock.now() + TimeDelta::hours(1));
    bot.wait_for("the second", async || bot.on_discord(bot.channel, "음소거 1건").pop()).await;
    bot.idle().await;
    let [first] = bot.on_discord(bot.channel, "소식 6").try_into().expect("the first is whole");
    assert!(
        words(&first).contains("기술적") || words(&first).contains("이천에서"),
        "in its old style: {first}"
    );
    let [second] = bot.on_discord(bot.channel, "음소거 1건").try_into().expect("the second came once");
    assert!(!words(&second).contains("이천에서"), "a list of headlines: {second}");
    assert!(!words(&second).contains("셋째"), "{second}");
    bot.finish().await;
}

/// The texts of a message's menus and buttons, each with what it does.
fn choices(message: &Value) -> Vec<(String, String)> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array().expect("buttons");
    let buttons = rows.iter().filter_map(Value::as_array).flatten();
    buttons
        .map(|button| {
            let (text, data) = (button["text"].as_str(), button["callback_data"].as_str());
            (text.unwrap_or_default().to_owned(), data.unwrap_or_default().to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_show_everything_and_each_choice_changes_one() {
    let bot = Bot::start().await;
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "settings", json!({})).await;
    assert!(text(&told).starts_with("이 채널은 아직 받는 뉴스가 없습니다."), "{told}");
    bot.subscribe_now().await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "settings", json!({})).await;
    assert_eq!(
        text(&told),
        "이 채널의 AI 뉴스 설정\n• 시각: 나오는 대로\n• 모양: 요약\n• 내용: 모든 소식\n• 언어: 한국어\n\
         최근 배달:\n• 3월 2일(월) 뉴스 — 3월 2일(월) 07:00 보냄(메시지 1개)\n\
         최근에 바꾼 것:\n• 3월 2일(월) 07:00 구독: AI 뉴스 · 나오는 대로 · 요약 (관리자 <@11>)"
    );
    assert_eq!(told["mentions"], json!([]), "nobody is pinged");
    let shown = bot.ask_telegram(&bot.admin.1, bot.group, "/settings").await;
    assert!(
        text(&shown)
            .ends_with("최근에 바꾼 것:\n• 3월 2일(월) 07:00 구독: AI 뉴스 · 나오는 대로 · 요약 (관리자)"),
        "{shown}"
    );
    let id = shown["message_id"].as_i64().expect("an id");
    for (choice, line) in [
        ("매일 08:30", "• 시각: 매일 08:30(서울)"),
        ("전체", "• 모양: 전체"),
        ("22:00부터 07:00까지 조용히", "• 22:00부터 07:00까지 조용히(서울)"),
        ("English", "• 언어: English"),
    ] {
        let found = choices(&shown).into_iter().find(|(text, _)| text.trim_start_matches("✓ ") == choice);
        let (_, data) = found.unwrap_or_else(|| panic!("{choice}: {shown}"));
        bot.telegram.press(&bot.admin.1, bot.group, id, &data).await.expect("an answer");
        bot.wait_for(line, async || {
            let said = bot.on_telegram(bot.group, line);
            said.into_iter().find(|message| message["message_id"] == id)
        })
        .await;
    }
    let (_, data) = choices(&shown).pop().expect("a button");
    let refused = bot.telegram.press(&bot.reader.1, bot.group, id, &data).await.expect("an answer");
    assert!(refused.text.is_some_and(|text| text.contains("관리자만")), "a reader changes nothing");
    bot.finish().await;
}

/// The group's admin lets nothing ring in it from 22:00 to 07:00.
async fn quiet_at_night(bot: &Bot) {
    let shown = bot.ask_telegram(&bot.admin.1, bot.group, "/settings").await;
    let id = shown["message_id"].as_i64().expect("an id");
    let night = choices(&shown).into_iter().find(|(text, _)| text.contains("22:00부터 07:00까지"));
    let (_, data) = night.expect("the choice");
    bot.telegram.press(&bot.admin.1, bot.group, id, &data).await.expect("an answer");
    bot.wait_for("the change", async || bot.on_telegram(bot.group, "• 22:00부터 07:00까지").pop()).await;
}

/// What comes out at night waits for the morning.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quiet_hours_hold_what_comes_out_until_they_end() {
    let bot = Bot::builder().at("2026-03-02T23:30:00+09:00").start().await;
    bot.subscribe_now().await;
    quiet_at_night(&bot).await;
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_discord(bot.channel, "소식 6").pop()).await;
    bot.idle().await;
    assert!(bot.on_telegram(bot.group, "소식 6").is_empty());
    bot.clock.set(instant("2026-03-03T07:00:00+09:00"));
    bot.wait_for("the morning", async || bot.on_telegram(bot.group, "소식 6").pop()).await;
    bot.finish().await;
}

/// Planned before the quiet hours, and told by Telegram to wait until they have begun.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_sent_before_quiet_hours_does_not_ring_in_them() {
    let bot = Bot::builder().at("2026-03-02T21:50:00+09:00").start().await;
    bot.subscribe_now().await;
    quiet_at_night(&bot).await;
    bot.telegram.faults(telegram::Faults {
        calls: 1,
        method: Some("sendMessage".to_owned()),
        chat: None,
        fault: telegram::Fault::Flood(900),
    });
    bot.publish(&bot.post());
    // When the message may be tried again: settled, and not only refused.
    let put_off = async |until: fn(DateTime<Utc>) -> bool| {
        bot.wait_for("the message to be put off", async || {
            let heads = bot.app().store().heads(Platform::Telegram).await.expect("the database");
            heads.iter().any(|head| until(head.ready_at)).then_some(())
        })
        .await;
    };
    put_off(|at| at >= instant("2026-03-02T22:05:00+09:00")).await;
    bot.clock.set(instant("2026-03-02T22:30:00+09:00"));
    put_off(|at| at == instant("2026-03-03T07:00:00+09:00")).await;
    assert!(bot.on_telegram(bot.group, "소식 6").is_empty());
    bot.clock.set(instant("2026-03-03T07:00:00+09:00"));
    bot.wait_for("the morning", async || bot.on_telegram(bot.group, "소식 6").pop()).await;
    bot.finish().await;
}
