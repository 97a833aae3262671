//! A bad day: calls that fail at random, the same ones for the same seed and order of calls. What a failure is, is
//! each platform's (`discord/faults.rs`, `telegram/faults.rs`).

use std::ops::RangeInclusive;
use std::time::Duration;

use fastrand::Rng;

/// What a server answers that has failed and done nothing.
const FAILURES: [u16; 3] = [500, 502, 503];

/// How likely what is; the shares are of all calls and add up to 1 at most.
#[derive(Debug, Clone)]
pub struct Weather {
    /// Where the randomness begins.
    pub seed: u64,
    /// Calls that are answered 500, 502 or 503, with nothing done.
    pub failures: f64,
    /// Calls whose connection breaks with nothing done.
    pub resets_before: f64,
    /// Calls whose connection breaks with all done.
    pub resets_after: f64,
    /// Calls that are answered 429, for their channel.
    pub waits: f64,
    /// How long a 429 asks to wait, in whole seconds.
    pub wait_s: RangeInclusive<u64>,
    /// How long every answer takes on its way back, in milliseconds of real time.
    pub latency_ms: RangeInclusive<u64>,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    Failure(u16),
    ResetBefore,
    ResetAfter,
    Wait(u64),
}

/// The weather as it goes on.
#[derive(Debug)]
pub(crate) struct Sky {
    weather: Weather,
    random: Rng,
}

impl Sky {
    pub(crate) fn new(weather: Weather) -> Self {
        Self { random: Rng::with_seed(weather.seed), weather }
    }

    /// What becomes of the next call, and how long its answer takes.
    pub(crate) fn next(&mut self) -> (Option<Mishap>, Duration) {
        let latency = Duration::from_millis(self.random.u64(self.weather.latency_ms.clone()));
        let failure = FAILURES[self.random.usize(..FAILURES.len())];
        let wait = self.random.u64(self.weather.wait_s.clone());
        let mut draw = self.random.f64();
        let shares = [
            (self.weather.failures, Mishap::Failure(failure)),
            (self.weather.resets_before, Mishap::ResetBefore),
            (self.weather.resets_after, Mishap::ResetAfter),
            (self.weather.waits, Mishap::Wait(wait)),
        ];
        for (share, mishap) in shares {
            if draw < share {
                return (Some(mishap), latency);
            }
            draw -= share;
        }
        (None, latency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_kept_and_a_seed_repeats_itself() {
        let weather = Weather {
            seed: 7,
            failures: 0.1,
            resets_before: 0.05,
            resets_after: 0.05,
            waits: 0.02,
            wait_s: 1..=3,
            latency_ms: 0..=300,
        };
        let day = || {
            let mut sky = Sky::new(weather.clone());
            (0..10_000).map(|_| sky.next()).collect::<Vec<_>>()
        };
        let calls = day();
        assert_eq!(calls, day());
        let share =
            |is: fn(Mishap) -> bool| calls.iter().filter(|(mishap, _)| mishap.is_some_and(is)).count();
        assert!((900..1100).contains(&share(|mishap| matches!(mishap, Mishap::Failure(_)))));
        assert!((400..600).contains(&share(|mishap| mishap == Mishap::ResetBefore)));
        assert!((400..600).contains(&share(|mishap| mishap == Mishap::ResetAfter)));
        assert!((130..270).contains(&share(|mishap| matches!(mishap, Mishap::Wait(1..=3)))));
    }
}
