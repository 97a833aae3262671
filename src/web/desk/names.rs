//! *Names*: what may be companies and is not in the dictionary, as TOML to copy into `companies.toml`.

use axum::extract::State;
use maud::html;

use super::Current;
use super::fault::Answer;
use super::frame::{Place, page};
use super::visit::Visit;
use crate::pipeline::{Lacking, NameCounts};

/// The last digests are looked through, so many: a month of daily ones.
const DIGESTS: u32 = 30;
/// How many names are shown.
const MOST: usize = 60;

/// Shows them.
pub(super) async fn names(State(desk): State<Current>, visit: Visit) -> Answer {
    let words = visit.words;
    let mut counts = NameCounts::default();
    for stored in desk.store().recent_digests(DIGESTS).await?.iter().rev() {
        counts.add(&stored.digest, &desk.classifier);
        tokio::task::yield_now().await;
    }
    let found = counts.ranked(1, MOST);
    let lines: Vec<String> = found.iter().map(Lacking::toml).collect();
    let body = html! {
        p.lead { ((words.names_about)(DIGESTS)) }
        @if found.is_empty() { p.empty { (words.no_names) } } @else {
            section {
                h2 #toml { "companies.toml" }
                button.copy type="button" data-copy="names" data-done=(words.copied) hidden { (words.copy) }
                textarea #names readonly rows="12" spellcheck="false" aria-labelledby="toml" { (lines.join("\n")) }
            }
            section {
                h2 { (words.where_found) }
                ul.rows {
                    @for candidate in &found {
                        li {
                            div.row-main {
                                p.row-title { (candidate.name) }
                                p.about { (candidate.headline) }
                            }
                            span.mark.none { ((words.articles)(candidate.articles)) }
                        }
                    }
                }
            }
        }
    };
    Ok(page(&visit, Place::Names, words.names, &body))
}
