//! The program as its users have it: the real binary in a process of its own, configured by a file and the
//! environment alone.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use jogan::model::feed::FeedName;
use jogan::store::Store;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::support::town::{DISCORD_TOKEN, TELEGRAM_TOKEN, Town};

/// A running `jogan`, killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    log: Arc<Mutex<String>>,
    out: Arc<Mutex<String>>,
    listeners: [JoinHandle<()>; 2],
}

/// `jogan` without any of this process's environment.
pub(crate) fn jogan(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jogan"));
    command.args(arguments).env_clear();
    command
}

impl Program {
    /// `jogan run` in a town.
    pub(crate) fn run(town: &Town) -> Self {
        Self::start(Self::command(town))
    }

    /// The command of [`run`](Self::run), with its file written, to be changed before it is started.
    pub(crate) fn command(town: &Town) -> Command {
        let file = town.disk.path().join("jogan.toml");
        std::fs::write(&file, town.configuration("")).expect("a file");
        let mut command = jogan(&["run", "--config"]);
        command
            .arg(file)
            .current_dir(town.disk.path())
            .env("DISCORD_TOKEN", DISCORD_TOKEN)
            .env("TELEGRAM_TOKEN", TELEGRAM_TOKEN)
            .env("JOGAN_DISCORD__API_URL", &town.discord_url)
            .env("JOGAN_TELEGRAM__API_URL", &town.telegram_url);
        command
    }

    /// Starts a command and listens to it.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary");
        let (log, of_log) = listen(child.stderr.take().expect("piped"));
        let (out, of_out) = listen(child.stdout.take().expect("piped"));
        Self { child, log, out, listeners: [of_log, of_out] }
    }

    /// Waits until it is connected and has read the folder.
    pub(crate) async fn ready(&self, town: &Town) {
        town.bot_is_here().await;
        let store = Store::open(&town.database_url()).await.expect("its database");
        let feed = FeedName("ai-news".to_owned());
        town.wait_for("the first load", async || store.feed_loads(&feed).await.expect("the database").first)
            .await;
        store.close().await;
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    /// What it has printed.
    pub(crate) fn out(&self) -> String {
        self.out.lock().expect("not poisoned").clone()
    }

    /// Its process's id.
    pub(crate) fn id(&self) -> String {
        self.child.id().expect("it runs").to_string()
    }

    /// SIGKILL, at once.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it ran");
    }

    /// Sends it a signal.
    pub(crate) async fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id()]).status().await.expect("kill");
        assert!(sent.success());
    }

    /// SIGTERM; how it ended, and all that it logged.
    pub(crate) async fn terminate(self) -> (ExitStatus, String) {
        self.signal("TERM").await;
        self.ended().await
    }

    /// Waits for its end; how it ended, and all that it logged.
    pub(crate) async fn ended(mut self) -> (ExitStatus, String) {
        let ended = tokio::time::timeout(std::time::Duration::from_secs(30), self.child.wait()).await;
        let status = ended.expect("it ends").expect("a status");
        // The pipes may hold lines that nobody has read yet.
        for listener in &mut self.listeners {
            listener.await.expect("a listener does not panic");
        }
        (status, self.log())
    }
}

/// Gathers what comes from a pipe, until its end.
fn listen(pipe: impl AsyncRead + Unpin + Send + 'static) -> (Arc<Mutex<String>>, JoinHandle<()>) {
    let heard = Arc::new(Mutex::new(String::new()));
    let lines = Arc::clone(&heard);
    let listener = tokio::spawn(async move {
        let mut pipe = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = pipe.next_line().await {
            let mut heard = lines.lock().expect("not poisoned");
            heard.push_str(&line);
            heard.push('\n');
        }
    });
    (heard, listener)
}
