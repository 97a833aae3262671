//! `jogan init`: a commented starter configuration. On a terminal it asks, checks the tokens, and shows how the bot is
//! invited; elsewhere it goes by its options and the environment.

mod starter;

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use super::run::runtime;
use super::{Failed, Outcome, terminal};
use crate::app::contact::{Contact, Identity, Unreached};
use crate::clock::SystemClock;
use crate::config::{Config, DEFAULT_PATH, Environment, PlatformConfig, SourceConfig};
use crate::model::channel::Platform;
use crate::telemetry;
use starter::Answers;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  jogan init
  jogan init --source https://github.com/you/site --title 'AI 뉴스' < /dev/null

Tokens are asked for on a terminal and kept beside the configuration, in a file that only you can read; they are checked
with DISCORD_TOKEN and TELEGRAM_TOKEN of the environment, too.")]
pub(super) struct Arguments {
    /// What readers see
    #[arg(long)]
    title: Option<String>,
    /// The feed's name in commands: a–z, 0–9 and `-`
    #[arg(long)]
    name: Option<String>,
    /// ko or en
    #[arg(long)]
    language: Option<String>,
    /// The zone of the feed's day: an IANA name, or an alias such as KST
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Where the posts are: a folder, a Git repository (https://…), or a blog's feed (https://….xml)
    #[arg(long, value_name = "PLACE")]
    source: Option<String>,
    /// Write over a configuration that is there
    #[arg(long)]
    force: bool,
    /// Do not check the tokens with the platforms
    #[arg(long)]
    offline: bool,
}

/// A token, and what the platform said of it.
struct Bot {
    platform: Platform,
    token: SecretString,
    /// Whether it was typed here; else the environment has it already.
    is_new: bool,
    identity: Option<Identity>,
    operator: String,
}

pub(super) fn init(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let path = config.map(Path::to_owned).or_else(|| environment.config_path());
    let path = path.unwrap_or_else(|| PathBuf::from(DEFAULT_PATH));
    if path.exists() && !arguments.force {
        return Err(Failed::Usage(format!(
            "{} is there already: edit it, name another with `--config`, or write over it with `--force`",
            path.display()
        )));
    }
    let is_asking = terminal::is_there();
    let answers = answers(arguments, is_asking)?;
    let text = starter::file(&answers);
    let read = text
        .parse()
        .map_err(anyhow::Error::from)
        .and_then(|table| Ok(Config::from_table(table, environment)?));
    let read = read.map_err(|error| Failed::Usage(format!("{error:#}")))?;
    let mut bots = Vec::new();
    for platform in Platform::ALL {
        let section = match platform {
            Platform::Discord => &read.discord,
            Platform::Telegram => &read.telegram,
        };
        bots.extend(bot(platform, section, environment, arguments.offline, is_asking)?);
    }
    let operators: Vec<(Platform, &str)> =
        bots.iter().map(|bot| (bot.platform, bot.operator.as_str())).collect();
    write(&path, &starter::with_operators(&text, &operators), 0o644)?;
    if let Some(SourceConfig::Folder { path }) = read.feeds.first().map(|feed| &feed.source) {
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
    }
    let tokens = keep_tokens(&path, &bots)?;
    tell(&path, tokens.as_deref(), &bots, &answers)?;
    Ok(())
}

fn answers(arguments: &Arguments, is_asking: bool) -> anyhow::Result<Answers> {
    let default = Answers::default();
    let answer = |given: &Option<String>, question: &str, default: String| match given {
        Some(given) => anyhow::Ok(given.clone()),
        None if is_asking => Ok(terminal::ask(question, &default)?),
        None => Ok(default),
    };
    let title = answer(&arguments.title, "What do readers call your digest?", default.title)?;
    let name = answer(&arguments.name, "A short name for it in commands", default.name)?;
    let language = answer(&arguments.language, "Its language (ko, en)", default.language)?;
    let timezone = answer(&arguments.timezone, "Its time zone", default.timezone)?;
    let question =
        "Where are its posts? A folder, a Git repository (https://…) or a blog's feed (https://….xml)";
    let source = answer(&arguments.source, question, default.source)?;
    Ok(Answers { title, name, language, timezone, source })
}

/// The bot on a platform: with the token of the environment, or one that is typed; `None`: without one.
fn bot(
    platform: Platform,
    section: &PlatformConfig,
    environment: &Environment,
    offline: bool,
    is_asking: bool,
) -> Result<Option<Bot>, Failed> {
    let variable = variable(platform);
    let mut known = environment.get(variable).map(|token| SecretString::from(token.to_owned()));
    loop {
        let is_new = known.is_none();
        let token = match known.take() {
            Some(token) => token,
            None if !is_asking => return Ok(None),
            None => {
                let question = format!("The {} bot's token (empty: none)", platform.brand());
                let typed = terminal::ask_secret(&question)?;
                if typed.is_empty() {
                    return Ok(None);
                }
                SecretString::from(typed)
            }
        };
        telemetry::hide(&token);
        let identity = match identity(platform, section, &token, offline) {
            Ok(identity) => identity,
            Err(Unreached::Refused(reason)) if is_asking => {
                writeln!(std::io::stderr(), "{}: {reason}", platform.brand())?;
                continue;
            }
            Err(Unreached::Refused(reason)) => {
                return Err(Failed::Usage(format!("`{variable}`: {reason}")));
            }
            Err(Unreached::Failed(reason)) => {
                writeln!(std::io::stderr(), "{}: the token is not checked: {reason}", platform.brand())?;
                None
            }
        };
        let operator = match is_asking {
            true => terminal::ask(
                &format!("Your own id on {}, to be told of alarms (empty: nobody is)", platform.brand()),
                "",
            )?,
            false => String::new(),
        };
        return Ok(Some(Bot { platform, token, is_new, identity, operator }));
    }
}

fn identity(
    platform: Platform,
    section: &PlatformConfig,
    token: &SecretString,
    offline: bool,
) -> Result<Option<Identity>, Unreached> {
    let contact = Contact::new(platform, section, token.clone(), Arc::new(SystemClock))?;
    if offline {
        return Ok(None);
    }
    let runtime = runtime().map_err(|error| Unreached::Failed(error.to_string()))?;
    runtime.block_on(contact.identity()).map(Some)
}

fn variable(platform: Platform) -> &'static str {
    match platform {
        Platform::Discord => "DISCORD_TOKEN",
        Platform::Telegram => "TELEGRAM_TOKEN",
    }
}

/// Writes the tokens that were typed into a file beside the configuration, as shells, systemd and Docker read it.
fn keep_tokens(config: &Path, bots: &[Bot]) -> anyhow::Result<Option<PathBuf>> {
    let lines: String = bots
        .iter()
        .filter(|bot| bot.is_new)
        .map(|bot| format!("{}={}\n", variable(bot.platform), bot.token.expose_secret()))
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let file = config.with_extension("env");
    write(&file, &lines, 0o600)?;
    Ok(Some(file))
}

fn write(file: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let written = || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file =
            std::fs::File::options().write(true).create(true).truncate(true).mode(mode).open(file)?;
        file.write_all(text.as_bytes())
    };
    written().with_context(|| format!("cannot write {}", file.display()))
}

fn tell(config: &Path, tokens: Option<&Path>, bots: &[Bot], answers: &Answers) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: the configuration, with every key explained", config.display())?;
    if let Some(tokens) = tokens {
        writeln!(out, "{}: the tokens; only you can read it", tokens.display())?;
    }
    for bot in bots {
        let Some(identity) = &bot.identity else { continue };
        writeln!(out, "\n{}: the bot is {}. Invite it to", bot.platform.brand(), identity.name)?;
        for (place, address) in &identity.invitations {
            writeln!(out, "  {place}: {address}")?;
        }
    }
    let named = if config == Path::new(DEFAULT_PATH) {
        String::new()
    } else {
        format!(" --config {}", config.display())
    };
    writeln!(out, "\nNext:")?;
    match (tokens, bots) {
        (Some(tokens), _) => writeln!(out, "  set -a; . {}; set +a", shell(tokens))?,
        (None, []) => writeln!(out, "  export DISCORD_TOKEN=… TELEGRAM_TOKEN=…   # one of them is enough")?,
        (None, _) => {}
    }
    writeln!(out, "  jogan check{named}\n  jogan run{named}")?;
    let place = &answers.source;
    writeln!(
        out,
        "then type `/subscribe 09:00` in a channel. What is in {place} now is archived, and sent to nobody."
    )
}

/// A path as `.` of a shell finds it: without a `/` it would be looked for among programs.
fn shell(path: &Path) -> String {
    let path = path.display().to_string();
    if path.contains('/') { path } else { format!("./{path}") }
}
