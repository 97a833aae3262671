//! The platforms' tokens: from the environment or from files that it names, never from the configuration.

use std::path::Path;

use secrecy::SecretString;

use super::environment::Environment;
use super::reader::Fault;

/// The tokens that are there; a platform without one is left out.
#[derive(Debug, Default)]
pub struct Tokens {
    /// `DISCORD_TOKEN` or the content of `DISCORD_TOKEN_FILE`.
    pub discord: Option<SecretString>,
    /// `TELEGRAM_TOKEN` or the content of `TELEGRAM_TOKEN_FILE`.
    pub telegram: Option<SecretString>,
    /// `GIT_TOKEN` or the content of `GIT_TOKEN_FILE`: for private repositories.
    pub git: Option<SecretString>,
    /// `PUSH_TOKEN` or the content of `PUSH_TOKEN_FILE`: what publishers send.
    pub push: Option<SecretString>,
}

impl Tokens {
    /// Reads the tokens.
    ///
    /// # Errors
    /// If a file cannot be read, a token cannot be one, or there is none at all. The faults name variables and
    /// files, never what is in them.
    pub fn read(environment: &Environment) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let tokens = Self {
            discord: token("DISCORD_TOKEN", environment, &mut faults),
            telegram: token("TELEGRAM_TOKEN", environment, &mut faults),
            git: token("GIT_TOKEN", environment, &mut faults),
            push: token("PUSH_TOKEN", environment, &mut faults),
        };
        if faults.is_empty() && tokens.discord.is_none() && tokens.telegram.is_none() {
            faults.push(Fault {
                key: "DISCORD_TOKEN".to_owned(),
                problem:
                    "and `TELEGRAM_TOKEN` are both unset; set at least one of them, or name a file that \
                          holds it in `DISCORD_TOKEN_FILE` or `TELEGRAM_TOKEN_FILE`"
                        .to_owned(),
            });
        }
        if faults.is_empty() { Ok(tokens) } else { Err(faults) }
    }
}

fn token(name: &str, environment: &Environment, faults: &mut Vec<Fault>) -> Option<SecretString> {
    let file = format!("{name}_FILE");
    let text = match (environment.get(name), environment.get(&file)) {
        (Some(token), _) => token.to_owned(),
        (None, None) => return None,
        (None, Some(path)) => match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                faults.push(Fault { key: file, problem: format!("= {path:?} cannot be read: {error}") });
                return None;
            }
        },
    };
    let token = as_token(&text);
    if token.is_none() {
        faults.push(Fault { key: name.to_owned(), problem: NO_TOKEN.to_owned() });
    }
    token
}

/// The token in the file that a `token_file` names.
///
/// # Errors
/// Names the file and what is wrong, never what is in it.
pub fn read_token(path: &Path) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("`token_file` = {path:?} cannot be read: {error}"))?;
    as_token(&text).ok_or_else(|| format!("`token_file` = {path:?} {NO_TOKEN}"))
}

const NO_TOKEN: &str = "holds no token: a token is one line of ASCII without blanks";

fn as_token(text: &str) -> Option<SecretString> {
    let token = text.trim();
    let fine =
        !token.is_empty() && token.chars().all(|c| c.is_ascii() && !c.is_whitespace() && !c.is_control());
    fine.then(|| SecretString::from(token.to_owned()))
}
