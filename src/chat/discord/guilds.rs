//! Which channels are in which server: Discord says which server is gone, not which channels with it.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serenity::all::{ChannelId, Guild, GuildId};

use crate::model::channel::Address;

/// The channels and threads of the servers that the bot is in, as far as it was told.
#[derive(Debug, Default)]
pub(super) struct Guilds(Mutex<HashMap<GuildId, HashSet<ChannelId>>>);

impl Guilds {
    /// A server is there, with these channels and threads, which are returned.
    pub(super) fn put(&self, guild: &Guild) -> Vec<Address> {
        let threads = guild.threads.iter().map(|thread| thread.id);
        let channels: HashSet<ChannelId> = guild.channels.keys().copied().chain(threads).collect();
        let mut known = self.known();
        let known = known.entry(guild.id).or_default();
        // Threads that are put away are not told of, and may be known from before.
        known.extend(channels);
        known.iter().copied().map(address).collect()
    }

    /// A channel or thread is in a server.
    pub(super) fn add(&self, guild: Option<GuildId>, channel: ChannelId) {
        if let Some(guild) = guild {
            self.known().entry(guild).or_default().insert(channel);
        }
    }

    /// A server is gone, with these channels and threads.
    pub(super) fn take(&self, guild: GuildId) -> Vec<Address> {
        self.known().remove(&guild).into_iter().flatten().map(address).collect()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<GuildId, HashSet<ChannelId>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The channel's address.
pub(super) fn address(channel: ChannelId) -> Address {
    Address::Discord { channel: channel.get() }
}
