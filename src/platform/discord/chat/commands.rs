//! Whether the registered commands are the wanted ones. Discord's answer holds more than was asked for; what it
//! adds by itself is left out of the comparison. In doubt they differ: writing them again does no harm.

use serde_json::{Map, Value};

/// What Discord adds to a command and nobody asks for.
const OF_DISCORD: [&str; 6] =
    ["id", "application_id", "guild_id", "version", "name_localized", "description_localized"];

/// What is decided by the application's settings unless a command says it.
const BY_SETTINGS: [&str; 3] = ["integration_types", "contexts", "dm_permission"];

/// Whether `registered`, as Discord gives it, is `wanted`, in any order of commands.
pub(super) fn same(registered: &Value, wanted: &Value) -> bool {
    let (Some(registered), Some(wanted)) = (registered.as_array(), wanted.as_array()) else {
        return false;
    };
    registered.len() == wanted.len()
        && wanted.iter().all(|command| registered.iter().any(|other| same_command(other, command)))
}

fn same_command(registered: &Value, wanted: &Value) -> bool {
    let (Some(registered), Some(wanted)) = (registered.as_object(), wanted.as_object()) else {
        return false;
    };
    let mut registered = registered.clone();
    registered.retain(|key, _| !BY_SETTINGS.contains(&key.as_str()) || wanted.contains_key(key));
    let plain = |command| core(&Value::Object(command));
    let mut wanted = wanted.clone();
    // A slash command unless it says otherwise.
    wanted.entry("type").or_insert_with(|| 1.into());
    registered.entry("type").or_insert_with(|| 1.into());
    plain(registered) == plain(wanted)
}

/// A command or option without what says nothing: Discord's additions, nulls, empty lists and defaults of `false`.
fn core(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut kept = Map::new();
            for (key, value) in object {
                let value = core(value);
                if !OF_DISCORD.contains(&key.as_str()) && !says_nothing(&value) {
                    kept.insert(key.clone(), value);
                }
            }
            kept.into()
        }
        Value::Array(items) => items.iter().map(core).collect(),
        other => other.clone(),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::Number(_) | Value::String(_) | Value::Bool(true) => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn registered() -> Value {
        json!([
            {"id": "1", "application_id": "2", "version": "3", "type": 1, "name": "today", "description": "Today's",
             "description_localizations": {"ko": "오늘"}, "name_localizations": null, "nsfw": false,
             "default_member_permissions": null, "dm_permission": true, "contexts": null, "integration_types": [0],
             "options": [{"type": 3, "name": "feed", "description": "Which", "required": false}]},
            {"id": "4", "application_id": "2", "version": "5", "type": 1, "name": "ping", "description": "Here?",
             "default_member_permissions": "32"},
        ])
    }

    fn wanted() -> Value {
        json!([
            {"name": "ping", "description": "Here?", "default_member_permissions": "32"},
            {"name": "today", "description": "Today's", "type": 1, "description_localizations": {"ko": "오늘"},
             "options": [{"type": 3, "name": "feed", "description": "Which"}]},
        ])
    }

    #[test]
    fn what_discord_adds_is_no_difference() {
        assert!(same(&registered(), &wanted()));
    }

    #[rstest]
    #[case::description("/1/description", json!("Now"))]
    #[case::localization("/1/description_localizations", json!({"ko": "지금"}))]
    #[case::localization_gone("/1/description_localizations", json!(null))]
    #[case::required("/1/options/0", json!({"type": 3, "name": "feed", "description": "Which", "required": true}))]
    #[case::options_gone("/1/options", json!([]))]
    #[case::permissions("/0/default_member_permissions", json!("0"))]
    #[case::kind("/1/type", json!(3))]
    fn a_change_is_noticed(#[case] pointer: &str, #[case] value: Value) {
        let mut wanted = wanted();
        *wanted.pointer_mut(pointer).unwrap() = value;
        assert!(!same(&registered(), &wanted));
    }

    #[test]
    fn contexts_count_when_they_are_wanted() {
        let mut wanted = wanted();
        wanted[0]["contexts"] = json!([0]);
        assert!(!same(&registered(), &wanted));
    }

    #[test]
    fn a_command_more_or_less_is_noticed() {
        let mut wanted = wanted();
        wanted.as_array_mut().unwrap().pop();
        assert!(!same(&registered(), &wanted));
        assert!(!same(&wanted, &registered()));
    }
}
