//! Whole posts through [`parse`](super::parse): fixtures, shapes, and that no word is ever lost.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::rstest;

use crate::model::rich::{Block, Inline};

use super::*;

fn raw(name: &str, text: &str) -> RawDigest {
    RawDigest { name: name.to_owned(), bytes: text.as_bytes().to_owned() }
}

fn draft(name: &str, text: &str) -> Draft {
    parse(&raw(name, text), &Rules::default()).expect("readable text")
}

fn headlines(draft: &Draft) -> Vec<String> {
    draft.articles.iter().map(|article| rich::plain(&article.headline).into_owned()).collect()
}

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/posts/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a fixture")
}

#[rstest]
#[case::reference("2025-12-17-ai-news.md")]
#[case::headings_under_categories("2026-01-05-categories.md")]
#[case::bullets("2026-01-06-bullets.md")]
#[case::broken_front_matter("broken-front-matter.md")]
#[case::markup("2026-01-08-markup.md")]
fn fixtures_are_understood(#[case] name: &str) {
    let outline = Outline::from(&draft(name, &fixture(name)));
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/parse"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_json_snapshot!(name, outline);
    });
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let text = fixture("2025-12-17-ai-news.md");
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(draft("2025-12-17-ai-news.md", &windows), draft("2025-12-17-ai-news.md", &text));
}

#[rstest]
#[case::reference(
    "## 하나\n[P](https://a.b) - 발행일: 2025-12-17\n\n글\n\n---\n\n## 둘\n[P](https://a.c) - 발행일: 2025-12-17\n\n글",
    &["하나", "둘"]
)]
#[case::one_without_a_source("## 하나\n[P](https://a.b)\n\n## 둘\n글\n\n## 셋\n[P](https://a.d)\n", &["하나", "둘", "셋"])]
#[case::headings_alone("## 하나\n글\n\n## 둘\n글\n", &["하나", "둘"])]
#[case::flat_h3("### 하나\n원문: https://a.b\n글\n\n### 둘\n원문: https://a.c\n글\n\n## 맺음말\n글", &["하나", "둘"])]
#[case::same_level_sections(
    "## 하나\n[P](https://a.b)\n\n## 요약\n글\n\n## 둘\n[P](https://a.c)\n\n## 요약\n글",
    &["하나", "둘"]
)]
#[case::trailing_heading("## 하나\n[P](https://a.b)\n\n## 둘\n[P](https://a.c)\n\n## 맺음말\n끝", &["하나", "둘"])]
#[case::bold_links("**[하나](https://a.b)**\n\n글\n\n**[둘](https://a.c)**\n\n글", &["하나", "둘"])]
#[case::bold_numbers("**1. 하나**\n- 글\n\n**2. 둘**\n- 글\n", &["하나", "둘"])]
#[case::numbered("1、[하나](https://a.b)\n\n글\n\n2、[둘](https://a.c)（영문）\n\n글", &["하나", "둘（영문）"])]
#[case::bullets("- [하나](https://a.b) — 글\n- [둘](https://a.c)\n", &["하나", "둘"])]
#[case::bold_bullets("- **하나**: 글 [출처](https://a.b)\n- **둘**: 글 ([출처](https://a.c))\n", &["하나", "둘"])]
#[case::bullets_with_links_apart(
    "## 소식\n- **하나**: 글\n- **둘**: 글\n\n## 링크\n- https://a.b\n- https://a.c\n",
    &["하나", "둘"]
)]
#[case::headings_in_code("## 하나\n[P](https://a.b)\n```\n## 아님\n```\n\n## 둘\n[P](https://a.c)\n", &["하나", "둘"])]
#[case::linked_headings("## [하나](https://a.b)\n글\n## [둘](https://a.c)\n글\n## 모음\n- 글", &["하나", "둘"])]
#[case::prose("그냥 쓴 글입니다.\n\n문단이 둘입니다.", &["제목"])]
#[case::nothing("", &[])]
fn articles_are_told_apart_by_structure(#[case] body: &str, #[case] expected: &[&str]) {
    assert_eq!(headlines(&draft("2025-12-17-a.md", &format!("---\ntitle: 제목\n---\n{body}"))), expected);
}

#[test]
fn a_feed_may_name_its_shape() {
    let text = "---\ntitle: 제목\n---\n## 하나\n글\n\n## 둘\n글\n";
    let rules = Rules { shape: Some(Shape::Whole) };
    let draft = parse(&raw("2025-12-17-a.md", text), &rules).expect("readable text");
    assert_eq!(headlines(&draft), ["제목"]);
    assert_eq!("bullets".parse(), Ok(Shape::Bullets));
    assert!("Bullets ".parse::<Shape>().is_err());
}

#[test]
fn without_front_matter_the_file_name_and_the_first_heading_speak() {
    let draft = draft("2025-12-17-ai-news.md", "# 아침 뉴스\n\n## 하나\n[P](https://a.b)\n\n글\n");
    assert_eq!(draft.title.as_deref(), Some("아침 뉴스"));
    assert_eq!(draft.date.map(|date| date.to_string()).as_deref(), Some("2025-12-17"));
    assert_eq!(draft.key.as_ref().map(ToString::to_string).as_deref(), Some("2025-12-17-ai-news"));
    assert!(draft.intro.is_empty(), "the title is not repeated");
    assert_eq!(draft.slug(), "ai-news");
}

#[test]
fn front_matter_that_is_never_closed_is_text_and_is_said() {
    let draft = draft("2025-12-17-a.md", "---\ntitle: 제목\n\n글\n");
    assert!(draft.warnings[0].to_string().starts_with("line 1: the front matter is never closed"));
    assert!(kept(&draft).contains("title: 제목"));
}

#[test]
fn the_front_matters_date_wins_and_the_key_keeps_the_file_names() {
    let text = "---\ntitle: 제목\ndate: 2025-12-18 09:00\n---\n글\n";
    let draft = draft("2025-12-17-a.md", text);
    assert_eq!(draft.date.map(|date| date.to_string()).as_deref(), Some("2025-12-18 09:00:00"));
    assert_eq!(draft.key.map(|key| key.0).as_deref(), Some("2025-12-17-a"));
}

#[rstest]
#[case::draft("a.md", "---\ntitle: 제목\npublished: false\n---\n글", "draft")]
#[case::no_title("2025-12-17-a.md", "글", "no title")]
#[case::no_date("a.md", "# 제목\n\n글", "no date")]
#[case::empty("2025-12-17-a.md", "---\ntitle: 제목\n---\n", "no text")]
fn what_is_no_digest_says_what_is_missing(#[case] name: &str, #[case] text: &str, #[case] reason: &str) {
    let error = draft(name, text).into_digest(None).expect_err("no digest").to_string();
    assert!(error.starts_with(name) && error.contains(reason) && error.contains("; "), "{error}");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let post = RawDigest { name: "a.md".to_owned(), bytes: b"# ok\n\xb4\xeb".to_vec() };
    let error = parse(&post, &Rules::default()).expect_err("no text");
    assert_eq!(error.to_string(), "a.md, line 2: byte 5 is not UTF-8 text; save the file as UTF-8");
}

#[rstest]
#[case::quotes(">".repeat(10_000) + " 글")]
#[case::quote_lines((1..1_000).map(|depth| ">".repeat(depth) + " 글\n").collect())]
#[case::lists("- ".repeat(10_000) + "글")]
#[case::list_lines((0..1_000).map(|depth| "  ".repeat(depth) + "- 글\n").collect())]
#[case::stars("*".repeat(1_000_000))]
#[case::stars_and_letters("**a".repeat(200_000))]
#[case::nested_stars("*a **b ".repeat(50_000))]
#[case::korean_stars("**가(나)**는 ".repeat(50_000))]
#[case::brackets("[".repeat(200_000))]
#[case::links("[a](".repeat(50_000))]
#[case::pictures("![".repeat(50_000) + &"](a)".repeat(50_000))]
#[case::braces("{%".repeat(200_000))]
#[case::addresses("http".repeat(200_000))]
#[case::comments("<!-- ".repeat(100_000))]
#[case::scripts("a <script> ".repeat(50_000))]
#[case::backslashes("\\".repeat(500_000) + "*")]
#[case::headings("# a\n".repeat(50_000))]
#[case::repeats((0..20_000).map(|n| format!("- {n}번 소식\n")).collect::<String>()
    + &(0..20_000).map(|n| format!("## {n}번 소식\n\n글\n\n")).collect::<String>())]
#[case::many_repeats("- 하나\n- 둘\n\n* 하나\n* 둘\n\n".repeat(20_000) + "## 하나\n글\n\n## 둘\n글\n")]
#[case::rows("|제목|\n|-|\n".to_owned() + &"|[a](https://a.b)|\n".repeat(50_000))]
#[case::loose_bullets("- 글 https://a.b\n".repeat(50_000))]
#[case::marks("■ 글\n\n".repeat(50_000))]
#[case::definitions((0..30_000).map(|n| format!("[a{n}]: b\n")).collect())]
#[case::footnotes((0..20_000).map(|n| format!("[^{n}] ")).collect())]
#[case::cells("|".repeat(100_000) + "\n" + &"|-".repeat(50_000) + "\n" + &"|".repeat(100_000))]
fn hostile_posts_cost_little_time_and_no_stack(#[case] text: String) {
    let start = Instant::now();
    // A thread of this crate's runtime has 2 MiB of stack: half of it has to do.
    let work = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || {
        let draft = draft("2025-12-17-a.md", &text);
        drop(Outline::from(&draft));
        drop(draft);
    });
    work.expect("a thread").join().expect("no panic");
    // What grows with the square of the text takes minutes; a busy machine is no fault of the post.
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// Every word that a draft keeps somewhere.
pub(super) fn kept(draft: &Draft) -> String {
    let mut text = String::new();
    let mut add = |part: &str| {
        text.push_str(part);
        text.push('\n');
    };
    add(draft.title.as_deref().unwrap_or_default());
    for article in &draft.articles {
        add(&rich::plain(&article.headline));
        for part in [&article.publisher, &article.link, &article.published].into_iter().flatten() {
            add(part);
        }
        for section in &article.sections {
            add(&rich::plain(&section.title));
            add(&rich::plain_blocks(&section.blocks));
            add(&addresses(&section.blocks));
        }
    }
    for blocks in [&draft.intro, &draft.closing] {
        add(&rich::plain_blocks(blocks));
        add(&addresses(blocks));
    }
    for dropped in &draft.dropped {
        add(&dropped.text);
    }
    text
}

/// What blocks hold that is not seen: addresses and the languages of code.
fn addresses(blocks: &[Block]) -> String {
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(run) | Block::Heading(run) => run_addresses(run),
            Block::List { items, .. } => items.iter().map(|item| addresses(item)).collect(),
            Block::Quote(blocks) => addresses(blocks),
            Block::Code { language, .. } => format!("{language}\n"),
            Block::Table { header, rows } => {
                header.iter().chain(rows.iter().flatten()).map(|cell| run_addresses(cell)).collect()
            }
            Block::Image { url, .. } => format!("{url}\n"),
        })
        .collect()
}

fn run_addresses(run: &[Inline]) -> String {
    run.iter()
        .map(|inline| match inline {
            Inline::Link { url, text } => format!("{url}\n{}", run_addresses(text)),
            Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => run_addresses(run),
            Inline::Text(_) | Inline::Code(_) | Inline::Break => String::new(),
        })
        .collect()
}

#[rstest]
#[case::behind_a_link("[P](https://a.b) - 발행일: 2025-12-17", "발행일")]
#[case::in_bold("[P](https://a.b) | **Published:** Dec 17, 2025", "Published")]
#[case::without_a_link("P 신문 - 발행: 2025.12.17", "발행")]
#[case::in_a_table("| 항목 | 내용 |\n|---|---|\n| 발행일 | 2025-12-17 |", "발행일")]
fn the_word_before_a_date_is_told_as_dropped(#[case] source: &str, #[case] label: &str) {
    let draft = draft("2025-12-17-a.md", &format!("## 하나\n{source}\n\n글\n\n## 둘\n{source}\n\n글\n"));
    assert!(draft.articles.iter().all(|article| article.published.is_some()), "{draft:#?}");
    let told = draft.dropped.iter().any(|dropped| dropped.text.split(" · ").any(|word| word == label));
    assert!(told, "{:?}", draft.dropped);
}

/// A text and the words in it, none like another and none inside another: each `가` of `parts` becomes one.
fn numbered(parts: &[String]) -> (String, Vec<String>) {
    let mut words = Vec::new();
    let mut text = String::new();
    for c in parts.concat().chars() {
        if c != '가' {
            text.push(c);
            continue;
        }
        let number = format!("{:03}", words.len());
        let word: String = std::iter::once('가')
            .chain(
                number
                    .bytes()
                    .filter_map(|digit| "영일이삼사오육칠팔구".chars().nth(usize::from(digit - b'0'))),
            )
            .collect();
        text.push_str(&word);
        words.push(word);
    }
    (text, words)
}

fn assert_no_word_is_lost(parts: &[String], shape: Option<Shape>) {
    let (text, words) = numbered(parts);
    let draft = parse(&raw("2025-12-17-a.md", &text), &Rules { shape }).expect("readable text");
    let kept = kept(&draft);
    for word in words {
        assert!(kept.contains(&word), "{word:?} of {text:?} is not in {draft:#?}");
    }
}

/// A piece of a digest in one of the forms that people write; `가` is a word.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("## 가\n\n[가](https://a.b/c) - 2025-12-17\n\n".to_owned()),
        Just("## 가\n\n가 가\n".to_owned()),
        Just("### 요약\n- **가**: 가(가)는\n- **가(가)**은 가\n".to_owned()),
        Just("### 가\n\n가\n\n".to_owned()),
        Just("# 가\n".to_owned()),
        Just("\n---\n\n".to_owned()),
        Just("\n가 **가** *가* ~~가~~ `가` [가](https://a.b)\n".to_owned()),
        Just("\n**가**\n가\n\n".to_owned()),
        Just("\n**[가](https://a.b)**\n\n가\n".to_owned()),
        Just("\n**3. 가**\n- 가\n\n".to_owned()),
        Just("\n1、[가](https://a.b)（가）\n\n가\n".to_owned()),
        Just("\n1、\n\n가\n\n".to_owned()),
        Just("- [가](https://a.b) — 가\n".to_owned()),
        Just("- **가**: 가\n  - 가\n\n".to_owned()),
        Just("1. 가\n\n   가\n".to_owned()),
        Just("\n> 가\n> - 가\n".to_owned()),
        Just("\n| 가 | 가 |\n|---|---|\n| 가 | **가** | 가 |\n| 가 |\n\n".to_owned()),
        Just("\n```rust 가\n가 **가**\n```\n".to_owned()),
        Just("\n    가\n".to_owned()),
        Just("\n![가](a.png \"가\")\n".to_owned()),
        Just("\n<div>가 <b>가</b><br>가</div>\n\n".to_owned()),
        Just("\n<!-- 가 -->\n".to_owned()),
        Just("\n<h2>가 <a href=\"https://a.b\">가</h2>\n<p>가</a> 가</p><h3>가\n\n".to_owned()),
        Just("\n가 <a href=https://a.b>가 **가 <h2>가</a> 가** 가\n".to_owned()),
        Just("\n가 <script>가</script> 가 <i>가</i>\n".to_owned()),
        Just("\n{% 가 %} {{ 가 }} 가\n{: .가}\n".to_owned()),
        Just("\n가[^1]\n\n[^1]: 가\n\n".to_owned()),
        Just("\n[b]: 가\n".to_owned()),
        Just("\n가 - 발행일: 2025-12-17 | 가\n\n".to_owned()),
        Just("\n→ 원문: [가](https://a.b)\n가\n".to_owned()),
        Just("- https://a.b/가\n- https://a.c\n".to_owned()),
        Just("\n제목: 가\n링크: https://a.b\n출처: 가\n요약: 가\n\n".to_owned()),
        Just("\n- **제목**: 가\n- **출처**: [가](https://a.b)\n- 가: 가\n\n".to_owned()),
        Just("\n<details>\n<summary>가</summary>\n\n가 [가](https://a.b)\n\n</details>\n\n".to_owned()),
        Just("\n<ul><li>가 <b>가</b></li><li><a href=\"https://a.b\">가</a> 가</ul>\n\n".to_owned()),
        Just("\n> 가\n> — [가](https://a.b), 2026-02-02\n\n".to_owned()),
        Just(
            "\n| 가 | 가 |\n|---|---|\n| 출처 | [가](https://a.b) |\n| 발행일 | 2026-02-02 |\n\n".to_owned()
        ),
        Just("- [x] 가\n- [ ] [가](https://a.b) - 가, 2026-02-02\n".to_owned()),
        Just("- 가\n  - [가](https://a.b)\n  - [가](https://a.c)\n".to_owned()),
        Just(
            "\n## 3. 가 (가, 2026-02-02)\n출처: 가 (https://a.b)\n가 (출처: [가](https://a.b))\n".to_owned()
        ),
        Just("\n[1] 가[^가]\n가\n🔗 https://a.b\n\n[^가]: [가](https://a.b) 가\n\n".to_owned()),
        Just("\n**출처**\n\n- [가](https://a.b)\n- 가: [가](https://a.c), [가](https://a.d)\n\n".to_owned()),
        Just("\n[가](https://a.b)\n[가](https://a.c)\n\n".to_owned()),
        Just("\n* TOC 가\n{:toc}\n\n".to_owned()),
        Just("\n3) 가\n\n가\n\n4) 가\n\n가\n".to_owned()),
        Just("\n🚀 **가**\n가\n→ [원문 보기](https://a.b) 가\n\n".to_owned()),
        Just("\n[가] 가 — 가\n\n[1] 가, https://a.b\n[2] 가, https://a.c\n\n".to_owned()),
    ]
}

/// Markup in no order at all.
fn rubble() -> impl Strategy<Value = Vec<String>> {
    let parts = [
        "가",
        "가",
        "가",
        " ",
        " ",
        "\n",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "~",
        "~~",
        "`",
        "```",
        "[",
        "](a)",
        "![",
        "- ",
        "1. ",
        "> ",
        "# ",
        "## ",
        "    ",
        "\t",
        "|",
        "\n|-|\n",
        "---",
        "\\",
        "<b>",
        "</b>",
        "<br>",
        "<div>",
        "<h2>",
        "</h2>",
        "<a href=b>",
        "</a>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "{{",
        "}}",
        "{:",
        "}",
        "&amp;",
        "http://a",
        "(",
        ")",
        "\u{200b}",
        "1、",
        ": ",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()).prop_map(str::to_owned), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_of_a_post_is_lost(parts in prop::collection::vec(piece(), 0..12)) {
        assert_no_word_is_lost(&parts, None);
    }

    #[test]
    fn no_word_among_rubble_is_lost(parts in rubble()) {
        assert_no_word_is_lost(&parts, None);
    }

    #[test]
    fn every_shape_keeps_every_word(
        parts in prop::collection::vec(piece(), 0..12),
        shape in prop::sample::select(Shape::ALL.to_vec()),
    ) {
        assert_no_word_is_lost(&parts, Some(shape));
    }
}
