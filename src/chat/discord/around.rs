//! What else there is in a server, and what somebody and the bot may do there: asked of Discord when a command or a
//! button is about another channel, so that rights are those of the moment.

use chrono::TimeDelta;
use serenity::all::{ChannelType, GuildChannel, Member, PartialGuild, Permissions, Role};

use super::client::Discord;
use super::guilds::address;
use crate::commands::{Around, MissingRight, Neighbour};
use crate::model::channel::ChannelKind;
use crate::platform::CallError;

/// What allows managing a channel, any of it.
pub(super) const MAY_MANAGE: Permissions =
    Permissions::MANAGE_CHANNELS.union(Permissions::MANAGE_GUILD).union(Permissions::ADMINISTRATOR);

/// How long somebody waits for the calls that their answer needs.
const PATIENCE: TimeDelta = TimeDelta::seconds(15);

/// What there is around a member of a server.
///
/// # Errors
/// As of any call.
pub(super) async fn around(discord: &Discord, guild: u64, member: &Member) -> Result<Around, CallError> {
    let calls = discord.calls_now();
    let server = patiently(discord, || calls.server(guild)).await?;
    let channels = patiently(discord, || calls.server_channels(guild)).await?;
    let me = calls.me().await?.id;
    let bot = patiently(discord, || calls.server_member(guild, me)).await?;
    Ok(seen(&server, &channels, member, &bot))
}

/// Makes a call that is about no channel; where Discord tells to wait for a while, it is waited: the rates of such calls are
/// known from what it refuses only, and whoever asked is told soon enough that an answer will come.
async fn patiently<T, C>(discord: &Discord, call: impl Fn() -> C) -> Result<T, CallError>
where
    C: Future<Output = Result<T, CallError>>,
{
    let (gate, clock) = (discord.calls_now().gate(), &discord.clock);
    let until = clock.now() + PATIENCE;
    loop {
        let place = gate.take_for_none().await;
        let answer = call().await;
        drop(place);
        match answer {
            Err(CallError::RetryAfter { after, .. }) if clock.now() + after <= until => {
                clock.sleep_until(clock.now() + after).await;
            }
            answer => return answer,
        }
    }
}

/// What a member may manage and mention, and what the bot lacks for it.
fn seen(server: &PartialGuild, channels: &[GuildChannel], member: &Member, bot: &Member) -> Around {
    let mut managed: Vec<(u16, Neighbour)> = channels
        .iter()
        .filter_map(|channel| {
            let kind = match channel.kind {
                ChannelType::Text => ChannelKind::Text,
                ChannelType::News => ChannelKind::Announcement,
                ChannelType::Forum => ChannelKind::Forum,
                _ => return None,
            };
            let may = server.user_permissions_in(channel, member);
            may.intersects(MAY_MANAGE).then(|| {
                let missing = missing(server.user_permissions_in(channel, bot), Permissions::SEND_MESSAGES);
                let name = channel.name.clone();
                (channel.position, Neighbour { address: address(channel.id), kind, name, missing })
            })
        })
        .collect();
    managed.sort_by_key(|(position, _)| *position);
    let both_mention_all = [member, bot].into_iter().all(|one| {
        server.member_permissions(one).intersects(Permissions::MENTION_EVERYONE | Permissions::ADMINISTRATOR)
    });
    // The role of everybody has the server's id; managed ones are those of other bots.
    let mentioned = |role: &&Role| {
        role.id.get() != server.id.get() && !role.managed && (role.mentionable || both_mention_all)
    };
    let mut roles: Vec<&Role> = server.roles.values().filter(mentioned).collect();
    roles.sort_by(|one, other| other.position.cmp(&one.position).then_with(|| one.name.cmp(&other.name)));
    Around {
        channels: managed.into_iter().map(|(_, channel)| channel).collect(),
        roles: roles.into_iter().map(|role| (role.id.get(), role.name.clone())).collect(),
    }
}

/// What of the rights that the bot needs is not among those that it has; `send`: the one that it writes by there.
pub(super) fn missing(has: Permissions, send: Permissions) -> Vec<MissingRight> {
    if has.administrator() {
        return Vec::new();
    }
    [
        (Permissions::VIEW_CHANNEL, MissingRight::View),
        (send, MissingRight::Send),
        (Permissions::EMBED_LINKS, MissingRight::Embed),
    ]
    .into_iter()
    .filter(|(right, _)| !has.contains(*right))
    .map(|(_, missing)| missing)
    .collect()
}
