//! How the connections to the platforms fare: told by `chat/`, asked by `alarm/` and `web/`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::model::channel::Platform;

/// A connection to a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whether it is there.
    pub is_up: bool,
    /// Since when it is, or is not.
    pub since: DateTime<Utc>,
    /// Why it is not, as far as it is known.
    pub error: Option<String>,
}

/// All connections of the program. One a program.
#[derive(Debug, Default)]
pub struct Health {
    links: Mutex<BTreeMap<Platform, Link>>,
}

impl Health {
    /// The bot is connected.
    pub fn up(&self, platform: Platform, now: DateTime<Utc>) {
        self.is(platform, true, None, now);
    }

    /// The bot is not connected, or not yet.
    pub fn down(&self, platform: Platform, error: Option<String>, now: DateTime<Utc>) {
        self.is(platform, false, error, now);
    }

    /// Another program talks to the platform.
    pub fn forget(&self, platform: Platform) {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).remove(&platform);
    }

    /// The connection to each platform that there should be one to.
    pub fn links(&self) -> Vec<(Platform, Link)> {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.iter().map(|(platform, link)| (*platform, link.clone())).collect()
    }

    fn is(&self, platform: Platform, is_up: bool, error: Option<String>, now: DateTime<Utc>) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let link = links.entry(platform).or_insert_with(|| Link { is_up, since: now, error: None });
        if link.is_up != is_up {
            link.since = now;
        }
        link.is_up = is_up;
        // What is known of an earlier failure is better than nothing.
        link.error = if is_up { None } else { error.or_else(|| link.error.take()) };
        metrics::gauge!("jogan_platform_up", "platform" => platform.name()).set(f64::from(u8::from(is_up)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    #[test]
    fn a_connection_is_down_since_it_was_lost_whatever_is_said_later() {
        let health = Health::default();
        health.up(Platform::Discord, at(1));
        health.down(Platform::Discord, Some("reset".to_owned()), at(2));
        health.down(Platform::Discord, None, at(3));
        let [(_, link)] = &health.links()[..] else { panic!("one link") };
        assert_eq!(*link, Link { is_up: false, since: at(2), error: Some("reset".to_owned()) });
        health.up(Platform::Discord, at(4));
        let [(_, link)] = &health.links()[..] else { panic!("one link") };
        assert_eq!(*link, Link { is_up: true, since: at(4), error: None });
    }
}
