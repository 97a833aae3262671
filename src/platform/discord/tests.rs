//! What goes over the wire to Discord.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use rstest::rstest;
use serde_json::json;
use tokio::sync::mpsc;

use super::chat::{GatewayInfo, Interaction};
use super::*;
use crate::clock::{SharedClock, TestClock};
use crate::platform::fake::{Fake, Reply, a_place};
use crate::platform::gate::Limits;

const CHANNEL: Address = Address::Discord { channel: 10 };

/// A day on which ids look as usual.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_766_000_000, 0).unwrap()
}

/// When the message that is looked for was tried.
fn attempt() -> DateTime<Utc> {
    now() - TimeDelta::minutes(10)
}

/// The id of something made so long ago.
fn id(ago: TimeDelta) -> String {
    let milliseconds = (now() - ago).timestamp_millis() - 1_420_070_400_000;
    (milliseconds << 22).to_string()
}

fn discord(url: &Url) -> Discord {
    let clock: SharedClock = Arc::new(TestClock::new(now()));
    let (told, _) = mpsc::unbounded_channel();
    let gate = Arc::new(Gate::new(Limits::discord(), clock, Vec::new(), told));
    let timeouts = Timeouts { connect: Duration::from_millis(300), whole: Duration::from_millis(300) };
    let settings = Settings { api_url: url.clone(), token: "to.k-en".into(), timeouts };
    Discord::new(settings, gate).unwrap()
}

fn ok(body: Value) -> Reply {
    Reply::Json(200, body)
}

fn done() -> Reply {
    Reply::Raw(204, Vec::new(), String::new())
}

fn refused(status: u16, code: i64) -> Reply {
    Reply::Json(status, json!({ "code": code, "message": "no" }))
}

fn me() -> Reply {
    ok(json!({ "id": "9", "username": "jogan" }))
}

fn text_channel(last: Option<&str>) -> Reply {
    ok(json!({ "id": "10", "type": 0, "guild_id": "3", "last_message_id": last }))
}

fn body() -> Body {
    Body(json!({ "content": "새 소식", "embeds": [{ "title": "제목", "description": "본문" }] }))
}

fn message(id: &str, author: &str, content: &str) -> Value {
    let embeds = json!([{ "type": "rich", "title": "제목", "description": "본문" }]);
    json!({ "id": id, "author": { "id": author }, "content": content, "embeds": embeds })
}

#[tokio::test]
async fn a_message_is_sent_with_a_nonce_and_in_our_name() {
    let mut fake = Fake::answering([ok(json!({ "id": "77" }))]).await;
    let body = body();
    let post = Post { address: CHANNEL, kind: ChannelKind::Text, body: &body, nonce: "n-1" };
    assert_eq!(discord(&fake.url).send(post, a_place().await).await.unwrap().0, "77");
    let asked = fake.asked().remove(0);
    assert_eq!(asked.line, "POST /prefix/api/v10/channels/10/messages");
    assert!(asked.headers.contains("authorization: bot to.k-en\r\n"), "{}", asked.headers);
    assert!(asked.headers.contains("user-agent: discordbot (https://"), "{}", asked.headers);
    assert_eq!(asked.body["nonce"], "n-1");
    assert_eq!(asked.body["enforce_nonce"], true);
}

#[tokio::test]
async fn a_forum_gets_a_thread_and_its_messages_are_reached_there() {
    let replies = [
        ok(json!({ "id": "10", "type": 15, "available_tags": [{ "id": "7", "name": "투자" }] })),
        Reply::Json(201, json!({ "id": "500", "message": { "id": "500" } })),
        ok(json!({ "id": "500" })),
        refused(403, 50013),
        done(),
        refused(404, 10003),
    ];
    let mut fake = Fake::answering(replies).await;
    let (discord, body) = (discord(&fake.url), body());
    let post = Post { address: CHANNEL, kind: ChannelKind::Forum, body: &body, nonce: "n" };
    let opened = discord.send(post, a_place().await).await.unwrap();
    assert_eq!(thread_of(&opened), Some(Address::Discord { channel: 500 }));
    discord.edit(CHANNEL, &opened, &body, a_place().await).await.unwrap();
    // Who may not delete a thread deletes its first message; what was in a thread that is gone is gone.
    discord.delete(CHANNEL, &opened, a_place().await).await.unwrap();
    let second = in_thread(Address::Discord { channel: 500 }, PlatformMessageId("501".to_owned()));
    discord.delete(CHANNEL, &second, a_place().await).await.unwrap();
    let expected = [
        "GET /api/v10/channels/10",
        "POST /api/v10/channels/10/threads",
        "PATCH /api/v10/channels/500/messages/500",
        "DELETE /api/v10/channels/500",
        "DELETE /api/v10/channels/500/messages/500",
        "DELETE /api/v10/channels/500/messages/501",
    ];
    assert_eq!(fake.lines(), expected);
}

#[tokio::test]
async fn a_message_that_is_gone_counts_as_deleted_but_not_as_edited() {
    let fake = Fake::answering([refused(404, 10008), refused(404, 10008)]).await;
    let (discord, id) = (discord(&fake.url), PlatformMessageId("77".to_owned()));
    discord.delete(CHANNEL, &id, a_place().await).await.unwrap();
    let error = discord.edit(CHANNEL, &id, &body(), a_place().await).await.unwrap_err();
    assert!(matches!(error, CallError::Gone(_)), "{error}");
}

#[tokio::test]
async fn an_id_that_is_none_reaches_no_path() {
    let mut fake = Fake::answering([]).await;
    let id = PlatformMessageId("77/../../users".to_owned());
    let error = discord(&fake.url).delete(CHANNEL, &id, a_place().await).await.unwrap_err();
    assert!(matches!(error, CallError::Unsupported(_)), "{error}");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_bucket_in_the_headers_holds_at_the_gate() {
    let headers = vec![
        ("x-ratelimit-limit", "5".to_owned()),
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset-after", "1.25".to_owned()),
        ("x-ratelimit-bucket", "abcd".to_owned()),
    ];
    let fake = Fake::answering([Reply::Raw(200, headers, json!({ "id": "77" }).to_string())]).await;
    let (discord, body) = (discord(&fake.url), body());
    let post = Post { address: CHANNEL, kind: ChannelKind::Text, body: &body, nonce: "n" };
    discord.send(post, a_place().await).await.unwrap();
    let at = discord.gate().try_take(&CHANNEL, ChannelKind::Text).unwrap_err();
    assert_eq!(at, now() + TimeDelta::milliseconds(1250));
    drop(discord.gate().try_take(&Address::Discord { channel: 11 }, ChannelKind::Text).unwrap());
}

#[rstest]
#[case::one_channel(json!({ "message": "slow", "retry_after": 0.75, "global": false }), false)]
#[case::everything(json!({ "message": "slow", "retry_after": 0.75, "global": true }), true)]
#[tokio::test]
async fn a_wait_holds_at_the_gate(#[case] answer: Value, #[case] everything: bool) {
    let fake = Fake::answering([Reply::Json(429, answer)]).await;
    let (discord, body) = (discord(&fake.url), body());
    let post = Post { address: CHANNEL, kind: ChannelKind::Text, body: &body, nonce: "n" };
    discord.send(post, a_place().await).await.unwrap_err();
    let at = discord.gate().try_take(&CHANNEL, ChannelKind::Text).unwrap_err();
    assert_eq!(at, now() + TimeDelta::milliseconds(750));
    let other = discord.gate().try_take(&Address::Discord { channel: 11 }, ChannelKind::Text);
    assert_eq!(other.is_err(), everything);
}

#[tokio::test]
async fn a_message_of_ours_is_found_by_its_words() {
    let (old, new) = (id(TimeDelta::minutes(5)), id(TimeDelta::minutes(1)));
    let latest = json!([
        message(&new, "8", "새 소식"),
        message(&new, "9", "다른 소식"),
        message(&old, "9", " 새 소식"),
    ]);
    let mut fake = Fake::answering([me(), text_channel(Some(&new)), ok(latest)]).await;
    let found = discord(&fake.url).find(CHANNEL, &body(), attempt(), a_place().await).await.unwrap();
    assert_eq!(found, Some(PlatformMessageId(old)));
    assert_eq!(fake.lines()[2], "GET /api/v10/channels/10/messages?limit=100");
}

#[rstest]
#[case::empty_channel(None, Vec::new(), true)]
#[case::history_hidden(Some("5"), Vec::new(), false)]
#[case::others_words(Some("5"), vec![message("5", "9", "다른 소식")], true)]
#[case::others_message(Some("5"), vec![message("5", "8", "새 소식")], true)]
#[case::the_same_words_before(Some("5"), vec![message(&id(TimeDelta::minutes(11)), "9", "새 소식")], true)]
#[case::busy_since_before(Some("5"), vec![message(&id(TimeDelta::minutes(11)), "8", "?"); 100], true)]
#[case::busier_since_then(Some("5"), vec![message(&id(TimeDelta::minutes(9)), "8", "?"); 100], false)]
#[tokio::test]
async fn absence_is_only_said_where_it_is_sure(
    #[case] last: Option<&str>,
    #[case] latest: Vec<Value>,
    #[case] sure: bool,
) {
    let fake = Fake::answering([me(), text_channel(last), ok(latest.into())]).await;
    let found = discord(&fake.url).find(CHANNEL, &body(), attempt(), a_place().await).await;
    assert_eq!(found.is_ok(), sure, "{found:?}");
    assert_eq!(found.ok().flatten(), None);
}

#[tokio::test]
async fn a_thread_of_ours_is_found_among_a_forums_active_ones() {
    let thread = |id: &str, owner: &str, parent: &str, name: &str| json!({ "id": id, "owner_id": owner, "parent_id": parent, "name": name });
    let [a, b, c, d, e] = [5, 4, 3, 2, 1].map(|minutes| id(TimeDelta::minutes(minutes)));
    let threads = [
        thread("20", "9", "10", "새 소식"),
        thread(&a, "8", "10", "새 소식"),
        thread(&b, "9", "11", "새 소식"),
        thread(&c, "9", "10", "어제 소식"),
        thread(&d, "9", "10", "새 소식"),
        thread(&e, "9", "10", "새 소식"),
    ];
    let replies = [
        me(),
        ok(json!({ "id": "10", "type": 15, "guild_id": "3" })),
        ok(json!({ "threads": threads, "members": [] })),
        refused(404, 10008),
        ok(message(&e, "9", "새 소식")),
    ];
    let mut fake = Fake::answering(replies).await;
    let found = discord(&fake.url).find(CHANNEL, &body(), attempt(), a_place().await).await.unwrap();
    assert_eq!(found, Some(PlatformMessageId(format!("{e}/{e}"))));
    let looked_at = [d, e].map(|thread| format!("GET /api/v10/channels/{thread}/messages/{thread}"));
    assert_eq!(fake.lines()[3..], looked_at);
}

#[rstest]
#[case::writable(vec![text_channel(None), done()], None)]
#[case::readable_only(vec![text_channel(None), refused(403, 50013)], Some(true))]
#[case::typing_is_turned_off(vec![text_channel(None), refused(403, 0)], None)]
#[case::typing_is_unknown(vec![text_channel(None), Reply::Raw(404, Vec::new(), "<html>".to_owned())], None)]
#[case::forum(vec![ok(json!({ "id": "10", "type": 15 }))], None)]
#[case::no_access(vec![refused(403, 50001)], Some(true))]
#[case::gone(vec![refused(404, 10003)], Some(true))]
#[case::down(vec![Reply::Raw(502, Vec::new(), "<html>".to_owned())], Some(false))]
#[tokio::test]
async fn a_probe_sends_no_message(#[case] replies: Vec<Reply>, #[case] lost: Option<bool>) {
    let calls = replies.len();
    let mut fake = Fake::answering(replies).await;
    let result = discord(&fake.url).probe(CHANNEL, a_place().await).await;
    assert_eq!(result.as_ref().err().map(|error| matches!(error, CallError::Lost(_))), lost, "{result:?}");
    assert_eq!(fake.lines(), ["GET /api/v10/channels/10", "POST /api/v10/channels/10/typing"][..calls]);
}

#[tokio::test]
async fn every_call_has_a_place_of_its_own() {
    let forum = || ok(json!({ "id": "10", "type": 15, "guild_id": "3" }));
    let replies = [
        me(),
        text_channel(None),
        ok(json!([])),
        text_channel(None),
        done(),
        forum(),
        Reply::Json(201, json!({ "id": "500" })),
        refused(403, 50013),
        done(),
    ];
    let mut fake = Fake::answering(replies).await;
    let (discord, body) = (discord(&fake.url), body());
    let gate = discord.gate();
    discord.find(CHANNEL, &body, attempt(), gate.take_for_none().await).await.unwrap();
    discord.probe(CHANNEL, gate.take_for_none().await).await.unwrap();
    let post = Post { address: CHANNEL, kind: ChannelKind::Forum, body: &body, nonce: "n" };
    let opened = discord.send(post, gate.take_for_none().await).await.unwrap();
    discord.delete(CHANNEL, &opened, gate.take_for_none().await).await.unwrap();
    let left = std::iter::from_fn(|| gate.take_for_none().now_or_never()).count();
    assert_eq!(fake.lines().len() + left, 50, "calls that Discord allows in a second");
}

#[tokio::test]
async fn who_we_are_is_asked_once() {
    let mut fake = Fake::answering([refused(500, 0), me()]).await;
    let discord = discord(&fake.url);
    discord.me().await.unwrap_err();
    assert_eq!(discord.me().await.unwrap().id, 9);
    assert_eq!(discord.me().await.unwrap().username, "jogan");
    assert_eq!(fake.asked().len(), 2);
}

#[rstest]
#[case::whole(
    json!({ "url": "ws://127.0.0.1:9/gw", "shards": 2, "session_start_limit": { "max_concurrency": 16 } }),
    Some(("ws://127.0.0.1:9/gw", 2, 16, TimeDelta::seconds(1)))
)]
#[case::address_alone(json!({ "url": "wss://gateway.example" }), Some(("wss://gateway.example", 1, 1, TimeDelta::hours(24))))]
#[case::no_websocket(json!({ "url": "https://gateway.example" }), None)]
#[case::no_address(json!({ "shards": 1 }), None)]
#[tokio::test]
async fn the_gateway_is_where_the_server_says(
    #[case] answer: Value,
    #[case] expected: Option<(&str, u32, u32, TimeDelta)>,
) {
    let fake = Fake::answering([ok(answer)]).await;
    let expected = expected.map(|(url, shards, max_concurrency, resets_in)| GatewayInfo {
        sessions_left: u32::MAX,
        resets_in,
        url: url.parse().unwrap(),
        shards,
        max_concurrency,
    });
    let gateway = discord(&fake.url).gateway().await;
    assert_eq!(gateway.as_ref().ok(), expected.as_ref(), "{gateway:?}");
    assert!(!matches!(gateway, Err(error) if !matches!(error, CallError::Transient(_))));
}

#[tokio::test]
async fn commands_are_written_only_when_they_changed() {
    let registered = || ok(json!([{ "id": "1", "version": "2", "name": "ping", "description": "Here?" }]));
    let mut fake = Fake::answering([registered(), registered(), ok(json!([]))]).await;
    let discord = discord(&fake.url);
    let same = json!({ "name": "ping", "description": "Here?" });
    assert!(!discord.register_commands(4, &[same]).await.unwrap());
    let other = serenity::all::CreateCommand::new("ping").description("There?");
    assert!(discord.register_commands(4, &[other]).await.unwrap());
    assert_eq!(fake.lines()[2], "PUT /api/v10/applications/4/commands");
}

#[tokio::test]
async fn a_message_that_is_published_already_counts_as_published() {
    let mut fake = Fake::answering([refused(400, 40033), refused(403, 50013)]).await;
    let (discord, id) = (discord(&fake.url), PlatformMessageId("77".to_owned()));
    discord.crosspost(CHANNEL, &id).await.unwrap();
    discord.crosspost(CHANNEL, &id).await.unwrap_err();
    assert_eq!(fake.lines()[0], "POST /api/v10/channels/10/messages/77/crosspost");
}

#[tokio::test]
async fn an_interaction_is_answered_without_a_place_and_its_token_stays_hidden() {
    let replies = [
        done(),
        ok(json!({ "id": "78" })),
        Reply::Echo(404),
        Reply::HangUp,
        Reply::Json(404, json!({ "code": 10062, "message": "Unknown interaction t0ken-of-it" })),
    ];
    let mut fake = Fake::answering(replies).await;
    let discord = discord(&fake.url);
    discord.gate().told_all(TimeDelta::hours(1));
    let asked = Interaction { application: 4, id: 5, token: "t0ken-of-it".into() };
    discord.answer(&asked, &json!({ "type": 5 }), None).await.unwrap();
    assert_eq!(discord.follow_up(&asked, &json!({ "content": "a" })).await.unwrap().0, "78");
    let mut shown = format!("{asked:?}");
    for _ in 0..3 {
        let error = discord.edit_answer(&asked, &json!({ "content": "b" }), None).await.unwrap_err();
        shown.push_str(&format!("{error} {error:?}"));
    }
    assert!(!shown.contains("t0ken-of-it"), "{shown}");
    assert!(shown.contains("Unknown interaction"), "{shown}");
    let expected = [
        "POST /api/v10/interactions/5/t0ken-of-it/callback",
        "POST /api/v10/webhooks/4/t0ken-of-it",
        "PATCH /api/v10/webhooks/4/t0ken-of-it/messages/@original",
    ];
    assert_eq!(fake.lines()[..3], expected);
}
