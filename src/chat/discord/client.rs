//! What is done about what Discord's gateway tells (`gateway/`): interactions are answered, servers greeted, channels that
//! come and go noted.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serenity::all::{ChannelId, Event, Interaction, UserId};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::answer::{Answers, Later};
use super::asked::is_installed;
use super::gateway::Standing;
use super::guilds::{Guilds, address};
use super::{asked, elsewhere, greet, menu};
use crate::chat::{Access, retries};
use crate::clock::SharedClock;
use crate::commands::{self, Desk, press};
use crate::model::channel::Address;
use crate::model::reply::Audience;
use crate::platform::discord::Discord as Calls;

/// An interaction that nobody has answered for so long cannot be answered any more (Discord, interactions).
const FIRST_ANSWER_WITHIN: TimeDelta = TimeDelta::seconds(3);

/// What the Discord side of the program is made of.
#[derive(Debug, Clone)]
pub struct Discord {
    /// What commands work with.
    pub desk: Arc<Desk>,
    /// Where another one takes its place.
    pub desks: watch::Receiver<Arc<Desk>>,
    /// Discord's REST calls, for the program that talks to Discord.
    pub calls: Arc<Calls>,
    /// The same for those that have shards only, at a small rate of their own.
    pub calls_aside: Arc<Calls>,
    /// The bot's token, for the gateway.
    pub token: SecretString,
    /// The ids of the operators.
    pub operators: Arc<[String]>,
    /// The time.
    pub clock: SharedClock,
    /// Notes which channels can be reached.
    pub access: Arc<Access>,
    /// Hears whether the gateway is connected.
    pub standing: Arc<Standing>,
}

impl Discord {
    /// The same, with the desk as it is now.
    fn now(&self) -> Self {
        Self { desk: Arc::clone(&self.desks.borrow()), ..self.clone() }
    }

    /// The calls that are this program's to make now.
    pub(super) fn calls_now(&self) -> &Arc<Calls> {
        if self.calls.gate().fence().lets_pass() { &self.calls } else { &self.calls_aside }
    }
}

/// Who the bot is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bot {
    /// Its own account.
    pub(super) account: u64,
    /// Its application.
    pub(super) application: u64,
}

/// Does what is to be done. One for all shards.
pub(super) struct Handler {
    discord: Discord,
    answers: Answers,
    guilds: Guilds,
    /// Held by whoever registers the commands: each shard says that it is connected.
    registering: Arc<Mutex<bool>>,
    stop: CancellationToken,
}

/// Registers the commands, again and again until that is done.
async fn register(discord: &Discord, application: u64) {
    for wait in retries() {
        match discord.calls_now().register_commands(application, &menu::commands()).await {
            Ok(true) => return tracing::info!("registered the commands with Discord"),
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, ?wait, "the commands could not be registered; trying again"),
        }
        tokio::time::sleep(wait).await;
    }
}

impl Handler {
    pub(super) fn new(discord: &Discord, stop: CancellationToken) -> Self {
        Self {
            discord: discord.clone(),
            answers: Answers::new(discord),
            guilds: Guilds::new(discord.access.store.clone()),
            registering: Arc::default(),
            stop,
        }
    }

    /// A shard is connected.
    pub(super) fn connected(self: &Arc<Self>, bot: Bot) {
        let handler = Arc::clone(self);
        tokio::spawn(async move {
            let mut done = handler.registering.lock().await;
            let registering = register(&handler.discord, bot.application);
            if !*done && handler.stop.run_until_cancelled(registering).await.is_some() {
                *done = true;
            }
        });
    }

    /// Something happened, or, if it `is_late`, somebody else may have dealt with it: that is done beside what happens next.
    pub(super) fn hear(self: &Arc<Self>, event: Event, bot: Bot, is_late: bool) {
        let handler = Arc::clone(self);
        tokio::spawn(async move { handler.deal_with(event, bot, is_late).await });
    }

    async fn deal_with(&self, event: Event, bot: Bot, is_late: bool) {
        let access = &self.discord.access;
        match event {
            Event::GuildCreate(created) => {
                let channels = self.guilds.put(&created.guild).await;
                // A server that comes back with its subscriptions knows the bot.
                let is_back = access.perhaps_regained(&channels).await;
                if !is_back {
                    greet::added(&self.discord, &created.guild, UserId::new(bot.account)).await;
                }
            }
            // Unavailable is an outage of Discord's, and no goodbye.
            Event::GuildDelete(deleted) if !deleted.guild.unavailable => {
                let channels = self.guilds.take(deleted.guild.id).await;
                access.lost(&channels, "the bot was removed from the server").await;
            }
            Event::ChannelCreate(created) => {
                self.guilds.add(created.channel.guild_id, &[created.channel.id]).await;
            }
            // Perhaps of its permissions.
            Event::ChannelUpdate(updated) => {
                access.perhaps_regained(&[address(updated.channel.id)]).await;
            }
            Event::ChannelDelete(deleted) => {
                access.lost(&[address(deleted.channel.id)], "the channel was deleted").await;
            }
            Event::ThreadCreate(created) => {
                self.guilds.add(created.thread.guild_id, &[created.thread.id]).await;
            }
            Event::ThreadDelete(deleted) => {
                access.lost(&[address(deleted.thread.id)], "the thread was deleted").await;
            }
            Event::InteractionCreate(created) => {
                let interaction = created.interaction;
                // Whoever had the shard before may have done what was asked, and nobody can be answered any more.
                if is_late && self.age(&interaction) > FIRST_ANSWER_WITHIN {
                    return;
                }
                // Whatever is logged about it carries which it is about.
                let span = tracing::info_span!("request", interaction = %interaction.id());
                self.receive(interaction).instrument(span).await;
            }
            _ => {}
        }
    }

    fn age(&self, interaction: &Interaction) -> TimeDelta {
        let at: Option<DateTime<Utc>> =
            DateTime::from_timestamp(interaction.id().created_at().unix_timestamp(), 0);
        at.map_or(TimeDelta::zero(), |at| self.discord.clock.now() - at)
    }
}

impl Handler {
    /// Answers what somebody typed or pressed.
    async fn receive(&self, interaction: Interaction) {
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
        // What was asked may have made channels of ours of these.
        let guild = match &interaction {
            Interaction::Command(command) if is_installed(&command.authorizing_integration_owners) => {
                command.guild_id
            }
            Interaction::Component(component) if is_installed(&component.authorizing_integration_owners) => {
                component.guild_id
            }
            _ => None,
        };
        if let Some(guild) = guild {
            self.guilds.add(guild, &named(&interaction)).await;
        }
    }
}

/// The channels that an interaction names: the one that it is in, and those that it is about.
fn named(interaction: &Interaction) -> Vec<ChannelId> {
    match interaction {
        Interaction::Command(command) => {
            command.data.resolved.channels.keys().copied().chain([command.channel_id]).collect()
        }
        Interaction::Component(component) => {
            let about = match asked::press(component, &[]).0 {
                press::Press::In { address: Address::Discord { channel }, .. } => {
                    Some(ChannelId::new(channel))
                }
                _ => None,
            };
            about.into_iter().chain([component.channel_id]).collect()
        }
        _ => Vec::new(),
    }
}
