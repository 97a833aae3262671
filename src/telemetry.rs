//! Logs: set up once, on standard error, as readable lines or as JSON.
//!
//! No secret gets here: tokens are [`secrecy`] strings that print as nothing, and the platform clients take
//! addresses out of their errors.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// What is logged if nobody says otherwise. serenity reports its reconnects as errors of its own, and each is
/// said by `chat/` in one line.
const DEFAULT: &str = "jogan=info,warn,serenity=error,teloxide=error,tracing=error";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Readable,
    /// A JSON object a line.
    Json,
}

/// Sends log lines to standard error; `filter` is as for `RUST_LOG`. A second call changes nothing.
pub fn start(filter: Option<&str>, format: Format) {
    let filter = filter
        .and_then(|filter| EnvFilter::try_new(filter).ok())
        .unwrap_or_else(|| EnvFilter::new(DEFAULT));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // It is set already where several tests share a process.
    let _ = match format {
        Format::Readable => lines.try_init(),
        Format::Json => lines.json().try_init(),
    };
}
