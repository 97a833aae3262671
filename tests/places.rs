//! Places that are more than a channel: a forum gets a thread a digest, an announcement channel publishes to those that
//! follow it; and what was sent can be taken back from everywhere.

use std::sync::Arc;

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::model::Language;
use jogan::model::channel::{Address, ChannelKind};
use jogan::model::feed::FeedName;
use jogan::model::message::MessageState;
use jogan::model::schedule::Schedule;
use jogan::model::subscription::{Style, Subscription, Wish};
use jogan::sandbox::discord;
use jogan::store::Reach;
use serde_json::Value;

use crate::support::bot::Bot;
use crate::support::town::words;

/// Discord's flag of a message that was published.
const CROSSPOSTED: u64 = 1;

/// Subscribes a Discord channel of this kind to everything as soon as it is out.
async fn subscribe(bot: &Bot, channel: u64, kind: ChannelKind, style: Style) -> Subscription {
    let now = bot.clock.now();
    let store = bot.app().store();
    let address = Address::Discord { channel };
    let channel = store.keep_channel(address, kind, None, Language::Ko, now).await.expect("kept");
    let wish = Wish {
        schedule: Schedule::Now,
        timezone: chrono_tz::Asia::Seoul,
        style,
        filter: Vec::new(),
        language: Language::Ko,
        quiet: None,
    };
    store.subscribe(channel.id, &FeedName("ai-news".to_owned()), &wish, now).await.expect("subscribed")
}

fn is_published(message: &Value) -> bool {
    message["flags"].as_u64().is_some_and(|flags| flags & CROSSPOSTED != 0)
}

/// The threads of a forum: their names and messages.
fn threads(bot: &Bot, forum: u64) -> Vec<(String, Vec<Value>)> {
    let threads = bot.discord.channels().into_iter().filter(|channel| channel.parent == Some(forum));
    threads.map(|thread| (thread.name, bot.discord.messages(thread.id))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forum_gets_one_thread_a_digest_with_all_its_parts_and_corrections_stay_in_it() {
    let bot = Bot::start().await;
    let forum = bot.discord.add_channel(bot.guild, "소식통", discord::ChannelKind::Forum);
    subscribe(&bot, forum, ChannelKind::Forum, Style::Full).await;
    let long = "새 공장이 문을 엽니다. ".repeat(20);
    let post = |last: &str| {
        let post = bot.post().title("AI 뉴스").only(0);
        let post = (1..=7).fold(post, |post, number| post.article(&format!("긴 소식 {number}"), &long));
        post.article(last, &long)
    };
    bot.publish(&post("틀린 소식"));
    bot.wait_for("all parts", async || {
        let threads = threads(&bot, forum);
        let [(_, messages)] = threads.as_slice() else { return None };
        words(messages.last()?).contains("틀린 소식").then_some(())
    })
    .await;
    bot.idle().await;
    let before = threads(&bot, forum);
    assert!(before[0].1.len() > 1, "it takes more than one message");
    assert!(before[0].0.contains("AI 뉴스") && before[0].0.contains("8건"), "{}", before[0].0);
    bot.publish(&post("바른 소식"));
    bot.wait_for("the correction", async || {
        let (_, messages) = threads(&bot, forum).into_iter().next()?;
        words(messages.last()?).contains("바른 소식").then_some(())
    })
    .await;
    let after = threads(&bot, forum);
    assert_eq!((after.len(), after[0].1.len()), (1, before[0].1.len()));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_channel_publishes_where_it_is_wished_and_an_hours_limit_delays_only_that() {
    let bot = Bot::start().await;
    let store = bot.app().store().clone();
    let news = bot.discord.add_channel(bot.guild, "공지", discord::ChannelKind::Announcement);
    let quiet = bot.discord.add_channel(bot.guild, "조용한-공지", discord::ChannelKind::Announcement);
    let wished = subscribe(&bot, news, ChannelKind::Announcement, Style::Summary).await;
    subscribe(&bot, quiet, ChannelKind::Announcement, Style::Summary).await;
    store.set_publish(wished.id, true).await.expect("set");
    for number in 1..=11 {
        let post =
            bot.post().slug(&format!("n{number}")).only(1).article(&format!("공지 {number}호"), "엽니다.");
        bot.publish(&post);
        bot.kept(&format!("공지 {number}호")).await;
    }
    bot.wait_for("ten to be published", async || {
        let sent = bot.sent_on_discord(news);
        (sent.len() == 11 && sent.iter().filter(|message| is_published(message)).count() == 10).then_some(())
    })
    .await;
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(61));
    bot.wait_for("the eleventh", async || bot.sent_on_discord(news).iter().all(is_published).then_some(()))
        .await;
    assert_eq!(bot.sent_on_discord(quiet).len(), 11);
    assert!(!bot.sent_on_discord(quiet).iter().any(is_published));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recall_deletes_what_was_sent_and_says_what_was_too_old() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post().only(1).article("거둘 소식", "거둡니다."));
    bot.arrived("거둘 소식").await;
    bot.idle().await;
    let store = Arc::new(bot.app().store().clone());
    let digest = bot.latest().await.expect("a digest").id;
    let recall = Reach { digest, platform: None, channel: None };
    let late = bot.clock.now() + TimeDelta::hours(49);
    let plan = store.plan_recall(recall, late).await.expect("a plan");
    assert_eq!((plan.channels, plan.sent, plan.too_old, plan.unsent), (2, 2, 1, 0));
    bot.clock.set(late);
    assert_eq!(store.recall(recall, None, late).await.expect("begun"), 2);
    bot.clock.set(late + TimeDelta::seconds(31));
    bot.wait_for("both answers", async || {
        let progress = store.recall_progress(recall).await.expect("progress");
        (progress.due == 0).then_some((progress.done, progress.refused))
    })
    .await;
    assert!(bot.on_discord(bot.channel, "거둘 소식").is_empty());
    assert_eq!(bot.on_telegram(bot.group, "거둘 소식").len(), 1, "older than Telegram deletes");
    let progress = store.recall_progress(recall).await.expect("progress");
    assert_eq!((progress.done, progress.refused), (1, 1));
    assert_eq!(bot.messages(MessageState::Failed).await, 0, "a refusal is no failure of the delivery");
    bot.finish().await;
}
