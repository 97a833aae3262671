//! Posts that nobody writes: megabytes of marks, a hundred thousand links, ten thousand levels. `jogan preview` reads each in
//! memory that is a small multiple of the post's size.

use std::io::Read as _;
use std::process::{Command, Stdio};

use rstest::rstest;

/// How large a post is read here, in bytes. The time of an unoptimised program is the reason that it is no more.
const SIZE: usize = 4_000_000;
/// The most memory that the program may take, in multiples of the post's size, all that it takes for itself included.
const MOST: usize = 20;

/// The most memory that a process has had, in bytes; `None` of one that has ended.
fn peak(process: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024)
}

/// What the program prints of a post, and the most memory that it had until it began to print: it holds all of the answer then,
/// and waits for us to read it.
fn preview(text: &str) -> (String, Option<usize>) {
    let disk = tempfile::tempdir().expect("a folder");
    let file = disk.path().join("2025-12-17-flood.md");
    std::fs::write(&file, text).expect("a file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_jogan"))
        .arg("preview")
        .arg(&file)
        .arg("--json")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let mut out = child.stdout.take().expect("piped");
    let mut first = [0];
    out.read_exact(&mut first).expect("an answer");
    let peak = peak(child.id());
    let mut printed = String::from_utf8_lossy(&first).into_owned();
    out.read_to_string(&mut printed).expect("text");
    assert!(child.wait().expect("it ends").success());
    (printed, peak)
}

#[rstest]
#[case::stars("", "*")]
#[case::stars_behind_a_letter("a", "*")]
#[case::stars_and_blanks("", "* ")]
#[case::links_a_line("", "[a](https://e.x/1)\n")]
#[case::links_on_one_line("", "[a](https://e.x/1) ")]
#[case::links_in_a_list("", "- [a](https://e.x/1)\n")]
#[case::links_in_paragraphs("", "[a](https://e.x/1)\n\n")]
#[case::emphasis("", "*a* ")]
#[case::headings("", "# a\n")]
#[case::quotes("", "> ")]
#[case::lists("", "- ")]
fn a_flood_takes_memory_of_a_small_multiple_of_its_size(#[case] before: &str, #[case] repeated: &str) {
    let flood = repeated.repeat(SIZE / repeated.len());
    // The answer is longer than a pipe is.
    let end = "끝말 ".repeat(20_000);
    let text = format!("# 홍수\n\n{before}{flood}z\n\n{end}\n");
    let (printed, peak) = preview(&text);
    let peak = peak.expect("it waits for us");
    assert!(peak <= MOST * text.len(), "{} bytes for each of the post's", peak / text.len());
    let outline: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(outline["title"], "홍수");
    assert!(printed.contains("끝말 끝말 끝말"), "the end is lost");
}

#[rstest]
#[case::quotes("> ".repeat(10_000) + "끝말")]
#[case::lists("- ".repeat(10_000) + "끝말")]
#[case::brackets("[".repeat(10_000) + "끝말" + &"]".repeat(10_000))]
#[case::stars("*".repeat(10_000) + "끝말" + &"*".repeat(10_000))]
#[case::tags("<div>".repeat(10_000) + "끝말" + &"</div>".repeat(10_000))]
fn ten_thousand_levels_lose_no_word(#[case] text: String) {
    let (printed, _) = preview(&text);
    let begin: String = printed.chars().take(500).collect();
    assert!(printed.contains("끝말"), "{begin}");
}
