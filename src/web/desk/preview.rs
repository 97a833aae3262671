//! How an edition looks in both apps, side by side. What is drawn is what goes out: the bodies of the requests.

use maud::{Markup, html};

use super::visit::Visit;
use crate::draw;
use crate::model::channel::Platform;
use crate::model::lexicon::Lexicon;
use crate::model::message::Body;
use crate::model::reply::Edition;
use crate::model::subscription::Style;
use crate::render::{self, Surface};

/// The section of a page that shows an edition; `at` has the address of each style.
pub(super) fn section(
    visit: &Visit,
    edition: &Edition,
    lexicon: &Lexicon,
    at: impl Fn(Style) -> String,
) -> Markup {
    let words = visit.words;
    html! {
        section.preview #preview aria-labelledby="preview-title" {
            h2 #preview-title { (words.preview) }
            nav.styles aria-label=(words.style) {
                @for style in Style::ALL {
                    a href=(at(style)) aria-current=[(style == edition.style).then_some("true")] {
                        ((words.style_name)(style))
                    }
                }
            }
            (side_by_side(visit, edition, lexicon))
        }
    }
}

/// The messages of both platforms.
pub(super) fn side_by_side(visit: &Visit, edition: &Edition, lexicon: &Lexicon) -> Markup {
    html! {
        div.apps {
            @for platform in Platform::ALL {
                @let bodies = bodies(platform, edition, lexicon);
                div.app {
                    h3 { (platform.brand()) " " small { ((visit.words.messages)(bodies.len())) } }
                    (draw::messages(platform, &bodies))
                }
            }
        }
    }
}

fn bodies(platform: Platform, edition: &Edition, lexicon: &Lexicon) -> Vec<Body> {
    render::edition(Surface::of(platform), edition, lexicon).into_iter().map(|message| message.body).collect()
}
