//! `/why`: an admin asks why an article came, or did not.

use jogan::model::digest::handle;
use jogan::model::feed::FeedName;
use jogan::sandbox::discord::ChannelKind;
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::town::text;

/// What a message says, without the backslashes of Discord's markup.
fn said(message: &Value) -> String {
    text(message).replace('\\', "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_is_explained_by_what_was_sent_and_by_what_holds_it_back() {
    let bot = Bot::start().await;
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "why", json!({})).await;
    assert!(text(&told).starts_with("이 채널은 아직 받는 뉴스가 없습니다."), "{told}");
    bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", json!({"at": "now", "filter": "엔비디아 공장"}))
        .await;
    bot.ask_telegram(&bot.admin.1, bot.group, "/subscribe now").await;
    bot.ask_telegram(&bot.admin.1, bot.group, "/mute 엔비디아").await;
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "why", json!({})).await;
    assert!(text(&told).starts_with("이 채널이 받을 뉴스가 아직 나오지 않았습니다."), "{told}");
    let post = bot.post().only(1).article("엔비디아가 새 칩을 냈다", "빠릅니다.");
    bot.publish(&post.article("국회가 법안을 통과시켰다", "토론이 길었습니다."));
    bot.arrived("소식 1").await;
    bot.idle().await;

    // From the menu of the last ones.
    let (admin, channel) = (&bot.admin.0, bot.channel);
    for (article, because) in [
        (
            "엔비디아가 새 칩을 냈다",
            "3월 2일(월) 07:00에 이 채널로 보냈습니다.\n이 채널이 받는 소식(엔비디아·공장) 가운데 ‘엔비디아’에 해당합니다.",
        ),
        (
            "국회가 법안을 통과시켰다",
            "이 채널로 보내지 않았습니다.\n이 채널은 엔비디아·공장 소식만 받는데, 이 기사는 해당하지 않습니다.",
        ),
    ] {
        let asked = bot.ask_discord(admin, channel, "why", json!({})).await;
        let told = bot.press_discord(admin, channel, &asked, article).await;
        assert!(said(&told).starts_with(&format!("‘{article}’ — 3월 2일(월) 뉴스\n{because}")), "{told}");
    }
    // By its message's menu, where it is one of several.
    let [sent] = bot.on_discord(channel, "엔비디아가").try_into().expect("one message");
    let id: u64 = sent["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let before = bot.discord.timeline(channel, admin.id).len();
    bot.discord.invoke_on_message(admin, id, "Why is this here?").await.expect("an answer");
    let asked = bot.discord.timeline(channel, admin.id).into_iter().nth(before).expect("an answer");
    assert!(
        asked.to_string().contains("소식 1") && !asked.to_string().contains("국회가"),
        "what it shows: {asked}"
    );
    let told = bot.press_discord(admin, channel, &asked, "소식 1: 한빛반도체의 새 공장").await;
    assert!(said(&told).contains("‘공장’에 해당합니다."), "{told}");

    // By its id, and by a reply.
    let stored = bot.latest().await.expect("the digest");
    let handle = handle(&FeedName("ai-news".to_owned()), &stored.digest.key);
    let (admin, group) = (&bot.admin.1, bot.group);
    let told = bot.ask_telegram(admin, group, &format!("/why {handle}-2")).await;
    assert!(
        text(&told).contains("이 채널에서 빼 둔 ‘엔비디아’에 해당합니다. 다시 받으려면: /unmute 엔비디아"),
        "{told}"
    );
    let [sent] = bot.on_telegram(group, "소식 1").try_into().expect("one message");
    let sent = sent["message_id"].as_i64().expect("an id");
    let asked = bot.telegram.reply(admin, group, sent, "/why").await;
    let asked = bot
        .wait_for("an answer", async || {
            bot.said_on_telegram(group)
                .into_iter()
                .find(|message| message["message_id"].as_i64() > Some(asked))
        })
        .await;
    assert_eq!(text(&asked).lines().count(), 3, "a question and the two that it shows: {asked}");
    bot.press_telegram(admin, group, &asked, "2").await;
    bot.wait_for("the answer", async || bot.on_telegram(group, "이 채널은 모든 소식을 받습니다.").pop())
        .await;
    let told = bot.ask_telegram(admin, group, "/why 0000000000-9").await;
    assert!(text(&told).starts_with("‘0000000000-9’ 기사를 찾지 못했습니다."), "{told}");
    let told = bot.ask_telegram(admin, group, "/why 그냥").await;
    assert!(text(&told).contains("‘그냥’을 기사 번호로 읽지 못했습니다. 예: /why 3f2a9c1b04-2"), "{told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_or_came_late_says_since_when() {
    let bot = Bot::builder().at("2026-03-02T09:00:00+09:00").feed("expect_by = \"08:00\"").start().await;
    bot.subscribe("08:30", json!({"at": "08:30"})).await;
    bot.publish(&bot.post());
    bot.kept("소식 6").await;
    let (admin, channel) = (&bot.admin.0, bot.channel);
    let ask = async || {
        let asked = bot.ask_discord(admin, channel, "why", json!({})).await;
        said(&bot.press_discord(admin, channel, &asked, "소식 6: 한빛반도체의 새 공장").await)
    };
    let told = ask().await;
    assert!(told.contains("아직 보내지 않았습니다. 다음 배달은 3월 3일(화) 08:30입니다."), "{told}");
    assert!(told.contains("지난 배달(3월 2일(월) 08:30) 뒤인 3월 2일(월) 09:00에 나왔습니다."), "{told}");
    bot.clock.set(instant("2026-03-03T08:30:00+09:00"));
    bot.arrived("소식 6").await;
    bot.idle().await;
    let told = ask().await;
    assert!(told.contains("3월 3일(화) 08:30에 이 채널로 보냈습니다."), "{told}");

    // The next one is late: it was expected before the slot, and comes after it.
    bot.clock.set(instant("2026-03-04T08:31:00+09:00"));
    bot.wait_for("the slot to be over", async || {
        let next = bot.app().store().next_planning().await.expect("the database");
        (next > Some(instant("2026-03-04T08:31:00+09:00"))).then_some(())
    })
    .await;
    bot.clock.set(instant("2026-03-04T09:40:00+09:00"));
    bot.publish(&bot.post().slug("late").only(5).article("늦은 소식", "늦었습니다."));
    bot.arrived("늦은 소식").await;
    bot.idle().await;
    let asked = bot.ask_discord(admin, channel, "why", json!({})).await;
    let told = said(&bot.press_discord(admin, channel, &asked, "늦은 소식").await);
    assert!(told.contains("배달 시각인 08:30보다 늦은 09:40에 나와서 나오는 대로 보냈습니다."), "{told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_a_thread_is_explained_there_by_its_menu_and_by_its_id() {
    let bot = Bot::start().await;
    let admin = &bot.admin.0;
    let forum = bot.discord.add_channel(bot.guild, "소식통", ChannelKind::Forum);
    let topic = bot.discord.add_thread(bot.channel, "반도체 이야기");
    bot.ask_discord(admin, bot.channel, "subscribe", json!({"at": "now", "channel": "#소식통"})).await;
    bot.ask_discord(admin, topic, "subscribe", json!({"at": "now", "filter": "엔비디아"})).await;
    bot.publish(&bot.post().only(1).article("엔비디아가 새 칩을 냈다", "빠릅니다."));
    let opened = bot
        .wait_for("the forum's thread", async || {
            let mut channels = bot.discord.channels().into_iter();
            let thread = channels.find(|channel| channel.parent == Some(forum))?.id;
            bot.on_discord(thread, "엔비디아가").pop().map(|message| (thread, message))
        })
        .await;
    let in_topic = bot.wait_for("the thread", async || bot.on_discord(topic, "엔비디아가").pop()).await;
    bot.idle().await;
    let stored = bot.latest().await.expect("the digest");
    let handle = handle(&FeedName("ai-news".to_owned()), &stored.digest.key);
    let sent = "3월 2일(월) 07:00에 이 채널로 보냈습니다.";

    for (thread, message, because) in [
        (opened.0, &opened.1, "이 채널은 모든 소식을 받습니다."),
        (topic, &in_topic, "이 채널이 받는 소식(엔비디아) 가운데 ‘엔비디아’에 해당합니다."),
    ] {
        let before = bot.discord.timeline(thread, admin.id).len();
        let id = message["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        bot.discord.invoke_on_message(admin, id, "Why is this here?").await.expect("an answer");
        let mut told = bot.discord.timeline(thread, admin.id).into_iter().nth(before).expect("an answer");
        if thread == opened.0 {
            // It shows both articles.
            told = bot.press_discord(admin, thread, &told, "엔비디아가 새 칩을 냈다").await;
        }
        assert!(said(&told).contains(&format!("{sent}\n{because}")), "by the menu: {told}");
        let told = bot.ask_discord(admin, thread, "why", json!({"article": format!("{handle}-2")})).await;
        assert!(said(&told).contains(&format!("{sent}\n{because}")), "by the id: {told}");
        let asked = bot.ask_discord(admin, thread, "why", json!({})).await;
        let told = bot.press_discord(admin, thread, &asked, "엔비디아가 새 칩을 냈다").await;
        assert!(said(&told).contains(&format!("{sent}\n{because}")), "from the last ones: {told}");
    }

    // A thread of a channel that gets nothing has nothing to explain; somebody's words there are no delivery.
    let talk = bot.discord.add_thread(bot.channel, "잡담");
    let told = bot.ask_discord(admin, talk, "why", json!({})).await;
    assert!(said(&told).starts_with("이 채널은 아직 받는 뉴스가 없습니다."), "{told}");
    let words = bot.discord.say(&bot.reader.0, opened.0, "좋은 글이네요").expect("said");
    let before = bot.discord.timeline(opened.0, admin.id).len();
    bot.discord.invoke_on_message(admin, words, "Why is this here?").await.expect("an answer");
    let told = bot.discord.timeline(opened.0, admin.id).into_iter().nth(before).expect("an answer");
    assert!(!said(&told).contains(sent), "{told}");
    bot.finish().await;
}
