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
/// So often a message is tried before it is given up: a machine that slept, or a bot that was down, has not been
/// trying for as long as the clock says, and its network is often the last to come back.
const TRIED_AT_LEAST: u32 = 10;

/// How the failure of an attempt at `claimed` is settled. `jitter` is from 0 to 1.
pub(super) fn judge(
    error: CallError,
    claimed: &Claimed,
    now: DateTime<Utc>,
    give_up_after: TimeDelta,
    jitter: f64,
) -> Outcome {
    let reason = error.to_string();
    let outcome = match error {
        CallError::RetryAfter { after, .. } => return Outcome::Again { at: now + after, reason },
        CallError::Transient(_) => Outcome::Again { at: now + backoff(claimed.attempts, jitter), reason },
        CallError::Credentials(_) => Outcome::Again { at: now + TOKEN_WAIT, reason },
        CallError::Unanswered(_) => Outcome::Unknown { at: now + backoff(claimed.attempts, jitter), reason },
        // What cannot be changed any more stays as it is; a channel that is really lost shows at the next message.
        CallError::Lost(_) if claimed.task != Task::Send => return Outcome::Failed(reason),
        CallError::Rejected(_)
            if !claimed.use_plain && matches!(claimed.task, Task::Send | Task::Edit(_)) =>
        {
            return Outcome::Plainer(reason);
        }
        CallError::Rejected(_) | CallError::Gone(_) | CallError::Unsupported(_) => {
            return Outcome::Failed(reason);
        }
        CallError::Lost(_) => return Outcome::Lost(reason),
        CallError::Moved(chat) => return Outcome::Moved(chat),
    };
    match outcome {
        Outcome::Again { reason, .. } | Outcome::Unknown { reason, .. }
            if now - claimed.planned_at > give_up_after && claimed.attempts >= TRIED_AT_LEAST =>
        {
            Outcome::Failed(format!("given up after {} h: {reason}", give_up_after.num_hours()))
        }
        outcome => outcome,
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
            body: Body(json!({})),
            plain: Body(json!({})),
            nonce: "n".into(),
            was: MessageState::Queued,
            attempts: 3,
            attempted_at: None,
            planned_at: DateTime::UNIX_EPOCH,
            use_plain,
            on_unknown: OnUnknown::Resend,
        }
    }

    #[rstest]
    #[case::told_to_wait(CallError::RetryAfter { after: TimeDelta::milliseconds(1_250), covers: Covers::Channel }, "again in 1250")]
    #[case::server_error(CallError::Transient("502".into()), "again in 4000")]
    #[case::no_answer(CallError::Unanswered("reset".into()), "unknown, in 4000")]
    #[case::token(CallError::Credentials("401".into()), "again in 60000")]
    #[case::content(CallError::Rejected("50035".into()), "plainer")]
    #[case::access(CallError::Lost("50013".into()), "lost")]
    #[case::moved(CallError::Moved(-100), "moved to -100")]
    #[case::cannot(CallError::Unsupported("forum".into()), "failed")]
    fn each_failure_has_its_consequence(#[case] error: CallError, #[case] expected: &str) {
        let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(1);
        let outcome = judge(error, &message(false), now, TimeDelta::hours(24), 0.0);
        let told = match outcome {
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

    #[test]
    fn after_its_time_a_passing_failure_is_final_but_a_told_wait_is_not() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(25);
        let day = TimeDelta::hours(24);
        let tried = |attempts| Claimed { attempts, ..message(false) };
        let told = CallError::RetryAfter { after: TimeDelta::seconds(1), covers: Covers::Everything };
        assert!(matches!(
            judge(CallError::Transient("503".into()), &tried(10), now, day, 0.5),
            Outcome::Failed(_)
        ));
        assert!(matches!(judge(told, &tried(10), now, day, 0.5), Outcome::Again { .. }));
        // Two days of sleep are not two days of trying.
        assert!(matches!(
            judge(CallError::Transient("503".into()), &tried(1), now, day, 0.5),
            Outcome::Again { .. }
        ));
    }

    #[test]
    fn waits_double_and_stay_below_five_minutes() {
        assert_eq!(backoff(0, 1.0), TimeDelta::seconds(1));
        assert_eq!(backoff(4, 1.0), TimeDelta::seconds(16));
        assert_eq!(backoff(40, 1.0), TimeDelta::minutes(5));
    }
}
