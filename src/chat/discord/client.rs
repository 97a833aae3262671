//! The gateway client: serenity, given the address that Discord told us and no other.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serenity::all::{
    ClientBuilder, Context, EventHandler, GatewayIntents, Guild, GuildChannel, HttpBuilder, Interaction,
    Message, PartialGuildChannel, Ready, ShardManager, UnavailableGuild,
};
use serenity::async_trait;
use tokio_util::sync::CancellationToken;

use super::answer::Answers;
use super::guilds::{Guilds, address};
use super::{asked, menu};
use crate::chat::{Access, retries};
use crate::clock::SharedClock;
use crate::commands::{self, Desk, press};
use crate::platform::discord::Discord as Calls;
use crate::text::chain;

/// What the Discord side of the program is made of.
#[derive(Debug, Clone)]
pub struct Discord {
    /// What commands work with.
    pub desk: Arc<Desk>,
    /// Discord's REST calls.
    pub calls: Arc<Calls>,
    /// The address of Discord's server.
    pub api_url: url::Url,
    /// The bot's token, for the gateway.
    pub token: SecretString,
    /// The ids of the operators.
    pub operators: Arc<[String]>,
    /// The time.
    pub clock: SharedClock,
    /// Notes which channels can be reached.
    pub access: Arc<Access>,
}

/// Stays connected until `stop`: asks for the gateway's address, connects, registers the commands, and does it
/// again when the connection ends.
pub async fn run(discord: Discord, stop: CancellationToken) {
    let mut waits = retries();
    while !stop.is_cancelled() {
        match connect(&discord, &stop).await {
            Ok(()) => waits = retries(),
            Err(error) => tracing::warn!(error = chain(&*error), "Discord's gateway is not connected"),
        }
        let wait = waits.next().unwrap_or(Duration::from_secs(60));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn connect(discord: &Discord, stop: &CancellationToken) -> Result<(), Failed> {
    // What Discord told to wait before a restart holds for these calls too.
    let place = discord.calls.gate().take_for_none().await;
    let gateway = discord.calls.gateway().await?;
    drop(place);
    // serenity's own limiter ignores the proxy and would call discord.com; with it off no call of serenity's is
    // limited, but the only one that it makes is the one below.
    let http = HttpBuilder::new(discord.token.expose_secret())
        .proxy(discord.api_url.as_str().trim_end_matches('/'))
        .ratelimiter_disabled(true)
        .build();
    let handler =
        Handler { discord: discord.clone(), answers: Answers::new(discord), guilds: Guilds::default() };
    let mut client =
        ClientBuilder::new_with_http(http, GatewayIntents::GUILDS).event_handler(handler).await?;
    // serenity falls back to a public address when it cannot ask for the gateway's; ours was told to us.
    *client.ws_url.lock().await = gateway.url.to_string();
    let shards: Arc<ShardManager> = Arc::clone(&client.shard_manager);
    let connected = client.start_shards(gateway.shards.max(1));
    tokio::select! {
        ended = connected => Ok(ended?),
        () = stop.cancelled() => {
            shards.shutdown_all().await;
            Ok(())
        }
    }
}

struct Handler {
    discord: Discord,
    answers: Answers,
    guilds: Guilds,
}

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: Ready) {
        tracing::info!(bot = ready.user.name, guilds = ready.guilds.len(), "connected to Discord");
        let registered =
            self.discord.calls.register_commands(ready.application.id.get(), &menu::commands()).await;
        match registered {
            Ok(true) => tracing::info!("registered the commands with Discord"),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "the commands could not be registered; trying at the next connection")
            }
        }
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        let channels = self.guilds.put(&guild);
        self.discord.access.perhaps_regained(&channels).await;
    }

    async fn guild_delete(&self, _: Context, guild: UnavailableGuild, _: Option<Guild>) {
        // Unavailable is an outage of Discord's, and no goodbye.
        if !guild.unavailable {
            let channels = self.guilds.take(guild.id);
            self.discord.access.lost(&channels, "the bot was removed from the server").await;
        }
    }

    async fn channel_create(&self, _: Context, channel: GuildChannel) {
        self.guilds.add(Some(channel.guild_id), channel.id);
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        // Perhaps of its permissions.
        self.discord.access.perhaps_regained(&[address(channel.id)]).await;
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        self.discord.access.lost(&[address(channel.id)], "the channel was deleted").await;
    }

    async fn thread_create(&self, _: Context, thread: GuildChannel) {
        self.guilds.add(Some(thread.guild_id), thread.id);
    }

    async fn thread_delete(&self, _: Context, thread: PartialGuildChannel, _: Option<GuildChannel>) {
        self.discord.access.lost(&[address(thread.id)], "the thread was deleted").await;
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        match &interaction {
            Interaction::Command(command) => self.guilds.add(command.guild_id, command.channel_id),
            Interaction::Component(component) => self.guilds.add(component.guild_id, component.channel_id),
            _ => {}
        }
        let Discord { desk, operators, .. } = &self.discord;
        match &interaction {
            Interaction::Command(command) => {
                let Some(call) = asked::call(command, operators) else {
                    tracing::warn!(command = command.data.name, "an unknown command was called");
                    return;
                };
                self.answers.give(&interaction, commands::answer(&call, desk)).await;
            }
            Interaction::Component(component) => {
                let (pressed, caller) = asked::press(component, operators);
                self.answers.give(&interaction, press::answer(pressed, &caller, desk)).await;
            }
            Interaction::Autocomplete(typing) => {
                if let Some((kind, typed, caller)) = asked::typing(typing, operators) {
                    self.answers.offer(&interaction, commands::offers(kind, &typed, &caller, desk)).await;
                }
            }
            _ => {}
        }
    }
}
