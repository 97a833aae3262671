//! Operators hear of it when something is wrong, once, and again when it is over; so does the webhook, and the heartbeat
//! stops meanwhile.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::sandbox::discord;
use serde_json::Value;

use crate::support::bot::Bot;
use crate::support::clock::instant;
use crate::support::town::text;

/// What is told outside.
#[derive(Debug, Clone, Default)]
struct Outside {
    posts: Arc<Mutex<Vec<Value>>>,
    beats: Arc<Mutex<u32>>,
}

impl Outside {
    /// Listens; with the section of the configuration that names it.
    async fn listen() -> (Self, String) {
        let outside = Self::default();
        let router = Router::new()
            .route("/hook", post(hooked))
            .route("/beat", get(beaten))
            .with_state(outside.clone());
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("its number");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let section = format!(
            "[alerts]\nwebhook = \"http://{address}/hook\"\nheartbeat_url = \"http://{address}/beat\"\n"
        );
        (outside, section)
    }

    fn told(&self, event: &str, kind: &str) -> Vec<Value> {
        let posts = self.posts.lock().expect("not poisoned");
        posts.iter().filter(|post| post["event"] == event && post["kind"] == kind).cloned().collect()
    }

    fn beats(&self) -> u32 {
        *self.beats.lock().expect("not poisoned")
    }
}

async fn hooked(State(outside): State<Outside>, Json(post): Json<Value>) {
    outside.posts.lock().expect("not poisoned").push(post);
}

async fn beaten(State(outside): State<Outside>) {
    *outside.beats.lock().expect("not poisoned") += 1;
}

/// Comes to an instant, has the folder looked at, and then the watcher.
async fn comes_to(bot: &Bot, at: &str) {
    bot.clock.set(instant(at));
    let feed = jogan::model::feed::FeedName("ai-news".to_owned());
    bot.wait_for("a look", async || {
        let loads = bot.app().store().feed_loads(&feed).await.expect("the database");
        loads.last.filter(|last| *last >= instant(at))
    })
    .await;
    later(bot, 2);
}

/// Lets the watcher look again.
fn later(bot: &Bot, minutes: i64) {
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(minutes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_that_is_late_is_told_once_and_again_when_it_has_gone_out() {
    let (outside, section) = Outside::listen().await;
    let bot = Bot::builder().feed("expect_by = \"09:00\"").sections(&section).start().await;
    bot.subscribe_now().await;
    bot.wait_for("a heartbeat", async || (outside.beats() > 0).then_some(())).await;

    comes_to(&bot, "2026-03-02T09:00:01+09:00").await;
    let (_, note) = bot.notes("아직 없습니다(기한 09:00)").await;
    assert!(text(&note).contains("저장소 정상, 새 글 없음. 기다리는 채널 2곳."), "{note}");
    bot.wait_for("the webhook", async || outside.told("alarm", "late").pop()).await;
    let beats = outside.beats();
    later(&bot, 2);
    later(&bot, 2);
    bot.press_note_on_telegram(&note, "다시 확인").await;
    let checked = bot.wait_for("another look", async || {
        bot.on_telegram(bot.operator.1.id, "아직 없습니다").into_iter().find(|shown| shown != &note)
    });
    checked.await;
    assert_eq!(
        bot.on_telegram(bot.operator.1.id, "아직 없습니다").len(),
        1,
        "it is told once, and changed in place"
    );

    assert_eq!(outside.beats(), beats, "no heartbeat while something is wrong");

    bot.publish(&bot.post());
    bot.arrived("소식 6").await;
    bot.idle().await;
    later(&bot, 2);
    let (_, over) = bot.notes("✅").await;
    assert!(text(&over).contains("2곳에 모두 보냈습니다"), "{over}");
    let told = bot.wait_for("the end", async || outside.told("over", "late").pop()).await;
    assert_eq!((&told["feed"], &told["day"]), (&"ai-news".into(), &"2026-03-02".into()));
    assert_eq!(outside.told("alarm", "late").len(), 1);
    bot.wait_for("a heartbeat", async || (outside.beats() > beats).then_some(())).await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_says_that_there_is_no_digest_today() {
    let (outside, section) = Outside::listen().await;
    let feed = "expect_by = \"09:00\"\ndays = [\"weekdays\"]\nskip_dates = [2026-03-03]";
    let bot = Bot::builder().feed(feed).sections(&section).start().await;
    comes_to(&bot, "2026-03-02T09:00:01+09:00").await;
    let (_, note) = bot.notes("아직 없습니다").await;
    bot.press_note_on_telegram(&note, "오늘은 쉼").await;
    bot.wait_for("the answer", async || {
        bot.on_telegram(bot.operator.1.id, "쉬는 날로 알아 두었습니다").pop()
    })
    .await;
    let beats = outside.beats();
    later(&bot, 2);
    bot.wait_for("a heartbeat", async || (outside.beats() > beats).then_some(())).await;
    // A free day, and then one that is not.
    comes_to(&bot, "2026-03-03T12:00:00+09:00").await;
    comes_to(&bot, "2026-03-04T09:00:01+09:00").await;
    bot.notes("3월 4일(수)분이 아직 없습니다").await;
    assert!(bot.on_telegram(bot.operator.1.id, "3월 3일").is_empty());
    assert!(bot.on_telegram(bot.operator.1.id, "✅").is_empty(), "nothing that was waived is over");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_cannot_be_loaded_is_told_of_until_it_can() {
    let bot = Bot::start().await;
    let away = bot.disk.path().join("away");
    std::fs::rename(bot.posts(), &away).expect("moved");
    later(&bot, 2);
    let feed = jogan::model::feed::FeedName("ai-news".to_owned());
    bot.wait_for("a failure", async || {
        let state = bot.app().store().feed_state(&feed).await.expect("the database");
        state.failing_since
    })
    .await;
    later(&bot, 16);
    bot.notes("읽어 오지 못합니다").await;
    std::fs::rename(&away, bot.posts()).expect("moved back");
    later(&bot, 2);
    bot.wait_for("a load", async || {
        let state = bot.app().store().feed_state(&feed).await.expect("the database");
        state.error.is_none().then_some(())
    })
    .await;
    later(&bot, 2);
    bot.notes("다시 읽어 옵니다").await;
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_are_given_up_and_a_platform_that_is_away_are_told_of_where_it_works() {
    let bot = Bot::start().await;
    bot.subscribe_now().await;
    // Refused with its markup, and without.
    let refused = discord::Fault::Status(400);
    bot.discord.faults(discord::Faults {
        times: 2,
        calls: format!("/channels/{}/messages", bot.channel),
        fault: refused,
    });
    bot.publish(&bot.post());
    bot.wait_for("the message that arrives", async || bot.on_telegram(bot.group, "소식 6").pop()).await;
    bot.idle().await;
    later(&bot, 2);
    bot.notes("Discord에 메시지 1개를 보내지 못하고 있습니다").await;
    later(&bot, 62);
    bot.notes("Discord 배달이 다시 됩니다").await;

    bot.discord.close_gateway(4014);
    bot.wait_for("the end of the connection", async || (!bot.discord.connected()).then_some(())).await;
    // When the program notices is its own affair: minutes pass until it does, and five more.
    bot.wait_for("a note on the other platform", async || {
        later(&bot, 1);
        bot.on_telegram(bot.operator.1.id, "Discord에 5분 넘게 연결되지 않습니다").pop()
    })
    .await;
    bot.finish().await;
}
