//! The calls as a plain HTTP client sees them: refusals, nonces, rates, rights, faults.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use twilight_model::channel::{Channel, Message};

use super::{Served, TOKEN, reader};
use crate::sandbox::discord::{ChannelKind, Fault, Faults, InvokeError, permissions};

impl Served {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        let mut request = self.http.request(method, format!("{}/api/v10{path}", self.base));
        request = request.header("authorization", format!("Bot {TOKEN}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        read(self.call(Method::POST, path, Some(body)).await.unwrap()).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        read(self.call(Method::GET, path, None).await.unwrap()).await
    }

    fn text_channel(&self) -> u64 {
        self.discord.add_channel(self.discord.add_guild("guild"), "news", ChannelKind::Text)
    }
}

async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_message_is_posted_read_edited_and_deleted() {
    let served = Served::new(false).await;
    let channel = served.text_channel();
    let path = format!("/channels/{channel}/messages");
    let body = json!({
        "content": " 안녕 @everyone <@7001> ", "flags": 4096, "allowed_mentions": {"parse": []},
        "embeds": [{"title": "t", "fields": [{"name": "n", "value": "v"}]}],
        "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "l", "custom_id": "c"}]}],
    });
    let (status, first) = served.post(&path, body).await;
    assert_eq!(
        (status, &first["content"], &first["flags"]),
        (200, &"안녕 @everyone <@7001>".into(), &4096.into())
    );
    assert_eq!((&first["mentions"], &first["mention_everyone"]), (&json!([]), &false.into()));
    let model: Message = serde_json::from_value(first.clone()).unwrap();
    let (_, second) = served.post(&path, json!({"content": "<@7001> @here"})).await;
    assert_eq!((&second["mentions"][0]["id"], &second["mention_everyone"]), (&"7001".into(), &true.into()));

    let (_, listed) = served.get(&format!("{path}?limit=1&before={}", second["id"].as_str().unwrap())).await;
    assert_eq!(listed, json!([first]));
    let one = format!("{path}/{}", model.id);
    let edited = served.call(Method::PATCH, &one, Some(json!({"content": "새"}))).await.unwrap();
    let (status, edited) = read(edited).await;
    assert_eq!((status, &edited["content"], &edited["embeds"]), (200, &"새".into(), &first["embeds"]));
    assert!(edited["edited_timestamp"].is_string());
    let deleted = served.call(Method::DELETE, &one, None).await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(served.get(&one).await.1["code"], 10008);
    assert_eq!(served.discord.messages(channel).len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_refused_as_discord_refuses_it() {
    let served = Served::new(false).await;
    let guild = served.discord.add_guild("guild");
    let text = served.discord.add_channel(guild, "news", ChannelKind::Text);
    let forum = served.discord.add_channel(guild, "forum", ChannelKind::Forum);
    let dm = served.discord.add_dm(&reader());
    served.discord.close_dm(dm, true);
    let hello = json!({"content": "x"});
    let messages = |channel: u64| format!("/channels/{channel}/messages");

    let (status, refused) = served.post(&messages(text), json!({"content": "x".repeat(2001)})).await;
    assert_eq!(
        (status, refused),
        (
            400,
            json!({"message": "Invalid Form Body", "code": 50035, "errors": {"content": {"_errors": [
                {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}
            ]}}})
        )
    );
    for (channel, body, status, code) in [
        (text, json!({"content": "  "}), 400, 50006),
        (forum, hello.clone(), 400, 40058),
        (dm, hello.clone(), 403, 50007),
        (1, hello.clone(), 404, 10003),
    ] {
        let refused = served.post(&messages(channel), body).await;
        assert_eq!((refused.0, &refused.1["code"]), (status, &code.into()));
    }
    for (taken, code) in [(permissions::SEND_MESSAGES, 50013), (permissions::VIEW_CHANNEL, 50001)] {
        served.discord.take_permission(text, taken);
        assert_eq!(served.post(&messages(text), hello.clone()).await.1["code"], code);
        served.discord.give_permission(text, taken);
    }
    served.discord.remove_bot(guild);
    assert_eq!(served.get(&format!("/channels/{text}")).await.1["code"], 50001);
    served.discord.return_bot(guild);
    served.discord.delete_channel(text);
    assert_eq!(served.get(&format!("/channels/{text}")).await.1["code"], 10003);

    let stranger =
        served.http.get(format!("{}/api/v10/users/@me", served.base)).header("authorization", "Bot x");
    let (status, refused) = read(stranger.send().await.unwrap()).await;
    assert_eq!((status, refused), (401, json!({"message": "401: Unauthorized", "code": 0})));
    assert_eq!(served.get("/nothing").await.0, 404);
}

#[tokio::test]
async fn a_nonce_is_enforced_for_a_minute() {
    let served = Served::new(false).await;
    let channel = served.text_channel();
    let path = format!("/channels/{channel}/messages");
    let body = json!({"content": "x", "nonce": "abc", "enforce_nonce": true});
    let (_, first) = served.post(&path, body.clone()).await;
    assert_eq!(first["nonce"], "abc");
    served.advance(59);
    let (status, again) = served.post(&path, body.clone()).await;
    assert_eq!((status, &again["id"]), (200, &first["id"]));
    assert_eq!(served.discord.messages(channel).len(), 1);
    served.advance(1);
    let (_, later) = served.post(&path, body).await;
    assert_ne!(later["id"], first["id"]);
    let (_, other) = served.post(&path, json!({"content": "x", "nonce": "abc"})).await;
    assert_ne!(other["id"], later["id"], "a nonce that is not enforced");
}

#[tokio::test]
async fn rates_are_told_and_kept() {
    let served = Served::new(true).await;
    let path = format!("/channels/{}/messages", served.text_channel());
    let post = || served.call(Method::POST, &path, Some(json!({"content": "x"})));
    for left in (0..5).rev() {
        let answer = post().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-ratelimit-remaining"], left.to_string());
        assert_eq!(answer.headers()["x-ratelimit-reset-after"], "5.000");
    }
    served.advance(3);
    let refused = post().await.unwrap();
    assert_eq!(refused.status(), 429);
    let headers = refused.headers().clone();
    assert_eq!(headers["retry-after"], "2");
    assert_eq!(headers["x-ratelimit-scope"], "user");
    assert_eq!(headers["x-ratelimit-limit"], "5");
    assert_eq!(
        refused.json::<Value>().await.unwrap(),
        json!({"message": "You are being rate limited.", "retry_after": 2.0, "global": false})
    );
    assert_eq!(served.discord.counters().disobeyed, 0);
    post().await.unwrap();
    let counters = served.discord.counters();
    assert_eq!((counters.disobeyed, counters.limited, counters.invalid), (1, 2, 2));
    served.advance(2);
    assert_eq!(post().await.unwrap().status(), 200);
    assert_eq!(served.discord.calls().iter().filter(|call| call.status == 200).count(), 6);
}

#[tokio::test]
async fn a_forum_takes_posts_with_a_first_message() {
    let served = Served::new(false).await;
    let guild = served.discord.add_guild("guild");
    let forum = served.discord.add_channel(guild, "forum", ChannelKind::Forum);
    let tag = served.discord.add_tag(forum, "투자");
    served.discord.require_tag(forum, true);
    let path = format!("/channels/{forum}/threads");
    let mut body = json!({"name": "12/17(수) AI 뉴스 · 2건", "message": {"content": "첫 글"}});
    assert_eq!(served.post(&path, body.clone()).await.1["code"], 40067);
    body["applied_tags"] = json!([tag.to_string()]);
    let (status, thread) = served.post(&path, body.clone()).await;
    assert_eq!((status, &thread["message"]["id"], &thread["type"]), (201, &thread["id"], &11.into()));
    serde_json::from_value::<Channel>(thread.clone()).unwrap();
    let more = format!("/channels/{}/messages", thread["id"].as_str().unwrap());
    assert_eq!(served.post(&more, json!({"content": "둘째"})).await.0, 200);
    let (_, active) = served.get(&format!("/guilds/{guild}/threads/active")).await;
    assert_eq!(
        (active["threads"].as_array().unwrap().len(), &active["threads"][0]["id"]),
        (1, &thread["id"])
    );
    let id = thread["id"].as_str().unwrap().parse().unwrap();
    served.discord.archive_thread(id, true);
    assert_eq!(served.post(&more, json!({"content": "x"})).await.1["code"], 160_005);

    body["message"] = json!({"content": ""});
    assert_eq!(served.post(&path, body.clone()).await.1["code"], 50006);
    body["message"] = json!({"embeds": [{"title": "x".repeat(257)}]});
    let (_, refused) = served.post(&path, body).await;
    assert!(refused["errors"]["message"]["embeds"]["0"]["title"]["_errors"].is_array());
    assert_eq!(served.discord.channels().len(), 2);
}

#[tokio::test]
async fn an_announcement_is_published_once() {
    let served = Served::new(false).await;
    let guild = served.discord.add_guild("guild");
    let channel = served.discord.add_channel(guild, "notices", ChannelKind::Announcement);
    let path = format!("/channels/{channel}/messages");
    let (_, message) = served.post(&path, json!({"content": "x"})).await;
    let publish = format!("{path}/{}/crosspost", message["id"].as_str().unwrap());
    assert_eq!(served.post(&publish, json!({})).await.1["flags"], 1);
    assert_eq!(served.post(&publish, json!({})).await.1["code"], 40033);
}

#[tokio::test]
async fn a_role_pings_only_where_it_is_allowed() {
    let served = Served::new(false).await;
    let guild = served.discord.add_guild("guild");
    let channel = served.discord.add_channel(guild, "news", ChannelKind::Text);
    let role = served.discord.add_role(guild, "뉴스", false).to_string();
    let path = format!("/channels/{channel}/messages");
    let body = json!({"content": format!("<@&{role}>"), "allowed_mentions": {"parse": [], "roles": [role]}});
    assert_eq!(served.post(&path, body.clone()).await.1["mention_roles"], json!([role]));
    served.discord.take_permission(channel, permissions::MENTION_EVERYONE);
    assert_eq!(served.post(&path, body).await.1["mention_roles"], json!([]));
}

#[tokio::test]
async fn files_are_kept_and_embeds_show_them() {
    let served = Served::new(false).await;
    let channel = served.text_channel();
    let payload = json!({"embeds": [{"title": "t", "image": {"url": "attachment://chart.png"}}]});
    let part = reqwest::multipart::Part::bytes(b"picture".to_vec()).file_name("chart.png");
    let form = reqwest::multipart::Form::new()
        .text("payload_json", payload.to_string())
        .part("files[0]", part.mime_str("image/png").unwrap());
    let url = format!("{}/api/v10/channels/{channel}/messages", served.base);
    let request = served.http.post(url).header("authorization", format!("Bot {TOKEN}")).multipart(form);
    let (status, message) = read(request.send().await.unwrap()).await;
    assert_eq!((status, &message["attachments"]), (200, &json!([])));
    let link = message["embeds"][0]["image"]["url"].as_str().unwrap();
    let file = served.http.get(link).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert_eq!(file.bytes().await.unwrap(), "picture");
}

#[tokio::test]
async fn calls_fail_as_ordered() {
    let served = Served::new(false).await;
    let channel = served.text_channel();
    let path = format!("/channels/{channel}/messages");
    let order = |fault| Faults { times: 1, calls: "POST /api/v10/channels".to_owned(), fault };
    let post = || served.call(Method::POST, &path, Some(json!({"content": "x"})));

    served.discord.faults(order(Fault::Status(502)));
    assert_eq!(served.get(&path).await.0, 200, "another call");
    assert_eq!(post().await.unwrap().status(), 502);
    served.discord.faults(order(Fault::ResetBefore));
    assert!(post().await.is_err());
    assert_eq!(served.discord.messages(channel).len(), 0);
    served.discord.faults(order(Fault::ResetAfter));
    assert!(post().await.is_err());
    assert_eq!(served.discord.messages(channel).len(), 1);
    served.discord.faults(order(Fault::Limited { wait: Duration::from_millis(1500), global: true }));
    let refused = post().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"2".parse().unwrap()));
    assert_eq!(
        (post().await.unwrap().status(), served.discord.counters().disobeyed),
        (429.try_into().unwrap(), 1)
    );
    served.advance(2);
    assert_eq!(post().await.unwrap().status(), 200);
}

#[tokio::test]
async fn commands_are_replaced_as_a_whole() {
    let served = Served::new(false).await;
    let path = format!("/applications/{}/commands", served.discord.application());
    let put = |body: Value| served.call(Method::PUT, &path, Some(body));
    let today = json!({"name": "today", "description": "d"});
    let (status, first) =
        read(put(json!([today, {"name": "help", "description": "d"}])).await.unwrap()).await;
    assert_eq!((status, first.as_array().unwrap().len()), (200, 2));
    let (_, second) = read(put(json!([today])).await.unwrap()).await;
    assert_eq!(second, json!([first[0]]), "an unchanged command keeps id and version");
    assert_eq!(json!(served.discord.commands()), second);
    let (status, refused) =
        read(put(json!([today, {"name": "Help", "description": ""}])).await.unwrap()).await;
    assert_eq!((status, &refused["code"]), (400, &50035.into()));
    assert!(refused["errors"]["1"]["name"]["_errors"].is_array());
    assert!(refused["errors"]["1"]["description"]["_errors"].is_array());
    let (_, refused) = read(put(json!([today, today])).await.unwrap()).await;
    assert_eq!(refused["errors"]["1"]["_errors"][0]["code"], "APPLICATION_COMMANDS_DUPLICATE_NAME");
    let many: Vec<_> = (0..101).map(|n| json!({"name": format!("c{n}"), "description": "d"})).collect();
    assert_eq!(read(put(many.into()).await.unwrap()).await.1["code"], 30032);
}

#[tokio::test]
async fn nobody_answers_where_no_bot_is() {
    let served = Served::new(false).await;
    let channel = served.text_channel();
    let path = format!("/applications/{}/commands", served.discord.application());
    assert_eq!(served.post(&path, json!({"name": "today", "description": "d"})).await.0, 201);
    let invoked = served.discord.invoke(&reader(), channel, "today", json!({})).await;
    assert_eq!(invoked, Err(InvokeError::NotConnected));
}

#[tokio::test]
async fn a_page_of_messages_is_newest_first() {
    let served = Served::new(false).await;
    let channel = served.text_channel();
    let ids: Vec<_> = (0..6).filter_map(|n| served.discord.say(&reader(), channel, &n.to_string())).collect();
    for (query, expected) in [
        (String::new(), "543210"),
        ("?limit=2".to_owned(), "54"),
        (format!("?limit=2&before={}", ids[3]), "21"),
        (format!("?limit=2&after={}", ids[1]), "32"),
        (format!("?limit=3&around={}", ids[2]), "321"),
    ] {
        let (_, page) = served.get(&format!("/channels/{channel}/messages{query}")).await;
        let texts: String =
            page.as_array().unwrap().iter().filter_map(|message| message["content"].as_str()).collect();
        assert_eq!(texts, expected, "{query}");
    }
}

#[tokio::test]
async fn every_kind_of_channel_is_read_by_strict_clients() {
    let served = Served::new(false).await;
    let guild = served.discord.add_guild("guild");
    for kind in [ChannelKind::Text, ChannelKind::Announcement, ChannelKind::Forum, ChannelKind::Thread] {
        served.discord.add_channel(guild, "c", kind);
    }
    served.discord.add_dm(&reader());
    let channels = served.discord.channels();
    assert_eq!(channels.iter().filter(|channel| channel.parent == Some(channels[0].id)).count(), 1);
    for channel in channels {
        let (status, body) = served.get(&format!("/channels/{}", channel.id)).await;
        assert_eq!((status, &body["type"]), (200, &channel.kind.number().into()));
        serde_json::from_value::<Channel>(body.clone()).unwrap();
        serde_json::from_value::<serenity::model::channel::Channel>(body).unwrap();
    }
    let (_, opened) = served.post("/users/@me/channels", json!({"recipient_id": "7001"})).await;
    assert_eq!(opened["recipients"][0]["id"], "7001");
    let (_, listed) = served.get(&format!("/guilds/{guild}/channels")).await;
    assert_eq!(listed.as_array().unwrap().len(), 3);
}
