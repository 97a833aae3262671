//! What `/admin resend` and `/admin recall` are about: a day's digest, everywhere, on one platform or in one channel.

use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::spec::{Argument, ArgumentKind, Text};
use super::{today, words};
use crate::model::channel::{Address, ChannelId, Platform};
use crate::model::day::parse_day;
use crate::model::digest::{StoredDigest, handle};
use crate::model::feed::Feed;
use crate::model::note::Deed;
use crate::store::Reach;

pub(super) const ARGUMENTS: &[Argument] = &[
    Argument {
        name: "date",
        kind: ArgumentKind::Date,
        about: Text {
            ko: "어느 날인지: 어제 · 12/17 (비우면 최근 것)",
            en: "Which day: yesterday, 12/17 (empty: the latest)",
        },
    },
    Argument {
        name: "feed",
        kind: ArgumentKind::Feed,
        about: Text { ko: "어느 뉴스인지 (비우면 첫 번째)", en: "Which feed (empty: the first)" },
    },
    Argument {
        name: "platform",
        kind: ArgumentKind::Platform,
        about: Text { ko: "한쪽만: discord · telegram", en: "One platform alone: discord, telegram" },
    },
    Argument {
        name: "channel",
        kind: ArgumentKind::AnyChannel,
        about: Text {
            ko: "한 채널만: 이름 또는 telegram:-100123",
            en: "One channel alone: its name, or telegram:-100123",
        },
    },
];

/// A digest and where it is, as a button carries it: at most 43 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) handle: String,
    pub(super) platform: Option<Platform>,
    pub(super) channel: Option<ChannelId>,
}

impl Target {
    pub(super) fn encode(&self) -> String {
        let platform = match self.platform {
            None => "",
            Some(Platform::Discord) => "d",
            Some(Platform::Telegram) => "t",
        };
        let channel = self.channel.map(|channel| channel.0.to_string()).unwrap_or_default();
        format!("{}:{platform}:{channel}", self.handle)
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let [handle, platform, channel] = text.split(':').collect::<Vec<_>>().try_into().ok()?;
        Some(Self {
            handle: handle.to_owned(),
            platform: match platform {
                "" => None,
                "d" => Some(Platform::Discord),
                "t" => Some(Platform::Telegram),
                _ => return None,
            },
            channel: if channel.is_empty() { None } else { Some(ChannelId(channel.parse().ok()?)) },
        })
    }

    /// The same, found; `None`: the digest is not there any more.
    pub(super) async fn found<'d>(&self, desk: &'d Desk) -> Result<Option<Found<'d>>, Failure> {
        let found = desk.store.digest_by_handle(&self.handle).await?;
        Ok(found
            .and_then(|(feed, stored)| Some(Found { feed: desk.feed(&feed)?, stored, target: self.clone() })))
    }
}

/// A digest and where it is, with the digest and its feed.
#[derive(Debug)]
pub(super) struct Found<'d> {
    pub(super) feed: &'d Feed,
    pub(super) stored: StoredDigest,
    pub(super) target: Target,
}

impl Found<'_> {
    /// What the store understands.
    pub(super) fn reach(&self) -> Reach {
        Reach { digest: self.stored.id, platform: self.target.platform, channel: self.target.channel }
    }

    /// Keeps who did that.
    pub(super) async fn keep(&self, deed: Deed, caller: &Caller, desk: &Desk) -> Result<(), Failure> {
        let verb = match deed {
            Deed::Resend => "resend",
            Deed::Recall => "recall",
        };
        let (key, whither) = (&self.stored.digest.key, words::whither(&self.target));
        desk.keep_change(caller, None, format!("admin {verb} {key} {whither}")).await
    }
}

/// What a call is about.
pub(super) async fn read<'d>(call: &Call, desk: &'d Desk) -> Result<Found<'d>, Failure> {
    let (caller, arguments) = (&call.caller, &call.arguments);
    let told = |text: &str, what: Text| -> Failure {
        let example = format!("/{}", call.spec.example.get(caller.language));
        words::not_understood(text, what, &example, caller.language).into()
    };
    let feed = match arguments.get(ArgumentKind::Feed) {
        Some(name) => today::find_feed(name, desk, caller)?,
        None => today::default_feed(&[], desk)?,
    };
    let today = desk.clock.now().with_timezone(&feed.timezone).date_naive();
    let day = match arguments.get(ArgumentKind::Date) {
        Some(text) => Some(parse_day(text, today).ok_or_else(|| told(text, words::A_DAY))?),
        None => None,
    };
    let platform = match arguments.get(ArgumentKind::Platform) {
        Some(text) => Some(platform(text).ok_or_else(|| told(text, words::A_PLATFORM))?),
        None => None,
    };
    let channel = match arguments.get(ArgumentKind::AnyChannel) {
        Some(text) => Some(channel(text, caller, desk).await?),
        None => None,
    };
    let Some(stored) = desk.store.latest_digest(&feed.name, day).await? else {
        return Err(match day {
            Some(day) => words::none_to_resend(day, &feed.title, caller.language),
            None => words::nothing_yet(&feed.title, caller.language),
        }
        .into());
    };
    let target = Target { handle: handle(&feed.name, &stored.digest.key), platform, channel };
    Ok(Found { feed, stored, target })
}

/// The platform that a word names.
pub(super) fn platform(word: &str) -> Option<Platform> {
    match word.to_lowercase().as_str() {
        "discord" | "디스코드" => Some(Platform::Discord),
        "telegram" | "텔레그램" => Some(Platform::Telegram),
        _ => None,
    }
}

/// The subscribed channel of this address or name; of a name that several have, none.
async fn channel(text: &str, caller: &Caller, desk: &Desk) -> Result<ChannelId, Failure> {
    let name = text.trim_start_matches('#');
    let unknown = || words::no_such_channel(text, caller.language);
    if let Ok(address) = text.parse::<Address>() {
        return Ok(desk.store.channel(address).await?.ok_or_else(unknown)?.id);
    }
    let same = |channel: &crate::model::Channel| {
        channel.name.as_ref().is_some_and(|known| known.to_lowercase() == name.to_lowercase())
    };
    let mut known = desk.store.channels_like(name, 25).await?.into_iter().filter(same);
    match (known.next(), known.next()) {
        (Some(only), None) => Ok(only.id),
        _ => Err(unknown().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_is_read_again() {
        for (platform, channel) in [
            (None, None),
            (Some(Platform::Telegram), None),
            (Some(Platform::Discord), Some(ChannelId(i64::MAX))),
        ] {
            let target = Target { handle: "0123456789".into(), platform, channel };
            let text = target.encode();
            assert!(text.len() <= 43, "{text}");
            assert_eq!(Target::decode(&text), Some(target));
        }
        assert_eq!(Target::decode("0123456789:x:"), None);
        assert_eq!(Target::decode("0123456789:d:x"), None);
    }
}
