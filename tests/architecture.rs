//! The rules of the house, read off the sources: who may import whom, where outside crates live, and what no file
//! may have. `architecture/scan.rs` reads; the reasons for the table are in `ARCHITECTURE.md`.

mod scan;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;

use scan::{Source, code, line, without_tests, words};

/// Each module and those that it may import, beyond itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &["text"]),
    ("text", &["model"]),
    ("clock", &[]),
    ("health", &["model"]),
    ("telemetry", &[]),
    ("config", &["model", "text"]),
    ("parse", &["model", "text"]),
    ("enrich", &["model", "text"]),
    ("plan", &["model", "text"]),
    ("render", &["model", "text"]),
    ("draw", &["model", "text"]),
    // A post's address on the publisher's site is made of its front matter: a `parse::Draft`.
    ("source", &["model", "text", "parse"]),
    ("store", &["model", "text"]),
    ("platform", &["model", "clock", "text"]),
    ("deliver", &["model", "clock", "text", "store", "platform"]),
    ("pipeline", &["model", "clock", "text", "source", "parse", "enrich", "store", "plan", "render"]),
    ("commands", &["model", "clock", "text", "store", "plan", "enrich", "pipeline"]),
    ("chat", &["model", "clock", "health", "text", "store", "platform", "commands", "render"]),
    (
        "web",
        &[
            "model",
            "clock",
            "health",
            "telemetry",
            "text",
            "enrich",
            "store",
            "parse",
            "plan",
            "pipeline",
            "commands",
            "render",
            "draw",
        ],
    ),
    ("alarm", &["model", "clock", "health", "text", "store", "commands"]),
    ("sandbox", &["model", "clock", "text"]),
    (
        "app",
        &[
            "alarm",
            "chat",
            "clock",
            "commands",
            "config",
            "deliver",
            "enrich",
            "health",
            "model",
            "parse",
            "pipeline",
            "plan",
            "platform",
            "render",
            "source",
            "store",
            "telemetry",
            "text",
            "web",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "clock",
            "commands",
            "config",
            "draw",
            "enrich",
            "model",
            "parse",
            "pipeline",
            "plan",
            "render",
            "sandbox",
            "source",
            "store",
            "telemetry",
            "text",
        ],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Outside crates and calls with a home: the path, and where it may be named, by beginnings of file paths.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["src/store/"]),
    // The playground of the demo and the benchmarks listens; the routes are in the other two.
    ("axum", &["src/web/", "src/sandbox/", "src/cli/playground.rs"]),
    ("serenity", &["src/chat/discord/", "src/platform/discord", "src/render/discord/"]),
    ("tokio_tungstenite", &["src/chat/discord/gateway/wire.rs"]),
    ("teloxide", &["src/chat/telegram/", "src/platform/telegram", "src/render/telegram/"]),
    // The poller brings its own client with a time-out longer than a long poll.
    (
        "reqwest",
        &[
            "src/alarm/outside.rs",
            "src/platform/",
            "src/source/",
            "src/enrich/links",
            "src/chat/telegram/poll.rs",
            "src/cli/bench/delivery.rs",
        ],
    ),
    ("resvg", &["src/render/chart/"]),
    ("maud", &["src/draw/", "src/web/", "src/cli/preview/"]),
    ("pulldown_cmark", &["src/parse/markdown/"]),
    ("notify", &["src/source/watch.rs"]),
    ("feed_rs", &["src/source/syndication/"]),
    ("htmd", &["src/source/syndication/"]),
    ("argon2", &["src/model/password.rs"]),
    ("hyper", &["src/web/serve.rs"]),
    ("hyper_util", &["src/web/serve.rs"]),
    ("clap", &["src/cli/"]),
    ("clap_complete", &["src/cli/"]),
    ("rustix", &["src/alarm/disk.rs", "src/cli/terminal.rs"]),
    ("anyhow", &["src/app.rs", "src/app/", "src/cli/"]),
    ("Utc::now", &["src/clock.rs"]),
    ("Local::now", &["src/clock.rs"]),
    ("SystemTime::now", &["src/clock.rs"]),
    ("env::var", &["src/config/"]),
    ("env::var_os", &["src/config/"]),
    ("env::vars", &["src/config/"]),
    ("env::vars_os", &["src/config/"]),
];

/// Modules that are functions of their arguments: no I/O, no clock, nothing that waits.
const PURE: &[&str] = &["model", "text", "parse", "enrich", "plan", "render", "draw"];
/// What those may not name, but for following links (`src/enrich/links/`).
const IMPURE: &[&str] = &["std::fs", "std::net", "std::env", "tokio", "Instant::now"];

/// What stands for work that is not done.
const UNFINISHED: &[&str] = &["todo!", "unimplemented!", "dbg!"];

#[test]
fn the_sources_keep_the_rules() {
    let faults = faults(&sources(&["src"]));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_rust_file_says_what_it_is_for() {
    let files = sources(&["src", "tests", "benches"]);
    let silent: Vec<&str> =
        files.iter().filter(|file| !says_what_it_is_for(&file.text)).map(|file| file.path.as_str()).collect();
    assert!(silent.is_empty(), "these files do not begin with `//!`: {silent:?}");
}

#[test]
fn every_module_has_its_layer_and_every_layer_its_module() {
    let modules: BTreeSet<String> = sources(&["src"]).iter().map(|file| file.module().to_owned()).collect();
    let layers: BTreeSet<String> = LAYERS.iter().map(|(module, _)| (*module).to_owned()).collect();
    assert_eq!(modules, layers);
}

#[test]
fn no_file_holds_a_secret_or_the_path_of_a_machine() {
    let faults: Vec<String> = texts(&["."]).iter().flat_map(leaks).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[rstest]
#[case::a_layer("src/plan/due.rs", "use crate::store::Store;", "plan may not use store")]
#[case::a_group(
    "src/plan/due.rs",
    "use crate::{\n    model::feed::{self, Feed},\n    store,\n};",
    "plan may not use store"
)]
#[case::a_path_in_code("src/render/mod.rs", "fn now() { crate::clock::read() }", "render may not use clock")]
#[case::super_of_a_module("src/parse/mod.rs", "use super::store::Store;", "parse may not use store")]
#[case::a_chain_of_supers(
    "src/parse/markdown/tree.rs",
    "use super::super::super::store;",
    "parse may not use store"
)]
#[case::the_sandbox(
    "src/sandbox/page/mod.rs",
    "use crate::commands::CATALOGUE;",
    "sandbox may not use commands"
)]
#[case::the_bot("src/chat/mod.rs", "use crate::sandbox::page;", "chat may not use sandbox")]
#[case::after_tests(
    "src/plan/due.rs",
    "#[cfg(test)]\nmod tests { fn a() {} }\nuse crate::store;",
    "due.rs:4: plan may not use store"
)]
#[case::after_a_string(
    "src/plan/due.rs",
    r#"const A: &str = "\"//"; use crate::store;"#,
    "plan may not use store"
)]
#[case::after_a_lifetime(
    "src/plan/due.rs",
    "fn a<'a>(b: &'a str, c: char) -> bool { c == '\"' }\nuse crate::store;",
    "plan may not use store"
)]
#[case::a_new_module("src/utils.rs", "fn a() {}", "utils has no layer")]
#[case::sql("src/plan/due.rs", "use sqlx::query;", "`sqlx` belongs to src/store/")]
#[case::axum("src/chat/mod.rs", "use axum::Router;", "`axum` belongs to")]
#[case::serenity("src/commands/help.rs", "fn a(b: serenity::all::Http) {}", "`serenity` belongs to")]
#[case::teloxide("src/deliver/mod.rs", "use teloxide::Bot;", "`teloxide` belongs to")]
#[case::reqwest("src/pipeline/mod.rs", "use reqwest::Client;", "`reqwest` belongs to")]
#[case::the_time("src/deliver/mod.rs", "let now = chrono::Utc::now();", "`Utc::now` belongs to src/clock.rs")]
#[case::the_environment("src/app.rs", "let a = std::env::var(\"A\");", "`env::var` belongs to src/config/")]
#[case::files("src/parse/mod.rs", "use std::fs;", "parse is pure and may not use `std::fs`")]
#[case::tasks("src/plan/mod.rs", "tokio::spawn(a);", "plan is pure and may not use `tokio`")]
#[case::silence("src/app.rs", "#[allow(dead_code)]\nfn a() {}", "`allow` without a reason")]
#[case::silence_in_tests(
    "src/plan/due/tests.rs",
    "#[allow(dead_code)]\nfn a() {}",
    "`allow` without a reason"
)]
#[case::silence_of_a_file("src/app.rs", "#![allow(\n    dead_code,\n)]", "`allow` without a reason")]
#[case::unfinished("src/app.rs", "fn a() { todo!() }", "`todo!`")]
#[case::unfinished_too("src/app.rs", "fn a() { unimplemented!(\"later\") }", "`unimplemented!`")]
#[case::left_over("src/app.rs", "fn a() { dbg!(1); }", "`dbg!`")]
fn a_broken_rule_is_named(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
    let faults = faults(&[source(path, &format!("//! A file.\n{text}\n"))]);
    assert!(faults.len() == 1 && faults[0].contains(expected), "{faults:?}");
}

#[rstest]
#[case::in_a_comment("// see crate::store\n/* crate::store /* and */ todo!() */ /// [`crate::store`]")]
#[case::in_a_string(
    r###"const A: &str = r#"use crate::store; ""#; const B: &[u8] = b"todo!() \" sqlx::";"###
)]
#[case::in_tests("#[cfg(test)]\nmod tests {\n    use crate::store::Store;\n    fn a() { let _ = \"}\"; }\n}")]
#[case::for_tests("#[cfg(test)]\npub(crate) use crate::store::Store;")]
#[case::its_own_neighbour("use super::slots;\nuse crate::plan::news;\nuse crate::model::feed::Feed;")]
#[case::a_longer_name("fn a(tokio_like: u8, b: my_crate::store::A) {}")]
#[case::with_a_reason("#[allow(dead_code, reason = \"shows\")]\nfn a() {}")]
fn what_breaks_no_rule_passes(#[case] text: &str) {
    let faults = faults(&[source("src/plan/due.rs", &format!("//! A file.\n{text}\n"))]);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_module_that_is_declared_for_tests_is_test_code() {
    let parent = source("src/platform/mod.rs", "//! Calls.\n#[cfg(test)]\npub(crate) mod fake;\n");
    let fake = source("src/platform/fake.rs", "//! A server.\nuse axum::Router;\n");
    assert_eq!(faults(&[parent, fake.clone()]), Vec::<String>::new());
    assert_eq!(faults(&[fake]).len(), 1, "undeclared, it is code like any other");
}

#[rstest]
#[case("use crate::model;\n", false)]
#[case("// A remark.\n//! What it is.\n", false)]
#[case("//!\n", false)]
#[case("//! What it is.\n", true)]
fn a_file_that_says_nothing_is_found(#[case] text: &str, #[case] expected: bool) {
    assert_eq!(says_what_it_is_for(text), expected);
}

#[rstest]
#[case::home(&["/ho", "me/somebody/jogan"], "the path of a machine")]
#[case::mac(&["see /Us", "ers/somebody/jogan"], "the path of a machine")]
#[case::root(&["path = \"/ro", "ot/.cargo\""], "the path of a machine")]
#[case::telegram(&["1234567890", ":AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"], "a Telegram token")]
#[case::discord(&["MTAwMDAwMDAwMDAwMDAwMDAwMQ", ".GabcdE.", "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"], "a Discord token")]
#[case::github(&["gh", "p_0123456789abcdefghijklmnopqrstuvwxyz"], "a GitHub token")]
#[case::key(&["-----BEGIN RSA PRIV", "ATE KEY-----"], "a private key")]
fn a_leak_is_found(#[case] parts: &[&str], #[case] expected: &str) {
    // In parts, so that this file does not hold them.
    let found = leaks(&source("docs/a.md", &format!("first\n{}\n", parts.concat())));
    assert_eq!(found, [format!("docs/a.md:2: {expected}")]);
}

/// What breaks a rule, each with file and line.
fn faults(files: &[Source]) -> Vec<String> {
    let read: Vec<(&Source, String, String)> = files
        .iter()
        .map(|file| {
            let all = code(&file.text);
            let kept = without_tests(&all).0;
            (file, all, kept)
        })
        .collect();
    let tests: BTreeSet<String> = read.iter().flat_map(|(file, all, _)| test_modules(file, all)).collect();
    let mut faults = Vec::new();
    for (file, all, kept) in &read {
        hygiene(file, all, &mut faults);
        let declared = tests.iter().any(|module| {
            file.path == format!("{module}.rs") || file.path.starts_with(&format!("{module}/"))
        });
        if !declared && !file.is_named_as_tests() {
            layers(file, kept, &mut faults);
            homes(file, kept, &mut faults);
        }
    }
    faults
}

fn layers(file: &Source, code: &str, faults: &mut Vec<String>) {
    let module = file.module();
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
        faults.push(format!("{}: {module} has no layer in tests/architecture.rs", file.path));
        return;
    };
    for (line, used) in file.uses(code) {
        // Macros and items of the crate's root are nobody's.
        let known = LAYERS.iter().any(|(name, _)| *name == used);
        if known && used != module && !allowed.contains(&used.as_str()) {
            faults.push(format!("{}:{line}: {module} may not use {used}", file.path));
        }
    }
}

fn homes(file: &Source, code: &str, faults: &mut Vec<String>) {
    let at_home = |homes: &[&str]| homes.iter().any(|home| file.path.starts_with(home));
    for (name, homes) in HOMES.iter().filter(|(_, homes)| !at_home(homes)) {
        // A crate is named as the beginning of a path; a call as it is.
        let named = |at: &usize| {
            name.contains("::") || code[at + name.len()..].starts_with("::") && !code[..*at].ends_with("::")
        };
        faults.extend(
            words(code, name).filter(named).map(|at| {
                format!("{}:{}: `{name}` belongs to {}", file.path, line(code, at), homes.join(", "))
            }),
        );
    }
    let module = file.module();
    if PURE.contains(&module) && !file.path.starts_with("src/enrich/links") {
        for name in IMPURE {
            faults.extend(words(code, name).map(|at| {
                format!("{}:{}: {module} is pure and may not use `{name}`", file.path, line(code, at))
            }));
        }
    }
}

fn hygiene(file: &Source, code: &str, faults: &mut Vec<String>) {
    for (at, start) in code.match_indices("#[allow(").chain(code.match_indices("#![allow(")) {
        let end = code[at..].find(")]").map_or(code.len(), |end| at + end);
        if !code[at + start.len()..end].contains("reason") {
            faults.push(format!("{}:{}: `allow` without a reason", file.path, line(code, at)));
        }
    }
    for name in UNFINISHED {
        let word = name.trim_end_matches('!');
        let found = words(code, word).filter(|at| code[at + word.len()..].starts_with('!'));
        faults.extend(found.map(|at| format!("{}:{}: `{name}`", file.path, line(code, at))));
    }
}

/// The modules that a file declares for tests alone, as paths without their ending.
fn test_modules(file: &Source, code: &str) -> Vec<String> {
    let folder =
        file.path.strip_suffix("/mod.rs").or_else(|| file.path.strip_suffix(".rs")).unwrap_or(&file.path);
    without_tests(code).1.iter().map(|module| format!("{folder}/{module}")).collect()
}

fn says_what_it_is_for(text: &str) -> bool {
    text.lines().next().and_then(|line| line.strip_prefix("//! ")).is_some_and(|said| !said.trim().is_empty())
}

/// Secrets and paths of somebody's machine in a file.
fn leaks(file: &Source) -> Vec<String> {
    let found = |(number, text): (usize, &str)| {
        let what = leak(text)?;
        Some(format!("{}:{}: {what}", file.path, number + 1))
    };
    file.text.lines().enumerate().filter_map(found).collect()
}

fn leak(line: &str) -> Option<&'static str> {
    let begins_a_path = |at: usize| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|before| before.is_whitespace() || "\"'`(=:".contains(before))
    };
    // Each in two parts, so that this file does not hold them.
    let homes = [["/ho", "me/"], ["/Us", "ers/"], ["/ro", "ot/"]].map(|parts| parts.concat());
    if homes.iter().any(|home| line.match_indices(home.as_str()).any(|(at, _)| begins_a_path(at))) {
        return Some("the path of a machine");
    }
    if line.contains(&["PRIV", "ATE KEY-----"].concat()) {
        return Some("a private key");
    }
    line.split(|c: char| !c.is_ascii_alphanumeric() && !"_-.:".contains(c)).find_map(token)
}

/// What kind of token a word looks like.
fn token(word: &str) -> Option<&'static str> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if let Some((id, secret)) = word.split_once(':')
        && (8..=10).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_digit())
        && secret.len() == 35
        && plain(secret)
    {
        return Some("a Telegram token");
    }
    if let [id, time, secret] = word.split('.').collect::<Vec<_>>()[..]
        && (23..=28).contains(&id.len())
        && time.len() == 6
        && (27..=38).contains(&secret.len())
        && [id, time, secret].into_iter().all(plain)
    {
        return Some("a Discord token");
    }
    let github = ["ghp_", "gho_", "ghs_", "github_pat_"];
    (word.len() >= 36 && github.iter().any(|prefix| word.starts_with(prefix))).then_some("a GitHub token")
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let sources: Vec<Source> = texts(folders).into_iter().filter(|file| file.path.ends_with(".rs")).collect();
    assert!(sources.len() > 50, "only {} sources were found in {folders:?}", sources.len());
    sources
}

/// The text files of the project in these folders; what is built, hidden, or written at run time is left out.
fn texts(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignored = fs::read_to_string(root.join(".gitignore")).expect(".gitignore");
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.expect("a readable folder");
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let inside =
                path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            let inside = inside.trim_start_matches("./").to_owned();
            if entry.file_type().expect("a type").is_dir() {
                let passed_over = ignored.lines().any(|line| line.strip_prefix('/') == Some(&*inside));
                if !passed_over && (!name.starts_with('.') || name == ".ci") {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.push(Source { path: inside, text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
