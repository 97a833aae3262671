//! The program against both sandboxes in this process, for what needs no accounts: `demo/` and `bench/`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::app::App;
use crate::clock::SharedClock;
use crate::config::Tokens;
use crate::model::feed::FeedName;
use crate::sandbox::{discord, telegram};

/// The name of the feed.
const FEED: &str = "ai-news";
/// What the sandbox takes for tokens. They open nothing but this process's own loopback ports.
const DISCORD_TOKEN: &str = "demo.discord.token";
const TELEGRAM_TOKEN: &str = "100000001:demo-telegram-token";
/// How often the database is asked whether the posts were looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Both platforms, without a channel; `limits`: whether they keep to their rates.
pub(super) fn platforms(
    clock: SharedClock,
    limits: bool,
) -> (Arc<discord::Discord>, Arc<telegram::Telegram>) {
    let on_discord = discord::Discord::new(discord::Options {
        token: DISCORD_TOKEN.to_owned(),
        clock: Arc::clone(&clock),
        limits,
    });
    let on_telegram = telegram::Telegram::new(telegram::Options {
        token: TELEGRAM_TOKEN.to_owned(),
        username: "jogan_bot".to_owned(),
        clock,
        limits,
    });
    (on_discord, on_telegram)
}

/// What the program has to show them.
pub(super) fn tokens() -> Tokens {
    Tokens {
        discord: Some(SecretString::from(DISCORD_TOKEN)),
        telegram: Some(SecretString::from(TELEGRAM_TOKEN)),
        ..Tokens::default()
    }
}

/// The feed's name.
pub(super) fn feed() -> FeedName {
    FeedName(FEED.to_owned())
}

/// A configuration whose posts and database are in `folder`; makes the folder of posts.
pub(super) fn configuration(
    folder: &Path,
    discord: SocketAddr,
    telegram: SocketAddr,
) -> std::io::Result<toml::Table> {
    let posts = folder.join("posts");
    std::fs::create_dir(&posts)?;
    let database = format!("sqlite://{}", folder.join("jogan.db").display());
    let mut table = toml::Table::new();
    let section = |pairs: &[(&str, &str)]| {
        toml::Value::Table(pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect())
    };
    table.insert("database".into(), section(&[("url", &database)]));
    table.insert("discord".into(), section(&[("api_url", &format!("http://{discord}"))]));
    table.insert("telegram".into(), section(&[("api_url", &format!("http://{telegram}"))]));
    table.insert("web".into(), section(&[("listen", "")]));
    // The sample's links lead nowhere.
    table.insert("links".into(), section(&[("resolve", "false")]));
    let mut feed = section(&[("name", FEED), ("title", "AI 뉴스"), ("site", "https://news.example")]);
    let path = posts.to_string_lossy();
    if let toml::Value::Table(feed) = &mut feed {
        feed.insert("source".into(), section(&[("kind", "folder"), ("path", &path)]));
    }
    table.insert("feeds".into(), toml::Value::Array(vec![feed]));
    Ok(table)
}

/// Waits until the feed's folder was looked at for the first time: what comes then is news.
pub(super) async fn first_load(app: &App) -> anyhow::Result<()> {
    while app.store().feed_loads(&feed()).await?.first.is_none() {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Serves a router on a loopback port for as long as the process runs.
pub(super) async fn serve(port: u16, router: axum::Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "a server of the sandbox ended");
        }
    });
    Ok(address)
}
