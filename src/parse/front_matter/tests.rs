//! Fences, keys in every spelling, and YAML that is broken or hostile.

use rstest::rstest;

use super::*;

fn read_post(text: &str) -> FrontMatter {
    let (front, _) = split(text);
    front.map(read).expect("front matter")
}

#[rstest]
#[case::plain("---\ntitle: 뉴스\n---\n본문\n", Some("title: 뉴스\n"), "본문\n", 4)]
#[case::blanks_behind_fences("---  \ntitle: 뉴스\n--- \n본문", Some("title: 뉴스\n"), "본문", 4)]
#[case::dots("---\ntitle: 뉴스\n...\n본문", Some("title: 뉴스\n"), "본문", 4)]
#[case::empty("---\n---\n본문", Some(""), "본문", 3)]
#[case::nothing_below("---\ntitle: 뉴스\n---", Some("title: 뉴스\n"), "", 4)]
#[case::blank_line_inside("---\ntitle: 뉴스\n\n---\n본문", Some("title: 뉴스\n\n"), "본문", 5)]
#[case::none("## 제목\n본문", None, "## 제목\n본문", 1)]
#[case::a_rule_and_a_heading("---\n## 제목\n---\n본문", None, "---\n## 제목\n---\n본문", 1)]
#[case::a_rule_and_prose("---\n머리말\n\n---\n본문", None, "---\n머리말\n\n---\n본문", 1)]
#[case::never_closed("---\ntitle: 뉴스\n본문", None, "---\ntitle: 뉴스\n본문", 1)]
#[case::toml("+++\ntitle = \"뉴스\"\n+++\n본문", Some("title = \"뉴스\"\n"), "본문", 4)]
#[case::json("{\n\"title\": \"뉴스\"\n}\n\n본문", Some("{\n\"title\": \"뉴스\"\n}"), "\n본문", 4)]
#[case::json_without_a_title("{\"a\": 1}\n본문", None, "{\"a\": 1}\n본문", 1)]
#[case::no_json("{% include a.html %}\n본문", None, "{% include a.html %}\n본문", 1)]
#[case::hexo("title: 뉴스\ndate: 2026-01-27\n---\n본문", Some("title: 뉴스\ndate: 2026-01-27\n"), "본문", 4)]
#[case::pelican("Title: A\nDate: 2026-01-28\n\n본문", Some("Title: A\nDate: 2026-01-28\n"), "본문", 4)]
#[case::words_and_a_colon("알림: 쉽니다\n\n본문", None, "알림: 쉽니다\n\n본문", 1)]
#[case::a_title_alone("Title: A\n\n본문", None, "Title: A\n\n본문", 1)]
fn fences_part_front_matter_and_body(
    #[case] text: &str,
    #[case] front: Option<&str>,
    #[case] body: &str,
    #[case] first_line: u32,
) {
    let (found, rest) = split(text);
    assert_eq!(found.map(|front| front.lines.text), front);
    assert_eq!(rest, Lines { text: body, first_line });
}

#[rstest]
#[case::words("categories: news gemini", &["news", "gemini"])]
#[case::flow_list("categories: [ai news, gemini]", &["ai news", "gemini"])]
#[case::block_list("categories:\n  - 인공지능\n  - 반도체", &["인공지능", "반도체"])]
#[case::number("categories: 2025", &["2025"])]
#[case::nothing("categories:", &[])]
#[case::holes("categories: [news, ~, '']", &["news"])]
fn categories_are_words_or_a_list(#[case] line: &str, #[case] categories: &[&str]) {
    let matter = read_post(&format!("---\ntitle: 뉴스\n{line}\n---\n"));
    assert_eq!(matter.categories, categories);
    assert_eq!(matter.warnings, []);
}

#[rstest]
#[case::published("published: false", false)]
#[case::published_yes("published: true", true)]
#[case::published_quoted("published: 'no'", false)]
#[case::draft("draft: true", false)]
#[case::neither("layout: post", true)]
fn a_post_may_call_itself_a_draft(#[case] line: &str, #[case] published: bool) {
    assert_eq!(read_post(&format!("---\n{line}\n---\n")).published, published);
}

#[test]
fn an_unquoted_colon_costs_nothing() {
    let matter =
        read_post("---\nlayout: post\ntitle: 삼성: HBM4\ndate: 2025-12-17 16:09:26 +0900\ntags: [AI]\n---\n");
    assert_eq!(matter.title.as_deref(), Some("삼성: HBM4"));
    assert_eq!(matter.date.map(|date| date.to_string()).as_deref(), Some("2025-12-17 16:09:26 +0900"));
    assert_eq!(matter.tags, ["AI"]);
    assert_eq!(matter.dropped, []);
    let warnings: Vec<String> = matter.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("line 3: ") && warnings[0].contains("quotes"), "{warnings:?}");
}

#[test]
fn what_is_no_key_on_a_line_is_dropped_and_said() {
    let matter = read_post("---\ntitle: [뉴스\ndate: 2025-12-17\ntags:\n  - AI\n이상한 줄\n---\n");
    assert_eq!(matter.title, None);
    assert_eq!(matter.date.map(|date| date.to_string()).as_deref(), Some("2025-12-17"));
    assert_eq!(matter.dropped.len(), 1);
    assert_eq!(matter.dropped[0].text, "title: [뉴스\ntags:\n  - AI\n이상한 줄");
}

#[test]
fn a_date_that_is_none_is_kept_and_said() {
    let matter = read_post("---\ntitle: 뉴스\ndate: 어제 저녁\n---\n");
    assert_eq!(matter.date, None);
    assert_eq!(matter.dropped[0].text, "어제 저녁");
    assert!(matter.warnings[0].to_string().starts_with("line 3: `어제 저녁`"));
}

#[test]
fn titles_are_one_line_without_tricks() {
    let matter = read_post("---\ntitle: \"a\\nb\\u202Ec\\u0007\"\nlang: en-US\n---\n");
    assert_eq!(matter.title.as_deref(), Some("a bc"));
    assert_eq!(matter.language, Some(Language::En));
}

#[rstest]
#[case::brackets("[".repeat(40_000))]
#[case::huge(format!("title: {}", "가".repeat(500_000)))]
#[case::aliases(alias_bomb())]
#[case::deep((0..2000).map(|n| format!("{}a:\n", " ".repeat(n % 60))).collect())]
fn hostile_front_matter_is_bounded(#[case] yaml: String) {
    let lines = Lines { text: &yaml, first_line: 2 };
    let matter = read(Front { lines, writing: Writing::Yaml });
    assert!(!matter.warnings.is_empty());
    assert!(matter.title.is_none());
}

fn alias_bomb() -> String {
    let mut yaml = "a0: &a0 [lol, lol]\n".to_owned();
    for level in 1..60 {
        yaml += &format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}, *a{0}]\n", level - 1);
    }
    yaml + "tags: *a59\n"
}

#[rstest]
#[case::toml("+++\ntitle = \"뉴스\"\ndate = 2026-01-25T09:00:00+09:00\ndraft = true\ntags = [\"ai\"]\n+++\n")]
#[case::json(
    "{\"title\": \"뉴스\", \"date\": \"2026-01-25T09:00:00+09:00\", \"draft\": true, \"tags\": [\"ai\"]}\n"
)]
#[case::pelican("Title: 뉴스\nDate: 2026-01-25 09:00:00 +0900\nDraft: true\nTags: ai\n\n")]
#[case::hexo("title: 뉴스\ndate: 2026-01-25 09:00:00 +0900\ndraft: true\ntags: [ai]\n---\n")]
fn every_writing_says_the_same(#[case] text: &str) {
    let matter = read_post(text);
    assert_eq!(matter.title.as_deref(), Some("뉴스"));
    assert_eq!(matter.date.map(|date| date.to_string()).as_deref(), Some("2026-01-25 09:00:00 +0900"));
    assert!(!matter.published);
    assert_eq!(matter.tags, ["ai"]);
    assert_eq!(matter.warnings, []);
    assert_eq!(matter.dropped, []);
}

#[test]
fn broken_toml_is_read_line_by_line() {
    let matter = read_post("+++\ntitle = \"뉴스\"\ndate = 2026-01-25\nodd = [\n+++\n");
    assert_eq!(matter.title.as_deref(), Some("뉴스"));
    assert!(matter.date.is_some());
    assert_eq!(matter.dropped[0].text, "odd = [");
    assert!(matter.warnings[0].to_string().contains("TOML"), "{:?}", matter.warnings);
}
