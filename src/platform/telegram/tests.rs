//! What goes over the wire to Telegram, and that the token never gets anywhere else.

use std::io;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta};
use rstest::rstest;
use tokio::sync::mpsc;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::*;
use crate::clock::{SharedClock, TestClock};
use crate::model::channel::ChannelKind;
use crate::platform::fake::{Fake, Reply, a_place, nobody};
use crate::platform::gate::Limits;

const TOKEN: &str = "123456:AAF-the_secret_part";
const CHAT: Address = Address::Telegram { chat: -100, topic: None };
const TOPIC: Address = Address::Telegram { chat: -100, topic: Some(7) };

fn telegram(url: &Url) -> Telegram {
    let clock: SharedClock = Arc::new(TestClock::new(DateTime::UNIX_EPOCH));
    let (told, _) = mpsc::unbounded_channel();
    let gate = Arc::new(Gate::new(Limits::telegram(), clock, Vec::new(), told));
    let timeouts = Timeouts { connect: Duration::from_millis(300), whole: Duration::from_millis(300) };
    Telegram::new(Settings { api_url: url.clone(), token: TOKEN.into(), timeouts }, gate).unwrap()
}

fn ok(result: Value) -> Reply {
    Reply::Json(200, json!({ "ok": true, "result": result }))
}

fn refused(code: u16, description: &str) -> Reply {
    Reply::Json(code, json!({ "ok": false, "error_code": code, "description": description }))
}

fn body() -> Body {
    Body(json!({ "text": "<b>새 소식</b>", "parse_mode": "HTML", "disable_notification": true }))
}

fn post(address: Address, body: &Body) -> Post<'_> {
    Post { address, kind: ChannelKind::Group, body, nonce: "n" }
}

#[tokio::test]
async fn a_message_is_sent_to_its_chat() {
    let mut fake = Fake::answering([ok(json!({ "message_id": 5 }))]).await;
    let sent = telegram(&fake.url).send(post(CHAT, &body()), a_place().await).await.unwrap();
    assert_eq!(sent.0, "5");
    let asked = fake.asked().remove(0);
    assert_eq!(asked.line, format!("POST /prefix/bot{TOKEN}/sendMessage"));
    let expected = json!({
        "text": "<b>새 소식</b>", "parse_mode": "HTML", "disable_notification": true, "chat_id": -100
    });
    assert_eq!(asked.body, expected);
}

#[tokio::test]
async fn a_topic_is_named_while_the_chat_is_a_forum() {
    let forum = ok(json!({ "id": -100, "type": "supergroup", "is_forum": true }));
    let mut fake = Fake::answering([forum, ok(json!({ "message_id": 6 }))]).await;
    telegram(&fake.url).send(post(TOPIC, &body()), a_place().await).await.unwrap();
    assert_eq!(fake.asked()[1].body["message_thread_id"], 7);
}

#[tokio::test]
async fn nothing_is_sent_to_a_topic_of_a_group_that_is_no_forum_any_more() {
    let mut fake = Fake::answering([ok(json!({ "id": -100, "type": "supergroup" }))]).await;
    let error = telegram(&fake.url).send(post(TOPIC, &body()), a_place().await).await.unwrap_err();
    assert!(matches!(error, CallError::Lost(_)), "{error}");
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn a_topic_that_cannot_be_looked_at_was_surely_not_written_to() {
    let fake = Fake::answering([Reply::HangUp]).await;
    let error = telegram(&fake.url).send(post(TOPIC, &body()), a_place().await).await.unwrap_err();
    assert!(matches!(error, CallError::Transient(_)), "{error}");
}

#[rstest]
#[case::edited(ok(json!({})))]
#[case::said_so_already(refused(400, "Bad Request: message is not modified: specified new message"))]
#[tokio::test]
async fn an_edit_leaves_out_what_belongs_to_sending(#[case] reply: Reply) {
    let mut fake = Fake::answering([reply]).await;
    telegram(&fake.url)
        .edit(CHAT, &PlatformMessageId("5".to_owned()), &body(), a_place().await)
        .await
        .unwrap();
    let expected =
        json!({ "text": "<b>새 소식</b>", "parse_mode": "HTML", "chat_id": -100, "message_id": 5 });
    assert_eq!(fake.asked()[0].body, expected);
}

#[tokio::test]
async fn a_message_that_is_gone_counts_as_deleted() {
    let fake = Fake::answering([refused(400, "Bad Request: message to delete not found")]).await;
    telegram(&fake.url).delete(CHAT, &PlatformMessageId("5".to_owned()), a_place().await).await.unwrap();
}

#[tokio::test]
async fn an_unreadable_success_may_have_been_one() {
    let fake = Fake::answering([ok(json!("no message"))]).await;
    let error = telegram(&fake.url).send(post(CHAT, &body()), a_place().await).await.unwrap_err();
    assert!(matches!(error, CallError::Unanswered(_)), "{error}");
}

#[tokio::test]
async fn the_gate_learns_what_a_chat_is_told_to_wait() {
    let wait = json!({
        "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 6",
        "parameters": { "retry_after": 6 },
    });
    let fake = Fake::answering([Reply::Json(429, wait)]).await;
    let telegram = telegram(&fake.url);
    telegram.send(post(CHAT, &body()), a_place().await).await.unwrap_err();
    let at = telegram.gate().try_take(&TOPIC, ChannelKind::Group).unwrap_err();
    assert_eq!(at, DateTime::UNIX_EPOCH + TimeDelta::seconds(6));
    let other = Address::Telegram { chat: 1, topic: None };
    drop(telegram.gate().try_take(&other, ChannelKind::Private).unwrap());
}

#[rstest]
#[case::owner("supergroup", json!({"status": "creator"}), true)]
#[case::member("supergroup", json!({"status": "member"}), true)]
#[case::admin("supergroup", json!({"status": "administrator"}), true)]
#[case::admin_of_channel("channel", json!({"status": "administrator", "can_post_messages": true}), true)]
#[case::admin_who_may_not_post("channel", json!({"status": "administrator"}), false)]
#[case::silenced("supergroup", json!({"status": "restricted", "is_member": true, "can_send_messages": false}), false)]
#[case::restricted_otherwise("supergroup", json!({"status": "restricted", "is_member": true, "can_send_messages": true}), true)]
#[case::left("group", json!({"status": "left"}), false)]
#[case::kicked("supergroup", json!({"status": "kicked"}), false)]
#[tokio::test]
async fn a_probe_sends_nothing(#[case] kind: &str, #[case] member: Value, #[case] may_send: bool) {
    let replies = [
        ok(json!({ "id": -100, "type": kind })),
        ok(json!({ "id": 9, "is_bot": true, "first_name": "조간", "username": "jogan_bot" })),
        ok(member),
    ];
    let mut fake = Fake::answering(replies).await;
    let result = telegram(&fake.url).probe(CHAT, a_place().await).await;
    assert_eq!(result.is_ok(), may_send, "{result:?}");
    assert_eq!(matches!(result, Err(CallError::Lost(_))), !may_send);
    let methods: Vec<_> =
        fake.lines().iter().map(|line| line.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(methods, ["getChat", "getMe", "getChatMember"]);
}

#[rstest]
#[case::reached(ok(json!(true)), true)]
#[case::not_known_there(refused(404, "Not Found: method not found"), true)]
#[case::blocked(refused(403, "Forbidden: bot was blocked by the user"), false)]
#[tokio::test]
async fn a_probe_notices_a_person_who_blocked_us(#[case] reply: Reply, #[case] expected: bool) {
    let replies = [
        ok(json!({ "id": 100, "type": "private" })),
        ok(json!({ "id": 9, "username": "jogan_bot" })),
        ok(json!({ "status": "member" })),
        reply,
    ];
    let fake = Fake::answering(replies).await;
    let private = Address::Telegram { chat: 100, topic: None };
    assert_eq!(telegram(&fake.url).probe(private, a_place().await).await.is_ok(), expected);
}

#[tokio::test]
async fn updates_may_take_longer_than_other_calls() {
    let mut fake = Fake::answering([ok(json!([{ "update_id": 1 }]))]).await;
    let updates = telegram(&fake.url)
        .updates(1, Duration::from_secs(50), &["message", "my_chat_member"])
        .await
        .unwrap();
    assert_eq!(updates, [json!({ "update_id": 1 })]);
    let expected = json!({ "offset": 1, "timeout": 50, "allowed_updates": ["message", "my_chat_member"] });
    assert_eq!(fake.asked()[0].body, expected);
}

#[tokio::test]
async fn a_late_answer_to_a_button_is_gone() {
    let late =
        refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid");
    let fake = Fake::answering([late]).await;
    let error = telegram(&fake.url).answer_callback_query("7", Some("네")).await.unwrap_err();
    assert!(matches!(error, CallError::Gone(_)), "{error}");
}

#[rstest]
#[case::empty("")]
#[case::with_a_line_end("123:abc\n")]
#[case::with_a_path("123:abc/../x")]
fn a_token_is_checked_and_not_shown(#[case] token: &str) {
    let clock: SharedClock = Arc::new(TestClock::new(DateTime::UNIX_EPOCH));
    let (told, _) = mpsc::unbounded_channel();
    let gate = Arc::new(Gate::new(Limits::telegram(), clock, Vec::new(), told));
    let api_url = "https://api.telegram.org".parse().unwrap();
    let settings = Settings { api_url, token: token.into(), timeouts: Timeouts::default() };
    let error = Telegram::new(settings, gate).unwrap_err();
    assert!(matches!(error, SetupError::Token(_)));
    assert!(token.is_empty() || !error.to_string().contains("abc"));
}

/// Everything that is logged, at every level, by every crate.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_failure_shows_the_token() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = subscriber.set_default();
    let replies = [
        Reply::Hang,
        Reply::HangUp,
        Reply::Reset,
        Reply::Half(200),
        Reply::Half(500),
        Reply::Echo(200),
        Reply::Echo(302),
        Reply::Echo(404),
        Reply::Echo(429),
        Reply::Echo(502),
        refused(401, &format!("Unauthorized: {TOKEN}")),
        refused(400, "Bad Request: no such bot AAF-the_secret_part"),
        refused(429, "Too Many Requests: retry after 3"),
        ok(json!(TOKEN)),
    ];
    let calls = replies.len();
    let mut fake = Fake::answering(replies).await;
    let mut shown = String::new();
    let bot = telegram(&fake.url);
    for _ in 0..calls {
        let error = bot.send(post(CHAT, &body()), a_place().await).await.unwrap_err();
        shown.push_str(&format!("{error} {error:?}\n"));
    }
    let unheard = telegram(&nobody().await);
    let error = unheard.send(post(CHAT, &body()), a_place().await).await.unwrap_err();
    shown.push_str(&format!("{error} {error:?} {bot:?} {unheard:?}"));

    let asked = fake.asked();
    assert!(asked.len() == calls && asked.iter().all(|asked| asked.line.contains(TOKEN)));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("hyper_util"), "the HTTP stack logs here too");
    for text in [log, shown] {
        assert!(!text.contains("the_secret_part"), "{text}");
    }
}
