//! Every style on either platform, as snapshots. Limits and lost words are in `tests/properties.rs`.

mod discord_limits;
mod fixture;
mod properties;
mod telegram_html;

use chrono::{NaiveDate, NaiveTime};
use insta::assert_json_snapshot;
use rstest::rstest;
use serde_json::Value;

use crate::model::reply::{Action, Button, Choice, Edition, Found, Menu, Reply, Selection};
use crate::model::{DigestDate, DigestKey, Language, Platform, Style};
use crate::render::Surface;
use crate::render::tests::fixture::{article, digest, lexicon, paragraph, section};

const GROUP: Surface<'_> = Surface::TelegramGroup { bot: Some("jogan_bot") };

fn bodies(surface: Surface<'_>, edition: &Edition) -> Vec<Value> {
    crate::render::edition(surface, edition, &lexicon()).into_iter().map(|message| message.body.0).collect()
}

fn answers(surface: Surface<'_>, reply: &Reply) -> Vec<Value> {
    crate::render::reply(surface, reply, &lexicon()).into_iter().map(|body| body.0).collect()
}

#[rstest]
fn every_style(
    #[values(Platform::Discord, Platform::Telegram)] platform: Platform,
    #[values(Style::Headlines, Style::Summary, Style::Full)] style: Style,
    #[values(Language::Ko, Language::En)] language: Language,
) {
    let edition = Edition { language, ..fixture::edition(digest(), style) };
    assert_json_snapshot!(format!("{platform}-{style}-{language}"), bodies(Surface::of(platform), &edition));
}

#[rstest]
fn the_same_without_markup(#[values(Platform::Discord, Platform::Telegram)] platform: Platform) {
    let edition = fixture::edition(digest(), Style::Full);
    let rendered = crate::render::edition(Surface::of(platform), &edition, &lexicon());
    let plain: Vec<Value> = rendered.into_iter().map(|message| message.plain.0).collect();
    assert_json_snapshot!(format!("{platform}-plain"), plain);
}

#[rstest]
fn filtered_and_corrected(#[values(Platform::Discord, Platform::Telegram)] platform: Platform) {
    let filter = vec!["투자".to_owned(), "반도체".to_owned()];
    let edition = Edition {
        selection: Selection::Some { articles: vec![1], filter, muted: 1 },
        corrected_at: NaiveTime::from_hms_opt(17, 2, 0),
        ..fixture::edition(digest(), Style::Full)
    };
    assert_json_snapshot!(format!("{platform}-filtered"), bodies(Surface::of(platform), &edition));
}

#[rstest]
fn a_long_article_in_parts(#[values(Platform::Discord, Platform::Telegram)] platform: Platform) {
    let mut digest = digest();
    let sentence = "이것은 긴 문장이며 끝까지 온전해야 합니다. ";
    let long = vec![
        section("요약", vec![paragraph("짧습니다.")]),
        section("전문", vec![paragraph(&sentence.repeat(260))]),
    ];
    digest.articles.insert(1, article("긴 기사", long));
    let edition = fixture::edition(digest, Style::Full);
    assert_json_snapshot!(format!("{platform}-split"), bodies(Surface::of(platform), &edition));
}

#[rstest]
fn an_opened_article(#[values(Platform::Discord, Platform::Telegram)] platform: Platform) {
    let edition = Edition { selection: Selection::One(1), ..fixture::edition(digest(), Style::Headlines) };
    assert_json_snapshot!(format!("{platform}-opened"), bodies(Surface::of(platform), &edition));
}

#[test]
fn numbers_lead_out_of_a_group() {
    let edition = fixture::edition(digest(), Style::Headlines);
    assert_json_snapshot!("telegram-group-headlines", bodies(GROUP, &edition)[0]["reply_markup"]);
}

#[rstest]
fn an_answer(#[values(Platform::Discord, Platform::Telegram)] platform: Platform) {
    let button = |label: &str, action| Button { label: label.to_owned(), action };
    let reply = Reply {
        lines: vec![
            "‘@엔비다아’는 찾지 못했습니다. 혹시 이 이름인가요?".to_owned(),
            "뉴스는 /today로 누구나 볼 수 있습니다.".to_owned(),
        ],
        edition: Some(Box::new(fixture::edition(digest(), Style::Headlines))),
        buttons: vec![vec![button("엔비디아", Action::Press("company:NVIDIA".to_owned()))]],
        ..Reply::new(Language::Ko)
    };
    assert_json_snapshot!(format!("{platform}-answer"), answers(Surface::of(platform), &reply));
}

#[rstest]
fn what_was_found(#[values(Surface::Discord, Surface::TelegramPrivate, GROUP)] surface: Surface<'_>) {
    let found = |day: u32, headline: &str, open: &str| Found {
        day: NaiveDate::from_ymd_opt(2025, 12, day).expect("a day"),
        headline: headline.to_owned(),
        publisher: Some("Chip Daily".to_owned()),
        link: Some("https://news.example/1".to_owned()),
        snippet: vec![
            ("… 인도의 ".to_owned(), false),
            ("데이터센터".to_owned(), true),
            ("에 *투자*".to_owned(), false),
        ],
        open: open.to_owned(),
    };
    let choice =
        |label: &str, chosen| Choice { label: label.to_owned(), press: format!("x:{label}"), chosen };
    let reply = Reply {
        lines: vec!["최근 30일 3건 · 이전 30일 0건".to_owned()],
        found: vec![
            found(17, "아마존, <b>인도</b>에 투자", "open:0123456789:0"),
            found(17, "둘째 소식", "open:0123456789:1"),
            found(16, "셋째 소식", "open:9876543210:0"),
        ],
        menus: vec![Menu {
            placeholder: "모양".to_owned(),
            choices: vec![choice("요약", true), choice("전체", false)],
        }],
        buttons: vec![vec![Button {
            label: "다음".to_owned(), action: Action::Press("page:2".to_owned())
        }]],
        ..Reply::new(Language::Ko)
    };
    let name = match surface {
        Surface::Discord | Surface::DiscordForum => "discord",
        Surface::TelegramPrivate => "telegram",
        Surface::TelegramGroup { .. } => "telegram-group",
    };
    assert_json_snapshot!(format!("{name}-found"), answers(surface, &reply));
}

#[rstest]
fn a_list_over_days(#[values(Surface::Discord, GROUP)] surface: Surface<'_>) {
    let editions: Vec<Edition> = (15..20)
        .map(|day| {
            let mut digest = digest();
            digest.key = DigestKey(format!("2025-12-{day}-ai-news"));
            digest.date = DigestDate::Day(NaiveDate::from_ymd_opt(2025, 12, day).unwrap());
            digest.articles.extend(digest.articles.clone());
            fixture::edition(digest, Style::Summary)
        })
        .collect();
    let bodies: Vec<Value> = crate::render::list(surface, &editions, &lexicon())
        .into_iter()
        .map(|message| message.body.0)
        .collect();
    let platform = if surface == Surface::Discord { Platform::Discord } else { Platform::Telegram };
    assert_json_snapshot!(format!("{platform}-list"), bodies);
    for body in &bodies {
        match platform {
            Platform::Discord => discord_limits::check(body),
            Platform::Telegram => drop(telegram_html::check(body)),
        }
    }
}

#[test]
fn a_list_of_nothing_is_no_message() {
    assert_eq!(crate::render::list(Surface::Discord, &[], &lexicon()), []);
}
