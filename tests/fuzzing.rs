//! What is fuzzed (`fuzz/targets.rs`) holds for the corpus, for every fixture, and for random changes of them.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

use rstest::rstest;

/// The longest of them, in characters: a run is a matter of seconds.
const LONGEST: usize = 20_000;

/// The texts of a folder's files.
fn texts(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| String::from_utf8_lossy(&fs::read(file).expect("a file")).into_owned()).collect()
}

/// What means something to one of the parsers.
const MARKS: [&str; 40] = [
    "\n",
    "\n\n",
    "\n---\n",
    "\n+++\n",
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "**",
    "*",
    "_",
    "~~",
    "`",
    "\n```\n",
    "[",
    "](",
    ")",
    "![",
    "[^1]",
    "[^1]: ",
    "|",
    "\n|-|-|\n",
    "<b>",
    "</",
    "<!--",
    "-->",
    "<li>",
    "<summary>",
    "{%",
    "%}",
    "{:toc}",
    "&",
    "*a",
    ": ",
    "https://e.x/",
    "제목: ",
    "\u{200b}",
    "🚀",
];

/// A text made of others: stretches cut out, doubled, exchanged with another's, and marks put in.
fn changed(texts: &[String], random: &mut fastrand::Rng) -> String {
    let pick = |random: &mut fastrand::Rng| -> Vec<char> {
        texts.get(random.usize(..texts.len())).map(|text| text.chars().collect()).unwrap_or_default()
    };
    let mut text = pick(random);
    for _ in 0..random.usize(1..8) {
        let from = random.usize(..=text.len());
        let until = random.usize(from..=text.len().min(from + 200));
        let stretch: Vec<char> = match random.u8(..4) {
            0 => Vec::new(),
            1 => text[from..until].repeat(random.usize(2..20)),
            2 => {
                let other = pick(random);
                let at = random.usize(..=other.len());
                other[at..].iter().take(300).copied().collect()
            }
            _ => MARKS[random.usize(..MARKS.len())].repeat(random.usize(1..30)).chars().collect(),
        };
        text.splice(from..until, stretch);
        text.truncate(LONGEST);
    }
    text.into_iter().collect()
}

/// The corpus of a target, and for what takes whole posts every fixture.
fn corpus(name: &str) -> Vec<String> {
    let mut corpus = texts(&format!("fuzz/corpus/{name}"));
    if name != "front_matter" {
        corpus.extend(texts("tests/fixtures/forms"));
    }
    assert!(corpus.len() > 5, "the corpus of {name} is there");
    corpus
}

#[rstest]
#[case::front_matter("front_matter", targets::front_matter)]
#[case::post("post", targets::post)]
#[case::renderers("renderers", targets::renderers)]
fn what_is_fuzzed_holds_for_the_corpus(#[case] name: &str, #[case] target: fn(&[u8])) {
    for text in corpus(name) {
        target(text.as_bytes());
    }
}

#[rstest]
#[case::front_matter("front_matter", targets::front_matter, 200)]
#[case::post("post", targets::post, 200)]
// Each is set in nine ways and drawn, which takes an unoptimised program a second.
#[case::renderers("renderers", targets::renderers, 25)]
fn what_is_fuzzed_holds_for_changes_of_the_corpus(
    #[case] name: &str,
    #[case] target: fn(&[u8]),
    #[case] changes: usize,
    #[values(1, 2)] seed: u64,
) {
    let corpus = corpus(name);
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..changes {
        let text = changed(&corpus, &mut random);
        target(text.as_bytes());
    }
}
