//! `/company`, `/topic`, `/search` and `/trends` on both platforms.

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::{text, words};

/// A bot whose archive has a day with two articles about NVIDIA and one about Google.
async fn bot() -> Bot {
    let post = Post::of(instant("2026-03-02T06:30:00+09:00"))
        .only(0)
        .article("엔비디아, 새 반도체 공개", "데이터센터에서 씁니다.")
        .article("엔비디아가 투자한다", "구내식당이 늘어납니다.")
        .article("구글의 새 검색", "천천히 나옵니다.");
    let bot = Bot::builder().before(post).start().await;
    bot.kept("구글의 새 검색").await;
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_is_found_by_any_of_its_names() {
    let bot = bot().await;
    let answer = "최근 30일 2건 · 이전 30일 0건";
    for name in ["엔비디아", "NVDA"] {
        let told = bot.ask_discord(&bot.reader.0, bot.channel, "company", json!({"name": name})).await;
        assert!(words(&told).contains(answer) && words(&told).contains("새 반도체 공개"), "{told}");
        assert!(!words(&told).contains("구글"), "{told}");
    }
    let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/company nvidia 7d").await;
    assert!(text(&told).contains("최근 7일 2건") && text(&told).contains("새 반도체 공개"), "{told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typo_is_asked_back_and_its_button_answers() {
    let bot = bot().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    for typo in ["엔비다아", "dpsqlelkd"] {
        let told = bot.ask_discord(&bot.reader.0, bot.channel, "company", json!({"name": typo})).await;
        assert!(text(&told).contains(&format!("‘{typo}’")), "{told}");
        assert_eq!(told["components"][0]["components"][0]["label"], "엔비디아", "{told}");
        let told = bot.ask_telegram(reader, private, &format!("/company {typo}")).await;
        assert!(text(&told).contains("혹시 이 이름인가요?"), "{told}");
        let first = &told["reply_markup"]["inline_keyboard"][0][0];
        assert_eq!(first["text"], "엔비디아", "{told}");
        let id = told["message_id"].as_i64().expect("an id");
        let press = first["callback_data"].as_str().expect("data");
        bot.telegram.press(reader, private, id, press).await.expect("an answer");
        bot.wait_for("the articles", async || {
            let shown = bot.on_telegram(private, "새 반도체 공개");
            shown.into_iter().find(|message| message["message_id"] == id)
        })
        .await;
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_without_news_says_so_and_offers_the_texts() {
    let bot = bot().await;
    let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/company 테슬라").await;
    assert!(text(&told).contains("테슬라 소식이 없습니다"), "{told}");
    assert_eq!(told["reply_markup"]["inline_keyboard"][0][0]["text"], "본문에서 찾기");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_a_search_and_the_trends_are_answered_on_both() {
    let bot = bot().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    let told = bot.ask_discord(&bot.reader.0, bot.channel, "topic", json!({"name": "반도체"})).await;
    assert!(words(&told).contains("새 반도체 공개"), "{told}");
    let told = bot.ask_telegram(reader, private, "/topic 반도체").await;
    assert!(text(&told).contains("새 반도체 공개"), "{told}");

    // Two syllables within a word that carries a particle.
    let told = bot.ask_discord(&bot.reader.0, bot.channel, "search", json!({"words": "식당"})).await;
    assert!(words(&told).contains("전체 1건") && words(&told).contains("엔비디아가 투자한다"), "{told}");
    let told = bot.ask_telegram(reader, private, "/search 데이터센터").await;
    assert!(text(&told).contains("새 반도체 공개") && text(&told).contains("데이터센터에서"), "{told}");

    let told = bot.ask_discord(&bot.reader.0, bot.channel, "trends", json!({})).await;
    assert!(words(&told).contains("엔비디아 2건 (이전 0건)"), "{told}");
    assert_eq!(told["attachments"][0]["filename"], "trends.png", "{told}");
    let told = bot.ask_telegram(reader, private, "/trends").await;
    assert!(text(&told).contains("기사 3건"), "{told}");
    let picture = bot
        .wait_for("the picture", async || {
            bot.said_on_telegram(private).into_iter().find(|message| message["photo"].is_array())
        })
        .await;
    assert_eq!(
        picture["photo"].as_array().and_then(|sizes| sizes.last()).map(|size| &size["width"]),
        Some(&json!(1280))
    );
    bot.finish().await;
}
