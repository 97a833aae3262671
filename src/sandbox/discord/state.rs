//! All that this Discord remembers: guilds, channels, messages, people, interactions. One lock guards it; ids
//! are snowflakes that rise. How its parts look on the wire is in `wire.rs`.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::sandbox::discord::faults::Faults;
use crate::sandbox::discord::gateway::Sessions;
use crate::sandbox::discord::nonces::Nonces;
use crate::sandbox::discord::permissions;
use crate::sandbox::discord::rates::Rates;
use crate::sandbox::discord::refusal::Refusal;
use crate::sandbox::discord::{Call, ChannelKind, Counters, Person};
use crate::sandbox::weather::Sky;

/// How long an interaction can be answered at all: Discord keeps its token for 15 minutes.
pub(crate) const TOKEN_LIVES: TimeDelta = TimeDelta::minutes(15);

/// Milliseconds from 1970 to Discord's first second, 2015-01-01.
const DISCORD_EPOCH: i64 = 1_420_070_400_000;

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    /// The id of the application, and of its bot user.
    pub(crate) application: u64,
    /// `host:port` where the bot reaches it.
    pub(crate) origin: String,
    last_id: u64,
    pub(crate) guilds: BTreeMap<u64, Guild>,
    pub(crate) channels: BTreeMap<u64, Channel>,
    pub(crate) people: BTreeMap<u64, Person>,
    /// Who has added the app to their account, and takes its commands along.
    pub(crate) installed: BTreeSet<u64>,
    pub(crate) commands: Vec<Command>,
    pub(crate) interactions: BTreeMap<u64, Interaction>,
    /// By the person who sees it.
    pub(crate) modals: HashMap<u64, Modal>,
    pub(crate) files: HashMap<u64, File>,
    pub(crate) nonces: Nonces,
    pub(crate) rates: Rates,
    pub(crate) sessions: Sessions,
    pub(crate) faults: VecDeque<Faults>,
    pub(crate) sky: Option<Sky>,
    pub(crate) calls: VecDeque<Call>,
    pub(crate) counters: Counters,
}

/// A server.
#[derive(Debug)]
pub(crate) struct Guild {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) made: DateTime<Utc>,
    pub(crate) locale: String,
    pub(crate) roles: Vec<Role>,
    /// Whether the bot is a member.
    pub(crate) joined: bool,
    /// When it became one.
    pub(crate) joined_at: DateTime<Utc>,
    /// Whether Discord cannot reach it for now.
    pub(crate) outage: bool,
}

/// A role of a guild.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) mentionable: bool,
}

/// A channel, thread, forum or DM.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    pub(crate) guild: Option<u64>,
    pub(crate) name: String,
    pub(crate) kind: ChannelKind,
    /// A thread's channel.
    pub(crate) parent: Option<u64>,
    /// Whom a DM is with.
    pub(crate) recipient: Option<u64>,
    /// Whether a DM is one between people, which the bot is not in.
    pub(crate) between_people: bool,
    /// Whether that person takes messages.
    pub(crate) closed: bool,
    /// Permissions that the bot lacks here.
    pub(crate) denied: u64,
    /// A forum's tags.
    pub(crate) tags: Vec<Tag>,
    /// Whether a forum's posts need a tag.
    pub(crate) tag_required: bool,
    /// A forum post's tags.
    pub(crate) applied_tags: Vec<u64>,
    pub(crate) archive: Archive,
    pub(crate) made: DateTime<Utc>,
    pub(crate) messages: BTreeMap<u64, Message>,
}

/// Whether a thread is put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Archive {
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Minutes without a message until it is.
    pub(crate) after: i64,
}

impl Default for Archive {
    fn default() -> Self {
        Self { archived: false, locked: false, after: 1440 }
    }
}

/// A tag of a forum.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) channel: u64,
    /// A person, or the bot.
    pub(crate) author: Option<u64>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) edited: Option<DateTime<Utc>>,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) flags: u64,
    pub(crate) everyone: bool,
    pub(crate) users: Vec<u64>,
    pub(crate) roles: Vec<u64>,
    pub(crate) nonce: Option<Value>,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// The interaction that it answers.
    pub(crate) answers: Option<Cause>,
    /// The only person who sees it.
    pub(crate) only_for: Option<u64>,
}

/// What made a message: an interaction, as the message tells of it.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    pub(crate) interaction: u64,
    pub(crate) by: u64,
    pub(crate) origin: Origin,
}

/// What a person did to begin an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Used a command, on a message if it is of a message's menu.
    Command {
        /// With its subcommands: `admin status`.
        name: String,
        /// The message that it was used on.
        target: Option<u64>,
    },
    /// Pressed or chose on a message.
    Component {
        /// That message.
        message: u64,
    },
    /// Typed in a command's option.
    Autocomplete,
    /// Filled in a form.
    Modal {
        /// The message whose button opened it, if one did.
        message: Option<u64>,
    },
}

/// An interaction, from a person's deed until its token is dead.
#[derive(Debug)]
pub(crate) struct Interaction {
    pub(crate) id: u64,
    pub(crate) token: String,
    pub(crate) channel: u64,
    pub(crate) by: u64,
    pub(crate) origin: Origin,
    pub(crate) at: DateTime<Utc>,
    pub(crate) answered: bool,
    /// The message that `@original` means.
    pub(crate) original: Option<u64>,
    /// Whether the message that was pressed is still to change, or to be answered.
    pub(crate) updates: bool,
    /// Who waits for the first answer.
    pub(crate) waiting: Option<oneshot::Sender<FirstAnswer>>,
}

/// The first answer to an interaction, as far as the person's app needs it.
#[derive(Debug)]
pub(crate) enum FirstAnswer {
    /// Something was shown, or will be.
    Done,
    /// What may be chosen.
    Choices(Vec<Value>),
}

/// A form that a person has before them.
#[derive(Debug, Clone)]
pub(crate) struct Modal {
    /// As the bot sent it.
    pub(crate) form: Value,
    pub(crate) channel: u64,
    /// The message whose button opened it, if one did.
    pub(crate) message: Option<u64>,
}

/// A registered command.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    /// Where it holds; everywhere if `None`.
    pub(crate) guild: Option<u64>,
    /// As Discord returns it.
    pub(crate) body: Value,
    /// Whether an admin has opened it to everybody in spite of `default_member_permissions`.
    pub(crate) opened: bool,
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) kind: String,
    pub(crate) bytes: Bytes,
}

impl State {
    /// A Discord without guilds, at `now`.
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        let mut state = Self {
            application: 0,
            origin: "localhost".to_owned(),
            last_id: 0,
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            people: BTreeMap::new(),
            installed: BTreeSet::new(),
            commands: Vec::new(),
            interactions: BTreeMap::new(),
            modals: HashMap::new(),
            files: HashMap::new(),
            nonces: Nonces::default(),
            rates: Rates::default(),
            sessions: Sessions::default(),
            faults: VecDeque::new(),
            sky: None,
            calls: VecDeque::new(),
            counters: Counters::default(),
        };
        state.application = state.next_id(now);
        state
    }

    /// A new snowflake: later than any before, even if the clock stands still or goes back.
    pub(crate) fn next_id(&mut self, now: DateTime<Utc>) -> u64 {
        let milliseconds = u64::try_from(now.timestamp_millis() - DISCORD_EPOCH).unwrap_or(0);
        self.last_id = (self.last_id + 1).max(milliseconds << 22);
        self.last_id
    }

    /// A new snowflake of a guild: of another millisecond than the last, by which its shard goes.
    pub(crate) fn next_guild(&mut self, now: DateTime<Utc>) -> u64 {
        self.last_id = ((self.last_id >> 22) + 1) << 22;
        self.next_id(now)
    }

    /// A channel that the bot can see.
    pub(crate) fn channel(&self, id: u64) -> Result<&Channel, Refusal> {
        let channel = self.channels.get(&id).ok_or(Refusal::UNKNOWN_CHANNEL)?;
        if let Some(guild) = channel.guild
            && !self.guilds.get(&guild).is_some_and(|guild| guild.joined)
        {
            return Err(Refusal::MISSING_ACCESS);
        }
        if channel.between_people {
            return Err(Refusal::MISSING_ACCESS);
        }
        self.need(channel, permissions::VIEW_CHANNEL).map_err(|_| Refusal::MISSING_ACCESS)?;
        Ok(channel)
    }

    /// A guild that the bot is in.
    pub(crate) fn guild(&self, id: u64) -> Result<&Guild, Refusal> {
        self.guilds.get(&id).filter(|guild| guild.joined).ok_or(Refusal::UNKNOWN_GUILD)
    }

    /// What the bot may do in a channel; a thread has its parent's permissions.
    pub(crate) fn bot_permissions(&self, channel: &Channel) -> u64 {
        let parent = channel.parent.and_then(|parent| self.channels.get(&parent));
        permissions::BOT & !channel.denied & !parent.map_or(0, |parent| parent.denied)
    }

    /// Fails with 50013 where the bot lacks one of these permissions.
    pub(crate) fn need(&self, channel: &Channel, wanted: u64) -> Result<(), Refusal> {
        let held = self.bot_permissions(channel) & wanted == wanted;
        if held { Ok(()) } else { Err(Refusal::MISSING_PERMISSIONS) }
    }

    /// A message of a channel, ephemeral or not.
    pub(crate) fn message_mut(&mut self, channel: u64, message: u64) -> Option<&mut Message> {
        self.channels.get_mut(&channel)?.messages.get_mut(&message)
    }

    /// The channel that a message is in.
    pub(crate) fn channel_of(&self, message: u64) -> Option<&Channel> {
        self.channels.values().find(|channel| channel.messages.contains_key(&message))
    }
}
