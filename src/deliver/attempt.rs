//! One message on its way: look first where an earlier attempt may have arrived, then send. What is done to a message
//! that is sent (a correction, a recall, publishing) needs no look: to do it twice changes nothing.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::model::channel::ChannelKind;
use crate::model::delivery::{Claimed, Outcome, Task};
use crate::model::feed::OnUnknown;
use crate::model::message::MessageState;
use crate::platform::gate::{Gate, Place};
use crate::platform::{CallError, Courier, Post, discord};

/// For this long after an attempt Discord recognises its nonce ("a few minutes" by its documentation, of which
/// a minute can be relied on), less the time that a call may take.
const NONCE_HOLDS: TimeDelta = TimeDelta::seconds(45);

/// What comes before a message is sent.
enum First {
    /// Nothing: it was not tried before, or a repeat will be recognised.
    Nothing,
    /// An attempt of this instant may have arrived: look for it.
    Look(DateTime<Utc>),
    /// One may have arrived, and nobody can find out.
    CannotLook,
}

/// Does what a claimed message was claimed for: sends it, or finds that it is there; edits, deletes or publishes it.
/// `place` is its place in the platform's rates.
///
/// # Errors
/// The call's failure; the caller judges it.
pub(super) async fn attempt<C: Courier>(
    courier: &C,
    gate: &Arc<Gate>,
    clock: &dyn Clock,
    claimed: &Claimed,
    place: Place,
) -> Result<Outcome, CallError> {
    let body = if claimed.use_plain { &claimed.plain } else { &claimed.body };
    let sent = match &claimed.task {
        Task::Send => return send(courier, gate, clock, claimed, place).await,
        Task::Edit(sent) => {
            courier.edit(claimed.address, sent, body, place).await?;
            sent
        }
        Task::Delete(sent) => match courier.delete(claimed.address, sent, place).await {
            Ok(()) => sent,
            Err(CallError::Rejected(_) | CallError::Unsupported(_) | CallError::Lost(_)) => {
                let place = gate.take(&claimed.address, claimed.kind).await;
                courier.edit(claimed.address, sent, body, place).await?;
                return Ok(Outcome::Emptied);
            }
            Err(error) => return Err(error),
        },
        Task::Recall(sent) => {
            courier.delete(claimed.address, sent, place).await?;
            sent
        }
        Task::Publish(sent) => {
            courier.publish(claimed.address, sent, place).await?;
            sent
        }
    };
    Ok(Outcome::Sent(sent.clone()))
}

/// Sends a message: in a forum, to the thread that its delivery has opened there.
async fn send<C: Courier>(
    courier: &C,
    gate: &Arc<Gate>,
    clock: &dyn Clock,
    claimed: &Claimed,
    place: Place,
) -> Result<Outcome, CallError> {
    let Some(thread) = claimed.opened_by.as_ref().and_then(discord::thread_of) else {
        return send_to(courier, gate, clock, claimed, place).await;
    };
    drop(place);
    let place = gate.take(&thread, ChannelKind::Text).await;
    let claimed = Claimed { address: thread, kind: ChannelKind::Text, ..claimed.clone() };
    match send_to(courier, gate, clock, &claimed, place).await {
        Ok(Outcome::Sent(id)) => Ok(Outcome::Sent(discord::in_thread(thread, id))),
        // A thread that is gone or locked says nothing of its forum.
        Err(CallError::Lost(why)) => Err(CallError::Unsupported(format!("in the forum's thread: {why}"))),
        ended => ended,
    }
}

async fn send_to<C: Courier>(
    courier: &C,
    gate: &Arc<Gate>,
    clock: &dyn Clock,
    claimed: &Claimed,
    place: Place,
) -> Result<Outcome, CallError> {
    let body = if claimed.use_plain { &claimed.plain } else { &claimed.body };
    let place = match first(courier, claimed, clock.now()) {
        First::Nothing => place,
        First::CannotLook => match not_again(claimed, Some("the platform shows no earlier messages")) {
            Some(outcome) => return Ok(outcome),
            None => place,
        },
        First::Look(since) => {
            let cannot_tell = match courier.find(claimed.address, body, since, place).await {
                Ok(Some(id)) => return Ok(Outcome::Sent(id)),
                Ok(None) => None,
                Err(error @ (CallError::Unsupported(_) | CallError::Rejected(_))) => Some(error.to_string()),
                Err(error) => return Err(after_looking(error)),
            };
            if let Some(outcome) = not_again(claimed, cannot_tell.as_deref()) {
                return Ok(outcome);
            }
            gate.take(&claimed.address, claimed.kind).await
        }
    };
    let post = Post { address: claimed.address, kind: claimed.kind, body, nonce: &claimed.nonce };
    courier.send(post, place).await.map(Outcome::Sent)
}

fn first<C: Courier>(courier: &C, claimed: &Claimed, now: DateTime<Utc>) -> First {
    let Some(attempted_at) = claimed.attempted_at.filter(|_| claimed.was == MessageState::Unknown) else {
        return First::Nothing;
    };
    // A forum post has no nonce.
    let nonce_counts =
        courier.recognises_nonce() && claimed.kind != ChannelKind::Forum && !claimed.is_recalled;
    if nonce_counts && (TimeDelta::zero()..NONCE_HOLDS).contains(&(now - attempted_at)) {
        First::Nothing
    } else if courier.shows_history() {
        First::Look(attempted_at)
    } else {
        First::CannotLook
    }
}

/// What becomes of a message that was not found and is not to be sent again; `cannot_tell`: why nobody knows whether it
/// arrived, where it is not sure that it has not.
fn not_again(claimed: &Claimed, cannot_tell: Option<&str>) -> Option<Outcome> {
    if claimed.is_recalled {
        return Some(Outcome::Failed("recalled while nobody knew whether it arrived".to_owned()));
    }
    let why = cannot_tell.filter(|_| claimed.on_unknown == OnUnknown::Skip)?;
    Some(Outcome::Failed(format!("it may have arrived, nobody can tell ({why}), and on_unknown = \"skip\"")))
}

/// A failure to look leaves the message as unknown as it was.
fn after_looking(error: CallError) -> CallError {
    match error {
        CallError::Transient(why) => CallError::Unanswered(why),
        error => error,
    }
}
