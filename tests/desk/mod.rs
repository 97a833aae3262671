//! The operator's desk, in a real browser and by requests that no browser would send.

mod actions;
mod attacks;
mod guard;
mod looks;
mod pages;
mod password;

use serde_json::json;

use crate::support::bot::Bot;
use crate::support::browser::Browser;
use crate::support::caller::{Caller, HASH, PASSWORD};

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

/// A stranger to a bot's desk.
async fn a_stranger(bot: &Bot) -> Caller {
    Caller::stranger(url(bot, "")).await
}

/// The same once they have logged in.
async fn caller(bot: &Bot) -> Caller {
    Caller::operator(url(bot, "")).await
}

impl Caller {
    /// A form of ours.
    async fn act(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", &*self.csrf)]).collect();
        self.post(path, &fields).await
    }
}
