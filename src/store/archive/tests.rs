//! What look-ups find, on a real database.

use std::ops::Deref;

use chrono::{DateTime, NaiveDate, Utc};
use rstest::rstest;

use super::*;
use crate::model::article::{Article, EnrichedArticle, Mention, Section};
use crate::model::digest::{Digest, DigestDate, DigestId, DigestKey, EnrichedDigest};
use crate::model::feed::FeedName;
use crate::model::hold::Reception;
use crate::model::query::Query;
use crate::model::rich::{Block, Inline};
use crate::store::{Kept, Reclassified, Store};

/// A database in a folder that goes with it.
struct Disk {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Deref for Disk {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

async fn store() -> Disk {
    let folder = tempfile::tempdir().expect("a folder");
    let url = crate::test_database::url_in(folder.path());
    Disk { store: Store::open(&url).await.expect("a database"), _folder: folder }
}

fn feed() -> FeedName {
    FeedName("ai-news".to_owned())
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn article(headline: &str, body: &str, companies: &[(&str, Strength)], topics: &[&str]) -> EnrichedArticle {
    let text = |text: &str| vec![Inline::Text(text.to_owned())];
    EnrichedArticle {
        article: Article {
            headline: text(headline),
            publisher: Some("Chip Daily".to_owned()),
            sections: vec![Section { title: text("요약"), blocks: vec![Block::Paragraph(text(body))] }],
            ..Article::default()
        },
        companies: companies
            .iter()
            .map(|(name, strength)| Mention { company: (*name).to_owned(), strength: *strength })
            .collect(),
        topics: topics.iter().map(ToString::to_string).collect(),
    }
}

async fn keep(store: &Store, on: &str, articles: Vec<EnrichedArticle>) -> DigestId {
    let at: DateTime<Utc> = format!("{on}T07:00:00Z").parse().expect("an instant");
    let digest: EnrichedDigest = Digest {
        key: DigestKey(format!("{on}-ai-news")),
        title: format!("{on} AI 뉴스"),
        date: DigestDate::Day(day(on)),
        language: None,
        categories: Vec::new(),
        tags: Vec::new(),
        link: None,
        intro: Vec::new(),
        articles,
        closing: Vec::new(),
    };
    let print = format!("{:?}", digest.articles);
    match store.keep_digest(&feed(), &digest, &print, at, Reception::News, at).await.expect("kept") {
        Kept::New(id) | Kept::Revised(id) | Kept::Unchanged(id) => id,
    }
}

async fn found(store: &Store, query: &str) -> Vec<String> {
    let hits = store.search(&Query::read(query), None, 0, 50).await.expect("a search");
    hits.page.into_iter().map(|article| article.headline).collect()
}

async fn about(store: &Store, company: &str, from: Option<Cursor>, count: u32) -> Vec<Listed> {
    store.articles_about(Subject::Company(company), None, from, count).await.expect("a look-up")
}

fn headlines(listed: &[Listed]) -> Vec<&str> {
    listed.iter().map(|article| article.headline.as_str()).collect()
}

async fn sample() -> Disk {
    use Strength::{Headline, Implied, Passing};
    let store = store().await;
    let old = vec![
        article(
            "엔비디아 실적 발표",
            "구글과 아마존이 데이터센터를 짓는다",
            &[("NVIDIA", Headline)],
            &["chips"],
        ),
        article("새 데이터센터 투자", "엔비디아의 GPU를 산다", &[("NVIDIA", Passing)], &["funding"]),
    ];
    keep(&store, "2025-12-16", old).await;
    let new = vec![
        article("GPU 값이 오른다", "지포스 이야기", &[("NVIDIA", Implied)], &["chips"]),
        article("HBM4 양산", "새칩을 만든다. 투자는 없다", &[("SK hynix", Passing)], &["chips"]),
    ];
    keep(&store, "2025-12-17", new).await;
    store
}

#[rstest]
#[case::with_a_particle("구글", &["엔비디아 실적 발표"])]
#[case::within_a_word("센터", &["새 데이터센터 투자", "엔비디아 실적 발표"])]
#[case::headline_first("투자", &["새 데이터센터 투자", "HBM4 양산"])]
#[case::one_syllable("칩", &["HBM4 양산"])]
#[case::all_words("데이터센터 GPU", &["새 데이터센터 투자"])]
#[case::any_case("gpu", &["GPU 값이 오른다", "새 데이터센터 투자"])]
#[case::letters_and_digits("hbm-4", &["HBM4 양산"])]
#[case::phrase("\"실적 발표\"", &["엔비디아 실적 발표"])]
#[case::phrase_in_another_order("\"발표 실적\"", &[])]
#[case::without("데이터센터 -투자", &["엔비디아 실적 발표"])]
#[case::company("company:NVIDIA 데이터센터 -구글", &["새 데이터센터 투자"])]
#[case::company_alone("company:NVIDIA", &["GPU 값이 오른다", "엔비디아 실적 발표", "새 데이터센터 투자"])]
#[case::topic("topic:chips company:NVIDIA", &["GPU 값이 오른다", "엔비디아 실적 발표"])]
#[case::since("gpu after:2025-12-17", &["GPU 값이 오른다"])]
#[case::until("gpu before:2025-12-17", &["새 데이터센터 투자"])]
#[case::only_without("-엔비디아 -지포스", &["HBM4 양산"])]
#[case::nothing("", &[])]
#[case::only_marks("\"*\" ()", &[])]
#[tokio::test]
async fn articles_are_found(#[case] query: &str, #[case] expected: &[&str]) {
    let store = sample().await;
    assert_eq!(found(&store, query).await, expected, "{query}");
}

#[tokio::test]
async fn the_closest_fit_comes_first_and_then_the_newest() {
    let store = store().await;
    let articles = |headlines: &[(&str, &str)]| {
        headlines.iter().map(|(headline, body)| article(headline, body, &[], &[])).collect()
    };
    let old = articles(&[("전력 부족과 공급망", "소식"), ("소식 하나", "전력 공급망을 늘린다")]);
    keep(&store, "2025-12-16", old).await;
    let new =
        articles(&[("소식 둘", "공급망과 전력"), ("전력 소식", "공급망이 끊겼다"), ("소식 셋", "전력만")]);
    keep(&store, "2025-12-17", new).await;
    let expected = ["전력 부족과 공급망", "소식 하나", "전력 소식", "소식 둘"];
    assert_eq!(found(&store, "전력 공급망").await, expected);
}

#[rstest]
#[case("\" OR 1=1 --")]
#[case("'; DROP TABLE articles; --")]
#[case("NEAR(a b) AND OR NOT")]
#[case("headline:a {body}:b ^c* a+b")]
#[case("\"\"\"")]
#[case("\u{0}a\u{0}")]
#[case("company:' topic:\" after:x -")]
#[case("((((((((((")]
#[tokio::test]
async fn a_hostile_query_is_data(#[case] query: &str) {
    let store = sample().await;
    store.search(&Query::read(query), None, 0, 10).await.expect("no fault of SQL");
    assert_eq!(found(&store, "gpu").await.len(), 2, "nothing is gone");
}

#[tokio::test]
async fn pages_of_a_search_stay_in_order_while_digests_arrive() {
    let store = sample().await;
    let query = Query::read("company:NVIDIA");
    let first = store.search(&query, None, 0, 1).await.unwrap();
    keep(&store, "2025-12-18", vec![article("더 새것", "", &[("NVIDIA", Strength::Headline)], &[])]).await;
    let second = store.search(&query, Some(first.newest), 1, 1).await.unwrap();
    assert_eq!((first.total, second.total), (3, 3));
    assert_eq!(headlines(&second.page), ["엔비디아 실적 발표"]);
}

#[tokio::test]
async fn what_names_a_company_comes_before_what_only_implies_it() {
    let store = sample().await;
    let expected = ["엔비디아 실적 발표", "새 데이터센터 투자", "GPU 값이 오른다"];
    assert_eq!(headlines(&about(&store, "NVIDIA", None, 10).await), expected);
    let tally = store.count_about(Subject::Company("NVIDIA"), None).await.unwrap();
    assert_eq!(tally, Tally { named: 2, implied: 1 });
    let days = Days { first: day("2025-12-17"), last: day("2025-12-17") };
    let tally = store.count_about(Subject::Company("NVIDIA"), Some(days)).await.unwrap();
    assert_eq!(tally, Tally { named: 0, implied: 1 });
    let chips = store.articles_about(Subject::Topic("chips"), None, None, 10).await.unwrap();
    assert_eq!(headlines(&chips), ["GPU 값이 오른다", "HBM4 양산", "엔비디아 실적 발표"]);
}

#[tokio::test]
async fn a_page_goes_on_where_the_last_one_ended_whatever_has_arrived() {
    let store = sample().await;
    let mut shown = Vec::new();
    let mut from = None;
    for _ in 0..3 {
        let page = about(&store, "NVIDIA", from, 1).await;
        keep(
            &store,
            &format!("2025-12-2{}", shown.len()),
            vec![article("또", "", &[("NVIDIA", Strength::Headline)], &[])],
        )
        .await;
        let last = page.last().expect("a page");
        let cursor = Cursor { is_implied: last.strength == Some(Strength::Implied), after: last.id };
        from = Some(cursor.to_string().parse().expect("what a button carries"));
        shown.extend(page);
    }
    assert_eq!(headlines(&shown), ["엔비디아 실적 발표", "새 데이터센터 투자", "GPU 값이 오른다"]);
    assert!(about(&store, "NVIDIA", from, 1).await.is_empty());
}

#[tokio::test]
async fn a_correction_replaces_articles_and_a_withdrawn_digest_leaves_the_answers() {
    let store = sample().await;
    let before = about(&store, "NVIDIA", None, 1).await;
    let corrected = vec![article("젠슨 황의 회사", "", &[("NVIDIA", Strength::Headline)], &[])];
    keep(&store, "2025-12-16", corrected).await;
    let after = about(&store, "NVIDIA", None, 10).await;
    assert_eq!(headlines(&after), ["젠슨 황의 회사", "GPU 값이 오른다"]);
    assert_eq!(after[0].id, before[0].id, "pages that are open go on");
    assert!(found(&store, "실적").await.is_empty());

    let key = DigestKey("2025-12-16-ai-news".to_owned());
    store.withdraw_digest(&feed(), &key, "2025-12-18T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(headlines(&about(&store, "NVIDIA", None, 10).await), ["GPU 값이 오른다"]);
    assert!(found(&store, "젠슨").await.is_empty());

    keep(&store, "2025-12-16", vec![article("다시", "젠슨", &[], &[])]).await;
    assert_eq!(found(&store, "젠슨").await, ["다시"]);
}

#[tokio::test]
async fn days_are_counted_against_the_days_before() {
    let store = sample().await;
    let days = Days { first: day("2025-12-17"), last: day("2025-12-17") };
    let trends = store.trends(days, 10).await.unwrap();
    assert_eq!((trends.articles, trends.articles_before), (2, 2));
    let counted = |list: &[crate::model::trends::Trend]| -> Vec<(String, u32, u32)> {
        list.iter().map(|trend| (trend.key.clone(), trend.total(), trend.before)).collect()
    };
    assert_eq!(counted(&trends.companies), [("SK hynix".to_owned(), 1, 0)], "a product alone does not count");
    assert_eq!(counted(&trends.topics), [("chips".to_owned(), 2, 1)]);
    let all = store.archived_days().await.unwrap();
    assert_eq!(all, Some(Days { first: day("2025-12-16"), last: day("2025-12-17") }));
}

#[tokio::test]
async fn what_other_dictionaries_said_is_replaced_without_a_correction() {
    let store = sample().await;
    let digests = store.to_reclassify("new", 10).await.unwrap();
    assert_eq!(digests.len(), 2);
    let again: Vec<Reclassified> = digests
        .into_iter()
        .map(|before| {
            let mut now = before.digest.clone();
            now.articles.iter_mut().for_each(|article| {
                article.companies =
                    vec![Mention { company: "Samsung".to_owned(), strength: Strength::Subject }];
            });
            Reclassified { before, now }
        })
        .collect();
    store.put_reclassified(&again, "new").await.unwrap();
    assert!(store.to_reclassify("new", 10).await.unwrap().is_empty(), "it is done");
    assert_eq!(about(&store, "Samsung", None, 10).await.len(), 4);
    assert!(about(&store, "NVIDIA", None, 10).await.is_empty());
    let kept = store.digest(again[0].before.id).await.unwrap().expect("still there");
    assert_eq!(kept.revision, again[0].before.revision);
}
