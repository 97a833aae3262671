//! The place of a story: a Discord and a Telegram on loopback with people and channels in them, and a folder of
//! posts. The bot comes in as a part of the test (`bot.rs`) or as a process of its own (`program.rs`).

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jogan::clock::SharedClock;
use jogan::sandbox::discord::{self, Discord, permissions};
use jogan::sandbox::telegram::{self, Telegram};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::clock::StoryClock;
use crate::support::database;
use crate::support::post::Post;

pub(crate) const DISCORD_TOKEN: &str = "MTAw.story.discord-token";
pub(crate) const TELEGRAM_TOKEN: &str = "777000111:story-telegram-token";
/// Nothing in a story takes this long, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(45);
/// The flag of an answer that is still to come.
pub(crate) const LOADING: u64 = 1 << 7;
/// How often to look at what does not tell of its changes: the database and the log.
const LOOK: Duration = Duration::from_millis(20);

/// Both platforms, and what the publisher and the operator have on disk.
pub(crate) struct Town {
    pub(crate) discord: Arc<Discord>,
    pub(crate) telegram: Arc<Telegram>,
    pub(crate) clock: StoryClock,
    pub(crate) disk: TempDir,
    pub(crate) discord_url: String,
    pub(crate) telegram_url: String,
    /// A Discord server, and its text channel.
    pub(crate) guild: u64,
    pub(crate) channel: u64,
    /// A Telegram supergroup.
    pub(crate) group: i64,
    /// Who may manage the channel and is the group's administrator, and who may not and is not.
    pub(crate) admin: (discord::Person, telegram::Person),
    pub(crate) reader: (discord::Person, telegram::Person),
    /// Who runs the bot; nothing more than a member anywhere.
    pub(crate) operator: (discord::Person, telegram::Person),
}

impl Town {
    pub(crate) async fn build(clock: StoryClock) -> Self {
        let shared: SharedClock = Arc::new(clock.clone());
        let discord = Discord::new(discord::Options {
            token: DISCORD_TOKEN.to_owned(),
            clock: Arc::clone(&shared),
            limits: true,
        });
        let telegram = Telegram::new(telegram::Options {
            token: TELEGRAM_TOKEN.to_owned(),
            username: "jogan_bot".to_owned(),
            clock: shared,
            limits: true,
        });
        let admin = (on_discord(11, "하늘", permissions::MANAGE_CHANNELS), on_telegram(21, "하늘"));
        let reader = (on_discord(12, "바다", 0), on_telegram(22, "바다"));
        let operator = (on_discord(13, "들", 0), on_telegram(23, "들"));
        let guild = discord.add_guild("AI 연구회");
        let channel = discord.add_channel(guild, "ai-뉴스", discord::ChannelKind::Text);
        let group = telegram.add_chat("AI 뉴스방", telegram::ChatKind::Supergroup);
        telegram.set_admin(group, admin.1.id, true);
        telegram.add_private(&reader.1);
        telegram.add_private(&operator.1);
        let discord_url = serve(discord.router()).await;
        discord.set_origin(discord_url.trim_start_matches("http://"));
        let telegram_url = serve(telegram.router()).await;
        let disk = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(disk.path().join("posts")).expect("a folder");
        Self {
            discord,
            telegram,
            clock,
            disk,
            discord_url,
            telegram_url,
            guild,
            channel,
            group,
            admin,
            reader,
            operator,
        }
    }

    /// The configuration file, without the platforms' addresses; `feed`: further keys of the feed, whose source is the
    /// folder unless they name another.
    pub(crate) fn configuration(&self, feed: &str) -> String {
        let folder = format!("source = {{ kind = \"folder\", path = {:?} }}", self.posts());
        let source = if feed.contains("source = ") { "" } else { folder.as_str() };
        format!(
            "[database]\nurl = {:?}\n[web]\nlisten = \"\"\n[links]\nresolve = false\n\
             [[feeds]]\nname = \"ai-news\"\ntitle = \"AI 뉴스\"\n{feed}\n\
             {source}\n",
            self.database_url(),
        )
    }

    pub(crate) fn database_url(&self) -> String {
        database::url_in(self.disk.path())
    }

    pub(crate) fn posts(&self) -> PathBuf {
        self.disk.path().join("posts")
    }

    /// Puts the shipped dictionaries where the bot reads them.
    pub(crate) fn copy_names(&self) {
        let (shipped, folder) =
            (Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), self.disk.path().join("names"));
        std::fs::create_dir_all(&folder).expect("a folder");
        for name in ["companies.toml", "topics.toml"] {
            std::fs::copy(shipped.join(name), folder.join(name)).expect("a dictionary");
        }
    }

    /// Adds a line to the shipped dictionary of companies.
    pub(crate) fn name_company(&self, line: &str) {
        self.copy_names();
        let file = self.disk.path().join("names/companies.toml");
        let shipped = std::fs::read_to_string(&file).expect("a dictionary");
        std::fs::write(&file, format!("{shipped}\n{line}\n")).expect("a file");
    }

    /// Writes a post into the folder.
    pub(crate) fn publish(&self, post: &Post) {
        self.write(&post.file_name(), post.markdown().as_bytes());
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.posts().join(name), bytes).expect("a file");
    }

    /// What `look` finds as soon as it finds something: it looks again whenever anything happened in the sandboxes.
    pub(crate) async fn wait_for<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let (mut discord, mut telegram) = (self.discord.changes(), self.telegram.changes());
        let waiting = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::select! {
                    _ = discord.changed() => {}
                    _ = telegram.changed() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        };
        let Ok(found) = tokio::time::timeout(PATIENCE, waiting).await else {
            panic!(
                "{what} did not come; Discord: {:?}; Telegram: {:?}",
                self.discord.calls(),
                self.telegram.calls()
            )
        };
        found
    }

    /// Both platforms know the bot's commands, and it is on the line.
    pub(crate) async fn bot_is_here(&self) {
        self.wait_for("the bot", async || {
            let menus = self.telegram.calls().iter().filter(|call| call.method == "setMyCommands").count();
            (self.discord.connected() && !self.discord.commands().is_empty() && menus >= 8).then_some(())
        })
        .await;
    }

    /// A person uses a command on Discord; the answer as they see it.
    pub(crate) async fn ask_discord(
        &self,
        by: &discord::Person,
        channel: u64,
        command: &str,
        options: Value,
    ) -> Value {
        let before = self.discord.timeline(channel, by.id).len();
        self.discord.invoke(by, channel, command, options).await.expect("an answer");
        self.wait_for("the answer", async || {
            let answer = self.discord.timeline(channel, by.id).into_iter().nth(before)?;
            // What takes long is deferred, and filled in later.
            (answer["flags"].as_u64().unwrap_or_default() & LOADING == 0).then_some(answer)
        })
        .await
    }

    /// A person writes in a Telegram chat; the bot's next message there.
    pub(crate) async fn ask_telegram(&self, by: &telegram::Person, chat: i64, text: &str) -> Value {
        let asked = self.telegram.say(by, chat, None, text).await;
        self.wait_for(&format!("an answer to {text}"), async || {
            let mut said = self.said_on_telegram(chat).into_iter();
            said.find(|message| message["message_id"].as_i64() > Some(asked))
        })
        .await
    }

    /// Subscribes the channel and the group, as their admins do.
    pub(crate) async fn subscribe(&self, words: &str, options: Value) {
        let told = self.ask_discord(&self.admin.0, self.channel, "subscribe", options).await;
        assert!(text(&told).starts_with("구독했습니다"), "{told}");
        let told = self.ask_telegram(&self.admin.1, self.group, &format!("/subscribe {words}")).await;
        assert!(text(&told).starts_with("구독했습니다"), "{told}");
    }

    /// Subscribes both to everything as soon as it is out.
    pub(crate) async fn subscribe_now(&self) {
        self.subscribe("now", json!({"at": "now"})).await;
    }

    /// What the bot has sent into a Discord channel for all to see.
    pub(crate) fn sent_on_discord(&self, channel: u64) -> Vec<Value> {
        self.discord.messages(channel)
    }

    /// What the bot has said in a Telegram chat, answers included.
    pub(crate) fn said_on_telegram(&self, chat: i64) -> Vec<Value> {
        let bot = self.telegram.bot_id();
        let said = self.telegram.timeline(chat).into_iter();
        said.filter(|message| message["from"]["id"] == bot).collect()
    }

    /// The bot's messages in a Telegram chat that hold `part`.
    pub(crate) fn on_telegram(&self, chat: i64, part: &str) -> Vec<Value> {
        self.said_on_telegram(chat).into_iter().filter(|message| text(message).contains(part)).collect()
    }

    /// The bot's messages in a Discord channel that hold `part` anywhere.
    pub(crate) fn on_discord(&self, channel: u64, part: &str) -> Vec<Value> {
        self.sent_on_discord(channel).into_iter().filter(|message| words(message).contains(part)).collect()
    }

    /// Waits until both the channel and the group have a message that holds `part`.
    pub(crate) async fn arrived(&self, part: &str) -> (Value, Value) {
        self.wait_for(part, async || {
            let on_discord = self.on_discord(self.channel, part).into_iter().next();
            on_discord.zip(self.on_telegram(self.group, part).into_iter().next())
        })
        .await
    }
}

/// A message's text: Telegram's, or Discord's content.
pub(crate) fn text(message: &Value) -> &str {
    message["text"].as_str().or_else(|| message["content"].as_str()).unwrap_or_default()
}

/// Everything that a Discord message shows: its content, and its embeds' texts.
pub(crate) fn words(message: &Value) -> String {
    let mut words = text(message).to_owned();
    gather(&message["embeds"], &mut words);
    words
}

fn gather(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push('\n');
            words.push_str(text);
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, words)),
        Value::Object(fields) => fields.values().for_each(|value| gather(value, words)),
        _ => {}
    }
}

fn on_discord(id: u64, name: &str, permissions: u64) -> discord::Person {
    discord::Person { id, name: name.to_owned(), permissions, locale: "ko".to_owned() }
}

fn on_telegram(id: i64, name: &str) -> telegram::Person {
    telegram::Person { id, first_name: name.to_owned(), username: None, language_code: "ko".to_owned() }
}

async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("its number");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}
