//! Who gets in, and who does not.

use chrono::TimeDelta;
use jogan::clock::Clock as _;
use reqwest::StatusCode;
use reqwest::header::{LOCATION, RETRY_AFTER, SET_COOKIE};

use super::{Caller, PASSWORD, a_stranger, bot, caller, log_in, url};
use crate::support::bot::Bot;
use crate::support::browser::Browser;

/// Every page, and every path that something is done by.
const PAGES: [&str; 12] = [
    "/",
    "/digests",
    "/digests/0123456789",
    "/channels",
    "/channels/1",
    "/deliveries",
    "/deliveries/1",
    "/trends",
    "/names",
    "/compose",
    "/anything",
    "/metrics-of-mine",
];
const DEEDS: [&str; 11] = [
    "/digests/0123456789/release",
    "/digests/0123456789/drop",
    "/channels/1/pause",
    "/channels/1/resume",
    "/channels/1/probe",
    "/channels/1/resend",
    "/deliveries/1/retry",
    "/deliveries/1/give-up",
    "/compose",
    "/compose/send",
    "/logout",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_logs_in_and_out_in_a_browser() {
    let bot = bot().await;
    let browser = Browser::start().await;
    browser.goto(&url(&bot, "/trends?days=30")).await;
    browser.wait_for("location.pathname === '/login'").await;
    browser.type_keys("input[type=password]", "아닌 것 같은데").await;
    browser.click(".login button").await;
    browser.wait_for_text("[role=alert]", "비밀번호가 맞지 않습니다").await;
    log_in(&browser).await;
    browser.wait_for("location.pathname === '/trends' && location.search === '?days=30'").await;
    let cookies = browser.script("return document.cookie", serde_json::json!([])).await;
    assert_eq!(cookies, "", "no script of a page sees the secret");

    browser.click(".tools button").await;
    browser.wait_for("location.pathname === '/login'").await;
    browser.goto(&url(&bot, "/")).await;
    browser.wait_for("location.pathname === '/login'").await;
    // The refusal of the wrong password is the one line that the browser writes by itself.
    let console = browser.console().await;
    assert!(console.iter().all(|line| line.contains("401")), "{console:?}");
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_password_the_desk_only_says_how_to_set_one() {
    let bot = Bot::builder().web("listen = \"127.0.0.1:0\"").start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in PAGES.into_iter().chain(["/login"]) {
        let page = http.get(url(&bot, path)).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("jogan password") && !page.contains("<form"), "{path}: {page}");
    }
    for path in DEEDS.into_iter().chain(["/login"]) {
        let page =
            http.post(url(&bot, path)).form(&[("password", "")]).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("jogan password"), "{path}: {page}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(http.get(url(&bot, path)).send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_sees_nothing_and_does_nothing() {
    let bot = bot().await;
    let stranger = a_stranger(&bot).await;
    for path in PAGES {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        let to = answer.headers()[LOCATION].to_str().unwrap();
        assert!(to.starts_with("/login"), "{path}: {to}");
        assert!(answer.text().await.unwrap().is_empty(), "{path}");
    }
    for path in DEEDS {
        assert_eq!(stranger.act(path, &[]).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_done_for_a_form_that_is_not_ours() {
    let bot = bot().await;
    bot.subscribe_now().await;
    let operator = caller(&bot).await;
    let other = caller(&bot).await;
    for path in DEEDS.iter().filter(|path| !path.starts_with("/compose")) {
        for csrf in ["", "0", &other.csrf] {
            let answer = operator.post(path, &[("csrf", csrf)]).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {csrf:?}");
        }
    }
    for path in ["/compose", "/compose/send"] {
        let form =
            || reqwest::multipart::Form::new().text("text", "## 제목").text("csrf", other.csrf.clone());
        let request = operator.http.post(format!("{}{path}", operator.base)).multipart(form());
        let answer = request.header("Cookie", &operator.cookie).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
    // With its own form, but from a page of another website.
    for (name, value) in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        let request = operator.http.post(format!("{}/channels/1/pause", operator.base));
        let request = request.header("Cookie", &operator.cookie).header(name, value);
        let answer = request.form(&[("csrf", &operator.csrf)]).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}");
    }
    let page = operator.page("/channels/1").await;
    assert!(page.contains("정상"), "it is not paused: {page}");
    let own = operator.act("/channels/1/pause", &[("for", "1d")]).await;
    assert_eq!(own.status(), StatusCode::SEE_OTHER);
    assert!(operator.page("/channels/1").await.contains("멈춘 때"));
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_not_found_by_trying() {
    let bot = bot().await;
    let stranger = a_stranger(&bot).await;
    let mut refused = 0;
    for number in 0..20 {
        let answer = stranger.try_password(&format!("guess {number}")).await;
        match answer.status() {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::TOO_MANY_REQUESTS => {
                refused += 1;
                let wait: i64 = answer.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
                assert!((1..=900).contains(&wait), "{wait}");
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(refused, 15, "five of them were looked at");
    let right = stranger.try_password(PASSWORD).await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS, "the right one is not looked at either");
    bot.clock.set(bot.clock.now() + TimeDelta::minutes(16));
    assert_eq!(stranger.try_password(PASSWORD).await.status(), StatusCode::SEE_OTHER);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_by_time_and_by_another_password() {
    let mut bot = bot().await;
    let operator = caller(&bot).await;
    assert_eq!(operator.get("/").await.status(), StatusCode::OK);
    bot.stop().await;
    bot.start_again().await;
    let again = Caller { base: url(&bot, ""), ..operator };
    assert_eq!(again.get("/").await.status(), StatusCode::OK, "it outlives a restart");
    bot.clock.set(bot.clock.now() + TimeDelta::days(8));
    assert_eq!(again.get("/").await.status(), StatusCode::SEE_OTHER);
    bot.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_and_headers_are_strict() {
    let bot = bot().await;
    let stranger = a_stranger(&bot).await;
    let behind_tls = stranger.http.get(url(&bot, "/login")).header("X-Forwarded-Proto", "https");
    let set = behind_tls.send().await.unwrap().headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.contains("; HttpOnly; SameSite=Strict; Secure"), "{set}");
    let answer = stranger.try_password(PASSWORD).await;
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(set.contains("; HttpOnly; SameSite=Strict") && !set.contains(&stranger.cookie), "{set}");
    for path in ["/", "/login", "/desk.css", "/healthz", "/readyz", "/none"] {
        let headers = stranger.get(path).await.headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(headers.contains_key("cache-control"), "{path}");
    }
    bot.finish().await;
}
