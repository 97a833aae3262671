//! The program under test, as a process of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use jogan::config::Environment;
use tokio::process::{Child, Command};

use crate::town::{DISCORD_TOKEN, TELEGRAM_TOKEN, Town};

/// How often the outbox, which is in another process, is asked whether it is empty.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// The program: the one that was built with these tests, or `JOGAN_BINARY`.
pub(crate) fn binary() -> String {
    let named = Environment::of_process().get("JOGAN_BINARY").map(str::to_owned);
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_jogan").to_owned())
}

/// `jogan run`. Dropped, it is killed.
pub(crate) struct Bot(Child);

impl Bot {
    /// Starts it on the town's configuration; its log goes on in the town's `jogan.log`.
    pub(crate) fn start(town: &Town) -> anyhow::Result<Self> {
        Self::start_as(town, "jogan.log", &[])
    }

    /// The same with a log of its own, in the folder that `JOGAN_RELIABILITY_LOGS` names if it does, and with further
    /// variables.
    pub(crate) fn start_as(town: &Town, log: &str, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let kept =
            Environment::of_process().get("JOGAN_RELIABILITY_LOGS").map(|folder| Path::new(folder).join(log));
        let log = kept.unwrap_or_else(|| town.file(log));
        let log = std::fs::File::options().create(true).append(true).open(log)?;
        let child = Command::new(binary())
            .arg("run")
            .arg("--config")
            .arg(town.config())
            .env_clear()
            .env("DISCORD_TOKEN", DISCORD_TOKEN)
            .env("TELEGRAM_TOKEN", TELEGRAM_TOKEN)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self(child))
    }

    /// Its process's id, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.0.id()
    }

    /// Sends it a signal.
    pub(crate) async fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.id().context("it has ended")?.to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().await?;
        ensure!(sent.success(), "the signal {name} could not be sent");
        Ok(())
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }

    /// kill -9, and waits until it is gone.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.0.try_wait()? {
            bail!("the bot ended by itself: {status}");
        }
        self.0.kill().await.context("cannot kill the bot")
    }

    /// Lets it run until all is delivered and the outbox has nothing open any more, then kills it. Fails with the
    /// end of its log if that takes longer than `patience`.
    pub(crate) async fn finish(
        mut self,
        town: &Town,
        delivered: impl Fn() -> bool,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let store = town.store().await?;
        let done = tokio::time::timeout(patience, async {
            let mut tick = tokio::time::interval(ASK_EVERY);
            loop {
                tick.tick().await;
                let counts = store.message_counts().await?;
                let open = counts
                    .iter()
                    .any(|(state, _)| ["queued", "sending", "unknown"].contains(&state.as_str()));
                if !open && delivered() {
                    return anyhow::Ok(());
                }
                if let Some(status) = self.0.try_wait()? {
                    bail!("the bot ended by itself: {status}");
                }
            }
        })
        .await;
        let counts = store.message_counts().await?;
        store.close().await;
        let log = || log(town);
        match done {
            Ok(done) => done.with_context(log)?,
            Err(_) => bail!("not done within {patience:?}: {counts:?}\n{}", log()),
        }
        self.kill().await
    }
}

/// The end of the bot's log.
fn log(town: &Town) -> String {
    let log = std::fs::read_to_string(town.file("jogan.log")).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}
