//! The command line: one file a subcommand.
//!
//! Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration. Results go to standard output, logs and errors to
//! standard error.

mod classify;
mod demo;
mod import;
mod outcome;
mod password;
mod preview;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Environment;
use crate::telemetry;

pub(crate) use outcome::{Failed, Outcome};

/// Delivers a daily digest to Discord and Telegram channels, each at its own hour, and answers readers in chat.
#[derive(Debug, Parser)]
#[command(name = "jogan", version, propagate_version = true)]
struct Cli {
    /// The configuration file [default: config/jogan.toml, or JOGAN_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Log lines as JSON objects
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show everything with nothing to set up: a local Discord and Telegram on one web page
    Demo(demo::Arguments),
    /// Run the bot
    Run,
    /// Show how a post is understood and set
    Preview(preview::Arguments),
    /// Load a folder of old posts without delivering them
    Import(import::Arguments),
    /// Make the line that the operator's desk checks a password against
    Password(password::Arguments),
    /// Look things up as the chat commands would
    #[command(subcommand)]
    Lookup(Lookup),
}

#[derive(Debug, Subcommand)]
enum Lookup {
    /// Say what texts are about: lines of {"text": …} on standard input to lines of companies and topics
    Classify(classify::Arguments),
}

/// Parses the command line of this process and does what it says.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::of_process();
    let format = if cli.log_json { telemetry::Format::Json } else { telemetry::Format::Readable };
    telemetry::start(environment.get("RUST_LOG"), format);
    let outcome = match cli.command {
        Command::Demo(arguments) => demo::demo(&arguments),
        Command::Run => run::run(cli.config.as_deref(), &environment),
        Command::Import(arguments) => import::import(cli.config.as_deref(), &environment, &arguments),
        Command::Preview(arguments) => preview::preview(&arguments),
        Command::Password(arguments) => password::password(&arguments),
        Command::Lookup(Lookup::Classify(arguments)) => classify::classify(&arguments),
    };
    outcome::report(outcome)
}
