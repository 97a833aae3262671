//! What channel admins do with a subscription: end it, take it up again, have a digest sent once more.

use jogan::sandbox::telegram::{CallbackAnswer, Fault, Faults};
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::town::text;

/// A person presses a button of one of the bot's messages on Telegram; what pops up over the chat.
async fn press_telegram(bot: &Bot, by_admin: bool, message: &Value, label: &str) -> CallbackAnswer {
    let rows = message["reply_markup"]["inline_keyboard"].as_array().expect("buttons");
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    let button =
        buttons.find(|button| button["text"] == label).unwrap_or_else(|| panic!("{label}: {message}"));
    let id = message["message_id"].as_i64().expect("an id");
    let by = if by_admin { &bot.admin.1 } else { &bot.reader.1 };
    bot.telegram
        .press(by, bot.group, id, button["callback_data"].as_str().expect("data"))
        .await
        .expect("an answer")
}

/// The admin presses a button of an answer on Discord; the answer as it is then.
async fn press_discord(bot: &Bot, message: &Value, label: &str) -> Value {
    let rows = message["components"].as_array().expect("buttons");
    let mut buttons = rows.iter().filter_map(|row| row["components"].as_array()).flatten();
    let button =
        buttons.find(|button| button["label"] == label).unwrap_or_else(|| panic!("{label}: {message}"));
    let id: u64 = message["id"].as_str().expect("an id").parse().expect("a number");
    let by = &bot.admin.0;
    bot.discord.press(by, id, button["custom_id"].as_str().expect("an id")).await.expect("an answer");
    let seen = bot.discord.timeline(bot.channel, by.id);
    seen.into_iter().find(|shown| shown["id"] == message["id"]).expect("the answer")
}

/// Waits until the bot's message in the group says `part`.
async fn says(bot: &Bot, message: &Value, part: &str) {
    bot.wait_for(part, async || {
        let said = bot.on_telegram(bot.group, part);
        said.into_iter().find(|shown| shown["message_id"] == message["message_id"])
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_ends_after_a_confirm_and_its_settings_are_offered_again() {
    let bot = Bot::start().await;
    bot.subscribe("08:30 full", json!({"at": "08:30", "style": "full"})).await;

    let asked = bot.ask_discord(&bot.admin.0, bot.channel, "unsubscribe", json!({})).await;
    assert_eq!(text(&asked), "이 채널의 AI 뉴스 구독을 끝낼까요? 설정은 30일 동안 보관합니다.");
    let told = press_discord(&bot, &asked, "취소").await;
    assert_eq!(text(&told), "바뀐 것은 없습니다.");
    let asked = bot.ask_discord(&bot.admin.0, bot.channel, "unsubscribe", json!({})).await;
    let told = press_discord(&bot, &asked, "끝내기").await;
    assert_eq!(text(&told), "구독을 끝냈습니다. 다시 받으려면 /subscribe를 쓰세요.");

    let asked = bot.ask_telegram(&bot.admin.1, bot.group, "/unsubscribe").await;
    let refused = press_telegram(&bot, false, &asked, "끝내기").await;
    assert!(refused.text.is_some_and(|text| text.contains("관리자만")), "a reader ends nothing");
    press_telegram(&bot, true, &asked, "끝내기").await;
    says(&bot, &asked, "구독을 끝냈습니다").await;
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/unsubscribe").await;
    assert!(text(&told).starts_with("이 채널은 아직 받는 뉴스가 없습니다."), "{told}");

    let offered = bot.ask_telegram(&bot.admin.1, bot.group, "/subscribe").await;
    assert!(text(&offered).contains("매일 08:30(서울), 전체로"), "{offered}");
    press_telegram(&bot, true, &offered, "지난 설정으로").await;
    says(&bot, &offered, "매일 08:30(서울)에 모든 소식을 전체로 보냅니다").await;
    let offered = bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", json!({})).await;
    let told = press_discord(&bot, &offered, "새로 시작").await;
    assert!(text(&told).starts_with("구독했습니다. 뉴스가 나오는 대로"), "{told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_unsubscribed_gets_nothing_more() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let asked = bot.ask_telegram(&bot.admin.1, bot.group, "/unsubscribe ai-news").await;
    press_telegram(&bot, true, &asked, "끝내기").await;
    says(&bot, &asked, "구독을 끝냈습니다").await;
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_discord(bot.channel, "소식 6").pop()).await;
    bot.idle().await;
    assert!(bot.on_telegram(bot.group, "소식 6").is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_is_sent_once_more_after_a_confirm_that_tells_what_was_sent() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "resend", json!({})).await;
    assert!(text(&told).contains("아직 나온 것이 없습니다"), "{told}");
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;

    let asked = bot.ask_discord(&bot.admin.0, bot.channel, "resend", json!({})).await;
    let sure =
        "3월 2일(월) 뉴스(기사 6건, 메시지 1개)는 이미 07:00에 이 채널로 보냈습니다. 한 번 더 보낼까요?";
    assert_eq!(text(&asked), sure);
    press_discord(&bot, &asked, "보내기").await;
    let asked = bot.ask_telegram(&bot.admin.1, bot.group, "/resend 오늘").await;
    assert_eq!(text(&asked), sure);
    press_telegram(&bot, true, &asked, "보내기").await;
    bot.wait_for("both again", async || {
        let (discord, telegram) =
            (bot.on_discord(bot.channel, "소식 6"), bot.on_telegram(bot.group, "소식 6"));
        (discord.len() == 2 && telegram.len() == 2).then_some(())
    })
    .await;

    // A correction reaches both sendings, and adds nothing.
    bot.publish(&bot.post().only(0).article("소식 6", "고친 소식입니다."));
    bot.wait_for("the correction", async || {
        let (discord, telegram) =
            (bot.on_discord(bot.channel, "고친 소식"), bot.on_telegram(bot.group, "고친 소식"));
        (discord.len() == 2 && telegram.len() == 2).then_some(())
    })
    .await;
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/resend missing").await;
    assert!(text(&told).contains("빠진 메시지는 없습니다"), "{told}");
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "resend", json!({"date": "어제"})).await;
    assert_eq!(text(&told), "3월 1일(일) AI 뉴스는 없습니다.\n바뀐 것은 없습니다.");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_half_delivered_digest_only_the_rest_is_sent() {
    let bot = Bot::start().await;
    bot.ask_telegram(&bot.admin.1, bot.group, "/subscribe now full").await;
    // The first part is refused with markup and without.
    bot.telegram.faults(Faults {
        calls: 2,
        method: Some("sendMessage".to_owned()),
        chat: Some(bot.group),
        fault: Fault::Status(400),
    });
    let long = "새 공장이 문을 엽니다. ".repeat(20);
    let post =
        (1..=6).fold(bot.post().only(0), |post, number| post.article(&format!("긴 소식 {number}"), &long));
    bot.publish(&post);
    bot.wait_for("the last part", async || bot.on_telegram(bot.group, "긴 소식 6").pop()).await;
    bot.idle().await;
    assert!(bot.on_telegram(bot.group, "긴 소식 1").is_empty());
    let sent = bot.on_telegram(bot.group, "긴 소식").len();

    let asked = bot.ask_telegram(&bot.admin.1, bot.group, "/resend").await;
    assert!(text(&asked).contains(&format!("메시지 {}개 가운데 {sent}개가 갔습니다", sent + 1)), "{asked}");
    press_telegram(&bot, true, &asked, "빠진 1개만").await;
    bot.wait_for("the first part", async || bot.on_telegram(bot.group, "긴 소식 1").pop()).await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(bot.group, "긴 소식").len(), sent + 1);
    bot.finish().await;
}
