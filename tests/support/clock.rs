//! A clock that runs like the system's and shows another time, which a story may set: what takes a second takes a
//! second, and a night takes none.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use jogan::clock::{Clock, SystemClock};
use tokio::sync::watch;

/// The system's clock, put forward or back. Clones are one clock.
#[derive(Debug, Clone)]
pub(crate) struct StoryClock {
    ahead: watch::Sender<TimeDelta>,
}

impl StoryClock {
    /// The system's time.
    pub(crate) fn of_the_system() -> Self {
        Self { ahead: watch::Sender::new(TimeDelta::zero()) }
    }

    /// Shows `at` now, and wakes whoever waited for an instant up to then.
    pub(crate) fn set(&self, at: DateTime<Utc>) {
        self.ahead.send_replace(at - SystemClock.now());
    }
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + *self.ahead.borrow()
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        let mut ahead = self.ahead.subscribe();
        Box::pin(async move {
            loop {
                let left = at - (SystemClock.now() + *ahead.borrow_and_update());
                let left = left.to_std().unwrap_or(Duration::ZERO);
                if left.is_zero() {
                    return;
                }
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    Ok(()) = ahead.changed() => {}
                }
            }
        })
    }
}

/// An instant as it is written in stories: `2026-03-02T08:30:00+09:00`.
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant with its offset").to_utc()
}
