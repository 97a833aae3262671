//! The demo's servers, channels and people.

use std::sync::Arc;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::playground;
use crate::clock::SharedClock;
use crate::sandbox::page::Stage;
use crate::sandbox::{discord, telegram};

/// Discord's Manage Channels, and what everybody may: View Channel and Send Messages.
const ADMIN: u64 = (1 << 4) | READER;
const READER: u64 = (1 << 10) | (1 << 11) | (1 << 31);

/// Who may use `/admin`.
pub(super) const OPERATOR_ON_DISCORD: u64 = 13;
pub(super) const OPERATOR_ON_TELEGRAM: i64 = 23;

/// Both platforms with one channel each, and an admin, a reader and an operator on both.
#[derive(Debug)]
pub(super) struct Demo {
    pub(super) discord: Arc<discord::Discord>,
    pub(super) telegram: Arc<telegram::Telegram>,
    pub(super) stage: Arc<Stage>,
    channel: u64,
    chat: i64,
}

impl Demo {
    pub(super) fn build(clock: SharedClock) -> Self {
        let (discord, telegram) = playground::platforms(clock, true);
        let everything = discord::permissions::ADMINISTRATOR;
        let discord_people = vec![
            person(11, "관리자 하늘", ADMIN),
            person(12, "독자 바다", READER),
            person(OPERATOR_ON_DISCORD, "운영자 들", everything),
        ];
        let telegram_people = vec![
            user(21, "하늘", "haneul"),
            user(22, "바다", "bada"),
            user(OPERATOR_ON_TELEGRAM, "들", "deul"),
        ];
        let guild = discord.add_guild("조간 데모");
        let channel = discord.add_channel(guild, "ai-뉴스", discord::ChannelKind::Text);
        let chat = telegram.add_chat("AI 뉴스 나눔", telegram::ChatKind::Supergroup);
        for person in &telegram_people {
            telegram.set_admin(chat, person.id, person.id == 21);
            telegram.add_private(person);
        }
        // Of the admin's own, for the key that chooses one. The bot comes in by being chosen for it.
        let own = telegram.add_chat("하늘의 뉴스 채널", telegram::ChatKind::Channel);
        telegram.kick(own);
        telegram.set_admin(own, 21, true);
        let stage = Stage {
            discord: Arc::clone(&discord),
            telegram: Arc::clone(&telegram),
            discord_people,
            telegram_people,
        };
        Self { discord, telegram, stage: Arc::new(stage), channel, chat }
    }

    /// Subscribes both channels as their admins would, as soon as the bot is there.
    pub(super) async fn subscribe(&self) -> anyhow::Result<()> {
        let (admin, user) = (self.stage.discord_people.first(), self.stage.telegram_people.first());
        let (admin, user) = admin.zip(user).context("the demo has its people")?;
        let mut changes = self.discord.changes();
        while !self.discord.connected() || self.discord.commands().is_empty() {
            changes.changed().await?;
        }
        self.discord.invoke(admin, self.channel, "subscribe", json!({"at": "now"})).await?;
        self.telegram.say(user, self.chat, None, "/subscribe 바로").await;
        let answered = || {
            let said = self.telegram.timeline(self.chat);
            said.iter().any(|message| message["from"]["is_bot"] == json!(true))
        };
        let mut changes = self.telegram.changes();
        while !answered() {
            changes.changed().await?;
        }
        Ok(())
    }
}

fn person(id: u64, name: &str, permissions: u64) -> discord::Person {
    discord::Person { id, name: name.to_owned(), permissions, locale: "ko".to_owned() }
}

fn user(id: i64, name: &str, username: &str) -> telegram::Person {
    telegram::Person {
        id,
        first_name: name.to_owned(),
        username: Some(username.to_owned()),
        language_code: "ko".to_owned(),
    }
}
