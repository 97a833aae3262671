//! Who is next: the channels with open messages, by when they may be tried.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::model::channel::ChannelId;
use crate::model::delivery::Head;

type Order = BTreeSet<(DateTime<Utc>, DateTime<Utc>, ChannelId)>;

/// The channels that wait for their turn, and those that have a message on the wire.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiting: HashMap<ChannelId, Head>,
    new: Order,
    /// Corrections of what is sent: whatever is new goes first.
    corrections: Order,
    /// Whether there may be more for the channel when that is settled.
    on_the_wire: HashMap<ChannelId, bool>,
}

impl Line {
    /// Puts a channel in line; one with a message on the wire comes back when that is settled.
    pub(super) fn put(&mut self, head: Head) {
        if self.on_the_wire.contains_key(&head.channel) {
            return;
        }
        if let Some(before) = self.waiting.insert(head.channel, head) {
            self.order(&before).remove(&place(&before));
        }
        self.order(&head).insert(place(&head));
    }

    /// Takes the channel that has been ready for longest, if one is ready at `now`; one with something new before
    /// one with a correction.
    pub(super) fn take_ready(&mut self, now: DateTime<Utc>) -> Option<Head> {
        let channel = take_first(&mut self.new, now).or_else(|| take_first(&mut self.corrections, now))?;
        self.waiting.remove(&channel)
    }

    /// A message of this channel goes on the wire; `has_more`: there is more for the channel.
    pub(super) fn start(&mut self, channel: ChannelId, has_more: bool) {
        self.on_the_wire.insert(channel, has_more);
    }

    /// There may be something new for any channel.
    pub(super) fn expect_more(&mut self) {
        self.on_the_wire.values_mut().for_each(|has_more| *has_more = true);
    }

    /// The channel's message is settled. Whether there may be more for it.
    pub(super) fn finish(&mut self, channel: ChannelId) -> bool {
        self.on_the_wire.remove(&channel).unwrap_or(true)
    }

    /// When the next channel is ready.
    pub(super) fn next_ready(&self) -> Option<DateTime<Utc>> {
        self.new.first().into_iter().chain(self.corrections.first()).map(|(ready_at, ..)| *ready_at).min()
    }

    fn order(&mut self, head: &Head) -> &mut Order {
        if head.is_correction { &mut self.corrections } else { &mut self.new }
    }
}

fn take_first(order: &mut Order, now: DateTime<Utc>) -> Option<ChannelId> {
    let first = *order.first().filter(|(ready_at, ..)| *ready_at <= now)?;
    order.remove(&first);
    Some(first.2)
}

fn place(head: &Head) -> (DateTime<Utc>, DateTime<Utc>, ChannelId) {
    (head.ready_at, head.due_at, head.channel)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::channel::{Address, ChannelKind};

    fn head(channel: i64, ready_s: i64, due_s: i64) -> Head {
        Head {
            channel: ChannelId(channel),
            address: Address::Discord { channel: channel.unsigned_abs() },
            kind: ChannelKind::Text,
            ready_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(ready_s),
            due_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(due_s),
            is_correction: false,
        }
    }

    #[test]
    fn the_longest_ready_goes_first_and_among_equals_the_earliest_due() {
        let mut line = Line::default();
        for head in [head(1, 5, 0), head(2, 3, 2), head(3, 3, 1), head(4, 99, 0)] {
            line.put(head);
        }
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(10);
        let order: Vec<i64> =
            std::iter::from_fn(|| line.take_ready(now)).map(|head| head.channel.0).collect();
        assert_eq!(order, [3, 2, 1]);
        assert_eq!(line.next_ready(), Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(99)));
    }

    #[test]
    fn corrections_go_after_whatever_is_new() {
        let mut line = Line::default();
        line.put(Head { is_correction: true, ..head(1, 1, 0) });
        line.put(head(2, 3, 0));
        line.put(head(3, 99, 0));
        assert_eq!(line.next_ready(), Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(1)));
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(10);
        let order: Vec<i64> =
            std::iter::from_fn(|| line.take_ready(now)).map(|head| head.channel.0).collect();
        assert_eq!(order, [2, 1]);
    }

    #[test]
    fn a_channel_stands_in_line_once_and_not_while_it_is_on_the_wire() {
        let mut line = Line::default();
        line.put(head(1, 5, 0));
        line.put(head(1, 2, 0));
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(10);
        assert!(line.take_ready(now).is_some());
        assert!(line.take_ready(now).is_none());
        line.start(ChannelId(1), false);
        line.put(head(1, 0, 0));
        assert!(line.take_ready(now).is_none());
        assert!(!line.finish(ChannelId(1)));
        line.put(head(1, 0, 0));
        assert!(line.take_ready(now).is_some());
    }

    #[test]
    fn what_comes_while_a_channel_is_on_the_wire_is_asked_for_afterwards() {
        let mut line = Line::default();
        line.start(ChannelId(1), false);
        line.start(ChannelId(2), true);
        line.expect_more();
        line.start(ChannelId(3), false);
        assert_eq!([1, 2, 3].map(|channel| line.finish(ChannelId(channel))), [true, true, false]);
    }
}
