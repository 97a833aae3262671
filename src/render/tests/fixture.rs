//! A digest in the form that the reference posts have, with its dictionary.

use chrono::NaiveDate;

use crate::model::article::{Mention, Strength};
use crate::model::feed::{Feed, OnUnknown, Timing};
use crate::model::lexicon::{CompanyName, Lexicon, TopicLook};
use crate::model::reply::{Edition, Selection};
use crate::model::{
    Article, Block, Digest, DigestDate, DigestKey, EnrichedArticle, EnrichedDigest, FeedName, Inline,
    Language, Section, Style,
};

pub(super) fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

pub(super) fn paragraph(shown: &str) -> Block {
    Block::Paragraph(vec![text(shown)])
}

/// `- **label**: text`, each.
fn bullets(items: &[(&str, &str)]) -> Vec<Block> {
    let item = |(label, rest): &(&str, &str)| {
        vec![Block::Paragraph(vec![Inline::Strong(vec![text(label)]), text(&format!(": {rest}"))])]
    };
    vec![Block::List { start: None, items: items.iter().map(item).collect() }]
}

pub(super) fn section(title: &str, blocks: Vec<Block>) -> Section {
    Section { title: if title.is_empty() { Vec::new() } else { vec![text(title)] }, blocks }
}

pub(super) fn article(headline: &str, sections: Vec<Section>) -> EnrichedArticle {
    let article = Article { headline: vec![text(headline)], sections, ..Article::default() };
    EnrichedArticle { article, companies: Vec::new(), topics: Vec::new() }
}

fn mention(company: &str, strength: Strength) -> Mention {
    Mention { company: company.to_owned(), strength }
}

pub(super) fn lexicon() -> Lexicon {
    let companies = [
        ("OpenAI", "OpenAI"),
        ("Amazon", "아마존"),
        ("Google", "구글"),
        ("NVIDIA", "엔비디아"),
        ("Hut 8", "Hut 8"),
        ("Anthropic", "앤스로픽"),
    ];
    let topics = [
        ("investment", "투자", "💰", 0x2e_cc71),
        ("chips", "반도체", "🔲", 0x34_98db),
        ("policy", "정책", "🏛", 0x9b_59b6),
    ];
    let company =
        |(en, ko): (&str, &str)| (en.to_owned(), CompanyName { ko: ko.to_owned(), en: en.to_owned() });
    let topic = |(key, ko, emoji, colour): (&str, &str, &str, u32)| {
        let look = TopicLook { ko: ko.to_owned(), en: key.to_owned(), emoji: emoji.to_owned(), colour };
        (key.to_owned(), look)
    };
    Lexicon {
        companies: companies.into_iter().map(company).collect(),
        topics: topics.into_iter().map(topic).collect(),
    }
}

/// Three articles: two in the reference form, one that has all that Markdown can do.
pub(super) fn digest() -> EnrichedDigest {
    let mut first = article(
        "OpenAI, 아마존과 100억 달러 규모 투자 및 칩 협력 논의",
        vec![
            section(
                "요약",
                bullets(&[
                    (
                        "대규모 투자 논의",
                        "OpenAI가 아마존(Amazon)과 최소 100억 달러 규모의 투자를 협의 중입니다.",
                    ),
                    ("의존도 축소", "엔비디아(GPU)에 대한 의존도를 낮추려는 움직임입니다."),
                ]),
            ),
            section(
                "주요 내용 및 시사점",
                bullets(&[
                    ("기술적 의미", "Trainium 칩을 대안으로 확보합니다."),
                    ("향후 전망", "거래가 확정되면 기업 가치는 5,000억 달러를 넘습니다."),
                ]),
            ),
        ],
    );
    first.article.publisher = Some("Modern Diplomacy".to_owned());
    first.article.link = Some("https://news.example/redirect/AUZIYQHT_s-Y=?a=1&b=2".to_owned());
    first.article.published = Some("2025-12-17".to_owned());
    first.companies = vec![
        mention("OpenAI", Strength::Headline),
        mention("Amazon", Strength::Headline),
        mention("NVIDIA", Strength::Passing),
    ];
    first.topics = vec!["investment".to_owned(), "chips".to_owned()];

    let mut second = article(
        "Hut 8, 70억 달러 규모 AI 데이터센터 계약 (앤스로픽 협력)",
        vec![
            section(
                "요약",
                bullets(&[(
                    "주요 파트너십",
                    "**앤스로픽** 및 Fluidstack과 협력합니다. @everyone #태그 /start",
                )]),
            ),
            section(
                "주요 내용 및 시사점",
                bullets(&[("산업적 영향", "<b>채굴</b> 기업의 자산이 빠르게 흡수됩니다.")]),
            ),
        ],
    );
    second.article.publisher = Some("BNN Bloomberg".to_owned());
    second.article.link = Some("https://news.example/b".to_owned());
    second.article.published = Some("2025-12-17".to_owned());
    second.companies = vec![
        mention("Hut 8", Strength::Headline),
        mention("Anthropic", Strength::Headline),
        mention("Google", Strength::Subject),
    ];
    second.topics = vec!["chips".to_owned()];

    let nested = vec![paragraph("겉"), Block::List { start: Some(1), items: vec![vec![paragraph("속")]] }];
    let third = article(
        "모양이 많은 글",
        vec![
            section("", vec![paragraph("제목 없는 글입니다."), Block::Quote(vec![paragraph("인용한 말")])]),
            section(
                "모양",
                vec![
                    Block::List { start: None, items: vec![nested, vec![paragraph("끝")]] },
                    Block::Code { language: "rust".to_owned(), text: "let a = 1 < 2;".to_owned() },
                    Block::Table {
                        header: vec![vec![text("회사")], vec![text("값")]],
                        rows: vec![vec![vec![text("구글")], vec![text("1")]]],
                    },
                    Block::Image {
                        url: "https://news.example/p.png".to_owned(), alt: "그래프".to_owned()
                    },
                ],
            ),
        ],
    );
    Digest {
        key: DigestKey("2025-12-17-ai-news".to_owned()),
        title: "2025-12-17 AI 뉴스".to_owned(),
        date: DigestDate::Day(NaiveDate::from_ymd_opt(2025, 12, 17).unwrap()),
        language: None,
        categories: Vec::new(),
        tags: Vec::new(),
        link: Some("https://press.example/2025/12/17/ai-news.html".to_owned()),
        intro: vec![paragraph("오늘의 소식입니다.")],
        articles: vec![first, second, third],
        closing: vec![paragraph("내일 또 뵙겠습니다.")],
    }
}

/// The whole digest in Korean.
pub(super) fn edition(digest: EnrichedDigest, style: Style) -> Edition {
    let feed = Feed {
        name: FeedName("ai-news".to_owned()),
        title: "AI 뉴스".to_owned(),
        language: Language::Ko,
        timezone: chrono_tz::Asia::Seoul,
        timing: Timing::default(),
        on_unknown: OnUnknown::Resend,
        hold: true,
    };
    Edition { feed, digest, selection: Selection::All, style, language: Language::Ko, corrected_at: None }
}
