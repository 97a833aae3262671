//! A post that appears while the bot runs reaches the channels that wanted it, set as it should be, and nothing in
//! it pings anybody.

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::town::{text, words};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_post_reaches_discord_and_telegram_well_set() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    let post = bot.post();
    bot.publish(&post);
    let (on_discord, on_telegram) = bot.arrived("소식 6").await;
    bot.idle().await;

    let embeds = on_discord["embeds"].as_array().expect("embeds");
    assert_eq!(embeds.len(), 7, "a header and one an article");
    for (embed, headline) in embeds[1..].iter().zip(post.headlines()) {
        assert!(embed["title"].as_str().is_some_and(|title| title.contains(headline)), "{embed}");
    }
    let first_line = text(&on_discord).lines().next().unwrap_or_default();
    assert!(first_line.contains("소식 1"), "the phone's notification names the first headline: {first_line}");

    let shown = text(&on_telegram);
    assert!(shown.chars().take(120).collect::<String>().contains("소식 1"), "{shown}");
    for headline in post.headlines() {
        assert!(shown.contains(headline), "{headline} is not in {shown}");
    }
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1);
    assert_eq!(bot.on_telegram(bot.group, "소식 ").len(), 1);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_first_message_of_a_long_digest_rings() {
    let bot = Bot::start().await;
    bot.subscribe("now full", json!({"at": "now", "style": "full"})).await;
    let rung = bot.telegram.notifications(bot.group);
    let long = "새 공장이 문을 엽니다. ".repeat(20);
    let post =
        (1..=6).fold(bot.post().only(0), |post, number| post.article(&format!("긴 소식 {number}"), &long));
    bot.publish(&post);
    bot.arrived("긴 소식 6").await;
    bot.idle().await;

    let on_discord = bot.sent_on_discord(bot.channel);
    let on_telegram = bot.on_telegram(bot.group, "소식 ");
    assert!(on_discord.len() > 1 && on_telegram.len() > 1, "it takes several messages");
    const SILENT: u64 = 1 << 12;
    let silent = |message: &serde_json::Value| message["flags"].as_u64().unwrap_or(0) & SILENT != 0;
    assert!(!silent(&on_discord[0]) && on_discord[1..].iter().all(silent));
    assert_eq!(bot.telegram.notifications(bot.group), rung + 1);
    assert_eq!(on_telegram[0]["disable_notification"], json!(null));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_in_a_post_pings_becomes_a_command_or_a_tag() {
    let bot = Bot::start().await;
    bot.subscribe("now full", json!({"at": "now", "style": "full"})).await;
    let hostile = "@everyone <@1> <@&2> @here @durov /start /stop@jogan_bot #tag <b>굵게</b> &amp; <script>x</script> \
                   [눌러](javascript:alert(1)) `code` ~~지움~~ ||가림|| [d](discord://x) :smile: <#3> https://ok.example/a_b_c";
    let post = bot.post().only(0).article("악의 @everyone <@1> /start #tag <i>", hostile);
    bot.publish(&post);
    let (on_discord, on_telegram) = bot.arrived("악의").await;
    bot.idle().await;

    assert_eq!(on_discord["mentions"], json!([]));
    assert_eq!(on_discord["mention_everyone"], json!(false));
    assert_eq!(on_discord["mention_roles"], json!([]));
    for word in ["everyone", "durov", "굵게", "눌러", "지움", "가림"] {
        assert!(words(&on_discord).contains(word) && text(&on_telegram).contains(word), "{word} is lost");
    }
    let entities = on_telegram["entities"].as_array().cloned().unwrap_or_default();
    let shown: Vec<u16> = text(&on_telegram).encode_utf16().collect();
    for entity in entities {
        let kind = entity["type"].as_str().unwrap_or_default();
        let at = entity["offset"].as_u64().unwrap_or_default() as usize;
        let length = entity["length"].as_u64().unwrap_or_default() as usize;
        let what = String::from_utf16_lossy(&shown[at..at + length]);
        assert!(!["mention", "text_mention", "bot_command", "cashtag"].contains(&kind), "{kind} {what}");
        assert!(kind != "hashtag" || what != "#tag", "a tag of the post's");
        if let Some(url) = entity["url"].as_str() {
            assert!(url.starts_with("http://") || url.starts_with("https://"), "{url}");
        }
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_nothing_comes_again_and_what_is_new_does() {
    let mut bot = Bot::start().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post().title("첫째 판"));
    bot.arrived("첫째 판").await;
    bot.idle().await;
    bot.stop().await;
    bot.publish(&bot.post().slug("second").title("둘째 판"));
    bot.start_again().await;
    bot.arrived("둘째 판").await;
    bot.idle().await;
    assert_eq!(bot.on_discord(bot.channel, "첫째 판").len(), 1);
    assert_eq!(bot.on_telegram(bot.group, "첫째 판").len(), 1);
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 2);
    bot.finish().await;
}
