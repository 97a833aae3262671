//! `jogan demo`: everything, with nothing to set up. A sandbox in this process on loopback, and beside it the
//! ordinary program, which talks to it over the network as it would to the platforms.

mod stage;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::Outcome;
use super::folder::Folder;
use super::playground::{self, serve};
use super::run::{Signals, runtime};
use crate::app::App;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Environment};
use crate::sandbox::page;
use stage::Demo;

/// The sample digest, with `{date}` where its date belongs.
const SAMPLE: &str = include_str!("sample.md");
/// How long the bot may take to connect to a server in its own process.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);

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
    let demo = Demo::build(Arc::new(SystemClock));
    let discord = serve(0, demo.discord.router()).await?;
    demo.discord.set_origin(&discord.to_string());
    let telegram = serve(0, demo.telegram.router()).await?;
    let page = serve(arguments.port, page::router(Arc::clone(&demo.stage)))
        .await
        .with_context(|| format!("port {} of this machine cannot be listened on", arguments.port))?;
    let mut out = std::io::stdout();
    writeln!(out, "조간 is here: http://{page}/\n(Ctrl-C ends it; nothing of it stays)")?;
    out.flush()?;

    let mut table = playground::configuration(folder.path(), discord, telegram)?;
    let operators = [
        ("discord", stage::OPERATOR_ON_DISCORD.to_string().into()),
        ("telegram", stage::OPERATOR_ON_TELEGRAM.into()),
    ];
    for (platform, operator) in operators {
        if let Some(toml::Value::Table(section)) = table.get_mut(platform) {
            section.insert("operators".to_owned(), toml::Value::Array(vec![operator]));
        }
    }
    let config = Config::from_table(table, &Environment::default())?;
    let app = App::start(config, playground::tokens(), Arc::new(SystemClock)).await?;
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
    tokio::time::timeout(CONNECT_WITHIN, playground::first_load(app))
        .await
        .context("the posts were not looked at")??;
    let now = SystemClock.now().with_timezone(&chrono_tz::Asia::Seoul);
    let name = format!("{}-ai-news.md", now.format("%Y-%m-%d"));
    let post = SAMPLE
        .replace("{date}", &now.format("%Y-%m-%d %H:%M:%S %z").to_string())
        .replace("{day}", &now.format("%Y-%m-%d").to_string());
    std::fs::write(folder.join("posts").join(name), post)?;
    Ok(())
}
