//! One channel: what it wants, how it fares, and what an operator can do for it.

use axum::extract::{Path, State};
use maud::{Markup, html};

use super::Current;
use super::channels::health;
use super::deliveries::row;
use super::fault::{Answer, missing};
use super::form::Sent;
use super::frame::{Place, page};
use super::parts::{When, act, channel_name, done, query, sure};
use super::visit::Visit;
use crate::model::channel::{Address, ChannelId};
use crate::model::mute::Mute;
use crate::model::span::parse_span;
use crate::model::subscription::Subscription;
use crate::model::term::Term;
use crate::plan::next_slot;
use crate::store::{ChannelEntry, DeliveryFilter, Health};

/// How many deliveries are shown.
const DELIVERIES: u32 = 10;

/// Shows it.
pub(super) async fn channel(State(desk): State<Current>, visit: Visit, Path(id): Path<i64>) -> Answer {
    let Some(entry) = desk.store().channel_entry(ChannelId(id)).await? else { return Ok(missing(&visit)) };
    let (words, channel) = (visit.words, &entry.channel);
    let subscriptions = desk.store().subscriptions_of(channel.address).await?;
    let mutes = desk.store().mutes(Some(channel.id)).await?;
    let filter = DeliveryFilter { channel: Some(channel.id), ..DeliveryFilter::default() };
    let deliveries = desk.store().deliveries(&filter, None, DELIVERIES).await?;
    let feed_zone = desk.feeds().first().map(|feed| feed.timezone);
    let zone = subscriptions.first().map(|subscription| subscription.wish.timezone).or(feed_zone);
    let now = desk.commands.clock.now();
    let when = When { zone: zone.unwrap_or(chrono_tz::UTC), now, language: visit.language };
    let name = channel_name(channel.name.as_deref(), &channel.address);
    let body = html! {
        p.lead {
            (health(&visit, entry.health)) " " (channel.address.platform().brand()) " · " ((words.kind)(channel.kind))
            " · " code { (channel.address) }
        }
        (condition(&visit, when, &entry))
        (actions(&visit, &entry, &subscriptions))
        section {
            h2 { (words.subscriptions) }
            @if subscriptions.is_empty() { p.empty { (words.no_subscriptions) } }
            @for one in &subscriptions { (subscription(&desk, &visit, when, one)) }
        }
        @if !mutes.is_empty() {
            section {
                h2 { (words.mutes) }
                ul.plain { @for mute in &mutes { li { (muted(&desk, &visit, when, mute)) } } }
            }
        }
        section {
            h2 { (words.deliveries) }
            @if deliveries.is_empty() { p.empty { (words.no_deliveries) } }
            ul.rows { @for delivery in &deliveries { (row(&desk, &visit, when, delivery)) } }
            @if deliveries.len() == DELIVERIES as usize {
                p { a href={ "/deliveries" (query(&[("channel", &id.to_string())])) } { (words.all_deliveries) } }
            }
        }
    };
    Ok(page(&visit, Place::Channels, &name, &body))
}

fn condition(visit: &Visit, when: When, entry: &ChannelEntry) -> Markup {
    let words = visit.words;
    html! {
        @if entry.health == Health::Lost {
            div.decision {
                p { (words.lost_since) " " (when.at(entry.since)) }
                @if let Some(reason) = &entry.reason { p.error { (reason) } }
                @if let Some(at) = entry.probe_at { p { (words.probed_at) " " (when.at(at)) } }
            }
        }
        @if let Some(pause) = &entry.pause {
            div.decision {
                p {
                    (words.paused_since) " " (when.at(pause.since)) " · "
                    @match pause.until {
                        Some(until) => { (words.until) " " (when.at(until)) },
                        None => (words.until_resumed),
                    }
                }
            }
        }
    }
}

fn actions(visit: &Visit, entry: &ChannelEntry, subscriptions: &[Subscription]) -> Markup {
    let words = visit.words;
    let path = |what: &str| format!("/channels/{}/{what}", entry.channel.id.0);
    html! {
        div.buttons {
            @if entry.pause.is_some() {
                (act(visit, &path("resume"), words.resume, "primary", &[]))
            } @else if !subscriptions.is_empty() {
                (sure(words.pause, words.pause_about, &html! {
                    div.buttons {
                        (act(visit, &path("pause"), words.pause_day, "", &[("for", "1d")]))
                        (act(visit, &path("pause"), words.pause_week, "", &[("for", "7d")]))
                        (act(visit, &path("pause"), words.pause_open, "", &[("for", "")]))
                    }
                }))
            }
            @if entry.health == Health::Lost { (act(visit, &path("probe"), words.probe, "primary", &[])) }
            @if entry.health != Health::Lost {
                @for one in subscriptions {
                    (sure(words.resend, &(words.resend_about)(one.feed.as_str()), &act(
                        visit, &path("resend"), words.resend_sure, "primary", &[("feed", one.feed.as_str())],
                    )))
                }
            }
        }
    }
}

fn subscription(desk: &Current, visit: &Visit, when: When, subscription: &Subscription) -> Markup {
    let (words, language, wish) = (visit.words, visit.language, &subscription.wish);
    let lexicon = &desk.commands.lexicon;
    let filter: Vec<String> =
        wish.filter.iter().map(|word| Term::of(word, lexicon).shown(lexicon, language).to_owned()).collect();
    html! {
        dl.facts {
            div { dt { (words.feed) } dd { (desk.title(&subscription.feed)) } }
            div { dt { (words.schedule) } dd { (wish.schedule.describe(language)) " (" (wish.timezone.name()) ")" } }
            div {
                dt { (words.next_delivery) }
                dd {
                    @match next_slot(&wish.schedule, wish.timezone, when.now) {
                        Some(at) => (When { zone: wish.timezone, ..when }.at(at)),
                        None => (words.at_once),
                    }
                }
            }
            div { dt { (words.style) } dd { ((words.style_name)(wish.style)) } }
            div { dt { (words.filter) } dd { @if filter.is_empty() { (words.everything) } @else { (filter.join(" · ")) } } }
            div { dt { (words.language) } dd { ((words.language_name)(wish.language)) } }
            @if let Some(quiet) = wish.quiet { div { dt { (words.quiet) } dd { (quiet) } } }
        }
    }
}

fn muted(desk: &Current, visit: &Visit, when: When, mute: &Mute) -> Markup {
    html! {
        (mute.term.shown(&desk.commands.lexicon, visit.language)) " · "
        @match mute.until {
            Some(until) => { (visit.words.until) " " (when.at(until)) },
            None => (visit.words.for_good),
        }
    }
}

/// Where a channel is known.
async fn address(desk: &Current, id: i64) -> Result<Option<Address>, crate::store::StoreError> {
    Ok(desk.store().channel_entry(ChannelId(id)).await?.map(|entry| entry.channel.address))
}

/// Holds its deliveries back.
pub(super) async fn pause(State(desk): State<Current>, Path(id): Path<i64>, sent: Sent) -> Answer {
    let Some(address) = address(&desk, id).await? else { return Ok(missing(&sent.visit)) };
    let now = desk.commands.clock.now();
    let until = parse_span(sent.get("for"), now, chrono_tz::UTC);
    desk.store().pause(ChannelId(id), until, now).await?;
    desk.commands.plan.notify_one();
    tracing::info!(channel = %address, ?until, "paused at the desk");
    Ok(done(&format!("/channels/{id}"), "paused"))
}

/// Delivers to it again.
pub(super) async fn resume(State(desk): State<Current>, Path(id): Path<i64>, sent: Sent) -> Answer {
    let Some(address) = address(&desk, id).await? else { return Ok(missing(&sent.visit)) };
    desk.store().resume(ChannelId(id), desk.commands.clock.now()).await?;
    desk.commands.plan.notify_one();
    tracing::info!(channel = %address, "resumed at the desk");
    Ok(done(&format!("/channels/{id}"), "resumed"))
}

/// Has a lost one asked now whether messages can go there.
pub(super) async fn probe(State(desk): State<Current>, Path(id): Path<i64>, sent: Sent) -> Answer {
    let Some(address) = address(&desk, id).await? else { return Ok(missing(&sent.visit)) };
    desk.store().probe_soon(&[address], desk.commands.clock.now()).await?;
    if let Some(reach) = desk.reach.get(&address.platform()) {
        reach.probe.notify_one();
    }
    Ok(done(&format!("/channels/{id}"), "probing"))
}

/// Sends it the latest digest of a feed once more.
pub(super) async fn resend(State(desk): State<Current>, Path(id): Path<i64>, sent: Sent) -> Answer {
    let Some(address) = address(&desk, id).await? else { return Ok(missing(&sent.visit)) };
    let subscriptions = desk.store().subscriptions_of(address).await?;
    let subscription = subscriptions.iter().find(|one| one.feed.as_str() == sent.get("feed"));
    let Some(subscription) = subscription else { return Ok(missing(&sent.visit)) };
    let back = format!("/channels/{id}");
    let Some(latest) = desk.store().latest_digest(&subscription.feed, None).await? else {
        return Ok(done(&back, "nothing"));
    };
    desk.store().ask_resend(subscription.id, latest.id, desk.commands.clock.now()).await?;
    desk.commands.plan.notify_one();
    tracing::info!(channel = %address, digest = %latest.digest.key, "to be sent again, asked for at the desk");
    Ok(done(&back, "resending"))
}
