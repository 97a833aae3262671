//! The page of `jogan preview --html`: each post as Discord and as Telegram would show it, in each style, side by side,
//! and how it was understood. One file, which loads nothing and runs no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::draw;
use crate::model::lexicon::Lexicon;
use crate::model::message::Body;
use crate::model::reply::Edition;
use crate::model::subscription::Style;
use crate::model::{Language, Platform};
use crate::parse::Outline;
use crate::render::{self, Surface};

/// A post of the page.
pub(super) struct Post {
    /// How it is understood.
    pub(super) outline: Outline,
    /// What is set, in any style.
    pub(super) edition: Edition,
}

/// No address is loaded and nothing runs; the style sheet is the page's own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page, in the language of its first post.
pub(super) fn page(posts: &[Post], lexicon: &Lexicon) -> Markup {
    let language = posts.first().map(|post| post.edition.language).unwrap_or_default();
    let title = match posts {
        [post] => post.edition.digest.title.as_str(),
        _ => say(language, "미리 보기", "Preview"),
    };
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(include_str!("page.css"))) (PreEscaped(draw::STYLE)) }
            }
            body { main { @for post in posts { (self::post(post, lexicon)) } } }
        }
    }
}

fn post(post: &Post, lexicon: &Lexicon) -> Markup {
    let Post { outline, edition } = post;
    let language = edition.language;
    let count = outline.articles.len();
    html! {
        article class="post" lang=(language.code()) {
            header {
                h1 { (edition.digest.title) }
                p class="about" {
                    (outline.date.as_deref().unwrap_or(say(language, "날짜 없음", "no date")))
                    " · "
                    @match language {
                        Language::Ko => { "기사 " (count) "건" }
                        Language::En => { (count) @if count == 1 { " article" } @else { " articles" } }
                    }
                }
                @if !outline.warnings.is_empty() {
                    ul class="warnings" { @for warning in &outline.warnings { li { (warning) } } }
                }
            }
            @for style in [Style::Headlines, Style::Summary, Style::Full] {
                (in_style(&Edition { style, ..edition.clone() }, lexicon))
            }
            (understood(outline, language))
        }
    }
}

fn in_style(edition: &Edition, lexicon: &Lexicon) -> Markup {
    let language = edition.language;
    let name = match edition.style {
        Style::Headlines => say(language, "제목만", "Headlines"),
        Style::Summary => say(language, "요약", "Summary"),
        Style::Full => say(language, "전체", "Full"),
    };
    html! {
        section {
            h2 { (name) " " code { (edition.style.name()) } }
            div class="pair" {
                @for (platform, name) in [(Platform::Discord, "Discord"), (Platform::Telegram, "Telegram")] {
                    @let bodies = bodies(platform, edition, lexicon);
                    section {
                        h3 {
                            (name)
                            small {
                                @match language {
                                    Language::Ko => { "메시지 " (bodies.len()) "개" }
                                    Language::En => { (bodies.len()) @if bodies.len() == 1 { " message" } @else { " messages" } }
                                }
                            }
                        }
                        (draw::messages(platform, &bodies))
                    }
                }
            }
        }
    }
}

fn bodies(platform: Platform, edition: &Edition, lexicon: &Lexicon) -> Vec<Body> {
    let messages = render::edition(Surface::of(platform), edition, lexicon);
    messages.into_iter().map(|message| message.body).collect()
}

/// The articles that were told apart, and what was left out.
fn understood(outline: &Outline, language: Language) -> Markup {
    html! {
        section class="understood" {
            h2 { (say(language, "어떻게 읽었나", "How it was understood")) }
            ol {
                @for article in &outline.articles {
                    li {
                        (article.headline)
                        p class="about" {
                            @let about = [&article.publisher, &article.published];
                            @for (place, part) in about.into_iter().flatten().enumerate() {
                                @if place > 0 { " · " }
                                (part)
                            }
                        }
                        // Addresses that redirect have hundreds of letters.
                        @if let Some(link) = &article.link { p class="about address" title=(link) { (link) } }
                    }
                }
            }
            @if !outline.dropped.is_empty() {
                h3 { (say(language, "남기지 않은 것", "Left out")) }
                ul { @for dropped in &outline.dropped { li { q { (dropped.text) } " — " (dropped.reason) } } }
            }
        }
    }
}

/// The words in a language.
fn say(language: Language, korean: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Ko => korean,
        Language::En => english,
    }
}
