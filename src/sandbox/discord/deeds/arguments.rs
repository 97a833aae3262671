//! The values of a command's options: what a person gave, held against what is registered, in the form in which
//! the bot is told.

use serde_json::{Map, Value, json};

use crate::sandbox::discord::deeds::InvokeError;
use crate::sandbox::discord::form::as_id;
use crate::sandbox::discord::state::State;
use crate::sandbox::discord::wire::{self, merge, rights, role};
use crate::sandbox::discord::{ChannelKind, Person};

/// The most characters of a text.
const TEXT: u64 = 6000;

/// Reads values for one person in one place.
pub(crate) struct Arguments<'a> {
    pub(crate) state: &'a State,
    pub(crate) by: &'a Person,
    pub(crate) guild: Option<u64>,
}

impl Arguments<'_> {
    /// The `options` and `resolved` of a command that is used with `given`.
    pub(crate) fn read(&self, command: &Value, given: &Value) -> Result<(Value, Value), InvokeError> {
        let mut resolved = json!({});
        let options = self.level(command, given, None, &mut resolved)?;
        Ok((options, resolved))
    }

    /// The same while a person types in one option and others may still be missing.
    pub(crate) fn typing(
        &self,
        command: &Value,
        option: &str,
        typed: &str,
        given: &Value,
    ) -> Result<(Value, Value), InvokeError> {
        let mut resolved = json!({});
        let options = self.level(command, given, Some((option, typed)), &mut resolved)?;
        Ok((options, resolved))
    }

    /// The options of a command or subcommand, in the order in which they are registered.
    fn level(
        &self,
        parent: &Value,
        given: &Value,
        typing: Option<(&str, &str)>,
        resolved: &mut Value,
    ) -> Result<Value, InvokeError> {
        let empty = Map::new();
        let given = given.as_object().unwrap_or(&empty);
        let registered = parent["options"].as_array().map_or(&[][..], Vec::as_slice);
        let known = |name: &String| registered.iter().any(|option| option["name"] == **name);
        if let Some(unknown) = given.keys().find(|name| !known(name)) {
            return Err(bad(unknown, "there is no such option"));
        }
        let subcommands = registered.iter().any(|option| kind(option) <= 2);
        if subcommands && given.len() != 1 {
            return Err(bad(name(parent), "one subcommand must be chosen"));
        }
        let mut options = Vec::new();
        for option in registered {
            let value = given.get(name(option)).filter(|value| !value.is_null());
            if subcommands {
                let Some(inner) = value else { continue };
                let inner = self.level(option, inner, typing, resolved)?;
                options.push(json!({"name": option["name"], "type": option["type"], "options": inner}));
                continue;
            }
            if let Some((_, typed)) = typing.filter(|(typed_in, _)| *typed_in == name(option)) {
                if option["autocomplete"] != true {
                    return Err(bad(name(option), "it does not complete what is typed"));
                }
                options.push(json!({
                    "name": option["name"], "type": option["type"], "value": typed, "focused": true,
                }));
                continue;
            }
            match value {
                Some(value) => {
                    let value = self.value(option, value, resolved)?;
                    options.push(json!({"name": option["name"], "type": option["type"], "value": value}));
                }
                None if option["required"] == true && typing.is_none() => {
                    return Err(bad(name(option), "it is required"));
                }
                None => {}
            }
        }
        if let Some((typed_in, _)) = typing
            && !subcommands
            && !options.iter().any(|option| option["focused"] == true)
        {
            return Err(bad(typed_in, "there is no such option"));
        }
        Ok(Value::Array(options))
    }

    /// A value of an option in its own type.
    fn value(&self, option: &Value, given: &Value, resolved: &mut Value) -> Result<Value, InvokeError> {
        let wrong = |reason: &str| bad(name(option), reason);
        let text = given.as_str().map(str::trim);
        let value = match kind(option) {
            3 => {
                let text = given.as_str().ok_or_else(|| wrong("it takes a text"))?;
                let characters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
                let least = option["min_length"].as_u64().unwrap_or(0);
                let most = option["max_length"].as_u64().unwrap_or(TEXT);
                if !(least..=most).contains(&characters) {
                    return Err(wrong(&format!("its text has {least} to {most} characters")));
                }
                Value::from(text)
            }
            4 => {
                let number = given.as_i64().or_else(|| text?.parse().ok());
                number.ok_or_else(|| wrong("it takes a whole number"))?.into()
            }
            5 => {
                let flag = given.as_bool().or_else(|| text?.parse().ok());
                flag.ok_or_else(|| wrong("it takes true or false"))?.into()
            }
            10 => {
                let number = given.as_f64().or_else(|| text?.parse().ok());
                number.ok_or_else(|| wrong("it takes a number"))?.into()
            }
            6..=9 => return self.resolve(option, given, resolved),
            _ => return Err(wrong("files cannot be given here")),
        };
        if let Some(number) = value.as_f64() {
            let least = option["min_value"].as_f64().unwrap_or(f64::MIN);
            let most = option["max_value"].as_f64().unwrap_or(f64::MAX);
            if !(least..=most).contains(&number) {
                return Err(wrong(&format!("it takes {least} to {most}")));
            }
        }
        let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
        if !choices.is_empty() && !choices.iter().any(|choice| choice["value"] == value) {
            return Err(wrong("it takes one of its choices"));
        }
        Ok(value)
    }

    /// An id of a user, channel or role (`123`, `<#123>`, for channels also `#name`), with what it stands for.
    fn resolve(&self, option: &Value, given: &Value, resolved: &mut Value) -> Result<Value, InvokeError> {
        let wrong = |reason: &str| bad(name(option), reason);
        let wanted = kind(option);
        let id = as_id(given).or_else(|| self.named(given.as_str()?.trim()));
        let id = id.ok_or_else(|| wrong("there is nothing of that name"))?;
        let key = id.to_string();
        let guild = self.guild.and_then(|id| self.state.guilds.get(&id));
        let channel = self.state.channels.get(&id).filter(|channel| channel.guild == self.guild);
        let known_role = guild.and_then(|guild| guild.roles.iter().find(|role| role.id == id));
        let person = self.state.people.get(&id);
        let found = match (wanted, channel, known_role, person) {
            (7, Some(channel), ..) => {
                let allowed = option["channel_types"].as_array();
                let number = channel.kind.number();
                if allowed.is_some_and(|all| !all.is_empty() && !all.iter().any(|one| *one == number)) {
                    return Err(wrong("it does not take channels of that kind"));
                }
                let mut body = self.state.channel_body(channel);
                body["permissions"] = rights(self.by).to_string().into();
                let own = self.state.bot_permissions(channel).to_string();
                body["app_permissions"] = own.into();
                json!({"channels": {key: body}})
            }
            (8 | 9, _, Some(known), _) => json!({"roles": {key: role(known)}}),
            (6 | 9, _, _, Some(person)) => match guild {
                Some(guild) => {
                    let member = self.state.member(person, guild);
                    json!({"users": {key.clone(): wire::user(person)}, "members": {key: member}})
                }
                None => json!({"users": {key: wire::user(person)}}),
            },
            _ => return Err(wrong("there is nothing with that id")),
        };
        for (group, items) in found.as_object().into_iter().flatten() {
            if resolved.get(group).is_none() {
                resolved[group] = json!({});
            }
            merge(&mut resolved[group], items.clone());
        }
        Ok(id.to_string().into())
    }

    /// The id in a mention, or of a channel's name.
    fn named(&self, text: &str) -> Option<u64> {
        let inside = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
        if let Some(inside) = inside {
            return inside.trim_start_matches(['#', '@', '!', '&']).parse().ok();
        }
        let name = text.strip_prefix('#').unwrap_or(text);
        let mut all = self.state.channels.values();
        let here = all.find(|one| one.guild == self.guild && one.kind != ChannelKind::Dm && one.name == name);
        here.map(|channel| channel.id)
    }
}

fn kind(option: &Value) -> i64 {
    option["type"].as_i64().unwrap_or_default()
}

fn name(option: &Value) -> &str {
    option["name"].as_str().unwrap_or_default()
}

fn bad(option: &str, reason: &str) -> InvokeError {
    InvokeError::BadOption { option: option.to_owned(), reason: reason.to_owned() }
}
