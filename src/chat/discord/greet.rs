//! Hello, once, where the bot was added to a server.

use chrono::{DateTime, TimeDelta};
use serenity::all::{ChannelType, Guild, GuildChannel, Permissions, UserId};

use super::client::Discord;
use super::guilds::address;
use crate::commands;
use crate::model::channel::ChannelKind;
use crate::model::language::Language;
use crate::render::{self, Surface};
use crate::store::Greeted;
use crate::text::chain;

/// Discord tells of every server at each start. Those that the bot came into longer ago than this know it.
const NEW_FOR: TimeDelta = TimeDelta::hours(24);

/// Greets a server that the bot has come into, where Discord shows newcomers, or else in the first channel where the
/// bot may write.
pub(super) async fn added(discord: &Discord, guild: &Guild, me: UserId) {
    let joined = DateTime::from_timestamp(guild.joined_at.unix_timestamp(), 0);
    if joined.is_none_or(|joined| discord.clock.now() - joined > NEW_FOR) {
        return;
    }
    let Some(channel) = first_channel(guild, me) else { return };
    let language = Language::for_locale(&guild.preferred_locale);
    let reply = match commands::welcome(Greeted::Server(guild.id.get()), language, &discord.desk).await {
        Ok(Some(reply)) => reply,
        Ok(None) => return,
        Err(error) => {
            tracing::error!(error = chain(&error), guild = %guild.id, "a server could not be greeted");
            return;
        }
    };
    let to = address(channel.id);
    for body in render::reply(Surface::Discord, &reply, &discord.desk.lexicon) {
        let place = discord.calls_now().gate().take(&to, ChannelKind::Text).await;
        let said = discord.calls_now().say(to, &body.0).await;
        drop(place);
        if let Err(error) = said {
            tracing::warn!(%error, guild = %guild.id, "a server could not be greeted");
        }
    }
}

fn first_channel(guild: &Guild, me: UserId) -> Option<&GuildChannel> {
    let member = guild.members.get(&me)?;
    let needed = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
    let may_write = |channel: &&GuildChannel| {
        channel.kind == ChannelType::Text && guild.user_permissions_in(channel, member).contains(needed)
    };
    let system = guild.system_channel_id.and_then(|id| guild.channels.get(&id)).filter(may_write);
    system.or_else(|| {
        guild.channels.values().filter(may_write).min_by_key(|channel| (channel.position, channel.id))
    })
}
