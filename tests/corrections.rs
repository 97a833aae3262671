//! A post that is corrected: what was sent is edited and nothing rings, what waits goes out as it is now, and another
//! file name is no other digest.

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::town::{text, words};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrected_post_edits_what_was_sent_and_rings_nobody() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let post = bot.post().only(2);
    bot.publish(&post.clone().article("틀린 소식", "틀렸습니다."));
    bot.arrived("틀린 소식").await;
    bot.idle().await;
    let rung = bot.telegram.notifications(bot.group);
    bot.publish(&post.article("바른 소식", "맞습니다."));
    let (on_discord, on_telegram) = bot.arrived("바른 소식").await;
    assert!(!words(&on_discord).contains("틀린 소식") && !text(&on_telegram).contains("틀린 소식"));
    assert!(words(&on_discord).contains("고침") && text(&on_telegram).contains("고침"));
    assert!(on_discord["edited_timestamp"].is_string() && on_telegram["edit_date"].is_number());
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1);
    assert_eq!(bot.on_telegram(bot.group, "소식 ").len(), 1);
    assert_eq!(bot.telegram.notifications(bot.group), rung);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_long_digest_only_the_messages_that_changed_are_edited_and_the_rest_are_taken_back() {
    let bot = Bot::start().await;
    bot.subscribe("now full", json!({"at": "now", "style": "full"})).await;
    let long = "새 공장이 문을 엽니다. ".repeat(20);
    let post = |count| {
        (1..=count).fold(bot.post().only(0), |post, number| post.article(&format!("긴 소식 {number}"), &long))
    };
    bot.publish(&post(6));
    bot.arrived("긴 소식 6").await;
    bot.idle().await;
    let before = (bot.sent_on_discord(bot.channel).len(), bot.on_telegram(bot.group, "긴 소식").len());
    bot.publish(&post(3));
    bot.wait_for("fewer messages", async || {
        let now = (bot.sent_on_discord(bot.channel), bot.on_telegram(bot.group, "긴 소식"));
        (now.0.len() < before.0 && now.1.len() < before.1).then_some(())
    })
    .await;
    bot.wait_for("the withdrawn ones to be struck", async || {
        let on_discord = bot.on_discord(bot.channel, "~~긴 소식 6~~");
        let on_telegram = bot.on_telegram(bot.group, "긴 소식 6");
        let [on_discord, on_telegram] = [on_discord.first()?, on_telegram.first()?];
        let notes = words(on_discord).matches("고친 글에서 빠진 기사입니다").count();
        (notes == 3 && text(on_telegram).contains("고친 글에서 빠진 기사입니다")).then_some(())
    })
    .await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_corrected_before_its_slot_goes_out_once_as_it_is_then() {
    let bot = Bot::start().await;
    bot.subscribe("09:00", json!({"at": "09:00"})).await;
    let post = bot.post().only(1);
    bot.publish(&post.clone().article("틀린 소식", "틀렸습니다."));
    bot.kept("틀린 소식").await;
    bot.publish(&post.article("바른 소식", "맞습니다."));
    bot.kept("바른 소식").await;
    bot.clock.set(instant("2026-03-02T08:59:58+09:00"));
    let (on_discord, on_telegram) = bot.arrived("바른 소식").await;
    bot.idle().await;
    assert!(!words(&on_discord).contains("고침") && !text(&on_telegram).contains("고침"));
    assert!(bot.on_discord(bot.channel, "틀린 소식").is_empty());
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renamed_file_sends_nothing_again() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let post = bot.post();
    bot.publish(&post);
    bot.arrived("소식 6").await;
    bot.idle().await;
    let renamed = post.clone().slug("renamed");
    std::fs::rename(bot.posts().join(post.file_name()), bot.posts().join(renamed.file_name()))
        .expect("a file");
    bot.publish(&bot.post().slug("second").only(0).article("다음 판", "다음입니다."));
    bot.arrived("다음 판").await;
    bot.idle().await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 2);
    assert_eq!(bot.on_telegram(bot.group, "소식 6").len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_deleted_or_made_a_draft_before_its_slot_goes_to_nobody() {
    let bot = Bot::start().await;
    bot.subscribe("09:00", json!({"at": "09:00"})).await;
    let deleted = bot.post().slug("deleted").only(0).article("지운 소식", "지웠습니다.");
    let draft = bot.post().slug("draft").only(0).article("미룬 소식", "미뤘습니다.");
    bot.publish(&deleted);
    bot.kept("지운 소식").await;
    bot.publish(&draft);
    bot.kept("미룬 소식").await;
    std::fs::remove_file(bot.posts().join(deleted.file_name())).expect("a file");
    bot.publish(&draft.key("published: false"));
    bot.wait_for("the withdrawal", async || bot.latest().await.is_none().then_some(())).await;
    bot.publish(&bot.post().slug("kept").only(0).article("남은 소식", "남았습니다."));
    bot.kept("남은 소식").await;
    bot.clock.set(instant("2026-03-02T08:59:58+09:00"));
    bot.arrived("남은 소식").await;
    bot.idle().await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1);
    assert!(bot.on_telegram(bot.group, "지운").is_empty() && bot.on_telegram(bot.group, "미룬").is_empty());
    bot.finish().await;
}
