//! The rates a [`Gate`](crate::platform::gate::Gate) keeps to, as numbers with their sources.

use chrono::TimeDelta;

use crate::model::channel::ChannelKind;

/// So many programs may call Discord beside the one that talks to it: those that have shards, about what people ask there.
pub const ASIDE: u32 = 5;
/// Calls a second that each of them has.
pub(super) const ASIDE_CALLS: u32 = 2;

/// So many calls in any span of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls; at least one.
    pub calls: u32,
    /// In any span of this length.
    pub per: TimeDelta,
}

impl Rate {
    /// `calls` in any span of `seconds`.
    pub const fn new(calls: u32, seconds: i64) -> Self {
        Self { calls, per: TimeDelta::seconds(seconds) }
    }
}

/// What holds on one platform. `None`: no such limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// All calls of the bot together.
    pub overall: Option<Rate>,
    /// Calls to one channel.
    pub channel: Option<Rate>,
    /// Calls to one group, on top of `channel`.
    pub group: Option<Rate>,
    /// Whether answers teach more about a channel ([`Gate::learned`](crate::platform::gate::Gate::learned)): until
    /// the first one is in, a channel has one call in flight.
    pub learns: bool,
}

impl Limits {
    /// Telegram's: 30 calls a second overall, 1 a second to a chat, 20 a minute to a group
    /// (<https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>).
    pub fn telegram() -> Self {
        Self {
            overall: Some(Rate::new(30, 1)),
            channel: Some(Rate::new(1, 1)),
            group: Some(Rate::new(20, 60)),
            learns: false,
        }
    }

    /// Discord's: 50 calls a second overall; a channel's buckets are known from the answers' headers only
    /// (<https://discord.com/developers/docs/topics/rate-limits>).
    pub fn discord() -> Self {
        Self { overall: Some(Rate::new(50, 1)), channel: None, group: None, learns: true }
    }

    /// Discord's for a program that has shards and does not talk to Discord otherwise: 2 calls a second, for which the one
    /// that does leaves room.
    pub fn discord_aside() -> Self {
        Self { overall: Some(Rate::new(ASIDE_CALLS, 1)), ..Self::discord() }
    }

    /// No limits, for measuring everything else. What a platform tells to wait still holds.
    pub fn unlimited() -> Self {
        Self { overall: None, channel: None, group: None, learns: false }
    }

    /// The rates of one channel of this kind.
    pub(super) fn of_channel(&self, kind: ChannelKind) -> impl Iterator<Item = Rate> {
        let group = if kind == ChannelKind::Group { self.group } else { None };
        self.channel.into_iter().chain(group)
    }
}
