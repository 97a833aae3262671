//! What people do: use commands, press, choose, type, fill in forms. Each begins an interaction that the bot is
//! told of, and ends with its first answer, as the app waits for it. The values of a command's options are read in
//! [`arguments`].

mod arguments;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::sandbox::discord::command_form::CHAT_INPUT;
use crate::sandbox::discord::components::{BUTTON, STRING_SELECT};
use crate::sandbox::discord::deeds::arguments::Arguments;
use crate::sandbox::discord::state::{
    Channel, Command, FirstAnswer, Interaction, Message, Origin, State, TOKEN_LIVES,
};
use crate::sandbox::discord::wire::{self, merge, rights};
use crate::sandbox::discord::{ChannelKind, Discord, Person};

/// How long the app waits until it shows "The application did not respond".
const PATIENCE: Duration = Duration::from_secs(3);

/// The type of a message's menu command.
const MESSAGE_COMMAND: i64 = 3;

/// Bytes that a file may have in an interaction's answer.
const LARGEST_FILE: u64 = 10 << 20;

/// Why nothing came of what a person did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// No bot is connected; the app shows the same as for no answer.
    #[error("no bot is connected")]
    NotConnected,
    /// The bot did not answer within 3 s.
    #[error("the application did not respond")]
    NoAnswer,
    /// There is no such channel, or no messages can be in it, or the bot is not in its server.
    #[error("there is no channel {0} to write in")]
    UnknownChannel(u64),
    /// No such command is registered there.
    #[error("there is no command /{0} here")]
    UnknownCommand(String),
    /// The app does not offer the command to this person here.
    #[error("/{0} is not offered to this person here")]
    NotOffered(String),
    /// The command has no such option, or the option does not take that value.
    #[error("option `{option}`: {reason}")]
    BadOption {
        /// Which option.
        option: String,
        /// What is wrong.
        reason: String,
    },
    /// The person sees no such message.
    #[error("there is no message {0}")]
    UnknownMessage(u64),
    /// The message has no such button or menu, or it is switched off, or it does not offer that.
    #[error("the message has no `{0}` that can be used so")]
    UnknownComponent(String),
}

impl Discord {
    /// A person uses a command: `options` is an object of names and values, `{"feed": "ai-news"}`. A subcommand
    /// is a second word (`admin status`), or an object in `options`. Returns once the bot has answered.
    pub async fn invoke(
        &self,
        by: &Person,
        channel: u64,
        command: &str,
        options: Value,
    ) -> Result<(), InvokeError> {
        let (name, options) = unfolded(command, options);
        self.begin(by, channel, |state| {
            let known = state.offered(by, channel, &name, CHAT_INPUT)?;
            let arguments = Arguments { state, by, guild: state.guild_of(channel) };
            let (options, resolved) = arguments.read(&known.body, &options)?;
            let name = [name].into_iter().chain(subcommands(&options)).collect::<Vec<_>>().join(" ");
            Ok((Origin::Command { name, target: None }, command_data(known, options, resolved), json!({})))
        })
        .await
        .map(|_| ())
    }

    /// A person uses a command of a message's menu. Returns once the bot has answered.
    pub async fn invoke_on_message(
        &self,
        by: &Person,
        message: u64,
        command: &str,
    ) -> Result<(), InvokeError> {
        let channel = self.lock().visible(by, message)?.channel;
        self.begin(by, channel, |state| {
            let known = state.offered(by, channel, command, MESSAGE_COMMAND)?;
            let body = state.message_body(state.visible(by, message)?);
            let resolved = json!({"messages": {message.to_string(): body}});
            let mut data = command_data(known, json!([]), resolved);
            data["target_id"] = message.to_string().into();
            let origin = Origin::Command { name: command.to_owned(), target: Some(message) };
            Ok((origin, data, json!({})))
        })
        .await
        .map(|_| ())
    }

    /// A person presses a message's button. Returns once the bot has answered.
    pub async fn press(&self, by: &Person, message: u64, custom_id: &str) -> Result<(), InvokeError> {
        self.use_component(by, message, custom_id, None).await
    }

    /// A person chooses in a message's menu. Returns once the bot has answered.
    pub async fn select(
        &self,
        by: &Person,
        message: u64,
        custom_id: &str,
        values: &[String],
    ) -> Result<(), InvokeError> {
        self.use_component(by, message, custom_id, Some(values)).await
    }

    /// A person types in a command's option; `others` is what the other options hold so far. Returns what the
    /// app offers: names in the person's language, and the values that they stand for.
    pub async fn autocomplete(
        &self,
        by: &Person,
        channel: u64,
        command: &str,
        option: &str,
        typed: &str,
        others: Value,
    ) -> Result<Vec<(String, Value)>, InvokeError> {
        let (name, others) = unfolded(command, others);
        let answer = self
            .begin(by, channel, |state| {
                let known = state.offered(by, channel, &name, CHAT_INPUT)?;
                let arguments = Arguments { state, by, guild: state.guild_of(channel) };
                let (options, resolved) = arguments.typing(&known.body, option, typed, &others)?;
                Ok((Origin::Autocomplete, command_data(known, options, resolved), json!({})))
            })
            .await?;
        let FirstAnswer::Choices(choices) = answer else { return Ok(Vec::new()) };
        let shown = |choice: &Value| {
            let localized = &choice["name_localizations"][&by.locale];
            let name = localized.as_str().or(choice["name"].as_str()).unwrap_or_default();
            (name.to_owned(), choice["value"].clone())
        };
        Ok(choices.iter().map(shown).collect())
    }

    /// The form that a person has before them, as the bot sent it.
    pub fn modal(&self, person: u64) -> Option<Value> {
        self.lock().modals.get(&person).map(|modal| modal.form.clone())
    }

    /// A person closes the form before them without sending it. The bot is not told.
    pub fn dismiss(&self, person: u64) {
        self.lock().modals.remove(&person);
    }

    /// A person sends the form before them, with `values` by the inputs' custom ids. Returns once the bot has
    /// answered.
    pub async fn submit(&self, by: &Person, values: &[(&str, &str)]) -> Result<(), InvokeError> {
        let modal = self.lock().modals.remove(&by.id);
        let modal = modal.ok_or_else(|| InvokeError::UnknownComponent("modal".to_owned()))?;
        self.begin(by, modal.channel, |state| {
            let rows = modal.form["components"].as_array().map_or(&[][..], Vec::as_slice);
            let filled = rows.iter().filter_map(|row| {
                let input = &row["components"][0];
                let id = input["custom_id"].as_str()?;
                let typed = values.iter().find(|(key, _)| *key == id).map(|(_, value)| (*value).to_owned());
                let value = typed.or_else(|| input["value"].as_str().map(str::to_owned)).unwrap_or_default();
                let input = json!({"type": 4, "id": 2, "custom_id": id, "value": value});
                Some(json!({"type": 1, "id": 1, "components": [input]}))
            });
            let data =
                json!({"custom_id": modal.form["custom_id"], "components": filled.collect::<Vec<_>>()});
            let shown = modal.message.and_then(|message| state.visible(by, message).ok());
            let extra = shown.map_or(json!({}), |shown| json!({"message": state.message_body(shown)}));
            Ok((Origin::Modal { message: modal.message }, data, extra))
        })
        .await
        .map(|_| ())
    }

    async fn use_component(
        &self,
        by: &Person,
        message: u64,
        custom_id: &str,
        values: Option<&[String]>,
    ) -> Result<(), InvokeError> {
        let channel = self.lock().visible(by, message)?.channel;
        self.begin(by, channel, |state| {
            let shown = state.visible(by, message)?;
            let unusable = || InvokeError::UnknownComponent(custom_id.to_owned());
            let component = shown
                .components
                .iter()
                .filter_map(|row| row["components"].as_array())
                .flatten()
                .find(|one| one["custom_id"] == custom_id && one["disabled"] != true)
                .filter(|one| takes(one, values))
                .ok_or_else(unusable)?;
            let mut data = json!({
                "custom_id": custom_id, "component_type": component["type"], "id": component["id"],
            });
            if let Some(values) = values {
                data["values"] = json!(values);
            }
            let extra = json!({"message": state.message_body(shown)});
            Ok((Origin::Component { message }, data, extra))
        })
        .await
        .map(|_| ())
    }

    /// Begins an interaction with what `describe` makes of the state (its origin, its `data`, further keys) and
    /// waits for the first answer.
    async fn begin(
        &self,
        by: &Person,
        channel: u64,
        describe: impl FnOnce(&State) -> Result<(Origin, Value, Value), InvokeError>,
    ) -> Result<FirstAnswer, InvokeError> {
        let answer = self.send(by, channel, describe)?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(InvokeError::NoAnswer),
        }
    }

    fn send(
        &self,
        by: &Person,
        channel: u64,
        describe: impl FnOnce(&State) -> Result<(Origin, Value, Value), InvokeError>,
    ) -> Result<oneshot::Receiver<FirstAnswer>, InvokeError> {
        let now = self.now();
        let mut state = self.lock();
        state.people.insert(by.id, by.clone());
        let place = state.channels.get(&channel).filter(|place| state.takes_people(place, by));
        let guild = place.ok_or(InvokeError::UnknownChannel(channel))?.guild;
        // Of guilds that the bot is not in, its first shard hears.
        let guild = guild.filter(|id| state.guild(*id).is_ok());
        let (origin, data, extra) = describe(&state)?;
        let kind = origin.number();
        let (waiting, answer) = oneshot::channel();
        let id = state.next_id(now);
        let token = format!("interaction-{:032x}", u128::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // Kept for as long again as its token lives, so that a late call is told why.
        state.interactions.retain(|_, old| now - old.at <= TOKEN_LIVES * 2);
        let mut body = state.interaction_body(by, channel, &token);
        merge(&mut body, json!({"id": id.to_string(), "type": kind, "data": data}));
        merge(&mut body, extra);
        let interaction = Interaction {
            id,
            token,
            channel,
            by: by.id,
            origin,
            at: now,
            answered: false,
            original: None,
            updates: false,
            waiting: Some(waiting),
        };
        state.interactions.insert(id, interaction);
        if state.tell("INTERACTION_CREATE", &body, guild) {
            Ok(answer)
        } else {
            Err(InvokeError::NotConnected)
        }
    }
}

impl State {
    /// Whether somebody can do something in a channel that the bot hears of.
    fn takes_people(&self, channel: &Channel, by: &Person) -> bool {
        let heard = self.has_bot(channel) || self.installed.contains(&by.id);
        heard && channel.kind != ChannelKind::Forum
    }

    /// Whether the bot itself is in a channel's guild or conversation.
    fn has_bot(&self, channel: &Channel) -> bool {
        !channel.between_people && channel.guild.is_none_or(|id| self.guild(id).is_ok())
    }

    /// Where an interaction happens: in a guild (0), in a conversation with the bot (1) or with others (2).
    fn context(&self, channel: &Channel) -> i64 {
        match channel.guild {
            Some(_) => 0,
            None if channel.between_people => 2,
            None => 1,
        }
    }

    fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel)?.guild
    }

    /// A message that a person sees.
    fn visible(&self, by: &Person, message: u64) -> Result<&Message, InvokeError> {
        let channel = self.channel_of(message);
        let found = channel.and_then(|channel| channel.messages.get(&message));
        found
            .filter(|message| message.only_for.is_none_or(|only| only == by.id))
            .ok_or(InvokeError::UnknownMessage(message))
    }

    /// The command of that name which the app offers to a person in a channel.
    fn offered(&self, by: &Person, channel: u64, name: &str, kind: i64) -> Result<&Command, InvokeError> {
        let guild = self.guild_of(channel);
        let named = |command: &&Command| command.body["name"] == name && command.body["type"] == kind;
        let known = self.commands.iter().filter(named);
        // A guild's own command hides the one for everywhere.
        let known = known
            .filter(|command| command.guild.is_none() || command.guild == guild)
            .max_by_key(|command| command.guild);
        let known = known.ok_or_else(|| InvokeError::UnknownCommand(name.to_owned()))?;
        let place = self.channels.get(&channel).ok_or(InvokeError::UnknownChannel(channel))?;
        let context = self.context(place);
        let contexts = known.body["contexts"].as_array();
        // Without the bot it is there for who has added the app to their account, if the command goes along.
        let taken = known.body["integration_types"].as_array();
        let goes_along = taken.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_i64() == Some(1)));
        let brought = goes_along && self.installed.contains(&by.id);
        let here = match contexts {
            Some(contexts) => contexts.iter().any(|one| one.as_i64() == Some(context)),
            None => guild.is_some() || known.body["dm_permission"] != false,
        };
        let needed = known.body["default_member_permissions"].as_str().and_then(|bits| bits.parse().ok());
        // "0" is for administrators alone.
        let needed = needed.map(|bits: u64| if bits == 0 { (1 << 53) - 1 } else { bits });
        let here = here && (self.has_bot(place) || brought);
        let allowed = guild.is_none() || known.opened || needed.is_none_or(|bits| rights(by) & bits == bits);
        if here && allowed { Ok(known) } else { Err(InvokeError::NotOffered(name.to_owned())) }
    }

    /// What all interactions share.
    fn interaction_body(&self, by: &Person, channel: u64, token: &str) -> Value {
        let mut body = json!({
            "application_id": self.application.to_string(), "token": token, "version": 1,
            "locale": by.locale, "entitlements": [], "entitlement_sku_ids": [],
            "attachment_size_limit": LARGEST_FILE, "channel_id": channel.to_string(),
        });
        let Some(place) = self.channels.get(&channel) else { return body };
        let mut shown = self.channel_body(place);
        let permissions = self.bot_permissions(place);
        body["app_permissions"] = permissions.to_string().into();
        let own = by.id.to_string();
        let owners = match (self.has_bot(place), place.guild) {
            (true, Some(guild)) => json!({"0": guild.to_string()}),
            (true, None) => json!({"0": "0"}),
            (false, _) => json!({"1": own}),
        };
        body["authorizing_integration_owners"] = owners;
        body["context"] = self.context(place).into();
        match place.guild.and_then(|id| self.guilds.get(&id)) {
            Some(guild) => {
                let id = guild.id.to_string();
                shown["permissions"] = rights(by).to_string().into();
                let extra = json!({
                    "guild_id": id, "guild_locale": guild.locale, "member": self.member(by, guild),
                    "guild": {"id": id, "locale": guild.locale, "features": []},
                });
                merge(&mut body, extra);
            }
            None => {
                body["user"] = wire::user(by);
            }
        }
        body["channel"] = shown;
        body
    }
}

/// The `data` of a command's interaction.
fn command_data(command: &Command, options: Value, resolved: Value) -> Value {
    let body = &command.body;
    let mut data = json!({
        "id": body["id"], "name": body["name"], "type": body["type"], "options": options,
        "resolved": resolved,
    });
    if let Some(guild) = command.guild {
        data["guild_id"] = guild.to_string().into();
    }
    data
}

/// A command's name and its options, with the further words of `command` as nested objects.
fn unfolded(command: &str, options: Value) -> (String, Value) {
    let mut words = command.trim_start_matches('/').split_whitespace();
    let name = words.next().unwrap_or_default().to_owned();
    let options = words.rev().fold(options, |inner, word| json!({ word: inner }));
    (name, options)
}

/// The names of the subcommands that were chosen.
fn subcommands(options: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let mut level = options;
    while let Some(inner) = level.get(0).filter(|one| one["type"].as_u64().is_some_and(|kind| kind <= 2)) {
        names.push(inner["name"].as_str().unwrap_or_default().to_owned());
        level = &inner["options"];
    }
    names
}

/// Whether a component can be used so: a button without values, a menu with values that it offers.
fn takes(component: &Value, values: Option<&[String]>) -> bool {
    match (component["type"].as_i64(), values) {
        (Some(BUTTON), None) => true,
        (Some(STRING_SELECT), Some(values)) => {
            let offered = component["options"].as_array().map_or(&[][..], Vec::as_slice);
            let known = values.iter().all(|value| offered.iter().any(|one| one["value"] == **value));
            let count = |key: &str| component[key].as_u64().unwrap_or(1);
            let chosen = u64::try_from(values.len()).unwrap_or(u64::MAX);
            known && (count("min_values")..=count("max_values")).contains(&chosen)
        }
        _ => false,
    }
}
