//! `jogan demo`: everything, with nothing to set up. A sandbox in this process on loopback, and beside it the
//! ordinary program, which talks to it over the network as it would to the platforms.

mod stage;

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::Outcome;
use super::folder::Folder;
use super::run::{Signals, runtime};
use crate::app::App;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Environment, Tokens};
use crate::model::feed::FeedName;
use crate::sandbox::page;
use stage::Demo;

/// The sample digest, with `{date}` where its date belongs.
const SAMPLE: &str = include_str!("sample.md");
/// The name of the sample's feed.
const FEED: &str = "ai-news";
/// What the sandbox takes for tokens. They open nothing but this process's own loopback ports.
const DISCORD_TOKEN: &str = "demo.discord.token";
const TELEGRAM_TOKEN: &str = "100000001:demo-telegram-token";
/// How long the bot may take to connect to a server in its own process.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);
/// How often the database is asked whether the posts were looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the page listens, on this machine only; port 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    port: u16,
}

pub(super) fn demo(arguments: &Arguments) -> Outcome {
    runtime()?.block_on(run(arguments))?;
    Ok(())
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let folder = Folder::new("demo")?;
    let demo = Demo::build(DISCORD_TOKEN, TELEGRAM_TOKEN, Arc::new(SystemClock));
    let discord = serve(0, demo.discord.router()).await?;
    demo.discord.set_origin(&discord.to_string());
    let telegram = serve(0, demo.telegram.router()).await?;
    let page = serve(arguments.port, page::router(Arc::clone(&demo.stage)))
        .await
        .with_context(|| format!("port {} of this machine cannot be listened on", arguments.port))?;
    let mut out = std::io::stdout();
    writeln!(out, "조간 is here: http://{page}/\n(Ctrl-C ends it; nothing of it stays)")?;
    out.flush()?;

    let config = configuration(folder.path(), discord, telegram)?;
    let tokens = Tokens {
        discord: Some(SecretString::from(DISCORD_TOKEN)),
        telegram: Some(SecretString::from(TELEGRAM_TOKEN)),
        ..Tokens::default()
    };
    let app = App::start(config, tokens, Arc::new(SystemClock)).await?;
    tokio::select! {
        opened = open(&demo, &app, folder.path()) => {
            opened?;
            signals.wait().await;
        }
        () = signals.wait() => {}
    }
    app.stop().await;
    Ok(())
}

/// Does what an admin and a publisher would: subscribes both channels, then publishes the sample.
async fn open(demo: &Demo, app: &App, folder: &Path) -> anyhow::Result<()> {
    tokio::time::timeout(CONNECT_WITHIN, demo.subscribe()).await.context("the bot did not connect")??;
    // What is there at a feed's first load is archived, and goes to nobody.
    tokio::time::timeout(CONNECT_WITHIN, first_load(app)).await.context("the posts were not looked at")??;
    let now = SystemClock.now().with_timezone(&chrono_tz::Asia::Seoul);
    let name = format!("{}-ai-news.md", now.format("%Y-%m-%d"));
    let post = SAMPLE
        .replace("{date}", &now.format("%Y-%m-%d %H:%M:%S %z").to_string())
        .replace("{day}", &now.format("%Y-%m-%d").to_string());
    std::fs::write(folder.join("posts").join(name), post)?;
    Ok(())
}

/// Waits until the feed's folder was looked at for the first time.
async fn first_load(app: &App) -> anyhow::Result<()> {
    let feed = FeedName(FEED.to_owned());
    while app.store().feed_loads(&feed).await?.first.is_none() {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

fn configuration(folder: &Path, discord: SocketAddr, telegram: SocketAddr) -> anyhow::Result<Config> {
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
    Ok(Config::from_table(table, &Environment::default())?)
}

/// Serves a router on a loopback port for as long as the process runs.
async fn serve(port: u16, router: axum::Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "a server of the sandbox ended");
        }
    });
    Ok(address)
}
