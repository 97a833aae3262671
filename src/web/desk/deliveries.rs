//! *Deliveries*: the log, which can be filtered.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::Current;
use super::fault::Answer;
use super::frame::{Place, page};
use super::parts::{A_PAGE, When, channel_name, mark, menu, pager, platforms, query};
use super::visit::Visit;
use crate::model::channel::ChannelId;
use crate::model::delivery::DeliveryId;
use crate::model::feed::FeedName;
use crate::store::{DeliveryEntry, DeliveryFilter, DeliveryState};

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    platform: String,
    feed: String,
    state: String,
    /// Only those of this digest, by its handle.
    digest: String,
    /// Only those to this channel.
    channel: String,
    /// Only those before this one.
    before: String,
}

impl Asked {
    fn filter(&self) -> DeliveryFilter {
        DeliveryFilter {
            platform: self.platform.parse().ok(),
            feed: Some(FeedName(self.feed.clone())).filter(|feed| !feed.as_str().is_empty()),
            channel: self.channel.parse().ok().map(ChannelId),
            digest: Some(self.digest.clone()).filter(|handle| !handle.is_empty()),
            state: self.state.parse().ok(),
        }
    }

    fn before(&self, before: &str) -> String {
        let pairs = [
            ("platform", &*self.platform),
            ("feed", &*self.feed),
            ("state", &*self.state),
            ("digest", &*self.digest),
            ("channel", &*self.channel),
            ("before", before),
        ];
        format!("/deliveries{}", query(&pairs))
    }
}

/// Shows it.
pub(super) async fn deliveries(
    State(desk): State<Current>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Answer {
    let words = visit.words;
    let before = asked.before.parse().ok().map(DeliveryId);
    let mut deliveries = desk.store().deliveries(&asked.filter(), before, A_PAGE + 1).await?;
    let has_more = deliveries.len() > A_PAGE as usize;
    deliveries.truncate(A_PAGE as usize);
    let last = deliveries.last().filter(|_| has_more).map(|last| asked.before(&last.id.0.to_string()));
    let first = before.map(|_| asked.before(""));
    let zone = desk.feeds().first().map_or(chrono_tz::UTC, |feed| feed.timezone);
    let when = When { zone, now: desk.commands.clock.now(), language: visit.language };
    let feeds: Vec<_> = desk.feeds().iter().map(|feed| (feed.name.to_string(), feed.title.clone())).collect();
    let states: Vec<_> = DeliveryState::ALL
        .into_iter()
        .map(|state| (state.name().to_owned(), (words.delivery_state)(state).to_owned()))
        .collect();
    let narrowed = !asked.digest.is_empty() || !asked.channel.is_empty();
    let body = html! {
        form.filter action="/deliveries" {
            (menu("platform", words.platform, words.all, &platforms(), &asked.platform))
            @if feeds.len() > 1 { (menu("feed", words.feed, words.all, &feeds, &asked.feed)) }
            (menu("state", words.state, words.all, &states, &asked.state))
            @for (name, value) in [("digest", &asked.digest), ("channel", &asked.channel)] {
                @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
            }
            button type="submit" { (words.look) }
            @if narrowed { a href="/deliveries" { (words.all_deliveries) } }
        }
        div data-live="5" {
            @if deliveries.is_empty() { p.empty { (words.no_deliveries) } }
            ul.rows { @for delivery in &deliveries { (row(&desk, &visit, when, delivery)) } }
        }
        (pager(&visit, first.as_deref(), last.as_deref()))
    };
    Ok(page(&visit, Place::Deliveries, words.deliveries, &body))
}

/// A delivery as a list shows it.
pub(super) fn row(desk: &Current, visit: &Visit, when: When, entry: &DeliveryEntry) -> Markup {
    let words = visit.words;
    html! {
        li {
            div.row-main {
                a.row-title href={ "/deliveries/" (entry.id.0) } {
                    (channel_name(entry.channel_name.as_deref(), &entry.address))
                }
                p.about {
                    (when.at(entry.due_at)) " · " (entry.address.platform().brand()) " · " (desk.title(&entry.feed)) " · "
                    (entry.title)
                    @if entry.is_list { " · " (words.as_list) }
                    @if entry.occasion > 0 { " · " (words.once_more) }
                }
                @if entry.state() != DeliveryState::Sent {
                    @if let Some(error) = &entry.error { p.error { (error) } }
                }
            }
            (state(visit, entry))
        }
    }
}

/// What has become of a delivery, as a mark.
pub(super) fn state(visit: &Visit, entry: &DeliveryEntry) -> Markup {
    let state = entry.state();
    let tone = match state {
        DeliveryState::Waiting => "wait",
        DeliveryState::Sent => "good",
        DeliveryState::Failed => "bad",
        DeliveryState::Cancelled => "none",
    };
    let name = (visit.words.delivery_state)(state);
    if entry.messages > 1 && state != DeliveryState::Cancelled {
        mark(tone, &format!("{name} {}/{}", entry.sent, entry.messages))
    } else {
        mark(tone, name)
    }
}
