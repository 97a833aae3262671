//! How long people wait for the first answer: from the platform's telling the bot to the answer's arrival there, with
//! an archive of digests stored and a digest on its way to a thousand channels. The whole program answers, over HTTP
//! and WebSocket, in a release build or it says little.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{FixedOffset, Utc};
use serde_json::{Value, json};
use tokio::time::MissedTickBehavior;

use super::Measure;
use super::posts::{self, ARTICLES};
use crate::app::{self, App};
use crate::cli::folder::Folder;
use crate::cli::playground;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Environment};
use crate::model::Language;
use crate::model::channel::{Address, ChannelKind};
use crate::model::message::MessageState;
use crate::model::schedule::Schedule;
use crate::model::subscription::{Style, Wish};
use crate::sandbox::{discord, telegram};
use crate::store::Store;

/// Channels that the bulk goes to, half on each platform.
const CHANNELS: usize = 1_000;
/// How often each command is called.
const CALLS: usize = 200;
/// From one call on Telegram to the next: readers are to use half of its thirty calls a second, and the digest the rest.
const APART: Duration = Duration::from_millis(67);
/// What has not come after this never will.
const PATIENCE: Duration = Duration::from_secs(60);
/// The readers' commands: on Discord with their options, on Telegram with their words.
const COMMANDS: [(&str, &str, &str); 8] = [
    ("today", "", ""),
    ("digest", "date", "어제"),
    ("company", "name", "엔비디아"),
    ("topic", "name", "반도체"),
    ("search", "words", "데이터센터 투자"),
    ("search", "words", "전력 공급망"),
    ("trends", "period", "30d"),
    ("help", "", ""),
];

/// The numbers of each command on each platform, beside those of `/help`, which reads nothing.
pub(super) async fn measure(digests: usize) -> anyhow::Result<Vec<Measure>> {
    let folder = Folder::new("bench")?;
    let town = Town::build(&folder, digests).await?;
    let mut measures = Vec::new();
    for (busy, state) in [(false, "idle"), (true, "under bulk")] {
        for platform in ["Discord", "Telegram"] {
            let rows = town.call_all(platform, busy, &folder).await?;
            let bare = rows.last().map(|(_, took)| took.clone()).unwrap_or_default();
            for (what, took) in rows {
                for (name, share) in [("p50", 50), ("p99", 99)] {
                    measures.push(Measure {
                        what: format!("{what}, {state}, {name}"),
                        unit: "ms",
                        ours: at(&took, share),
                        reference: Some(at(&bare, share)),
                        note: format!("/help; {} articles", digests * ARTICLES),
                    });
                }
            }
        }
    }
    town.app.stop().await;
    Ok(measures)
}

/// Milliseconds that this many of a hundred calls took at most.
fn at(sorted: &[Duration], share: usize) -> f64 {
    let place = (sorted.len() * share).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
}

/// The program with its archive and its channels.
struct Town {
    app: App,
    discord: Arc<discord::Discord>,
    telegram: Arc<telegram::Telegram>,
    reader: discord::Person,
    channel: u64,
    /// Telegram lets one message a second into a chat: each call comes from another person.
    readers: Vec<telegram::Person>,
    /// The number of the next post.
    published: AtomicUsize,
}

impl Town {
    async fn build(folder: &Folder, digests: usize) -> anyhow::Result<Self> {
        let (discord, telegram) = playground::platforms(Arc::new(SystemClock), true);
        let guild = discord.add_guild("서버");
        let channel = discord.add_channel(guild, "읽기", discord::ChannelKind::Text);
        let reader = discord::Person {
            id: 11,
            name: "독자".to_owned(),
            permissions: discord::permissions::MEMBER,
            locale: "ko".to_owned(),
        };
        let reader_of = |number| telegram::Person {
            id: 1_000 + number,
            first_name: format!("독자 {number}"),
            username: None,
            language_code: "ko".to_owned(),
        };
        let readers: Vec<_> = (0..i64::try_from(CALLS)?).map(reader_of).collect();
        let to_discord = playground::serve(0, discord.router()).await?;
        discord.set_origin(&to_discord.to_string());
        let to_telegram = playground::serve(0, telegram.router()).await?;
        let mut table = playground::configuration(folder.path(), to_discord, to_telegram)?;
        let limits = [("person", 1_000_000), ("group", 1_000_000)];
        let limits = limits.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        table.insert("limits".to_owned(), toml::Value::Table(limits));
        let config = Config::from_table(table, &Environment::default())?;
        archive(folder, &config, digests).await?;
        let channels = (0..CHANNELS / 2).map(|number| {
            let name = format!("받는 곳 {number}");
            let on_discord = discord.add_channel(guild, &name, discord::ChannelKind::Text);
            let on_telegram = telegram.add_chat(&name, telegram::ChatKind::Supergroup);
            [
                (Address::Discord { channel: on_discord }, ChannelKind::Text),
                (Address::Telegram { chat: on_telegram, topic: None }, ChannelKind::Group),
            ]
        });
        subscribe(&config.database_url, channels.flatten()).await?;
        let app = App::start(config, playground::tokens(), Arc::new(SystemClock)).await?;
        let mut changes = discord.changes();
        while !discord.connected() || discord.commands().is_empty() {
            changes.changed().await?;
        }
        tokio::time::timeout(PATIENCE, playground::first_load(&app)).await??;
        Ok(Self { app, discord, telegram, reader, channel, readers, published: digests.into() })
    }

    /// Calls every command so often; `busy`: while a digest goes out. The times of each, sorted.
    async fn call_all(
        &self,
        platform: &str,
        busy: bool,
        folder: &Folder,
    ) -> anyhow::Result<Vec<(String, Vec<Duration>)>> {
        let mut rows = Vec::with_capacity(COMMANDS.len());
        for (command, option, value) in COMMANDS {
            let mut took = Vec::with_capacity(CALLS);
            let mut apart = tokio::time::interval(APART);
            // Readers who had to wait do not ask all at once then.
            apart.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for call in 0..CALLS {
                if busy {
                    self.keep_busy(folder).await?;
                }
                took.push(match platform {
                    "Discord" => self.on_discord(command, option, value).await?,
                    _ => {
                        apart.tick().await;
                        self.on_telegram(call, command, value).await?
                    }
                });
            }
            took.sort();
            rows.push((format!("{platform} /{command} {value}").trim_end().to_owned(), took));
        }
        Ok(rows)
    }

    /// Publishes a digest whenever the last one has reached all channels, so that there is always one on its way.
    async fn keep_busy(&self, folder: &Folder) -> anyhow::Result<()> {
        let counts = self.app.store().message_counts().await?;
        if counts.iter().any(|(state, count)| state == MessageState::Queued.name() && *count > 0) {
            return Ok(());
        }
        let number = self.published.fetch_add(1, Ordering::Relaxed);
        let (name, text) = posts::news(number, now());
        std::fs::write(folder.path().join("posts").join(name), text)?;
        let planned = async {
            loop {
                let counts = self.app.store().message_counts().await?;
                if counts.iter().any(|(state, count)| state == MessageState::Queued.name() && *count > 0) {
                    return anyhow::Ok(());
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, planned).await.context("the digest was not planned")?
    }

    async fn on_discord(&self, command: &str, option: &str, value: &str) -> anyhow::Result<Duration> {
        let options = if option.is_empty() { json!({}) } else { json!({option: value}) };
        let begun = Instant::now();
        self.discord.invoke(&self.reader, self.channel, command, options).await?;
        Ok(begun.elapsed())
    }

    async fn on_telegram(&self, call: usize, command: &str, words: &str) -> anyhow::Result<Duration> {
        let reader = &self.readers[call % self.readers.len()];
        let mut changes = self.telegram.changes();
        let begun = Instant::now();
        let asked = self.telegram.say(reader, reader.id, None, &format!("/{command} {words}")).await;
        let is_answer = |message: &Value| message["message_id"].as_i64() > Some(asked);
        let answered = async {
            while !self.telegram.timeline(reader.id).iter().any(is_answer) {
                changes.changed().await?;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, answered).await.context("no answer came")??;
        Ok(begun.elapsed())
    }
}

fn now() -> chrono::DateTime<FixedOffset> {
    let now: chrono::DateTime<Utc> = SystemClock.now();
    now.with_timezone(&chrono_tz::Asia::Seoul).fixed_offset()
}

/// Fills the archive.
async fn archive(folder: &Folder, config: &Config, digests: usize) -> anyhow::Result<()> {
    let old = folder.path().join("old");
    std::fs::create_dir(&old)?;
    let newest = now() - chrono::Duration::hours(2);
    for number in 0..digests {
        let (name, text) = posts::post(number, newest);
        std::fs::write(old.join(name), text)?;
    }
    let feed = config.feeds.first().context("the configuration has a feed")?;
    let store = Store::open(&config.database_url).await?;
    let import = app::import(feed, &old, &config.dictionaries, store.clone(), Arc::new(SystemClock))?;
    let imported = import.run(&old, |_, _| {}).await?;
    anyhow::ensure!(imported.loaded == digests, "only {} posts were loaded", imported.loaded);
    store.close().await;
    Ok(())
}

/// Subscribes channels to what comes, as soon as it is out.
async fn subscribe(
    database: &str,
    channels: impl Iterator<Item = (Address, ChannelKind)>,
) -> anyhow::Result<()> {
    let (store, now) = (Store::open(database).await?, SystemClock.now());
    let wish = Wish {
        schedule: Schedule::Now,
        timezone: chrono_tz::Asia::Seoul,
        style: Style::default(),
        filter: Vec::new(),
        language: Language::Ko,
        quiet: None,
    };
    for (address, kind) in channels {
        let channel = store.keep_channel(address, kind, None, wish.language, now).await?;
        store.subscribe(channel.id, &playground::feed(), &wish, now).await?;
    }
    store.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_off_the_sorted_times() {
        let took: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!((at(&took, 50), at(&took, 99)), (100.0, 198.0));
        assert_eq!(at(&[], 99), 0.0);
    }
}
