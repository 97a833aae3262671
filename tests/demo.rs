//! The demo's page with the whole program behind it: every command is typed on both sides, what is below the answers is
//! pressed and chosen, and nothing stays without an answer. With `JOGAN_WRITE_SCREENSHOTS=1` the pictures of the
//! documents are taken on the way.

use std::net::Ipv4Addr;
use std::sync::Arc;

use jogan::commands::{CATALOGUE, Spec, Who};
use jogan::sandbox::discord::permissions;
use jogan::sandbox::page::{Stage, router};
use jogan::sandbox::{discord, telegram};
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::browser::{Browser, key};
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::text;

/// The digest of the demo.
const SAMPLE: &str = include_str!("../src/cli/demo/sample.md");

/// The bot's town, with the page before it.
struct Demo {
    bot: Bot,
    browser: Browser,
    discord_people: [discord::Person; 3],
    telegram_people: [telegram::Person; 3],
}

impl Demo {
    /// With a digest of this morning in the archive.
    async fn start() -> Self {
        let before = Post::of(instant("2026-03-02T06:30:00+09:00"));
        let before = before.article("엔비디아, 새 반도체 공장에 투자", "엔비디아가 반도체에 투자합니다.");
        Self::before(Bot::builder().before(before).start().await).await
    }

    async fn before(bot: Bot) -> Self {
        let (mut operator, person) = (bot.operator.0.clone(), |each: &(_, telegram::Person)| each.1.clone());
        operator.permissions = permissions::ADMINISTRATOR;
        let discord_people = [bot.reader.0.clone(), bot.admin.0.clone(), operator];
        let telegram_people = [person(&bot.reader), person(&bot.admin), person(&bot.operator)];
        for person in &telegram_people {
            bot.telegram.add_private(person);
        }
        let stage = Stage {
            discord: Arc::clone(&bot.discord),
            telegram: Arc::clone(&bot.telegram),
            discord_people: discord_people.to_vec(),
            telegram_people: telegram_people.to_vec(),
        };
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its number"));
        tokio::spawn(async move { axum::serve(listener, router(Arc::new(stage))).await });
        let browser = Browser::start().await;
        browser.goto(&url).await;
        browser.wait_for_text(".status", "봇 온라인").await;
        Self { bot, browser, discord_people, telegram_people }
    }

    /// Chooses in one of the page's own menus.
    async fn switch(&self, which: &str, value: &str) {
        let switch = "const who = document.querySelector(given[0]); who.value = given[1]; \
                      who.dispatchEvent(new Event('change')); return who.value;";
        let selector = format!(".switcher-{which} select");
        assert_eq!(self.browser.script(switch, json!([selector, value])).await, value, "{which}");
    }

    /// Types a line in one side's box.
    async fn type_line(&self, side: &str, line: &str) {
        let clear = "const line = document.querySelector(given[0]); line.value = ''; line.focus();";
        let css = format!(".{side}-line");
        self.browser.script(clear, json!([css])).await;
        self.browser.type_keys(&css, &format!("{line}{}", key::ENTER)).await;
    }

    /// Clicks what is there as soon as the page has drawn it.
    async fn click(&self, css: &str) {
        self.browser.wait_for(&format!("document.querySelector({css:?})")).await;
        self.browser.click(css).await;
    }

    /// What a person sees on Discord.
    fn seen(&self, by: &discord::Person) -> Vec<Value> {
        self.bot.discord.timeline(self.bot.channel, by.id)
    }

    async fn more_than(&self, by: &discord::Person, before: usize, what: &str) -> Value {
        self.bot
            .wait_for(what, async || {
                let seen = self.seen(by);
                let last = seen.last().filter(|last| last["flags"].as_u64().unwrap_or(0) & 128 == 0);
                last.filter(|_| seen.len() > before).cloned()
            })
            .await
    }

    async fn picture(&self, name: &str) {
        self.browser.picture(name).await;
    }

    /// Nothing on the page says that the bot failed.
    async fn is_well(&self) {
        let page = self.browser.script("return document.body.innerText", json!([])).await;
        let page = page.as_str().unwrap_or_default();
        for bad in ["응답하지 않았습니다", "실패했습니다", "답을 드리지 못했습니다", "그런 명령은 없습니다"]
        {
            assert!(!page.contains(bad), "{bad}: {page}");
        }
        assert_eq!(self.browser.console().await, Vec::<String>::new());
    }
}

/// The commands of one sort of people, with their place in the lists of people above.
fn commands_of(who: Who) -> (usize, impl Iterator<Item = &'static Spec>) {
    let place = match who {
        Who::Anyone => 0,
        Who::ChannelAdmin => 1,
        Who::Operator => 2,
    };
    (place, CATALOGUE.iter().filter(move |spec| spec.who == who))
}

const ALL: [Who; 3] = [Who::Anyone, Who::ChannelAdmin, Who::Operator];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_can_be_typed_on_discord_and_what_it_offers_be_pressed() {
    let demo = Demo::start().await;
    for who in ALL {
        let (place, commands) = commands_of(who);
        let by = &demo.discord_people[place];
        demo.switch("discord-person", &by.id.to_string()).await;
        for spec in commands.filter(|spec| spec.name != "start") {
            let before = demo.seen(by).len();
            demo.type_line("d", &format!("/{}", spec.name)).await;
            let answer = demo.more_than(by, before, spec.name).await;
            press_below(&demo, by, &answer, spec.name).await;
        }
    }
    demo.is_well().await;
    demo.bot.finish().await;
}

/// Presses the first button below an answer, and chooses the last entry of its first menu.
async fn press_below(demo: &Demo, by: &discord::Person, answer: &Value, what: &str) {
    let components = || {
        let rows = answer["components"].as_array().cloned().unwrap_or_default();
        rows.into_iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default())
    };
    let message = format!("[data-message='{}']", answer["id"].as_str().unwrap_or_default());
    let as_before = demo.seen(by);
    if components().any(|one| one["type"] == 3) {
        demo.click(&format!("{message} .d-menu-face")).await;
        let choose = format!("{}{}", key::DOWN, key::ENTER);
        demo.browser.type_keys(&format!("{message} .d-menu-list"), &choose).await;
    } else if components().any(|one| one["type"] == 2 && one["style"] != 5) {
        demo.click(&format!("{message} button.d-button")).await;
    } else {
        return;
    }
    demo.bot
        .wait_for(&format!("what is below /{what}"), async || (demo.seen(by) != as_before).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_can_be_typed_on_telegram_and_what_it_offers_be_pressed() {
    let demo = Demo::start().await;
    for who in ALL {
        let (place, commands) = commands_of(who);
        let by = &demo.telegram_people[place];
        demo.switch("telegram-person", &by.id.to_string()).await;
        demo.switch("telegram-chat", &by.id.to_string()).await;
        for spec in commands {
            let said = demo.bot.said_on_telegram(by.id).len();
            demo.type_line("t", &format!("/{}", spec.name)).await;
            let answer = demo
                .bot
                .wait_for(spec.name, async || {
                    let all = demo.bot.said_on_telegram(by.id);
                    all.last().filter(|_| all.len() > said).cloned()
                })
                .await;
            let rows = answer["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
            let mut buttons = rows.iter().flat_map(|row| row.as_array().into_iter().flatten());
            if buttons.any(|button| button["callback_data"].is_string()) {
                let as_before = demo.bot.said_on_telegram(by.id);
                let id = &answer["message_id"];
                demo.click(&format!("[data-message='{id}'] button.t-button")).await;
                demo.bot
                    .wait_for(&format!("what is below /{}", spec.name), async || {
                        (demo.bot.said_on_telegram(by.id) != as_before).then_some(())
                    })
                    .await;
            }
        }
    }
    demo.is_well().await;
    demo.bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_arrives_on_both_sides_and_readers_ask_about_it() {
    let demo = Demo::before(Bot::start().await).await;
    demo.bot.subscribe("now headlines", json!({"at": "now"})).await;
    let admin = &demo.discord_people[1];
    demo.switch("discord-person", &admin.id.to_string()).await;
    let sample = SAMPLE.replace("{date}", "2026-03-02 07:00:00 +0900").replace("{day}", "2026-03-02");
    demo.bot.write("2026-03-02-ai-news.md", sample.as_bytes());
    demo.bot.arrived("블랙웰").await;
    demo.browser.wait_for_text(".t-text", "블랙웰").await;
    demo.browser.wait_for_text(".d-embed", "블랙웰").await;
    demo.picture("demo.png").await;

    let reader = &demo.discord_people[0];
    demo.switch("discord-person", &reader.id.to_string()).await;
    demo.switch("telegram-person", &demo.telegram_people[0].id.to_string()).await;
    demo.switch("telegram-chat", &demo.telegram_people[0].id.to_string()).await;
    demo.type_line("d", "/company 엔비디아").await;
    demo.browser.wait_for_text(".d-content", "엔비디아 — 최근 30일").await;
    demo.type_line("t", "/help").await;
    demo.browser.wait_for_text(".t-text", "회사 이름만 보내도 찾습니다").await;
    demo.type_line("t", "엔비디아").await;
    demo.browser.wait_for_text(".t-text", "엔비디아 — 최근 30일").await;
    demo.picture("look-up.png").await;

    let told = demo.bot.on_telegram(demo.telegram_people[0].id, "엔비디아 — ").pop().expect("the answer");
    assert!(text(&told).contains("블랙웰"), "{told}");
    demo.switch("discord-person", &admin.id.to_string()).await;
    demo.switch("telegram-person", &demo.telegram_people[1].id.to_string()).await;
    demo.switch("telegram-chat", &demo.bot.group.to_string()).await;
    demo.type_line("d", "/settings").await;
    demo.browser.wait_for_text(".d-content", "이 채널의 AI 뉴스 설정").await;
    demo.type_line("t", "/settings").await;
    demo.browser.wait_for_text(".t-text", "이 채널의 AI 뉴스 설정").await;
    demo.picture("settings.png").await;
    demo.is_well().await;
    demo.bot.finish().await;
}
