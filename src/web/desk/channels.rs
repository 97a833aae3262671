//! *Channels*: which there are, and how each fares. Those in trouble come first.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::Current;
use super::fault::Answer;
use super::frame::{Place, page};
use super::parts::{A_PAGE, When, channel_name, mark, menu, pager, platforms, query};
use super::visit::Visit;
use crate::store::{ChannelEntry, ChannelFilter, Health};

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    platform: String,
    health: String,
    page: String,
}

impl Asked {
    fn page(&self) -> u32 {
        self.page.parse().unwrap_or(1).clamp(1, 10_000)
    }

    fn at(&self, page: u32) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let pairs =
            [("q", &*self.q), ("platform", &*self.platform), ("health", &*self.health), ("page", &*page)];
        format!("/channels{}", query(&pairs))
    }
}

/// Shows them.
pub(super) async fn channels(
    State(desk): State<Current>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Answer {
    let words = visit.words;
    let filter = ChannelFilter {
        platform: asked.platform.parse().ok(),
        health: asked.health.parse().ok(),
        words: Some(asked.q.trim().chars().take(100).collect()).filter(|words: &String| !words.is_empty()),
    };
    let at = asked.page();
    let mut channels = desk.store().channels(&filter, (at - 1) * A_PAGE, A_PAGE + 1).await?;
    let older = (channels.len() > A_PAGE as usize).then(|| asked.at(at + 1));
    channels.truncate(A_PAGE as usize);
    let zone = desk.feeds().first().map_or(chrono_tz::UTC, |feed| feed.timezone);
    let when = When { zone, now: desk.commands.clock.now(), language: visit.language };
    let healths: Vec<_> = Health::ALL
        .into_iter()
        .map(|health| (health.name().to_owned(), (words.health)(health).to_owned()))
        .collect();
    let body = html! {
        form.filter action="/channels" {
            label.field.wide {
                span { (words.channel_search) }
                input type="search" name="q" value=(asked.q) maxlength="100";
            }
            (menu("platform", words.platform, words.all, &platforms(), &asked.platform))
            (menu("health", words.state, words.all, &healths, &asked.health))
            button type="submit" { (words.look) }
        }
        @if channels.is_empty() { p.empty { (words.no_channels) } }
        ul.rows { @for channel in &channels { (row(&visit, when, channel)) } }
        (pager(&visit, (at > 1).then(|| asked.at(at - 1)).as_deref(), older.as_deref()))
    };
    Ok(page(&visit, Place::Channels, words.channels, &body))
}

fn row(visit: &Visit, when: When, entry: &ChannelEntry) -> Markup {
    let (words, channel) = (visit.words, &entry.channel);
    html! {
        li {
            div.row-main {
                a.row-title href={ "/channels/" (channel.id.0) } { (channel_name(channel.name.as_deref(), &channel.address)) }
                p.about {
                    (channel.address.platform().brand()) " · " ((words.kind)(channel.kind)) " · "
                    ((words.subscriptions_count)(entry.subscriptions))
                    @if let Some(at) = entry.last_sent { " · " (words.last_delivery) " " (when.at(at)) }
                }
                @if let Some(reason) = &entry.reason { p.error { (reason) } }
            }
            (health(visit, entry.health))
        }
    }
}

/// How a channel fares, as a mark.
pub(super) fn health(visit: &Visit, health: Health) -> Markup {
    let tone = match health {
        Health::Well => "good",
        Health::Paused => "wait",
        Health::Lost => "bad",
        Health::Idle => "none",
    };
    mark(tone, (visit.words.health)(health))
}
