//! What configurations mean, and what is said of wrong ones.

use std::path::PathBuf;

use chrono::TimeDelta;
use rstest::rstest;
use secrecy::ExposeSecret as _;

use super::{Config, ConfigError, Environment, SourceConfig, Tokens};

const SMALLEST: &str = r#"
    [[feeds]]
    name = "ai-news"
    title = "AI 뉴스"
    source = { kind = "folder", path = "posts" }
"#;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let table = text.parse().expect("the test's own TOML");
    Config::from_table(table, &Environment::of(variables)).map_err(|error| match error {
        ConfigError::Faults(faults) => faults.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })
}

#[test]
fn the_smallest_file_has_the_documented_defaults() {
    let config = read(SMALLEST, &[]).expect("valid");
    assert_eq!(config.database_url, "sqlite://data/jogan.db");
    assert_eq!(config.discord.api_url.as_str(), "https://discord.com/");
    assert_eq!(config.telegram.api_url.as_str(), "https://api.telegram.org/");
    assert_eq!(config.web.listen, "127.0.0.1:7878");
    let feed = &config.feeds[0];
    assert_eq!(feed.feed.timezone, chrono_tz::Asia::Seoul);
    assert_eq!(feed.feed.timing.fresh_within, TimeDelta::hours(24));
    assert_eq!(feed.source, SourceConfig::Folder { path: PathBuf::from("posts") });
}

#[test]
fn a_file_that_says_what_is_usual_is_one_that_says_nothing() {
    let usual = r#"
        [database]
        url = "sqlite://data/jogan.db"
        [discord]
        api_url = "https://discord.com"
        operators = ["100000000000000001"]
        [telegram]
        api_url = "https://api.telegram.org"
        operators = [100]
        [web]
        listen = "127.0.0.1:7878"
        [[feeds]]
        name = "ai-news"
        title = "AI 뉴스"
        language = "ko"
        timezone = "Asia/Seoul"
        source = { kind = "folder", path = "posts" }
    "#;
    let mut usual = read(usual, &[]).expect("valid");
    assert_eq!(usual.discord.operators, ["100000000000000001"]);
    assert_eq!(usual.telegram.operators, ["100"]);
    (usual.discord.operators, usual.telegram.operators) = (Vec::new(), Vec::new());
    assert_eq!(format!("{usual:?}"), format!("{:?}", read(SMALLEST, &[]).expect("valid")));
}

#[test]
fn days_and_dates_without_a_digest_are_read() {
    use chrono::Weekday::{Fri, Mon, Sat, Thu, Tue, Wed};
    let text =
        format!("{SMALLEST}\ndays = [\"weekdays\", \"토\"]\nskip_dates = [2026-01-01, \"2026-02-17\"]\n");
    let timing = read(&text, &[]).expect("valid").feeds.remove(0).feed.timing;
    assert_eq!(timing.days, [Mon, Tue, Wed, Thu, Fri, Sat]);
    assert_eq!(timing.skip_dates.len(), 2);
    let wrong = format!("{SMALLEST}\ndays = [\"someday\"]\nskip_dates = [\"soon\"]\n");
    let faults = read(&wrong, &[]).expect_err("neither is right");
    assert!(
        faults.len() == 2 && faults[0].contains("`weekdays`") && faults[1].contains("`2026-01-01`"),
        "{faults:?}"
    );
}

#[test]
fn the_environment_overrides_any_key() {
    let config = read(
        SMALLEST,
        &[
            ("JOGAN_DATABASE__URL", "sqlite:///srv/j.db"),
            ("JOGAN_WEB__LISTEN", ""),
            ("JOGAN_DISCORD__OPERATORS", "1,2"),
            ("JOGAN_TELEGRAM__OPERATORS", "[100]"),
            ("JOGAN_DELIVERY__IN_FLIGHT", "8"),
            ("JOGAN_FEEDS__0__TITLE", "아침 뉴스"),
            ("JOGAN_FEEDS__0__SOURCE__PATH", "elsewhere"),
            ("JOGAN_CONFIG", "ignored here"),
            ("PATH", "/bin"),
        ],
    )
    .expect("valid");
    assert_eq!(config.database_url, "sqlite:///srv/j.db");
    assert_eq!(config.web.listen, "");
    assert_eq!(config.discord.operators, ["1", "2"]);
    assert_eq!(config.telegram.operators, ["100"]);
    assert_eq!(config.delivery.in_flight, 8);
    assert_eq!(config.feeds[0].feed.title, "아침 뉴스");
    assert_eq!(config.feeds[0].source, SourceConfig::Folder { path: PathBuf::from("elsewhere") });
}

#[test]
fn a_feed_can_come_from_the_environment_alone() {
    let config = read(
        "",
        &[
            ("JOGAN_FEEDS__0__NAME", "ai-news"),
            ("JOGAN_FEEDS__0__TITLE", "AI 뉴스"),
            ("JOGAN_FEEDS__0__SOURCE", r#"{ kind = "folder", path = "posts" }"#),
        ],
    )
    .expect("valid");
    assert_eq!(config.feeds[0].feed.name.as_str(), "ai-news");
}

#[test]
fn every_fault_is_told_at_once_with_its_cure() {
    let faults = read(
        r#"
        [discord]
        api_ulr = "https://discord.com"
        [telegram]
        api_url = "ftp://example.org"
        [delivery]
        in_flight = 0
        give_up_after = "soon"
        [[feeds]]
        name = "AI News"
        timezone = "Asia/Seol"
        source = { kind = "carrier pigeon" }
        [colour]
        "#,
        &[("JOGAN_WEB__LISTNE", "127.0.0.1:1")],
    )
    .expect_err("nothing of it is right");
    insta::assert_snapshot!(faults.join("\n"));
}

#[test]
fn a_file_that_is_not_there_is_named_with_a_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Config::load(Some(&folder.path().join("none.toml")), &Environment::default())
        .expect_err("there is no file");
    assert!(error.to_string().contains("none.toml") && error.to_string().contains("`--config`"), "{error}");
}

#[test]
fn a_token_comes_from_the_environment_or_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, "from-a-file\n").expect("written");
    let path = file.to_str().expect("UTF-8");
    let tokens =
        Tokens::read(&Environment::of(&[("DISCORD_TOKEN", "from-env"), ("TELEGRAM_TOKEN_FILE", path)]))
            .expect("both are there");
    assert_eq!(tokens.discord.expect("set").expose_secret(), "from-env");
    assert_eq!(tokens.telegram.expect("set").expose_secret(), "from-a-file");
}

#[test]
fn a_token_is_never_shown() {
    let faults = Tokens::read(&Environment::of(&[("DISCORD_TOKEN", "s3cret with blanks")]))
        .expect_err("no token has blanks");
    assert!(!format!("{faults:?}").contains("s3cret"));
    let tokens = Tokens::read(&Environment::of(&[("DISCORD_TOKEN", "s3cret")])).expect("fine");
    assert!(!format!("{tokens:?}").contains("s3cret"));
}

#[test]
fn without_any_token_nothing_can_run() {
    assert_eq!(Tokens::read(&Environment::default()).expect_err("none is set").len(), 1);
}

/// The smallest file with another source.
fn with_source(source: &str) -> Result<SourceConfig, Vec<String>> {
    let text = SMALLEST.replace("{ kind = \"folder\", path = \"posts\" }", source);
    read(&text, &[]).map(|mut config| config.feeds.remove(0).source)
}

#[test]
fn sources_have_the_documented_defaults() {
    let git = with_source("{ kind = \"git\", url = \"https://github.com/you/site\" }").expect("valid");
    let url = "https://github.com/you/site".to_owned();
    let folder = "_posts".to_owned();
    assert_eq!(git, SourceConfig::Git { url, branch: None, folder, token_file: None });
    let feed = with_source("{ kind = \"feed\", url = \"https://news.example/feed.xml\" }").expect("valid");
    assert!(matches!(feed, SourceConfig::Feed { every, .. } if every == TimeDelta::minutes(10)));
    let hash = "00ff".repeat(16);
    let push = with_source(&format!("{{ kind = \"push\", token_sha256 = \"{hash}\" }}")).expect("valid");
    let token_sha256 = Some([0, 255].repeat(16).try_into().expect("32 bytes"));
    assert_eq!(push, SourceConfig::Push { token_sha256, token_file: None });
}

#[rstest]
#[case::kind("{ kind = \"ftp\" }", "`folder`, `git`, `feed` or `push`")]
#[case::option("{ kind = \"git\", url = \"--upload-pack=x\" }", "no address")]
#[case::helper("{ kind = \"git\", url = \"ext::sh -c x\" }", "helper")]
#[case::ssh("{ kind = \"git\", url = \"git@github.com:you/site\" }", "SSH")]
#[case::ssh_address("{ kind = \"git\", url = \"ssh://git.example/site\" }", "does not fetch")]
#[case::password("{ kind = \"git\", url = \"https://me:hunter2@git.example/site\" }", "token_file")]
#[case::branch("{ kind = \"git\", url = \"site\", branch = \"-x\" }", "no name of a branch")]
#[case::folder("{ kind = \"git\", url = \"site\", folder = \"../x\" }", "no folder")]
#[case::feed("{ kind = \"feed\", url = \"file:///etc/passwd\" }", "no address of a feed")]
#[case::hash("{ kind = \"push\", token_sha256 = \"abc\" }", "64 hexadecimal")]
#[case::key("{ kind = \"push\", tokenfile = \"abc\" }", "`token_file`")]
fn wrong_sources_are_named_with_a_cure(#[case] source: &str, #[case] cure: &str) {
    let faults = with_source(source).expect_err("wrong");
    assert!(faults.len() == 1 && faults[0].contains(cure), "{faults:?}");
    assert!(!faults[0].contains("hunter2"), "{faults:?}");
}
