//! The tables of errors, row by row: an answer as the platform gives it, through the real client (`platform/`) and
//! `judge.rs`, to what becomes of the message and its channel.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Url;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::attempt::attempt;
use super::judge::judge;
use crate::clock::{SharedClock, TestClock};
use crate::model::channel::{Address, ChannelId, ChannelKind};
use crate::model::delivery::{Claimed, DeliveryId, Outcome, Task};
use crate::model::feed::OnUnknown;
use crate::model::message::{Body, MessageId, MessageState, PlatformMessageId};
use crate::platform::discord::{self, Discord};
use crate::platform::fake::{Fake, Reply};
use crate::platform::gate::{Gate, Limits};
use crate::platform::telegram::{self, Telegram};
use crate::platform::{Courier, Timeouts};

const CHANNEL: Address = Address::Discord { channel: 10 };
const CHAT: Address = Address::Telegram { chat: -7, topic: None };
const TOPIC: Address = Address::Telegram { chat: -7, topic: Some(3) };
const TIMEOUTS: Timeouts =
    Timeouts { connect: Duration::from_millis(300), whole: Duration::from_millis(300) };

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn clock() -> SharedClock {
    Arc::new(TestClock::new(now()))
}

fn gate() -> Arc<Gate> {
    let (told, _) = mpsc::unbounded_channel();
    Arc::new(Gate::new(Limits::unlimited(), clock(), Vec::new(), told))
}

fn discord(api_url: Url) -> Discord {
    Discord::new(discord::Settings { api_url, token: "to.k-en".into(), timeouts: TIMEOUTS }, gate()).unwrap()
}

fn telegram(api_url: Url) -> Telegram {
    Telegram::new(telegram::Settings { api_url, token: "1:AA".into(), timeouts: TIMEOUTS }, gate()).unwrap()
}

fn sending(address: Address) -> Claimed {
    Claimed {
        message: MessageId(1),
        task: Task::Send,
        delivery: DeliveryId(1),
        channel: ChannelId(1),
        address,
        kind: ChannelKind::Text,
        opened_by: None,
        is_recalled: false,
        body: Arc::new(Body(json!({ "text": "<b>a</b>", "parse_mode": "HTML" }))),
        plain: Arc::new(Body(json!({ "text": "a" }))),
        nonce: "n".into(),
        was: MessageState::Queued,
        attempts: 0,
        attempted_at: None,
        failing_for: TimeDelta::zero(),
        use_plain: false,
        on_unknown: OnUnknown::Resend,
        has_more: false,
        was_lost: false,
    }
}

fn editing(address: Address) -> Claimed {
    Claimed { task: Task::Edit(PlatformMessageId("77".into())), ..sending(address) }
}

fn deleting(address: Address) -> Claimed {
    Claimed { task: Task::Delete(PlatformMessageId("77".into())), ..sending(address) }
}

fn plainly(claimed: Claimed) -> Claimed {
    Claimed { use_plain: true, ..claimed }
}

/// What becomes of a claimed message, in a word.
async fn end<C: Courier>(courier: &C, claimed: Claimed) -> String {
    let (gate, clock) = (gate(), clock());
    let place = gate.take(&claimed.address, claimed.kind).await;
    let ended = attempt(courier, &gate, &*clock, &claimed, place).await;
    let outcome = ended.unwrap_or_else(|error| judge(error, &claimed, now(), TimeDelta::hours(24), 0.0));
    match outcome {
        Outcome::Sent(_) => "done".to_owned(),
        Outcome::Emptied => "emptied".to_owned(),
        Outcome::Later { at, .. } => format!("later, in {} ms", (at - now()).num_milliseconds()),
        Outcome::Again { at, .. } => format!("again in {} ms", (at - now()).num_milliseconds()),
        Outcome::Unknown { .. } => "unknown".to_owned(),
        Outcome::Plainer(_) => "plainer".to_owned(),
        Outcome::Failed(_) => "set aside".to_owned(),
        Outcome::Lost(_) => "channel lost".to_owned(),
        Outcome::Moved(chat) => format!("moved to {chat}"),
    }
}

// Discord: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>
#[rstest]
#[case::unknown_channel(404, 10003, "Unknown Channel", "channel lost")]
#[case::unknown_guild(404, 10004, "Unknown Guild", "channel lost")]
#[case::banned(403, 40007, "The user is banned from this guild", "channel lost")]
#[case::missing_access(403, 50001, "Missing Access", "channel lost")]
#[case::missing_permissions(403, 50013, "Missing Permissions", "channel lost")]
#[case::closed_dm(403, 50007, "Cannot send messages to this user", "channel lost")]
#[case::no_mutual_guild(
    403,
    50278,
    "Cannot send messages to this user due to having no mutual guilds",
    "channel lost"
)]
#[case::no_text_channel(400, 50008, "Cannot send messages in a non-text channel", "channel lost")]
#[case::archived_thread(400, 50083, "Thread is archived", "channel lost")]
#[case::locked_thread(400, 160_005, "Thread is locked", "channel lost")]
#[case::automod(400, 200_000, "Message was blocked by automatic moderation", "plainer")]
#[case::automod_of_titles(400, 200_001, "Title was blocked by automatic moderation", "plainer")]
#[case::harmful_link(400, 240_000, "Message blocked by harmful links filter", "plainer")]
#[case::invalid_form(400, 50035, "Invalid Form Body", "plainer")]
#[case::empty(400, 50006, "Cannot send an empty message", "plainer")]
#[case::too_large(413, 40005, "Request entity too large", "plainer")]
#[case::no_history(400, 160_002, "Cannot reply without permission to read message history", "plainer")]
#[case::only_threads(400, 40058, "Cannot message this channel until you create a thread", "set aside")]
#[case::wants_a_tag(400, 40067, "A tag is required to create a forum post in this channel", "set aside")]
#[case::other_kind(400, 50024, "Cannot execute action on this channel type", "set aside")]
#[case::guild_is_full(400, 30013, "Maximum number of guild channels reached (500)", "set aside")]
#[case::deleted_twin(404, 10008, "Unknown Message", "set aside")]
#[case::unknown_webhook(404, 10015, "Unknown Webhook", "set aside")]
#[case::slow_mode(
    400,
    20016,
    "This action cannot be performed due to slowmode rate limit",
    "again in 500 ms"
)]
#[case::channel_writes(
    400,
    20028,
    "The write action you are performing on the channel has hit the write rate limit",
    "again in 500 ms"
)]
#[case::guild_writes(
    400,
    20029,
    "The write action you are performing on the server has hit the write rate limit",
    "again in 500 ms"
)]
#[case::many_threads(400, 160_006, "Maximum number of active threads reached", "again in 500 ms")]
#[case::many_news_threads(
    400,
    160_007,
    "Maximum number of active announcement threads reached",
    "again in 500 ms"
)]
#[case::sending_is_off(403, 40004, "Send messages has been temporarily disabled", "again in 500 ms")]
#[case::feature_is_off(
    403,
    40006,
    "This feature has been temporarily disabled server-side",
    "again in 500 ms"
)]
#[case::no_agent(403, 40333, "internal network error", "again in 500 ms")]
#[case::overloaded(
    503,
    130_000,
    "API resource is currently overloaded. Try again a little later",
    "again in 500 ms"
)]
#[case::broken(500, 0, "500: Internal Server Error", "again in 500 ms")]
#[case::unauthorized(401, 0, "401: Unauthorized", "later, in 60000 ms")]
#[case::unauthorized_code(
    401,
    40001,
    "Unauthorized. Provide a valid token and try again",
    "later, in 60000 ms"
)]
#[case::invalid_token(401, 50014, "Invalid authentication token provided", "later, in 60000 ms")]
#[tokio::test]
async fn what_discord_says_to_a_message(
    #[case] status: u16,
    #[case] code: i64,
    #[case] message: &str,
    #[case] expected: &str,
) {
    let fake = Fake::answering([Reply::Json(status, json!({ "message": message, "code": code }))]).await;
    assert_eq!(end(&discord(fake.url.clone()), sending(CHANNEL)).await, expected);
}

#[rstest]
#[case::content_twice(plainly(sending(CHANNEL)), 400, 50035, "set aside")]
#[case::automod_twice(plainly(sending(CHANNEL)), 400, 200_000, "set aside")]
#[case::old_edits(editing(CHANNEL), 400, 30046, "set aside")]
#[case::announcement_edits(editing(CHANNEL), 400, 20022, "again in 500 ms")]
#[case::edited_and_gone(editing(CHANNEL), 404, 10008, "set aside")]
#[case::not_ours(editing(CHANNEL), 403, 50005, "set aside")]
#[case::of_the_system(editing(CHANNEL), 403, 50021, "set aside")]
#[case::in_an_archived_thread(editing(CHANNEL), 400, 50083, "set aside")]
#[case::edit_without_access(editing(CHANNEL), 403, 50001, "set aside")]
#[case::deleted_already(deleting(CHANNEL), 404, 10008, "done")]
#[tokio::test]
async fn what_discord_says_to_what_follows(
    #[case] claimed: Claimed,
    #[case] status: u16,
    #[case] code: i64,
    #[case] expected: &str,
) {
    let fake = Fake::answering([Reply::Json(status, json!({ "message": "no", "code": code }))]).await;
    assert_eq!(end(&discord(fake.url.clone()), claimed).await, expected);
}

#[rstest]
#[case::one_route(json!({ "message": "You are being rate limited.", "retry_after": 1.25, "global": false }), "later, in 1250 ms")]
#[case::all(json!({ "message": "You are being rate limited.", "retry_after": 0.5, "global": true }), "later, in 500 ms")]
#[tokio::test]
async fn discord_tells_to_wait(#[case] answer: Value, #[case] expected: &str) {
    let fake = Fake::answering([Reply::Json(429, answer)]).await;
    assert_eq!(end(&discord(fake.url.clone()), sending(CHANNEL)).await, expected);
}

// Telegram: the words of tdlib/telegram-bot-api, `telegram-bot-api/Client.cpp`, and of TDLib.
#[rstest]
#[case::blocked(403, "Forbidden: bot was blocked by the user", "channel lost")]
#[case::deactivated(403, "Forbidden: user is deactivated", "channel lost")]
#[case::kicked(403, "Forbidden: bot was kicked from the supergroup chat", "channel lost")]
#[case::kicked_from_a_group(403, "Forbidden: bot was kicked from the group chat", "channel lost")]
#[case::kicked_from_a_channel(403, "Forbidden: bot was kicked from the channel chat", "channel lost")]
#[case::no_member(403, "Forbidden: bot is not a member of the channel chat", "channel lost")]
#[case::group_deleted(403, "Forbidden: the group chat was deleted", "channel lost")]
#[case::never_started(403, "Forbidden: bot can't initiate conversation with a user", "channel lost")]
#[case::a_bot(403, "Forbidden: the bot can't send messages to the bot", "channel lost")]
#[case::no_chat(400, "Bad Request: chat not found", "channel lost")]
#[case::no_private_chat(400, "Bad Request: private chat not found", "channel lost")]
#[case::no_peer(400, "Bad Request: PEER_ID_INVALID", "channel lost")]
#[case::no_admin(400, "Bad Request: need administrator rights in the channel chat", "channel lost")]
#[case::no_write_access(400, "Bad Request: have no write access to the chat", "channel lost")]
#[case::no_right(400, "Bad Request: not enough rights to send text messages to the chat", "channel lost")]
#[case::topic_gone(400, "Bad Request: message thread not found", "channel lost")]
#[case::topic_closed(400, "Bad Request: TOPIC_CLOSED", "channel lost")]
#[case::topic_deleted(400, "Bad Request: TOPIC_DELETED", "channel lost")]
#[case::topic_id(400, "Bad Request: TOPIC_ID_INVALID", "channel lost")]
#[case::no_forum(400, "Bad Request: CHANNEL_FORUM_MISSING", "channel lost")]
#[case::write_forbidden(400, "Bad Request: CHAT_WRITE_FORBIDDEN", "channel lost")]
#[case::admin_required(400, "Bad Request: CHAT_ADMIN_REQUIRED", "channel lost")]
#[case::plain_forbidden(400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", "channel lost")]
#[case::restricted(400, "Bad Request: CHAT_RESTRICTED", "channel lost")]
#[case::private_channel(400, "Bad Request: CHANNEL_PRIVATE", "channel lost")]
#[case::banned(400, "Bad Request: USER_BANNED_IN_CHANNEL", "channel lost")]
#[case::is_blocked(400, "Bad Request: USER_IS_BLOCKED", "channel lost")]
#[case::deactivated_in_capitals(400, "Bad Request: INPUT_USER_DEACTIVATED", "channel lost")]
#[case::upgraded(400, "Bad Request: group chat was upgraded to a supergroup chat", "channel lost")]
#[case::markup(
    400,
    "Bad Request: can't parse entities: Unsupported start tag \"br\" at byte offset 4",
    "plainer"
)]
#[case::too_long(400, "Bad Request: message is too long", "plainer")]
#[case::too_many_bytes(400, "Bad Request: text is too long", "plainer")]
#[case::empty(400, "Bad Request: message text is empty", "plainer")]
#[case::keyboard(400, "Bad Request: reply markup is too long", "plainer")]
#[case::button(400, "Bad Request: BUTTON_DATA_INVALID", "plainer")]
#[case::no_method(404, "Not Found: method not found", "set aside")]
#[case::token(401, "Unauthorized", "later, in 60000 ms")]
#[case::token_of_no_form(404, "Not Found", "later, in 60000 ms")]
#[case::broken(500, "Internal Server Error: restart", "again in 500 ms")]
#[case::bad_gateway(502, "Bad Gateway", "again in 500 ms")]
#[tokio::test]
async fn what_telegram_says_to_a_message(
    #[case] code: u16,
    #[case] description: &str,
    #[case] expected: &str,
) {
    let answer = json!({ "ok": false, "error_code": code, "description": description });
    let fake = Fake::answering([Reply::Json(code, answer)]).await;
    assert_eq!(end(&telegram(fake.url.clone()), sending(CHAT)).await, expected);
}

#[rstest]
#[case::markup_twice(plainly(sending(CHAT)), 400, "Bad Request: message is too long", "set aside")]
#[case::same(
    editing(CHAT),
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    "done"
)]
#[case::edited_and_gone(editing(CHAT), 400, "Bad Request: message to edit not found", "set aside")]
#[case::no_id(editing(CHAT), 400, "Bad Request: MESSAGE_ID_INVALID", "set aside")]
#[case::too_old(editing(CHAT), 400, "Bad Request: message can't be edited", "set aside")]
#[case::expired(editing(CHAT), 400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED", "set aside")]
#[case::edit_when_kicked(
    editing(CHAT),
    403,
    "Forbidden: bot was kicked from the supergroup chat",
    "set aside"
)]
#[case::deleted_already(deleting(CHAT), 400, "Bad Request: message to delete not found", "done")]
#[tokio::test]
async fn what_telegram_says_to_what_follows(
    #[case] claimed: Claimed,
    #[case] code: u16,
    #[case] description: &str,
    #[case] expected: &str,
) {
    let answer = json!({ "ok": false, "error_code": code, "description": description });
    let fake = Fake::answering([Reply::Json(code, answer)]).await;
    assert_eq!(end(&telegram(fake.url.clone()), claimed).await, expected);
}

#[rstest]
#[case::flood(429, json!({ "retry_after": 7 }), "Too Many Requests: retry after 7", "later, in 7000 ms")]
#[case::migration(400, json!({ "migrate_to_chat_id": -1_001 }), "Bad Request: group chat was upgraded to a supergroup chat", "moved to -1001")]
#[tokio::test]
async fn what_telegram_says_in_parameters(
    #[case] code: u16,
    #[case] parameters: Value,
    #[case] description: &str,
    #[case] expected: &str,
) {
    let answer =
        json!({ "ok": false, "error_code": code, "description": description, "parameters": parameters });
    let fake = Fake::answering([Reply::Json(code, answer)]).await;
    assert_eq!(end(&telegram(fake.url.clone()), sending(CHAT)).await, expected);
}

#[tokio::test]
async fn a_message_that_may_not_be_deleted_is_emptied() {
    let refused = json!({ "ok": false, "error_code": 400, "description": "Bad Request: message can't be deleted for everyone" });
    let done = json!({ "ok": true, "result": {} });
    let fake = Fake::answering([Reply::Json(400, refused), Reply::Json(200, done)]).await;
    assert_eq!(end(&telegram(fake.url.clone()), deleting(CHAT)).await, "emptied");
}

#[tokio::test]
async fn a_group_without_topics_gets_nothing_that_was_for_one() {
    let group = json!({ "ok": true, "result": { "id": -7, "type": "supergroup" } });
    let mut fake = Fake::answering([Reply::Json(200, group)]).await;
    assert_eq!(end(&telegram(fake.url.clone()), sending(TOPIC)).await, "channel lost");
    assert_eq!(fake.asked().len(), 1);
}
