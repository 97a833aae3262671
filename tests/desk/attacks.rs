//! What hostile posts, chats and clients try at the desk: nothing of it gets through, and nothing of it stops deliveries.

use jogan::sandbox::telegram::ChatKind;
use reqwest::StatusCode;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{bot, caller, operator, url};
use crate::support::bot::Bot;

/// Everything at once: markup, attributes, SQL, headers, terminals, text that turns around.
const HOSTILE: &str = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'; DROP TABLE digests;-- \u{202e}%0d%0aSet-Cookie: a=b";
const LINK: &str = "javascript:alert(3)//\"onmouseover=\"alert(4)";

/// A bot whose post, channel, feed of companies and so on say the worst.
async fn poisoned() -> Bot {
    let bot = bot().await;
    let chat = bot.telegram.add_chat(HOSTILE, ChatKind::Supergroup);
    bot.telegram.set_admin(chat, bot.admin.1.id, true);
    bot.ask_telegram(&bot.admin.1, chat, "/subscribe now").await;
    bot.ask_telegram(&bot.admin.1, chat, &format!("/mute {HOSTILE}")).await;
    // A string of JSON is one of YAML.
    let quoted = json!(HOSTILE).to_string();
    let post = format!(
        "---\ntitle: {quoted}\ndate: 2026-03-02 07:00:00 +0900\ncategories: [{quoted}]\ntags: [{quoted}]\n---\n\n\
         {HOSTILE}\n\n## {HOSTILE}\n\n[{HOSTILE}]({LINK}) - 발행일: {HOSTILE}\n\n### {HOSTILE}\n- **{HOSTILE}**: {HOSTILE}\n\n\
         ---\n\n## 엔비디아 소식\n\n[Chip Daily](https://news.example/1) - 발행일: 2026-03-02\n\n### 요약\n- {HOSTILE} Quuxly가 샀다.\n"
    );
    bot.write("2026-03-02-hostile.md", post.as_bytes());
    bot.wait_for("it", async || bot.on_telegram(chat, "엔비디아 소식").pop()).await;
    bot.idle().await;
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_posts_and_chats_say_stays_text_on_every_page() {
    let bot = poisoned().await;
    let browser = operator(&bot).await;
    let page = caller(&bot).await.page("/digests").await;
    let (_, rest) = page.split_once("<a class=\"row-title\" href=\"").expect("a digest");
    let digest = rest.split('"').next().unwrap_or_default().to_owned();
    let encoded = url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    let mut paths: Vec<String> = [
        "/",
        "/digests",
        "/channels",
        "/channels/1",
        "/deliveries",
        "/deliveries/1",
        "/trends",
        "/names",
        "/compose",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(["headlines", "summary", "full"].map(|style| format!("{digest}?style={style}")));
    for name in [
        "q", "feed", "page", "platform", "health", "state", "digest", "channel", "before", "days", "style",
        "said", "to",
    ] {
        for path in ["/digests", "/channels", "/deliveries"] {
            paths.push(format!("{path}?{name}={encoded}"));
        }
    }
    let alive = "const bad = [...document.querySelectorAll('img, script:not([src=\"/desk.js\"]), iframe, object, [onerror], [onmouseover], [style]')];\
                 const links = [...document.querySelectorAll('a')].filter((a) => !['http:', 'https:'].includes(a.protocol));\
                 return [...bad, ...links].map((one) => one.outerHTML)";
    for path in &paths {
        browser.goto(&url(&bot, path)).await;
        assert_eq!(browser.script(alive, json!([])).await, json!([]), "{path}");
    }
    let set = "document.querySelector('textarea').value = given[0]; document.querySelector('input[name=name]').value = given[0];";
    browser.goto(&url(&bot, "/compose")).await;
    browser
        .script(set, json!([format!("---\ntitle: {}\n---\n\n## {HOSTILE}\n\n[a]({LINK})\n", json!(HOSTILE))]))
        .await;
    browser.click("button[name=style][value=full]").await;
    browser.wait_for_text("#understood", "onerror").await;
    assert_eq!(browser.script(alive, json!([])).await, json!([]), "compose");
    assert_eq!(browser.console().await, Vec::<String>::new());
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_leads_out_and_no_field_into_the_database() {
    let bot = poisoned().await;
    let operator = caller(&bot).await;
    for path in [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/desk.css/../../Cargo.toml",
        "//etc/passwd",
        "/digests/..%2f..%2fjogan.db",
        "/channels/1%27%20OR%201=1",
        "/deliveries/-1",
        "/deliveries/99999999999999999999",
    ] {
        let status = operator.get(path).await.status();
        assert!(matches!(status.as_u16(), 400 | 404), "{path}: {status}");
    }
    for (path, fields) in [
        ("/channels/1/pause", [("for", HOSTILE)]),
        ("/channels/1/resend", [("feed", "ai-news' OR '1'='1")]),
        ("/login", [("password", HOSTILE)]),
    ] {
        let answer = operator.act(path, &fields).await;
        assert!(!answer.headers().contains_key("a") && answer.status() != 500, "{path}");
    }
    for path in [
        "/language/en?to=//evil.example",
        "/language/en?to=https://evil.example",
        "/language/en?to=/%0d%0aSet-Cookie:%20a=b",
        "/language/en?to=/%5cevil.example",
    ] {
        let answer = operator.get(path).await;
        assert_eq!(answer.headers()["location"], "/", "{path}");
        assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 1, "{path}");
    }
    for cookie in ["jogan=' OR 1=1 --", "jogan=", "jogan=\u{1f}", "jogan=aaaa; jogan=bbbb"] {
        let Ok(value) = reqwest::header::HeaderValue::from_str(cookie) else { continue };
        let answer = operator.http.get(url(&bot, "/")).header("Cookie", value).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{cookie:?}");
    }
    assert!(operator.page("/digests").await.contains("DROP TABLE"), "the table is still there");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_too_large_are_refused() {
    let bot = bot().await;
    let operator = caller(&bot).await;
    let large = "a".repeat(64 * 1024);
    for path in ["/login", "/channels/1/pause", "/logout"] {
        let status = operator.act(path, &[("password", &large)]).await.status();
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let form = reqwest::multipart::Form::new()
        .text("csrf", operator.csrf.clone())
        .text("text", "가".repeat(4 * 1024 * 1024));
    let request =
        operator.http.post(url(&bot, "/compose")).header("Cookie", &operator.cookie).multipart(form);
    // The server may close the connection while the rest is still on its way.
    if let Ok(answer) = request.send().await {
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    assert_eq!(operator.get("/").await.status(), StatusCode::OK);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_keep_nobody_waiting() {
    let bot = bot().await;
    bot.subscribe_now().await;
    let address = bot.app().web_address().expect("a desk");
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let head: &[u8] = match number % 3 {
            0 => b"",
            1 => b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
            _ => b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na",
        };
        stream.write_all(head).await.expect("it takes it");
        slow.push(stream);
    }
    let operator = caller(&bot).await;
    assert_eq!(operator.get("/").await.status(), StatusCode::OK);
    bot.publish(&bot.post().title("그래도 가는 뉴스"));
    bot.arrived("그래도 가는 뉴스").await;
    drop(slow);
    bot.idle().await;
    bot.finish().await;
}
