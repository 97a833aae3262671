//! `jogan import`: old posts come into the archive, are sent to nobody, and a second time change nothing.

use std::process::Output;

use jogan::model::feed::FeedName;
use jogan::store::Store;
use serde_json::{Value, json};

use crate::support::clock::{StoryClock, instant};
use crate::support::post::Post;
use crate::support::program::jogan;
use crate::support::town::Town;

/// A town with an archive of old posts beside the folder that is watched.
struct Attic {
    town: Town,
    old: tempfile::TempDir,
}

impl Attic {
    async fn new() -> Self {
        let town = Town::build(StoryClock::of_the_system()).await;
        Self { town, old: tempfile::tempdir().expect("a folder") }
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.old.path().join(name), bytes).expect("a file");
    }

    fn put_days(&self, days: std::ops::RangeInclusive<u32>) {
        for day in days {
            let post = Post::of(instant(&format!("2025-11-{day:02}T09:00:00+09:00")));
            self.put(&post.file_name(), post.markdown().as_bytes());
        }
    }

    async fn import(&self, arguments: &[&str]) -> Output {
        let file = self.town.disk.path().join("jogan.toml");
        let other =
            "[[feeds]]\nname = \"other\"\ntitle = \"x\"\nsource = { kind = \"folder\", path = \"x\" }\n";
        let feeds = if arguments.contains(&"--feed") { other } else { "" };
        std::fs::write(&file, self.town.configuration("") + feeds).expect("a file");
        let mut command = jogan(&["import", "--config"]);
        command.arg(file).arg(self.old.path()).args(arguments);
        command.output().await.expect("the binary")
    }

    async fn counts(&self, arguments: &[&str]) -> Value {
        let output = self.import(arguments).await;
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{error}");
        assert!(!error.contains('█') && !error.contains('░'), "a bar is for terminals: {error}");
        serde_json::from_slice(&output.stdout).expect("JSON alone")
    }
}

#[tokio::test]
async fn old_posts_are_archived_once_and_what_cannot_be_loaded_is_named() {
    let attic = Attic::new().await;
    attic.put_days(1..=3);
    attic.put("2025-11-04-draft.md", b"---\ntitle: x\npublished: false\n---\ntext");
    attic.put("undated.md", b"# A title\n\ntext");
    attic.put("2025-11-05-latin.md", b"\xb4\xeb");
    let first = attic.counts(&["--json"]).await;
    assert_eq!(
        [&first["loaded"], &first["corrected"], &first["unchanged"], &first["drafts"]],
        [&json!(3), &json!(0), &json!(0), &json!(1)],
        "{first}"
    );
    let refused = first["refused"].as_array().expect("a list");
    let files: Vec<_> = refused.iter().map(|file| file["file"].as_str().unwrap_or_default()).collect();
    assert_eq!(files, ["2025-11-05-latin.md", "undated.md"], "{first}");
    assert!(refused[1]["reason"].as_str().is_some_and(|reason| reason.contains("has no date")), "{first}");
    let again = attic.counts(&["--json"]).await;
    assert_eq!([&again["loaded"], &again["unchanged"]], [&json!(0), &json!(3)], "{again}");

    let store = Store::open(&attic.town.database_url()).await.expect("its database");
    let feed = FeedName("ai-news".to_owned());
    let latest = store.latest_digest(&feed, None).await.expect("the database").expect("a digest");
    assert_eq!((latest.digest.key.0.as_str(), latest.edition), ("2025-11-03-ai-news", None));
    assert_eq!(
        store.feed_loads(&feed).await.expect("the database").first,
        None,
        "an import is no first load"
    );
}

#[tokio::test]
async fn the_feed_is_named_where_there_are_several_and_the_folder_must_be_there() {
    let attic = Attic::new().await;
    attic.put_days(1..=1);
    let other = attic.counts(&["--feed", "other", "--json"]).await;
    assert_eq!([&other["feed"], &other["loaded"]], [&json!("other"), &json!(1)], "{other}");
    let output = attic.import(&["--feed", "none"]).await;
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("ai-news, other"), "{error}");
    std::fs::remove_dir_all(attic.old.path()).expect("it was there");
    let output = attic.import(&[]).await;
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("can't be read"), "{error}");
}
