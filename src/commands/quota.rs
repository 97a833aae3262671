//! How many answers people get, so that one person cannot spend the platform's rates of all, and a Telegram group's
//! 20 messages a minute are left for the digest.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::call::Caller;
use crate::model::channel::{ChannelKind, Platform};

/// What the limits count in.
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// With more askers than this known, those who have been quiet are forgotten.
const FORGET_FROM: usize = 4096;

/// Answers a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To one person.
    pub person: u32,
    /// In one Telegram group.
    pub group: u32,
}

/// Whether somebody gets an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Yes.
    Yes,
    /// No, and they are to be told.
    Tell,
    /// No, and they were told already.
    Silent,
}

/// Counts the answers of the last minute.
#[derive(Debug)]
pub(super) struct Quota {
    limits: Limits,
    given: Mutex<HashMap<String, Given>>,
}

#[derive(Debug, Default)]
struct Given {
    answers: VecDeque<DateTime<Utc>>,
    told_at: Option<DateTime<Utc>>,
}

impl Given {
    /// Forgets what a minute has passed since. What is later than `now` counts as of now: two askers may come in another
    /// order than they looked at the clock, and a clock that was set back must not lock anybody out.
    fn forget(&mut self, now: DateTime<Utc>) {
        self.answers.iter_mut().chain(&mut self.told_at).for_each(|at| *at = now.min(*at));
        self.answers.retain(|at| now - *at < WINDOW);
        self.told_at = self.told_at.filter(|at| now - *at < WINDOW);
    }
}

impl Quota {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, given: Mutex::default() }
    }

    /// Counts an answer, if there is one left for the person and for the group. Discord shows an error for what is
    /// not answered, so that people there are told each time.
    pub(super) fn admit(&self, caller: &Caller, now: DateTime<Utc>) -> Admission {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.len() > FORGET_FROM {
            given.retain(|_, given| given.answers.back().is_some_and(|last| now - *last < WINDOW));
        }
        let person = (format!("{}/{}", caller.platform, caller.person), self.limits.person);
        let in_group = caller.platform == Platform::Telegram && caller.kind == ChannelKind::Group;
        let group = in_group.then(|| (caller.address.to_string(), self.limits.group));
        for (key, limit) in [&person].into_iter().chain(&group) {
            let given = given.entry(key.clone()).or_default();
            given.forget(now);
            if given.answers.len() >= *limit as usize {
                if given.told_at.is_some() && caller.platform == Platform::Telegram {
                    return Admission::Silent;
                }
                given.told_at = Some(now);
                return Admission::Tell;
            }
        }
        for (key, _) in [person].into_iter().chain(group) {
            given.entry(key).or_default().answers.push_back(now);
        }
        Admission::Yes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::channel::Address;
    use crate::model::language::Language;

    fn caller(platform: Platform, person: &str, kind: ChannelKind) -> Caller {
        Caller {
            platform,
            address: match platform {
                Platform::Discord => Address::Discord { channel: 1 },
                Platform::Telegram => Address::Telegram { chat: -1, topic: None },
            },
            kind,
            channel_name: None,
            person: person.into(),
            language: Language::Ko,
            is_admin: false,
            is_operator: false,
            missing: Vec::new(),
            is_elsewhere: false,
            around: None,
            parent: None,
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_person_is_told_once_on_telegram_and_answered_again_after_a_minute() {
        let quota = Quota::new(Limits { person: 2, group: 9 });
        let asks = |second| quota.admit(&caller(Platform::Telegram, "7", ChannelKind::Private), at(second));
        let asked = [0, 1, 2, 3, 60, 61].map(asks);
        use Admission::{Silent, Tell, Yes};
        assert_eq!(asked, [Yes, Yes, Tell, Silent, Yes, Yes]);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_twice_and_locks_nobody_out() {
        let quota = Quota::new(Limits { person: 2, group: 9 });
        let asks = |second| quota.admit(&caller(Platform::Telegram, "7", ChannelKind::Private), at(second));
        let asked = [9001, 9000, 8999, 9000, 60, 119, 120].map(asks);
        use Admission::{Silent, Tell, Yes};
        assert_eq!(asked, [Yes, Yes, Tell, Silent, Silent, Silent, Yes]);
    }

    #[test]
    fn on_discord_everybody_is_told_each_time() {
        let quota = Quota::new(Limits { person: 1, group: 1 });
        let asks = |person| quota.admit(&caller(Platform::Discord, person, ChannelKind::Text), at(0));
        assert_eq!(
            ["1", "1", "1", "2"].map(asks),
            [Admission::Yes, Admission::Tell, Admission::Tell, Admission::Yes]
        );
    }

    #[test]
    fn the_people_of_a_telegram_group_share_its_answers() {
        let quota = Quota::new(Limits { person: 9, group: 2 });
        let asks = |person| quota.admit(&caller(Platform::Telegram, person, ChannelKind::Group), at(0));
        assert_eq!(["1", "2", "3"].map(asks), [Admission::Yes, Admission::Yes, Admission::Tell]);
    }
}
