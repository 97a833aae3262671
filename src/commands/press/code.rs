//! The text that a button carries, and back: at most 64 bytes (Telegram's `callback_data`; Discord's `custom_id` may have
//! 100 characters).

use super::Press;
use crate::commands::reach::Target;
use crate::commands::spec::Who;
use crate::commands::{about, help, search, settings};
use crate::model::channel::Address;
use crate::model::feed::FeedName;
use crate::model::note::AnnouncementId;

impl Press {
    /// The text that a button carries.
    pub fn encode(&self) -> String {
        match self {
            Self::Open { handle, article } => format!("open:{handle}:{article}"),
            Self::List { handle } => format!("list:{handle}"),
            Self::Latest { feed } => format!("latest:{feed}"),
            Self::Digest { handle } => format!("digest:{handle}"),
            Self::All { handle } => format!("all:{handle}"),
            Self::About(page) => page.encode(),
            Self::Search(page) => page.encode(),
            Self::Unsubscribe { feed, is_sure: false } => format!("leave?:{feed}"),
            Self::Unsubscribe { feed, is_sure: true } => format!("leave:{feed}"),
            Self::Subscribe { feed, as_before: true } => format!("rejoin:{feed}"),
            Self::Subscribe { feed, as_before: false } => format!("join:{feed}"),
            Self::Resend { handle, missing: false } => format!("again:{handle}"),
            Self::Resend { handle, missing: true } => format!("rest:{handle}"),
            Self::Why(name) => format!("why:{name}"),
            Self::ResendAll(target) => format!("everyagain:{}", target.encode()),
            Self::ResendProgress { target, since } => format!("againto:{since:x}:{}", target.encode()),
            Self::Recall(target) => format!("recall:{}", target.encode()),
            Self::RecallProgress(target) => format!("recalled:{}", target.encode()),
            Self::Announce(announcement) => format!("announce:{}", announcement.0),
            Self::AnnounceProgress(announcement) => format!("announced:{}", announcement.0),
            Self::Recheck { feed, day: None } => format!("look:{feed}"),
            Self::Recheck { feed, day: Some(day) } => format!("look:{feed}:{day}"),
            Self::DayOff { feed, day } => format!("dayoff:{feed}:{day}"),
            Self::Held { handle } => format!("held:{handle}"),
            Self::Release { handle, send: true } => format!("release:{handle}"),
            Self::Release { handle, send: false } => format!("drop:{handle}"),
            Self::Settings { feed } => format!("settings:{feed}"),
            Self::Choose { feed, of } => format!("choose:{}:{feed}", of.name()),
            Self::Set { feed, change } => format!("set:{feed}:{}", change.encode()),
            Self::Pause => "pause:".to_owned(),
            Self::Resume => "resume:".to_owned(),
            Self::Unmute { tag, everywhere: false } => format!("unmute:{tag}"),
            Self::Unmute { tag, everywhere: true } => format!("unmuteall:{tag}"),
            Self::Help(half) => format!("help:{}", half.name()),
            Self::Receive => "receive:".to_owned(),
            Self::PickChat => "pickchat:".to_owned(),
            Self::Try { words } => format!("try:{words}"),
            Self::Follow { tag } => format!("follow:{tag}"),
            Self::Others { feed } => format!("others:{feed}"),
            Self::Copy { from, feed } => format!("copy:{}:{feed}", encode_address(*from)),
            Self::In { address, press } => format!("in:{}:{}", encode_address(*address), press.encode()),
            Self::Cancel => "cancel:".to_owned(),
            Self::Old { .. } => "old:".to_owned(),
            Self::Show(what) => format!("show:{}", what.encode()),
        }
    }

    /// Reads what a button carried, or a menu and the entry that was `chosen` in it. What is of an older version, or
    /// forged, is [`Press::Old`].
    pub fn read(text: &str, chosen: Option<&str>) -> Self {
        let old = || Self::Old {
            command: command_of(chosen.filter(|_| text.starts_with("pick:")).unwrap_or(text)),
        };
        Self::decode(text, chosen).unwrap_or_else(old)
    }

    /// The same, `None` for what cannot be read.
    ///
    /// A menu of one digest's articles carries the text of its first article, and its entries are places; a menu
    /// over several digests (`pick:…`) has complete texts for entries.
    pub(in crate::commands) fn decode(text: &str, chosen: Option<&str>) -> Option<Self> {
        let (what, rest) = text.split_once(':')?;
        match (what, chosen) {
            ("open", chosen) => {
                let (handle, place) = rest.split_once(':')?;
                let article = chosen.unwrap_or(place).parse().ok()?;
                Some(Self::Open { handle: handle.to_owned(), article })
            }
            ("list", None) => Some(Self::List { handle: rest.to_owned() }),
            ("latest", None) => Some(Self::Latest { feed: FeedName(rest.to_owned()) }),
            ("digest", None) => Some(Self::Digest { handle: rest.to_owned() }),
            ("all", None) => Some(Self::All { handle: rest.to_owned() }),
            ("about", None) => about::Page::decode(rest).map(Self::About),
            ("search", None) => search::Page::decode(rest).map(Self::Search),
            ("leave?", None) => Some(Self::Unsubscribe { feed: FeedName(rest.to_owned()), is_sure: false }),
            ("leave", None) => Some(Self::Unsubscribe { feed: FeedName(rest.to_owned()), is_sure: true }),
            ("rejoin", None) => Some(Self::Subscribe { feed: FeedName(rest.to_owned()), as_before: true }),
            ("join", None) => Some(Self::Subscribe { feed: FeedName(rest.to_owned()), as_before: false }),
            ("again", None) => Some(Self::Resend { handle: rest.to_owned(), missing: false }),
            ("rest", None) => Some(Self::Resend { handle: rest.to_owned(), missing: true }),
            ("why", None) => rest.parse().ok().map(Self::Why),
            ("everyagain", None) => Target::decode(rest).map(Self::ResendAll),
            ("againto", None) => {
                let (since, target) = rest.split_once(':')?;
                let since = i64::from_str_radix(since, 16).ok()?;
                Some(Self::ResendProgress { target: Target::decode(target)?, since })
            }
            ("recall", None) => Target::decode(rest).map(Self::Recall),
            ("recalled", None) => Target::decode(rest).map(Self::RecallProgress),
            ("announce", None) => rest.parse().ok().map(AnnouncementId).map(Self::Announce),
            ("announced", None) => rest.parse().ok().map(AnnouncementId).map(Self::AnnounceProgress),
            ("look", None) => {
                let (feed, day) = match rest.split_once(':') {
                    Some((feed, day)) => (feed, Some(day.parse().ok()?)),
                    None => (rest, None),
                };
                Some(Self::Recheck { feed: FeedName(feed.to_owned()), day })
            }
            ("dayoff", None) => {
                let (feed, day) = rest.split_once(':')?;
                Some(Self::DayOff { feed: FeedName(feed.to_owned()), day: day.parse().ok()? })
            }
            ("held", None) => Some(Self::Held { handle: rest.to_owned() }),
            ("release", None) => Some(Self::Release { handle: rest.to_owned(), send: true }),
            ("drop", None) => Some(Self::Release { handle: rest.to_owned(), send: false }),
            ("settings", None) => Some(Self::Settings { feed: FeedName(rest.to_owned()) }),
            ("choose", None) => {
                let (of, feed) = rest.split_once(':')?;
                let of = settings::Setting::named(of)?;
                Some(Self::Choose { feed: FeedName(feed.to_owned()), of })
            }
            ("set", None) => {
                let (feed, change) = rest.split_once(':')?;
                let change = settings::Change::decode(change)?;
                Some(Self::Set { feed: FeedName(feed.to_owned()), change })
            }
            ("pause", None) => Some(Self::Pause),
            ("resume", None) => Some(Self::Resume),
            ("unmute", None) => Some(Self::Unmute { tag: rest.to_owned(), everywhere: false }),
            ("unmuteall", None) => Some(Self::Unmute { tag: rest.to_owned(), everywhere: true }),
            ("help", None) => help::Half::named(rest).map(Self::Help),
            ("receive", None) => Some(Self::Receive),
            ("pickchat", None) => Some(Self::PickChat),
            ("try", None) => Some(Self::Try { words: rest.to_owned() }),
            ("follow", None) => Some(Self::Follow { tag: rest.to_owned() }),
            ("others", None) => Some(Self::Others { feed: FeedName(rest.to_owned()) }),
            ("copy", None) => {
                let (from, feed) = rest.split_once(':')?;
                Some(Self::Copy { from: decode_address(from)?, feed: FeedName(feed.to_owned()) })
            }
            ("in", None) => {
                let (address, press) = rest.split_once(':')?;
                let (address, press) = (decode_address(address)?, Self::decode(press, None)?);
                let once = !matches!(press, Self::In { .. } | Self::Show(_));
                once.then(|| Self::In { address, press: Box::new(press) })
            }
            ("cancel", None) => Some(Self::Cancel),
            ("show", None) => match Self::decode(rest, None)? {
                what if what.who() > Who::Anyone => None,
                Self::Show(_) => None,
                what => Some(Self::Show(Box::new(what))),
            },
            ("pick", Some(chosen)) => Self::decode(chosen, None),
            _ => None,
        }
    }
}

/// The command that opens afresh what a button like this showed, without the slash.
fn command_of(text: &str) -> &'static str {
    let text = text.strip_prefix("show:").unwrap_or(text);
    let (what, rest) = text.split_once(':').unwrap_or((text, ""));
    match what {
        "about" => about::Page::command_of(rest),
        "search" => "search",
        "leave?" | "leave" => "unsubscribe",
        "join" | "rejoin" | "receive" | "pickchat" => "subscribe",
        "again" | "rest" => "resend",
        "held" | "release" | "drop" => "admin hold",
        "settings" | "set" => "settings",
        "pause" | "resume" => "pause",
        "unmute" => "mute",
        "unmuteall" => "admin mutes",
        "help" => "help",
        _ => "today",
    }
}
/// An address in a button: `d123`, `t-100123`. A forum's topic is its chat here.
fn encode_address(address: Address) -> String {
    match address {
        Address::Discord { channel } => format!("d{channel}"),
        Address::Telegram { chat, .. } => format!("t{chat}"),
    }
}

fn decode_address(text: &str) -> Option<Address> {
    if let Some(channel) = text.strip_prefix('d') {
        return Some(Address::Discord { channel: channel.parse().ok()? });
    }
    let chat = text.strip_prefix('t')?.parse().ok()?;
    Some(Address::Telegram { chat, topic: None })
}
