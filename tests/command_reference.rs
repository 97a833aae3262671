//! `docs/commands.md` says what commands there are: it is written from the catalogue, and this fails when it is stale.

use std::fmt::Write as _;
use std::path::Path;

use jogan::commands::{CATALOGUE, Spec, Who};
use jogan::config::Environment;

const HEAD: &str = "\
# Commands

Written from the catalogue (`src/commands/`) by `JOGAN_WRITE_REFERENCE=1 cargo test command_reference`; the tests fail when
it is stale. On Discord arguments are options of these names; on Telegram their values stand in any order, without names.
";

/// The page as the catalogue has it.
fn page() -> String {
    let mut page = HEAD.to_owned();
    for (who, title) in [
        (Who::Anyone, "For everybody"),
        (Who::ChannelAdmin, "For channel admins"),
        (Who::Operator, "For operators"),
    ] {
        let _ = write!(
            page,
            "\n## {title}\n\n| command | arguments | what it does | 한국어 |\n|---|---|---|---|\n"
        );
        for spec in CATALOGUE.iter().filter(|spec| spec.who == who) {
            let _ = writeln!(page, "{}", row(spec));
        }
    }
    page
}

fn row(spec: &Spec) -> String {
    let arguments: Vec<String> =
        spec.arguments.iter().map(|argument| format!("`{}`: {}", argument.name, argument.about.en)).collect();
    let mut korean: Vec<String> = match spec.group() {
        // Subcommands have no word of their own in a private chat.
        Some(_) => Vec::new(),
        None => spec.korean.iter().map(|word| format!("`/{word}`")).collect(),
    };
    korean.push(spec.about.ko.to_owned());
    let (arguments, korean) = (arguments.join("<br>"), korean.join(" "));
    let (name, example, about) = (spec.name, spec.example.en, spec.about.en);
    format!("| `/{name}` | `/{example}` | {arguments} | {about} | {korean} |")
}

#[test]
fn the_page_says_what_the_catalogue_has() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    let page = page();
    if Environment::of_process().get("JOGAN_WRITE_REFERENCE").is_some() {
        std::fs::write(&file, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/commands.md is stale: write it with `JOGAN_WRITE_REFERENCE=1 cargo test command_reference`"
    );
}
