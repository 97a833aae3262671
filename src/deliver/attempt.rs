//! One message on its way: look first where an earlier attempt may have arrived, then send. What is done to a message
//! that is sent (a correction, a recall, publishing) needs no look: to do it twice changes nothing.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::model::channel::ChannelKind;
use crate::model::delivery::{Claimed, Outcome, Task};
use crate::model::feed::OnUnknown;
use crate::model::message::{Body, MessageState, PlatformMessageId};
use crate::platform::gate::{Gate, Place};
use crate::platform::{CallError, Courier, Post, discord};

/// For this long after an attempt Discord recognises its nonce ("a few minutes" by its documentation, of which
/// a minute can be relied on), less the time that a call may take.
const NONCE_HOLDS: TimeDelta = TimeDelta::seconds(45);

/// What is known of an earlier attempt.
enum Before {
    /// A repeat will be recognised, or will not be minded: send.
    Send,
    /// It was looked for and is not there: send.
    NotThere,
    /// It arrived.
    Arrived(PlatformMessageId),
    /// Nobody can find out.
    CannotTell(String),
    /// Looking failed; later, perhaps.
    Failed(CallError),
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
            courier.edit(claimed.address, sent, body).await?;
            sent
        }
        Task::Delete(sent) => match courier.delete(claimed.address, sent).await {
            Ok(()) => sent,
            Err(CallError::Rejected(_) | CallError::Unsupported(_) | CallError::Lost(_)) => {
                drop(place);
                let _place = gate.take(&claimed.address, claimed.kind).await;
                courier.edit(claimed.address, sent, body).await?;
                return Ok(Outcome::Emptied);
            }
            Err(error) => return Err(error),
        },
        Task::Recall(sent) => {
            courier.delete(claimed.address, sent).await?;
            sent
        }
        Task::Publish(sent) => {
            courier.publish(claimed.address, sent).await?;
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
    let place = if claimed.was == MessageState::Unknown {
        match look_before(courier, claimed, body, clock.now()).await {
            Before::Send => place,
            Before::Arrived(id) => return Ok(Outcome::Sent(id)),
            Before::Failed(error) => return Err(after_looking(error)),
            Before::NotThere | Before::CannotTell(_) if claimed.is_recalled => {
                return Ok(Outcome::Failed("recalled while nobody knew whether it arrived".to_owned()));
            }
            Before::NotThere => {
                // Looking took the place.
                drop(place);
                gate.take(&claimed.address, claimed.kind).await
            }
            Before::CannotTell(why) if claimed.on_unknown == OnUnknown::Skip => {
                return Ok(Outcome::Failed(format!(
                    "it may have arrived, nobody can tell ({why}), and on_unknown = \"skip\""
                )));
            }
            Before::CannotTell(_) => place,
        }
    } else {
        place
    };
    let post = Post { address: claimed.address, kind: claimed.kind, body, nonce: &claimed.nonce };
    let sent = courier.send(post).await;
    drop(place);
    sent.map(Outcome::Sent)
}

async fn look_before<C: Courier>(courier: &C, claimed: &Claimed, body: &Body, now: DateTime<Utc>) -> Before {
    let Some(attempted_at) = claimed.attempted_at else { return Before::Send };
    // A forum post has no nonce.
    let nonce_counts =
        courier.recognises_nonce() && claimed.kind != ChannelKind::Forum && !claimed.is_recalled;
    if nonce_counts && (TimeDelta::zero()..NONCE_HOLDS).contains(&(now - attempted_at)) {
        return Before::Send;
    }
    match courier.find(claimed.address, body, attempted_at).await {
        Ok(Some(id)) => Before::Arrived(id),
        Ok(None) => Before::NotThere,
        Err(error @ (CallError::Unsupported(_) | CallError::Rejected(_))) => {
            Before::CannotTell(error.to_string())
        }
        Err(error) => Before::Failed(error),
    }
}

/// A failure to look leaves the message as unknown as it was.
fn after_looking(error: CallError) -> CallError {
    match error {
        CallError::Transient(why) => CallError::Unanswered(why),
        error => error,
    }
}
