//! A digest arrives, whatever it comes from: a Git repository over HTTP, a blog's feed, a push.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::TimeDelta;
use jogan::clock::Clock as _;
use jogan::model::feed::FeedName;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::support::bot::Bot;
use crate::support::post::Post;
use crate::support::program::Program;
use crate::support::town::Town;

const GIT_TOKEN: &str = "ghp_story-git-token";
const PUSH_TOKEN: &str = "story-push-token";

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("its number");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.expect("a port").port()
}

async fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .await
        .expect("git is installed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A publisher's site in a repository.
async fn commit(site: &Path, post: &Post) {
    std::fs::create_dir_all(site.join("_posts")).expect("a folder");
    std::fs::write(site.join("_posts").join(post.file_name()), post.markdown()).expect("a file");
    git(site, &["add", "--all"]).await;
    git(site, &["commit", "--quiet", "-m", "a post"]).await;
}

/// Git's own server program, behind a token.
async fn repository(State(site): State<PathBuf>, request: Request) -> Response {
    use base64::Engine as _;
    let (request, body) = request.into_parts();
    let pair = base64::prelude::BASE64_STANDARD.encode(format!("x-access-token:{GIT_TOKEN}"));
    let sent = request.headers.get("authorization").and_then(|value| value.to_str().ok());
    if sent != Some(format!("Basic {pair}").as_str()) {
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic")]).into_response();
    }
    let header = |name: &str| {
        let value = request.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let mut command = Command::new("git");
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", site.parent().expect("a parent"))
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("REQUEST_METHOD", request.method.as_str())
        .env("PATH_INFO", request.uri.path())
        .env("QUERY_STRING", request.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let mut child = command.spawn().expect("git");
    child.stdin.take().expect("piped").write_all(&body).await.expect("it listens");
    let output = child.wait_with_output().await.expect("it ends").stdout;
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").expect("headers");
    let mut headers = HeaderMap::new();
    let mut status = StatusCode::OK;
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").expect("a header");
        if name == "Status" {
            status = value.split(' ').next().and_then(|code| code.parse().ok()).expect("a status");
        } else {
            let name: axum::http::HeaderName = name.parse().expect("a name");
            headers.insert(name, value.parse().expect("a value"));
        }
    }
    (status, headers, output[end + 4..].to_vec()).into_response()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_is_committed_to_a_private_repository_is_delivered() {
    let old = Bot::builder();
    let bot = old
        .in_town(async |town: &Town| {
            let site = town.disk.path().join("site");
            std::fs::create_dir(&site).expect("a folder");
            git(&site, &["init", "--quiet"]).await;
            commit(&site, &Post::of(town.clock.now()).slug("old").title("먼저 있던 판")).await;
            let url = serve(Router::new().fallback(repository).with_state(site)).await;
            let token = town.disk.path().join("token");
            std::fs::write(&token, format!("{GIT_TOKEN}\n")).expect("a file");
            format!("source = {{ kind = \"git\", url = \"{url}/site/.git\", token_file = {token:?} }}")
        })
        .await;
    bot.subscribe_now().await;
    let site = bot.disk.path().join("site");
    commit(&site, &bot.post().slug("new").only(1).article("커밋된 소식", "새로 왔습니다.")).await;
    bot.clock.set(bot.clock.now() + TimeDelta::seconds(61));
    bot.arrived("커밋된 소식").await;
    assert_eq!(bot.sent_on_discord(bot.channel).len(), 1, "the one that was there first is sent to nobody");
    assert!(bot.disk.path().join("sources/ai-news/HEAD").is_file(), "the clone is beside the database");
    bot.finish().await;
}

/// A blog's server: its feed, how often it was asked, and how it answers.
#[derive(Clone, Default)]
struct Blog(Arc<Mutex<Shown>>);

#[derive(Default)]
struct Shown {
    url: String,
    feed: String,
    whole: u32,
    unchanged: u32,
    broken: bool,
}

impl Blog {
    fn show(&self, entries: &[(&str, &str, String, String)]) {
        let entries: Vec<String> = entries
            .iter()
            .map(|(id, title, at, html)| {
                format!(
                    "<item><guid isPermaLink=\"false\">{id}</guid><title>{title}</title><pubDate>{at}</pubDate>\
                     <content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><![CDATA[{html}]]>\
                     </content:encoded></item>"
                )
            })
            .collect();
        let feed =
            format!("<rss version=\"2.0\"><channel><title>x</title>{}</channel></rss>", entries.concat());
        self.0.lock().expect("not poisoned").feed = feed;
    }

    fn asked(&self) -> (u32, u32) {
        let shown = self.0.lock().expect("not poisoned");
        (shown.whole, shown.unchanged)
    }
}

async fn blog(State(Blog(shown)): State<Blog>, headers: HeaderMap) -> Response {
    let mut shown = shown.lock().expect("not poisoned");
    if shown.broken {
        return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1800")]).into_response();
    }
    let tag = format!("\"{}\"", shown.feed.len());
    if headers.get("if-none-match").and_then(|value| value.to_str().ok()) == Some(tag.as_str()) {
        shown.unchanged += 1;
        return StatusCode::NOT_MODIFIED.into_response();
    }
    shown.whole += 1;
    ([("etag", tag)], Bytes::from(shown.feed.clone())).into_response()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_of_a_blogs_feed_is_delivered_once_and_a_server_that_says_wait_is_left_alone() {
    let site = Blog::default();
    let bot = Bot::builder()
        .in_town(async |_: &Town| {
            site.show(&[]);
            let url = serve(Router::new().route("/feed.xml", get(blog)).with_state(site.clone())).await;
            format!("source = {{ kind = \"feed\", url = \"{url}/feed.xml\" }}")
        })
        .await;
    bot.subscribe_now().await;
    let at = bot.clock.now().to_rfc2822();
    let html = "<h2>블로그 소식</h2><p>새 <b>공장</b>입니다.</p><hr><h2>둘째 소식</h2><p>값이 내립니다.</p>"
        .to_owned();
    site.show(&[("tag:1", "오늘 판", at.clone(), html.clone())]);
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(11));
    bot.arrived("블로그 소식").await;
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(11));
    bot.wait_for("an unchanged answer", async || (site.asked().1 > 0).then_some(())).await;
    let whole = site.asked().0;
    site.0.lock().expect("not poisoned").broken = true;
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(11));
    let feed = FeedName("ai-news".to_owned());
    let state = bot
        .wait_for("the failure", async || {
            let state = bot.app().store().feed_state(&feed).await.expect("the database");
            state.error.is_some().then_some(state)
        })
        .await;
    let wait = state.retry_at.expect("a time") - state.failing_since.expect("a time");
    assert_eq!(wait, TimeDelta::minutes(30), "{state:?}");
    {
        let mut shown = site.0.lock().expect("not poisoned");
        shown.broken = false;
    }
    site.show(&[
        ("tag:2", "다음 판", at.clone(), html.replace("블로그", "다음")),
        ("tag:1", "오늘 판", at.clone(), html),
    ]);
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(31));
    bot.arrived("다음 소식").await;
    bot.idle().await;
    assert_eq!(bot.on_discord(bot.channel, "블로그 소식").len(), 1, "once");
    assert_eq!(site.asked().0, whole + 1);
    let state = bot.app().store().feed_state(&feed).await.expect("the database");
    assert_eq!((state.error, state.failures), (None, 0));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_with_summaries_is_read_from_its_pages_and_a_site_that_moves_is_no_news() {
    let site = Blog::default();
    let page = "<html><nav>메뉴</nav><article><h2>온전한 소식</h2><p>끝까지 읽습니다.</p></article></html>";
    let mut at = String::new();
    let bot = Bot::builder()
        .in_town(async |town: &Town| {
            at = town.clock.now().to_rfc2822();
            site.show(&[]);
            let router = Router::new().route("/feed.xml", get(blog)).with_state(site.clone());
            let router = router.route("/{page}", get(move || async move { axum::response::Html(page) }));
            let url = serve(router).await;
            site.0.lock().expect("not poisoned").url.clone_from(&url);
            format!("source = {{ kind = \"feed\", url = \"{url}/feed.xml\" }}")
        })
        .await;
    bot.subscribe_now().await;
    for (page, when) in [("before", 11), ("after", 22)] {
        let url = site.0.lock().expect("not poisoned").url.clone();
        let feed = format!(
            "<rss version=\"2.0\"><channel><title>x</title><item><guid>{url}/{page}</guid><title>오늘 판</title>\
             <link>{url}/{page}</link><pubDate>{at}</pubDate><description>짧게</description></item></channel></rss>"
        );
        let asked = site.asked().0;
        site.0.lock().expect("not poisoned").feed = feed;
        bot.clock.set(bot.clock.now() + TimeDelta::minutes(when));
        bot.wait_for("the feed's next answer", async || (site.asked().0 > asked).then_some(())).await;
        bot.arrived("끝까지 읽습니다.").await;
    }
    // What would come a second time would come before this.
    let other = "<h2>딴 소식</h2><p>온전합니다.</p>".to_owned();
    site.show(&[("tag:9", "딴 판", at.clone(), other)]);
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(11));
    bot.arrived("온전합니다.").await;
    bot.idle().await;
    assert_eq!(bot.on_discord(bot.channel, "끝까지 읽습니다.").len(), 1, "once");
    assert!(bot.on_discord(bot.channel, "메뉴").is_empty());
    bot.finish().await;
}

/// `jogan run` with a feed that is pushed to, and its address.
fn pushed(town: &Town) -> (Command, String) {
    let mut command = Program::command(town);
    let listen = format!("127.0.0.1:{}", free_port());
    command
        .env("JOGAN_FEEDS__0__SOURCE", "{ kind = \"push\" }")
        .env("JOGAN_WEB__LISTEN", &listen)
        .env("PUSH_TOKEN", PUSH_TOKEN);
    (command, format!("http://{listen}"))
}

async fn push(url: &str, token: &str, key: Option<&str>, body: impl Into<reqwest::Body>) -> (u16, Value) {
    let mut request =
        reqwest::Client::new().post(format!("{url}/api/digests?feed=ai-news")).bearer_auth(token);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let answer = request.body(body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_is_delivered_once_survives_a_kill_and_is_corrected_under_its_key() {
    let town = Town::build(crate::support::clock::StoryClock::of_the_system()).await;
    let (command, url) = pushed(&town);
    let program = Program::start(command);
    program.ready(&town).await;
    town.subscribe_now().await;
    let post = Post::of(town.clock.now()).only(1).article("밀어 넣은 소식", "왔습니다.");
    let key = post.file_name();
    let (status, told) = push(&url, PUSH_TOKEN, Some(&key), post.markdown()).await;
    assert_eq!((status, &told["state"], &told["articles"]), (201, &"new".into(), &2.into()), "{told}");
    program.kill().await;
    let (command, url) = pushed(&town);
    let program = Program::start(command);
    town.arrived("밀어 넣은 소식").await;
    let (status, told) = push(&url, PUSH_TOKEN, Some(&key), post.markdown()).await;
    assert_eq!((status, &told["state"]), (200, &"known".into()), "{told}");
    let corrected = post.markdown().replace("왔습니다.", "정말 왔습니다.");
    let (status, told) = push(&url, PUSH_TOKEN, Some(&key), corrected).await;
    assert_eq!((status, &told["state"]), (200, &"corrected".into()), "{told}");
    town.wait_for("the edit", async || town.on_discord(town.channel, "정말 왔습니다.").pop()).await;
    let there = town.on_discord(town.channel, "밀어 넣은 소식");
    assert_eq!(there.len(), 1, "{there:?}");
    // Two posts of one day are two digests, and so are two without a key.
    let second = Post::of(town.clock.now()).title("둘째 판").only(1).article("둘째 소식", "또 왔습니다.");
    let (status, _) = push(&url, PUSH_TOKEN, None, second.markdown()).await;
    assert_eq!(status, 201);
    let (status, _) = push(&url, PUSH_TOKEN, None, second.markdown()).await;
    assert_eq!(status, 200);
    town.arrived("둘째 소식").await;
    let ready = reqwest::get(format!("{url}/readyz")).await.expect("an answer").text().await.expect("text");
    assert!(ready.starts_with("ready\ndatabase: answers\n"), "{ready}");
    for line in ["\ndiscord: connected since ", "\ntelegram: connected since ", "\nai-news: loaded "] {
        assert!(ready.contains(line), "{line}: {ready}");
    }
    let metrics =
        reqwest::get(format!("{url}/metrics")).await.expect("an answer").text().await.expect("text");
    let measured = |name: &str, labels: &[&str], least: f64| {
        metrics.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('{')?.rsplit_once("} ")).any(
            |(of, value)| {
                labels.iter().all(|label| of.contains(label))
                    && value.parse::<f64>().is_ok_and(|value| value >= least)
            },
        )
    };
    for platform in ["platform=\"discord\"", "platform=\"telegram\""] {
        assert!(measured("jogan_platform_up", &[platform], 1.0), "{metrics}");
        assert!(measured("jogan_attempts_total", &[platform, "outcome=\"sent\""], 1.0), "{metrics}");
        assert!(measured("jogan_messages", &[platform, "state=\"sent\""], 1.0), "{metrics}");
        assert!(measured("jogan_send_seconds_count", &[platform], 1.0), "{metrics}");
        assert!(measured("jogan_queue_age_seconds", &[platform], 0.0), "{metrics}");
    }
    assert!(measured("jogan_feed_load_age_seconds", &["feed=\"ai-news\""], 0.0), "{metrics}");
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains(PUSH_TOKEN), "the token is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_cannot_be_taken_is_refused_with_the_reasons() {
    let town = Town::build(crate::support::clock::StoryClock::of_the_system()).await;
    let (command, url) = pushed(&town);
    let program = Program::start(command);
    program.ready(&town).await;
    let post = Post::of(town.clock.now()).markdown();
    let client = reqwest::Client::new();
    let bare = client.post(format!("{url}/api/digests")).body(post.clone()).send().await.expect("an answer");
    assert_eq!(
        (bare.status().as_u16(), &bare.headers()["www-authenticate"]),
        (401, &"Bearer".parse().expect("a value"))
    );
    let reason = |told: &Value| told["reasons"][0].as_str().unwrap_or_default().to_owned();
    for (token, key, body, status, why) in [
        ("another", None, post.clone().into_bytes(), 401, "token"),
        (PUSH_TOKEN, Some(" "), post.clone().into_bytes(), 400, "Idempotency-Key"),
        (PUSH_TOKEN, None, b"\xb4\xeb".to_vec(), 422, "UTF-8"),
        (PUSH_TOKEN, None, b"# a title alone".to_vec(), 422, "no date"),
        (PUSH_TOKEN, None, b"".to_vec(), 422, "no title"),
        (PUSH_TOKEN, None, post.replace("layout: post", "published: false").into_bytes(), 422, "draft"),
        (PUSH_TOKEN, None, vec![b'a'; 10 * 1024 * 1024 + 1], 413, "bytes"),
    ] {
        let (answered, told) = push(&url, token, key, body).await;
        assert_eq!(answered, status, "{told}");
        assert!(reason(&told).contains(why), "{told}");
        let reasons = told["reasons"].as_array().expect("reasons");
        let each: std::collections::HashSet<_> = reasons.iter().collect();
        assert_eq!(each.len(), reasons.len(), "none is told twice: {told}");
    }
    let other = client.post(format!("{url}/api/digests?feed=other")).bearer_auth(PUSH_TOKEN).body(post);
    let other = other.send().await.expect("an answer");
    assert_eq!(other.status().as_u16(), 404);
    let (status, log) = program.terminate().await;
    assert_eq!(status.code(), Some(0), "{log}");
}
