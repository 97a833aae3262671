//! What is fuzzed: bytes to calls of the program's pure functions, and what must hold whatever the bytes are.
//!
//! `scripts/fuzz` looks for new ones; `tests/fuzzing.rs` runs the corpus, and changes of it, with every test.

// Each fuzzer is a program of its own with one of these.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each program that includes this file uses one of its functions"
)]

use jogan::draw;
use jogan::model::digest::{Digest, DigestDate, DigestKey, RawDigest};
use jogan::model::feed::{Feed, FeedName, OnUnknown, Timing};
use jogan::model::lexicon::Lexicon;
use jogan::model::message::Body;
use jogan::model::reply::{Edition, Selection};
use jogan::model::subscription::Style;
use jogan::model::{Article, EnrichedArticle, Language, Platform};
use jogan::parse::{Draft, Outline, Rules, Shape, parse};
use jogan::render::{self, Surface};

/// Front matter in each of its writings, above a text that must stay whole.
pub(crate) fn front_matter(data: &[u8]) {
    let Ok(matter) = std::str::from_utf8(data) else { return };
    for (open, close) in [("---", "---"), ("+++", "+++"), ("", "")] {
        let text = format!("{open}\n{matter}\n{close}\n\n## 끝말\n\n맺음글\n");
        let draft = draft(text.into_bytes(), None).expect("text");
        let outline = serde_json::to_string(&Outline::from(&draft)).expect("an outline is JSON");
        assert!(outline.contains("맺음글"), "the text below the front matter is lost");
    }
}

/// A whole post in every shape: it is understood somehow, and twice in the same way.
pub(crate) fn post(data: &[u8]) {
    let Some(draft) = draft(data.to_vec(), None) else { return };
    drop(Outline::from(&draft));
    assert_eq!(Some(draft), self::draft(data.to_vec(), None));
    for shape in Shape::ALL {
        self::draft(data.to_vec(), Some(shape));
    }
}

/// A post in every style for every place: within the platforms' limits, and drawn.
pub(crate) fn renderers(data: &[u8]) {
    let Some(draft) = draft(data.to_vec(), None) else { return };
    let lexicon = Lexicon::default();
    for style in [Style::Headlines, Style::Summary, Style::Full] {
        let edition = edition(draft.clone(), style);
        for surface in [Surface::Discord, Surface::DiscordForum, Surface::TelegramPrivate] {
            let platform = match surface {
                Surface::TelegramPrivate => Platform::Telegram,
                _ => Platform::Discord,
            };
            let messages = render::edition(surface, &edition, &lexicon);
            for message in &messages {
                assert_fits(platform, &message.body);
                assert_fits(platform, &message.plain);
            }
            let bodies: Vec<Body> = messages.into_iter().map(|message| message.body).collect();
            drop(draw::messages(platform, &bodies));
        }
    }
}

/// The limits of either platform that no message may pass, in the platforms' own units.
fn assert_fits(platform: Platform, body: &Body) {
    let length = |text: &serde_json::Value| text.as_str().unwrap_or_default().chars().count();
    let body = &body.0;
    match platform {
        Platform::Telegram => assert!(length(&body["text"]) <= 32_768, "{body}"),
        Platform::Discord => {
            assert!(length(&body["content"]) <= 2000, "{body}");
            let embeds = body["embeds"].as_array().map(Vec::as_slice).unwrap_or_default();
            assert!(embeds.len() <= 10, "{body}");
            let all: usize = embeds
                .iter()
                .map(|embed| {
                    assert!(
                        length(&embed["title"]) <= 256 && length(&embed["description"]) <= 4096,
                        "{body}"
                    );
                    let fields = embed["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
                    let of_fields = fields.iter().map(|field| {
                        assert!(length(&field["name"]) <= 256 && length(&field["value"]) <= 1024, "{body}");
                        length(&field["name"]) + length(&field["value"])
                    });
                    let own = [&embed["title"], &embed["description"], &embed["footer"]["text"]];
                    own.into_iter().map(length).sum::<usize>() + of_fields.sum::<usize>()
                })
                .sum();
            assert!(all <= 6000, "{all} characters: {body}");
        }
    }
}

fn draft(bytes: Vec<u8>, shape: Option<Shape>) -> Option<Draft> {
    parse(&RawDigest { name: "2025-12-17-post.md".to_owned(), bytes }, &Rules { shape }).ok()
}

fn edition(draft: Draft, style: Style) -> Edition {
    let bare = |article: Article| EnrichedArticle { article, companies: Vec::new(), topics: Vec::new() };
    let digest = Digest {
        key: DigestKey("post".to_owned()),
        title: draft.title.unwrap_or_else(|| "제목".to_owned()),
        date: draft.date.unwrap_or(DigestDate::Day(chrono::NaiveDate::default())),
        language: None,
        categories: draft.categories,
        tags: draft.tags,
        link: Some("https://press.example/post".to_owned()),
        intro: draft.intro,
        articles: draft.articles,
        closing: draft.closing,
    };
    Edition {
        feed: Feed {
            name: FeedName("fuzz".to_owned()),
            title: "제목".to_owned(),
            language: Language::Ko,
            timezone: chrono_tz::Asia::Seoul,
            timing: Timing::default(),
            on_unknown: OnUnknown::default(),
            hold: false,
        },
        digest: digest.map_articles(bare),
        selection: Selection::All,
        style,
        language: Language::Ko,
        corrected_at: None,
    }
}
