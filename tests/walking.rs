//! The demo's page, through the requests that it makes: every command of the catalogue is used, every button below what
//! comes of it is pressed and every menu chosen from once, and what hangs on those answers in turn; each press has an
//! answer, and none says that something went wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;

use jogan::commands::CATALOGUE;
use jogan::sandbox::discord;
use jogan::sandbox::discord::permissions;
use jogan::sandbox::page::{Stage, router};
use serde_json::{Value, json};

use crate::support::bot::Bot;
use crate::support::buttons::id;
use crate::support::clock::instant;
use crate::support::post::Post;
use crate::support::town::{LOADING, text};

/// As many presses are made in one room: more than there are, so that a walk that finds no end fails.
const MOST: usize = 900;
/// What makes other buttons meaningless is pressed last, and undone.
const ENDS: [&str; 7] = ["leave:", "unmute", "drop:", "release:", "recall:", "cancel:", "dayoff:"];

/// Some of what has to have been there to be pressed.
const PRESSED: [&str; 14] = [
    "search",
    "why",
    "help",
    "set",
    "pause",
    "resume",
    "again",
    "leave",
    "unmute",
    "unmuteall",
    "everyagain",
    "recall",
    "release",
    "announce",
];

/// How each command is used: its options on Discord, and its words on Telegram.
fn uses() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("subscribe", json!({"at": "now"}), "바로"),
        ("today", json!({}), ""),
        ("digest", json!({"date": "오늘"}), "오늘"),
        ("company", json!({"name": "엔비디아"}), "엔비디아"),
        ("company", json!({"name": "엔비다아"}), "엔비다아"),
        ("topic", json!({"name": "반도체"}), "반도체"),
        ("search", json!({"words": "공장"}), "공장"),
        ("trends", json!({}), ""),
        ("settings", json!({}), ""),
        ("mute", json!({"what": "테슬라"}), "테슬라"),
        ("mute", json!({}), ""),
        ("unmute", json!({}), ""),
        ("pause", json!({"for": "7d"}), "7d"),
        ("resume", json!({}), ""),
        ("resend", json!({}), ""),
        ("why", json!({}), ""),
        ("admin status", json!({}), ""),
        ("admin mute", json!({"what": "구글"}), "구글"),
        ("admin mutes", json!({}), ""),
        ("admin unmute", json!({}), ""),
        ("admin hold", json!({}), ""),
        ("admin release", json!({}), ""),
        ("admin announce", json!({"text": "내일은 쉽니다"}), "내일은 쉽니다"),
        ("admin resend", json!({}), ""),
        ("admin reload", json!({}), ""),
        ("help", json!({}), ""),
        ("start", json!({}), ""),
        ("admin recall", json!({}), ""),
        ("unsubscribe", json!({}), ""),
        ("subscribe", json!({}), ""),
    ]
}

/// Where somebody is.
#[derive(Debug, Clone, Copy)]
enum Room {
    Discord { channel: u64 },
    Telegram { chat: i64 },
}

/// What can be pressed below a message.
#[derive(Debug, Clone)]
struct Pressable {
    message: Value,
    /// What it carries, and the entry of a menu.
    carries: String,
    entry: Option<String>,
    label: String,
    /// By which it is known again.
    key: String,
}

struct Walk {
    bot: Bot,
    url: String,
    http: reqwest::Client,
    room: Room,
    pressed: BTreeSet<String>,
    /// What was there to be pressed, and below which command.
    seen: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Walk {
    /// A town with news in the archive, news that has come, and a digest that is held; the operator may do everything.
    async fn start(room: impl FnOnce(&Bot) -> Room) -> Self {
        let before = Post::of(instant("2026-03-02T06:30:00+09:00"));
        let before = before.article("엔비디아, 새 반도체 공장에 투자", "엔비디아가 반도체에 투자합니다.");
        let bot = Bot::builder().before(before).start().await;
        bot.telegram.set_admin(bot.group, bot.operator.1.id, true);
        bot.telegram.add_private(&bot.operator.1);
        let room = room(&bot);
        let mut operator = bot.operator.0.clone();
        operator.permissions = permissions::ADMINISTRATOR;
        let stage = Stage {
            discord: Arc::clone(&bot.discord),
            telegram: Arc::clone(&bot.telegram),
            discord_people: vec![operator],
            telegram_people: vec![bot.operator.1.clone()],
        };
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its number"));
        tokio::spawn(async move { axum::serve(listener, router(Arc::new(stage))).await });
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let walk = Self {
            bot,
            url,
            http,
            room,
            pressed: BTreeSet::new(),
            seen: BTreeMap::new(),
            faults: Vec::new(),
        };
        walk.bot.discord.add_channel(walk.bot.guild, "둘째-방", discord::ChannelKind::Text);
        walk.bot.subscribe_now().await;
        walk.use_command("subscribe", &json!({"at": "now"}), "바로").await;
        walk.bot.publish(&walk.bot.post().slug("news").article("엔비디아의 새 칩", "빠릅니다."));
        walk.bot.arrived("엔비디아의 새 칩").await;
        let welcome = "---\ntitle: 환영합니다\ndate: 2026-03-02\n---\n안녕하세요. 매일 뉴스를 정리합니다.\n";
        walk.bot.write("2026-03-02-welcome.md", welcome.as_bytes());
        walk.bot.notes("기사가 없습니다").await;
        walk.bot.idle().await;
        walk
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        let request = self.http.post(format!("{}{path}", self.url)).json(&body);
        let answer = request.send().await.expect("the page's server is there");
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap_or_default());
        if status.is_success() { Ok(body) } else { Err(format!("{status} {body}")) }
    }

    /// What is to be seen in the room.
    async fn timeline(&self) -> Vec<Value> {
        let path = match self.room {
            Room::Discord { channel } => {
                format!("/discord/timeline?channel={channel}&person={}", self.bot.operator.0.id)
            }
            Room::Telegram { chat } => format!("/telegram/timeline?chat={chat}"),
        };
        let answer = self.http.get(format!("{}{path}", self.url)).send().await.expect("the page's server");
        let mut shown: Value = answer.json().await.expect("JSON");
        match shown["messages"].take() {
            Value::Array(messages) => messages,
            other => panic!("no messages: {other}"),
        }
    }

    /// As many messages have been written to a Telegram chat, or tried to.
    fn written(&self, chat: i64) -> usize {
        let calls = self.bot.telegram.calls();
        let writes = |method: &str| ["sendMessage", "editMessageText"].contains(&method);
        calls.iter().filter(|call| call.chat == Some(chat) && writes(&call.method)).count()
    }

    /// Uses a command; its answer is there when this returns.
    async fn use_command(&self, name: &str, options: &Value, words: &str) {
        match self.room {
            Room::Discord { channel } => {
                let by = self.bot.operator.0.id.to_string();
                let asked = json!({
                    "channel": channel.to_string(), "person": by, "command": name, "options": options,
                });
                let before = self.newest().await;
                self.post("/discord/invoke", asked).await.unwrap_or_else(|fault| panic!("/{name}: {fault}"));
                self.bot.wait_for(name, async || self.settled(Some(before)).await).await;
            }
            Room::Telegram { chat } => {
                let before = self.written(chat);
                let said = json!({
                    "chat": chat.to_string(), "person": self.bot.operator.1.id.to_string(),
                    "text": format!("/{name} {words}").trim(),
                });
                self.post("/telegram/say", said).await.unwrap_or_else(|fault| panic!("/{name}: {fault}"));
                self.bot.wait_for(name, async || (self.written(chat) > before).then_some(())).await;
            }
        }
    }

    /// The newest message's id on Discord.
    async fn newest(&self) -> u64 {
        let ids = self.timeline().await.into_iter().map(|message| id(&message));
        ids.max().unwrap_or_default()
    }

    /// Whether there is a newer message than that, and nothing is waited for (Discord).
    async fn settled(&self, before: Option<u64>) -> Option<()> {
        let Room::Discord { channel } = self.room else { return Some(()) };
        let seen = self.bot.discord.timeline(channel, self.bot.operator.0.id);
        let waits = |message: &Value| message["flags"].as_u64().unwrap_or(0) & LOADING != 0;
        let is_newer = before.is_none_or(|before| seen.iter().any(|message| id(message) > before));
        (is_newer && !seen.iter().any(waits)).then_some(())
    }

    /// Presses something. `Err`: what is wrong with the answer.
    async fn press(&self, what: &Pressable) -> Result<(), String> {
        match self.room {
            Room::Discord { .. } => {
                let (person, message) = (self.bot.operator.0.id.to_string(), &what.message["id"]);
                let touched = json!({
                    "person": person, "message": message, "custom_id": what.carries, "values": what.entry,
                });
                let (path, touched) = match &what.entry {
                    Some(entry) => {
                        let mut touched = touched;
                        touched["values"] = json!([entry]);
                        ("/discord/select", touched)
                    }
                    None => {
                        let mut touched = touched;
                        touched["values"] = json!([]);
                        ("/discord/press", touched)
                    }
                };
                self.post(path, touched).await?;
                let id = id(&what.message);
                self.bot
                    .wait_for(&what.label, async || {
                        (!self.bot.discord.updates(id)).then_some(())?;
                        self.settled(None).await
                    })
                    .await;
            }
            Room::Telegram { chat } => {
                let person = self.bot.operator.1.id.to_string();
                let (before, path, body) = match what.carries.strip_prefix("start:") {
                    // A link into the private chat.
                    Some(payload) => {
                        let private = self.bot.operator.1.id;
                        let said = json!({
                            "chat": private.to_string(), "person": person, "text": format!("/start {payload}"),
                        });
                        ((private, self.written(private)), "/telegram/say", said)
                    }
                    None => {
                        let pressed = json!({
                            "chat": chat.to_string(), "person": person,
                            "message": what.message["message_id"].to_string(), "data": what.carries,
                        });
                        ((chat, self.written(chat)), "/telegram/press", pressed)
                    }
                };
                let answer = self.post(path, body).await?;
                if let Some(alert) = answer["text"].as_str() {
                    return Err(format!("only told: {alert}"));
                }
                let (chat, count) = before;
                self.bot.wait_for(&what.label, async || (self.written(chat) > count).then_some(())).await;
            }
        }
        Ok(())
    }

    /// Presses everything that there is, and everything that comes of it.
    async fn press_all(&mut self, below: &str) {
        let mut last: Option<Pressable> = None;
        let mut known = complaints(&self.timeline().await);
        loop {
            let seen = self.timeline().await;
            let now = complaints(&seen);
            if let (Some(last), true) = (&last, now.len() > known.len()) {
                let complaint = now.last().cloned().unwrap_or_default();
                self.faults.push(format!("/{below} › {} ({}): {complaint}", last.label, last.key));
            }
            known = now;
            let mut left: Vec<Pressable> = seen.iter().flat_map(pressables).collect();
            left.retain(|one| !self.pressed.contains(&one.key));
            for one in &left {
                self.seen.entry(one.key.clone()).or_insert_with(|| below.to_owned());
            }
            // What ends something comes last.
            let Some(next) = left.into_iter().min_by_key(|one| ends(&one.key)) else { return };
            assert!(self.pressed.len() < MOST, "there is no end: {:?}", self.pressed);
            self.pressed.insert(next.key.clone());
            if let Err(fault) = self.press(&next).await {
                self.faults.push(format!("/{below} › {} ({}): {fault}", next.label, next.key));
            }
            if ends(&next.key) {
                self.use_command("subscribe", &json!({"at": "now"}), "바로").await;
            }
            last = Some(next);
        }
    }

    async fn walk(mut self) {
        let uses = uses();
        let unused: Vec<_> = CATALOGUE
            .iter()
            .filter(|spec| !uses.iter().any(|(name, ..)| *name == spec.name))
            .map(|spec| spec.name)
            .collect();
        assert!(unused.is_empty(), "not used: {unused:?}");
        self.press_all("what was delivered").await;
        for is_first in [true, false] {
            // What an answer took the place of before it was pressed comes once more.
            let missed = self.seen.iter().filter(|(key, _)| !self.pressed.contains(*key));
            let missed: BTreeSet<String> = missed.map(|(_, below)| below.clone()).collect();
            for (name, options, words) in &uses {
                // Discord has no `/start`.
                let is_there = *name != "start" || matches!(self.room, Room::Telegram { .. });
                if is_there && (is_first || missed.contains(*name)) {
                    self.use_command(name, options, words).await;
                    self.press_all(name).await;
                }
            }
        }
        assert!(self.faults.is_empty(), "{:#?}", self.faults);
        let kind = |key: &String| {
            let key = key.rsplit_once(" › ").map_or(key.as_str(), |(_, entry)| entry);
            key.split(':').next().unwrap_or_default().to_owned()
        };
        let kinds: BTreeSet<String> = self.pressed.iter().map(kind).collect();
        let missing: Vec<_> = PRESSED.iter().filter(|kind| !kinds.contains(**kind)).collect();
        assert!(missing.is_empty(), "{missing:?} were not pressed, but {kinds:?}");
        self.bot.finish().await;
    }
}

/// What the bot has said that it should not have had to say.
fn complaints(seen: &[Value]) -> Vec<String> {
    let bad = |said: &&str| said.contains("답을 드리지 못했습니다") || said.contains("이 버튼은 오래되어");
    seen.iter().map(text).filter(bad).map(str::to_owned).collect()
}

fn ends(key: &str) -> bool {
    let key = key.rsplit_once(" › ").map_or(key, |(_, entry)| entry);
    ENDS.iter().any(|kind| key.starts_with(kind))
}

/// What can be pressed below a message: each button, and the last entry of each menu.
fn pressables(message: &Value) -> Vec<Pressable> {
    let rows = message["components"].as_array().into_iter().flatten();
    let components = rows.filter_map(|row| row["components"].as_array()).flatten();
    let on_discord = components.filter(|one| one["disabled"] != true).filter_map(|one| {
        let carries = one["custom_id"].as_str()?.to_owned();
        let entry = one["options"].as_array().map(|options| {
            let last = options.last().expect("a menu has entries");
            last["value"].as_str().expect("a value").to_owned()
        });
        let label = one["label"].as_str().or(one["placeholder"].as_str()).unwrap_or_default().to_owned();
        let key = match &entry {
            Some(entry) => {
                format!("{label} › {}", known_by(if entry.contains(':') { entry } else { &carries }))
            }
            None => known_by(&carries),
        };
        Some(Pressable { message: message.clone(), carries, entry, label, key })
    });
    let rows = message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let buttons = rows.filter_map(Value::as_array).flatten();
    let on_telegram = buttons.filter_map(|one| {
        let start =
            || one["url"].as_str()?.split_once("?start=").map(|(_, payload)| format!("start:{payload}"));
        let carries = one["callback_data"].as_str().map(str::to_owned).or_else(start)?;
        let label = one["text"].as_str().unwrap_or_default().to_owned();
        let key = known_by(&carries);
        Some(Pressable { message: message.clone(), carries, entry: None, label, key })
    });
    on_discord.chain(on_telegram).collect()
}

/// What is carried, without what is another one each time: a row's number, an instant.
fn known_by(carried: &str) -> String {
    let mut parts: Vec<&str> = carried.split(':').collect();
    match parts.first() {
        Some(&("announce" | "announced")) => parts.truncate(1),
        Some(&"againto") if parts.len() > 1 => {
            parts.remove(1);
        }
        _ => {}
    }
    parts.join(":")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_can_be_pressed_in_a_discord_channel_is_answered() {
    Walk::start(|bot| Room::Discord { channel: bot.channel }).await.walk().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_can_be_pressed_in_private_on_discord_is_answered() {
    Walk::start(|bot| Room::Discord { channel: bot.discord.add_dm(&bot.operator.0) }).await.walk().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes five minutes: run it by name"]
async fn everything_that_can_be_pressed_in_a_telegram_group_is_answered() {
    Walk::start(|bot| Room::Telegram { chat: bot.group }).await.walk().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_can_be_pressed_in_private_on_telegram_is_answered() {
    Walk::start(|bot| Room::Telegram { chat: bot.operator.1.id }).await.walk().await;
}
