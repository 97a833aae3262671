//! A channel that cannot be written to is left alone but for probes, comes back by itself, and gets what it missed.

use chrono::{DateTime, TimeDelta};
use jogan::clock::Clock as _;
use jogan::model::channel::Platform;
use jogan::sandbox::discord::ChannelKind as ChannelKindOfDiscord;
use jogan::sandbox::discord::permissions::VIEW_CHANNEL;
use jogan::sandbox::telegram::ChatKind;
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::words;

/// The calls that would have written into the Discord channel.
fn sends(bot: &Bot) -> usize {
    let path = format!("/channels/{}/messages", bot.channel);
    let calls = bot.discord.calls();
    calls.iter().filter(|call| call.method == "POST" && call.path.ends_with(&path)).count()
}

/// The calls that would have written into a Telegram chat.
fn writes(bot: &Bot, chat: i64) -> usize {
    let calls = bot.telegram.calls();
    calls.iter().filter(|call| call.method == "sendMessage" && call.chat == Some(chat)).count()
}

async fn subscribe_discord(bot: &Bot) {
    bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", json!({"at": "now"})).await;
}

/// Waits until so many channels of the database are lost.
async fn lost(bot: &Bot, count: u64) {
    bot.wait_for("the loss", async || (bot.lost_channels().await == count).then_some(())).await;
}

async fn on_discord(bot: &Bot, part: &str) {
    bot.wait_for(part, async || (!bot.on_discord(bot.channel, part).is_empty()).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_to_see_the_channel_one_call_fails_and_with_it_everything_comes_once() {
    let bot = Bot::start().await;
    subscribe_discord(&bot).await;
    bot.discord.take_permission(bot.channel, VIEW_CHANNEL);
    bot.publish(&bot.post().title("첫째 판"));
    lost(&bot, 1).await;
    bot.publish(&bot.post().slug("second").title("둘째 판"));
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(61));
    bot.wait_for("a probe", async || {
        let calls = bot.discord.calls();
        let path = format!("/channels/{}", bot.channel);
        calls.iter().any(|call| call.path.ends_with(&path) && call.status == 403).then_some(())
    })
    .await;
    assert_eq!(sends(&bot), 1, "after the refusal nothing is sent but probes");
    bot.discord.give_permission(bot.channel, VIEW_CHANNEL);
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(121));
    on_discord(&bot, "첫째 판").await;
    on_discord(&bot, "둘째 판").await;
    bot.idle().await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 2);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thrown_out_of_the_server_nothing_is_sent_and_taken_in_again_it_comes_at_once() {
    let bot = Bot::start().await;
    subscribe_discord(&bot).await;
    bot.discord.remove_bot(bot.guild);
    lost(&bot, 1).await;
    bot.publish(&bot.post().title("첫째 판"));
    bot.stored("첫째 판").await;
    assert_eq!(sends(&bot), 0);
    bot.discord.return_bot(bot.guild);
    on_discord(&bot, "첫째 판").await;
    bot.idle().await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_a_server_is_no_goodbye() {
    let bot = Bot::start().await;
    subscribe_discord(&bot).await;
    bot.discord.outage(bot.guild, true);
    bot.discord.outage(bot.guild, false);
    bot.publish(&bot.post().title("첫째 판"));
    on_discord(&bot, "첫째 판").await;
    assert_eq!(bot.lost_channels().await, 0);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_channel_is_lost_without_a_call() {
    let bot = Bot::start().await;
    subscribe_discord(&bot).await;
    bot.discord.delete_channel(bot.channel);
    lost(&bot, 1).await;
    assert_eq!(sends(&bot), 0);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_blocks_the_bot_is_left_alone_and_gets_everything_after() {
    let bot = Bot::start().await;
    let reader = bot.reader.1.clone();
    bot.ask_telegram(&reader, reader.id, "/subscribe now").await;
    bot.telegram.block(reader.id);
    lost(&bot, 1).await;
    let before = writes(&bot, reader.id);
    bot.publish(&bot.post().title("첫째 판"));
    bot.stored("첫째 판").await;
    assert_eq!(writes(&bot, reader.id), before);
    bot.telegram.unblock(reader.id);
    bot.wait_for("the digest", async || (!bot.on_telegram(reader.id, "소식 6").is_empty()).then_some(()))
        .await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(reader.id, "소식 6").len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_in_the_group_more_than_three_digests_are_one_list() {
    let bot = Bot::start().await;
    bot.ask_telegram(&bot.admin.1, bot.group, "/subscribe now").await;
    bot.telegram.kick(bot.group);
    lost(&bot, 1).await;
    let said = bot.said_on_telegram(bot.group).len();
    for number in 1..=4 {
        let title = format!("{number}번째 판");
        bot.publish(&bot.post().slug(&format!("number-{number}")).title(&title));
        bot.stored(&title).await;
    }
    bot.telegram.invite(&bot.admin.1, bot.group);
    bot.wait_for("the list", async || (bot.said_on_telegram(bot.group).len() > said).then_some(())).await;
    bot.idle().await;
    assert_eq!(bot.said_on_telegram(bot.group).len(), said + 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_becomes_a_supergroup_keeps_its_subscription() {
    let bot = Bot::start().await;
    let group = bot.telegram.add_chat("작은 방", ChatKind::Group);
    bot.telegram.set_admin(group, bot.admin.1.id, true);
    bot.ask_telegram(&bot.admin.1, group, "/subscribe now").await;
    let new = bot.telegram.migrate(group);
    bot.publish(&bot.post());
    bot.wait_for("the digest", async || (!bot.on_telegram(new, "소식 6").is_empty()).then_some(())).await;
    bot.idle().await;
    assert_eq!(bot.on_telegram(new, "소식 6").len(), 1);
    bot.finish().await;
}

/// Whoever subscribed is told in private, and so is the operator, once for all that is lost together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_and_who_subscribed_are_told_once_of_what_is_lost_together() {
    let bot = Bot::start().await;
    let second = bot.discord.add_channel(bot.guild, "둘째-방", ChannelKindOfDiscord::Text);
    bot.subscribe_now().await;
    bot.ask_discord(&bot.admin.0, second, "subscribe", json!({"at": "now"})).await;
    for channel in [bot.channel, second] {
        bot.discord.take_permission(channel, VIEW_CHANNEL);
    }
    bot.publish(&bot.post());
    bot.wait_for("both losses to be gathered", async || {
        let told = bot.app().store().lost_since(Platform::Discord, DateTime::UNIX_EPOCH, None).await;
        (told.expect("a database").len() == 2).then_some(())
    })
    .await;
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(11));
    let operators = bot.discord.add_dm(&bot.operator.0);
    let told =
        bot.wait_for("the note", async || bot.on_discord(operators, "글을 쓸 수 없습니다").pop()).await;
    assert!(words(&told).contains("Discord 채널 2곳에 글을 쓸 수 없습니다."), "{told}");
    assert!(words(&told).contains("둘째-방"), "{told}");
    bot.wait_for("the same on Telegram", async || {
        bot.on_telegram(bot.operator.1.id, "Discord 채널 2곳에 글을 쓸 수 없습니다.").pop()
    })
    .await;
    let subscriber = bot.discord.add_dm(&bot.admin.0);
    let told = bot.wait_for("the note", async || bot.on_discord(subscriber, "구독하신").pop()).await;
    assert!(words(&told).contains("둘째-방"), "{told}");
    // Found lost again and again, and told once.
    bot.clock.set(bot.clock.now() + TimeDelta::hours(1));
    for channel in [bot.channel, second] {
        bot.discord.give_permission(channel, VIEW_CHANNEL);
    }
    bot.clock.set(bot.clock.now() + TimeDelta::hours(12));
    on_discord(&bot, "소식 6").await;
    bot.idle().await;
    let told = bot.on_discord(operators, "글을 쓸 수 없습니다");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(bot.on_discord(subscriber, "구독하신").len(), 1);
    bot.finish().await;
}
