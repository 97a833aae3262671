//! The sandbox held against independent implementations: twilight for the limits and the forms of objects,
//! serenity for the protocol, a plain HTTP client for what its headers and refusals say.

mod bot;
mod calls;
mod limits;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::TestClock;
use crate::sandbox::discord::{Discord, Options, Person, permissions};

/// The bot's token.
const TOKEN: &str = "MTAw.test.token";

/// A Discord that listens on a port of its own.
struct Served {
    discord: Arc<Discord>,
    clock: TestClock,
    /// `http://127.0.0.1:…`
    base: String,
    http: reqwest::Client,
}

impl Served {
    async fn new(limits: bool) -> Self {
        let clock = TestClock::new(start());
        let discord =
            Discord::new(Options { token: TOKEN.to_owned(), clock: Arc::new(clock.clone()), limits });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = listener.local_addr().unwrap().to_string();
        discord.set_origin(&origin);
        let router = discord.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = reqwest::Client::builder().user_agent("DiscordBot (test, 1)").build().unwrap();
        Self { discord, clock, base: format!("http://{origin}"), http }
    }

    fn advance(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }
}

fn start() -> DateTime<Utc> {
    "2025-12-17T07:00:00Z".parse().unwrap()
}

fn reader() -> Person {
    Person { id: 7001, name: "reader".to_owned(), permissions: 0, locale: "ko".to_owned() }
}

fn admin() -> Person {
    let permissions = permissions::MANAGE_CHANNELS | permissions::MANAGE_GUILD;
    Person { id: 7002, name: "admin".to_owned(), permissions, locale: "en-US".to_owned() }
}
