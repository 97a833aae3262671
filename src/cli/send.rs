//! `jogan send`: one post to one channel now, past the outbox. It is set as the feed's posts are.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::run::runtime;
use super::{Failed, Outcome};
use crate::app::contact::Contact;
use crate::app::{self};
use crate::clock::{SharedClock, SystemClock};
use crate::config::{Config, Environment, Tokens};
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::message::Rendered;
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::Style;
use crate::render;
use crate::telemetry;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  jogan send posts/2025-12-17-ai-news.md --to telegram:-1001234567890 --dry-run
  jogan send posts/2025-12-17-ai-news.md --to discord:112233445566778899 --style full

The bot that runs knows nothing of what is sent like this: it is neither corrected nor counted. For what is in the
archive, `/resend` in the channel does more.")]
pub(super) struct Arguments {
    /// The post
    file: PathBuf,
    /// Where to: discord:ID of a channel, telegram:ID of a chat, or telegram:ID/TOPIC of a forum's topic
    #[arg(long, value_name = "CHANNEL", allow_hyphen_values = true)]
    to: Address,
    /// The feed that the post is of [default: the first]
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
    /// How much of it is shown
    #[arg(long, value_enum, default_value = "summary")]
    style: StyleArgument,
    /// Print the exact request bodies as JSON and send nothing; with a token, the channel is asked whether the bot may
    /// write there
    #[arg(long)]
    dry_run: bool,
    /// Print the ids of the messages as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StyleArgument {
    Headlines,
    Summary,
    Full,
}

pub(super) fn send(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let platform = arguments.to.platform();
    let token = token(platform, environment, arguments.dry_run)?;
    let section = match platform {
        Platform::Discord => &config.discord,
        Platform::Telegram => &config.telegram,
    };
    let clock: SharedClock = Arc::new(SystemClock);
    runtime()?.block_on(async {
        let contact =
            token.map(|token| Contact::new(platform, section, token, Arc::clone(&clock))).transpose();
        let contact = contact.map_err(|error| Failed::Usage(error.to_string()))?;
        let (kind, name) = match &contact {
            Some(contact) => (contact.reach(arguments.to).await?, Some(contact.identity().await?.name)),
            None => (likely(arguments.to), None),
        };
        let messages = messages(&config, arguments, kind, name.as_deref())?;
        match contact {
            Some(contact) if !arguments.dry_run => {
                deliver(&contact, (arguments.to, kind), &messages, &clock, arguments.json).await
            }
            _ => {
                let bodies: Vec<_> = messages.iter().map(|message| &message.body).collect();
                writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&bodies)?)?;
                Ok(())
            }
        }
    })
}

/// The platform's token; a dry run does without.
fn token(
    platform: Platform,
    environment: &Environment,
    dry_run: bool,
) -> Result<Option<secrecy::SecretString>, Failed> {
    let name = match platform {
        Platform::Discord => "DISCORD_TOKEN",
        Platform::Telegram => "TELEGRAM_TOKEN",
    };
    let file = format!("{name}_FILE");
    let is_set = environment.get(name).or(environment.get(&file)).is_some();
    if !is_set && dry_run {
        return Ok(None);
    }
    if !is_set {
        return Err(Failed::Usage(format!(
            "`{name}` is not set, and the channel is on {}; set it, or name a file that holds it in `{file}`",
            platform.brand()
        )));
    }
    let tokens = Tokens::read(environment).map_err(|faults| Failed::faults(&faults))?;
    let token = match platform {
        Platform::Discord => tokens.discord,
        Platform::Telegram => tokens.telegram,
    };
    token.iter().for_each(telemetry::hide);
    Ok(token)
}

/// What kind of place an address is, as far as it can be told by looking at it.
fn likely(address: Address) -> ChannelKind {
    match address {
        Address::Discord { .. } => ChannelKind::Text,
        Address::Telegram { chat, .. } if chat > 0 => ChannelKind::Private,
        Address::Telegram { .. } => ChannelKind::Group,
    }
}

fn messages(
    config: &Config,
    arguments: &Arguments,
    kind: ChannelKind,
    bot: Option<&str>,
) -> Result<Vec<Rendered>, Failed> {
    let feed = match &arguments.feed {
        Some(name) => config.feeds.iter().find(|feed| feed.feed.name.as_str() == name),
        None => config.feeds.first(),
    };
    let Some(feed) = feed else {
        let known: Vec<&str> = config.feeds.iter().map(|feed| feed.feed.name.as_str()).collect();
        return Err(Failed::Usage(format!(
            "there is no such feed; write `--feed` with one of: {}",
            known.join(", ")
        )));
    };
    let (digest, lexicon) = app::read_post(feed, &arguments.file, &config.dictionaries)?;
    let edition = Edition {
        feed: feed.feed.clone(),
        language: digest.language.unwrap_or(feed.feed.language),
        digest,
        selection: Selection::All,
        style: match arguments.style {
            StyleArgument::Headlines => Style::Headlines,
            StyleArgument::Summary => Style::Summary,
            StyleArgument::Full => Style::Full,
        },
        corrected_at: None,
    };
    Ok(render::edition(Contact::surface(arguments.to.platform(), kind, bot), &edition, &lexicon))
}

async fn deliver(
    contact: &Contact,
    to: (Address, ChannelKind),
    messages: &[Rendered],
    clock: &SharedClock,
    as_json: bool,
) -> Outcome {
    let mut ids = Vec::new();
    let ended = contact.send(to, messages, clock, |id| ids.push(id.0.clone())).await;
    let mut out = std::io::stdout().lock();
    if as_json {
        let sent = json!({ "channel": to.0.to_string(), "messages": messages.len(), "sent": ids });
        writeln!(out, "{sent}")?;
    } else {
        for (number, id) in (1..).zip(&ids) {
            writeln!(out, "sent message {number} of {} to {} (id {id})", messages.len(), to.0)?;
        }
    }
    Ok(ended?)
}
