//! What is around every page: head, navigation, foot.

use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::parts;
use super::visit::Visit;
use super::words::Words;
use crate::model::language::Language;

/// A page of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Today,
    Digests,
    Channels,
    Deliveries,
    Trends,
    Names,
    Compose,
}

impl Place {
    const ALL: [Self; 7] = [
        Self::Today,
        Self::Digests,
        Self::Channels,
        Self::Deliveries,
        Self::Trends,
        Self::Names,
        Self::Compose,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Today => "/",
            Self::Digests => "/digests",
            Self::Channels => "/channels",
            Self::Deliveries => "/deliveries",
            Self::Trends => "/trends",
            Self::Names => "/names",
            Self::Compose => "/compose",
        }
    }

    fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Today => words.today,
            Self::Digests => words.digests,
            Self::Channels => words.channels,
            Self::Deliveries => words.deliveries,
            Self::Trends => words.trends,
            Self::Names => words.names,
            Self::Compose => words.compose,
        }
    }
}

/// A page of the desk: `title` is its heading.
pub(super) fn page(visit: &Visit, here: Place, title: &str, body: &Markup) -> Response {
    let words = visit.words;
    let other = match visit.language {
        Language::Ko => Language::En,
        Language::En => Language::Ko,
    };
    let body = html! {
        a.skip href="#main" { (words.skip) }
        header.bar {
            div.bar-inner {
                a.brand href="/" { span aria-hidden="true" { "朝" } (words.brand) }
                nav aria-label=(words.pages) {
                    @for place in Place::ALL {
                        a href=(place.path()) aria-current=[(place == here).then_some("page")] { (place.name(words)) }
                    }
                }
                div.tools {
                    a lang=(other) hreflang=(other)
                        href={ "/language/" (other) (parts::query(&[("to", &visit.path)])) } { (words.other_language) }
                    (parts::act(visit, "/logout", words.log_out, "quiet", &[]))
                }
            }
        }
        main #main tabindex="-1" {
            h1 { (title) }
            @if let Some(said) = visit.said.as_deref().and_then(|said| words.done(said)) {
                p.said role="status" { (said) }
            }
            (body)
        }
    };
    document(visit.language, title, &body)
}

/// A page without the desk around it: for whoever is not logged in, and for what goes wrong.
pub(super) fn alone(language: Language, title: &str, body: &Markup) -> Response {
    let words = Words::of(language);
    let body = html! {
        main #main.alone {
            p.brand { span aria-hidden="true" { "朝" } (words.brand) }
            h1 { (title) }
            (body)
        }
    };
    document(language, title, &body)
}

fn document(language: Language, title: &str, body: &Markup) -> Response {
    let words = Words::of(language);
    let document = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " — " (words.brand) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/messages.css";
                link rel="stylesheet" href="/desk.css";
                script src="/desk.js" defer {}
            }
            body { (body) }
        }
    };
    Html(document.into_string()).into_response()
}
