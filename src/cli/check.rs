//! `jogan check`: looks at everything that a run needs, and says every fault at once. Nothing is sent or changed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::run::runtime;
use super::{Failed, Outcome};
use crate::app::contact::{Contact, Unreached};
use crate::app::{self, Examined};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, ConfigError, Environment, Fault, FeedConfig, Tokens};
use crate::model::channel::Platform;
use crate::store::{Schema, Store, StoreError};
use crate::text::chain;

/// As many posts that cannot be loaded are named for each feed.
const NAMED: usize = 5;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Ask neither the platforms nor sources that are elsewhere
    #[arg(long)]
    offline: bool,
    /// Print JSON: a list of {"about", "state", "says"}
    #[arg(long)]
    json: bool,
}

/// What is found about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    /// The thing: a key, a variable, a platform, a feed.
    about: String,
    state: State,
    /// What is so, and what would cure it.
    says: String,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Good.
    Ok,
    /// It runs, but perhaps not as it is meant.
    Warning,
    /// It could not be found out, or fails just now.
    Failed,
    /// The configuration has to be changed.
    Fault,
}

pub(super) fn check(path: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let findings = runtime()?.block_on(examine(path, environment, arguments.offline))?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
    } else {
        for Finding { about, state, says } in &findings {
            writeln!(out, "{:8}{about}: {says}", state.word())?;
        }
    }
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    match (count(State::Fault), count(State::Failed)) {
        (0, 0) => Ok(()),
        (0, failed) => {
            writeln!(std::io::stderr(), "jogan: {failed} of {} checks failed", findings.len())?;
            Err(Failed::No)
        }
        (faults, _) => {
            let plural = if faults == 1 { "" } else { "s" };
            Err(Failed::Usage(format!("the configuration has {faults} fault{plural}, named above")))
        }
    }
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Fault => "FAULT",
        }
    }
}

impl Finding {
    fn new(about: impl Into<String>, state: State, says: impl Into<String>) -> Self {
        Self { about: about.into(), state, says: says.into() }
    }

    fn fault(fault: Fault) -> Self {
        Self::new(fault.key, State::Fault, fault.problem)
    }
}

async fn examine(
    path: Option<&Path>,
    environment: &Environment,
    offline: bool,
) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let tokens = Tokens::read(environment);
    let (config, faults) = match Config::examine(path, environment) {
        Ok(examined) => examined,
        Err(error) => {
            findings.push(Finding::new("configuration", State::Fault, with_source(&error)));
            findings.extend(tokens.err().into_iter().flatten().map(Finding::fault));
            return Ok(findings);
        }
    };
    if faults.is_empty() {
        let feeds = config.feeds.len();
        let says = format!("every key is right; {feeds} feed{}", if feeds == 1 { "" } else { "s" });
        findings.push(Finding::new("configuration", State::Ok, says));
    }
    let wrong: Vec<String> = faults.iter().map(|fault| fault.key.clone()).collect();
    let is_right = |key: &str| !wrong.iter().any(|wrong| wrong.starts_with(key));
    findings.extend(faults.into_iter().map(Finding::fault));
    findings.push(dictionaries(&config));
    if is_right("database") {
        findings.push(database(&config.database_url).await);
    }
    let tokens = tokens.unwrap_or_else(|faults| {
        findings.extend(faults.into_iter().map(Finding::fault));
        Tokens::default()
    });
    for platform in Platform::ALL {
        if is_right(platform.name()) {
            findings.push(bot(platform, &config, &tokens, offline).await);
        }
    }
    let folder = Scratch::new()?;
    for (place, feed) in config.feeds.iter().enumerate() {
        if is_right(&format!("feeds.{place}.")) && is_right("dictionaries") {
            findings.extend(source(feed, &config, &tokens, &folder.0, offline).await);
        }
    }
    Ok(findings)
}

/// The error with what the system says, where its own words lack that.
fn with_source(error: &ConfigError) -> String {
    error.to_string().trim_end().to_owned()
}

fn dictionaries(config: &Config) -> Finding {
    let about = "dictionaries";
    match (app::dictionaries(&config.dictionaries), &config.dictionaries.path) {
        (Ok(_), None) => Finding::new(about, State::Ok, "those that were compiled in"),
        (Ok(_), Some(path)) => Finding::new(about, State::Ok, format!("those in {}", path.display())),
        (Err(error), _) => Finding::new("dictionaries.path", State::Fault, format!("{error:#}")),
    }
}

async fn database(url: &str) -> Finding {
    match Store::examine(url).await {
        Ok(schema) => {
            let says = match schema {
                Schema::New => "is created at the first start",
                Schema::Current => "is there, with the tables of this version",
                Schema::Behind => {
                    "is there; its tables are brought up to date at the next start (of a file, a copy is kept)"
                }
            };
            Finding::new("database.url", State::Ok, format!("{} {says}", Store::shown(url)))
        }
        Err(error @ StoreError::Database(_)) => Finding::new("database.url", State::Failed, chain(&error)),
        Err(error) => Finding::new("database.url", State::Fault, chain(&error)),
    }
}

async fn bot(platform: Platform, config: &Config, tokens: &Tokens, offline: bool) -> Finding {
    let (section, token) = match platform {
        Platform::Discord => (&config.discord, &tokens.discord),
        Platform::Telegram => (&config.telegram, &tokens.telegram),
    };
    let about = platform.brand();
    let variable = format!("{}_TOKEN", platform.name().to_uppercase());
    let Some(token) = token else {
        return Finding::new(about, State::Ok, format!("left out, since `{variable}` is not set"));
    };
    let contact = Contact::new(platform, section, token.clone(), Arc::new(SystemClock));
    let identity = match contact {
        Ok(_) if offline => {
            return Finding::new(about, State::Ok, "there is a token; nobody was asked about it");
        }
        Ok(contact) => contact.identity().await,
        Err(error) => Err(error),
    };
    match identity {
        Ok(identity) if section.operators.is_empty() => Finding::new(
            about,
            State::Warning,
            format!(
                "the bot is {}; nobody is told of alarms there: write your id into `{}.operators`",
                identity.name,
                platform.name()
            ),
        ),
        Ok(identity) => Finding::new(about, State::Ok, format!("the bot is {}", identity.name)),
        Err(Unreached::Refused(reason)) => Finding::new(
            variable.clone(),
            State::Fault,
            format!("{reason}; copy the token anew from {}", where_tokens_are(platform)),
        ),
        Err(Unreached::Failed(reason)) => Finding::new(
            about,
            State::Failed,
            format!(
                "{} does not answer: {reason}; is `{}.api_url` right, and the network there?",
                section.api_url,
                platform.name()
            ),
        ),
    }
}

fn where_tokens_are(platform: Platform) -> &'static str {
    match platform {
        Platform::Discord => "the bot's page at https://discord.com/developers/applications",
        Platform::Telegram => "@BotFather",
    }
}

async fn source(
    feed: &FeedConfig,
    config: &Config,
    tokens: &Tokens,
    folder: &Path,
    offline: bool,
) -> Vec<Finding> {
    use crate::config::SourceConfig as Source;
    let about = format!("feed {}", feed.feed.name);
    if offline && matches!(feed.source, Source::Git { .. } | Source::Feed { .. }) {
        return vec![Finding::new(about, State::Ok, "its source was not asked")];
    }
    let now = SystemClock.now();
    match app::examine_feed(feed, tokens, &config.dictionaries, folder, now).await {
        Err(error) => vec![Finding::new(about, State::Fault, format!("{error:#}"))],
        Ok(None) if config.web.listen.is_empty() => vec![Finding::new(
            about,
            State::Fault,
            "posts are pushed to it, and `web.listen` is off; write `listen = \"127.0.0.1:7878\"`",
        )],
        Ok(None) => vec![Finding::new(about, State::Ok, "posts are pushed to it")],
        Ok(Some(found)) => of_source(&about, &feed.source, found),
    }
}

fn of_source(about: &str, source: &crate::config::SourceConfig, found: Examined) -> Vec<Finding> {
    // A folder that cannot be read is named wrongly; what is elsewhere may only be away.
    let state = match source {
        crate::config::SourceConfig::Folder { .. } if !found.complete => State::Fault,
        _ if !found.complete => State::Failed,
        _ => State::Warning,
    };
    let mut findings: Vec<Finding> =
        found.faults.iter().map(|fault| Finding::new(about, state, chain(fault))).collect();
    if found.complete {
        let (posts, at_least) = (found.posts, if found.is_all { "" } else { "at least " });
        let says = format!("{at_least}{posts} post{}", if posts == 1 { "" } else { "s" });
        let refused = found.refused.len();
        let state = if refused == 0 { State::Ok } else { State::Warning };
        let says = match refused {
            0 => says,
            _ => format!("{says}, {refused} of which cannot be loaded (`jogan preview` says more)"),
        };
        findings.push(Finding::new(about, state, says));
        findings.extend(
            found.refused.into_iter().take(NAMED).map(|post| Finding::new(about, State::Warning, post)),
        );
    }
    findings
}

/// A folder for what sources keep, deleted in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!(
            "jogan-check-{}-{}",
            std::process::id(),
            SystemClock.now().timestamp_millis()
        ));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a folder of this check could not be deleted");
        }
    }
}
