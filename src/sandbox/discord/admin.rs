//! What makes and breaks the place: guilds and channels, rights taken away, outages, and what tests read.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::sandbox::discord::state::{Channel, Guild, Role, State, Tag};
use crate::sandbox::discord::{Call, ChannelKind, Counters, Discord, Faults, Person};
use crate::sandbox::weather::{Sky, Weather};

impl Discord {
    /// Makes a guild that the bot has been in for a year, and returns its id. Guilds that are made one after the other are on
    /// one shard after the other.
    pub fn add_guild(&self, name: &str) -> u64 {
        self.change(|state, now| {
            let id = state.next_guild(now);
            let mut guild = guild(id, name, now);
            (guild.joined, guild.joined_at) = (true, now - TimeDelta::days(365));
            let body = state.guild_create(&guild);
            state.guilds.insert(id, guild);
            state.tell("GUILD_CREATE", &body, Some(id));
            id
        })
    }

    /// Makes a guild that the bot is not in, and returns its id. [`return_bot`](Self::return_bot) takes it in.
    pub fn add_guild_without_bot(&self, name: &str) -> u64 {
        self.change(|state, now| {
            let id = state.next_guild(now);
            state.guilds.insert(id, guild(id, name, now));
            id
        })
    }

    /// Somebody adds the app to their account: they have its commands with them in guilds without the bot, and in
    /// conversations with others, as far as the commands allow it.
    pub fn install(&self, person: &Person) {
        self.change(|state, _| {
            state.people.insert(person.id, person.clone());
            state.installed.insert(person.id);
        });
    }

    /// Makes a conversation of a person with somebody else, which the bot is not in, and returns its id.
    pub fn add_dm_between_people(&self, person: &Person) -> u64 {
        self.change(|state, now| {
            state.people.insert(person.id, person.clone());
            let id = state.next_id(now);
            let mut dm = Channel::new(id, None, "", ChannelKind::Dm, now);
            (dm.recipient, dm.between_people) = (Some(person.id), true);
            state.channels.insert(id, dm);
            id
        })
    }

    /// Sets the language of a guild: `ko` until then.
    pub fn set_locale(&self, guild: u64, locale: &str) {
        self.change(|state, _| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                locale.clone_into(&mut guild.locale);
            }
        });
    }

    /// Makes a channel in a guild, and returns its id. A thread belongs to the guild's first text channel;
    /// [`add_thread`](Self::add_thread) lets choose.
    pub fn add_channel(&self, guild: u64, name: &str, kind: ChannelKind) -> u64 {
        let parent = (kind == ChannelKind::Thread)
            .then(|| {
                let state = self.lock();
                let mut all = state.channels.values();
                all.find(|one| one.guild == Some(guild) && one.kind == ChannelKind::Text).map(|one| one.id)
            })
            .flatten();
        self.make_channel(Some(guild), parent, name, kind)
    }

    /// Makes a thread in a channel or forum, and returns its id.
    pub fn add_thread(&self, parent: u64, name: &str) -> u64 {
        let guild = self.lock().channels.get(&parent).and_then(|parent| parent.guild);
        self.make_channel(guild, Some(parent), name, ChannelKind::Thread)
    }

    /// Opens the DM of a person with the bot, and returns its id.
    pub fn add_dm(&self, user: &Person) -> u64 {
        self.change(|state, now| {
            state.people.insert(user.id, user.clone());
            state.dm_with(user.id, now)
        })
    }

    /// Makes a role in a guild, and returns its id.
    pub fn add_role(&self, guild: u64, name: &str, mentionable: bool) -> u64 {
        self.change(|state, now| {
            let id = state.next_id(now);
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.roles.push(Role { id, name: name.to_owned(), mentionable });
            }
            id
        })
    }

    /// Adds a tag to a forum, and returns its id.
    pub fn add_tag(&self, forum: u64, name: &str) -> u64 {
        self.change(|state, now| {
            let id = state.next_id(now);
            if let Some(forum) = state.channels.get_mut(&forum) {
                forum.tags.push(Tag { id, name: name.to_owned() });
            }
            id
        })
    }

    /// Sets whether a forum's posts need a tag.
    pub fn require_tag(&self, forum: u64, required: bool) {
        self.with_channel(forum, |channel| channel.tag_required = required);
    }

    /// Takes permissions (bits of [`permissions`](crate::sandbox::discord::permissions)) from the bot in a
    /// channel and its threads.
    pub fn take_permission(&self, channel: u64, bits: u64) {
        self.with_channel(channel, |channel| channel.denied |= bits);
    }

    /// Gives them back.
    pub fn give_permission(&self, channel: u64, bits: u64) {
        self.with_channel(channel, |channel| channel.denied &= !bits);
    }

    /// Sets whether a DM's person takes messages from the bot.
    pub fn close_dm(&self, channel: u64, closed: bool) {
        self.with_channel(channel, |channel| channel.closed = closed);
    }

    /// Puts a thread away; locked, only moderators can bring it back.
    pub fn archive_thread(&self, thread: u64, locked: bool) {
        self.with_channel(thread, |thread| {
            thread.archive.archived = true;
            thread.archive.locked = locked;
        });
    }

    /// Deletes a channel with its threads.
    pub fn delete_channel(&self, channel: u64) {
        self.change(|state, _| state.remove_channel(channel));
    }

    /// Deletes a message, as a moderator does.
    pub fn delete_message(&self, message: u64) {
        self.change(|state, _| {
            if let Some(channel) = state.channel_of(message).map(|channel| channel.id)
                && let Some(channel) = state.channels.get_mut(&channel)
            {
                channel.messages.remove(&message);
            }
        });
    }

    /// Throws the bot out of a guild.
    pub fn remove_bot(&self, guild: u64) {
        self.change(|state, _| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.joined = false;
            }
            state.tell_anyway("GUILD_DELETE", &json!({"id": guild.to_string()}), Some(guild));
        });
    }

    /// Takes the bot in (again).
    pub fn return_bot(&self, guild: u64) {
        self.change(|state, now| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.joined = true;
                guild.joined_at = now;
            }
            state.tell_of_guild(guild);
        });
    }

    /// Begins or ends an outage of a guild: the bot is told that it is unavailable, and told of it again.
    pub fn outage(&self, guild: u64, begins: bool) {
        self.change(|state, _| {
            if let Some(guild) = state.guilds.get_mut(&guild) {
                guild.outage = begins;
            }
            if begins {
                let body = json!({"id": guild.to_string(), "unavailable": true});
                state.tell("GUILD_DELETE", &body, Some(guild));
            } else {
                state.tell_of_guild(guild);
            }
        });
    }

    /// Opens a command to every member, as a server's admin can, whatever its `default_member_permissions`.
    pub fn open_command(&self, name: &str) {
        self.change(|state, _| {
            for command in state.commands.iter_mut().filter(|command| command.body["name"] == name) {
                command.opened = true;
            }
        });
    }

    /// Asks every connection to reconnect and resume (opcode 7).
    pub fn ask_to_reconnect(&self) {
        self.lock().sessions.order(7, &serde_json::Value::Null);
    }

    /// Closes every connection with a code of the Gateway's (4000: reconnect; 4004: wrong token).
    pub fn close_gateway(&self, code: u16) {
        self.change(|state, _| state.sessions.close(code));
    }

    /// The bot has begun all the sessions that it may, until that instant (`session_start_limit`).
    pub fn spend_sessions(&self, until: DateTime<Utc>) {
        self.change(|state, _| state.sessions.spend(until));
    }

    /// The bot has grown: fewer shards than these are refused with close code 4011.
    pub fn need_shards(&self, shards: u64) {
        self.change(|state, _| state.sessions.need_shards(shards));
    }

    /// Of the shards with the same remainder by this, one may begin its session in 5 s from now on; another is refused
    /// (opcode 9).
    pub fn let_begin(&self, max_concurrency: u64) {
        self.change(|state, _| state.sessions.let_begin(max_concurrency));
    }

    /// The shards that are on the line, each a number and how many there are.
    pub fn shards(&self) -> Vec<(u64, u64)> {
        self.lock().sessions.on_the_line()
    }

    /// Forgets all sessions, and tells the connected ones (opcode 9): they identify again.
    pub fn forget_sessions(&self) {
        self.change(|state, _| {
            state.sessions.order(9, &false.into());
            state.sessions.forget();
        });
    }

    /// Lets the next calls fail. Several orders wait in line; the first that matches a call is taken.
    pub fn faults(&self, faults: Faults) {
        self.lock().faults.push_back(faults);
    }

    /// Takes back the faults that were ordered and have not come yet.
    pub fn no_faults(&self) {
        self.lock().faults.clear();
    }

    /// Lets calls fail at random from now on, besides those that were ordered; `None`: not any more.
    pub fn weather(&self, weather: Option<Weather>) {
        self.lock().sky = weather.map(Sky::new);
    }

    /// The calls that the bot made, oldest first; the last 10,000.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.iter().cloned().collect()
    }

    /// What was counted.
    pub fn counters(&self) -> Counters {
        self.lock().counters
    }

    fn make_channel(&self, guild: Option<u64>, parent: Option<u64>, name: &str, kind: ChannelKind) -> u64 {
        self.change(|state, now| {
            let id = state.next_id(now);
            let channel = Channel { parent, ..Channel::new(id, guild, name, kind, now) };
            let event = if kind == ChannelKind::Thread { "THREAD_CREATE" } else { "CHANNEL_CREATE" };
            let body = state.channel_body(&channel);
            state.channels.insert(id, channel);
            state.tell(event, &body, guild);
            id
        })
    }

    fn with_channel(&self, channel: u64, set: impl FnOnce(&mut Channel)) {
        self.change(|state, _| {
            let Some(channel) = state.channels.get_mut(&channel) else { return };
            set(channel);
            let (id, guild, thread) = (channel.id, channel.guild, channel.kind == ChannelKind::Thread);
            let event = if thread { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
            if let Some(body) = state.channels.get(&id).map(|channel| state.channel_body(channel)) {
                state.tell(event, &body, guild);
            }
        });
    }

    fn change<T>(&self, change: impl FnOnce(&mut State, chrono::DateTime<chrono::Utc>) -> T) -> T {
        let now = self.now();
        let result = change(&mut self.lock(), now);
        self.changed();
        result
    }
}

/// A guild without the bot.
fn guild(id: u64, name: &str, now: DateTime<Utc>) -> Guild {
    Guild {
        id,
        name: name.to_owned(),
        made: now,
        locale: "ko".to_owned(),
        roles: Vec::new(),
        joined: false,
        joined_at: now,
        outage: false,
    }
}

impl State {
    fn tell_of_guild(&mut self, guild: u64) {
        if let Some(body) = self.guilds.get(&guild).map(|guild| self.guild_create(guild)) {
            self.tell("GUILD_CREATE", &body, Some(guild));
        }
    }
}
