//! The gateway client: serenity, given the address that Discord told us and no other.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serenity::all::{
    ClientBuilder, Context, EventHandler, GatewayIntents, Guild, GuildChannel, HttpBuilder, Interaction,
    Message, PartialGuildChannel, Ready, ShardManager, UnavailableGuild, UserId,
};
use serenity::async_trait;
use serenity::gateway::GatewayError;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::answer::{Answers, Later};
use super::asked::is_installed;
use super::guilds::{Guilds, address};
use super::shards::out_of_touch;
use super::{asked, elsewhere, greet, menu};
use crate::chat::{Access, retries};
use crate::clock::SharedClock;
use crate::commands::{self, Desk};
use crate::health::Health;
use crate::model::channel::Platform;
use crate::model::reply::Audience;
use crate::platform::discord::Discord as Calls;
use crate::text::chain;

/// What the Discord side of the program is made of.
#[derive(Debug, Clone)]
pub struct Discord {
    /// What commands work with.
    pub desk: Arc<Desk>,
    /// Where another one takes its place.
    pub desks: watch::Receiver<Arc<Desk>>,
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
    /// Hears whether the gateway is connected.
    pub health: Arc<Health>,
}

impl Discord {
    /// The same, with the desk as it is now.
    fn now(&self) -> Self {
        Self { desk: Arc::clone(&self.desks.borrow()), ..self.clone() }
    }
}

/// Stays connected until `stop`: asks for the gateway's address, connects, registers the commands, and does it
/// again when the connection ends.
pub async fn run(discord: Discord, stop: CancellationToken) {
    let (mut waits, mut longer_waits) = (retries(), retries_of_sessions());
    while !stop.is_cancelled() {
        let wait = match connect(&discord, &stop).await {
            Ok(Ended::Closed) => {
                (waits, longer_waits) = (retries(), retries_of_sessions());
                waits.next()
            }
            Ok(Ended::OutOfTouch { after_all }) => {
                if after_all {
                    longer_waits = retries_of_sessions();
                }
                let wait = longer_waits.next();
                tracing::error!(?wait, "Discord lets no session begin or go on; beginning anew later");
                wait
            }
            Err(error) => {
                discord.health.down(Platform::Discord, Some(chain(&*error)), discord.clock.now());
                if let Some(cure) = cure(&*error) {
                    tracing::error!(
                        error = chain(&*error),
                        cure,
                        "Discord refuses the connection for good: commands are not answered on Discord until the next start"
                    );
                    return stop.cancelled().await;
                }
                tracing::warn!(error = chain(&*error), "Discord's gateway is not connected");
                waits.next()
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait.unwrap_or(LONGEST_WAIT)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// The longest wait before a connection that ended is begun again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The waits before another session is begun where Discord refuses them: from a second to half an hour, so that they are
/// nowhere near the thousand of a day.
fn retries_of_sessions() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_factor(8.0)
        .with_max_delay(Duration::from_secs(30 * 60))
        .with_jitter()
        .without_max_times()
        .build()
}

/// How a connection ended.
enum Ended {
    /// By itself, or because the program stops.
    Closed,
    /// Shards did not come to be connected; `after_all`: not any more, after all of them had been.
    OutOfTouch { after_all: bool },
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// What somebody has to do before connecting again can help (close codes 4004, 4010, 4011, 4013 and 4014: Discord,
/// topics/opcodes-and-status-codes); `None`: it is tried again.
fn cure(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    match error.downcast_ref::<serenity::Error>()? {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication) => {
            Some("set DISCORD_TOKEN to the bot's token in Discord's developer portal, and start again")
        }
        serenity::Error::Gateway(
            GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents,
        ) => Some("let the bot have the intent GUILDS in Discord's developer portal, and start again"),
        _ => None,
    }
}

async fn connect(discord: &Discord, stop: &CancellationToken) -> Result<Ended, Failed> {
    // What Discord told to wait before a restart holds for these calls too.
    let place = discord.calls.gate().take_for_none().await;
    let gateway = discord.calls.gateway().await?;
    drop(place);
    if let Some(wait) = gateway.wait {
        tracing::error!(
            minutes = wait.num_minutes(),
            "Discord lets no more sessions begin today; waiting as long as it says"
        );
        tokio::select! {
            () = discord.clock.sleep_until(discord.clock.now() + wait) => {}
            () = stop.cancelled() => {}
        }
        return Ok(Ended::Closed);
    }
    // serenity's own limiter ignores the proxy and would call discord.com; with it off no call of serenity's is
    // limited, but the only one that it makes is the one below.
    let http = HttpBuilder::new(discord.token.expose_secret())
        .proxy(discord.api_url.as_str().trim_end_matches('/'))
        .ratelimiter_disabled(true)
        .build();
    let handler = Handler {
        discord: discord.clone(),
        answers: Answers::new(discord),
        guilds: Guilds::default(),
        me: OnceLock::new(),
        registering: Arc::default(),
        stop: stop.clone(),
    };
    let place = discord.calls.gate().take_for_none().await;
    let mut client =
        ClientBuilder::new_with_http(http, GatewayIntents::GUILDS).event_handler(handler).await?;
    drop(place);
    // serenity falls back to a public address when it cannot ask for the gateway's; ours was told to us.
    *client.ws_url.lock().await = gateway.url.to_string();
    let shards: Arc<ShardManager> = Arc::clone(&client.shard_manager);
    let connected = client.start_shards(gateway.shards);
    let ended = tokio::select! {
        ended = connected => return Ok(ended.map(|()| Ended::Closed)?),
        after_all = out_of_touch(&shards, gateway.shards, discord) => Ended::OutOfTouch { after_all },
        () = stop.cancelled() => Ended::Closed,
    };
    shards.shutdown_all().await;
    Ok(ended)
}

struct Handler {
    discord: Discord,
    answers: Answers,
    guilds: Guilds,
    /// The bot's own account, once Discord has told it.
    me: OnceLock<UserId>,
    /// Held by whoever registers the commands: each shard says that it is ready.
    registering: Arc<Mutex<bool>>,
    stop: CancellationToken,
}

/// Registers the commands, again and again until that is done.
async fn register(calls: &Calls, application: u64) {
    for wait in retries() {
        match calls.register_commands(application, &menu::commands()).await {
            Ok(true) => return tracing::info!("registered the commands with Discord"),
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, ?wait, "the commands could not be registered; trying again"),
        }
        tokio::time::sleep(wait).await;
    }
}

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: Ready) {
        tracing::info!(bot = ready.user.name, guilds = ready.guilds.len(), "connected to Discord");
        self.discord.health.up(Platform::Discord, self.discord.clock.now());
        let _ = self.me.set(ready.user.id);
        let (calls, registering) = (Arc::clone(&self.discord.calls), Arc::clone(&self.registering));
        let (application, stop) = (ready.application.id.get(), self.stop.clone());
        tokio::spawn(async move {
            let mut done = registering.lock().await;
            if !*done && stop.run_until_cancelled(register(&calls, application)).await.is_some() {
                *done = true;
            }
        });
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        let channels = self.guilds.put(&guild);
        // A server that comes back with its subscriptions knows the bot.
        let is_back = self.discord.access.perhaps_regained(&channels).await;
        if let Some(me) = self.me.get().filter(|_| !is_back) {
            greet::added(&self.discord, &guild, *me).await;
        }
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
        // Whatever is logged about it carries which it is about.
        let span = tracing::info_span!("request", interaction = %interaction.id());
        self.receive(interaction).instrument(span).await;
    }
}

impl Handler {
    /// Answers what somebody typed or pressed.
    async fn receive(&self, interaction: Interaction) {
        match &interaction {
            Interaction::Command(command) if is_installed(&command.authorizing_integration_owners) => {
                self.guilds.add(command.guild_id, command.channel_id);
            }
            Interaction::Component(component) if is_installed(&component.authorizing_integration_owners) => {
                self.guilds.add(component.guild_id, component.channel_id);
            }
            _ => {}
        }
        let discord = self.discord.now();
        let Discord { desk, operators, .. } = &discord;
        match &interaction {
            Interaction::Command(command) => {
                let answer = async {
                    match asked::call(command, operators) {
                        Some(call) => elsewhere::call(&discord, command, call).await,
                        // Of another version, as long as Discord still shows it.
                        None => {
                            commands::astray(&command.data.name, &asked::caller(command, operators), desk)
                        }
                    }
                };
                self.answers.give(&interaction, Later::Message(Audience::Asker), answer).await;
            }
            Interaction::Component(component) => {
                let (pressed, caller) = asked::press(component, operators);
                let later = Later::of(&pressed);
                let answer = elsewhere::press(&discord, component, pressed, caller);
                self.answers.give(&interaction, later, answer).await;
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
