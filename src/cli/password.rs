//! `jogan password`: reads a password and prints the line that the desk's log-in is checked against.

use std::io::{BufRead as _, Write as _};

use anyhow::Context as _;
use clap::Args;

use super::{Failed, Outcome, terminal};
use crate::model::password::{MOST_BYTES, PasswordHash};

/// A shorter one is guessed.
const LEAST_CHARS: usize = 8;

#[derive(Debug, Args)]
#[command(after_help = "Reads one line from standard input, so that it can be piped:\n  \
    openssl rand -base64 18 | tee /dev/stderr | jogan password\n\
    On a terminal it asks, and shows nothing of what is typed.\n\n\
    Put the line that it prints into the configuration, in quotes:\n  [web]\n  password_hash = \"$argon2id$…\"\n\
    or into JOGAN_WEB__PASSWORD_HASH (in single quotes, for a shell reads `$`).")]
pub(super) struct Arguments {}

pub(super) fn password(Arguments {}: &Arguments) -> Outcome {
    let line = if terminal::is_there() {
        terminal::ask_secret("Password").context("the terminal cannot be read")?
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("standard input cannot be read as text")?;
        line
    };
    let password = line.trim_end_matches(['\r', '\n']);
    if password.chars().count() < LEAST_CHARS || password.len() > MOST_BYTES {
        return Err(Failed::Usage(format!(
            "a password must have {LEAST_CHARS} characters at least, and {MOST_BYTES} bytes at most"
        )));
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).context("the system has no random numbers")?;
    writeln!(std::io::stdout(), "{}", PasswordHash::of(password, salt).line())?;
    Ok(())
}
