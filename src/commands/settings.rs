//! `/settings`: what a channel's subscription is set to, with a menu for each setting, and its last deliveries. Each
//! choice is complete in itself, so that it works after a restart.

use futures::FutureExt as _;

use super::about::press;
use super::call::{Around, Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{ArgumentKind, Spec, Text, Who};
use super::{today, words};
use crate::model::channel::{ChannelKind, Platform};
use crate::model::feed::{Feed, FeedName};
use crate::model::language::Language;
use crate::model::quiet::QuietHours;
use crate::model::reply::{Action, Button, Choice, Menu, Reply};
use crate::model::schedule::Schedule;
use crate::model::subscription::{Style, Subscription, Wish};
use crate::model::term::Term;
use crate::store::ChangesOf;

/// How many deliveries are told.
const DELIVERIES: u32 = 10;
/// As many roles as a menu has room for besides `nobody`.
const ROLES: usize = 24;
/// The same for topics.
const TOPICS: usize = 24;
/// How many changes are told.
const CHANGES: u32 = 3;
/// The times that are offered; any other is set with `/subscribe`.
const TIMES: [&str; 12] = [
    "now",
    "06:00",
    "07:00",
    "08:00",
    "08:30",
    "09:00",
    "12:00",
    "18:00",
    "21:00",
    "weekdays 08:30",
    "weekdays 09:00",
    "mon 09:00",
];
/// The quiet hours that are offered.
const QUIET: [&str; 4] = ["21:00-07:00", "22:00-07:00", "23:00-08:00", "00:00-07:00"];

pub(super) const SPEC: Spec = Spec {
    name: "settings",
    korean: &["설정"],
    about: Text {
        ko: "이 채널의 설정을 보고 바꿉니다", en: "See and change this channel's settings"
    },
    example: Text { ko: "settings", en: "settings" },
    arguments: &[today::FEED],
    who: Who::ChannelAdmin,
    run: |call, desk| run(call, desk).boxed(),
};

/// A setting that has a view of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// When deliveries come.
    Time,
    /// How much of a digest is shown.
    Style,
    /// What of it.
    Filter,
}

impl Setting {
    /// As a button carries it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Style => "style",
            Self::Filter => "filter",
        }
    }

    /// What a button carried.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Time, Self::Style, Self::Filter].into_iter().find(|setting| setting.name() == name)
    }
}

/// One setting and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// When deliveries come.
    At(Schedule),
    /// How much of a digest is shown.
    Style(Style),
    /// The language of what is ours in messages.
    Language(Language),
    /// When nothing but slots is delivered; `None`: never.
    Quiet(Option<QuietHours>),
    /// A topic, by its key, that is wanted or not wanted any more; `None`: everything is wanted.
    Topic(Option<String>),
    /// Whether what is sent to an announcement channel is published.
    Publish(bool),
    /// The role that a delivery pings (Discord); `None`: nobody.
    Mention(Option<u64>),
}

impl Change {
    /// As a button carries it: at most 26 bytes, of a role 28, which only Discord has.
    pub(super) fn encode(&self) -> String {
        match self {
            Self::At(schedule) => format!("at:{schedule}"),
            Self::Style(style) => format!("style:{}", style.name()),
            Self::Language(language) => format!("lang:{}", language.code()),
            Self::Quiet(None) => "quiet:-".to_owned(),
            Self::Quiet(Some(hours)) => format!("quiet:{hours}"),
            Self::Topic(None) => "topic:-".to_owned(),
            Self::Topic(Some(key)) => format!("topic:{key}"),
            Self::Publish(publish) => format!("publish:{}", u8::from(*publish)),
            Self::Mention(None) => "mention:-".to_owned(),
            Self::Mention(Some(role)) => format!("mention:{role}"),
        }
    }

    /// What a button carried; `None`: of another version, or forged.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let (what, value) = text.split_once(':')?;
        match (what, value) {
            ("at", schedule) => schedule.parse().ok().map(Self::At),
            ("style", style) => style.parse().ok().map(Self::Style),
            ("lang", language) => language.parse().ok().map(Self::Language),
            ("quiet", "-") => Some(Self::Quiet(None)),
            ("quiet", hours) => hours.parse().ok().map(|hours| Self::Quiet(Some(hours))),
            ("topic", "-") => Some(Self::Topic(None)),
            ("topic", key) => Some(Self::Topic(Some(key.to_owned()))),
            ("publish", "0") => Some(Self::Publish(false)),
            ("publish", "1") => Some(Self::Publish(true)),
            ("mention", "-") => Some(Self::Mention(None)),
            ("mention", role) => role.parse().ok().map(|role| Self::Mention(Some(role))),
            _ => None,
        }
    }
}

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    if let Some(name) = call.arguments.get(ArgumentKind::Feed) {
        let feed = today::find_feed(name, desk, caller)?;
        return of_feed(feed, &subscriptions, caller, desk).await;
    }
    let feeds: Vec<&Feed> =
        subscriptions.iter().filter_map(|subscription| desk.feed(&subscription.feed)).collect();
    match feeds.as_slice() {
        [] => Err(words::not_subscribed(caller.language).into()),
        [feed] => of_feed(feed, &subscriptions, caller, desk).await,
        several => Ok(which(several, caller)),
    }
}

fn which(feeds: &[&Feed], caller: &Caller) -> Reply {
    let button = |feed: &&Feed| {
        let press = Press::Settings { feed: feed.name.clone() };
        vec![Button { label: feed.title.clone(), action: Action::Press(press.encode()) }]
    };
    Reply {
        lines: vec![words::SETTINGS_WHICH.get(caller.language).to_owned()],
        buttons: feeds.iter().map(button).collect(),
        ..Reply::new(caller.language)
    }
}

async fn of_feed(
    feed: &Feed,
    subscriptions: &[Subscription],
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let found = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    let Some(subscription) = found else { return Err(words::not_subscribed(caller.language).into()) };
    let language = caller.language;
    let wish = &subscription.wish;
    let pause = desk.store.pause_of(caller.address).await?;
    let mutes = desk.store.mutes(Some(subscription.channel)).await?;
    let publishes = match caller.kind {
        ChannelKind::Announcement => Some(desk.store.publishes(subscription.id).await?),
        _ => None,
    };
    let mention = desk.store.mention(subscription.id).await?;
    let mut lines = vec![words::settings_title(&feed.title, language)];
    lines.extend(caller.is_elsewhere.then(|| words::in_channel(caller)).flatten());
    lines.extend(words::wish_lines(wish, &mutes, publishes, &desk.lexicon, language));
    lines.extend(mention.map(|_| words::PINGS_A_ROLE.get(language).to_owned()));
    lines.extend(pause.map(|pause| words::paused(pause.until, wish.timezone, language)).unwrap_or_default());
    let last = desk.store.last_deliveries(subscription.id, DELIVERIES).await?;
    lines.extend(words::deliveries(&last, wish.timezone, language));
    let changes = desk.store.changes(ChangesOf::Channel(caller.address), CHANGES).await?;

    let mut row = Vec::new();
    if let Some(publishes) = publishes {
        let label = if publishes { words::DO_NOT_PUBLISH } else { words::PUBLISH };
        row.push(press(label, set(feed, Change::Publish(!publishes)), caller));
    }
    row.push(match pause {
        Some(_) => press(words::RESUME_NOW, Press::Resume, caller),
        None => press(words::PAUSE_INSTEAD, Press::Pause, caller),
    });
    let end = Press::Unsubscribe { feed: feed.name.clone(), is_sure: false };
    row.push(press(words::END_SUBSCRIPTION, end, caller));
    let filter = Press::Choose { feed: feed.name.clone(), of: Setting::Filter };
    row.push(press(words::CHANGE_FILTER, filter, caller));
    if caller.platform == Platform::Discord && caller.kind != ChannelKind::Private {
        row.push(press(words::OTHERS, Press::Others { feed: feed.name.clone() }, caller));
    }
    let mut reply = Reply {
        lines,
        menus: menus(feed, wish, language).to_vec(),
        buttons: vec![row],
        ..Reply::new(language)
    };
    words::add_last_changes(&mut reply, &changes, false, wish.timezone, caller, desk);
    Ok(reply)
}

fn set(feed: &Feed, change: Change) -> Press {
    Press::Set { feed: feed.name.clone(), change }
}

/// A menu for each setting; what holds is chosen in it.
fn menus(feed: &Feed, wish: &Wish, language: Language) -> [Menu; 4] {
    let choice = |label: String, change: Change, chosen: bool| Choice {
        label,
        press: set(feed, change).encode(),
        chosen,
    };
    let menu = |placeholder: Text, choices: Vec<Choice>| Menu {
        placeholder: placeholder.get(language).to_owned(),
        choices,
    };
    let times = TIMES.iter().filter_map(|time| time.parse::<Schedule>().ok()).map(|schedule| {
        let chosen = schedule == wish.schedule;
        choice(schedule.describe(language), Change::At(schedule), chosen)
    });
    let styles = Style::ALL.into_iter().map(|style| {
        choice(words::style_name(style, language).to_owned(), Change::Style(style), style == wish.style)
    });
    let quiet = QUIET.iter().filter_map(|hours| hours.parse::<QuietHours>().ok()).map(|hours| {
        choice(words::quiet_hours(hours, language), Change::Quiet(Some(hours)), Some(hours) == wish.quiet)
    });
    let never = choice(words::NO_QUIET.get(language).to_owned(), Change::Quiet(None), wish.quiet.is_none());
    let languages = [Language::Ko, Language::En]
        .map(|of| choice(words::language_name(of).to_owned(), Change::Language(of), of == wish.language));
    [
        menu(words::CHANGE_TIME, times.collect()),
        menu(words::CHANGE_STYLE, styles.collect()),
        menu(words::CHANGE_QUIET, std::iter::once(never).chain(quiet).collect()),
        menu(words::CHANGE_LANGUAGE, languages.to_vec()),
    ]
}

/// The choices of one setting.
pub(super) async fn choices(
    feed: &FeedName,
    of: Setting,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let language = caller.language;
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(language)) };
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let found = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    let Some(subscription) = found else { return Err(words::not_subscribed(language).into()) };
    let wish = &subscription.wish;
    let [times, styles, ..] = menus(feed, wish, language);
    let menu = match of {
        Setting::Time => times,
        Setting::Style => styles,
        Setting::Filter => topics(feed, wish, desk, language),
    };
    let line = words::choose(of, language);
    Ok(Reply { lines: vec![line], menus: vec![menu], ..Reply::new(language) })
}

/// The topics, to want or not to want; companies and words are set with `/subscribe`.
fn topics(feed: &Feed, wish: &Wish, desk: &Desk, language: Language) -> Menu {
    let wants = |key: &str| {
        wish.filter.iter().any(|word| Term::of(word, &desk.lexicon) == Term::Topic(key.to_owned()))
    };
    let choice = |label: String, topic: Option<String>, chosen: bool| Choice {
        label,
        press: set(feed, Change::Topic(topic)).encode(),
        chosen,
    };
    let all = choice(words::EVERYTHING.get(language).to_owned(), None, wish.filter.is_empty());
    let topics = desk
        .lexicon
        .topics
        .keys()
        .take(TOPICS)
        .map(|key| choice(desk.lexicon.topic(key, language).to_owned(), Some(key.clone()), wants(key)));
    Menu {
        placeholder: words::CHANGE_FILTER.get(language).to_owned(),
        choices: std::iter::once(all).chain(topics).collect(),
    }
}

/// The menu of the roles that a delivery can ping; none where there is none to choose.
pub(super) fn roles(feed: &Feed, now: Option<u64>, around: &Around, language: Language) -> Option<Menu> {
    let choice = |label: String, role: Option<u64>| Choice {
        label,
        press: set(feed, Change::Mention(role)).encode(),
        chosen: role == now,
    };
    let nobody = choice(words::PING_NOBODY.get(language).to_owned(), None);
    let roles = around.roles.iter().take(ROLES).map(|(id, name)| choice(format!("@{name}"), Some(*id)));
    (!around.roles.is_empty()).then(|| Menu {
        placeholder: words::PING_A_ROLE.get(language).to_owned(),
        choices: std::iter::once(nobody).chain(roles).collect(),
    })
}

/// What the buttons of `/settings` with several feeds do.
pub(super) async fn shown(feed: &FeedName, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(caller.language)) };
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    Ok(Reply { in_place: true, ..of_feed(feed, &subscriptions, caller, desk).await? })
}

/// What its menus and buttons do: change one setting, and show all as they are then.
pub(super) async fn changed(
    feed: &FeedName,
    change: &Change,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(caller.language)) };
    let subscriptions = desk.store.subscriptions_of(caller.address).await?;
    let found = subscriptions.iter().find(|subscription| subscription.feed == feed.name);
    let Some(subscription) = found else { return Err(words::not_subscribed(caller.language).into()) };
    let mut wish = subscription.wish.clone();
    match change.clone() {
        Change::At(schedule) => wish.schedule = schedule,
        Change::Style(style) => wish.style = style,
        Change::Language(language) => wish.language = language,
        Change::Quiet(hours) => wish.quiet = hours,
        Change::Topic(topic) => wish.filter = wanted(wish.filter, topic, desk),
        Change::Publish(publish) => desk.store.set_publish(subscription.id, publish).await?,
        Change::Mention(role) => {
            let may = |role| caller.around.iter().flat_map(|around| &around.roles).any(|(id, _)| *id == role);
            if role.is_some_and(|role| !may(role)) {
                return Err(words::role_out_of_reach(caller.language).into());
            }
            desk.store.set_mention(subscription.id, role).await?;
        }
    }
    if wish != subscription.wish {
        desk.store.subscribe(subscription.channel, &feed.name, &wish, desk.clock.now()).await?;
        desk.plan.notify_one();
    }
    desk.keep_change(caller, Some(caller.address), format!("settings {} {}", feed.name, change.encode()))
        .await?;
    shown(&feed.name, caller, desk).await
}

/// The words of a filter with a topic more, or without it; without a topic: none.
fn wanted(mut filter: Vec<String>, topic: Option<String>, desk: &Desk) -> Vec<String> {
    let Some(key) = topic.filter(|key| desk.lexicon.topics.contains_key(key)) else { return Vec::new() };
    let term = Term::Topic(key.clone());
    let before = filter.len();
    filter.retain(|word| Term::of(word, &desk.lexicon) != term);
    if filter.len() == before {
        filter.push(key);
    }
    filter
}
