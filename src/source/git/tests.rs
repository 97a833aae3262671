//! A [`Git`] source against real repositories on this disk, and over HTTP in `tests/sources.rs`.

use std::path::Path;
use std::process::Command;

use super::*;

/// A publisher's repository, the source that reads it, and a clock that tests turn.
struct Desk {
    disk: tempfile::TempDir,
    git: Git,
    now: DateTime<Utc>,
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Desk {
    fn new() -> Self {
        let disk = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(disk.path().join("site")).expect("a folder");
        git(&disk.path().join("site"), &["init", "--quiet"]);
        let git = Git::new(settings(disk.path()));
        Self { disk, git, now: DateTime::UNIX_EPOCH }
    }

    fn site(&self) -> std::path::PathBuf {
        self.disk.path().join("site")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.site().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }

    fn commit(&self) {
        git(&self.site(), &["add", "--all"]);
        git(&self.site(), &["commit", "--quiet", "-m", "posts"]);
    }

    async fn look(&mut self) -> Look {
        self.now += EVERY;
        self.git.look(self.now).await
    }

    /// What has changed, without any fault.
    async fn changes(&mut self) -> (Vec<String>, Vec<String>) {
        let look = self.look().await;
        assert!(look.complete && look.faults.is_empty(), "{:?}", look.faults);
        (look.settled.into_iter().map(|found| found.place).collect(), look.removed)
    }
}

fn settings(disk: &Path) -> GitSettings {
    GitSettings {
        url: disk.join("site").display().to_string(),
        branch: None,
        folder: "_posts".to_owned(),
        token: None,
        clone: disk.join("clone"),
    }
}

fn places(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn posts_of_the_folder_are_found_and_only_what_changes_is_found_again() {
    let mut desk = Desk::new();
    for name in ["_posts/b.md", "_posts/old/a.markdown", "_posts/.hidden.md", "_posts/x.txt", "README.md"] {
        desk.write(name, "글");
    }
    std::os::unix::fs::symlink("/etc/passwd", desk.site().join("_posts/link.md")).expect("a link");
    desk.commit();
    let look = desk.look().await;
    let found: Vec<_> =
        look.settled.iter().map(|found| (found.raw.name.as_str(), &found.raw.bytes)).collect();
    let bytes = "글".as_bytes().to_vec();
    assert_eq!(found, [("b.md", &bytes), ("a.markdown", &bytes)]);
    assert_eq!(desk.changes().await, (vec![], vec![]));
    desk.write("_posts/b.md", "글 고침");
    desk.write("README.md", "x");
    desk.commit();
    assert_eq!(desk.changes().await, (places(&["b.md"]), vec![]));
}

#[tokio::test]
async fn what_is_deleted_or_renamed_is_gone() {
    let mut desk = Desk::new();
    desk.write("_posts/a.md", "하나");
    desk.write("_posts/b.md", "둘");
    desk.commit();
    desk.changes().await;
    git(&desk.site(), &["mv", "_posts/b.md", "_posts/c.md"]);
    desk.commit();
    assert_eq!(desk.changes().await, (places(&["c.md"]), places(&["b.md"])));
}

#[tokio::test]
async fn a_history_that_is_written_anew_differs_by_what_it_says() {
    let mut desk = Desk::new();
    desk.write("_posts/a.md", "하나");
    desk.commit();
    desk.write("_posts/b.md", "둘");
    desk.commit();
    desk.changes().await;
    git(&desk.site(), &["checkout", "--quiet", "--orphan", "anew"]);
    desk.write("_posts/b.md", "둘 고침");
    desk.commit();
    git(&desk.site(), &["branch", "--force", "main", "anew"]);
    git(&desk.site(), &["checkout", "--quiet", "main"]);
    git(&desk.site(), &["reflog", "expire", "--expire=now", "--all"]);
    git(&desk.site(), &["gc", "--quiet", "--prune=now"]);
    assert_eq!(desk.changes().await, (places(&["b.md"]), vec![]));
}

#[tokio::test]
async fn after_a_restart_only_what_changed_meanwhile_is_read_even_if_the_clone_is_gone() {
    let mut desk = Desk::new();
    for name in ["a", "b", "c"] {
        desk.write(&format!("_posts/{name}.md"), name);
    }
    desk.commit();
    let loaded = desk.look().await.settled;
    desk.write("_posts/b.md", "고침");
    std::fs::remove_file(desk.site().join("_posts/c.md")).expect("it was there");
    desk.commit();
    std::fs::remove_dir_all(desk.disk.path().join("clone")).expect("it was there");
    desk.git = Git::new(settings(desk.disk.path()));
    loaded.iter().for_each(|found| desk.git.remember(&found.place, &found.stamp));
    assert_eq!(desk.changes().await, (places(&["b.md"]), places(&["c.md"])));
}

#[tokio::test]
async fn a_repository_that_is_away_is_a_fault_waited_after_and_nothing_is_gone() {
    let mut desk = Desk::new();
    desk.write("_posts/a.md", "하나");
    desk.commit();
    desk.changes().await;
    std::fs::rename(desk.site(), desk.disk.path().join("away")).expect("a move");
    let look = desk.look().await;
    assert!(!look.complete && look.removed.is_empty());
    assert!(matches!(look.faults.as_slice(), [SourceFault::Remote { .. }]), "{:?}", look.faults);
    let early = desk.git.look(desk.now).await;
    assert!(early.faults.is_empty(), "it is asked again after a wait");
    std::fs::rename(desk.disk.path().join("away"), desk.site()).expect("a move");
    desk.write("_posts/b.md", "둘");
    desk.commit();
    assert_eq!(desk.changes().await, (places(&["b.md"]), vec![]));
}

#[tokio::test]
async fn locks_that_a_kill_left_are_got_rid_of() {
    let mut desk = Desk::new();
    desk.write("_posts/a.md", "하나");
    desk.commit();
    desk.changes().await;
    std::fs::write(desk.disk.path().join("clone/shallow.lock"), "").expect("a lock");
    desk.write("_posts/b.md", "둘");
    desk.commit();
    assert!(!desk.look().await.complete);
    assert_eq!(desk.changes().await, (places(&["b.md"]), vec![]));
}

#[tokio::test]
async fn hooks_and_commands_in_an_address_are_not_run() {
    let mut desk = Desk::new();
    desk.write("_posts/a.md", "하나");
    desk.commit();
    desk.changes().await;
    let told = desk.disk.path().join("told");
    let evil = format!("ext::sh -c touch% {}", told.display());
    desk.git = Git::new(GitSettings { url: evil, ..settings(desk.disk.path()) });
    let faults = desk.look().await.faults;
    assert!(faults[0].to_string().contains("not allowed"), "{faults:?}");
    desk.git = Git::new(GitSettings {
        url: format!("--upload-pack=touch {}", told.display()),
        ..settings(desk.disk.path())
    });
    assert_eq!(desk.look().await.faults.len(), 1);
    assert!(!told.exists());
}

#[tokio::test]
async fn posts_that_all_vanish_are_a_fault() {
    let mut desk = Desk::new();
    for name in ["_posts/a.md", "_posts/b.md", "_posts/keep.txt"] {
        desk.write(name, name);
    }
    desk.commit();
    desk.changes().await;
    git(&desk.site(), &["rm", "--quiet", "_posts/a.md", "_posts/b.md"]);
    desk.commit();
    let look = desk.look().await;
    assert!(!look.complete && look.removed.is_empty(), "{look:?}");
}

/// `git daemon`, which serves the folders of a disk, and ends with the test.
struct Daemon {
    child: std::process::Child,
    url: String,
}

impl Daemon {
    fn start(disk: &Path) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its number").port();
        drop(listener);
        // By itself: the one that `git` begins would outlive it.
        let programs = Command::new("git").arg("--exec-path").output().expect("git is installed").stdout;
        let programs = String::from_utf8(programs).expect("a path");
        let child = Command::new(Path::new(programs.trim()).join("git-daemon"))
            .args(["--listen=127.0.0.1", "--export-all", "--reuseaddr"])
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={}", disk.display()))
            .arg(disk)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .spawn()
            .expect("git has its daemon");
        // It is there as soon as it takes a connection.
        let is_there = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while !is_there() {
            assert!(std::time::Instant::now() < limit, "git daemon does not listen");
            std::thread::yield_now();
        }
        Self { child, url: format!("git://127.0.0.1:{port}/site") }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_daemons_repository_is_cloned_fetched_and_followed_when_its_history_is_forced() {
    let mut desk = Desk::new();
    for name in ["_posts/a.md", "_posts/b.md"] {
        desk.write(name, name);
    }
    desk.commit();
    let daemon = Daemon::start(desk.disk.path());
    let url = daemon.url.clone();
    desk.git = Git::new(GitSettings { url, ..settings(desk.disk.path()) });
    assert_eq!(desk.changes().await, (places(&["a.md", "b.md"]), vec![]), "the clone");
    desk.write("_posts/c.md", "셋");
    desk.commit();
    assert_eq!(desk.changes().await, (places(&["c.md"]), vec![]), "a fetch");
    // Somebody amends the last commit and pushes it by force.
    desk.write("_posts/c.md", "셋 고침");
    git(&desk.site(), &["add", "--all"]);
    git(&desk.site(), &["commit", "--quiet", "--amend", "-m", "amended"]);
    assert_eq!(desk.changes().await, (places(&["c.md"]), vec![]), "an amended commit");
    // The branch goes back by a commit, and on in another direction.
    git(&desk.site(), &["reset", "--quiet", "--hard", "HEAD~1"]);
    desk.write("_posts/d.md", "넷");
    desk.commit();
    assert_eq!(desk.changes().await, (places(&["d.md"]), places(&["c.md"])), "another direction");
    // Everything is written anew, and says the same.
    git(&desk.site(), &["checkout", "--quiet", "--orphan", "anew"]);
    desk.commit();
    git(&desk.site(), &["branch", "--force", "main", "anew"]);
    git(&desk.site(), &["checkout", "--quiet", "main"]);
    git(&desk.site(), &["reflog", "expire", "--expire=now", "--all"]);
    git(&desk.site(), &["gc", "--quiet", "--prune=now"]);
    assert_eq!(desk.changes().await, (vec![], vec![]), "the same in another history");
}
