//! Posts that look wrong wait for the operator, who is told in private and decides.

use jogan::clock::Clock as _;
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::{text, words};

/// A subscribed bot that has delivered three digests of six articles.
async fn bot() -> Bot {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    for number in 1..=3 {
        let post = bot.post().slug(&format!("usual-{number}")).only(0);
        let post = (1..=6).fold(post, |post, of| post.article(&format!("소식 {number}-{of}"), "그렇습니다."));
        bot.publish(&post);
        bot.arrived(&format!("소식 {number}-6")).await;
    }
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thin_post_waits_and_goes_out_when_the_operator_says_so() {
    let bot = bot().await;
    bot.publish(&bot.post().slug("thin").only(0).article("얇은 소식", "그렇습니다."));
    let (on_discord, on_telegram) = bot.notes("보통의 절반이 안 됩니다").await;
    assert!(words(&on_discord).contains("얇은 소식") && text(&on_telegram).contains("얇은 소식"));
    bot.idle().await;
    assert!(bot.on_telegram(bot.group, "얇은 소식").is_empty(), "it waits");
    let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, "/today").await;
    assert!(text(&told).contains("소식 3-6"), "nobody reads it yet: {told}");

    bot.press_note_on_telegram(&on_telegram, "보내기").await;
    bot.arrived("얇은 소식").await;
    bot.press_note_on_discord(&on_discord, "버리기").await;
    notes_say_it_is_decided(&bot).await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(bot.group, "얇은 소식").len(), 1);
    bot.finish().await;
}

async fn notes_say_it_is_decided(bot: &Bot) {
    let conversation = bot.discord.add_dm(&bot.operator.0);
    bot.wait_for("the answer", async || bot.on_discord(conversation, "이제 보류되어 있지 않습니다").pop())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_without_articles_is_dropped_and_one_that_is_corrected_goes_out_by_itself() {
    let bot = bot().await;
    let day = bot.clock.now().format("%Y-%m-%d");
    let welcome = format!("---\ntitle: 환영합니다\ndate: {day}\n---\n안녕하세요. 매일 뉴스를 정리합니다.\n");
    bot.write(&format!("{day}-welcome.md"), welcome.as_bytes());
    let (on_discord, _) = bot.notes("기사가 없습니다").await;
    bot.press_note_on_discord(&on_discord, "버리기").await;
    let conversation = bot.discord.add_dm(&bot.operator.0);
    bot.wait_for("the decision", async || bot.on_discord(conversation, "보내지 않기로 했습니다").pop()).await;

    bot.publish(&bot.post().slug("thin").only(0).article("얇은 소식", "그렇습니다."));
    bot.notes("보통의 절반이 안 됩니다").await;
    let refused = bot.ask_telegram(&bot.admin.1, bot.group, "/admin hold").await;
    assert!(text(&refused).contains("운영자만"), "{refused}");
    let shown = bot.ask_discord(&bot.operator.0, conversation, "admin", json!({"hold": {}})).await;
    assert!(words(&shown).contains("얇은 소식"), "{shown}");
    let post = bot.post().slug("thin").only(0).article("얇은 소식", "그렇습니다.");
    bot.publish(&(1..=4).fold(post, |post, of| post.article(&format!("덧붙인 소식 {of}"), "그렇습니다.")));
    bot.arrived("덧붙인 소식 4").await;
    let none = bot.ask_telegram(&bot.operator.1, bot.operator.1.id, "/admin release").await;
    assert_eq!(text(&none), "보류된 뉴스가 없습니다.");
    assert!(bot.on_telegram(bot.group, "환영합니다").is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_articles_of_the_last_post_are_not_sent_again_under_another_title() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let post = bot.post();
    bot.publish(&post);
    bot.arrived("소식 6").await;
    let again = post.markdown().replace("AI 뉴스", "다른 제목").replace("news.example", "redirect.example");
    bot.write("2026-03-02-again.md", again.as_bytes());
    bot.notes("바로 앞 뉴스와 기사가 같습니다").await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(bot.group, "소식 6").len(), 1);
    bot.finish().await;
}
