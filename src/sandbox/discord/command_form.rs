//! What Discord accepts as a command: names, descriptions, options and choices, in every language.
//! Numbers: Discord, `interactions/application-commands`.

use std::collections::HashSet;

use serde_json::Value;

use crate::sandbox::discord::form::Form;
use crate::sandbox::discord::refusal::FormErrors;

/// The type of a command that is typed.
pub(crate) const CHAT_INPUT: i64 = 1;
/// The type of an option that is a subcommand.
pub(crate) const SUBCOMMAND: i64 = 1;
/// The type of an option that holds subcommands.
pub(crate) const SUBCOMMAND_GROUP: i64 = 2;

/// Code points of a command with all that it holds, the longest language counting.
const WHOLE: usize = 8000;

/// The languages that a name can be given in.
const LOCALES: [&str; 34] = [
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk",
    "vi", "zh-CN", "zh-TW",
];

/// Checks one command.
pub(crate) fn check(command: &Value, errors: &mut FormErrors) {
    let form = Form::root(command, errors);
    let kind = form.number("type", 1..=3, errors).unwrap_or(CHAT_INPUT);
    let mut characters = if kind == CHAT_INPUT {
        name(&form, errors) + described(&form, "description", 1..=100, errors)
    } else {
        if form.get("description").and_then(Value::as_str).is_some_and(|text| !text.is_empty()) {
            let message = "Context menu commands cannot have description";
            errors.add("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message);
        }
        described(&form, "name", 1..=32, errors)
    };
    characters += options(&form, 0, errors);
    if characters > WHOLE {
        let message = format!("Command exceeds maximum size of {WHOLE}");
        errors.add("", "APPLICATION_COMMAND_TOO_LARGE", message);
    }
    if let Some(needed) = form.string("default_member_permissions", errors)
        && needed.parse::<u64>().is_err()
    {
        let message = format!("Value \"{needed}\" is not a permission.");
        errors.add("default_member_permissions", "NUMBER_TYPE_COERCE", message);
    }
    for (key, largest) in [("contexts", 2), ("integration_types", 1)] {
        let known = |value: &Value| value.as_i64().is_some_and(|number| (0..=largest).contains(&number));
        if form.get(key).and_then(Value::as_array).is_some_and(|list| !list.iter().all(known)) {
            errors.add(key, "BASE_TYPE_CHOICES", format!("Value must be one of (0..{largest})."));
        }
    }
}

/// Checks the options of a command (`depth` 0), a group (1) or a subcommand (2), and counts their texts.
fn options(parent: &Form<'_>, depth: usize, errors: &mut FormErrors) -> usize {
    let mut names = HashSet::new();
    let mut optional = false;
    let mut characters = 0;
    for option in parent.list("options", 0..=25, errors) {
        characters += name(&option, errors) + described(&option, "description", 1..=100, errors);
        if let Some(name) = option.get("name").and_then(Value::as_str)
            && !names.insert(name)
        {
            let message = "Option name is already used";
            errors.add(&option.place("name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
        }
        if option.flag("required", errors) == Some(true) && optional {
            let message = "Required options must be placed before non-required options";
            errors.add(&option.place("required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional |= option.get("required").and_then(Value::as_bool) != Some(true);
        let Some(kind) = option.number("type", 1..=11, errors) else {
            errors.required(&option.place("type"));
            continue;
        };
        match kind {
            SUBCOMMAND if depth < 2 => characters += options(&option, 2, errors),
            SUBCOMMAND_GROUP if depth == 0 => characters += options(&option, 1, errors),
            SUBCOMMAND | SUBCOMMAND_GROUP => {
                let message = "Sub-command cannot be nested here";
                errors.add(&option.place("type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
            }
            _ => characters += choices(&option, kind, errors),
        }
    }
    characters
}

/// Checks an option's choices and its bounds.
fn choices(option: &Form<'_>, kind: i64, errors: &mut FormErrors) -> usize {
    option.number("min_length", 0..=6000, errors);
    option.number("max_length", 1..=6000, errors);
    let choices = option.list("choices", 0..=25, errors);
    if option.flag("autocomplete", errors) == Some(true) && !choices.is_empty() {
        let message = "Options with autocomplete cannot have choices";
        errors.add(&option.place("autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message);
    }
    let mut characters = 0;
    for choice in &choices {
        characters += described(choice, "name", 1..=100, errors);
        match (kind, choice.get("value")) {
            (3, Some(Value::String(_))) => {
                let text = choice.opaque("value", 1..=100, errors);
                characters += text.map_or(0, |text| text.chars().count());
            }
            (4, Some(Value::Number(number))) if number.is_i64() => {}
            (10, Some(Value::Number(_))) => {}
            (_, None) => errors.required(&choice.place("value")),
            (_, Some(value)) => {
                let message = format!("Could not interpret \"{value}\" as the option's type.");
                errors.add(&choice.place("value"), "UNION_TYPE_CHOICES", message);
            }
        }
    }
    characters
}

/// Checks a name that is typed, in all languages.
fn name(form: &Form<'_>, errors: &mut FormErrors) -> usize {
    let characters = described(form, "name", 1..=32, errors);
    let plain = form.get("name").and_then(Value::as_str).map(|name| (form.place("name"), name));
    let localized = localizations(form, "name").filter_map(|(locale, name)| {
        Some((form.place(&format!("name_localizations.{locale}")), name.as_str()?))
    });
    for (place, name) in plain.into_iter().chain(localized) {
        if !name.chars().all(may_be_in_a_name) {
            let message = "Command name is invalid";
            errors.add(&place, "APPLICATION_COMMAND_INVALID_NAME", message);
        }
    }
    characters
}

/// Checks a text in all languages; the longest counts.
fn described(
    form: &Form<'_>,
    key: &str,
    count: std::ops::RangeInclusive<usize>,
    errors: &mut FormErrors,
) -> usize {
    let mut longest = form.text(key, count.clone(), errors);
    let key = format!("{key}_localizations");
    let Some(localized) = form.object(&key, errors) else { return longest };
    for (locale, _) in form.get(&key).and_then(Value::as_object).into_iter().flatten() {
        if !LOCALES.contains(&locale.as_str()) {
            errors.add(&localized.place(locale), "ENUM_TYPE_COERCE", "Value is no locale.");
        }
        longest = longest.max(localized.text(locale, count.clone(), errors));
    }
    longest
}

fn localizations<'a>(form: &Form<'a>, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    form.get(&format!("{key}_localizations")).and_then(Value::as_object).into_iter().flatten()
}

/// `[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]`, in lower case where there is one.
fn may_be_in_a_name(c: char) -> bool {
    let kind = c.is_alphanumeric()
        || "-_'".contains(c)
        || matches!(c, '\u{900}'..='\u{97F}' | '\u{A8E0}'..='\u{A8FF}' | '\u{E00}'..='\u{E7F}');
    kind && c.to_lowercase().eq([c])
}
