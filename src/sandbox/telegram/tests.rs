//! The whole of it: the real teloxide client and a plain HTTP client against a listening sandbox.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use reqwest::multipart::{Form, Part};
use rstest::rstest;
use serde_json::{Value, json};
use teloxide::prelude::*;
use teloxide::types::{
    BotCommand, BotCommandScope, ChatMemberKind, InlineKeyboardButton, InlineKeyboardMarkup, InputFile,
    MessageEntityKind, ParseMode, ReplyParameters, ThreadId, Update, UpdateKind,
};
use teloxide::update_listeners::{AsUpdateStream, Polling};
use teloxide::{ApiError, RequestError};

use crate::clock::TestClock;
use crate::sandbox::telegram::{
    CallbackAnswer, ChatKind, Counters, Fault, Faults, Options, Person, PressError, Telegram,
};

const TOKEN: &str = "123456:a-token-for-tests";

/// A listening sandbox with both clients.
struct Sandbox {
    telegram: Arc<Telegram>,
    clock: TestClock,
    url: String,
    bot: Bot,
    http: reqwest::Client,
}

impl Sandbox {
    async fn start() -> Self {
        Self::with_limits(false).await
    }

    async fn with_limits(limits: bool) -> Self {
        let clock = TestClock::new("2025-12-17T07:09:26Z".parse::<DateTime<Utc>>().unwrap());
        let telegram = Telegram::new(Options {
            token: TOKEN.into(),
            username: "jogan_bot".into(),
            clock: Arc::new(clock.clone()),
            limits,
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, telegram.router()).into_future());
        let bot = Bot::new(TOKEN).set_api_url(url.parse().unwrap());
        Self { telegram, clock, url, bot, http: reqwest::Client::new() }
    }

    fn at(&self, method: &str) -> String {
        format!("{}/bot{TOKEN}/{method}", self.url)
    }

    /// Status and body of a call with a JSON body.
    async fn call(&self, method: &str, body: Value) -> (u16, Value) {
        let answer = self.http.post(self.at(method)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The description of a refusal, with its code.
    async fn refused(&self, method: &str, body: Value) -> String {
        let (status, answer) = self.call(method, body).await;
        assert_eq!(answer["ok"], json!(false), "{answer}");
        assert_eq!(answer["error_code"], json!(status));
        format!("{status} {}", answer["description"].as_str().unwrap())
    }

    /// The updates that wait, read as teloxide reads them.
    async fn updates(&self) -> Vec<Update> {
        self.bot.get_updates().await.unwrap()
    }
}

fn mina() -> Person {
    Person {
        id: 100, first_name: "미나".into(), username: Some("mina_k".into()), language_code: "ko".into()
    }
}

fn buttons() -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("▶", "next:2")]])
}

#[tokio::test]
async fn the_listener_of_the_real_client_gets_what_people_do() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    let mut listener = Polling::builder(sandbox.bot.clone()).timeout(Duration::from_secs(10)).build();
    let mut updates = pin!(listener.as_stream());

    let mina = mina();
    // Nothing is there yet, so the poll is on its way when she writes.
    let (update, _) = tokio::join!(updates.next(), sandbox.telegram.say(&mina, chat, None, "/start 안녕"));
    let UpdateKind::Message(message) = update.unwrap().unwrap().kind else { panic!("no message") };
    assert_eq!(message.text(), Some("/start 안녕"));
    assert_eq!(message.entities().unwrap()[0].kind, MessageEntityKind::BotCommand);
    assert_eq!(message.from.unwrap().language_code.as_deref(), Some("ko"));

    let sent = sandbox.bot.send_message(ChatId(chat), "1/2").reply_markup(buttons()).await.unwrap();
    let pressed = {
        let telegram = Arc::clone(&sandbox.telegram);
        let message = i64::from(sent.id.0);
        tokio::spawn(async move { telegram.press(&mina, chat, message, "next:2").await })
    };
    let UpdateKind::CallbackQuery(query) = updates.next().await.unwrap().unwrap().kind else {
        panic!("no callback query")
    };
    assert_eq!(query.data.as_deref(), Some("next:2"));
    assert_eq!(query.regular_message().unwrap().id, sent.id);
    sandbox.bot.answer_callback_query(query.id).text("다음").show_alert(true).await.unwrap();
    let answer = CallbackAnswer { text: Some("다음".into()), show_alert: true, url: None };
    assert_eq!(pressed.await.unwrap(), Ok(answer));
}

#[tokio::test]
async fn every_update_reads_as_the_client_reads_it() {
    let sandbox = Sandbox::start().await;
    let telegram = &sandbox.telegram;
    let forum = telegram.add_chat("뉴스 방", ChatKind::Forum);
    let channel = telegram.add_chat("AI 뉴스", ChatKind::Channel);
    let group = telegram.add_chat("옛 방", ChatKind::Group);
    telegram.add_private(&mina());
    let topic = telegram.add_topic(forum, "AI");
    let said = telegram.say(&mina(), forum, Some(topic), "/today@jogan_bot").await;
    telegram.edit(forum, said, "/today").await;
    telegram.say(&mina(), channel, None, "공지").await;
    let note = sandbox.bot.send_message(ChatId(group), "안녕하세요").await.unwrap();
    telegram.reply(&mina(), group, i64::from(note.id.0), "왜요?").await;
    telegram.block(100);
    telegram.kick(channel);
    telegram.invite(&mina(), channel);
    let supergroup = telegram.migrate(group);

    let updates = sandbox.updates().await;
    let kinds: Vec<_> = updates.iter().map(|update| &update.kind).collect();
    assert!(!kinds.iter().any(|kind| matches!(kind, UpdateKind::Error(_))), "{kinds:#?}");
    let [
        UpdateKind::Message(created),
        UpdateKind::Message(command),
        UpdateKind::EditedMessage(edited),
        UpdateKind::ChannelPost(post),
        UpdateKind::Message(reply),
        UpdateKind::MyChatMember(blocked),
        UpdateKind::MyChatMember(kicked),
        UpdateKind::MyChatMember(invited),
        UpdateKind::Message(from_group),
        UpdateKind::Message(to_supergroup),
    ] = kinds[..]
    else {
        panic!("{kinds:#?}")
    };
    assert_eq!(created.forum_topic_created().unwrap().name, "AI");
    assert_eq!(command.thread_id.unwrap().0.0, topic);
    assert!(command.is_topic_message);
    assert_eq!(command.chat.id.0, forum);
    assert_eq!(edited.text(), Some("/today"));
    assert_eq!(post.text(), Some("공지"));
    assert!(post.from.is_none());
    assert_eq!(reply.reply_to_message().unwrap().id, note.id);
    assert!(matches!(blocked.new_chat_member.kind, ChatMemberKind::Banned(_)));
    assert!(blocked.chat.is_private());
    assert!(matches!(kicked.old_chat_member.kind, ChatMemberKind::Administrator(_)));
    assert!(matches!(invited.new_chat_member.kind, ChatMemberKind::Administrator(_)));
    assert_eq!(from_group.migrate_to_chat_id().unwrap().0, supergroup);
    assert_eq!(to_supergroup.migrate_from_chat_id().unwrap().0, group);
}

#[tokio::test]
async fn updates_are_acknowledged_by_offset_and_a_second_poll_ends_the_first() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    sandbox.telegram.say(&mina(), chat, None, "하나").await;
    sandbox.telegram.say(&mina(), chat, None, "둘").await;
    let (_, both) = sandbox.call("getUpdates", json!({ "timeout": 0 })).await;
    let first = both["result"][0]["update_id"].as_i64().unwrap();
    assert_eq!(both["result"].as_array().unwrap().len(), 2);
    let (_, last) = sandbox.call("getupdates", json!({ "offset": -1 })).await;
    assert_eq!(last["result"][0]["message"]["text"], "둘");
    let (_, rest) = sandbox.call("GETUPDATES", json!({ "offset": first + 2 })).await;
    assert_eq!(rest["result"], json!([]));

    let poll = json!({ "timeout": 30, "offset": first + 2 });
    let waiting = sandbox.call("getUpdates", poll.clone());
    let second = async {
        // The first poll is in once its call has moved the queue on.
        let mut news = sandbox.telegram.news();
        news.changed().await.unwrap();
        sandbox.call("getUpdates", json!({ "offset": first + 2 })).await
    };
    let (first, second) = tokio::join!(waiting, second);
    assert_eq!(first.0, 409);
    assert_eq!(
        first.1["description"],
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    assert_eq!(second.0, 200);

    sandbox.call("setWebhook", json!({ "url": "https://example.org/hook" })).await;
    let refused = sandbox.refused("getUpdates", json!({})).await;
    assert!(
        refused.starts_with("409 Conflict: can't use getUpdates method while webhook is active"),
        "{refused}"
    );
    let info = sandbox.bot.get_webhook_info().await.unwrap();
    assert_eq!(info.url.unwrap().as_str(), "https://example.org/hook");
    sandbox.bot.delete_webhook().await.unwrap();
    assert_eq!(sandbox.call("getUpdates", json!({})).await.0, 200);
}

#[tokio::test]
async fn only_wanted_updates_are_kept() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    sandbox.call("getUpdates", json!({ "allowed_updates": ["my_chat_member"] })).await;
    sandbox.telegram.say(&mina(), chat, None, "?").await;
    sandbox.telegram.block(chat);
    let (_, updates) = sandbox.call("getUpdates", json!({})).await;
    assert_eq!(updates["result"].as_array().unwrap().len(), 1);
    assert!(updates["result"][0]["my_chat_member"].is_object());
}

#[tokio::test]
async fn in_a_group_a_bot_sees_only_what_is_meant_for_it() {
    let sandbox = Sandbox::start().await;
    let group = sandbox.telegram.add_chat("방", ChatKind::Supergroup);
    for text in ["수다", "/today", "/today@other_bot", "/today@Jogan_Bot 12/17", "@jogan_bot 뭐해"] {
        sandbox.telegram.say(&mina(), group, None, text).await;
    }
    sandbox.telegram.set_admin(group, sandbox.telegram.bot_id(), true);
    sandbox.telegram.say(&mina(), group, None, "이제 다 보인다").await;
    let seen: Vec<_> = sandbox
        .updates()
        .await
        .into_iter()
        .filter_map(|update| match update.kind {
            UpdateKind::Message(message) => message.text().map(str::to_owned),
            _ => None,
        })
        .collect();
    assert_eq!(seen, ["/today", "/today@Jogan_Bot 12/17", "이제 다 보인다"]);
}

#[tokio::test]
async fn a_message_is_sent_edited_and_deleted() {
    let sandbox = Sandbox::start().await;
    let chat = ChatId(sandbox.telegram.add_private(&mina()));
    let mut changes = sandbox.telegram.changes();
    changes.mark_unchanged();
    let sent = sandbox
        .bot
        .send_message(chat, "<b>AI 뉴스</b> &amp; <a href=\"https://x.kr\">더</a> #투자")
        .parse_mode(ParseMode::Html)
        .reply_markup(buttons())
        .await
        .unwrap();
    assert!(changes.has_changed().unwrap());
    assert_eq!(sent.text(), Some("AI 뉴스 & 더 #투자"));
    let kinds: Vec<_> = sent.entities().unwrap().iter().map(|entity| &entity.kind).collect();
    assert!(
        matches!(
            kinds[..],
            [MessageEntityKind::Bold, MessageEntityKind::TextLink { .. }, MessageEntityKind::Hashtag]
        ),
        "{kinds:?}"
    );
    let edited = sandbox.bot.edit_message_text(chat, sent.id, "고침").await.unwrap();
    assert!(edited.edit_date().is_some());
    assert!(edited.reply_markup().is_none(), "an edit without a keyboard takes it away");
    sandbox.bot.edit_message_reply_markup(chat, sent.id).reply_markup(buttons()).await.unwrap();
    let timeline = sandbox.telegram.timeline(chat.0);
    assert_eq!(timeline.len(), 1);
    assert_eq!(timeline[0]["text"], "고침");
    assert_eq!(timeline[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"], "next:2");
    sandbox.bot.delete_message(chat, sent.id).await.unwrap();
    assert_eq!(sandbox.telegram.timeline(chat.0), Vec::<Value>::new());
}

#[tokio::test]
async fn a_silent_message_does_not_ring() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    sandbox.bot.send_message(ChatId(chat), "첫째").await.unwrap();
    sandbox.bot.send_message(ChatId(chat), "둘째").disable_notification(true).await.unwrap();
    assert_eq!(sandbox.telegram.notifications(chat), 1);
}

#[tokio::test]
async fn a_picture_is_sent_with_a_caption() {
    let sandbox = Sandbox::start().await;
    let chat = ChatId(sandbox.telegram.add_private(&mina()));
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 5, 0, 0, 0, 2, 128, 8, 6, 0, 0, 0]);
    let picture = InputFile::memory(png.clone()).file_name("trend.png");
    let sent = sandbox
        .bot
        .send_photo(chat, picture)
        .caption("<i>최근 7일</i>")
        .parse_mode(ParseMode::Html)
        .reply_markup(buttons())
        .await
        .unwrap();
    assert_eq!(sent.caption(), Some("최근 7일"));
    let photo = &sent.photo().unwrap()[0];
    assert_eq!((photo.width, photo.height), (1280, 640));
    assert_eq!(sandbox.telegram.photo(&photo.file.id.0), Some(png.clone()));
    let refused = sandbox.bot.edit_message_text(chat, sent.id, "x").await.unwrap_err();
    assert!(refused.to_string().contains("there is no text in the message to edit"), "{refused}");

    let form = |caption: String| {
        let file = Part::bytes(png.clone()).file_name("a.png");
        Form::new().text("chat_id", "100").text("caption", caption).part("photo", file)
    };
    let send = |caption: String| sandbox.http.post(sandbox.at("sendPhoto")).multipart(form(caption)).send();
    assert_eq!(send("가".repeat(1024)).await.unwrap().status(), 200);
    let refused: Value = send("가".repeat(1025)).await.unwrap().json().await.unwrap();
    assert_eq!(refused["description"], "Bad Request: message caption is too long");
}

#[tokio::test]
async fn parameters_come_in_any_form() {
    let sandbox = Sandbox::start().await;
    sandbox.telegram.add_private(&mina());
    let query = format!("{}?chat_id=100&text=query", sandbox.at("sendMessage"));
    assert_eq!(sandbox.http.get(query).send().await.unwrap().status(), 200);
    let form = "chat_id=100&text=form&reply_markup=%7B%22inline_keyboard%22%3A%5B%5D%7D";
    let urlencoded = "application/x-www-form-urlencoded";
    let call = sandbox.http.post(sandbox.at("SENDMESSAGE")).header("content-type", urlencoded).body(form);
    assert_eq!(call.send().await.unwrap().status(), 200);
    let parts = Form::new().text("chat_id", "100").text("text", "parts");
    let call = sandbox.http.post(sandbox.at("sendmessage")).multipart(parts);
    assert_eq!(call.send().await.unwrap().status(), 200);
    sandbox.call("sendMessage", json!({ "chat_id": "100", "text": "json" })).await;
    let texts: Vec<_> =
        sandbox.telegram.timeline(100).iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["query", "form", "parts", "json"]);
    let broken = sandbox.http.post(sandbox.at("getMe")).header("content-type", "application/json").body("{");
    assert_eq!(broken.send().await.unwrap().status(), 400);
}

#[rstest]
#[case::nowhere("sendMessage", json!({ "chat_id": 999, "text": "x" }), "400 Bad Request: chat not found")]
#[case::no_chat("sendMessage", json!({ "text": "x" }), "400 Bad Request: chat_id is empty")]
#[case::no_text("sendMessage", json!({ "chat_id": 100 }), "400 Bad Request: message text is empty")]
#[case::blank("sendMessage", json!({ "chat_id": 100, "text": " \n" }), "400 Bad Request: text must be non-empty")]
#[case::long("sendMessage", json!({ "chat_id": 100, "text": "😀".repeat(4097) }), "400 Bad Request: message is too long")]
#[case::markup("sendMessage", json!({ "chat_id": 100, "text": "a<br>b", "parse_mode": "HTML" }),
    "400 Bad Request: can't parse entities: Unsupported start tag \"br\" at byte offset 1")]
#[case::data("sendMessage", json!({ "chat_id": 100, "text": "x", "reply_markup": { "inline_keyboard":
    [[{ "text": "b", "callback_data": "가".repeat(22) }]] } }), "400 Bad Request: BUTTON_DATA_INVALID")]
#[case::url("sendMessage", json!({ "chat_id": 100, "text": "x", "reply_markup": { "inline_keyboard":
    [[{ "text": "b", "url": "javascript:x" }]] } }),
    "400 Bad Request: inline keyboard button URL 'javascript:x' is invalid: Wrong port number specified in the URL")]
#[case::bare_button("sendMessage", json!({ "chat_id": 100, "text": "x", "reply_markup": { "inline_keyboard":
    [[{ "text": "b" }]] } }),
    "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")]
#[case::keyboard("sendMessage", json!({ "chat_id": 100, "text": "x", "reply_markup": { "inline_keyboard":
    vec![vec![json!({ "text": "가".repeat(60), "callback_data": "x".repeat(64) })]; 100] } }),
    "400 Bad Request: reply markup is too long")]
#[case::reply("sendMessage", json!({ "chat_id": 100, "text": "x", "reply_parameters": { "message_id": 9 } }),
    "400 Bad Request: message to be replied not found")]
#[case::edit("editMessageText", json!({ "chat_id": 100, "message_id": 9, "text": "x" }),
    "400 Bad Request: message to edit not found")]
#[case::delete("deleteMessage", json!({ "chat_id": 100, "message_id": 9 }),
    "400 Bad Request: message to delete not found")]
#[case::query("answerCallbackQuery", json!({ "callback_query_id": "9" }),
    "400 Bad Request: query is too old and response timeout expired or query ID is invalid")]
#[case::answer("answerCallbackQuery", json!({ "callback_query_id": "9", "text": "가".repeat(201) }),
    "400 Bad Request: MESSAGE_TOO_LONG")]
#[case::photo("sendPhoto", json!({ "chat_id": 100 }), "400 Bad Request: there is no photo in the request")]
#[case::method("sendNothing", json!({}), "404 Not Found")]
#[case::member("getChatMember", json!({ "chat_id": 100, "user_id": 12345 }), "400 Bad Request: user not found")]
#[case::command("setMyCommands", json!({ "commands": [{ "command": "오늘", "description": "x" }] }),
    "400 Bad Request: BOT_COMMAND_INVALID")]
#[case::description("setMyCommands", json!({ "commands": [{ "command": "today", "description": "가".repeat(257) }] }),
    "400 Bad Request: command description length must not exceed 256")]
#[case::language("setMyCommands", json!({ "commands": [], "language_code": "kor" }),
    "400 Bad Request: invalid language code specified")]
#[tokio::test]
async fn a_refusal_has_the_platforms_words(#[case] method: &str, #[case] body: Value, #[case] refusal: &str) {
    let sandbox = Sandbox::start().await;
    sandbox.telegram.add_private(&mina());
    assert_eq!(sandbox.refused(method, body).await, refusal);
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized() {
    let sandbox = Sandbox::start().await;
    let bot = Bot::new("1:other").set_api_url(sandbox.url.parse().unwrap());
    assert!(matches!(bot.get_me().await, Err(RequestError::Api(ApiError::InvalidToken))));
    let me = sandbox.bot.get_me().await.unwrap();
    assert_eq!((me.username(), me.id.0), ("jogan_bot", 123_456));
}

#[tokio::test]
async fn the_same_text_is_no_edit_and_anothers_message_none_of_ours() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    let sent = sandbox.bot.send_message(ChatId(chat), "x").await.unwrap();
    let same = sandbox.bot.edit_message_text(ChatId(chat), sent.id, " x ").await.unwrap_err();
    assert!(matches!(same, RequestError::Api(ApiError::MessageNotModified)), "{same}");
    let hers = sandbox.telegram.say(&mina(), chat, None, "y").await;
    let refused =
        sandbox.refused("editMessageText", json!({ "chat_id": chat, "message_id": hers, "text": "z" }));
    assert_eq!(refused.await, "400 Bad Request: message can't be edited");
}

#[tokio::test]
async fn a_message_can_be_deleted_for_48_hours() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    let sent = sandbox.bot.send_message(ChatId(chat), "x").await.unwrap();
    sandbox.clock.advance(TimeDelta::hours(48));
    let refused = sandbox.refused("deleteMessage", json!({ "chat_id": chat, "message_id": sent.id.0 }));
    assert_eq!(refused.await, "400 Bad Request: message can't be deleted for everyone");
    let new = sandbox.bot.send_message(ChatId(chat), "y").await.unwrap();
    sandbox.bot.delete_messages(ChatId(chat), [new.id, teloxide::types::MessageId(77)]).await.unwrap();
    assert_eq!(sandbox.telegram.timeline(chat).len(), 1);
}

#[tokio::test]
async fn lost_access_is_told_in_the_platforms_words() {
    let sandbox = Sandbox::start().await;
    let telegram = &sandbox.telegram;
    telegram.add_private(&mina());
    let group = telegram.add_chat("g", ChatKind::Group);
    let supergroup = telegram.add_chat("s", ChatKind::Supergroup);
    let left = telegram.add_chat("l", ChatKind::Channel);
    let demoted = telegram.add_chat("d", ChatKind::Channel);
    let muted = telegram.add_chat("m", ChatKind::Supergroup);
    let moved = telegram.add_chat("v", ChatKind::Group);
    telegram.block(100);
    telegram.kick(group);
    telegram.kick(supergroup);
    sandbox.bot.leave_chat(ChatId(left)).await.unwrap();
    telegram.set_admin(demoted, telegram.bot_id(), false);
    telegram.set_open(muted, false);
    let new = telegram.migrate(moved);
    for (chat, refusal) in [
        (100, "403 Forbidden: bot was blocked by the user"),
        (group, "403 Forbidden: bot was kicked from the group chat"),
        (supergroup, "403 Forbidden: bot was kicked from the supergroup chat"),
        (left, "403 Forbidden: bot is not a member of the channel chat"),
        (demoted, "400 Bad Request: need administrator rights in the channel chat"),
        (muted, "400 Bad Request: not enough rights to send text messages to the chat"),
        (moved, "400 Bad Request: group chat was upgraded to a supergroup chat"),
    ] {
        assert_eq!(sandbox.refused("sendMessage", json!({ "chat_id": chat, "text": "x" })).await, refusal);
    }
    let error = sandbox.bot.send_message(ChatId(moved), "x").await.unwrap_err();
    assert!(matches!(error, RequestError::MigrateToChatId(ChatId(id)) if id == new), "{error}");
    sandbox.bot.send_message(ChatId(new), "x").await.unwrap();
    telegram.say(&mina(), 100, None, "/start").await;
    sandbox.bot.send_message(ChatId(100), "다시 반갑습니다").await.unwrap();
}

#[tokio::test]
async fn topics_are_kept_apart() {
    let sandbox = Sandbox::start().await;
    let telegram = &sandbox.telegram;
    let forum = telegram.add_chat("f", ChatKind::Forum);
    let topic = telegram.add_topic(forum, "AI");
    let send = |topic: i32| json!({ "chat_id": forum, "text": "x", "message_thread_id": topic });
    let sent = sandbox
        .bot
        .send_message(ChatId(forum), "x")
        .message_thread_id(ThreadId(teloxide::types::MessageId(topic)));
    let sent = sent.await.unwrap();
    assert!(sent.is_topic_message);
    let general = sandbox.bot.send_message(ChatId(forum), "x").await.unwrap();
    assert!(general.thread_id.is_none());
    // A reply in General has a thread that is no topic.
    let answer =
        sandbox.bot.send_message(ChatId(forum), "x").reply_parameters(ReplyParameters::new(general.id));
    let answer = answer.await.unwrap();
    assert!(answer.thread_id.is_some() && !answer.is_topic_message);

    assert_eq!(sandbox.refused("sendMessage", send(1)).await, "400 Bad Request: message thread not found");
    telegram.close_topic(forum, topic);
    assert_eq!(sandbox.refused("sendMessage", send(topic)).await, "400 Bad Request: TOPIC_CLOSED");
    telegram.reopen_topic(forum, topic);
    assert_eq!(sandbox.call("sendMessage", send(topic)).await.0, 200);
    telegram.delete_topic(forum, topic);
    assert_eq!(
        sandbox.refused("sendMessage", send(topic)).await,
        "400 Bad Request: message thread not found"
    );
    telegram.set_forum(forum, false);
    let (_, ignored) = sandbox.call("sendMessage", send(topic)).await;
    assert_eq!(ignored["result"]["message_thread_id"], Value::Null, "without topics the number is ignored");
}

#[tokio::test]
async fn chats_and_members_read_as_the_client_reads_them() {
    let sandbox = Sandbox::start().await;
    let telegram = &sandbox.telegram;
    telegram.add_private(&mina());
    for kind in [ChatKind::Group, ChatKind::Supergroup, ChatKind::Forum, ChatKind::Channel] {
        let chat = telegram.add_chat("방", kind);
        let full = sandbox.bot.get_chat(ChatId(chat)).await.unwrap();
        assert_eq!(full.title(), Some("방"));
        telegram.set_admin(chat, 100, true);
        let administrators = sandbox.bot.get_chat_administrators(ChatId(chat)).await.unwrap();
        assert!(administrators.iter().any(|member| member.user.id.0 == 100));
        let mina = sandbox.bot.get_chat_member(ChatId(chat), UserId(100)).await.unwrap();
        assert!(mina.is_administrator());
        let own = sandbox.bot.get_chat_member(ChatId(chat), UserId(123_456)).await.unwrap();
        assert_eq!(own.is_administrator(), kind == ChatKind::Channel);
    }
    assert!(sandbox.bot.get_chat(ChatId(100)).await.unwrap().is_private());
    sandbox.bot.send_chat_action(ChatId(100), teloxide::types::ChatAction::Typing).await.unwrap();
}

#[tokio::test]
async fn a_person_sees_the_narrowest_menu() {
    let sandbox = Sandbox::start().await;
    let telegram = &sandbox.telegram;
    let private = telegram.add_private(&mina());
    let group = telegram.add_chat("방", ChatKind::Supergroup);
    let one = |name: &str| [BotCommand::new(name, "설명")];
    let set = |name: &str, scope| sandbox.bot.set_my_commands(one(name)).scope(scope);
    let seen = |chat| telegram.commands(chat, &mina()).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    sandbox.bot.set_my_commands(one("start")).await.unwrap();
    assert_eq!(seen(private), ["start"]);
    set("read", BotCommandScope::AllPrivateChats).await.unwrap();
    set("read_ko", BotCommandScope::AllPrivateChats).language_code("ko").await.unwrap();
    set("manage", BotCommandScope::AllChatAdministrators).await.unwrap();
    assert_eq!(seen(private), ["read_ko"]);
    assert_eq!(seen(group), ["start"]);
    telegram.set_admin(group, 100, true);
    assert_eq!(seen(group), ["manage"]);
    sandbox.bot.delete_my_commands().scope(BotCommandScope::AllChatAdministrators).await.unwrap();
    assert_eq!(seen(group), ["start"]);
    let own = sandbox.bot.get_my_commands().scope(BotCommandScope::AllPrivateChats).language_code("ko");
    assert_eq!(own.await.unwrap()[0].command, "read_ko");
}

#[tokio::test]
async fn a_keyboard_is_cut_at_12_a_row() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    let row = (0..15).map(|i| InlineKeyboardButton::callback(i.to_string(), "x"));
    let keyboard = InlineKeyboardMarkup::new([row.collect::<Vec<_>>()]);
    let sent = sandbox.bot.send_message(ChatId(chat), "x").reply_markup(keyboard).await.unwrap();
    assert_eq!(sent.reply_markup().unwrap().inline_keyboard[0].len(), 12);
}

#[tokio::test]
async fn a_press_needs_its_button_and_one_answer_is_enough() {
    let sandbox = Sandbox::start().await;
    let chat = sandbox.telegram.add_private(&mina());
    let sent =
        i64::from(sandbox.bot.send_message(ChatId(chat), "x").reply_markup(buttons()).await.unwrap().id.0);
    assert_eq!(sandbox.telegram.press(&mina(), chat, sent, "other").await, Err(PressError::NoButton));
    assert_eq!(sandbox.telegram.press(&mina(), chat, 99, "next:2").await, Err(PressError::NoMessage));
    let bot = async {
        let UpdateKind::CallbackQuery(query) =
            sandbox.bot.get_updates().timeout(5).await.unwrap().remove(0).kind
        else {
            panic!("no callback query")
        };
        sandbox.bot.answer_callback_query(query.id.clone()).await.unwrap();
        sandbox.refused("answerCallbackQuery", json!({ "callback_query_id": query.id.0 })).await
    };
    let mina = mina();
    let (pressed, again) = tokio::join!(sandbox.telegram.press(&mina, chat, sent, "next:2"), bot);
    assert_eq!(pressed, Ok(CallbackAnswer::default()));
    assert!(again.contains("query is too old"), "{again}");
}

#[tokio::test]
async fn rates_are_kept_and_who_does_not_wait_is_counted() {
    let sandbox = Sandbox::with_limits(true).await;
    let chat = sandbox.telegram.add_private(&mina());
    sandbox.bot.send_message(ChatId(chat), "1").await.unwrap();
    let early = sandbox.bot.send_message(ChatId(chat), "2").await.unwrap_err();
    assert!(matches!(early, RequestError::RetryAfter(seconds) if seconds.seconds() == 1), "{early}");
    let body = json!({ "chat_id": chat, "text": "2" });
    let answer = sandbox.http.post(sandbox.at("sendMessage")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "1");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["description"], "Too Many Requests: retry after 1");
    assert_eq!(answer["parameters"]["retry_after"], 1);
    sandbox.clock.advance(TimeDelta::seconds(1));
    sandbox.bot.send_message(ChatId(chat), "2").await.unwrap();
    assert_eq!(
        sandbox.telegram.counters(),
        Counters { too_many_requests: 2, disobeyed: 1, ..Counters::default() }
    );
    let statuses: Vec<_> = sandbox.telegram.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [200, 429, 429, 200]);
}

#[tokio::test]
async fn faults_come_as_ordered() {
    let sandbox = Sandbox::start().await;
    let telegram = &sandbox.telegram;
    let chat = telegram.add_private(&mina());
    let body = json!({ "chat_id": chat, "text": "x" });
    let send = || sandbox.http.post(sandbox.at("sendMessage")).json(&body).send();

    telegram.faults(Faults::next(1, Fault::ResetBefore));
    assert!(send().await.is_err());
    assert_eq!(telegram.timeline(chat).len(), 0);
    telegram.faults(Faults::next(1, Fault::ResetAfter));
    assert!(send().await.is_err());
    assert_eq!(telegram.timeline(chat).len(), 1, "it was done, and nobody was told");
    telegram.faults(Faults::next(2, Fault::Status(502)));
    assert_eq!(send().await.unwrap().status(), 502);
    assert!(send().await.unwrap().text().await.unwrap().starts_with("<html>"));
    telegram.faults(Faults { method: Some("SendMessage".into()), ..Faults::next(1, Fault::Flood(7)) });
    sandbox.bot.get_me().await.unwrap();
    assert_eq!(send().await.unwrap().headers()["retry-after"], "7");
    telegram.faults(Faults::next(1, Fault::Delay(Duration::from_millis(1))));
    assert_eq!(send().await.unwrap().status(), 200);
    let statuses: Vec<_> = telegram.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [0, 0, 502, 502, 200, 429, 200]);
}
