//! Where the runs happen: both sandboxes on loopback ports, channels that are subscribed, a folder of posts and a
//! database. The bot is started beside it (`bot.rs`).

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use jogan::clock::{Clock as _, SystemClock};
use jogan::model::Language;
use jogan::model::channel::{Address, ChannelKind};
use jogan::model::feed::FeedName;
use jogan::model::schedule::Schedule;
use jogan::model::subscription::{Style, Wish};
use jogan::sandbox::{discord, telegram};
use jogan::store::Store;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(crate) const DISCORD_TOKEN: &str = "runs.discord.token";
pub(crate) const TELEGRAM_TOKEN: &str = "100000001:runs-telegram-token";
const FEED: &str = "ai-news";
/// A word that only the first article of each digest has, to filter by.
pub(crate) const ONE_WORD: &str = "특종";

/// What a channel wants: every digest as soon as it is out, as a summary; only articles with these words, if any.
pub(crate) fn wish(words: &[&str]) -> Wish {
    Wish {
        schedule: Schedule::Now,
        timezone: chrono_tz::Asia::Seoul,
        style: Style::Summary,
        filter: words.iter().map(|word| (*word).to_owned()).collect(),
        language: Language::Ko,
        quiet: None,
    }
}

/// Both platforms, and the files of the bot.
pub(crate) struct Town {
    pub(crate) discord: Arc<discord::Discord>,
    pub(crate) telegram: Arc<telegram::Telegram>,
    pub(crate) channels: Vec<Address>,
    folder: TempDir,
    database: String,
    pub(crate) guild: u64,
}

impl Town {
    /// An empty town. `limits`: whether the platforms refuse what comes too fast.
    pub(crate) async fn build(limits: bool) -> anyhow::Result<Self> {
        Self::build_on(None, limits).await
    }

    /// The same on another database than SQLite's file in its folder.
    pub(crate) async fn build_on(database: Option<String>, limits: bool) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock);
        let discord = discord::Discord::new(discord::Options {
            token: DISCORD_TOKEN.to_owned(),
            clock: clock.clone(),
            limits,
        });
        let telegram = telegram::Telegram::new(telegram::Options {
            token: TELEGRAM_TOKEN.to_owned(),
            username: "jogan_bot".to_owned(),
            clock,
            limits,
        });
        let discord_at = serve(discord.router()).await?;
        discord.set_origin(&discord_at.to_string());
        let telegram_at = serve(telegram.router()).await?;
        let guild = discord.add_guild("조간");
        let folder = TempDir::new()?;
        std::fs::create_dir(folder.path().join("posts"))?;
        let file = || format!("sqlite://{}", folder.path().join("jogan.db").display());
        let database = database.unwrap_or_else(file);
        let town = Self { discord, telegram, channels: Vec::new(), folder, database, guild };
        std::fs::write(town.config(), town.configuration(discord_at, telegram_at))?;
        // Without this the first post would be part of the first load, and archived.
        let store = town.store().await?;
        store.note_load(&FeedName(FEED.to_owned()), SystemClock.now()).await?;
        store.close().await;
        Ok(town)
    }

    fn configuration(&self, discord: SocketAddr, telegram: SocketAddr) -> String {
        let posts = self.folder.path().join("posts");
        format!(
            r#"
database.url = "{}"
discord.api_url = "http://{discord}"
telegram.api_url = "http://{telegram}"
web.listen = ""
links.resolve = false

[[feeds]]
name = "{FEED}"
title = "AI 뉴스"
max_backlog = 100
source = {{ kind = "folder", path = "{}" }}
"#,
            self.database,
            posts.display()
        )
    }

    /// Makes so many channels in a guild of their own, subscribes them, and returns the guild.
    pub(crate) async fn settle_apart(&mut self, channels: usize, wish: &Wish) -> anyhow::Result<u64> {
        let home = std::mem::replace(&mut self.guild, self.discord.add_guild("저녁"));
        self.settle(channels, 0, wish).await?;
        Ok(std::mem::replace(&mut self.guild, home))
    }

    /// Makes so many channels on each platform, every second of Telegram's a group, and subscribes them all.
    pub(crate) async fn settle(
        &mut self,
        on_discord: usize,
        on_telegram: usize,
        wish: &Wish,
    ) -> anyhow::Result<()> {
        let store = self.store().await?;
        for number in 0..on_discord {
            let channel =
                self.discord.add_channel(self.guild, &format!("news-{number}"), discord::ChannelKind::Text);
            self.subscribe(&store, Address::Discord { channel }, ChannelKind::Text, wish).await?;
        }
        for number in 0..on_telegram {
            // Ids of people rise with the channels, so that a second call makes others.
            let id = 1_000 + i64::try_from(self.channels.len())?;
            let person = Self::person(id);
            let (chat, kind) = if number % 2 == 0 {
                (self.telegram.add_private(&person), ChannelKind::Private)
            } else {
                (self.telegram.add_chat("뉴스 나눔", telegram::ChatKind::Supergroup), ChannelKind::Group)
            };
            self.subscribe(&store, Address::Telegram { chat, topic: None }, kind, wish).await?;
        }
        store.close().await;
        Ok(())
    }

    /// Makes so many forums and subscribes them.
    pub(crate) async fn settle_forums(&mut self, forums: usize, wish: &Wish) -> anyhow::Result<()> {
        let store = self.store().await?;
        for number in 0..forums {
            let kind = discord::ChannelKind::Forum;
            let channel = self.discord.add_channel(self.guild, &format!("forum-{number}"), kind);
            self.subscribe(&store, Address::Discord { channel }, ChannelKind::Forum, wish).await?;
        }
        store.close().await;
        Ok(())
    }

    /// The person behind a private chat that `settle` has made.
    pub(crate) fn person(id: i64) -> telegram::Person {
        telegram::Person {
            id,
            first_name: format!("독자 {id}"),
            username: None,
            language_code: "ko".to_owned(),
        }
    }

    async fn subscribe(
        &mut self,
        store: &Store,
        address: Address,
        kind: ChannelKind,
        wish: &Wish,
    ) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let channel = store.keep_channel(address, kind, None, Language::Ko, now).await?;
        store.subscribe(channel.id, &FeedName(FEED.to_owned()), wish, now).await?;
        self.channels.push(address);
        Ok(())
    }

    /// Publishes a digest: `articles` of them, each with as many bullets. Every bullet has a mark of its own, by
    /// which `count.rs` knows it.
    pub(crate) fn publish(&self, number: usize, articles: usize, bullets: usize) -> anyhow::Result<()> {
        let now = SystemClock.now().with_timezone(&chrono_tz::Asia::Seoul);
        let mut post = format!(
            "---\ntitle: \"AI 뉴스 {number}호\"\ndate: {}\n---\n\n",
            now.format("%Y-%m-%d %H:%M:%S %z")
        );
        for article in 0..articles {
            let headline = if article == 0 { ONE_WORD.to_owned() } else { format!("소식 {article}") };
            post.push_str(&format!("## {number}호의 {headline}\n\n[신문](https://news.example/{number}/{article}) - 발행일: 2025-12-17\n\n### 요약\n"));
            for bullet in 0..bullets {
                post.push_str(&format!("- **사실 {bullet}**: 있었던 일을 짧게 간추린 글입니다 zq{number}x{article}x{bullet} 끝.\n"));
            }
            post.push_str("\n---\n\n");
        }
        let name = format!("{}-digest-{number}.md", now.format("%Y-%m-%d"));
        // Written beside and moved, as publishers do: no look finds half a post.
        let beside = self.folder.path().join(&name);
        std::fs::write(&beside, post)?;
        std::fs::rename(&beside, self.folder.path().join("posts").join(name)).context("cannot publish")
    }

    /// How often Telegram has been asked for updates.
    pub(crate) fn polls(&self) -> usize {
        self.telegram.calls().iter().filter(|call| call.method.eq_ignore_ascii_case("getUpdates")).count()
    }

    /// The bot's database, opened. Not while the bot is to be killed: a second connection changes how SQLite comes
    /// back.
    pub(crate) async fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.database).await?)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.file("jogan.toml")
    }

    /// A file of the bot's.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The bot's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Serves a router on a loopback port for as long as the test runs.
async fn serve(router: axum::Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
