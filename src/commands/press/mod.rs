//! What comes back from a button or a menu: complete in itself, so that it works after a restart.
//!
//! The text is at most 64 bytes (Telegram's `callback_data`; Discord's `custom_id` may have 100 characters).

use chrono::{DateTime, NaiveDate};

use super::call::Caller;
use super::desk::{Desk, Failure};
use super::reach::Target;
use super::spec::Who;
use super::{
    about, admit, alarm, announce, digest, explain, follow, from_elsewhere, held, help, mute, open, others,
    pause, recall, receive, resend, resend_all, search, settings, subscribe, today, unsubscribe, why, words,
};
use crate::model::channel::Address;
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::note::AnnouncementId;
use crate::model::reply::{Action, Audience, Button, Reply};

/// What was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Open one article of a digest: the digest's handle and the article's place, from 0.
    Open {
        /// The digest.
        handle: String,
        /// The article's place in the digest, from 0.
        article: usize,
    },
    /// Go back from an article to the list of headlines: the digest's handle.
    List {
        /// The digest.
        handle: String,
    },
    /// Show the latest digest of a feed.
    Latest {
        /// The feed.
        feed: FeedName,
    },
    /// Show a digest as the channel sees it: the digest's handle.
    Digest {
        /// The digest.
        handle: String,
    },
    /// Show all of a digest of which a filter or a mute leaves out something: the digest's handle.
    All {
        /// The digest.
        handle: String,
    },
    /// Show a page of the articles about a company or a topic.
    About(about::Page),
    /// Show a page of what a search found.
    Search(search::Page),
    /// End the channel's subscription of a feed, or ask whether to.
    Unsubscribe {
        /// The feed.
        feed: FeedName,
        /// Whether that was asked.
        is_sure: bool,
    },
    /// Subscribe the channel to a feed again, as it was or as is usual.
    Subscribe {
        /// The feed.
        feed: FeedName,
        /// Whether as it was.
        as_before: bool,
    },
    /// Send a digest to the channel again: the digest's handle.
    Resend {
        /// The digest.
        handle: String,
        /// Only what has not arrived.
        missing: bool,
    },
    /// Say why an article came, or did not.
    Why(why::ArticleName),
    /// Send a digest again to all channels, or to some.
    ResendAll(Target),
    /// Say how far that has got.
    ResendProgress {
        /// The digest, and where.
        target: Target,
        /// What was asked for since then, in seconds since 1970.
        since: i64,
    },
    /// Delete what was sent of a digest.
    Recall(Target),
    /// Say how far that has got.
    RecallProgress(Target),
    /// Tell every channel something.
    Announce(AnnouncementId),
    /// Say how far that has got.
    AnnounceProgress(AnnouncementId),
    /// Look at a feed's source again, about a digest that is late or not.
    Recheck {
        /// The feed.
        feed: FeedName,
        /// The day of the digest.
        day: Option<NaiveDate>,
    },
    /// A feed has no digest on a day.
    DayOff {
        /// The feed.
        feed: FeedName,
        /// The day.
        day: NaiveDate,
    },
    /// Look at a held digest: its handle.
    Held {
        /// The digest.
        handle: String,
    },
    /// Send or drop a held digest: its handle.
    Release {
        /// The digest.
        handle: String,
        /// Whether it is sent.
        send: bool,
    },
    /// Show the channel's settings for a feed.
    Settings {
        /// The feed.
        feed: FeedName,
    },
    /// Show the choices of one of them.
    Choose {
        /// The feed.
        feed: FeedName,
        /// Which.
        of: settings::Setting,
    },
    /// Change one of them.
    Set {
        /// The feed.
        feed: FeedName,
        /// What it becomes.
        change: settings::Change,
    },
    /// Hold the channel's deliveries back.
    Pause,
    /// Deliver to the channel again.
    Resume,
    /// Take a mute back: a hash of what is muted.
    Unmute {
        /// The hash.
        tag: String,
        /// Whether it is the operator's, for every channel.
        everywhere: bool,
    },
    /// Show the one or the other half of `/help`.
    Help(help::Half),
    /// Ask where the digest is to be received.
    Receive,
    /// Show what lets somebody choose one of their channels or groups (Telegram).
    PickChat,
    /// Try a `/subscribe` again that the bot lacked a right for: with these words.
    Try {
        /// What was written behind the command.
        words: String,
    },
    /// Follow a company in private: a hash of its name.
    Follow {
        /// The hash.
        tag: String,
    },
    /// Show the server's other channels that get something, and those that could (Discord).
    Others {
        /// The feed whose settings are shown.
        feed: FeedName,
    },
    /// Give this channel the settings of another one.
    Copy {
        /// The other one.
        from: Address,
        /// The feed.
        feed: FeedName,
    },
    /// Do something in another channel than the one where it is pressed. Whoever reads the press asks for the rights
    /// there.
    In {
        /// The channel.
        address: Address,
        /// What.
        press: Box<Press>,
    },
    /// Do nothing of what was asked.
    Cancel,
    /// What cannot be read any more: say the command that opens it afresh.
    Old {
        /// The command, without the slash.
        command: &'static str,
    },
    /// Show to the channel what only the asker saw.
    Show(Box<Press>),
}

impl Press {
    /// Who may do that.
    pub fn who(&self) -> Who {
        match self {
            Self::Unsubscribe { .. }
            | Self::Subscribe { .. }
            | Self::Resend { .. }
            | Self::Settings { .. }
            | Self::Choose { .. }
            | Self::Set { .. }
            | Self::Pause
            | Self::Resume
            | Self::Why(_)
            | Self::Try { .. }
            | Self::Others { .. }
            | Self::Copy { .. }
            | Self::Unmute { everywhere: false, .. }
            | Self::Cancel => Who::ChannelAdmin,
            Self::Held { .. }
            | Self::Recheck { .. }
            | Self::DayOff { .. }
            | Self::Release { .. }
            | Self::ResendAll(_)
            | Self::ResendProgress { .. }
            | Self::Recall(_)
            | Self::RecallProgress(_)
            | Self::Announce(_)
            | Self::AnnounceProgress(_)
            | Self::Unmute { everywhere: true, .. } => Who::Operator,
            Self::In { press, .. } => press.who(),
            Self::Open { .. }
            | Self::List { .. }
            | Self::Latest { .. }
            | Self::Digest { .. }
            | Self::All { .. }
            | Self::About(_)
            | Self::Search(_)
            | Self::Help(_)
            | Self::Receive
            | Self::PickChat
            | Self::Old { .. }
            | Self::Follow { .. }
            | Self::Show(_) => Who::Anyone,
        }
    }

    /// Whether it needs to know what else there is in the server.
    pub fn looks_around(&self) -> bool {
        match self {
            Self::In { .. } | Self::Others { .. } | Self::Copy { .. } => true,
            Self::Set { change, .. } => matches!(change, settings::Change::Mention(Some(_))),
            _ => false,
        }
    }

    /// Whether it is about the presser's own conversation with the bot, wherever it is pressed.
    pub const fn is_private(&self) -> bool {
        matches!(self, Self::Follow { .. })
    }

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
    pub(super) fn decode(text: &str, chosen: Option<&str>) -> Option<Self> {
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

/// The button that shows to the channel what the asker alone saw: `again` asks for it.
pub fn show_button(again: &str, language: Language) -> Button {
    Button {
        label: words::SHOW_TO_CHANNEL.get(language).to_owned(),
        action: Action::Press(format!("show:{again}")),
    }
}

/// Answers what somebody pressed. `None`: the person asks too much and was told so.
pub async fn answer(press: Press, caller: &Caller, desk: &Desk) -> Option<Reply> {
    if let Err(told) = admit(caller, desk) {
        return told.map(|told| *told);
    }
    if !caller.may(press.who()) {
        return Some(words::refused(press.who(), caller.platform, caller.language));
    }
    let begun = desk.clock.now();
    let done = match press {
        Press::Show(what) => perform(*what, caller, desk).await.map(for_all),
        press => perform(press, caller, desk).await,
    };
    desk.count(caller.platform, "press", begun);
    let reply = done.unwrap_or_else(|failure| explain(failure, desk, caller.language, "press"));
    Some(from_elsewhere(reply, caller))
}

async fn perform(press: Press, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    match press {
        Press::Open { handle, article } => open::article(&handle, article, caller, desk).await,
        Press::List { handle } => open::headlines(&handle, caller, desk).await,
        Press::Latest { feed } => today::latest(&feed, caller, desk).await,
        Press::Digest { handle } => digest::as_the_channel_sees_it(&handle, caller, desk).await,
        Press::All { handle } => digest::whole(&handle, caller, desk).await,
        Press::About(page) => about::page(&page, caller, desk).await,
        Press::Search(page) => search::page(&page, caller, desk).await,
        Press::Unsubscribe { feed, is_sure } => unsubscribe::pressed(&feed, is_sure, caller, desk).await,
        Press::Subscribe { feed, as_before } => subscribe::pressed(&feed, as_before, caller, desk).await,
        Press::Resend { handle, missing } => resend::pressed(&handle, missing, caller, desk).await,
        Press::Why(name) => why::pressed(&name, caller, desk).await,
        Press::ResendAll(target) => resend_all::pressed(&target, caller, desk).await,
        Press::ResendProgress { target, since } => {
            let since = DateTime::from_timestamp(since, 0).unwrap_or_default();
            resend_all::progress(&target, since, caller, desk).await
        }
        Press::Recall(target) => recall::pressed(&target, caller, desk).await,
        Press::RecallProgress(target) => recall::progress(&target, caller, desk).await,
        Press::Announce(announcement) => announce::pressed(announcement, caller, desk).await,
        Press::AnnounceProgress(announcement) => announce::progress(announcement, caller, desk).await,
        Press::Recheck { feed, day } => alarm::looked(&feed, day, caller, desk).await,
        Press::DayOff { feed, day } => alarm::day_off(&feed, day, caller, desk).await,
        Press::Held { handle } => held::pressed(&handle, caller, desk).await,
        Press::Release { handle, send } => held::decided(&handle, send, caller, desk).await,
        Press::Settings { feed } => settings::shown(&feed, caller, desk).await,
        Press::Choose { feed, of } => settings::choices(&feed, of, caller, desk).await,
        Press::Set { feed, change } => settings::changed(&feed, &change, caller, desk).await,
        Press::Pause => pause::pressed(caller, desk).await,
        Press::Resume => pause::resumed(caller, desk).await,
        Press::Unmute { tag, everywhere } => mute::pressed(&tag, everywhere, caller, desk).await,
        Press::Help(half) => Ok(Reply { in_place: true, ..help::half(half, caller, desk) }),
        Press::Receive => Ok(Reply { in_place: true, ..receive::ask(caller, desk) }),
        Press::PickChat => Ok(receive::pick(caller)),
        Press::Try { words } => subscribe::tried(&words, caller, desk).await,
        Press::Follow { tag } => follow::pressed(&tag, caller, desk).await,
        Press::Others { feed } => others::shown(&feed, caller, desk).await,
        Press::Copy { from, feed } => subscribe::copied(from, &feed, caller, desk).await,
        Press::Cancel => Ok(Reply { in_place: true, ..words::cancelled(caller.language) }),
        Press::Old { command } => Ok(words::old_button_of(command, caller.language)),
        Press::In { .. } | Press::Show(_) => Ok(words::old_button(caller.language)),
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

/// The same for the channel.
fn for_all(reply: Reply) -> Reply {
    Reply { audience: Audience::Channel, again: None, in_place: false, ..reply }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::period::Period;
    use crate::model::subscription::Style;
    use crate::store::ArticleId;

    fn set(change: settings::Change) -> Press {
        Press::Set { feed: FeedName("a-feed-with-the-longest-name-32-".into()), change }
    }

    fn everywhere() -> Target {
        let channel = Some(crate::model::channel::ChannelId(i64::MAX));
        Target { handle: "0123456789".into(), platform: Some(crate::model::Platform::Telegram), channel }
    }

    #[test]
    fn what_a_button_carries_is_read_again() {
        for press in [
            Press::Open { handle: "0123456789".into(), article: 5 },
            Press::List { handle: "0123456789".into() },
            Press::Latest { feed: FeedName("a-feed-with-the-longest-name-32-".into()) },
            Press::Digest { handle: "0123456789".into() },
            Press::All { handle: "0123456789".into() },
            Press::Unsubscribe { feed: FeedName("a-feed-with-the-longest-name-32-".into()), is_sure: false },
            Press::Unsubscribe { feed: FeedName("ai-news".into()), is_sure: true },
            Press::Subscribe { feed: FeedName("a-feed-with-the-longest-name-32-".into()), as_before: true },
            Press::Subscribe { feed: FeedName("ai-news".into()), as_before: false },
            Press::Resend { handle: "0123456789".into(), missing: true },
            Press::Resend { handle: "0123456789".into(), missing: false },
            Press::Why(why::ArticleName { handle: "0123456789".into(), place: 99 }),
            Press::ResendAll(everywhere()),
            Press::ResendProgress { target: everywhere(), since: 1 << 33 },
            Press::Recall(everywhere()),
            Press::RecallProgress(everywhere()),
            Press::Announce(AnnouncementId(i64::MAX)),
            Press::AnnounceProgress(AnnouncementId(1)),
            Press::Recheck { feed: FeedName("a-feed-with-the-longest-name-32-".into()), day: None },
            Press::Recheck {
                feed: FeedName("a-feed-with-the-longest-name-32-".into()),
                day: NaiveDate::from_ymd_opt(2025, 12, 17),
            },
            Press::DayOff {
                feed: FeedName("a-feed-with-the-longest-name-32-".into()),
                day: NaiveDate::from_ymd_opt(2025, 12, 17).expect("a day"),
            },
            Press::Held { handle: "0123456789".into() },
            Press::Release { handle: "0123456789".into(), send: true },
            Press::Release { handle: "0123456789".into(), send: false },
            Press::Settings { feed: FeedName("a-feed-with-the-longest-name-32-".into()) },
            set(settings::Change::At("weekdays 08:30".parse().expect("a schedule"))),
            set(settings::Change::Style(Style::Headlines)),
            set(settings::Change::Language(Language::En)),
            set(settings::Change::Quiet(None)),
            set(settings::Change::Quiet("22:00-07:00".parse().ok())),
            set(settings::Change::Publish(true)),
            Press::Try { words: "08:30 Asia/Seoul full".into() },
            Press::Follow { tag: "0123456789".into() },
            Press::Others { feed: FeedName("ai-news".into()) },
            Press::Choose {
                feed: FeedName("a-feed-with-the-longest-name-32-".into()),
                of: settings::Setting::Time,
            },
            Press::Choose { feed: FeedName("ai-news".into()), of: settings::Setting::Style },
            Press::Choose { feed: FeedName("ai-news".into()), of: settings::Setting::Filter },
            set(settings::Change::Topic(None)),
            set(settings::Change::Topic(Some("robotics".into()))),
            Press::Pause,
            Press::Resume,
            Press::Unmute { tag: "0123456789".into(), everywhere: false },
            Press::Unmute { tag: "0123456789".into(), everywhere: true },
            Press::Help(help::Half::Reading),
            Press::Help(help::Half::Managing),
            Press::Receive,
            Press::PickChat,
            Press::Cancel,
            Press::About(about::Page::first(about::Kind::Topic, "chips", Period::ThisMonth)),
            Press::Show(Box::new(Press::Search(search::Page {
                newest: Some(ArticleId(i64::MAX)),
                skip: 15,
                period: Period::All,
                words: "데이터센터 투자".into(),
            }))),
            Press::Show(Box::new(Press::Open { handle: "0123456789".into(), article: 5 })),
        ] {
            let text = press.encode();
            assert!(text.len() <= 64, "{text}");
            assert_eq!(Press::decode(&text, None), Some(press));
        }
    }

    #[test]
    fn what_is_pressed_for_another_channel_is_read_again() {
        let feed = || FeedName("a-feed-with-the-longest-name-32-".into());
        let (discord, telegram) = (
            Address::Discord { channel: u64::MAX },
            Address::Telegram { chat: -1_001_234_567_890, topic: None },
        );
        for (address, press, most) in [
            (telegram, Press::Subscribe { feed: feed(), as_before: true }, 64),
            (telegram, Press::Resume, 64),
            (discord, Press::Copy { from: discord, feed: feed() }, 100),
            (discord, set(settings::Change::Mention(Some(u64::MAX))), 100),
        ] {
            let press = Press::In { address, press: Box::new(press) };
            let text = press.encode();
            assert!(text.len() <= most, "{text}");
            assert_eq!(Press::decode(&text, None), Some(press));
        }
        assert_eq!(Press::decode("in:d1:in:d2:resume:", None), None);
    }

    #[test]
    fn a_menu_and_the_entry_chosen_in_it_are_read_together() {
        let opened = Some(Press::Open { handle: "0123456789".into(), article: 3 });
        assert_eq!(Press::decode("open:0123456789:0", Some("3")), opened);
        assert_eq!(Press::decode("pick:1.0", Some("open:0123456789:3")), opened);
    }

    #[test]
    fn forged_and_old_texts_mean_nothing() {
        for text in [
            "",
            "open",
            "open:",
            "open:x",
            "open:x:y",
            "destroy:everything",
            "show:",
            "show:show:list:x",
            "show:leave:x",
        ] {
            assert_eq!(Press::decode(text, None), None, "{text:?}");
        }
    }
}
