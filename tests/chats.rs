//! Chats that change under a subscription: a group gets another id, the bot is thrown out and comes back.

use jogan::sandbox::telegram::ChatKind;

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
    publish("first", "첫째 소식").await;
    bot.wait_for("the refusal", async || {
        bot.telegram
            .calls()
            .iter()
            .any(|call| call.chat == Some(bot.group) && call.status == 403)
            .then_some(())
    })
    .await;
    let before = calls(&bot, bot.group);
    publish("second", "둘째 소식").await;
    publish("third", "셋째 소식").await;
    assert_eq!(calls(&bot, bot.group), before, "no more calls");

    // Taken in again and subscribed again, it gets what comes from then on.
    bot.telegram.invite(&bot.admin.1, bot.group);
    let told = bot.ask_telegram(&bot.admin.1, bot.group, "/subscribe now").await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    publish("fourth", "넷째 소식").await;
    bot.wait_for("넷째 소식", async || bot.on_telegram(bot.group, "넷째 소식").pop()).await;
    bot.finish().await;
}
