//! What the documentation tells people to type: every line for a shell that runs the program is one that the program
//! takes, every file that a page links is there, and every chat command is one.

use std::path::{Path, PathBuf};

use jogan::commands::CATALOGUE;

use crate::support::program::jogan;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages for people, with their texts.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(ROOT);
    let mut pages: Vec<PathBuf> =
        ["README.md", "README.ko.md", "SECURITY.md"].iter().map(|name| root.join(name)).collect();
    for entry in std::fs::read_dir(root.join("docs")).expect("docs") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|end| end == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    pages.into_iter().map(|page| (page.clone(), std::fs::read_to_string(page).expect("text"))).collect()
}

/// The lines in a page's blocks of this language, with those that end in `\` joined.
fn lines_of(text: &str, language: &str) -> Vec<String> {
    let (mut lines, mut inside) = (Vec::new(), false);
    let mut joined = String::new();
    for line in text.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            inside = !inside && fence == language;
        } else if inside {
            match line.strip_suffix('\\') {
                Some(part) => joined.push_str(part),
                None => lines.push(std::mem::take(&mut joined) + line),
            }
        }
    }
    lines
}

/// The words of a shell's line up to a comment, a pipe or a redirection; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for sign in line.chars() {
        match (quote, sign) {
            (Some(open), sign) if open == sign => quote = None,
            (Some(_), sign) => word.push(sign),
            (None, '\'' | '"') => quote = Some(sign),
            (None, '|' | '>' | '<' | ';' | '&') => break,
            (None, '#') if word.is_empty() => break,
            (None, ' ') if word.is_empty() => {}
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (None, sign) => word.push(sign),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The arguments, where a line runs the program: `jogan …`, or `cargo run … -- …`, perhaps after variables.
fn arguments(line: &str) -> Option<Vec<String>> {
    let words = words(line);
    let is_variable =
        |word: &&String| word.split_once('=').is_some_and(|(name, _)| name == name.to_uppercase());
    let mut words = words.iter().skip_while(is_variable).cloned();
    match words.next()?.as_str() {
        "jogan" => Some(words.collect()),
        "cargo" if words.next()? == "run" => Some(words.skip_while(|word| word != "--").skip(1).collect())
            .filter(|all: &Vec<_>| !all.is_empty()),
        _ => None,
    }
}

#[tokio::test]
async fn every_command_line_is_one_that_the_program_takes() {
    let mut tried = 0;
    for (page, text) in pages() {
        for line in lines_of(&text, "sh") {
            let Some(arguments) = arguments(&line) else { continue };
            // With `--help` at its end a line is read like any other, and nothing is done.
            let run = jogan(&[]).args(&arguments).arg("--help").output().await.expect("the binary");
            let said = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success(), "{}: `{line}` is refused: {said}", page.display());
            let parsed = jogan::cli::reads(&arguments);
            assert!(parsed.is_ok(), "{}: `{line}`: {}", page.display(), parsed.unwrap_err());
            tried += 1;
        }
    }
    assert!(tried > 15, "only {tried} lines were found");
}

#[test]
fn a_line_that_the_program_does_not_take_is_found() {
    for line in ["jogan chekc", "jogan send post.md", "jogan send post.md --to irc:1", "A=1 jogan run --fast"]
    {
        let arguments = arguments(line).unwrap_or_else(|| panic!("{line} runs the program"));
        assert!(jogan::cli::reads(&arguments).is_err(), "{line}");
    }
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let mut followed = 0;
    for (page, text) in pages() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let file = page.parent().expect("a folder").join(target);
            assert!(file.exists(), "{}: {target} is not there", page.display());
            followed += 1;
        }
    }
    assert!(followed > 20, "only {followed} links were found");
}

#[test]
fn every_chat_command_in_the_guides_is_one() {
    let (mut seen, guide) = (0, std::fs::read_to_string(Path::new(ROOT).join("docs/channel-admin.md")));
    for line in lines_of(&guide.expect("text"), "text") {
        let name = line.trim_start_matches('/').split(' ').next().unwrap_or_default();
        assert!(CATALOGUE.iter().any(|spec| spec.name == name), "{line}");
        seen += 1;
    }
    assert!(seen > 5, "only {seen} commands were found");
}
