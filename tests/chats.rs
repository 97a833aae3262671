//! Chats that change under a subscription: a group gets another id, the bot is thrown out and comes back.

use jogan::sandbox::discord::{ChannelKind as DiscordKind, permissions};
use jogan::sandbox::telegram::ChatKind;
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::text;

/// The calls that the bot made to a chat.
fn calls(bot: &Bot, chat: i64) -> usize {
    bot.telegram.calls().iter().filter(|call| call.chat == Some(chat)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_becomes_a_supergroup_keeps_its_subscription() {
    let bot = Bot::start().await;
    let old = bot.telegram.add_chat("작은 방", ChatKind::Group);
    bot.telegram.set_admin(old, bot.admin.1.id, true);
    let told = bot.ask_telegram(&bot.admin.1, old, "/subscribe now").await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    let new = bot.telegram.migrate(old);
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_telegram(new, "소식 6").pop()).await;
    bot.publish(&bot.post().slug("second").only(0).article("둘째 소식", "둘째입니다."));
    bot.wait_for("the second digest", async || bot.on_telegram(new, "둘째 소식").pop()).await;
    assert!(bot.on_telegram(old, "둘째 소식").is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_subscribed_again_after_its_upgrade_gets_each_digest_once() {
    let bot = Bot::start().await;
    let old = bot.telegram.add_chat("작은 방", ChatKind::Group);
    bot.telegram.set_admin(old, bot.admin.1.id, true);
    bot.ask_telegram(&bot.admin.1, old, "/subscribe now").await;
    let new = bot.telegram.migrate(old);
    let told = bot.ask_telegram(&bot.admin.1, new, "/subscribe now").await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_telegram(new, "소식 6").pop()).await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(new, "소식 6").len(), 1);
    bot.publish(&bot.post().slug("second").only(0).article("둘째 소식", "둘째입니다."));
    bot.wait_for("the second digest", async || bot.on_telegram(new, "둘째 소식").pop()).await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(new, "둘째 소식").len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_threw_the_bot_out_is_left_alone() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.telegram.kick(bot.group);
    let publish = async |slug: &str, headline: &str| {
        bot.publish(&bot.post().slug(slug).only(0).article(headline, "그렇습니다."));
        bot.wait_for(headline, async || bot.on_discord(bot.channel, headline).pop()).await;
    };
    bot.wait_for("the loss", async || (bot.lost_channels().await == 1).then_some(())).await;
    let before = calls(&bot, bot.group);
    publish("first", "첫째 소식").await;
    publish("second", "둘째 소식").await;
    publish("third", "셋째 소식").await;
    assert_eq!(calls(&bot, bot.group), before, "no more calls");

    // Taken in again, it gets what it missed and what comes from then on.
    bot.telegram.invite(&bot.admin.1, bot.group);
    publish("fourth", "넷째 소식").await;
    for headline in ["첫째 소식", "셋째 소식", "넷째 소식"] {
        bot.wait_for(headline, async || bot.on_telegram(bot.group, headline).pop()).await;
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_of_a_topic_is_delivered_into_that_topic() {
    let bot = Bot::start().await;
    let forum = bot.telegram.add_chat("토론", ChatKind::Forum);
    bot.telegram.set_admin(forum, bot.admin.1.id, true);
    let topic = bot.telegram.add_topic(forum, "뉴스");
    bot.telegram.say(&bot.admin.1, forum, Some(topic), "/subscribe now").await;
    let told = bot.wait_for("the answer", async || bot.said_on_telegram(forum).pop()).await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    assert_eq!(told["message_thread_id"], topic, "{told}");
    bot.publish(&bot.post());
    let sent = bot.wait_for("the digest", async || bot.on_telegram(forum, "소식 6").pop()).await;
    assert_eq!(sent["message_thread_id"], topic, "{sent}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_telegram_channel_is_subscribed_from_a_post_in_it() {
    let bot = Bot::start().await;
    let channel = bot.telegram.add_chat("AI 뉴스 채널", ChatKind::Channel);
    bot.telegram.set_admin(channel, bot.admin.1.id, true);
    bot.telegram.say(&bot.admin.1, channel, None, "/subscribe now").await;
    let said = async |part: &'static str| {
        bot.wait_for(part, async || {
            let all = bot.telegram.timeline(channel);
            all.into_iter().find(|message| text(message).contains(part))
        })
        .await
    };
    said("구독했습니다").await;
    bot.publish(&bot.post());
    said("소식 6").await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discord_channel_without_rights_is_left_alone_and_comes_back_with_them() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.discord.take_permission(bot.channel, permissions::SEND_MESSAGES);
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", json!({"at": "now"})).await;
    assert!(text(&told).contains("‘메시지 보내기’"), "{told}");
    let publish = async |slug: &str, headline: &str| {
        bot.publish(&bot.post().slug(slug).only(0).article(headline, "그렇습니다."));
        bot.wait_for(headline, async || bot.on_telegram(bot.group, headline).pop()).await;
    };
    publish("first", "첫째 소식").await;
    let tried = || {
        let calls = bot.discord.calls();
        calls.iter().filter(|call| call.method == "POST" && call.path.ends_with("/messages")).count()
    };
    bot.wait_for("the refusal", async || (bot.discord.counters().invalid > 0).then_some(())).await;
    let before = tried();
    publish("second", "둘째 소식").await;
    assert_eq!(tried(), before, "no more calls");

    bot.discord.give_permission(bot.channel, permissions::SEND_MESSAGES);
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", json!({"at": "now"})).await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    publish("third", "셋째 소식").await;
    bot.wait_for("셋째 소식", async || bot.on_discord(bot.channel, "셋째 소식").pop()).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_with_the_bot_is_subscribed_by_whom_it_is_with() {
    let bot = Bot::start().await;
    let reader = &bot.reader.0;
    let private = bot.discord.add_dm(reader);
    let told = bot.ask_discord(reader, private, "subscribe", json!({"at": "now"})).await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || bot.on_discord(private, "소식 6").pop()).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_is_deleted_with_a_digest_on_its_way_holds_up_no_other() {
    let mut bot = Bot::start().await;
    bot.subscribe_now().await;
    let other = bot.discord.add_channel(bot.guild, "없어질 방", DiscordKind::Text);
    bot.ask_discord(&bot.admin.0, other, "subscribe", json!({"at": "now"})).await;
    bot.discord.delete_channel(other);
    bot.wait_for("the loss", async || (bot.lost_channels().await == 1).then_some(())).await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.publish(&bot.post().slug("second").only(0).article("둘째 소식", "둘째입니다."));
    bot.arrived("둘째 소식").await;
    let to_it = format!("/channels/{other}/messages");
    let calls = bot.discord.calls();
    assert_eq!(calls.iter().filter(|call| call.path.ends_with(&to_it)).count(), 0, "{calls:?}");
    // What comes for that channel waits: it may come back.
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_digest_of_a_day_is_found_by_its_date_and_shown_to_all_on_request() {
    let bot = Bot::start().await;
    bot.first_load().await;
    bot.publish(&bot.post());
    bot.kept("소식 6").await;
    let reader = &bot.admin.0;
    let days = bot.discord.autocomplete(reader, bot.channel, "digest", "date", "", json!({})).await;
    let days = days.expect("offers");
    let (name, day) = days.first().expect("the day of the digest");
    assert!(name.contains("AI 뉴스"), "{name}");

    let shown = bot.ask_discord(reader, bot.channel, "digest", json!({"date": day})).await;
    assert!(shown.to_string().contains("소식 6"), "{shown}");
    assert_eq!(shown["flags"], 64, "the asker alone sees it: {shown}");
    let id: u64 = shown["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let rows = shown["components"].as_array().expect("buttons");
    let button = rows
        .iter()
        .flat_map(|row| row["components"].as_array().into_iter().flatten())
        .find(|button| button["label"] == "채널에 보이기")
        .expect("a button that shows it");
    bot.discord.press(reader, id, button["custom_id"].as_str().expect("an id")).await.expect("an answer");
    assert!(!bot.on_discord(bot.channel, "소식 6").is_empty(), "all see it");

    let told =
        bot.ask_telegram(&bot.admin.1, bot.group, &format!("/digest {}", day.as_str().expect("text"))).await;
    assert!(text(&told).contains("소식 6"), "{told}");
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/digest 2001-01-01").await;
    assert!(text(&told).contains("1월 1일") && text(&told).contains("없습니다"), "{told}");
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/digest 13/45").await;
    assert!(text(&told).contains("‘13/45’"), "{told}");
    bot.finish().await;
}
