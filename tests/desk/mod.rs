//! The operator's desk, in a real browser and by requests that no browser would send.

mod actions;
mod attacks;
mod guard;
mod looks;
mod pages;
mod password;

use reqwest::StatusCode;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::json;

use crate::support::bot::Bot;
use crate::support::browser::Browser;

/// The word that the desk of these stories is opened with, and its hash, which costs little to check.
const PASSWORD: &str = "열려라 참깨";
const HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$0V8ORgJPG/rwsbqoVLjqNed59XtWqFE9Acss8W2R9xo";

/// A bot with a desk.
async fn bot() -> Bot {
    Bot::builder().web(&format!("listen = \"127.0.0.1:0\"\npassword_hash = {HASH:?}")).start().await
}

/// A bot with a desk whose channel and group have got the digest with this title.
async fn delivered(title: &str) -> Bot {
    let bot = bot().await;
    bot.subscribe_now().await;
    bot.publish(&bot.post().title(title).article("엔비디아, 새 공장을 짓는다", "반도체 투자입니다."));
    bot.arrived(title).await;
    bot.idle().await;
    bot
}

/// Where its desk is.
fn url(bot: &Bot, path: &str) -> String {
    let address = bot.app().web_address().expect("a desk");
    format!("http://{address}{path}")
}

/// A browser in which an operator has logged in.
async fn operator(bot: &Bot) -> Browser {
    let browser = Browser::start().await;
    browser.goto(&url(bot, "/")).await;
    log_in(&browser).await;
    browser.wait_for("location.pathname === '/'").await;
    browser
}

async fn log_in(browser: &Browser) {
    browser.type_keys("input[type=password]", PASSWORD).await;
    browser.click(".login button").await;
}

/// The number that the path of a browser's page ends with, or a link's.
async fn href(browser: &Browser, css: &str) -> String {
    let script = "return document.querySelector(given[0]).getAttribute('href')";
    browser.script(script, json!([css])).await.as_str().expect("a link").to_owned()
}

/// Somebody who talks to the desk without a browser.
struct Caller {
    http: reqwest::Client,
    base: String,
    cookie: String,
    csrf: String,
}

impl Caller {
    /// A stranger, with what the log-in page hands out.
    async fn stranger(bot: &Bot) -> Self {
        let redirect = reqwest::redirect::Policy::none();
        // The server closes what it was sent too much on, perhaps just when the connection is used again; a browser asks
        // once more then, and this takes another each time.
        let http = reqwest::Client::builder().no_proxy().redirect(redirect).pool_max_idle_per_host(0);
        let http = http.build().expect("a client");
        let mut caller = Self { http, base: url(bot, ""), cookie: String::new(), csrf: String::new() };
        let answer = caller.get("/login").await;
        caller.cookie = cookie(&answer).expect("a secret");
        caller.csrf = csrf(&answer.text().await.expect("a page"));
        caller
    }

    /// An operator.
    async fn operator(bot: &Bot) -> Self {
        let mut caller = Self::stranger(bot).await;
        let answer = caller.try_password(PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        caller.cookie = cookie(&answer).expect("another secret");
        let page = caller.get("/").await.text().await.expect("a page");
        caller.csrf = csrf(&page);
        caller
    }

    async fn try_password(&self, password: &str) -> reqwest::Response {
        self.post("/login", &[("csrf", &self.csrf), ("password", password), ("to", "/")]).await
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookie);
        request.send().await.expect("an answer")
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let request = self.http.post(format!("{}{path}", self.base)).header(COOKIE, &self.cookie);
        request.form(fields).send().await.expect("an answer")
    }

    /// A form of ours.
    async fn act(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", &*self.csrf)]).collect();
        self.post(path, &fields).await
    }

    /// A page's text.
    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    }
}

fn cookie(answer: &reqwest::Response) -> Option<String> {
    let set = answer.headers().get(SET_COOKIE)?.to_str().ok()?;
    Some(set.split(';').next()?.to_owned())
}

/// What a page's forms carry.
fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}
