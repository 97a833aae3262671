//! What became of one article in one channel, and why: found in the outbox where it was sent, else in the channel's
//! settings as they are now.

use serde_json::Value;

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::words;
use crate::model::channel::ChannelState;
use crate::model::digest::StoredDigest;
use crate::model::feed::Feed;
use crate::model::message::{Body, MessageState};
use crate::model::rich::plain;
use crate::model::schedule::Schedule;
use crate::model::subscription::Subscription;
use crate::plan::selection::{self, Reason};
use crate::plan::{Slots, advice};
use crate::store::{ChangesOf, Trace};

/// As many letters of a headline have to be found in a message: it may be cut where it is long.
const TELLING: usize = 60;

/// How far back it is looked for a change of settings, and what changes them.
const LOOKED_AT: u32 = 20;
const OF_SETTINGS: [&str; 4] = ["subscribe", "settings", "mute", "unmute"];

/// Says why an article did or did not come to the caller's channel: the headline, what became of it, why, and what was
/// changed since.
pub(super) async fn tell(
    feed: &Feed,
    stored: &StoredDigest,
    place: usize,
    caller: &Caller,
    desk: &Desk,
) -> Result<Vec<String>, Failure> {
    let language = caller.language;
    let article = &stored.digest.articles[place];
    let headline = plain(&article.article.headline);
    let mut lines = vec![words::why_headline(&headline, stored.digest.date.day(), language)];
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let Some(subscription) = subscriptions.iter().find(|subscription| subscription.feed == feed.name) else {
        lines.push(words::why_not_subscribed(&feed.title, language));
        return Ok(lines);
    };
    let zone = subscription.wish.timezone;
    let traces = desk.store.traces(subscription.id, stored.id, stored.edition).await?;
    let holding = best(&traces, &headline);
    let reason = selection::reason(article, subscription, &desk.lexicon);
    let everywhere = desk.store.mutes(None).await?;
    let by_operator = match &reason {
        Reason::Muted(term) => everywhere.iter().any(|mute| mute.term == *term),
        _ => false,
    };
    let told = words::why(&reason, by_operator, &subscription.wish, &desk.lexicon, language);
    match holding {
        Some(trace) => {
            lines.push(words::what_became(trace, zone, language));
            if trace.state == MessageState::Sent && !trace.is_recalled {
                lines.extend(
                    late(subscription, stored, trace)
                        .map(|slot| words::came_late(slot, stored.stored_at, zone, language)),
                );
                lines.extend(matches!(reason, Reason::Everything | Reason::Wanted(_)).then_some(told));
            }
        }
        None => lines.extend(not_sent(subscription, stored, &traces, &reason, told, caller, desk).await?),
    }
    let since = holding.or(traces.first()).map(|trace| trace.planned_at);
    let changes = desk.store.changes(ChangesOf::Channel(caller.address), LOOKED_AT).await?;
    let changed = changes.iter().find(|change| OF_SETTINGS.iter().any(|verb| change.what.starts_with(verb)));
    if let (Some(since), Some(change)) = (since, changed)
        && change.at > since
    {
        lines.push(words::changed_since(change.at, zone, language));
    }
    Ok(lines)
}

/// Why an article that no message holds was not sent, or not yet.
async fn not_sent(
    subscription: &Subscription,
    stored: &StoredDigest,
    traces: &[Trace],
    reason: &Reason,
    told: String,
    caller: &Caller,
    desk: &Desk,
) -> Result<Vec<String>, Failure> {
    let (language, zone) = (caller.language, subscription.wish.timezone);
    let passes = matches!(reason, Reason::Everything | Reason::Wanted(_));
    let standing = desk.store.digest_standing(stored.id).await?;
    let (since, state) = desk
        .store
        .subscribed_since(subscription.id)
        .await?
        .unwrap_or((subscription.last_slot, ChannelState::Active));
    if standing.is_held {
        return Ok(vec![words::why_held(language)]);
    }
    if standing.is_withdrawn {
        return Ok(vec![words::why_withdrawn(language)]);
    }
    let Some(edition) = stored.edition else { return Ok(vec![words::why_archived(language)]) };
    if !passes {
        return Ok(vec![words::why_kept_back(language), told]);
    }
    if traces.iter().any(|trace| trace.is_list && trace.state == MessageState::Sent) {
        return Ok(vec![words::why_left_out(language)]);
    }
    if edition > subscription.edition {
        if state == ChannelState::Lost {
            return Ok(vec![words::why_lost(language)]);
        }
        if let Some(pause) = desk.store.pause_of(caller.address).await? {
            let paused = words::paused(pause.until, zone, language);
            return Ok(std::iter::once(words::why_waiting(None, zone, language)).chain(paused).collect());
        }
        let now = desk.clock.now();
        let next = advice::first_delivery(&subscription.wish.schedule, zone, now);
        let slots = Slots::new(&subscription.wish.schedule, zone);
        let missed = slots.at_or_before(now).filter(|slot| *slot < stored.stored_at);
        let mut lines = vec![words::why_waiting(next, zone, language)];
        lines.extend(missed.map(|slot| words::came_after(slot, stored.stored_at, zone, language)));
        return Ok(lines);
    }
    if stored.stored_at < since {
        return Ok(vec![words::why_before(since, zone, language)]);
    }
    Ok(vec![words::why_unknown(language)])
}

/// The slot that an article missed, where it was sent after its hour.
fn late(
    subscription: &Subscription,
    stored: &StoredDigest,
    trace: &Trace,
) -> Option<chrono::DateTime<chrono::Utc>> {
    if trace.is_repeat || trace.is_list || subscription.wish.schedule == Schedule::Now {
        return None;
    }
    let slots = Slots::new(&subscription.wish.schedule, subscription.wish.timezone);
    let slot = slots.at_or_before(trace.due_at)?;
    (slot < trace.due_at && slot < stored.stored_at).then_some(slot)
}

/// Of the messages that hold an article, the one that says most about it: one that arrived, else one on its way, else
/// any.
fn best<'t>(traces: &'t [Trace], headline: &str) -> Option<&'t Trace> {
    let holding: Vec<&Trace> = traces.iter().filter(|trace| says(&trace.plain, headline)).collect();
    let of = |fits: &dyn Fn(&Trace) -> bool| holding.iter().copied().find(|trace| fits(trace));
    of(&|trace| trace.state == MessageState::Sent)
        .or_else(|| {
            of(&|trace| {
                matches!(trace.state, MessageState::Queued | MessageState::Sending | MessageState::Unknown)
            })
        })
        .or(holding.first().copied())
}

/// Whether a message shows a headline: by letters and digits alone, which no markup changes.
pub(super) fn says(message: &Body, headline: &str) -> bool {
    let wanted: String = letters(headline).chars().take(TELLING).collect();
    let mut shown = String::new();
    gather(&message.0, &mut shown);
    !wanted.is_empty() && letters(&shown).contains(&wanted)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The texts of a message's body, one after the other.
fn gather(value: &Value, texts: &mut String) {
    match value {
        Value::String(text) => texts.push_str(text),
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
        Value::Object(fields) => fields.values().for_each(|value| gather(value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_shows_a_headline_whatever_its_markup() {
        let body =
            Body(json!({"content": "x", "embeds": [{"title": "OpenAI, 아마존과 \\*100억\\* 달러 논의"}]}));
        assert!(says(&body, "OpenAI, 아마존과 *100억* 달러 논의"));
        assert!(!says(&body, "OpenAI, 아마존과 *200억* 달러 논의"));
        assert!(!says(&body, "—"));
    }
}
