//! How often a host is called.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// When each host may be called next.
#[derive(Debug)]
pub(super) struct Pace {
    between: Duration,
    next: HashMap<String, Instant>,
}

impl Pace {
    /// `between`: what lies between two calls to a host, at least.
    pub(super) fn new(between: Duration) -> Self {
        Self { between, next: HashMap::new() }
    }

    /// When a call to `host` that could be made `now` is to be made; it counts as made then.
    pub(super) fn turn(&mut self, host: &str, now: Instant) -> Instant {
        // A host whose time has come needs no memory.
        self.next.retain(|_, next| *next > now);
        let turn = self.next.get(host).copied().unwrap_or(now);
        self.next.insert(host.to_owned(), turn + self.between);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_called_twice_a_second_and_others_are_not_kept_waiting() {
        let now = Instant::now();
        let mut pace = Pace::new(Duration::from_millis(500));
        let turns = [pace.turn("a.kr", now), pace.turn("a.kr", now), pace.turn("a.kr", now)];
        assert_eq!(turns.map(|turn| (turn - now).as_millis()), [0, 500, 1000]);
        assert_eq!(pace.turn("b.kr", now), now);
        let later = now + Duration::from_millis(1_500);
        assert_eq!(pace.turn("a.kr", later), later);
        assert_eq!(pace.next.len(), 1, "b.kr is forgotten");
    }
}
