//! One delivery: each of its messages with what became of it, and trying again or giving up.

use axum::extract::{Path, State};
use maud::{Markup, html};

use super::Current;
use super::deliveries::state;
use super::fault::{Answer, missing};
use super::form::Sent;
use super::frame::{Place, page};
use super::parts::{When, act, channel_name, done, mark, sure};
use super::visit::Visit;
use crate::model::delivery::DeliveryId;
use crate::model::message::MessageState;
use crate::store::{DeliveryEntry, MessageEntry};

/// Shows it.
pub(super) async fn delivery(State(desk): State<Current>, visit: Visit, Path(id): Path<i64>) -> Answer {
    let Some(entry) = desk.store().delivery(DeliveryId(id)).await? else { return Ok(missing(&visit)) };
    let messages = desk.store().messages_of(entry.id).await?;
    let words = visit.words;
    let zone = desk.commands.feed(&entry.feed).map_or(chrono_tz::UTC, |feed| feed.timezone);
    let when = When { zone, now: desk.commands.clock.now(), language: visit.language };
    let name = channel_name(entry.channel_name.as_deref(), &entry.address);
    let body = html! {
        div data-live="5" {
            p.lead { (state(&visit, &entry)) " " (entry.address.platform().brand()) " · " (words.due) " " (when.at(entry.due_at)) }
            dl.facts {
                div { dt { (words.channel) } dd { a href={ "/channels/" (entry.channel.0) } { (name) } } }
                div { dt { (words.digest) } dd { a href={ "/digests/" (entry.handle) } { (entry.title) } } }
                div { dt { (words.feed) } dd { (desk.title(&entry.feed)) } }
                @if entry.is_list { div { dt { (words.kind_of_delivery) } dd { (words.as_list) } } }
                @if entry.occasion > 0 { div { dt { (words.kind_of_delivery) } dd { (words.once_more) } } }
            }
            h2 { (words.messages_title) }
            ol.rows { @for message in &messages { (shown(&visit, when, message)) } }
        }
        (actions(&visit, &entry))
    };
    Ok(page(&visit, Place::Deliveries, &(words.delivery_to)(&name), &body))
}

fn shown(visit: &Visit, when: When, message: &MessageEntry) -> Markup {
    let words = visit.words;
    let is_open =
        matches!(message.state, MessageState::Queued | MessageState::Sending | MessageState::Unknown);
    html! {
        li {
            div.row-main {
                p.row-title { ((words.message_number)(message.part)) }
                p.about {
                    ((words.attempts)(message.attempts))
                    @if let Some(at) = message.sent_at { " · " (words.arrived) " " (when.at(at)) }
                    @else if let Some(at) = message.attempted_at { " · " (words.tried) " " (when.at(at)) }
                    @if is_open && message.next_at > when.now { " · " (words.next_try) " " (when.at(message.next_at)) }
                    @if message.is_plain { " · " (words.without_markup) }
                    @if message.change.is_some() { " · " (words.to_be_changed) }
                    @if let Some(id) = &message.platform_id { " · " code { (id) } }
                }
                @if let Some(error) = &message.error { p.error { (error) } }
            }
            (mark(tone(message.state), (words.message_state)(message.state)))
        }
    }
}

fn tone(state: MessageState) -> &'static str {
    match state {
        MessageState::Queued | MessageState::Sending | MessageState::Unknown => "wait",
        MessageState::Sent => "good",
        MessageState::Failed => "bad",
        MessageState::Cancelled => "none",
    }
}

fn actions(visit: &Visit, entry: &DeliveryEntry) -> Markup {
    let words = visit.words;
    let path = |what: &str| format!("/deliveries/{}/{what}", entry.id.0);
    html! {
        @if entry.open > 0 || entry.failed > 0 {
            div.buttons {
                (act(visit, &path("retry"), words.retry, "primary", &[]))
                @if entry.open > 0 {
                    (sure(words.give_up, words.give_up_about, &act(visit, &path("give-up"), words.give_up_sure, "danger", &[])))
                }
            }
        }
    }
}

/// Tries what did not arrive once more, and what waits at once.
pub(super) async fn retry(State(desk): State<Current>, Path(id): Path<i64>, sent: Sent) -> Answer {
    let Some(entry) = desk.store().delivery(DeliveryId(id)).await? else { return Ok(missing(&sent.visit)) };
    let now = desk.commands.clock.now();
    let again = desk.store().resend_missing(entry.id, now).await?;
    let sooner = desk.store().hasten(entry.id, now).await?;
    desk.commands.plan.notify_one();
    tracing::info!(delivery = id, again, sooner, "to be tried again, asked for at the desk");
    Ok(done(&format!("/deliveries/{id}"), "retrying"))
}

/// Tries what waits no more.
pub(super) async fn give_up(State(desk): State<Current>, Path(id): Path<i64>, sent: Sent) -> Answer {
    let Some(entry) = desk.store().delivery(DeliveryId(id)).await? else { return Ok(missing(&sent.visit)) };
    let messages = desk.store().give_up(entry.id).await?;
    tracing::info!(delivery = id, messages, "given up at the desk");
    Ok(done(&format!("/deliveries/{id}"), "given-up"))
}
