//! Time as a parameter: the [`Clock`] everything asks, the system's and the one that tests turn by hand.
//!
//! Nothing else in the crate may ask the system for the time (`clippy.toml` refuses it).

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use tokio::sync::watch;

/// Tells the time and waits for it.
pub trait Clock: Send + Sync + Debug {
    /// This instant. It may go back: the system's clock is set by people and by NTP.
    fn now(&self) -> DateTime<Utc>;

    /// Completes once [`now`](Clock::now) is `at` or later.
    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()>;
}

/// A shared clock, as it is handed around.
pub type SharedClock = Arc<dyn Clock>;

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The longest single wait of [`SystemClock`]: a clock that is set forward is noticed after this long.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            while let Ok(left) = (at - SystemClock.now()).to_std() {
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(LOOK_AGAIN)).await;
            }
        })
    }
}

/// A clock that stands still until it is turned.
#[derive(Debug, Clone)]
pub struct TestClock {
    time: watch::Sender<DateTime<Utc>>,
    sleepers: Arc<Mutex<Vec<DateTime<Utc>>>>,
}

impl TestClock {
    /// A clock that shows `start`.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self { time: watch::Sender::new(start), sleepers: Arc::default() }
    }

    /// Sets the clock, back or forward, and wakes whoever waited for an instant up to then.
    pub fn set(&self, at: DateTime<Utc>) {
        self.time.send_replace(at);
    }

    /// Turns the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.time.send_modify(|now| *now += by);
    }

    /// The earliest instant that somebody waits for and that is still to come.
    pub fn next_alarm(&self) -> Option<DateTime<Utc>> {
        let now = *self.time.borrow();
        self.sleepers().iter().copied().filter(|at| *at > now).min()
    }

    fn sleepers(&self) -> MutexGuard<'_, Vec<DateTime<Utc>>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.time.borrow()
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        let mut time = self.time.subscribe();
        self.sleepers().push(at);
        let alarm = Alarm { at, sleepers: Arc::clone(&self.sleepers) };
        Box::pin(async move {
            let _alarm = alarm;
            // The sender lives in the clock; when the last clock is gone nobody is left to wake.
            let _ = time.wait_for(|now| *now >= at).await;
        })
    }
}

/// Takes a sleeper off the list when it wakes or is dropped.
struct Alarm {
    at: DateTime<Utc>,
    sleepers: Arc<Mutex<Vec<DateTime<Utc>>>>,
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let mut sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = sleepers.iter().position(|at| *at == self.at) {
            sleepers.swap_remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_test_clock_is_turned() {
        let clock = TestClock::new(DateTime::UNIX_EPOCH);
        let alarm = DateTime::UNIX_EPOCH + TimeDelta::seconds(90);
        let sleep = clock.sleep_until(alarm);
        assert_eq!(clock.next_alarm(), Some(alarm));
        clock.advance(TimeDelta::seconds(90));
        sleep.await;
        assert_eq!(clock.next_alarm(), None);
    }

    #[tokio::test]
    async fn the_system_clock_does_not_wait_for_the_past() {
        SystemClock.sleep_until(DateTime::UNIX_EPOCH).await;
    }
}
