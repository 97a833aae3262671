//! The calls that register commands, everywhere or in one guild. What a command may be: `command_form.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Server};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::discord::Discord;
use crate::sandbox::discord::command_form::{self, CHAT_INPUT};
use crate::sandbox::discord::messages::Answer;
use crate::sandbox::discord::payload::Payload;
use crate::sandbox::discord::refusal::{FormErrors, Refusal};
use crate::sandbox::discord::state::{Command, State};
use crate::sandbox::discord::wire::merge;

/// Typed commands that an application may have in one place.
const MOST: usize = 100;
/// Commands of a person's or a message's menu that it may have in one place.
const MOST_IN_MENUS: usize = 5;

/// `GET /applications/{application}/commands`
pub(crate) async fn list(Server(discord): Server<Arc<Discord>>, Path(application): Path<u64>) -> Answer {
    discord.list_commands(application, None)
}

/// `GET /applications/{application}/guilds/{guild}/commands`
pub(crate) async fn list_in_guild(
    Server(discord): Server<Arc<Discord>>,
    Path((application, guild)): Path<(u64, u64)>,
) -> Answer {
    discord.list_commands(application, Some(guild))
}

/// `PUT /applications/{application}/commands`: these and no others.
pub(crate) async fn replace(
    Server(discord): Server<Arc<Discord>>,
    Path(application): Path<u64>,
    payload: Payload,
) -> Answer {
    discord.replace_commands(application, None, &payload.json)
}

/// `PUT /applications/{application}/guilds/{guild}/commands`
pub(crate) async fn replace_in_guild(
    Server(discord): Server<Arc<Discord>>,
    Path((application, guild)): Path<(u64, u64)>,
    payload: Payload,
) -> Answer {
    discord.replace_commands(application, Some(guild), &payload.json)
}

/// `POST /applications/{application}/commands`: one more, or a new form of one with that name.
pub(crate) async fn create(
    Server(discord): Server<Arc<Discord>>,
    Path(application): Path<u64>,
    payload: Payload,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    discord.add_command(application, None, payload.json)
}

/// `POST /applications/{application}/guilds/{guild}/commands`
pub(crate) async fn create_in_guild(
    Server(discord): Server<Arc<Discord>>,
    Path((application, guild)): Path<(u64, u64)>,
    payload: Payload,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    discord.add_command(application, Some(guild), payload.json)
}

/// `DELETE /applications/{application}/commands/{command}`
pub(crate) async fn delete(
    Server(discord): Server<Arc<Discord>>,
    Path((application, command)): Path<(u64, u64)>,
) -> Result<StatusCode, Refusal> {
    discord.delete_command(application, None, command)
}

/// `DELETE /applications/{application}/guilds/{guild}/commands/{command}`
pub(crate) async fn delete_in_guild(
    Server(discord): Server<Arc<Discord>>,
    Path((application, guild, command)): Path<(u64, u64, u64)>,
) -> Result<StatusCode, Refusal> {
    discord.delete_command(application, Some(guild), command)
}

impl Discord {
    fn list_commands(&self, application: u64, guild: Option<u64>) -> Answer {
        let state = self.lock();
        state.commands_may_be(application, guild)?;
        let known = state.commands.iter().filter(|command| command.guild == guild);
        Ok(Json(known.map(|command| command.body.clone()).collect()))
    }

    fn replace_commands(&self, application: u64, guild: Option<u64>, wanted: &Value) -> Answer {
        let now = self.now();
        let mut state = self.lock();
        state.commands_may_be(application, guild)?;
        let wanted = wanted.as_array().ok_or(Refusal::BAD_JSON)?;
        let mut all = FormErrors::default();
        let mut names = std::collections::HashSet::new();
        for (at, command) in wanted.iter().enumerate() {
            let mut errors = FormErrors::under(&at.to_string());
            command_form::check(command, &mut errors);
            errors.verdict()?;
            if !names.insert(identity(command)) {
                let message = "Application command names must be unique";
                all.add(&at.to_string(), "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
            }
        }
        all.verdict()?;
        let made: Vec<_> = wanted.iter().map(|command| state.made(guild, command, now)).collect();
        within_limits(&made)?;
        let bodies = made.iter().map(|command| command.body.clone()).collect();
        state.commands.retain(|command| command.guild != guild);
        state.commands.extend(made);
        drop(state);
        self.changed();
        Ok(Json(bodies))
    }

    fn add_command(
        &self,
        application: u64,
        guild: Option<u64>,
        wanted: Value,
    ) -> Result<(StatusCode, Json<Value>), Refusal> {
        let now = self.now();
        let mut state = self.lock();
        state.commands_may_be(application, guild)?;
        let mut errors = FormErrors::default();
        command_form::check(&wanted, &mut errors);
        errors.verdict()?;
        let made = state.made(guild, &wanted, now);
        let body = made.body.clone();
        let mut here: Vec<_> =
            state.commands.iter().filter(|command| command.guild == guild).cloned().collect();
        let same = here.iter().position(|known| identity(&known.body) == identity(&body));
        let status = match same {
            Some(at) => {
                here[at] = made;
                StatusCode::OK
            }
            None => {
                here.push(made);
                StatusCode::CREATED
            }
        };
        within_limits(&here)?;
        state.commands.retain(|command| command.guild != guild);
        state.commands.append(&mut here);
        drop(state);
        self.changed();
        Ok((status, Json(body)))
    }

    fn delete_command(
        &self,
        application: u64,
        guild: Option<u64>,
        command: u64,
    ) -> Result<StatusCode, Refusal> {
        let mut state = self.lock();
        state.commands_may_be(application, guild)?;
        let id = Value::from(command.to_string());
        let meant = |known: &Command| known.guild == guild && known.body["id"] == id;
        let at = state.commands.iter().position(meant).ok_or(Refusal::UNKNOWN_COMMAND)?;
        state.commands.remove(at);
        drop(state);
        self.changed();
        Ok(StatusCode::NO_CONTENT)
    }
}

impl State {
    fn commands_may_be(&self, application: u64, guild: Option<u64>) -> Result<(), Refusal> {
        if application != self.application {
            return Err(Refusal::UNKNOWN_APPLICATION);
        }
        guild.map_or(Ok(()), |guild| self.guild(guild).map(|_| ()).map_err(|_| Refusal::MISSING_ACCESS))
    }

    /// A command as it is returned. One that was known by that name keeps its id; an unchanged one its version.
    fn made(&mut self, guild: Option<u64>, wanted: &Value, now: DateTime<Utc>) -> Command {
        let known = self
            .commands
            .iter()
            .find(|known| known.guild == guild && identity(&known.body) == identity(wanted))
            .cloned();
        let id = known.as_ref().and_then(|known| known.body["id"].as_str().map(str::to_owned));
        let id = id.unwrap_or_else(|| self.next_id(now).to_string());
        let mut body = json!({
            "id": id, "application_id": self.application.to_string(), "version": null, "type": CHAT_INPUT,
            "name": null, "name_localizations": null, "description": "", "description_localizations": null,
            "default_member_permissions": null, "dm_permission": true, "nsfw": false, "contexts": null,
            "integration_types": [0], "options": [],
        });
        if let Some(guild) = guild {
            body["guild_id"] = guild.to_string().into();
        }
        let said = wanted.as_object().into_iter().flatten().filter(|(key, value)| {
            !value.is_null() && !matches!(key.as_str(), "id" | "version" | "application_id" | "guild_id")
        });
        merge(&mut body, said.map(|(key, value)| (key.clone(), value.clone())).collect());
        let unchanged = known.as_ref().is_some_and(|known| {
            body["version"] = known.body["version"].clone();
            known.body == body
        });
        if !unchanged {
            body["version"] = self.next_id(now).to_string().into();
        }
        Command { guild, body, opened: known.is_some_and(|known| known.opened) }
    }
}

/// What makes two commands the same one: type and name.
fn identity(command: &Value) -> (i64, String) {
    let kind = command.get("type").and_then(Value::as_i64).unwrap_or(CHAT_INPUT);
    (kind, command.get("name").and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn within_limits(commands: &[Command]) -> Result<(), Refusal> {
    let count = |wanted: i64| commands.iter().filter(|one| identity(&one.body).0 == wanted).count();
    let fits = count(CHAT_INPUT) <= MOST && count(2) <= MOST_IN_MENUS && count(3) <= MOST_IN_MENUS;
    if fits { Ok(()) } else { Err(Refusal::TOO_MANY_COMMANDS) }
}
