//! The platforms' tokens: from the environment or from files that it names, never from the configuration.

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
    let token = text.trim();
    if token.is_empty() || token.chars().any(|c| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
        faults.push(Fault {
            key: name.to_owned(),
            problem: "holds no token: a token is one line of ASCII without blanks".to_owned(),
        });
        return None;
    }
    Some(SecretString::from(token.to_owned()))
}
