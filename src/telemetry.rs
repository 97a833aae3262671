//! Logs: set up once, on standard error, as readable lines or as JSON, and without secrets whatever the level.
//!
//! Tokens are [`secrecy`] strings that print as nothing, and the platform clients take addresses out of their
//! errors. What libraries may print all the same is kept out twice: those that log what goes over the wire are
//! held at `info`, and each line is searched for the secrets that [`hide`] was told.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What is logged if nobody says otherwise. serenity reports its reconnects as errors of its own, and each is
/// said by `chat/` in one line.
const DEFAULT: &str = "jogan=info,warn,serenity=error,teloxide=error,tracing=error";

/// Libraries that log frames, headers or addresses byte by byte below `info`.
const WIRE: [&str; 9] = [
    "h2=info",
    "hyper=info",
    "hyper_util=info",
    "reqwest=info",
    "rustls=info",
    "serenity=info",
    "teloxide_core=info",
    "tokio_tungstenite=info",
    "tungstenite=info",
];

/// What stands in a line for a secret.
const HIDDEN: &str = "[hidden]";

/// The secrets that no line may show.
static SECRETS: RwLock<Vec<SecretString>> = RwLock::new(Vec::new());

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Readable,
    /// A JSON object a line.
    Json,
}

/// Sends log lines, and what a panic says, to standard error; `filter` is as for `RUST_LOG`. A second call changes
/// nothing.
pub fn start(filter: Option<&str>, format: Format) {
    let filter =
        filter.and_then(|filter| EnvFilter::try_new(filter).ok()).unwrap_or_else(|| EnvFilter::new(DEFAULT));
    let filter = WIRE
        .iter()
        .filter_map(|directive| directive.parse().ok())
        .filter(|_| filter.max_level_hint() > Some(tracing::level_filters::LevelFilter::INFO))
        .fold(filter.clone(), EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(WithoutSecrets)
        .with_ansi(io::stderr().is_terminal());
    let started = match format {
        Format::Readable => lines.try_init(),
        Format::Json => lines.json().try_init(),
    };
    // It is set already where several tests share a process.
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    }
}

/// From now on no line shows this secret.
pub fn hide(secret: &SecretString) {
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    secrets.push(secret.clone());
    // The part of a Telegram token that is the secret one may stand alone.
    if let Some((_, key)) = secret.expose_secret().split_once(':') {
        secrets.push(SecretString::from(key));
    }
}

/// The line without secrets.
fn clean(line: &str) -> String {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    secrets.iter().fold(line.to_owned(), |line, secret| line.replace(secret.expose_secret(), HIDDEN))
}

/// Writes to standard error; each write is a whole line, as the subscriber makes them.
#[derive(Debug, Clone, Copy)]
struct WithoutSecrets;

impl<'a> MakeWriter<'a> for WithoutSecrets {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for WithoutSecrets {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(clean(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_shows_a_secret_or_the_secret_part_of_one() {
        hide(&SecretString::from("123:hidden-for-this-test"));
        let line = clean("GET /bot123:hidden-for-this-test/getMe hidden-for-this-test");
        assert_eq!(line, "GET /bot[hidden]/getMe [hidden]");
    }
}
