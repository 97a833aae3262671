//! `jogan run`: the bot, until it is told to stop.

use std::path::Path;
use std::sync::Arc;

use super::{Failed, Outcome};
use crate::app::App;
use crate::clock::SystemClock;
use crate::config::{Config, Environment, Tokens};
use crate::telemetry;

pub(super) fn run(config: Option<&Path>, environment: &Environment) -> Outcome {
    let config = Config::load(config, environment)?;
    let tokens = Tokens::read(environment).map_err(|faults| Failed::faults(&faults))?;
    [&tokens.discord, &tokens.telegram, &tokens.git, &tokens.push]
        .into_iter()
        .flatten()
        .for_each(telemetry::hide);
    runtime()?.block_on(async {
        let mut stop = Signals::new()?;
        let app = App::start(config, tokens, Arc::new(SystemClock)).await?;
        stop.wait().await;
        tracing::info!("stopping");
        app.stop().await;
        Ok(())
    })
}

/// A runtime for subcommands that talk to a network or a database.
pub(super) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// The signals that ask the process to stop: SIGTERM, and SIGINT of Ctrl-C.
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    pub(super) async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
