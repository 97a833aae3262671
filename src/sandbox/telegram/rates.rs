//! The flood limits (core.telegram.org/bots/faq): 30 messages a second overall, 1 a second to a chat, 20 a minute
//! to a group. Each has a tenth of slack, for what the network does to a caller that keeps them exactly.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

const OVERALL: Bucket = Bucket { capacity: 33.0, per_second: 30.0, tokens: 33.0, at: None };
const CHAT: Bucket = Bucket { capacity: 1.1, per_second: 1.0, tokens: 1.1, at: None };
/// Edits are not documented and refused late; this only stops a loop.
const EDITS: Bucket = Bucket { capacity: 30.0, per_second: 1.0, tokens: 30.0, at: None };
/// Messages to a group within [`GROUP_WINDOW`].
const GROUP: usize = 20;
const GROUP_WINDOW: TimeDelta = TimeDelta::seconds(60);

/// Who has sent how much.
pub(crate) struct Rates {
    overall: Bucket,
    chats: BTreeMap<i64, Pace>,
}

/// Too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flood {
    /// Whole seconds, at least one.
    pub(crate) retry_after: u64,
    /// The caller had been told to wait, and did not.
    pub(crate) disobeyed: bool,
}

struct Pace {
    messages: Bucket,
    edits: Bucket,
    /// When the last messages to a group went out.
    minute: VecDeque<DateTime<Utc>>,
    told_to_wait_until: Option<DateTime<Utc>>,
}

impl Default for Rates {
    fn default() -> Self {
        Self { overall: OVERALL, chats: BTreeMap::new() }
    }
}

impl Rates {
    /// Counts a message to a chat, or refuses it.
    pub(crate) fn message(&mut self, chat: i64, is_group: bool, now: DateTime<Utc>) -> Result<(), Flood> {
        self.obeyed(chat, now)?;
        let pace = self.chats.entry(chat).or_default();
        while pace.minute.front().is_some_and(|at| now - *at >= GROUP_WINDOW) {
            pace.minute.pop_front();
        }
        let full = is_group && pace.minute.len() >= GROUP;
        let group = pace.minute.front().filter(|_| full).map_or(0.0, |at| seconds(*at + GROUP_WINDOW - now));
        let wait = group.max(pace.messages.wait(now)).max(self.overall.wait(now));
        if wait > 0.0 {
            return Err(pace.refuse(wait, now));
        }
        pace.messages.take(now);
        self.overall.take(now);
        if is_group {
            pace.minute.push_back(now);
        }
        Ok(())
    }

    /// Counts an edit or a deletion.
    pub(crate) fn edit(&mut self, chat: i64, now: DateTime<Utc>) -> Result<(), Flood> {
        let pace = self.chats.entry(chat).or_default();
        let wait = pace.edits.wait(now);
        if wait > 0.0 {
            return Err(Flood { retry_after: whole(wait), disobeyed: false });
        }
        pace.edits.take(now);
        Ok(())
    }

    /// Tells a caller to wait, whatever it has sent.
    pub(crate) fn hold(&mut self, chat: i64, seconds: u64, now: DateTime<Utc>) -> Flood {
        self.chats.entry(chat).or_default().refuse(seconds as f64, now)
    }

    /// Whether the chat's last `retry_after` is over.
    pub(crate) fn obeyed(&self, chat: i64, now: DateTime<Utc>) -> Result<(), Flood> {
        let until = self.chats.get(&chat).and_then(|pace| pace.told_to_wait_until);
        match until.filter(|until| *until > now) {
            Some(until) => Err(Flood { retry_after: whole(seconds(until - now)), disobeyed: true }),
            None => Ok(()),
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { messages: CHAT, edits: EDITS, minute: VecDeque::new(), told_to_wait_until: None }
    }
}

impl Pace {
    fn refuse(&mut self, wait: f64, now: DateTime<Utc>) -> Flood {
        let retry_after = whole(wait);
        self.told_to_wait_until = Some(now + TimeDelta::seconds(retry_after as i64));
        Flood { retry_after, disobeyed: false }
    }
}

/// A token bucket.
#[derive(Clone, Copy)]
struct Bucket {
    capacity: f64,
    per_second: f64,
    tokens: f64,
    at: Option<DateTime<Utc>>,
}

impl Bucket {
    /// Seconds until there is a token.
    fn wait(&mut self, now: DateTime<Utc>) -> f64 {
        // A clock that goes back gives nothing and takes nothing.
        let passed = self.at.map_or(0.0, |at| seconds(now - at).max(0.0));
        self.tokens = (self.tokens + passed * self.per_second).min(self.capacity);
        self.at = Some(now);
        ((1.0 - self.tokens) / self.per_second).max(0.0)
    }

    fn take(&mut self, now: DateTime<Utc>) {
        self.wait(now);
        self.tokens -= 1.0;
    }
}

fn seconds(span: TimeDelta) -> f64 {
    span.as_seconds_f64()
}

fn whole(seconds: f64) -> u64 {
    (seconds.ceil() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    fn wait(seconds: u64) -> Result<(), Flood> {
        Err(Flood { retry_after: seconds, disobeyed: false })
    }

    #[test]
    fn a_chat_takes_one_message_a_second() {
        let mut rates = Rates::default();
        assert_eq!(rates.message(7, false, at(0)), Ok(()));
        assert_eq!(rates.message(7, false, at(500)), wait(1));
        assert_eq!(rates.message(8, false, at(500)), Ok(()), "another chat is another matter");
        assert_eq!(rates.message(7, false, at(1500)), Ok(()));
    }

    #[test]
    fn a_long_run_may_not_be_faster_than_the_limit() {
        let mut rates = Rates::default();
        let sent = (0..1000).filter(|i| rates.message(7, false, at(i * 100)).is_ok()).count();
        assert!((80..=101).contains(&sent), "{sent} in 100 seconds");
    }

    #[test]
    fn a_group_takes_20_a_minute() {
        let mut rates = Rates::default();
        for i in 0..20 {
            assert_eq!(rates.message(-7, true, at(i * 1000)), Ok(()));
        }
        assert_eq!(rates.message(-7, true, at(20_000)), wait(40));
        assert_eq!(rates.message(-7, true, at(60_000)), Ok(()));
    }

    #[test]
    fn all_chats_together_take_30_a_second() {
        let mut rates = Rates::default();
        let sent = (0..60).filter(|chat| rates.message(*chat, false, at(0)).is_ok()).count();
        assert_eq!(sent, 33);
        let sent = (100..160).filter(|chat| rates.message(*chat, false, at(1000)).is_ok()).count();
        assert_eq!(sent, 30);
    }

    #[test]
    fn who_does_not_wait_disobeys() {
        let mut rates = Rates::default();
        rates.hold(7, 5, at(0));
        assert_eq!(rates.message(7, false, at(3000)), Err(Flood { retry_after: 2, disobeyed: true }));
        assert_eq!(rates.message(7, false, at(5000)), Ok(()));
    }
}
