//! How often somebody may try to log in: few times from one address, not many times from all of them together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Tries are counted over this time.
const WITHIN: TimeDelta = TimeDelta::minutes(15);
/// Tries from one address.
const OF_ONE: usize = 5;
/// Tries from all addresses: somebody may have many.
const OF_ALL: usize = 60;

/// The tries of the last minutes.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<HashMap<IpAddr, Vec<DateTime<Utc>>>>);

impl Attempts {
    /// Counts a try before it is known what comes of it, so that many at once are no way around. An error: it is one
    /// too many, and so long it takes until there can be another.
    pub(super) fn begin(&self, from: IpAddr, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not lock anybody out for longer.
        let is_recent = |at: &DateTime<Utc>| now - *at < WITHIN && *at <= now;
        tries.retain(|_, of| {
            of.retain(is_recent);
            !of.is_empty()
        });
        let mut all: Vec<DateTime<Utc>> = tries.values().flatten().copied().collect();
        all.sort_unstable();
        let of_one = tries.entry(from).or_default();
        let oldest = |of: &[DateTime<Utc>], most: usize| of.len().checked_sub(most).map(|place| of[place]);
        match oldest(of_one, OF_ONE).max(oldest(&all, OF_ALL)) {
            Some(oldest) => Err(oldest + WITHIN - now),
            None => {
                of_one.push(now);
                Ok(())
            }
        }
    }

    /// The password was right: the address begins anew.
    pub(super) fn succeeded(&self, from: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn address(number: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, number])
    }

    #[test]
    fn one_address_has_five_tries_in_a_quarter_of_an_hour() {
        let (attempts, start) = (Attempts::default(), DateTime::UNIX_EPOCH);
        for minute in 0..5 {
            assert_eq!(attempts.begin(HOME, start + TimeDelta::minutes(minute)), Ok(()));
        }
        let refused = attempts.begin(HOME, start + TimeDelta::minutes(5));
        assert_eq!(refused, Err(TimeDelta::minutes(10)), "the first was fifteen minutes before that");
        assert_eq!(attempts.begin(address(1), start + TimeDelta::minutes(5)), Ok(()), "another may");
        assert_eq!(attempts.begin(HOME, start + TimeDelta::minutes(15)), Ok(()));
        assert!(attempts.begin(HOME, start + TimeDelta::minutes(15)).is_err());
    }

    #[test]
    fn many_addresses_have_sixty_together() {
        let (attempts, now) = (Attempts::default(), DateTime::UNIX_EPOCH);
        let taken = (0..200).filter(|number| attempts.begin(address(*number), now).is_ok()).count();
        assert_eq!(taken, OF_ALL);
    }

    #[test]
    fn the_right_password_clears_what_was_mistyped() {
        let (attempts, now) = (Attempts::default(), DateTime::UNIX_EPOCH);
        for _ in 0..OF_ONE {
            assert_eq!(attempts.begin(HOME, now), Ok(()));
        }
        attempts.succeeded(HOME);
        assert_eq!(attempts.begin(HOME, now), Ok(()));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let (attempts, now) = (Attempts::default(), DateTime::UNIX_EPOCH + TimeDelta::days(1));
        for _ in 0..OF_ONE {
            assert_eq!(attempts.begin(HOME, now), Ok(()));
        }
        assert_eq!(attempts.begin(HOME, DateTime::UNIX_EPOCH), Ok(()));
    }
}
