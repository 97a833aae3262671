//! The system's `git`, run so that nothing a repository or a configuration file says can make it run anything else:
//! a bare clone without hooks, no configuration but ours, no prompts, few protocols, and bounds on time and size.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::GitSettings;

/// How long one call may take: a first fetch brings everything that the branch holds.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Where `git` is looked for. The environment of this process, which holds tokens, is not handed on.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/run/current-system/sw/bin";
/// Where the branch is kept in the clone, so that nothing of it is cleaned away.
const FETCHED: &str = "refs/jogan/fetched";
/// What Git may talk: nothing that runs a command of the address's choice.
const PROTOCOLS: &str = "https:http:git:file";
/// The longest answer of Git that is shown, in characters.
const MAX_REASON: usize = 300;

/// A clone and where it comes from.
#[derive(Debug)]
pub(super) struct Repository {
    settings: GitSettings,
}

/// A file on the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its path within the folder of the posts.
    pub(super) path: String,
    /// The hash of its content.
    pub(super) hash: String,
    /// Its size in bytes.
    pub(super) bytes: u64,
    /// Whether it is a file, and no link or repository in the repository.
    pub(super) is_file: bool,
}

impl Repository {
    pub(super) fn new(settings: GitSettings) -> Self {
        Self { settings }
    }

    /// What it is called in the log.
    pub(super) fn name(&self) -> &str {
        &self.settings.url
    }

    /// Brings the clone up to the branch as it is now; the hash of its last commit.
    pub(super) async fn fetch(&self) -> Result<String, String> {
        let clone = &self.settings.clone;
        if !clone.join("HEAD").is_file() {
            self.begin().await?;
        }
        let branch = match &self.settings.branch {
            Some(branch) => format!("+refs/heads/{branch}:{FETCHED}"),
            None => format!("+HEAD:{FETCHED}"),
        };
        let fetch =
            ["fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--end-of-options"];
        let arguments = fetch.into_iter().chain([self.settings.url.as_str(), branch.as_str()]);
        if let Err(reason) = self.run(arguments, Vec::new()).await {
            // A kill in the middle of a fetch leaves locks and halves; all that is here can be fetched again.
            if ["lock", "corrupt", "bad object", "not a git repository"]
                .iter()
                .any(|word| reason.contains(word))
            {
                remove(clone).await?;
            }
            return Err(reason);
        }
        let head = format!("{FETCHED}^{{commit}}");
        let hash = self.run(["rev-parse", "--verify", "--end-of-options", &head], Vec::new()).await?;
        Ok(String::from_utf8_lossy(&hash).trim().to_owned())
    }

    /// Every file of a commit that is in the folder of the posts.
    pub(super) async fn list(&self, commit: &str) -> Result<Vec<Listed>, String> {
        let folder = self.settings.folder.trim_matches('/');
        let tree = if folder.is_empty() { commit.to_owned() } else { format!("{commit}:{folder}") };
        let listing =
            self.run(["ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", &tree], Vec::new());
        let listing = listing.await.map_err(|reason| match folder {
            "" => reason,
            folder => format!("the folder {folder:?} is not on the branch ({reason}); check `folder`"),
        })?;
        Ok(listing.split(|byte| *byte == 0).filter_map(listed).collect())
    }

    /// The contents of files, in their order.
    pub(super) async fn read(&self, files: &[Listed]) -> Result<Vec<Vec<u8>>, String> {
        let asked: String = files.iter().map(|file| format!("{}\n", file.hash)).collect();
        let answer = self.run(["cat-file", "--batch"], asked.into_bytes()).await?;
        contents(&answer, files.len()).ok_or_else(|| "git answered something else than files".to_owned())
    }

    /// Makes an empty clone, without hooks.
    async fn begin(&self) -> Result<(), String> {
        let clone = &self.settings.clone;
        remove(clone).await?;
        tokio::fs::create_dir_all(clone)
            .await
            .map_err(|error| format!("cannot make the folder {}: {error}", clone.display()))?;
        self.run(["init", "--quiet", "--bare", "--template="], Vec::new()).await.map(drop)
    }

    async fn run(
        &self,
        arguments: impl IntoIterator<Item = &str>,
        input: Vec<u8>,
    ) -> Result<Vec<u8>, String> {
        let mut command = Command::new("git");
        command
            .env_clear()
            .env("PATH", PATH)
            .env("LC_ALL", "C")
            .env("HOME", &self.settings.clone)
            .env("GIT_DIR", &self.settings.clone)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
            .args(["-c", "core.hooksPath=/dev/null", "-c", "credential.helper=", "-c", "gc.autoDetach=false"])
            // A server that says nothing for a minute is given up.
            .args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let (Some(key), Some(header)) = self.authorization() {
            // By the environment: arguments can be seen by everybody on the machine.
            command
                .env("GIT_CONFIG_COUNT", "1")
                .env("GIT_CONFIG_KEY_0", key)
                .env("GIT_CONFIG_VALUE_0", header);
        }
        let mut child = command.spawn().map_err(|error| {
            format!("`git` cannot be started ({error}); install it, or use another kind of source")
        })?;
        let mut stdin = child.stdin.take();
        let ask = async {
            if let Some(stdin) = &mut stdin {
                // If Git does not want it, its exit code says why.
                let _ = stdin.write_all(&input).await;
            }
            drop(stdin.take());
        };
        let both = async { tokio::join!(ask, child.wait_with_output()).1 };
        let output = tokio::time::timeout(TIMEOUT, both)
            .await
            .map_err(|_| format!("git took longer than {} s", TIMEOUT.as_secs()))?
            .map_err(|error| error.to_string())?;
        if output.status.success() { Ok(output.stdout) } else { Err(reason(&output.stderr)) }
    }

    /// The token as a header for this server alone.
    fn authorization(&self) -> (Option<String>, Option<String>) {
        let Some(token) = &self.settings.token else { return (None, None) };
        let Ok(url) = url::Url::parse(&self.settings.url) else { return (None, None) };
        if url.scheme() != "https" && !is_loopback(&url) {
            return (None, None);
        }
        // Every forge takes a token as the password of a user of any name.
        let pair = BASE64_STANDARD.encode(format!("x-access-token:{}", token.expose_secret()));
        let key = format!("http.{}/.extraHeader", url.origin().ascii_serialization());
        (Some(key), Some(format!("Authorization: Basic {pair}")))
    }
}

/// Whether a server is this machine: a token may go there unencrypted.
fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

async fn remove(clone: &Path) -> Result<(), String> {
    match tokio::fs::remove_dir_all(clone).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove the folder {}: {error}", clone.display()))
        }
        _ => Ok(()),
    }
}

/// `100644 blob 3b18e5…      12<TAB>2025-12-17-ai-news.md`
fn listed(line: &[u8]) -> Option<Listed> {
    let line = std::str::from_utf8(line).ok()?;
    let (about, path) = line.split_once('\t')?;
    let mut words = about.split_ascii_whitespace();
    let (mode, kind, hash, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    Some(Listed {
        path: path.to_owned(),
        hash: hash.to_owned(),
        bytes: size.parse().unwrap_or_default(),
        is_file: kind == "blob" && matches!(mode, "100644" | "100755"),
    })
}

/// Takes apart what `cat-file --batch` answers: a line with the size, the content and a line end for each.
fn contents(mut answer: &[u8], count: usize) -> Option<Vec<Vec<u8>>> {
    let mut contents = Vec::with_capacity(count);
    for _ in 0..count {
        let end = answer.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(answer.get(..end)?).ok()?;
        let size: usize = line.rsplit(' ').next()?.parse().ok()?;
        let from = end + 1;
        contents.push(answer.get(from..from.checked_add(size)?)?.to_vec());
        answer = answer.get(from + size + 1..)?;
    }
    Some(contents)
}

/// What Git says, on one line.
fn reason(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line =
        text.lines().find(|line| line.starts_with("fatal:")).or(text.lines().last()).unwrap_or_default();
    let line = line.trim_start_matches("fatal:").trim();
    let shown: String = line.chars().filter(|c| !c.is_control()).take(MAX_REASON).collect();
    if shown.contains("could not read Username") || shown.contains("Authentication failed") {
        return format!("{shown}; it is not there, or private: name its token in `token_file`");
    }
    if shown.is_empty() { "git failed without a word".to_owned() } else { shown }
}
