//! What an interaction asks, by whom and where.

use serenity::all::{
    AuthorizingIntegrationOwner, AuthorizingIntegrationOwners, ChannelType, CommandInteraction,
    CommandOptionType, CommandType, ComponentInteraction, ComponentInteractionDataKind, InteractionContext,
    Member, PartialChannel, Permissions, ResolvedOption, ResolvedValue, User,
};

use super::around::{MAY_MANAGE, missing};
use crate::commands::arguments::Arguments;
use crate::commands::press::Press;
use crate::commands::{ArgumentKind, Call, Caller, IN_MENU, MissingRight, find};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::language::Language;

/// The call that a slash command makes; `None` for a command that is not in the catalogue (any more).
pub(super) fn call(command: &CommandInteraction, operators: &[String]) -> Option<Call> {
    if command.data.kind == CommandType::Message {
        let message = command.data.target_id.filter(|_| command.data.name == IN_MENU.en)?;
        let spec = find("why")?;
        let arguments = Arguments::default().about_message(spec, message.to_string());
        return Some(Call { spec, arguments, unread: Vec::new(), caller: caller(command, operators) });
    }
    let options = command.data.options();
    let (spec, options) = match options.as_slice() {
        [ResolvedOption { name, value: ResolvedValue::SubCommand(options), .. }] => {
            (find(&format!("{} {name}", command.data.name))?, options.as_slice())
        }
        options => (find(&command.data.name)?, options),
    };
    let options = options.iter().filter_map(|option| match option.value {
        ResolvedValue::String(text) => Some((option.name, text.to_owned())),
        ResolvedValue::Channel(channel) => Some((option.name, channel.id.to_string())),
        // What is not wanted is as good as not said.
        ResolvedValue::Boolean(true) => Some((option.name, option.name.to_owned())),
        _ => None,
    });
    let arguments = Arguments::named(spec, options);
    Some(Call { spec, arguments, unread: Vec::new(), caller: caller(command, operators) })
}

/// Who used a command, and where.
pub(super) fn caller(command: &CommandInteraction, operators: &[String]) -> Caller {
    Place {
        user: &command.user,
        member: command.member.as_deref(),
        channel: command.channel.as_ref(),
        channel_id: command.channel_id.get(),
        bot: command.app_permissions,
        locale: &command.locale,
        context: command.context,
        owners: &command.authorizing_integration_owners,
    }
    .caller(operators)
}

/// What somebody is typing into an option: its kind, the text so far, and who types; `None` if no such option is in
/// the catalogue (any more).
pub(super) fn typing(
    command: &CommandInteraction,
    operators: &[String],
) -> Option<(ArgumentKind, String, Caller)> {
    let subcommand =
        command.data.options.first().filter(|option| option.kind() == CommandOptionType::SubCommand);
    let spec = match subcommand {
        Some(subcommand) => find(&format!("{} {}", command.data.name, subcommand.name))?,
        None => find(&command.data.name)?,
    };
    let typed = command.data.autocomplete()?;
    let argument = spec.arguments.iter().find(|argument| argument.name == typed.name)?;
    Some((argument.kind, typed.value.to_owned(), caller(command, operators)))
}

/// What was pressed or chosen, and by whom.
pub(super) fn press(component: &ComponentInteraction, operators: &[String]) -> (Press, Caller) {
    let chosen = match &component.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map(String::as_str),
        _ => None,
    };
    let press = Press::read(&component.data.custom_id, chosen);
    let caller = Place {
        user: &component.user,
        member: component.member.as_ref(),
        channel: component.channel.as_ref(),
        channel_id: component.channel_id.get(),
        bot: component.app_permissions,
        locale: &component.locale,
        context: component.context,
        owners: &component.authorizing_integration_owners,
    }
    .caller(operators);
    (press, caller)
}

/// What every interaction says of where it comes from.
struct Place<'a> {
    user: &'a User,
    member: Option<&'a Member>,
    channel: Option<&'a PartialChannel>,
    channel_id: u64,
    bot: Option<Permissions>,
    locale: &'a str,
    context: Option<InteractionContext>,
    owners: &'a AuthorizingIntegrationOwners,
}

/// Whether others are there to see an answer: in a server, or in a conversation that is not with the bot.
pub(super) fn is_among_others(in_guild: bool, context: Option<InteractionContext>) -> bool {
    in_guild || context == Some(InteractionContext::PrivateChannel)
}

/// Whether the bot is where something was asked, and not only with the person who asked.
pub(super) fn is_installed(owners: &AuthorizingIntegrationOwners) -> bool {
    owners.0.iter().any(|owner| matches!(owner, AuthorizingIntegrationOwner::GuildInstall(_)))
}

impl Place<'_> {
    fn caller(self, operators: &[String]) -> Caller {
        let person = self.user.id.to_string();
        let kind = self.kind();
        let is_admin = match self.member {
            // In a conversation with the bot the person is the admin; in one with others the bot cannot write.
            None => kind == ChannelKind::Private && !is_among_others(false, self.context),
            Some(member) => {
                is_installed(self.owners) && member.permissions.is_some_and(|has| has.intersects(MAY_MANAGE))
            }
        };
        Caller {
            platform: Platform::Discord,
            address: Address::Discord { channel: self.channel_id },
            parent: self.parent(),
            kind,
            channel_name: self.channel.and_then(|channel| channel.name.clone()),
            is_operator: operators.contains(&person),
            person,
            language: Language::for_locale(self.locale),
            is_admin,
            missing: self.missing(kind),
            is_elsewhere: false,
            around: None,
        }
    }

    fn kind(&self) -> ChannelKind {
        match self.channel.map(|channel| channel.kind) {
            Some(ChannelType::News) => ChannelKind::Announcement,
            Some(ChannelType::Forum) => ChannelKind::Forum,
            Some(ChannelType::Private | ChannelType::GroupDm) => ChannelKind::Private,
            None if self.member.is_none() => ChannelKind::Private,
            _ => ChannelKind::Text,
        }
    }

    fn is_thread(&self) -> bool {
        self.channel.is_some_and(|channel| {
            matches!(
                channel.kind,
                ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread
            )
        })
    }

    /// What it is a thread of; that of another channel is the category that it stands in.
    fn parent(&self) -> Option<Address> {
        let parent = self.channel.filter(|_| self.is_thread())?.parent_id?;
        Some(Address::Discord { channel: parent.get() })
    }

    fn missing(&self, kind: ChannelKind) -> Vec<MissingRight> {
        let Some(has) = self.bot.filter(|_| kind != ChannelKind::Private) else { return Vec::new() };
        // SEND_MESSAGES has no effect in threads.
        let send =
            if self.is_thread() { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
        missing(has, send)
    }
}
