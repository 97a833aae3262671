//! Whose turn it is to call a platform, where several programs share the work: the holder of its lease, until the lease
//! is over by every clock that there is. A program that was stopped in between finds itself outside.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{Clock as _, SystemClock};

/// Lets calls pass while a lease runs.
#[derive(Debug)]
pub struct Fence(Mutex<Passing>);

#[derive(Debug, Clone, Copy)]
enum Passing {
    Always,
    Never,
    /// Until both clocks say so: one stands still while the machine sleeps, the other may be set back.
    Until(Instant, DateTime<Utc>),
}

impl Default for Fence {
    /// Closed.
    fn default() -> Self {
        Self::closed()
    }
}

impl Fence {
    /// Open for good: nobody else calls.
    pub fn open() -> Self {
        Self(Mutex::new(Passing::Always))
    }

    /// Closed until it is opened for a while.
    pub fn closed() -> Self {
        Self(Mutex::new(Passing::Never))
    }

    /// Opens it for so long `after` an instant. One that is open for good stays so.
    pub fn open_for(&self, since: Since, after: Duration) {
        let mut passing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*passing, Passing::Always) {
            let wall = TimeDelta::from_std(after).unwrap_or(TimeDelta::zero());
            *passing = Passing::Until(since.0 + after, since.1 + wall);
        }
    }

    /// Whether calls pass now.
    pub fn lets_pass(&self) -> bool {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Passing::Always => true,
            Passing::Never => false,
            Passing::Until(instant, wall) => Instant::now() < instant && SystemClock.now() < wall,
        }
    }
}

/// An instant, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Since(Instant, DateTime<Utc>);

impl Since {
    /// This instant.
    pub fn now() -> Self {
        Self(Instant::now(), SystemClock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lets_pass_while_the_lease_runs() {
        let fence = Fence::closed();
        assert!(!fence.lets_pass());
        fence.open_for(Since::now(), Duration::from_secs(60));
        assert!(fence.lets_pass());
        fence.open_for(Since::now(), Duration::ZERO);
        assert!(!fence.lets_pass());
    }

    #[test]
    fn either_clock_closes_it() {
        let (instant, wall) = (Instant::now(), SystemClock.now());
        let fence = Fence::closed();
        fence.open_for(Since(instant, wall - TimeDelta::minutes(2)), Duration::from_secs(60));
        assert!(!fence.lets_pass(), "the machine has slept");
        let fence = Fence::open();
        fence.open_for(Since(instant, wall), Duration::ZERO);
        assert!(fence.lets_pass(), "nobody else is there");
    }
}
