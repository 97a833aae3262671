//! One digest: what is in it, what its articles are about, how it looks, and where it went.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::fault::{Answer, missing};
use super::form::Sent;
use super::frame::{Place, page};
use super::parts::{When, act, done, mark, outward, query};
use super::visit::Visit;
use super::{Current, preview};
use crate::model::article::{EnrichedArticle, Strength};
use crate::model::digest::StoredDigest;
use crate::model::feed::{Feed, FeedName};
use crate::model::hold::HoldReason;
use crate::model::reply::{Edition, Selection};
use crate::model::rich::{plain, plain_blocks};
use crate::model::subscription::Style;
use crate::store::PlatformProgress;
use crate::text::day;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// How much the preview shows.
    style: String,
}

/// Shows it.
pub(super) async fn digest(
    State(desk): State<Current>,
    visit: Visit,
    Path(handle): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let Some((name, stored)) = desk.store().digest_by_handle(&handle).await? else {
        return Ok(missing(&visit));
    };
    let held = desk.store().held_digests().await?;
    let held = held.iter().find(|held| held.stored.id == stored.id).map(|held| held.reason);
    let progress = desk.store().platform_progress(&name, Some(&stored)).await?;
    let style = asked.style.parse().unwrap_or_default();
    let shown = Shown { desk: &desk, visit: &visit, handle: &handle, name: &name, stored: &stored };
    Ok(shown.page(held, &progress, style))
}

/// Sends a held digest on its way.
pub(super) async fn release(State(desk): State<Current>, Path(handle): Path<String>, sent: Sent) -> Answer {
    let Some((feed, stored)) = desk.store().digest_by_handle(&handle).await? else {
        return Ok(missing(&sent.visit));
    };
    let was_held = desk.store().release_digest(&feed, stored.id, desk.commands.clock.now()).await?;
    desk.commands.plan.notify_one();
    tracing::info!(%feed, digest = %stored.digest.key, was_held, "a held digest was sent on its way at the desk");
    Ok(done(&format!("/digests/{handle}"), if was_held { "released" } else { "not-held" }))
}

/// Sends a held digest to nobody.
pub(super) async fn drop_held(State(desk): State<Current>, Path(handle): Path<String>, sent: Sent) -> Answer {
    let Some((feed, stored)) = desk.store().digest_by_handle(&handle).await? else {
        return Ok(missing(&sent.visit));
    };
    let was_held = desk.store().drop_digest(stored.id).await?;
    tracing::info!(%feed, digest = %stored.digest.key, was_held, "a held digest was dropped at the desk");
    Ok(done(&format!("/digests/{handle}"), if was_held { "dropped" } else { "not-held" }))
}

/// A digest on its way to a page.
struct Shown<'a> {
    desk: &'a Current,
    visit: &'a Visit,
    handle: &'a str,
    name: &'a FeedName,
    stored: &'a StoredDigest,
}

impl Shown<'_> {
    fn page(&self, held: Option<HoldReason>, progress: &[PlatformProgress], style: Style) -> Response {
        let (visit, stored) = (self.visit, self.stored);
        let (words, digest) = (visit.words, &stored.digest);
        let feed = self.desk.commands.feed(self.name);
        let zone = feed.map_or(chrono_tz::UTC, |feed| feed.timezone);
        let when = When { zone, now: self.desk.commands.clock.now(), language: visit.language };
        let sent: u32 = progress.iter().map(|progress| progress.sent).sum();
        let body = html! {
            p.lead {
                (day(digest.date.day(), visit.language)) " · " (self.desk.title(self.name)) " · "
                ((words.articles)(digest.articles.len())) " · " (words.arrived) " " (when.at(stored.stored_at))
                @if stored.revision > 1 { " · " ((words.revision)(stored.revision)) }
            }
            p.links {
                @if held.is_none() && stored.edition.is_none() { (mark("none", words.archived)) " " }
                a href={ "/deliveries" (query(&[("digest", self.handle)])) } {
                    (words.deliveries) " (" ((words.arrived_in)(sent)) ")"
                }
                @if digest.link.is_some() {
                    (outward(digest.link.as_deref(), words.on_the_web))
                }
            }
            @if let Some(reason) = held { (self.decision(reason)) }
            section.contents aria-labelledby="contents" {
                h2 #contents { (words.contents) }
                @let intro = plain_blocks(&digest.intro);
                @if !intro.is_empty() { p.prose { (intro) } }
                @for (number, article) in (1..).zip(&digest.articles) { (self.article(number, article)) }
                @let closing = plain_blocks(&digest.closing);
                @if !closing.is_empty() { p.prose { (closing) } }
            }
            @if let Some(feed) = feed {
                (preview::section(visit, &self.edition(feed, style), &self.desk.commands.lexicon, |style| {
                    format!("/digests/{}{}#preview", self.handle, query(&[("style", style.name())]))
                }))
            }
        };
        page(visit, Place::Digests, &digest.title, &body)
    }

    fn edition(&self, feed: &Feed, style: Style) -> Edition {
        let digest = self.stored.digest.clone();
        Edition {
            feed: feed.clone(),
            language: digest.language.unwrap_or(feed.language),
            digest,
            selection: Selection::All,
            style,
            corrected_at: None,
        }
    }

    fn decision(&self, reason: HoldReason) -> Markup {
        let (visit, words) = (self.visit, self.visit.words);
        html! {
            section.decision {
                h2 { (words.held) }
                p { ((words.hold_reason)(reason)) " " (words.held_decide) }
                div.buttons {
                    (act(visit, &format!("/digests/{}/release", self.handle), words.release, "primary", &[]))
                    (act(visit, &format!("/digests/{}/drop", self.handle), words.drop_it, "", &[]))
                }
            }
        }
    }

    fn article(&self, number: usize, article: &EnrichedArticle) -> Markup {
        let (words, language) = (self.visit.words, self.visit.language);
        let lexicon = &self.desk.commands.lexicon;
        let EnrichedArticle { article, companies, topics } = article;
        let link = article.link.as_deref();
        let facts: Vec<&str> =
            [&article.publisher, &article.published].into_iter().flatten().map(String::as_str).collect();
        html! {
            article.article id={ "article-" (number) } {
                h3 { span.number { (number) } " " (outward(link, &plain(&article.headline))) }
                @if !facts.is_empty() { p.about { (facts.join(" · ")) } }
                p.tags {
                    @for topic in topics { span.tag.topic { (lexicon.topic(topic, language)) } " " }
                    @for mention in companies {
                        @let is_implied = mention.strength == Strength::Implied;
                        span.tag.implied[is_implied] title=[is_implied.then_some(words.implied)] {
                            (lexicon.company(&mention.company, language))
                        } " "
                    }
                }
                @if !article.sections.is_empty() {
                    details {
                        summary { (words.text) }
                        @for section in &article.sections {
                            @let title = plain(&section.title);
                            @if !title.is_empty() { h4 { (title) } }
                            p.prose { (plain_blocks(&section.blocks)) }
                        }
                    }
                }
            }
        }
    }
}
