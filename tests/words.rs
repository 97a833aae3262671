//! Arguments that are none: the answer repeats what was not understood, and nothing has changed.

use jogan::store::ChangesOf;
use serde_json::Value;
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

/// What is no time, no day, no zone, no feed, no period, no span, no channel and no article's id.
const NOTHING: [&str; 22] = [
    "25:70",
    "99:99",
    "내일모레글피",
    "언젠가",
    "sometime",
    "0000-00-00",
    "2026-02-30",
    "13/45",
    "-7d",
    "7x",
    "Asia/Soul",
    "UTC+99:00",
    "' OR 1=1 --",
    "\"; DROP TABLE digests; --",
    "<b>08:30</b>",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "🕗🔥",
    "ﺻﺒﺎﺣ",
    "朝八時",
    "a\u{200b}b",
];

/// Every option that is read, with a right value after which its error is to be told, and what shows one.
const OPTIONS: [(&str, &str, &str); 13] = [
    ("subscribe", "at", "/subscribe 08:30"),
    ("subscribe", "timezone", "Asia/Seoul"),
    ("subscribe", "feed", "ai-news"),
    ("unsubscribe", "feed", "ai-news"),
    ("digest", "date", "/digest 어제"),
    ("resend", "date", "/resend 어제"),
    ("company", "period", "/company 엔비디아 30d"),
    ("pause", "for", "/pause 7d"),
    ("mute", "for", "/mute 테슬라 7d"),
    ("why", "article", "/why 3f2a9c1b04-2"),
    ("admin resend", "date", "/admin resend 어제"),
    ("admin recall", "date", "/admin recall 어제"),
    ("admin resend", "channel", "telegram:-100123"),
];

/// Letters and digits alone: no markup changes them.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// More than 280 ways to write an option wrong: each answer repeats what was written, shows how it is written right, and
/// nothing has changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_wrong_option_is_named_with_a_right_example_and_changes_nothing() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    bot.discord.open_command("admin");
    let long = "아주긴말".repeat(1_000);
    let state = async || {
        let store = bot.app().store();
        let changes = store.changes(ChangesOf::All, 1_000).await.expect("the database");
        let address = format!("discord:{}", bot.channel).parse().expect("an address");
        (changes, store.subscriptions_of(address).await.expect("the database"))
    };
    let before = state().await;
    let mut asked = 0;
    for (command, option, example) in OPTIONS {
        for wrong in NOTHING.into_iter().chain([long.as_str()]) {
            let mut options = json!({ option: wrong });
            match command {
                "company" => options["name"] = json!("엔비디아"),
                "mute" => options["what"] = json!("테슬라"),
                _ => {}
            }
            let by = if command.starts_with("admin") { &bot.operator.0 } else { &bot.admin.0 };
            let before = bot.discord.timeline(bot.channel, by.id).len();
            let done = bot.discord.invoke(by, bot.channel, command, options).await;
            assert!(done.is_ok(), "/{command} {option}:{wrong}: {done:?}");
            let told: Value = bot.discord.timeline(bot.channel, by.id).remove(before);
            let said = letters(text(&told));
            let repeated: String = letters(wrong).chars().take(20).collect();
            assert!(said.contains(&repeated), "/{command} {option}:{wrong}: {told}");
            assert!(said.contains(&letters(example)), "{example} after /{command} {option}:{wrong}: {told}");
            asked += 1;
        }
    }
    assert!(asked >= 200, "{asked}");
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "mute", json!({"what": long})).await;
    assert!(text(&told).contains("/mute 테슬라 7d"), "{told}");
    assert_eq!(state().await, before, "nothing has changed");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ordinary_talk_and_other_bots_commands_are_not_answered() {
    let bot = Bot::start().await;
    let reader = &bot.reader.1;
    for talk in ["/subscribe@another_bot now", "안녕하세요", "/unknown"] {
        bot.telegram.say(reader, bot.group, None, talk).await;
    }
    let told = bot.ask_telegram(reader, bot.group, "/help").await;
    assert!(text(&told).contains("/today"), "{told}");
    assert_eq!(bot.said_on_telegram(bot.group).len(), 1, "only the last was answered");
    bot.finish().await;
}
