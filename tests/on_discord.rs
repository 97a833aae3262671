//! How people talk to the bot on Discord: what is offered where, who sees an answer, slow answers, old buttons, the
//! greeting, the limits.

use std::time::Duration;

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::sandbox::discord::{ChannelKind, Fault, Faults, InvokeError, permissions};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::bot::Bot;
use crate::support::buttons::{buttons, id, pressing};
use crate::support::clock::{StoryClock, instant};
use crate::support::hands::the;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::{DISCORD_TOKEN, LOADING, Town, text, words};

/// The flag of messages that the asker alone sees.
const EPHEMERAL: u64 = 1 << 6;

fn flags(message: &Value) -> u64 {
    message["flags"].as_u64().unwrap_or(0)
}

/// A bot with a digest of this morning.
async fn with_news() -> Bot {
    Bot::builder().before(Post::of(instant("2026-03-02T06:30:00+09:00"))).start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_take_the_bot_along_and_admins_do_not() {
    let bot = with_news().await;
    let (reader, admin) = (&bot.reader.0, &bot.admin.0);
    let elsewhere = bot.discord.add_guild_without_bot("남의 서버");
    let channel = bot.discord.add_channel(elsewhere, "잡담", ChannelKind::Text);
    let talk = bot.discord.add_dm_between_people(reader);
    let refused = bot.discord.invoke(reader, channel, "today", json!({})).await;
    assert!(refused.is_err(), "the app is not theirs yet");
    bot.discord.install(reader);
    bot.discord.install(admin);
    for channel in [channel, talk] {
        let shown = bot.ask_discord(reader, channel, "today", json!({})).await;
        assert!(words(&shown).contains("소식 6"), "{shown}");
        assert_eq!(flags(&shown) & EPHEMERAL, EPHEMERAL, "others are there: {shown}");
        let show = pressing(&shown, "채널에 보이기");
        bot.discord.press(reader, id(&shown), &show).await.expect("an answer");
        assert_eq!(bot.on_discord(channel, "소식 6").len(), 1, "all see it");
    }
    let refused = bot.discord.invoke(admin, channel, "subscribe", json!({"at": "now"})).await;
    assert_eq!(refused, Err(InvokeError::NotOffered("subscribe".to_owned())));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_conversation_with_the_bot_answers_are_ordinary() {
    let bot = with_news().await;
    let private = bot.discord.add_dm(&bot.reader.0);
    let shown = bot.ask_discord(&bot.reader.0, private, "today", json!({})).await;
    assert_eq!(flags(&shown) & EPHEMERAL, 0, "{shown}");
    assert!(!buttons(&shown).iter().any(|button| button["label"] == "채널에 보이기"), "{shown}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_is_completed_for_feeds_days_companies_topics_and_zones() {
    let bot = with_news().await;
    for (command, option, typed, offered) in [
        ("today", "feed", "ai", "AI 뉴스"),
        ("digest", "date", "", "3월 2일(월) · 2026-03-02 AI 뉴스"),
        ("company", "name", "엔비", "엔비디아"),
        ("company", "name", "nvid", "엔비디아"),
        ("topic", "name", "반도", "반도체"),
        ("subscribe", "timezone", "서울", "Asia/Seoul"),
        ("subscribe", "timezone", "new", "America/New_York"),
        ("mute", "what", "테슬", "테슬라"),
    ] {
        let by = &bot.admin.0;
        let offers = bot.discord.autocomplete(by, bot.channel, command, option, typed, json!({})).await;
        let offers = offers.expect("offers");
        let names: Vec<&str> = offers.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&offered), "{command} {option} {typed}: {names:?}");
        assert!(offers.len() <= 25);
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_takes_long_is_deferred_first() {
    let bot = Bot::start().await;
    let mut other = SqliteConnection::connect(&bot.database_url()).await.expect("its database");
    let lock = other.begin_with("BEGIN IMMEDIATE").await.expect("the lock");
    bot.discord.invoke(&bot.admin.0, bot.channel, "subscribe", json!({"at": "now"})).await.expect("in time");
    let waiting = bot.discord.timeline(bot.channel, bot.admin.0.id).pop().expect("a message");
    assert_eq!(flags(&waiting) & (LOADING | EPHEMERAL), LOADING | EPHEMERAL, "{waiting}");
    lock.rollback().await.expect("given up");
    let told = bot
        .wait_for("the answer", async || {
            let last = bot.discord.timeline(bot.channel, bot.admin.0.id).pop()?;
            text(&last).starts_with("구독했습니다").then_some(last)
        })
        .await;
    assert_eq!((id(&told), flags(&told) & LOADING), (id(&waiting), 0), "in the place of the waiting");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_pressed_and_takes_long_changes_in_place_or_answers_below_as_it_would_at_once() {
    let bot = Bot::start().await;
    let (admin, channel) = (&bot.admin.0, bot.channel);
    bot.discord.add_channel(bot.guild, "둘째-방", ChannelKind::Text);
    bot.ask_discord(admin, channel, "subscribe", json!({"at": "now"})).await;
    let settings = bot.ask_discord(admin, channel, "settings", json!({})).await;
    let before = bot.discord.timeline(channel, admin.id).len();
    let shown = || bot.discord.timeline(channel, admin.id);

    let press = async |message: &Value, label: &str| {
        let (thing, option) = the(message, label);
        let custom = thing["custom_id"].as_str().expect("a custom id");
        match option["value"].as_str() {
            Some(value) => bot.discord.select(admin, id(message), custom, &[value.to_owned()]).await,
            None => bot.discord.press(admin, id(message), custom).await,
        }
        .expect("in time");
    };
    let slow = || {
        let fault = Fault::Delay(Duration::from_secs(30));
        bot.discord.faults(Faults { times: 1, calls: "/guilds/".to_owned(), fault });
    };

    // The settings change where they stand: there is no other message, before and after.
    let mut other = SqliteConnection::connect(&bot.database_url()).await.expect("its database");
    let lock = other.begin_with("BEGIN IMMEDIATE").await.expect("the lock");
    press(&settings, "전체").await;
    assert!(bot.discord.updates(id(&settings)), "put off");
    assert_eq!(shown().last(), Some(&settings), "and nothing changed yet");
    lock.rollback().await.expect("given up");
    bot.wait_for("the change", async || text(shown().last()?).contains("• 모양: 전체").then_some(())).await;
    assert!(!bot.discord.updates(id(&settings)));
    assert_eq!((shown().len(), &shown()[before - 1]["id"]), (before, &settings["id"]));

    // What answers with a message of its own answers below, and the settings stay.
    slow();
    press(&settings, "역할·다른 채널").await;
    let waiting = shown().pop().expect("a message");
    assert_eq!((shown().len(), flags(&waiting) & LOADING), (before + 1, LOADING), "{waiting}");
    assert!(!bot.discord.updates(id(&settings)));
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(31));
    let others =
        bot.wait_for("the answer", async || shown().pop().filter(|last| flags(last) & LOADING == 0)).await;
    assert_eq!(others["id"], waiting["id"]);
    assert!(text(&others).contains("역할"), "{others}");
    assert!(text(&shown()[before - 1]).contains("• 모양: 전체"));

    // What was to change something and could not says so below, and changes nothing.
    slow();
    press(&others, "#둘째-방").await;
    assert!(bot.discord.updates(id(&others)), "put off");
    let asked = bot.ask_discord(admin, channel, "unsubscribe", json!({})).await;
    bot.press_discord(admin, channel, &asked, "끝내기").await;
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(31));
    bot.wait_for("the answer", async || {
        text(&shown().pop()?).starts_with("이 버튼은 오래되어").then_some(())
    })
    .await;
    assert_eq!((shown().len(), &shown()[before]), (before + 3, &others));
    assert!(!bot.discord.updates(id(&others)));
    bot.finish().await;
}

/// Sends a message of the bot's with buttons as older versions may have had them.
async fn old_message(bot: &Bot, custom_ids: &[&str]) -> u64 {
    let button = |custom_id: &&str| json!({"type": 2, "style": 2, "label": "다음 ▶", "custom_id": custom_id});
    let row = |ids: &[&str]| json!({"type": 1, "components": ids.iter().map(button).collect::<Vec<_>>()});
    let rows: Vec<Value> = custom_ids.chunks(5).map(row).collect();
    let url = format!("{}/api/v10/channels/{}/messages", bot.discord_url, bot.channel);
    let client = reqwest::Client::builder().user_agent("DiscordBot (test, 1)").no_proxy().build();
    let request = client.expect("a client").post(url).header("Authorization", format!("Bot {DISCORD_TOKEN}"));
    let sent = request.json(&json!({"content": "예전 것", "components": rows})).send().await;
    id(&sent.expect("Discord is there").json().await.expect("a message"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_button_says_which_command_opens_it_again() {
    let bot = Bot::start().await;
    let cases = [
        ("about:c:0123456789:all:", "/company로"),
        ("about:x", "/company로"),
        ("search2:무엇", "/today로"),
        ("set:ai-news:colour:red", "/settings로"),
        ("open:0123456789:3", "/today로"),
        ("릴리스", "/today로"),
    ];
    let message = old_message(&bot, &cases.map(|(custom_id, _)| custom_id)).await;
    for (custom_id, command) in cases {
        let by = &bot.admin.0;
        bot.discord.press(by, message, custom_id).await.expect("an answer");
        let told = bot.discord.timeline(bot.channel, by.id).pop().expect("the answer");
        let kindly = format!("이 버튼은 오래되어 쓸 수 없습니다. {command} 다시 열어 주세요.");
        assert_eq!(text(&told), kindly, "{custom_id}");
        assert_eq!(flags(&told) & EPHEMERAL, EPHEMERAL);
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn menus_and_buttons_work_after_a_restart_and_an_opened_article_shows_its_id() {
    let mut bot = Bot::start().await;
    bot.subscribe("now headlines", json!({"at": "now", "style": "headlines"})).await;
    bot.publish(&bot.post());
    let (list, _) = bot.arrived("소식 6").await;
    bot.idle().await;
    bot.stop().await;
    bot.start_again().await;
    let reader = &bot.reader.0;
    let menu = buttons(&list).into_iter().find(|one| one["type"] == 3).expect("a menu");
    let chosen = menu["options"][1]["value"].as_str().expect("a value").to_owned();
    let custom_id = menu["custom_id"].as_str().expect("an id");
    bot.discord.select(reader, id(&list), custom_id, &[chosen]).await.expect("an answer");
    let opened = bot.discord.timeline(bot.channel, reader.id).pop().expect("the article");
    let footer = opened["embeds"][0]["footer"]["text"].as_str().expect("a footer");
    let (_, article) = footer.split_once("2/6 · ").unwrap_or_else(|| panic!("{footer}"));
    let (handle, number) = article.split_once('-').expect("the digest and the number");
    assert_eq!((handle.len(), number), (10, "2"), "{footer}");
    bot.stop().await;
    bot.start_again().await;
    let next = pressing(&opened, "▶");
    bot.discord.press(&bot.reader.0, id(&opened), &next).await.expect("an answer");
    bot.wait_for("the next article", async || {
        let seen = bot.discord.timeline(bot.channel, bot.reader.0.id);
        seen.into_iter().find(|one| words(one).contains("3/6 · "))
    })
    .await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_says_hello_once_where_it_may_write() {
    let mut bot = Bot::start().await;
    let guild = bot.discord.add_guild_without_bot("새 서버");
    let closed = bot.discord.add_channel(guild, "규칙", ChannelKind::Text);
    let open = bot.discord.add_channel(guild, "잡담", ChannelKind::Text);
    bot.discord.take_permission(closed, permissions::SEND_MESSAGES);
    bot.discord.return_bot(guild);
    let hello = bot.wait_for("hello", async || bot.sent_on_discord(open).pop()).await;
    assert_eq!(
        text(&hello),
        "안녕하세요. 매일 AI 뉴스를 이 방에 정리해 드리는 조간입니다.\n\
         관리자께서 /subscribe 08:30 이라고 쓰시면 시작합니다. 뉴스는 /today로 바로 볼 수 있습니다."
    );
    bot.stop().await;
    bot.start_again().await;
    bot.discord.remove_bot(guild);
    bot.discord.return_bot(guild);
    bot.ask_discord(&bot.admin.0, open, "help", json!({})).await;
    assert_eq!(bot.sent_on_discord(open).len(), 1, "once");
    assert!(bot.sent_on_discord(bot.channel).is_empty(), "a server that it is in for long knows it");
    assert!(bot.sent_on_discord(closed).is_empty());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_has_twenty_answers_a_minute() {
    let bot = Bot::builder().usual_limits().start().await;
    for _ in 0..20 {
        let told = bot.ask_discord(&bot.reader.0, bot.channel, "help", json!({})).await;
        assert!(text(&told).starts_with("조간 — "), "{told}");
    }
    let told = bot.ask_discord(&bot.reader.0, bot.channel, "help", json!({})).await;
    assert!(text(&told).starts_with("잠시 쉬었다가"), "{told}");
    let told = bot.ask_discord(&bot.admin.0, bot.channel, "help", json!({})).await;
    assert!(text(&told).starts_with("조간 — "), "others are not held up: {told}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_of_ours_has_a_number_that_is_in_the_log() {
    let town = Town::build(StoryClock::of_the_system()).await;
    let program = Program::run(&town);
    program.ready(&town).await;
    let mut direct = SqliteConnection::connect(&town.database_url()).await.expect("its database");
    sqlx::query("ALTER TABLE digests RENAME TO gone").execute(&mut direct).await.expect("gone");
    let on_discord = town.ask_discord(&town.reader.0, town.channel, "today", json!({})).await;
    let on_telegram = town.ask_telegram(&town.reader.1, town.reader.1.id, "/today").await;
    for told in [on_discord, on_telegram] {
        let told = text(&told);
        assert!(told.starts_with("지금은 답을 드리지 못했습니다. 잠시 뒤 다시 해 주세요. (번호 "), "{told}");
        let number = &told[told.len() - 5..told.len() - 1];
        assert!(number.chars().all(|c| c.is_ascii_digit() || ('A'..='F').contains(&c)), "{told}");
        let log = program.log();
        assert!(log.lines().any(|line| line.contains(number) && line.contains("digests")), "{number}: {log}");
    }
    program.kill().await;
}
