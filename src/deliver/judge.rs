//! What a failed call means for its message: a table without I/O.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::delivery::{Claimed, Outcome, Task};
use crate::platform::CallError;

/// The first wait after a passing failure; it doubles with each attempt.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(1);
/// The longest wait after a passing failure.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// A refused token is tried again after this: somebody has to change it.
const TOKEN_WAIT: TimeDelta = TimeDelta::minutes(1);

/// How the failure of an attempt at `claimed` is settled. `jitter` is from 0 to 1.
pub(super) fn judge(
    error: CallError,
    claimed: &Claimed,
    now: DateTime<Utc>,
    give_up_after: TimeDelta,
    jitter: f64,
) -> Outcome {
    let reason = error.to_string();
    match error {
        CallError::RetryAfter { after, .. } => Outcome::Later { at: now + after, reason },
        CallError::Credentials(_) => Outcome::Later { at: now + TOKEN_WAIT, reason },
        CallError::Transient(_) | CallError::Unanswered(_) if claimed.failing_for >= give_up_after => {
            Outcome::Failed(format!("given up after {} of failures: {reason}", span(claimed.failing_for)))
        }
        CallError::Transient(_) => Outcome::Again { at: now + backoff(claimed.attempts, jitter), reason },
        CallError::Unanswered(_) => Outcome::Unknown { at: now + backoff(claimed.attempts, jitter), reason },
        // What cannot be changed any more stays as it is; a channel that is really lost shows at the next message.
        CallError::Lost(_) if claimed.task != Task::Send => Outcome::Failed(reason),
        CallError::Rejected(_)
            if !claimed.use_plain && matches!(claimed.task, Task::Send | Task::Edit(_)) =>
        {
            Outcome::Plainer(reason)
        }
        CallError::Rejected(_) | CallError::Gone(_) | CallError::Unsupported(_) => Outcome::Failed(reason),
        CallError::Lost(_) => Outcome::Lost(reason),
        CallError::Moved(chat) => Outcome::Moved(chat),
    }
}

/// A stretch of time for a log: whole hours, or seconds where it is shorter.
fn span(time: TimeDelta) -> String {
    if time >= TimeDelta::hours(1) {
        format!("{} h", time.num_hours())
    } else {
        format!("{} s", time.num_seconds())
    }
}

/// How long to wait before the next attempt: doubling, and between half and all of it, so that many messages
/// that failed together do not come back together.
fn backoff(attempts: u32, jitter: f64) -> TimeDelta {
    let whole = FIRST_WAIT.num_milliseconds().saturating_mul(1 << attempts.min(16));
    let whole = whole.min(LONGEST_WAIT.num_milliseconds());
    let half = whole / 2;
    // At most 300,000 ms: exact in a float.
    TimeDelta::milliseconds(half + (half as f64 * jitter.clamp(0.0, 1.0)) as i64)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::model::channel::{Address, ChannelId, ChannelKind};
    use crate::model::delivery::DeliveryId;
    use crate::model::feed::OnUnknown;
    use crate::model::message::{Body, MessageId, MessageState, PlatformMessageId};
    use crate::platform::Covers;

    fn message(use_plain: bool) -> Claimed {
        Claimed {
            message: MessageId(1),
            task: Task::Send,
            delivery: DeliveryId(1),
            channel: ChannelId(1),
            address: Address::Telegram { chat: 1, topic: None },
            kind: ChannelKind::Private,
            opened_by: None,
            is_recalled: false,
            body: Arc::new(Body(json!({}))),
            plain: Arc::new(Body(json!({}))),
            nonce: "n".into(),
            was: MessageState::Queued,
            attempts: 3,
            attempted_at: None,
            failing_for: TimeDelta::zero(),
            use_plain,
            on_unknown: OnUnknown::Resend,
            has_more: false,
            was_lost: false,
        }
    }

    #[rstest]
    #[case::told_to_wait(CallError::RetryAfter { after: TimeDelta::milliseconds(1_250), covers: Covers::Channel }, "later, in 1250")]
    #[case::server_error(CallError::Transient("502".into()), "again in 4000")]
    #[case::no_answer(CallError::Unanswered("reset".into()), "unknown, in 4000")]
    #[case::token(CallError::Credentials("401".into()), "later, in 60000")]
    #[case::content(CallError::Rejected("50035".into()), "plainer")]
    #[case::access(CallError::Lost("50013".into()), "lost")]
    #[case::moved(CallError::Moved(-100), "moved to -100")]
    #[case::cannot(CallError::Unsupported("forum".into()), "failed")]
    fn each_failure_has_its_consequence(#[case] error: CallError, #[case] expected: &str) {
        let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(1);
        let outcome = judge(error, &message(false), now, TimeDelta::hours(24), 0.0);
        let told = match outcome {
            Outcome::Later { at, .. } => format!("later, in {}", (at - now).num_milliseconds()),
            Outcome::Again { at, .. } => format!("again in {}", (at - now).num_milliseconds()),
            Outcome::Unknown { at, .. } => format!("unknown, in {}", (at - now).num_milliseconds()),
            Outcome::Plainer(_) => "plainer".into(),
            Outcome::Failed(_) => "failed".into(),
            Outcome::Lost(_) => "lost".into(),
            Outcome::Moved(chat) => format!("moved to {chat}"),
            Outcome::Sent(_) | Outcome::Emptied => "sent".into(),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_refused_without_markup_too_is_set_aside() {
        let now = DateTime::UNIX_EPOCH;
        let outcome = judge(CallError::Rejected("no".into()), &message(true), now, TimeDelta::hours(24), 0.0);
        assert!(matches!(outcome, Outcome::Failed(_)));
    }

    #[rstest]
    #[case::gone(CallError::Gone("10008".into()))]
    #[case::too_old(CallError::Rejected("message can't be edited".into()))]
    #[case::no_right(CallError::Lost("50001".into()))]
    #[case::cannot(CallError::Unsupported("forum".into()))]
    fn a_refused_correction_ends_there(#[case] error: CallError) {
        let sent = PlatformMessageId("7".into());
        let message = Claimed { task: Task::Edit(sent), ..message(true) };
        let outcome = judge(error, &message, DateTime::UNIX_EPOCH, TimeDelta::hours(24), 0.0);
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    }

    #[rstest]
    #[case::failed_long_enough(24, CallError::Transient("503".into()), "given up after 24 h of failures: ")]
    #[case::no_answer_long_enough(24, CallError::Unanswered("reset".into()), "given up after 24 h of failures: ")]
    #[case::not_yet(23, CallError::Transient("503".into()), "")]
    #[case::told_to_wait(30, CallError::RetryAfter { after: TimeDelta::seconds(1), covers: Covers::Everything }, "")]
    #[case::token(30, CallError::Credentials("401".into()), "")]
    fn only_failures_that_last_are_final(#[case] hours: i64, #[case] error: CallError, #[case] said: &str) {
        let message = Claimed { failing_for: TimeDelta::hours(hours), ..message(false) };
        let outcome = judge(error, &message, DateTime::UNIX_EPOCH, TimeDelta::hours(24), 0.5);
        match outcome {
            Outcome::Failed(reason) => assert!(!said.is_empty() && reason.starts_with(said), "{reason}"),
            outcome => assert!(said.is_empty(), "{outcome:?}"),
        }
    }

    #[test]
    fn waits_double_and_stay_below_five_minutes() {
        assert_eq!(backoff(0, 1.0), TimeDelta::seconds(1));
        assert_eq!(backoff(4, 1.0), TimeDelta::seconds(16));
        assert_eq!(backoff(40, 1.0), TimeDelta::minutes(5));
    }
}
