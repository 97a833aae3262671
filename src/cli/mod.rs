//! The command line: one file a subcommand.
//!
//! Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration. Results go to standard output, logs and errors to
//! standard error.

mod backup;
mod bench;
mod check;
mod completions;
mod demo;
mod export;
mod folder;
mod import;
mod init;
mod lookup;
mod migrate_store;
mod outcome;
mod password;
mod playground;
mod preview;
mod restore;
mod run;
mod send;
mod terminal;

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
    /// Write a commented starter configuration
    Init(init::Arguments),
    /// Check the configuration, the database, the tokens and each feed; say every fault with its cure
    Check(check::Arguments),
    /// Show how a post is understood and set
    Preview(preview::Arguments),
    /// Load a folder of old posts without delivering them
    Import(import::Arguments),
    /// Make the line that the operator's desk checks a password against
    Password(password::Arguments),
    /// Send one post to one channel now
    Send(send::Arguments),
    /// Measure how fast the program is, beside references
    Bench(bench::Arguments),
    /// Look things up as the chat commands would
    #[command(subcommand)]
    Lookup(lookup::Arguments),
    /// Copy the database, also while the bot runs
    Backup(backup::Arguments),
    /// Write channels, subscriptions and what was delivered to a file, for a move to another server
    Export(export::Arguments),
    /// Read such a file into a new database
    Restore(restore::Arguments),
    /// Carry everything over from one database to another
    MigrateStore(migrate_store::Arguments),
    /// Print what a shell completes after `jogan`
    Completions(completions::Arguments),
}

/// Whether the program takes these arguments, and if not, why. Nothing is done.
///
/// # Errors
/// What a person who typed them would be told.
pub fn reads(arguments: &[String]) -> Result<(), String> {
    let arguments = std::iter::once("jogan").chain(arguments.iter().map(String::as_str));
    Cli::try_parse_from(arguments).map(|_| ()).map_err(|error| error.to_string())
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
        Command::Init(arguments) => init::init(cli.config.as_deref(), &environment, &arguments),
        Command::Check(arguments) => check::check(cli.config.as_deref(), &environment, &arguments),
        Command::Send(arguments) => send::send(cli.config.as_deref(), &environment, &arguments),
        Command::Backup(arguments) => backup::backup(cli.config.as_deref(), &environment, &arguments),
        Command::Export(arguments) => export::export(cli.config.as_deref(), &environment, &arguments),
        Command::Restore(arguments) => restore::restore(cli.config.as_deref(), &environment, &arguments),
        Command::MigrateStore(arguments) => migrate_store::migrate_store(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Preview(arguments) => preview::preview(&arguments),
        Command::Password(arguments) => password::password(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Lookup(arguments) => lookup::lookup(cli.config.as_deref(), &environment, &arguments),
    };
    outcome::report(outcome)
}
