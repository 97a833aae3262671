//! The catalogue as Telegram's command menus, per scope and language.

use serde_json::{Value, json};

use crate::commands::{CATALOGUE, Who};
use crate::model::language::Language;

/// The bodies of `setMyCommands`: readers' commands for everybody, all for administrators and in private chats, in
/// both languages. English has no language code: it is what everybody else sees.
pub(super) fn menus() -> Vec<Value> {
    let scopes = [
        ("default", Who::Anyone),
        ("all_private_chats", Who::ChannelAdmin),
        ("all_chat_administrators", Who::ChannelAdmin),
    ];
    let languages = [(Language::En, None), (Language::Ko, Some("ko"))];
    scopes
        .into_iter()
        .flat_map(|(scope, who)| languages.map(|(language, code)| menu(scope, who, language, code)))
        .collect()
}

fn menu(scope: &str, who: Who, language: Language, code: Option<&str>) -> Value {
    let commands: Vec<Value> = CATALOGUE
        .iter()
        .filter(|spec| spec.who <= who && spec.name != "start")
        .map(|spec| json!({"command": spec.name, "description": spec.about.get(language)}))
        .collect();
    let mut menu = json!({"commands": commands, "scope": {"type": scope}});
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
        assert!(!names(&menus[0]).contains(&"subscribe".to_owned()));
        assert!(names(&menus[2]).contains(&"subscribe".to_owned()));
        assert_eq!(menus[1]["language_code"], "ko");
    }

    #[test]
    fn every_menu_is_within_telegrams_limits() {
        for menu in menus() {
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
