//! Invented posts of many kinds (`tests/fixtures/forms/`), and the articles that a reader would find in each
//! (`expected.tsv`): headline, link, publisher, date. And that no word of them, nor of the other fixtures, is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::model::digest::RawDigest;
use crate::model::rich::plain;

use super::tests::kept;
use super::{Draft, Rules, parse};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The names of a folder's posts, without `.md`.
fn names(folder: &str) -> BTreeSet<String> {
    std::fs::read_dir(self::folder(folder))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .collect()
}

fn text(folder: &str, name: &str) -> String {
    std::fs::read_to_string(self::folder(folder).join(format!("{name}.md"))).expect("a fixture")
}

fn read_from(folder: &str, name: &str) -> Draft {
    let bytes = text(folder, name).into_bytes();
    parse(&RawDigest { name: format!("{name}.md"), bytes }, &Rules::default()).expect("readable text")
}

fn read(name: &str) -> Draft {
    read_from("forms", name)
}

/// The rows of `expected.tsv` by post; a post without articles has a row without a headline.
fn expected() -> BTreeMap<String, Vec<String>> {
    let table = std::fs::read_to_string(folder("forms").join("expected.tsv")).expect("the table");
    let mut posts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table.lines().skip(1) {
        let (post, article) = row.split_once('\t').expect("a row of five columns");
        let articles = posts.entry(post.to_owned()).or_default();
        if !article.starts_with('\t') {
            articles.push(article.to_owned());
        }
    }
    posts
}

#[test]
fn each_kind_of_post_is_taken_apart_as_its_reader_would() {
    let expected = expected();
    assert_eq!(names("forms"), expected.keys().cloned().collect(), "every post has its rows");
    let mut wrong = Vec::new();
    for (name, expected) in &expected {
        let found: Vec<String> = read(name)
            .articles
            .iter()
            .map(|article| {
                let of = |part: &Option<String>| part.clone().unwrap_or_default();
                let parts = [&article.link, &article.publisher, &article.published].map(of);
                format!("{}\t{}", plain(&article.headline), parts.join("\t"))
            })
            .collect();
        if found != *expected {
            wrong.push(format!("{name}\n  expected {expected:#?}\n  found {found:#?}"));
        }
    }
    let count = expected.len();
    assert!(wrong.is_empty(), "{} of {count} posts are right\n{}", count - wrong.len(), wrong.join("\n"));
}

/// Words that say what a date is, and are shown nowhere.
const DATE_LABELS: [&str; 7] = ["발행일", "발행", "게시일", "날짜", "Published", "Date", "date"];

/// The words of a post below its front matter, as they stand in the file: without tags and entities of HTML.
fn words(text: &str) -> Vec<&str> {
    let (_, body) = super::front_matter::split(text);
    let mut words = Vec::new();
    for stretch in body.text.split(['<', '>', '&']) {
        let is_tag = body.text.contains(&format!("<{stretch}>")) && !stretch.starts_with("http");
        let is_entity = body.text.contains(&format!("&{stretch}"));
        if !is_tag && !is_entity {
            words.extend(stretch.split(|c: char| !c.is_alphanumeric()));
        }
    }
    // A letter alone may be the label of a link's definition.
    let is_word = |word: &str| word.chars().any(char::is_alphabetic) && word.chars().count() > 1;
    words.retain(|word| is_word(word) && !DATE_LABELS.contains(word));
    words
}

#[test]
fn every_visible_word_of_every_fixture_is_in_the_digest_or_dropped_with_a_reason() {
    let mut count = 0;
    for folder in ["forms", "posts"] {
        for name in names(folder) {
            let text = text(folder, &name).replace('\r', "");
            let draft = read_from(folder, &name);
            let kept = kept(&draft);
            for word in words(&text) {
                assert!(kept.contains(word), "{word:?} of {name} is in none of {kept}");
                count += 1;
            }
            assert!(draft.dropped.iter().all(|dropped| !dropped.reason.is_empty()), "{name}");
        }
    }
    assert!(count > 1000, "only {count} words were looked for");
}

#[test]
fn a_list_of_the_headlines_is_dropped_with_its_reason() {
    let draft = read("headlines-first");
    assert!(draft.intro.is_empty());
    let repeats = |reason: &&str| *reason == "repeats the headlines that follow";
    let reasons = draft.dropped.iter().map(|dropped| dropped.reason.as_str());
    assert_eq!(reasons.filter(repeats).count(), 2, "{:?}", draft.dropped);
}

#[test]
fn a_footnote_stands_below_the_article_that_refers_to_it() {
    let draft = read("footnotes");
    let texts: Vec<String> = draft
        .articles
        .iter()
        .map(|article| crate::model::rich::plain_blocks(&article.sections[0].blocks))
        .collect();
    assert_eq!(
        texts,
        [
            "오픈AI가 칩을 만든다.[1]\n[1] 블룸버그, 2026-01-25",
            "삼성이 수주했다.[2]\n[2] 전자신문, 2026-01-25"
        ]
    );
}
