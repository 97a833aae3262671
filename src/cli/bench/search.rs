//! Searching an archive and looking companies up in it, in milliseconds, against a plain query of the same index. The
//! articles are made up of the words that such news has, some of them in nearly every article and most in few.

use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Measure;
use super::place::Place;
use crate::enrich::{Classifier, Dictionaries};
use crate::model::article::{Article, Section};
use crate::model::digest::{Digest, DigestDate, DigestKey};
use crate::model::feed::FeedName;
use crate::model::query::Query;
use crate::model::rich::{Block, Inline};
use crate::store::{Store, StoreError, Subject, ToArchive, fingerprint};

/// The articles of a digest, and the digests of a day.
const OF_A_DIGEST: u32 = 50;
const OF_A_DAY: u32 = 10;
/// Digests that are written in one transaction.
const AT_ONCE: usize = 50;
/// The sentences of an article.
const SENTENCES: usize = 10;
/// How often each query is asked.
const ROUNDS: usize = 40;
/// How often each plain one, which takes seconds over a million articles.
const PLAIN_ROUNDS: usize = 5;
/// Articles of a page.
const PAGE: u32 = 10;
/// The last day of the archive.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day of the calendar");

/// What people look for: words that are everywhere, that are rare, parts of words, phrases, one syllable.
const QUERIES: [&str; 10] = [
    "투자",
    "데이터센터 투자",
    "\"데이터센터 투자\"",
    "센터",
    "칩",
    "양자내성암호",
    "GPU -구글",
    "로봇 규제",
    "HBM4",
    "공급망 협력 확대",
];

/// Subjects, objects and verbs; the earlier ones of each list are far more frequent.
const OBJECTS: [&str; 24] = [
    "데이터센터 투자를",
    "새 모델을",
    "반도체 공급망을",
    "AI 에이전트를",
    "GPU 물량을",
    "HBM4 양산을",
    "로봇 규제를",
    "클라우드 서비스를",
    "공급망 협력을",
    "학습용 데이터를",
    "보안 취약점을",
    "오픈소스 도구를",
    "전력 계약을",
    "연구 성과를",
    "의료 영상 분석을",
    "자율주행 시험을",
    "파운드리 수주를",
    "광고 매출을",
    "저작권 소송을",
    "인력 감축을",
    "위성 통신을",
    "양자내성암호를",
    "배터리 소재를",
    "해저 케이블을",
];
const VERBS: [&str; 8] = [
    "확대한다고 밝혔다.",
    "공개했다.",
    "검토하고 있다.",
    "추진한다.",
    "발표했다.",
    "미뤘다.",
    "줄였다.",
    "매각한다.",
];
const WHEN: [&str; 8] =
    ["올해", "내년까지", "3분기에", "이번 주", "현지 시각 17일", "최근", "하반기부터", "다음 달"];

pub(super) async fn measure(articles: u32, place: &Place) -> anyhow::Result<Vec<Measure>> {
    let store = Store::open(&place.url()).await?;
    let mut measures = Vec::new();
    if store.archived_days().await?.is_none() {
        let begun = Instant::now();
        fill(&store, articles).await?;
        measures.push(Measure {
            what: "classify and store".to_owned(),
            unit: "/s",
            ours: f64::from(articles) / begun.elapsed().as_secs_f64(),
            reference: None,
            note: "articles, one after the other".to_owned(),
        });
    }
    // A kept archive has as many as it was filled with.
    if let Some(days) = store.archived_days().await? {
        let articles = store.trends(days, 0).await?.articles;
        measures.extend(ask(&store, articles).await?);
    }
    store.close().await;
    Ok(measures)
}

/// Writes the archive as an import does.
async fn fill(store: &Store, articles: u32) -> Result<(), StoreError> {
    let dictionaries = Dictionaries::shipped();
    let classifier = Classifier::new(&dictionaries);
    let companies: Vec<&str> =
        dictionaries.lexicon().companies.values().map(|company| company.ko.as_str()).collect();
    let mut random = fastrand::Rng::with_seed(1);
    let feed = FeedName("bench".to_owned());
    let (mut left, mut number, mut ready) = (articles, 0, Vec::with_capacity(AT_ONCE));
    while left > 0 {
        let count = left.min(OF_A_DIGEST);
        left -= count;
        let day = LAST_DAY.checked_sub_days(Days::new(u64::from(number / OF_A_DAY))).unwrap_or(LAST_DAY);
        let digest = Digest {
            key: DigestKey(format!("{day}-{number}")),
            title: format!("{day} 뉴스"),
            date: DigestDate::Day(day),
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            intro: Vec::new(),
            articles: (0..count).map(|_| article(&companies, &mut random)).collect(),
            closing: Vec::new(),
        };
        number += 1;
        ready.push(ToArchive {
            fingerprint: fingerprint(&digest),
            published_at: at(day),
            digest: classifier.enrich(digest),
        });
        if ready.len() == AT_ONCE || left == 0 {
            store.archive_digests(&feed, &ready, at(LAST_DAY)).await?;
            ready.clear();
        }
    }
    Ok(())
}

fn at(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn article(companies: &[&str], random: &mut fastrand::Rng) -> Article {
    let text = |text: String| vec![Inline::Text(text)];
    let sentences: Vec<Vec<Block>> =
        (0..SENTENCES).map(|_| vec![Block::Paragraph(text(sentence(companies, random)))]).collect();
    Article {
        headline: text(sentence(companies, random)),
        publisher: Some("Bench Daily".to_owned()),
        sections: vec![Section {
            title: text("요약".to_owned()),
            blocks: vec![Block::List { start: None, items: sentences }],
        }],
        ..Article::default()
    }
}

fn sentence(companies: &[&str], random: &mut fastrand::Rng) -> String {
    let (who, when) = (pick(companies, random), pick(&WHEN, random));
    let (what, does) = (pick(&OBJECTS, random), pick(&VERBS, random));
    format!("{who}, {when} {what} {does} 규모는 {}억 달러다.", random.u32(1..10_000))
}

/// One of a list: the first of a hundred comes about ten times as often as the last.
fn pick<'a>(list: &[&'a str], random: &mut fastrand::Rng) -> &'a str {
    let share = random.f64();
    list[((share * share * share) * list.len() as f64) as usize % list.len()]
}

async fn ask(store: &Store, articles: u32) -> Result<Vec<Measure>, StoreError> {
    let dictionaries = Dictionaries::shipped();
    let companies: Vec<&str> = dictionaries.lexicon().companies.keys().map(String::as_str).collect();
    let queries: Vec<Query> = QUERIES.iter().map(|text| Query::read(text)).collect();
    let mut ours = vec![Vec::new(); queries.len()];
    let (mut plain, mut look_ups) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for (query, times) in queries.iter().zip(&mut ours) {
            let begun = Instant::now();
            store.search(query, None, 0, PAGE as usize).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        if round < PLAIN_ROUNDS {
            for query in &queries {
                let begun = Instant::now();
                store.search_plainly(query, PAGE).await?;
                plain.push(begun.elapsed().as_secs_f64() * 1e3);
            }
        }
        for company in companies.iter().skip(round).step_by(ROUNDS) {
            let begun = Instant::now();
            store.articles_about(Subject::Company(company), None, None, PAGE).await?;
            store.count_about(Subject::Company(company), None).await?;
            look_ups.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    let slowest = QUERIES.iter().zip(&mut ours).map(|(query, times)| (p99(times), *query));
    let (slowest, query) = slowest.fold((0.0, ""), |a, b| if a.0 >= b.0 { a } else { b });
    let in_ms = |what: &str, times: &mut [f64], reference: Option<f64>, note: String| Measure {
        what: format!("{what}, {articles} articles"),
        unit: "ms",
        ours: p99(times),
        reference,
        note,
    };
    let megabytes = store.search_index_bytes().await? as f64 / 1e6;
    Ok(vec![
        in_ms(
            "search, p99",
            &mut ours.concat(),
            Some(p99(&mut plain)),
            format!("the index by itself, best ten by its own rank; slowest: {query}, {slowest:.1} ms"),
        ),
        in_ms(
            "company, p99",
            &mut look_ups,
            None,
            "the ten latest articles, and how many there are".to_owned(),
        ),
        Measure {
            what: format!("search index, {articles} articles"),
            unit: "MB",
            ours: megabytes,
            reference: None,
            note: format!("{:.0} bytes an article", megabytes * 1e6 / f64::from(articles.max(1))),
        },
    ])
}

/// What 99 of 100 stay below.
fn p99(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let place = (times.len() * 99).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}
