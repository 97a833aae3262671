//! What is asked in one channel and is about another: who asks is judged there, with the rights that Discord tells now.

use serenity::all::{CommandInteraction, ComponentInteraction, GuildId, Member};

use super::around::around;
use super::client::Discord;
use crate::commands::press::{self, Press};
use crate::commands::{self, ArgumentKind, Call, Caller};
use crate::model::channel::Address;
use crate::model::reply::Reply;
use crate::platform::{CallError, Courier as _};

/// Answers a command, in the channel that its option names.
pub(super) async fn call(discord: &Discord, command: &CommandInteraction, mut call: Call) -> Option<Reply> {
    let named = call.arguments.take(ArgumentKind::Channel).and_then(|id| id.parse().ok());
    if let Some(channel) = named {
        let to = Address::Discord { channel };
        match there(discord, command.guild_id, command.member.as_deref(), &call.caller, to).await {
            Ok(caller) => call.caller = caller,
            Err(error) => {
                return Some(commands::unanswered(Box::new(error), call.caller.language, &discord.desk));
            }
        }
    }
    commands::answer(&call, &discord.desk).await
}

/// Answers what was pressed, in the channel or the conversation that it is about.
pub(super) async fn press(
    discord: &Discord,
    component: &ComponentInteraction,
    pressed: Press,
    caller: Caller,
) -> Option<Reply> {
    let language = caller.language;
    let about = match &pressed {
        pressed if pressed.is_private() => {
            let place = discord.calls_now().gate().take_for_none().await;
            let opened = discord.calls_now().private(&caller.person, place).await;
            opened.map(|address| caller.in_private(address))
        }
        pressed if pressed.looks_around() => {
            let to = match pressed {
                Press::In { address, .. } => *address,
                _ => caller.address,
            };
            there(discord, component.guild_id, component.member.as_ref(), &caller, to).await
        }
        _ => Ok(caller),
    };
    let pressed = match pressed {
        Press::In { press, .. } => *press,
        pressed => pressed,
    };
    match about {
        Ok(caller) => press::answer(pressed, &caller, &discord.desk).await,
        Err(error) => Some(commands::unanswered(Box::new(error), language, &discord.desk)),
    }
}

/// Who asks, as a caller in another channel of the server; outside servers there is none.
async fn there(
    discord: &Discord,
    guild: Option<GuildId>,
    member: Option<&Member>,
    caller: &Caller,
    to: Address,
) -> Result<Caller, CallError> {
    match (guild, member) {
        (Some(guild), Some(member)) => Ok(caller.elsewhere(to, around(discord, guild.get(), member).await?)),
        _ => Ok(caller.elsewhere(to, commands::Around::default())),
    }
}
