//! Logs and metrics. Logs are set up once, on standard error, as readable lines or as JSON, and without secrets whatever the level.
//!
//! Tokens are [`secrecy`] strings that print as nothing, and the platform clients take addresses out of their
//! errors. What libraries may print all the same is kept out twice: those that log what goes over the wire are
//! held at `info`, and each line is searched for the secrets that [`hide`] was told.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{OnceLock, PoisonError, RwLock};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
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

/// What is measured in this process.
static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// The limits of the buckets that durations are counted in, in seconds: from an answer out of memory to a call that runs
/// into its time limit.
const BUCKETS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

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

/// What is measured, to be rendered for Prometheus. Measuring begins with the first call.
pub fn metrics() -> &'static PrometheusHandle {
    METRICS.get_or_init(|| {
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        // Where somebody has set another one, it stays, and ours shows nothing.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

/// What each of them means.
fn describe() {
    use metrics::{describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram};
    gauge!("jogan_platform_up", "1 while the bot is connected to a platform");
    gauge!("jogan_alarms_open", "Alarms that last and were not waived");
    gauge!("jogan_messages", "Messages by platform and state, of all deliveries that are kept");
    gauge!("jogan_queue_messages", "Messages that are to be sent");
    gauge!("jogan_queue_age_seconds", "How long ago the first message that is to be sent was due");
    gauge!("jogan_feed_load_age_seconds", "How long ago a feed's source was last loaded without a failure");
    gauge!("jogan_feed_digest_age_seconds", "How long ago a feed's last digest arrived");
    gauge!("jogan_feed_failures", "Loads of a feed that failed since the last that did not");
    counter!("jogan_attempts_total", "Attempts to send, edit or delete a message, by what became of them");
    counter!("jogan_rate_limited_total", "Calls that a platform told to wait");
    histogram!("jogan_send_seconds", "How long a call for a delivery took");
    histogram!("jogan_answer_seconds", "How long the answer to a command or a button took to make");
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
