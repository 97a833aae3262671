//! Arguments that are none: the answer repeats what was not understood, and nothing has changed.

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::text;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_understood_is_named_and_changes_nothing() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    for (options, wrong) in [
        (json!({"at": "25:70"}), "25:70"),
        (json!({"at": "언젠가"}), "언젠가"),
        (json!({"at": "08:30", "timezone": "Asia/Soul"}), "Asia/Soul"),
        (json!({"feed": "없는-뉴스"}), "없는-뉴스"),
    ] {
        let told = bot.ask_discord(&bot.admin.0, bot.channel, "subscribe", options).await;
        assert!(text(&told).contains(&format!("‘{wrong}’")), "{told}");
    }
    for (words, wrong) in [
        ("/subscribe 25:70", "25:70"),
        ("/subscribe 08:30 Asia/Soul", "Asia/Soul"),
        ("/today 아무말", "아무말"),
    ] {
        let told = bot.ask_telegram(&bot.admin.1, bot.group, words).await;
        assert!(text(&told).contains(&format!("‘{wrong}’")), "{told}");
    }
    // Both still want it at once.
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ordinary_talk_and_other_bots_commands_are_not_answered() {
    let bot = Bot::start().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    for talk in ["/subscribe@another_bot now", "안녕하세요", "/unknown"] {
        bot.telegram.say(reader, private, None, talk).await;
    }
    let told = bot.ask_telegram(reader, private, "/help").await;
    assert!(text(&told).contains("/today"), "{told}");
    assert_eq!(bot.said_on_telegram(private).len(), 1, "only the last was answered");
    bot.finish().await;
}
