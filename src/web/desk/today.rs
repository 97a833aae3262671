//! *Today*: how far each feed's digest has got, what needs somebody, and what comes next. The page is drawn anew by
//! itself.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::fault::Answer;
use super::frame::{Place, page};
use super::parts::{When, mark};
use super::visit::Visit;
use super::{Current, chart};
use crate::model::digest::{StoredDigest, handle};
use crate::model::feed::Feed;
use crate::plan::{arrival, next_slot};
use crate::store::{
    ChannelFilter, DeliveryFilter, DeliveryState, FeedState, Health, HeldDigest, PlatformProgress, StoreError,
};
use crate::text::day;

/// How many of the next slots are told.
const SLOTS: usize = 5;
/// As many channels and deliveries in trouble are counted.
const MOST_COUNTED: u32 = 1_000;

/// Shows it.
pub(super) async fn today(State(desk): State<Current>, visit: Visit) -> Answer {
    let now = desk.commands.clock.now();
    let zone = desk.feeds().first().map_or(chrono_tz::UTC, |feed| feed.timezone);
    let when = When { zone, now, language: visit.language };
    let mut feeds = Vec::with_capacity(desk.feeds().len());
    for feed in desk.feeds() {
        feeds.push(Standing::of(feed, &desk, now).await?);
    }
    let trouble = trouble(&desk, &visit, &feeds).await?;
    Ok(shown(&visit, when, &feeds, &trouble))
}

/// How a feed stands.
struct Standing<'d> {
    feed: &'d Feed,
    latest: Option<StoredDigest>,
    state: FeedState,
    /// When its digests usually come.
    usual: Option<chrono::NaiveTime>,
    progress: Vec<PlatformProgress>,
    /// When channels get something next, and how many.
    slots: Vec<(DateTime<Utc>, u32)>,
    /// How many get it as soon as it is out.
    at_once: u32,
}

impl<'d> Standing<'d> {
    async fn of(feed: &'d Feed, desk: &Current, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let store = desk.store();
        let latest = store.latest_digest(&feed.name, None).await?;
        let arrivals = store.arrivals(&feed.name, arrival::LEARN_FROM).await?;
        let progress = store.platform_progress(&feed.name, latest.as_ref()).await?;
        let (mut slots, mut at_once) = (Vec::<(DateTime<Utc>, u32)>::new(), 0);
        for count in store.slot_counts(&feed.name).await? {
            match next_slot(&count.schedule, count.timezone, now) {
                Some(at) => match slots.iter_mut().find(|(known, _)| *known == at) {
                    Some((_, channels)) => *channels += count.channels,
                    None => slots.push((at, count.channels)),
                },
                None => at_once += count.channels,
            }
        }
        slots.sort_unstable();
        slots.truncate(SLOTS);
        Ok(Self {
            feed,
            latest,
            state: store.feed_state(&feed.name).await?,
            usual: feed.timing.expect_by.or_else(|| arrival::usual_in(&arrivals, feed.timezone)),
            progress,
            slots,
            at_once,
        })
    }
}

/// What needs somebody, a line each with where to go.
async fn trouble(desk: &Current, visit: &Visit, feeds: &[Standing<'_>]) -> Result<Vec<Markup>, StoreError> {
    let words = visit.words;
    let mut trouble = Vec::new();
    for HeldDigest { feed, stored, reason } in desk.store().held_digests().await? {
        let path = format!("/digests/{}", handle(&feed, &stored.digest.key));
        trouble.push(html! {
            (mark("wait", words.held)) " "
            a href=(path) { (desk.title(&feed)) " · " (stored.digest.title) } " — "
            ((words.hold_reason)(reason))
        });
    }
    for standing in feeds.iter().filter(|standing| standing.state.error.is_some()) {
        let error = standing.state.error.as_deref().unwrap_or_default();
        trouble.push(html! { (mark("bad", words.source)) " " (standing.feed.title) " — " (error) });
    }
    let lost = ChannelFilter { health: Some(Health::Lost), ..ChannelFilter::default() };
    let lost = desk.store().channels(&lost, 0, MOST_COUNTED).await?.len();
    if lost > 0 {
        trouble.push(html! {
            (mark("bad", words.lost)) " " a href="/channels?health=lost" { ((words.lost_channels)(lost)) }
        });
    }
    let failed = DeliveryFilter { state: Some(DeliveryState::Failed), ..DeliveryFilter::default() };
    let mut failures = 0;
    let day = chrono::TimeDelta::days(1);
    for delivery in desk.store().deliveries(&failed, None, MOST_COUNTED).await? {
        failures += usize::from(desk.commands.clock.now() - delivery.due_at < day);
    }
    if failures > 0 {
        trouble.push(html! {
            (mark("bad", words.failed)) " "
            a href="/deliveries?state=failed" { ((words.failed_deliveries)(failures)) }
        });
    }
    Ok(trouble)
}

fn shown(visit: &Visit, when: When, feeds: &[Standing<'_>], trouble: &[Markup]) -> Response {
    let words = visit.words;
    let local = when.now.with_timezone(&when.zone);
    let body = html! {
        div data-live="5" {
            p.lead { (day(local.date_naive(), visit.language)) " · " (words.as_of) " " (when.at(when.now)) }
            section.trouble aria-label=(words.needs_you) {
                @if trouble.is_empty() {
                    p.all-well { (words.all_well) }
                } @else {
                    h2 { (words.needs_you) }
                    ul { @for line in trouble { li { (line) } } }
                }
            }
            @for standing in feeds { (feed(visit, when, standing)) }
        }
    };
    page(visit, Place::Today, words.today, &body)
}

fn feed(visit: &Visit, when: When, standing: &Standing<'_>) -> Markup {
    let (words, feed) = (visit.words, standing.feed);
    let when = When { zone: feed.timezone, ..when };
    let is_todays = |latest: &&StoredDigest| {
        latest.digest.date.day() >= when.now.with_timezone(&feed.timezone).date_naive()
    };
    let usually = standing.usual.map(|usual| (words.usually)(usual.format("%H:%M").to_string()));
    html! {
        section.card {
            h2 { (feed.title) " " small { (feed.name) } }
            @match &standing.latest {
                Some(latest) => {
                    @if !is_todays(&latest) {
                        p { (words.none_today) @if let Some(usually) = &usually { " " (usually) } }
                    }
                    p.headline {
                        a href={ "/digests/" (handle(&feed.name, &latest.digest.key)) } { (latest.digest.title) }
                    }
                    p.about {
                        (day(latest.digest.date.day(), visit.language)) " · "
                        ((words.articles)(latest.digest.articles.len())) " · "
                        (words.arrived) " " (when.at(latest.stored_at))
                        @if is_todays(&latest) { @if let Some(usually) = &usually { " · " (usually) } }
                        @if latest.revision > 1 { " · " ((words.revision)(latest.revision)) }
                        @if latest.edition.is_none() { " · " (words.archived) }
                    }
                }
                None => p { (words.no_digest) @if let Some(usually) = &usually { " " (usually) } },
            }
            @if standing.progress.is_empty() {
                p.empty { (words.no_channels) }
            } @else {
                div.platforms {
                    @for progress in &standing.progress { (platform(visit, progress)) }
                }
            }
            div.foot {
                div {
                    h3 { (words.next_slots) }
                    @if standing.slots.is_empty() && standing.at_once == 0 {
                        p.empty { (words.no_slots) }
                    } @else {
                        ul.slots {
                            @for (at, channels) in &standing.slots {
                                li { strong { (when.at(*at)) } " " ((words.channels_count)(*channels)) }
                            }
                            @if standing.at_once > 0 {
                                li { strong { (words.at_once) } " " ((words.channels_count)(standing.at_once)) }
                            }
                        }
                    }
                }
                div {
                    h3 { (words.source) }
                    (source(visit, when, &standing.state))
                }
            }
        }
    }
}

fn platform(visit: &Visit, progress: &PlatformProgress) -> Markup {
    let words = visit.words;
    let planned = progress.sent + progress.waiting + progress.failed + progress.to_come;
    let parts = [
        ("good", words.sent, progress.sent),
        ("wait", words.waiting, progress.waiting),
        ("bad", words.failed, progress.failed),
        ("none", words.to_come, progress.to_come),
    ];
    let aside = [(words.paused, progress.paused), (words.lost, progress.lost)];
    html! {
        div.platform {
            h3 { (progress.platform.brand()) " " small { ((words.of_channels)(progress.sent, planned)) } }
            (chart::share(&parts.map(|(tone, _, count)| (tone, count))))
            dl.counts {
                @for (tone, name, count) in parts {
                    div { dt { span class={ "dot " (tone) } aria-hidden="true" {} (name) } dd { (count) } }
                }
                @for (name, count) in aside.into_iter().filter(|(_, count)| *count > 0) {
                    div { dt { (name) } dd { (count) } }
                }
            }
        }
    }
}

fn source(visit: &Visit, when: When, state: &FeedState) -> Markup {
    let words = visit.words;
    html! {
        @match state.last_load {
            Some(at) => p { (words.last_read) " " (when.at(at)) },
            None => p.empty { (words.never_read) },
        }
        @if let Some(since) = state.failing_since {
            p.error { (words.fails_since) " " (when.at(since)) " · " ((words.times)(state.failures)) }
        }
    }
}
