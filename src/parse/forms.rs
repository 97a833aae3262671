//! Invented posts of many kinds (`tests/fixtures/forms/`), and the headlines and links that a reader would find.

use std::collections::BTreeSet;

use crate::model::digest::RawDigest;
use crate::model::rich::plain;

use super::{Draft, Rules, parse};

fn folder() -> String {
    format!("{}/tests/fixtures/forms", env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> Draft {
    let bytes = std::fs::read(format!("{}/{name}.md", folder())).expect("a fixture");
    parse(&RawDigest { name: format!("{name}.md"), bytes }, &Rules::default()).expect("readable text")
}

/// The name of each post and its articles: `headline <link>`.
const POSTS: [(&str, &[&str]); 36] = [
    ("hugo-toml", &["삼성전자, HBM4 양산 <https://e.x/1>", "네이버, 검색 개편 <https://e.x/2>"]),
    ("json-front-matter", &["삼성전자, HBM4 양산 <https://e.x/1>", "네이버, 검색 개편 <https://e.x/2>"]),
    ("hexo", &["삼성전자, HBM4 양산 <https://e.x/1>", "네이버, 검색 개편 <https://e.x/2>"]),
    ("pelican", &["Compiler news <https://e.x/1>", "Kernel news <https://e.x/2>"]),
    ("ghost", &["Compiler news <https://e.x/1>", "Kernel news <https://e.x/2>"]),
    ("h1-articles", &["삼성전자, HBM4 양산 <https://e.x/1>", "TSMC, 2나노 증설 <https://e.x/2>"]),
    (
        "emoji-headings",
        &["🚀 OpenAI, 새 모델 공개 <https://e.x/1>", "🧠 구글, 제미나이 갱신 <https://e.x/2>"],
    ),
    ("keycap-headings", &["엔비디아 실적 발표 <https://e.x/1>", "애플, 시리 개편 <https://e.x/2>"]),
    (
        "insight-among-articles",
        &["네이버, 검색 개편 <https://e.x/1>", "카카오, 에이전트 출시 <https://e.x/2>"],
    ),
    ("contents-first", &["A new compiler <https://e.x/1>", "A faster kernel <https://e.x/2>"]),
    ("headlines-first", &["삼성전자, 신제품 공개 <https://e.x/1>", "LG, 로봇 출시 <https://e.x/2>"]),
    (
        "bullets-linked",
        &[
            "Rust 2.0 is not happening <https://e.x/1>",
            "How SQLite tests <https://e.x/2>",
            "A tiny web server <https://e.x/3>",
        ],
    ),
    (
        "bullets-under-categories",
        &["Rust 1.95 <https://e.x/1>", "Zig 1.0 <https://e.x/2>", "Postgres 19 <https://e.x/3>"],
    ),
    (
        "bullets-link-last",
        &[
            "삼성전자가 HBM4를 양산한다 <https://e.x/1>",
            "네이버가 검색을 고쳤다 <https://e.x/2>",
            "카카오가 에이전트를 냈다 <https://e.x/3>",
        ],
    ),
    ("bullets-bare", &["삼성전자 HBM4 양산 <https://e.x/1>", "네이버 검색 개편 <https://e.x/2>"]),
    ("bullets-nested", &["OpenAI, 새 모델 공개 <https://e.x/1>", "구글, 로봇 공개 <https://e.x/2>"]),
    (
        "ordered-list",
        &["First story <https://e.x/1>", "Second story <https://e.x/2>", "Third story <https://e.x/3>"],
    ),
    ("ordered-bold-list", &["엔비디아, 새 GPU 공개 <https://e.x/1>", "AMD, 반격 <https://e.x/2>"]),
    ("numbered-paragraphs", &["삼성전자, 파운드리 수주 <https://e.x/1>", "SK하이닉스, 증설 <https://e.x/2>"]),
    ("bold-titles", &["[단독] 삼성, 오픈AI와 손잡다 <https://e.x/1>", "애플, 폴더블 공개 <https://e.x/2>"]),
    ("bold-links", &["Compiler news <https://e.x/1>", "Kernel news <https://e.x/2>"]),
    ("table-rows", &["삼성전자, HBM4 양산 <https://e.x/1>", "네이버, 검색 개편 <https://e.x/2>"]),
    ("table-linked", &["Rust 1.95 <https://e.x/1>", "Postgres 19 <https://e.x/2>"]),
    ("reference-links", &["Compiler news <https://e.x/1>", "Kernel news <https://e.x/2>"]),
    ("autolinks", &["Compiler news <https://e.x/1>", "Kernel news <https://e.x/2>"]),
    ("links-at-end", &["삼성전자, HBM4 양산 <https://e.x/1>", "네이버, 검색 개편 <https://e.x/2>"]),
    ("setext", &["Compiler news <https://e.x/1>", "Kernel news <https://e.x/2>"]),
    ("one-article", &["삼성전자, HBM4 양산 시작 <https://e.x/1>"]),
    ("one-article-with-sections", &["삼성전자, HBM4 양산 시작 <https://e.x/1>"]),
    ("welcome", &[]),
    ("no-news", &[]),
    (
        "categories-h2-h3-source-below",
        &[
            "삼성전자, HBM4 양산 <https://e.x/1>",
            "네이버, 검색 개편 <https://e.x/2>",
            "엔비디아, 새 GPU <https://e.x/3>",
        ],
    ),
    ("korean-newsletter", &["삼성전자, HBM4 양산 <https://e.x/1>", "네이버, 검색 개편 <https://e.x/2>"]),
    ("english-h3", &["OpenAI ships a model <https://e.x/1>", "Google ships a robot <https://e.x/2>"]),
    (
        "one-liners",
        &[
            "삼성전자, HBM4 양산 <https://e.x/1>",
            "네이버, 검색 개편 <https://e.x/2>",
            "카카오, 에이전트 출시 <https://e.x/3>",
        ],
    ),
    ("code-and-hash", &["셸 스크립트 소식 <https://e.x/1>", "파이썬 소식 <https://e.x/2>"]),
];

#[test]
fn each_kind_of_post_is_taken_apart_as_its_reader_would() {
    for (name, expected) in POSTS {
        let found: Vec<String> = read(name)
            .articles
            .iter()
            .map(|article| {
                format!("{} <{}>", plain(&article.headline), article.link.as_deref().unwrap_or_default())
            })
            .collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn every_post_of_the_folder_is_in_the_table() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let named: BTreeSet<String> = POSTS.iter().map(|(name, _)| format!("{name}.md")).collect();
    assert_eq!(files, named);
}

#[test]
fn columns_of_a_table_say_who_published_and_when() {
    let draft = read("table-rows");
    let article = &draft.articles[0];
    assert_eq!(article.publisher.as_deref(), Some("전자신문"));
    assert_eq!(article.published.as_deref(), Some("2026-01-19"));
}

#[test]
fn a_list_of_the_headlines_is_dropped_with_its_reason() {
    let draft = read("headlines-first");
    assert!(draft.intro.is_empty());
    let reasons: Vec<&str> = draft.dropped.iter().map(|dropped| dropped.reason.as_str()).collect();
    assert_eq!(reasons, ["repeats the headlines that follow"; 2]);
}
