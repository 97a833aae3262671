//! Over digests of any shape: no message passes a limit, no word is lost, nothing from a post takes effect.

use chrono::NaiveTime;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value;

use crate::model::reply::{Audience, Edition, Reply};
use crate::model::rich::{plain, plain_blocks};
use crate::model::{Block, EnrichedDigest, Inline, Language, Platform, Section, Style};
use crate::render::Surface;
use crate::render::tests::fixture::{self, article, lexicon, paragraph, section};
use crate::render::tests::{discord_limits, telegram_html};
use crate::text::is_blank;

/// What people and attackers put into texts.
const HOSTILE: [&str; 24] = [
    "@everyone",
    "@here ",
    "@name",
    "<@123>",
    "<#1>",
    "<t:1:R>",
    "<:x:1>",
    "</a:1>",
    "#tag",
    "/start",
    "<b>",
    "</blockquote>",
    "&lt;",
    "**",
    "~~||",
    "[a](https://e.x)",
    "](",
    "```",
    "> ",
    "# ",
    "👨‍👩‍👧‍👦",
    "\u{1112}\u{1161}\u{11ab}",
    "\u{202e}עברית",
    "e\u{301}\u{301}",
];

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[가-힣a-zA-Z0-9.,!?다요 ]{1,30}",
        1 => prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => Just("https://e.x/a_b(c) ".to_owned()),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn inline() -> impl Strategy<Value = Inline> {
    let text = words().prop_map(Inline::Text);
    let code = "[a-z` ]{0,9}".prop_map(Inline::Code);
    let address = prop_oneof![
        Just("https://e.x/(a)?b=\"c\"".to_owned()),
        Just("javascript:alert(1)".to_owned()),
        (0_usize..2100).prop_map(|length| format!("https://e.x/{}", "u".repeat(length))),
    ];
    prop_oneof![5 => text, 1 => code, 1 => Just(Inline::Break)].prop_recursive(2, 8, 3, move |inner| {
        let run = vec(inner, 0..3);
        prop_oneof![
            run.clone().prop_map(Inline::Strong),
            run.clone().prop_map(Inline::Emphasis),
            run.clone().prop_map(Inline::Strike),
            (address.clone(), run).prop_map(|(url, text)| Inline::Link { url, text }),
        ]
    })
}

fn run() -> impl Strategy<Value = Vec<Inline>> {
    vec(inline(), 0..4)
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        4 => run().prop_map(Block::Paragraph),
        1 => run().prop_map(Block::Heading),
        1 => "[a-z<&`\n]{0,40}".prop_map(|text| Block::Code { language: String::new(), text }),
        1 => (vec(run(), 0..3), vec(vec(run(), 0..3), 0..3)).prop_map(|(header, rows)| Block::Table { header, rows }),
        1 => words().prop_map(|alt| Block::Image { url: "/p.png".to_owned(), alt }),
    ];
    leaf.prop_recursive(2, 10, 3, |inner| {
        let item = (run().prop_map(Block::Paragraph), vec(inner.clone(), 0..2))
            .prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect());
        prop_oneof![
            (option::of(0_u64..20), vec(item, 0..5)).prop_map(|(start, items)| Block::List { start, items }),
            vec(inner, 0..3).prop_map(Block::Quote),
        ]
    })
}

fn sections() -> impl Strategy<Value = Vec<Section>> {
    let title = prop_oneof![Just("요약".to_owned()), words()];
    vec((title, vec(block(), 0..4)).prop_map(|(title, blocks)| section(&title, blocks)), 0..4)
}

fn digests() -> impl Strategy<Value = EnrichedDigest> {
    let item = (words(), option::of(words()), 0_usize..2100, sections()).prop_map(
        |(headline, publisher, link, sections)| {
            let mut item = article(&headline, sections);
            item.article.publisher = publisher;
            item.article.link = Some(format!("https://e.x/{}", "l".repeat(link)));
            item
        },
    );
    let prose = || vec(block(), 0..2);
    (words(), vec(item, 0..12), prose(), prose()).prop_map(|(title, articles, intro, closing)| {
        EnrichedDigest { title, articles, intro, closing, ..fixture::digest() }
    })
}

fn styles() -> impl Strategy<Value = Style> {
    prop::sample::select(Style::ALL.to_vec())
}

fn messages(platform: Platform, digest: &EnrichedDigest, style: Style) -> Vec<(Value, Value)> {
    let edition = fixture::edition(digest.clone(), style);
    let rendered = crate::render::edition(Surface::of(platform), &edition, &lexicon());
    assert!(!rendered.is_empty());
    rendered.into_iter().map(|message| (message.body.0, message.plain.0)).collect()
}

/// The letters, digits and emoji of a text, without what platforms and we put between them.
fn essence(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || ('\u{1f400}'..='\u{1f5b0}').contains(c)).collect()
}

/// Everything that a digest says, in order: per article as one text.
fn said(digest: &EnrichedDigest, heading: impl Fn(&Section) -> bool) -> Vec<String> {
    let article = |article: &crate::model::EnrichedArticle| {
        let mut text = plain(&article.article.headline).into_owned();
        for section in &article.article.sections {
            if heading(section) {
                text.push_str(&plain(&section.title));
            }
            text.push_str(&plain_blocks(&section.blocks));
        }
        essence(&text)
    };
    let (intro, closing) = (essence(&plain_blocks(&digest.intro)), essence(&plain_blocks(&digest.closing)));
    std::iter::once(intro).chain(digest.articles.iter().map(article)).chain([closing]).collect()
}

/// All parts of a Telegram delivery as one text, without the repeated headlines.
fn joined_telegram(messages: &[(Value, Value)]) -> String {
    let mut joined = String::new();
    for (body, _) in messages {
        let text = telegram_html::check(body).text;
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let is_repeated = !joined.is_empty()
            && first.ends_with(')')
            && first.rsplit_once(" (").is_some_and(|(_, number)| {
                number
                    .trim_end_matches(')')
                    .split('/')
                    .all(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            });
        joined.push_str(if is_repeated { rest } else { &text });
        joined.push('\n');
    }
    joined
}

/// All descriptions and fields of a Discord delivery, a text for each run of embeds of one article.
fn joined_discord(messages: &[(Value, Value)]) -> String {
    let mut joined = String::new();
    let is_later = |title: &str| {
        title.rsplit_once(" (").is_some_and(|(_, number)| {
            let digits = number.strip_suffix(')').and_then(|number| number.split_once('/'));
            digits.is_some_and(|(part, parts)| part.parse::<u32>().is_ok() && parts.parse::<u32>().is_ok())
        })
    };
    for (body, _) in messages {
        for embed in body["embeds"].as_array().unwrap() {
            let title = embed["title"].as_str().unwrap_or_default();
            // A title that is cut stands whole in the description.
            if !is_later(title) && !title.ends_with('…') {
                joined.push_str(title);
            }
            joined.push_str(&without_addresses(embed["description"].as_str().unwrap_or_default()));
            for field in embed["fields"].as_array().into_iter().flatten() {
                let name = field["name"].as_str().unwrap();
                if !is_later(name) && !name.ends_with('…') {
                    joined.push_str(name);
                }
                joined.push_str(&without_addresses(field["value"].as_str().unwrap()));
            }
            joined.push('\n');
        }
    }
    joined
}

/// Markdown without the addresses of masked links.
fn without_addresses(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(at) = rest.find("](http") {
        let before = &rest[..at];
        let is_text = (before.len() - before.trim_end_matches('\\').len()) % 2 == 1;
        out.push_str(&rest[..at]);
        rest = &rest[at + 2..];
        if !is_text {
            rest = rest.split_once(')').map_or("", |(_, after)| after);
        }
    }
    out + rest
}

fn assert_in_order(joined: &str, said: &[String]) {
    let joined = essence(joined);
    let mut from = 0;
    for text in said {
        let at = joined[from..].find(text.as_str());
        let at = at.unwrap_or_else(|| panic!("{}", first_difference(&joined[from..], text)));
        from += at + text.len();
    }
}

/// Where a text stops being what it should: the longest beginning of `text` in `joined`, and what differs.
fn first_difference(joined: &str, text: &str) -> String {
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let kept = ends.partition_point(|end| joined.contains(&text[..*end]));
    let kept = kept.checked_sub(1).map_or(0, |last| ends[last]);
    let found = joined.find(&text[..kept]).unwrap_or_default() + kept;
    let glimpse = |text: &str| text.chars().take(40).collect::<String>();
    format!(
        "lost after {kept} bytes: {:?} instead of {:?}",
        glimpse(&joined[found..]),
        glimpse(&text[kept..])
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_discord_message_passes_a_limit(digest in digests(), style in styles()) {
        for (place, (body, plain)) in messages(Platform::Discord, &digest, style).iter().enumerate() {
            discord_limits::check(body);
            discord_limits::check(plain);
            prop_assert_eq!(body["flags"].as_u64().unwrap_or(0), if place == 0 { 0 } else { 4096 });
        }
    }

    #[test]
    fn telegram_takes_every_message(digest in digests(), style in styles()) {
        for (place, (body, plain)) in messages(Platform::Telegram, &digest, style).iter().enumerate() {
            telegram_html::check(body);
            telegram_html::check(plain);
            prop_assert_eq!(body["disable_notification"].as_bool().unwrap_or(false), place > 0);
        }
    }

    #[test]
    fn no_word_is_lost_in_full(digest in digests()) {
        // Telegram leaves out that a summary is one.
        let is_summary = |section: &Section| plain(&section.title) == "요약";
        let mut telegram = digest.clone();
        for article in &mut telegram.articles {
            article.article.sections.retain(|section| !is_summary(section));
        }
        let set = messages(Platform::Telegram, &telegram, Style::Full);
        assert_in_order(&joined_telegram(&set), &said(&telegram, |_| true));
        let set = messages(Platform::Discord, &digest, Style::Full);
        assert_in_order(&joined_discord(&set), &said(&digest, |_| true));
    }

    #[test]
    fn every_headline_is_in_a_list(digest in digests()) {
        let headlines: Vec<String> =
            digest.articles.iter().map(|article| essence(&plain(&article.article.headline))).collect();
        let digest = EnrichedDigest { intro: Vec::new(), closing: Vec::new(), ..digest };
        let set = messages(Platform::Telegram, &digest, Style::Headlines);
        assert_in_order(&joined_telegram(&set), &headlines);
        let set = messages(Platform::Discord, &digest, Style::Headlines);
        assert_in_order(&joined_discord(&set), &headlines);
    }

    #[test]
    fn a_correction_divides_a_digest_as_before(digest in digests(), style in styles()) {
        let before = fixture::edition(digest, style);
        let after = Edition { corrected_at: NaiveTime::from_hms_opt(17, 2, 0), ..before.clone() };
        let telegram = |edition: &Edition| -> Vec<String> {
            let set = crate::render::edition(Surface::TelegramPrivate, edition, &lexicon());
            set.iter().map(|message| telegram_html::check(&message.body.0).text).collect()
        };
        let noted: Vec<String> = telegram(&before).into_iter().map(|text| text + "\n17:02 고침").collect();
        prop_assert_eq!(telegram(&after), noted);
        let discord = |edition: &Edition| -> Vec<Vec<Value>> {
            let set = crate::render::edition(Surface::Discord, edition, &lexicon());
            set.iter().for_each(|message| discord_limits::check(&message.body.0));
            let embeds = |body: &Value| body["embeds"].as_array().unwrap().iter().map(|e| e["description"].clone()).collect();
            set.iter().map(|message| embeds(&message.body.0)).collect()
        };
        prop_assert_eq!(discord(&after), discord(&before));
    }

    #[test]
    fn an_answer_of_any_length_fits(lines in vec(words(), 1..40), repeat in 1_usize..60) {
        let lines: Vec<String> = lines.into_iter().map(|line| line.repeat(repeat)).collect();
        prop_assume!(lines.iter().any(|line| !is_blank(line)));
        let said: Vec<String> = lines.iter().map(|line| essence(line)).collect();
        let (audience, language) = (Audience::Channel, Language::Ko);
        let reply = Reply { audience, lines, ..Reply::new(language) };
        let discord = crate::render::reply(Surface::Discord, &reply, &lexicon());
        discord.iter().for_each(|body| discord_limits::check(&body.0));
        let joined: String = discord.iter().filter_map(|body| body.0["content"].as_str()).collect();
        assert_in_order(&joined, &said);
        let telegram = crate::render::reply(Surface::TelegramPrivate, &reply, &lexicon());
        let joined: String = telegram.iter().map(|body| telegram_html::check(&body.0).text).collect();
        assert_in_order(&joined, &said);
    }

    #[test]
    fn nothing_from_a_post_takes_effect(digest in digests(), style in styles()) {
        for (body, _) in messages(Platform::Discord, &digest, style) {
            let all = body.to_string();
            prop_assert!(!all.contains("@everyone") && !all.contains("@here"));
            for embed in body["embeds"].as_array().unwrap() {
                assert_quiet(embed["title"].as_str().unwrap_or_default());
                assert_quiet(embed["description"].as_str().unwrap_or_default());
            }
        }
        for (body, _) in messages(Platform::Telegram, &digest, style) {
            let parsed = telegram_html::check(&body);
            let is_code = |at: usize| {
                parsed.entities.iter().any(|e| matches!(e.tag.as_str(), "pre" | "code") && (e.start..e.end).contains(&at))
            };
            for (at, found) in parsed.text.match_indices(['@', '#', '/']) {
                let after = &parsed.text[at + 1..];
                let is_part_number = found == "/" && parsed.text[..at].ends_with(|c: char| c.is_ascii_digit())
                    && after.starts_with(|c: char| c.is_ascii_digit());
                prop_assert!(is_code(at) || is_part_number || after.starts_with('\u{2060}'), "{}", &parsed.text[at..]);
            }
        }
    }
}

/// No mention, channel, time, emoji or command in Discord's Markdown outside of code.
fn assert_quiet(markdown: &str) {
    for text in markdown.split("```").step_by(2) {
        for (at, _) in text.match_indices('<') {
            let is_escaped = text[..at].ends_with('\\');
            let takes_effect = text[at + 1..].starts_with(['@', '#', ':', '/', 't', 'a', 'i']);
            assert!(is_escaped || !takes_effect, "{}", &text[at..]);
        }
    }
}

fn with_articles(articles: Vec<crate::model::EnrichedArticle>) -> EnrichedDigest {
    EnrichedDigest { articles, ..fixture::digest() }
}

#[rstest]
#[case::without_blanks("가나다라마바사아자차")]
#[case::words("word ")]
#[case::sentences("갔다. ")]
#[case::families("👨‍👩‍👧")]
#[case::markup("@#/_*<&")]
#[case::jamo("\u{1112}\u{1161}\u{11ab}")]
fn extremes_fit_and_lose_nothing(#[case] unit: &str) {
    let long = || vec![paragraph(&unit.repeat(30_000 / unit.chars().count()))];
    let first = article("하나", vec![section("", long())]);
    let digest = with_articles(vec![first, article("둘", vec![section("요지", long())])]);
    let said = said(&digest, |_| true);
    let set = messages(Platform::Telegram, &digest, Style::Full);
    set.iter().for_each(|(_, plain)| drop(telegram_html::check(plain)));
    assert_in_order(&joined_telegram(&set), &said);
    let set = messages(Platform::Discord, &digest, Style::Full);
    set.iter().flat_map(|(body, plain)| [body, plain]).for_each(discord_limits::check);
    assert_in_order(&joined_discord(&set), &said);
}

#[rstest]
fn a_notification_shows_the_first_headline(
    #[values(Style::Headlines, Style::Summary, Style::Full)] style: Style,
) {
    let mut digest = fixture::digest();
    digest.title = "아주 긴 제목 ".repeat(40);
    digest.intro = vec![paragraph(&"긴 머리말입니다. ".repeat(40))];
    let bodies = messages(Platform::Telegram, &digest, style);
    let start: String = telegram_html::check(&bodies[0].0).text.chars().take(120).collect();
    assert!(start.contains("OpenAI, 아마존과"), "{start}");
}

#[rstest]
#[case::forty(40)]
#[case::more_than_the_menus_hold(130)]
fn many_articles_fit(
    #[case] count: usize,
    #[values(Style::Headlines, Style::Summary, Style::Full)] style: Style,
) {
    let link = format!("https://e.x/{}", "a".repeat(2000));
    let articles = (0..count).map(|number| {
        let mut article =
            article(&format!("소식 {number}"), vec![section("요약", vec![paragraph("한 문장입니다.")])]);
        article.article.link = Some(link.clone());
        article
    });
    let mut digest = with_articles(articles.collect());
    digest.link = Some(link.clone());
    for platform in Platform::ALL {
        let bodies = messages(platform, &digest, style);
        match platform {
            Platform::Discord => bodies.iter().for_each(|(body, _)| discord_limits::check(body)),
            Platform::Telegram => bodies.iter().for_each(|(body, _)| drop(telegram_html::check(body))),
        }
    }
}
