//! The text rules held against TDLib itself: random markup goes through both (`tests/support/tdlib_parse.py`).

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::sandbox::telegram::entity::{self, Entity, Kind};
use crate::sandbox::telegram::{found, html, text};

struct Tdlib {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Tdlib {
    fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = std::env::var_os("JOGAN_TEST_TDLIB_PYTHON")
            .map_or_else(|| root.join("target/tdlib/bin/python"), PathBuf::from);
        assert!(
            python.exists(),
            "TDLib is missing ({} does not exist): run `scripts/test`, which installs it",
            python.display()
        );
        let mut child = Command::new(python)
            .arg(root.join("tests/support/tdlib_parse.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.input, "{request}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?} for {request}"))
    }
}

impl Drop for Tdlib {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn named(entity: &Entity) -> Value {
    let (name, argument) = match &entity.kind {
        Kind::Mention => ("Mention", None),
        Kind::Hashtag => ("Hashtag", None),
        Kind::Cashtag => ("Cashtag", None),
        Kind::BotCommand => ("BotCommand", None),
        Kind::Url => ("Url", None),
        Kind::Email => ("EmailAddress", None),
        Kind::Bold => ("Bold", None),
        Kind::Italic => ("Italic", None),
        Kind::Underline => ("Underline", None),
        Kind::Strikethrough => ("Strikethrough", None),
        Kind::Spoiler => ("Spoiler", None),
        Kind::Blockquote => ("BlockQuote", None),
        Kind::ExpandableBlockquote => ("ExpandableBlockQuote", None),
        Kind::Code => ("Code", None),
        Kind::Pre { language: None } => ("Pre", None),
        Kind::Pre { language } => ("PreCode", language.clone()),
        Kind::TextLink { url } => ("TextUrl", Some(url.clone())),
        Kind::TextMention { user } => ("MentionName", Some(user.to_string())),
        Kind::CustomEmoji { id } => ("CustomEmoji", Some(id.to_string())),
        Kind::DateTime { unix_time, .. } => ("DateTime", Some(unix_time.to_string())),
    };
    json!([entity.offset, entity.length, name, argument])
}

fn shown(text: &str, entities: &[Entity]) -> Value {
    json!({ "text": text, "entities": entities.iter().map(named).collect::<Vec<_>>() })
}

/// Runs `ours` and TDLib's `op` over random texts until they differ.
fn compare(field: &str, op: &str, soup: impl Strategy<Value = String>, ours: impl Fn(&str) -> Value) {
    let tdlib = std::cell::RefCell::new(Tdlib::start());
    let config = Config { cases: 3000, failure_persistence: None, ..Config::default() };
    // The same texts every time: a difference that nobody brought in must not stop anybody's work.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let compared = runner.run(&soup, |soup| {
        let theirs = tdlib.borrow_mut().ask(&json!({ "op": op, field: soup }));
        prop_assert_eq!(ours(&soup), theirs);
        Ok(())
    });
    if let Err(difference) = compared {
        panic!("{difference}");
    }
}

fn soup(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pieces), 0..14).prop_map(|pieces| pieces.concat())
}

/// Tags that close each other, so that not every text is refused, around anything.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(
        &["가", "a", "😀", " ", "\n", "&amp;", "&lt;b", "나다", "x y", "\r\n", "\u{202e}", "e\u{333}"][..],
    );
    leaf.prop_map(str::to_owned).prop_recursive(5, 24, 4, |inner| {
        let tag = prop::sample::select(
            &[
                ("<b>", "</b>"),
                ("<strong>", "</strong>"),
                ("<i>", "</i>"),
                ("<u >", "</u\n>"),
                ("<S>", "</s>"),
                ("<del>", "</>"),
                ("<tg-spoiler>", "</tg-spoiler>"),
                ("<span class='tg-spoiler'>", "</span>"),
                ("<code>", "</code>"),
                ("<code class=\"language-c\">", "</code>"),
                ("<pre>", "</pre>"),
                ("<blockquote>", "</blockquote>"),
                ("<blockquote expandable>", "</blockquote>"),
                ("<a href=\"https://x.kr/?a&amp;b\">", "</a>"),
                ("<a href='javascript:x'>", "</a>"),
                ("<a href=tg://user?id=5>", "</a>"),
                ("", ""),
            ][..],
        );
        (tag, prop::collection::vec(inner, 0..4))
            .prop_map(|((start, end), inside)| format!("{start}{}{end}", inside.concat()))
    })
}

fn ours_html(markup: &str) -> Value {
    match html::parse(markup) {
        Ok((text, entities)) => shown(&text, &entities),
        Err(error) => json!({ "error": format!("Can't parse entities: {error}") }),
    }
}

#[test]
fn nested_markup_reads_as_in_tdlib() {
    compare("text", "html", nested(), ours_html);
}

#[test]
fn broken_markup_reads_as_in_tdlib() {
    const PIECES: &[&str] = &[
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<",
        ">",
        "/",
        "</",
        "<a href=",
        "\"",
        "'",
        "https://x.kr",
        "</a>",
        "<pre>",
        "<code class='language-rust'>",
        "</code>",
        "</pre>",
        "<br>",
        "<br/>",
        "<span class=\"tg-spoiler\">",
        "</span>",
        "<span>",
        "&",
        "&lt;",
        "&#65;",
        "&#xd83d;",
        "&#xde00;",
        "&#x1F600;",
        "&nbsp;",
        "&quot",
        "#",
        "x;",
        "가나",
        "한 글",
        "😀",
        "👨‍👩‍👧",
        " ",
        "\n",
        "\t",
        "=",
        "class",
        "<blockquote expandable>",
        "</blockquote>",
        "<blockquote ",
        "a",
        "B",
        "<tg-emoji emoji-id='5'>",
        "</tg-emoji>",
        "<tg-time unix='1700000000' format='wd'>",
        "</tg-time>",
        "<U>",
        "</u>",
        "<a href='x.y",
        "<a>",
        "tg://user?id=9",
        "<a href='tg://resolve?domain=x&amp;y=1'>",
        "\u{2060}",
        "\0",
    ];
    compare("text", "html", soup(PIECES), ours_html);
}

#[test]
fn a_text_is_cleaned_and_its_entities_fixed_as_in_tdlib() {
    compare("html", "fixed", nested(), |markup| match html::parse(markup) {
        Ok((text, entities)) => {
            let cleaned = text::clean(&text, entity::fix(entities));
            // TDLib empties a text of spaces alone at once; here that is left to the trimming.
            let is_blank = cleaned.text.trim_matches([' ', '\n']).is_empty();
            if is_blank { shown("", &[]) } else { shown(&cleaned.text, &cleaned.entities) }
        }
        Err(error) => json!({ "error": format!("Can't parse entities: {error}") }),
    });
}

#[test]
fn plain_text_means_what_it_means_in_tdlib() {
    const PIECES: &[&str] = &[
        "@",
        "/",
        "#",
        "$",
        "\u{2060}",
        "jogan",
        "jogan_bot",
        "OpenAI",
        "start",
        "투자",
        "반도체는",
        "AI",
        "USD",
        "가",
        "1",
        "2025",
        " ",
        " ",
        "\n",
        ".",
        ",",
        "!",
        "(",
        ")",
        "[",
        "]",
        "https://",
        "http://",
        "ftp://",
        "x.kr",
        "a.com",
        "b.co.kr",
        "www.",
        "한국.kr",
        "/path",
        "?q=1",
        "#f",
        ":8080",
        "me@x.com",
        "mailto:",
        "😀",
        "·",
        "‘",
        "’",
        "…",
        "_",
        "-",
        "<",
        ">",
        "\"",
        "'",
        "~",
        "Node.js",
        "3.14",
        "tg://settings",
        "ton://wallet",
        "resolve?domain=a",
        "user:pw@",
        "%",
        "：",
        "、",
        "GPT-5.2",
    ];
    compare("text", "found", soup(PIECES), |text| shown(text, &found::find(text)));
}
