//! Which channels are in which server: Discord says which server is gone, not which channels with it. What is subscribed is
//! known to the database, too, and so to whoever has the server's shard next.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serenity::all::{ChannelId, Guild, GuildId};

use crate::model::channel::Address;
use crate::store::Store;
use crate::text::chain;

/// The channels and threads of the servers that the bot is in, as far as it was told.
#[derive(Debug)]
pub(super) struct Guilds {
    known: Mutex<HashMap<GuildId, HashSet<ChannelId>>>,
    store: Store,
}

impl Guilds {
    pub(super) fn new(store: Store) -> Self {
        Self { known: Mutex::default(), store }
    }

    /// A server is there, with these channels and threads, which are returned.
    pub(super) async fn put(&self, guild: &Guild) -> Vec<Address> {
        let threads = guild.threads.iter().map(|thread| thread.id);
        let channels: HashSet<ChannelId> = guild.channels.keys().copied().chain(threads).collect();
        let channels: Vec<Address> = {
            let mut known = self.known();
            let known = known.entry(guild.id).or_default();
            // Threads that are put away are not told of, and may be known from before.
            known.extend(channels);
            known.iter().copied().map(address).collect()
        };
        self.note(guild.id, &channels).await;
        channels
    }

    /// Channels or threads are in a server.
    pub(super) async fn add(&self, guild: GuildId, channels: &[ChannelId]) {
        self.known().entry(guild).or_default().extend(channels);
        let channels: Vec<Address> = channels.iter().copied().map(address).collect();
        self.note(guild, &channels).await;
    }

    /// A server is gone, with these channels and threads.
    pub(super) async fn take(&self, guild: GuildId) -> Vec<Address> {
        let told: BTreeSet<Address> =
            self.known().remove(&guild).into_iter().flatten().map(address).collect();
        match self.store.channels_of_server(guild.get()).await {
            Ok(noted) => told.into_iter().chain(noted).collect::<BTreeSet<_>>().into_iter().collect(),
            Err(error) => {
                tracing::error!(
                    error = chain(&error),
                    "which channels of a server are subscribed is not known"
                );
                told.into_iter().collect()
            }
        }
    }

    async fn note(&self, guild: GuildId, channels: &[Address]) {
        if let Err(error) = self.store.note_server(guild.get(), channels).await {
            tracing::warn!(error = chain(&error), "it could not be noted which server channels are in");
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<GuildId, HashSet<ChannelId>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The channel's address.
pub(super) fn address(channel: ChannelId) -> Address {
    Address::Discord { channel: channel.get() }
}
