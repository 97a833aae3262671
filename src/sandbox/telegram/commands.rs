//! The bot's command menus: seven scopes, a language each, and which of them a person sees.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::telegram::ChatKind;
use crate::sandbox::telegram::params::Params;
use crate::sandbox::telegram::refusal::Refusal;
use crate::sandbox::telegram::state::{Chat, State};

/// Commands in one menu.
const COUNT: usize = 100;
/// Code points of a command's name, and of its description; at least one.
const NAME: usize = 32;
const DESCRIPTION: usize = 256;

/// The menus that are set, by scope and language (`""`: any).
#[derive(Default)]
pub(crate) struct Menus(BTreeMap<(Scope, String), Menu>);

/// Commands without their slash, each with its description.
pub(crate) type Menu = Vec<(String, String)>;

/// Whom a menu is for (S `BotCommandScope`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Default,
    AllPrivateChats,
    AllGroupChats,
    AllChatAdministrators,
    Chat(i64),
    ChatAdministrators(i64),
    ChatMember(i64, i64),
}

impl Menus {
    /// What a person sees in a chat: the narrowest scope with a menu in their language or for all.
    pub(crate) fn seen(&self, chat: &Chat, person: i64, is_admin: bool, language: &str) -> Menu {
        let id = chat.id;
        let scopes = if chat.kind == ChatKind::Private {
            vec![Scope::Chat(id), Scope::AllPrivateChats]
        } else {
            let mut scopes = vec![Scope::ChatMember(id, person)];
            scopes.extend(is_admin.then_some(Scope::ChatAdministrators(id)));
            scopes.push(Scope::Chat(id));
            scopes.extend(is_admin.then_some(Scope::AllChatAdministrators));
            scopes.push(Scope::AllGroupChats);
            scopes
        };
        for scope in scopes.into_iter().chain([Scope::Default]) {
            for language in [language, ""] {
                if let Some(menu) = self.0.get(&(scope.clone(), language.to_owned())) {
                    return menu.clone();
                }
            }
        }
        Menu::new()
    }
}

/// `setMyCommands`
pub(crate) fn set(state: &mut State, params: &Params) -> Result<Value, Refusal> {
    let Some(Value::Array(commands)) = params.json("commands") else {
        return Err(Refusal::bad("can't parse commands JSON array"));
    };
    let menu = commands.iter().map(command).collect::<Result<Menu, _>>()?;
    if menu.len() > COUNT {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    let key = key(state, params)?;
    if menu.is_empty() {
        state.menus.0.remove(&key);
    } else {
        state.menus.0.insert(key, menu);
    }
    Ok(json!(true))
}

/// `getMyCommands`
pub(crate) fn get(state: &State, params: &Params) -> Result<Value, Refusal> {
    let menu = state.menus.0.get(&key(state, params)?);
    let commands = menu
        .into_iter()
        .flatten()
        .map(|(name, description)| json!({ "command": name, "description": description }));
    Ok(commands.collect())
}

/// `deleteMyCommands`
pub(crate) fn delete(state: &mut State, params: &Params) -> Result<Value, Refusal> {
    let key = key(state, params)?;
    state.menus.0.remove(&key);
    Ok(json!(true))
}

fn command(value: &Value) -> Result<(String, String), Refusal> {
    let field = |name: &str| {
        let text = value.get(name).and_then(Value::as_str).map(str::trim);
        text.ok_or_else(|| Refusal::bad(format!("can't parse BotCommand: Can't find field \"{name}\"")))
    };
    let name = field("command")?;
    let name = name.strip_prefix('/').unwrap_or(name);
    let description = field("description")?;
    let is_sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let fault = if name.is_empty() {
        "command must be non-empty"
    } else if name.chars().count() > NAME {
        "command length must not exceed 32"
    } else if !name.bytes().all(is_sound) {
        "BOT_COMMAND_INVALID"
    } else if description.is_empty() {
        "command description must be non-empty"
    } else if description.chars().count() > DESCRIPTION {
        "command description length must not exceed 256"
    } else {
        return Ok((name.to_owned(), description.to_owned()));
    };
    Err(Refusal::bad(fault))
}

fn key(state: &State, params: &Params) -> Result<(Scope, String), Refusal> {
    let language = params.text("language_code").unwrap_or_default();
    let is_language = language.is_empty()
        || (language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase()));
    if !is_language {
        return Err(Refusal::bad("invalid language code specified"));
    }
    Ok((scope(state, params.json("scope"))?, language))
}

fn scope(state: &State, scope: Option<Value>) -> Result<Scope, Refusal> {
    let Some(scope) = scope else {
        return Ok(Scope::Default);
    };
    let chat = || {
        let id = scope["chat_id"].as_i64().or_else(|| scope["chat_id"].as_str()?.parse().ok());
        let chat = state.readable(id.ok_or_else(|| Refusal::bad("chat_id is empty"))?)?;
        match chat.kind {
            ChatKind::Channel => Err(Refusal::bad("can't change commands in channel chats")),
            _ => Ok(chat.id),
        }
    };
    match scope["type"].as_str().unwrap_or_default() {
        "default" => Ok(Scope::Default),
        "all_private_chats" => Ok(Scope::AllPrivateChats),
        "all_group_chats" => Ok(Scope::AllGroupChats),
        "all_chat_administrators" => Ok(Scope::AllChatAdministrators),
        "chat" => Ok(Scope::Chat(chat()?)),
        "chat_administrators" => Ok(Scope::ChatAdministrators(chat()?)),
        "chat_member" => {
            let person =
                scope["user_id"].as_i64().ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
            Ok(Scope::ChatMember(chat()?, person))
        }
        _ => Err(Refusal::bad("can't parse BotCommandScope: Unsupported type specified")),
    }
}
