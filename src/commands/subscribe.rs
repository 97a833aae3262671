//! `/subscribe`: starts or changes the channel's subscription, and says when the first delivery comes.

use chrono_tz::Tz;
use futures::FutureExt as _;

use super::about::press;
use super::arguments::Arguments;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::settings::{Change, Setting};
use super::spec::{Argument, ArgumentKind, Spec, Text, Who};
use super::{today, unsubscribe, words};
use crate::model::channel::Address;
use crate::model::feed::{Feed, FeedName};
use crate::model::language::Language;
use crate::model::reply::{Action, Button, Reply};
use crate::model::schedule::Schedule;
use crate::model::subscription::{Style, Wish};
use crate::model::zone::parse_zone;
use crate::plan::{advice, arrival};
use crate::text::clock_time;

pub(super) const SPEC: Spec = Spec {
    name: "subscribe",
    korean: &["구독"],
    about: Text { ko: "이 채널에서 뉴스를 받습니다", en: "Deliver the digest to this channel" },
    example: Text { ko: "subscribe 08:30", en: "subscribe 08:30" },
    arguments: &[
        Argument {
            name: "feed",
            kind: ArgumentKind::Feed,
            about: Text { ko: "어느 뉴스인지", en: "Which feed" },
        },
        Argument {
            name: "at",
            kind: ArgumentKind::At,
            about: Text {
                ko: "받을 시각: 08:30 · 평일 09:00 · 바로 (비우면 나오는 대로)",
                en: "When: 08:30, weekdays 09:00, now (empty: as soon as it is out)",
            },
        },
        Argument {
            name: "timezone",
            kind: ArgumentKind::Timezone,
            about: Text {
                ko: "시간대: 서울 · KST · Asia/Seoul", en: "Time zone: Seoul, KST, Asia/Seoul"
            },
        },
        Argument {
            name: "style",
            kind: ArgumentKind::Style,
            about: Text { ko: "모양: headlines · summary · full", en: "Style: headlines, summary, full" },
        },
        Argument {
            name: "language",
            kind: ArgumentKind::Language,
            about: Text { ko: "안내말의 언어: ko · en", en: "Language of what is ours: ko, en" },
        },
        Argument {
            name: "channel",
            kind: ArgumentKind::Channel,
            about: Text {
                ko: "다른 채널에서 받기 (비우면 여기)", en: "Another channel than this one"
            },
        },
        Argument {
            name: "filter",
            kind: ArgumentKind::Filter,
            about: Text {
                ko: "이 주제나 회사만: 반도체 투자 엔비디아",
                en: "Only these topics or companies: chips funding NVIDIA",
            },
        },
    ],
    who: Who::ChannelAdmin,
    run: |call, desk| run(call, desk).boxed(),
};

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    let caller = &call.caller;
    let feed = match call.arguments.get(ArgumentKind::Feed) {
        Some(name) => today::find_feed(name, desk, caller)?,
        None => match desk.feeds.as_slice() {
            [only] => only,
            several => return Err(words::which_feed(several, caller.language).into()),
        },
    };
    let asked = Asked::read(&call.arguments, caller)?;
    if !caller.missing.is_empty() {
        return Err(may_not_post(&call.arguments, caller, desk).into());
    }
    if call.arguments.names_only(ArgumentKind::Feed)
        && let Some(before) = ended(&feed.name, caller, desk).await?
    {
        return Ok(as_before_or_afresh(feed, &before, caller));
    }
    let before = desk.store.subscriptions_of(caller.address).await?;
    let before = before.iter().find(|subscription| subscription.feed == feed.name).map(|found| &found.wish);
    let wish = asked.over(before, feed, caller.language);
    subscribe(feed, &wish, caller, desk).await
}

/// Says what the bot lacks, with a button that tries again.
fn may_not_post(arguments: &Arguments, caller: &Caller, desk: &Desk) -> Reply {
    let again = arguments.as_words(&SPEC, &desk.feeds).map(|words| Press::Try { words });
    let row = again.map(|again| vec![press(words::CHECK_AGAIN, again, caller)]);
    Reply { buttons: row.into_iter().collect(), ..words::may_not_post(caller) }
}

/// What the button does that tries again.
pub(super) async fn tried(words: &str, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let (arguments, unread) = Arguments::from_words(&SPEC, words, &desk.feeds);
    let call = Call { spec: &SPEC, arguments, unread, caller: caller.clone() };
    match run(&call, desk).await {
        Err(Failure::Told(told)) => Ok(Reply { in_place: true, ..*told }),
        done => Ok(Reply { in_place: true, ..done? }),
    }
}

/// Gives the caller's channel the settings and the mutes that another channel has for a feed.
pub(super) async fn copied(
    from: Address,
    feed: &FeedName,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(caller.language)) };
    let may = caller.around.iter().flat_map(|around| &around.channels).any(|channel| channel.address == from);
    if !may && !caller.is_operator {
        return Err(words::refused(Who::ChannelAdmin, caller.platform, caller.language).into());
    }
    let theirs = desk.store.subscriptions_of(from).await?;
    let Some(original) = theirs.into_iter().find(|subscription| subscription.feed == feed.name) else {
        return Ok(words::old_button(caller.language));
    };
    if !caller.missing.is_empty() {
        return Err(words::may_not_post(caller).into());
    }
    let reply = subscribe(feed, &original.wish, caller, desk).await?;
    let ours = desk.store.subscriptions_of(caller.address).await?;
    if let Some(copy) = ours.iter().find(|subscription| subscription.feed == feed.name) {
        for mute in desk.store.mutes(Some(original.channel)).await? {
            desk.store.mute(Some(copy.channel), &mute, &caller.person, desk.clock.now()).await?;
        }
    }
    Ok(Reply { in_place: true, ..reply })
}

/// What the channel wanted of a feed until not long ago.
async fn ended(feed: &FeedName, caller: &Caller, desk: &Desk) -> Result<Option<Wish>, Failure> {
    let since = desk.clock.now() - unsubscribe::KEPT_FOR;
    Ok(desk.store.ended_wish(caller.address, feed, since).await?)
}

fn as_before_or_afresh(feed: &Feed, before: &Wish, caller: &Caller) -> Reply {
    let to = |as_before| Press::Subscribe { feed: feed.name.clone(), as_before };
    Reply {
        lines: words::as_before(before, caller.language),
        buttons: vec![vec![
            press(words::AS_BEFORE, to(true), caller),
            press(words::AFRESH, to(false), caller),
        ]],
        ..Reply::new(caller.language)
    }
}

/// What the buttons for somebody who subscribes again do.
pub(super) async fn pressed(
    feed: &FeedName,
    as_before: bool,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let Some(feed) = desk.feed(feed) else { return Ok(words::old_button(caller.language)) };
    let before = if as_before { ended(&feed.name, caller, desk).await? } else { None };
    let wish = before.unwrap_or_else(|| usual(feed, caller.language));
    let reply = subscribe(feed, &wish, caller, desk).await?;
    Ok(Reply { in_place: true, ..reply })
}

/// Subscribes the channel, and says so.
pub(super) async fn subscribe(
    feed: &Feed,
    wish: &Wish,
    caller: &Caller,
    desk: &Desk,
) -> Result<Reply, Failure> {
    let now = desk.clock.now();
    let channel = desk
        .store
        .keep_channel(caller.address, caller.kind, caller.channel_name.as_deref(), caller.language, now)
        .await?;
    let subscription = desk.store.subscribe(channel.id, &feed.name, wish, now).await?;
    desk.store.keep_subscriber(subscription.id, &caller.person).await?;
    desk.plan.notify_one();
    desk.keep_change(
        caller,
        Some(caller.address),
        format!("subscribe {} {}", feed.name, words::plain_wish(wish)),
    )
    .await?;
    confirm(feed, wish, caller, desk).await
}

async fn confirm(feed: &Feed, wish: &Wish, caller: &Caller, desk: &Desk) -> Result<Reply, Failure> {
    let now = desk.clock.now();
    let first = advice::first_delivery(&wish.schedule, wish.timezone, now);
    let arrivals = desk.store.arrivals(&feed.name, arrival::LEARN_FROM).await?;
    let usual = feed.timing.expect_by.or_else(|| arrival::usual_in(&arrivals, feed.timezone));
    let mut lines = words::subscribed(wish, first, &desk.lexicon, caller.language);
    lines.extend(caller.is_elsewhere.then(|| words::in_channel(caller)).flatten());
    let mut rows = Vec::new();
    if let Some(usual) = usual
        && let Some(better) = advice::better_slot(&wish.schedule, wish.timezone, usual, feed.timezone, now)
    {
        lines.push(words::slot_before_arrival(&better, caller.language));
        let instead = wish.schedule.to_string().replace(&clock_time(better.slot), &clock_time(better.better));
        if let Ok(instead) = instead.parse::<Schedule>() {
            let change = Press::Set { feed: feed.name.clone(), change: Change::At(instead) };
            let label = words::change_to(&better, caller.language);
            rows.push(vec![
                Button { label, ..press(words::CHANGE_TIME, change, caller) },
                press(words::LEAVE_AS_IS, Press::Cancel, caller),
            ]);
        }
    }
    let pause = desk.store.pause_of(caller.address).await?;
    if pause.is_some() {
        lines.push(words::STILL_PAUSED.get(caller.language).to_owned());
    }
    let show = Button {
        label: words::SHOW_LATEST.get(caller.language).to_owned(),
        action: Action::Press(Press::Latest { feed: feed.name.clone() }.encode()),
    };
    let choose = |of| Press::Choose { feed: feed.name.clone(), of };
    let mut row = vec![
        press(words::CHANGE_TIME, choose(Setting::Time), caller),
        press(words::CHANGE_STYLE, choose(Setting::Style), caller),
        press(words::CHANGE_FILTER, choose(Setting::Filter), caller),
    ];
    if pause.is_some() {
        row.push(press(words::RESUME_NOW, Press::Resume, caller));
    }
    if !arrivals.is_empty() || desk.store.latest_digest(&feed.name, None).await?.is_some() {
        row.push(show);
    }
    Ok(Reply { lines, buttons: rows.into_iter().chain([row]).collect(), ..Reply::new(caller.language) })
}

/// What was asked for; what was not stays as it is, or as is usual.
struct Asked {
    schedule: Option<Schedule>,
    timezone: Option<Tz>,
    style: Option<Style>,
    filter: Option<Vec<String>>,
    language: Option<Language>,
}

impl Asked {
    fn read(arguments: &Arguments, caller: &Caller) -> Result<Self, Failure> {
        let told = |text: &str, what: Text| -> Failure {
            words::not_understood(text, what, "/subscribe 08:30", caller.language).into()
        };
        let schedule = arguments
            .get(ArgumentKind::At)
            .map(|text| text.parse::<Schedule>().map_err(|_| told(text, words::A_TIME)))
            .transpose()?;
        let timezone = arguments
            .get(ArgumentKind::Timezone)
            .map(|text| {
                parse_zone(text).map_err(|error| Failure::from(words::unknown_zone(&error, caller.language)))
            })
            .transpose()?;
        let style = arguments
            .get(ArgumentKind::Style)
            .map(|text| text.parse().map_err(|_| told(text, words::A_STYLE)))
            .transpose()?;
        let language = arguments
            .get(ArgumentKind::Language)
            .map(|text| text.parse().map_err(|_| told(text, words::A_LANGUAGE)))
            .transpose()?;
        let filter = arguments.get(ArgumentKind::Filter).map(filter_words);
        Ok(Self { schedule, timezone, style, filter, language })
    }

    fn over(self, before: Option<&Wish>, feed: &Feed, language: Language) -> Wish {
        let before = before.cloned().unwrap_or_else(|| usual(feed, language));
        Wish {
            schedule: self.schedule.unwrap_or(before.schedule),
            timezone: self.timezone.unwrap_or(before.timezone),
            style: self.style.unwrap_or(before.style),
            filter: self.filter.unwrap_or(before.filter),
            language: self.language.unwrap_or(before.language),
            quiet: before.quiet,
        }
    }
}

/// What a bare `/subscribe` means.
pub(super) fn usual(feed: &Feed, language: Language) -> Wish {
    Wish {
        schedule: Schedule::Now,
        timezone: feed.timezone,
        style: Style::default(),
        filter: Vec::new(),
        language,
        quiet: None,
    }
}

/// A filter's words: parted by blanks or commas, each once.
fn filter_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == '·') {
        if !word.is_empty() && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}
