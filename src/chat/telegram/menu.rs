//! The catalogue as Telegram's command menus, per scope and language.

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::commands::{CATALOGUE, GROUPS, Who};
use crate::model::language::Language;
use crate::platform::telegram::Telegram as Calls;

/// English has no language code: it is what everybody else sees.
const LANGUAGES: [(Language, Option<&str>); 2] = [(Language::En, None), (Language::Ko, Some("ko"))];

/// The bodies of `setMyCommands`: readers' commands for everybody, all for administrators and in private chats, in
/// both languages.
pub(super) fn menus() -> Vec<Value> {
    let scopes = [
        ("default", Who::Anyone),
        ("all_group_chats", Who::Anyone),
        ("all_private_chats", Who::ChannelAdmin),
        ("all_chat_administrators", Who::ChannelAdmin),
    ];
    let scopes = scopes.map(|(scope, who)| (json!({"type": scope}), who));
    in_all_languages(&scopes)
}

/// The bodies for an operator, who has `/admin` too in the conversation with the bot.
fn operators(operator: i64) -> Vec<Value> {
    in_all_languages(&[(json!({"type": "chat", "chat_id": operator}), Who::Operator)])
}

/// Sets an operator's menu. Telegram refuses that until the operator has written to the bot; `/start` tries again.
pub(super) async fn set_operators(calls: &Calls, operator: &str) {
    for menu in operator.parse().map(operators).unwrap_or_default() {
        if let Err(error) = calls.call::<IgnoredAny>("setMyCommands", &menu).await {
            tracing::debug!(%error, operator, "an operator has no menu of their own yet");
            return;
        }
    }
}

fn in_all_languages(scopes: &[(Value, Who)]) -> Vec<Value> {
    scopes
        .iter()
        .flat_map(|(scope, who)| LANGUAGES.map(|(language, code)| menu(scope, *who, language, code)))
        .collect()
}

fn menu(scope: &Value, who: Who, language: Language, code: Option<&str>) -> Value {
    let single = CATALOGUE.iter().filter(|spec| spec.who <= who && spec.name != "start");
    let single = single.filter(|spec| spec.group().is_none()).map(|spec| (spec.name, spec.about));
    let groups = GROUPS.iter().filter(|group| group.who <= who).map(|group| (group.name, group.about));
    let commands: Vec<Value> = single
        .chain(groups)
        .map(|(name, about)| json!({"command": name, "description": about.get(language)}))
        .collect();
    let mut menu = json!({"commands": commands, "scope": scope});
    if let Some(code) = code {
        menu["language_code"] = json!(code);
    }
    menu
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_do_not_see_the_commands_of_admins() {
        let names = |menu: &Value| -> Vec<String> {
            let commands = menu["commands"].as_array().expect("a list");
            commands.iter().map(|command| command["command"].as_str().expect("text").to_owned()).collect()
        };
        let menus = menus();
        for menu in &menus {
            let is_for_admins =
                menu["scope"]["type"] != "default" && menu["scope"]["type"] != "all_group_chats";
            assert_eq!(names(menu).contains(&"subscribe".to_owned()), is_for_admins, "{menu}");
            assert!(!names(menu).contains(&"admin".to_owned()), "{menu}");
        }
        assert_eq!(menus[1]["language_code"], "ko");
        assert!(operators(7).iter().all(|menu| names(menu).contains(&"admin".to_owned())));
    }

    #[test]
    fn every_menu_is_within_telegrams_limits() {
        for menu in menus().into_iter().chain(operators(7)) {
            let commands = menu["commands"].as_array().expect("a list");
            assert!(commands.len() <= 100);
            for command in commands {
                let name = command["command"].as_str().expect("text");
                assert!((1..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase()));
                let about = command["description"].as_str().expect("text");
                assert!((1..=256).contains(&about.chars().count()));
            }
        }
    }
}
