//! *Digests*: the archive, newest first, and searching it.

use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::Current;
use super::fault::Answer;
use super::frame::{Place, page};
use super::parts::{A_PAGE, mark, menu, outward, pager, query};
use super::visit::Visit;
use crate::commands;
use crate::model::feed::FeedName;
use crate::store::{ArchivedDigest, MOST_HITS};
use crate::text::{day, short_day};

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Words to look for.
    q: String,
    /// Only this feed's.
    feed: String,
    /// The page, from 1.
    page: String,
}

impl Asked {
    fn page(&self) -> u32 {
        self.page.parse().unwrap_or(1).clamp(1, 10_000)
    }

    /// The address of another page of the same.
    fn at(&self, page: u32) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        format!("/digests{}", query(&[("q", &self.q), ("feed", &self.feed), ("page", &page)]))
    }
}

/// Shows the archive, or what a search finds in it.
pub(super) async fn digests(State(desk): State<Current>, visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let skip = (asked.page() - 1) * A_PAGE;
    let (list, has_more) = if asked.q.trim().is_empty() {
        let feed = Some(FeedName(asked.feed.clone())).filter(|feed| !feed.as_str().is_empty());
        let mut digests = desk.store().archived_digests(feed.as_ref(), skip, A_PAGE + 1).await?;
        let has_more = digests.len() > A_PAGE as usize;
        digests.truncate(A_PAGE as usize);
        (listed(&visit, &desk, &digests), has_more)
    } else {
        let query = commands::query(&asked.q, &desk.commands);
        let hits = desk.store().search(&query, None, skip as usize, A_PAGE as usize).await?;
        let has_more = skip as usize + hits.page.len() < hits.total;
        let words = visit.words;
        let list = html! {
            p.about { ((words.found)(hits.total, hits.total == MOST_HITS)) }
            ul.rows {
                @for article in &hits.page {
                    li {
                        div.row-main {
                            a.row-title href={ "/digests/" (article.handle) "#article-" (article.place + 1) } {
                                (article.headline)
                            }
                            p.about {
                                (short_day(article.day, visit.language))
                                @if let Some(publisher) = &article.publisher {
                                    " · " (outward(article.link.as_deref(), publisher))
                                }
                            }
                        }
                    }
                }
            }
        };
        (list, has_more)
    };
    Ok(shown(&visit, &desk, &asked, &list, has_more))
}

fn shown(visit: &Visit, desk: &Current, asked: &Asked, list: &Markup, has_more: bool) -> Response {
    let words = visit.words;
    let feeds: Vec<_> = desk.feeds().iter().map(|feed| (feed.name.to_string(), feed.title.clone())).collect();
    let at = asked.page();
    let newer = (at > 1).then(|| asked.at(at - 1));
    let older = has_more.then(|| asked.at(at + 1));
    let body = html! {
        form.filter role="search" action="/digests" {
            label.field.wide {
                span { (words.search) }
                input type="search" name="q" value=(asked.q) maxlength="200" placeholder=(words.search_example);
            }
            @if feeds.len() > 1 { (menu("feed", words.feed, words.all, &feeds, &asked.feed)) }
            button type="submit" { (words.look) }
        }
        (list)
        (pager(visit, newer.as_deref(), older.as_deref()))
    };
    page(visit, Place::Digests, words.digests, &body)
}

fn listed(visit: &Visit, desk: &Current, digests: &[ArchivedDigest]) -> Markup {
    let words = visit.words;
    html! {
        @if digests.is_empty() { p.empty { (words.no_digest) } }
        ul.rows {
            @for digest in digests {
                li {
                    div.row-main {
                        a.row-title href={ "/digests/" (digest.handle) } { (digest.title) }
                        p.about {
                            (day(digest.day, visit.language)) " · " (desk.title(&digest.feed)) " · "
                            ((words.articles)(digest.articles as usize))
                            @if digest.revision > 1 { " · " ((words.revision)(digest.revision)) }
                        }
                    }
                    (state(visit, digest))
                }
            }
        }
    }
}

fn state(visit: &Visit, digest: &ArchivedDigest) -> Markup {
    let words = visit.words;
    if digest.is_withdrawn {
        mark("bad", words.withdrawn)
    } else if digest.held.is_some() {
        mark("wait", words.held)
    } else if digest.is_news {
        mark("good", words.news)
    } else {
        mark("none", words.archived)
    }
}
