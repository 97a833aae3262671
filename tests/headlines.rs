//! The style `headlines`: a list from which a reader opens one article, for themselves alone.

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::buttons::buttons;
use crate::support::town::{text, words};

async fn subscribed() -> Bot {
    let bot = Bot::start().await;
    bot.subscribe("now headlines", json!({"at": "now", "style": "headlines"})).await;
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discords_menu_opens_an_article_for_the_asker_alone() {
    let bot = subscribed().await;
    bot.publish(&bot.post());
    let (list, _) = bot.arrived("소식 6").await;
    let (id, reader) = (list["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"), &bot.reader.0);
    let menu = buttons(&list).into_iter().find(|one| one["type"] == 3).expect("a menu");
    let options = menu["options"].as_array().expect("its entries");
    assert_eq!(options.len(), 6);
    let third = options[2]["value"].as_str().expect("a value").to_owned();
    let custom_id = menu["custom_id"].as_str().expect("an id");
    bot.discord.select(reader, id, custom_id, &[third]).await.expect("an answer");
    let opened = bot.discord.timeline(bot.channel, reader.id).pop().expect("the article");
    assert_eq!(opened["flags"].as_u64().unwrap_or(0) & 64, 64, "{opened}");
    assert!(words(&opened).contains("소식 3") && words(&opened).contains("산업적 영향"), "{opened}");
    assert!(!words(&opened).contains("소식 4:"), "only one: {opened}");
    assert_eq!(
        bot.discord
            .timeline(bot.channel, bot.admin.0.id)
            .iter()
            .filter(|one| words(one).contains("산업적"))
            .count(),
        0
    );

    let next = buttons(&opened)
        .into_iter()
        .find(|one| one["label"].as_str().is_some_and(|label| label.contains('▶')));
    let next = next.expect("a button to the next");
    let id = opened["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    bot.discord.press(reader, id, next["custom_id"].as_str().expect("an id")).await.expect("an answer");
    bot.wait_for("the next article", async || {
        bot.discord
            .timeline(bot.channel, reader.id)
            .iter()
            .any(|one| words(one).contains("소식 4:") && one["flags"] == 64)
            .then_some(())
    })
    .await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn telegrams_number_opens_an_article_in_place_and_back() {
    let bot = Bot::start().await;
    let (reader, private) = (&bot.reader.1, bot.reader.1.id);
    let told = bot.ask_telegram(reader, private, "/subscribe now headlines").await;
    assert!(text(&told).starts_with("구독했습니다"), "{told}");
    bot.publish(&bot.post());
    let list = bot.wait_for("the list", async || bot.on_telegram(private, "소식 6").pop()).await;
    let id = list["message_id"].as_i64().expect("an id");
    let number = buttons(&list).into_iter().find(|one| text(one).trim() == "2").expect("a button 2");
    bot.telegram
        .press(reader, private, id, number["callback_data"].as_str().expect("data"))
        .await
        .expect("an answer");
    let as_it_is = async |shows: fn(&str) -> bool| {
        bot.wait_for("the change", async || {
            let all = bot.telegram.timeline(private);
            all.into_iter().find(|one| one["message_id"] == id && shows(text(one)))
        })
        .await
    };
    let opened =
        as_it_is(|text| text.contains("소식 2") && text.contains("산업적 영향") && !text.contains("소식 3:"))
            .await;
    let back = buttons(&opened)
        .into_iter()
        .find(|one| one["callback_data"].as_str().is_some_and(|data| data.starts_with("list:")));
    let back = back.expect("a button back");
    bot.telegram
        .press(reader, private, id, back["callback_data"].as_str().expect("data"))
        .await
        .expect("an answer");
    as_it_is(|text| text.contains("소식 6") && !text.contains("산업적 영향")).await;
    assert_eq!(bot.said_on_telegram(private).len(), 2, "the reply, and the list");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_group_the_number_is_a_link_that_opens_the_article_in_private() {
    let bot = subscribed().await;
    bot.publish(&bot.post());
    let (_, list) = bot.arrived("소식 6").await;
    let link = buttons(&list)
        .iter()
        .find(|one| text(one).trim() == "5")
        .and_then(|one| one["url"].as_str().map(str::to_owned));
    let link = link.expect("a link");
    let start = link.strip_prefix("https://t.me/jogan_bot?start=").unwrap_or_else(|| panic!("{link}"));
    let opened = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, &format!("/start {start}")).await;
    assert!(text(&opened).contains("소식 5") && text(&opened).contains("산업적 영향"), "{opened}");
    assert!(!text(&opened).contains("소식 4:"), "{opened}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_to_nothing_is_answered() {
    let bot = Bot::start().await;
    for start in ["open_0123456789_0", "open_x", "관리자", "list_"] {
        let told = bot.ask_telegram(&bot.reader.1, bot.reader.1.id, &format!("/start {start}")).await;
        assert!(text(&told).contains("/today"), "{told}");
    }
    bot.finish().await;
}
