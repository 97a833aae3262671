//! The catalogue as Discord's application commands, with Korean localisations.

use serde_json::Value;
use serenity::all::{
    ChannelType, CommandOptionType, CommandType, CreateCommand, CreateCommandOption, InstallationContext,
    InteractionContext, Permissions,
};

use crate::commands::{Argument, ArgumentKind, CATALOGUE, GROUPS, Group, IN_MENU, Spec, Text, Who};
use crate::model::channel::Platform;
use crate::model::subscription::Style;

/// The locale of the localisations.
const KOREAN: &str = "ko";

/// The body of `PUT /applications/{id}/commands`.
pub fn commands() -> Vec<Value> {
    // Telegram alone knows `/start`.
    let single = CATALOGUE.iter().filter(|spec| spec.name != "start" && spec.group().is_none()).map(command);
    single
        .chain(GROUPS.iter().map(group))
        .chain([in_message_menu(IN_MENU)])
        .map(|command| {
            serde_json::to_value(command).unwrap_or_else(|_| unreachable!("builders are plain JSON"))
        })
        .collect()
}

fn group(group: &Group) -> CreateCommand {
    let subcommands = CATALOGUE.iter().filter_map(|spec| {
        let (_, subcommand) = spec.group().filter(|(name, _)| *name == group.name)?;
        let option = CreateCommandOption::new(CommandOptionType::SubCommand, subcommand, spec.about.en)
            .description_localized(KOREAN, spec.about.ko);
        let option = match spec.korean.first() {
            Some(korean) => option.name_localized(KOREAN, *korean),
            None => option,
        };
        Some(spec.arguments.iter().map(self::option).fold(option, CreateCommandOption::add_sub_option))
    });
    usable_by(group.who, CreateCommand::new(group.name), group.about).set_options(subcommands.collect())
}

/// A command of a message's menu, for channel admins.
fn in_message_menu(name: Text) -> CreateCommand {
    CreateCommand::new(name.en)
        .name_localized(KOREAN, name.ko)
        .kind(CommandType::Message)
        .default_member_permissions(Permissions::MANAGE_CHANNELS)
        .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm])
        .integration_types(vec![InstallationContext::Guild])
}

fn command(spec: &Spec) -> CreateCommand {
    let command = usable_by(spec.who, CreateCommand::new(spec.name), spec.about)
        .set_options(spec.arguments.iter().map(option).collect());
    match spec.korean.first() {
        Some(name) => command.name_localized(KOREAN, *name),
        None => command,
    }
}

/// Readers have it wherever they take the bot along; for admins and operators it is in servers that have the bot, and
/// in conversations with it.
fn usable_by(who: Who, command: CreateCommand, about: Text) -> CreateCommand {
    let command = command.description(about.en).description_localized(KOREAN, about.ko);
    let (guild, private) = (InteractionContext::Guild, InteractionContext::BotDm);
    let command = match who {
        Who::Anyone => command
            .contexts(vec![guild, private, InteractionContext::PrivateChannel])
            .integration_types(vec![InstallationContext::Guild, InstallationContext::User]),
        Who::ChannelAdmin | Who::Operator => {
            command.contexts(vec![guild, private]).integration_types(vec![InstallationContext::Guild])
        }
    };
    match who {
        Who::Anyone => command,
        Who::ChannelAdmin => command.default_member_permissions(Permissions::MANAGE_CHANNELS),
        Who::Operator => command.default_member_permissions(Permissions::empty()),
    }
}

fn option(argument: &Argument) -> CreateCommandOption {
    let kind = match argument.kind {
        ArgumentKind::Missing => CommandOptionType::Boolean,
        ArgumentKind::Channel => CommandOptionType::Channel,
        _ => CommandOptionType::String,
    };
    let option = CreateCommandOption::new(kind, argument.name, argument.about.en)
        .description_localized(KOREAN, argument.about.ko)
        .required(false);
    match argument.kind {
        ArgumentKind::Style => Style::ALL.into_iter().fold(option, |option, style| {
            option.add_string_choice_localized(style.name(), style.name(), [(KOREAN, korean_style(style))])
        }),
        ArgumentKind::Language => option.add_string_choice("한국어", "ko").add_string_choice("English", "en"),
        ArgumentKind::Channel => {
            option.channel_types(vec![ChannelType::Text, ChannelType::News, ChannelType::Forum])
        }
        ArgumentKind::Platform => Platform::ALL
            .into_iter()
            .fold(option, |option, platform| option.add_string_choice(platform.brand(), platform.name())),
        ArgumentKind::Feed
        | ArgumentKind::Date
        | ArgumentKind::AnyChannel
        | ArgumentKind::Timezone
        | ArgumentKind::What
        | ArgumentKind::Company
        | ArgumentKind::Topic => option.set_autocomplete(true),
        ArgumentKind::At
        | ArgumentKind::Period
        | ArgumentKind::Words
        | ArgumentKind::For
        | ArgumentKind::Missing
        | ArgumentKind::Text
        | ArgumentKind::Article
        | ArgumentKind::Message
        | ArgumentKind::Filter => option,
    }
}

fn korean_style(style: Style) -> &'static str {
    match style {
        Style::Headlines => "제목 목록",
        Style::Summary => "요약",
        Style::Full => "전체",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_within_discords_limits() {
        for command in commands() {
            let command: twilight_model::application::command::Command = read(command);
            twilight_validate::command::command(&command).expect("within the limits");
        }
    }

    /// What Discord would answer with: the fields that it adds are not in a request.
    fn read(mut command: Value) -> twilight_model::application::command::Command {
        let fields = command.as_object_mut().expect("an object");
        fields.insert("version".into(), "1".into());
        fields.entry("type").or_insert(1.into());
        // A message's menu has none.
        fields.entry("description").or_insert("".into());
        serde_json::from_value(command).expect("a command")
    }

    #[test]
    fn commands_for_admins_are_hidden_from_others() {
        let commands = commands();
        let subscribe =
            commands.iter().find(|command| command["name"] == "subscribe").expect("in the catalogue");
        assert_eq!(subscribe["default_member_permissions"], "16");
        let admin = commands.iter().find(|command| command["name"] == "admin").expect("in the catalogue");
        assert_eq!(admin["default_member_permissions"], "0");
    }

    #[test]
    fn readers_take_their_commands_along_and_admins_do_not() {
        for command in commands() {
            let is_for_all = command.get("default_member_permissions").is_none();
            let contexts = if is_for_all { serde_json::json!([0, 1, 2]) } else { serde_json::json!([0, 1]) };
            let installs = if is_for_all { serde_json::json!([0, 1]) } else { serde_json::json!([0]) };
            assert_eq!(
                (&command["contexts"], &command["integration_types"]),
                (&contexts, &installs),
                "{command}"
            );
        }
    }
}
