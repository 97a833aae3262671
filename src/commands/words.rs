//! The prose of replies, in both languages: formal, no exclamation marks, the second line says what to do next.

mod alarms;
mod changes;
mod everywhere;
mod follow;
mod managing;
mod operating;
mod rooms;
mod settings;
mod why;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::call::{Caller, MissingRight};
use super::spec::{Text, Who};
use crate::model::channel::Platform;
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::period::Period;
use crate::model::reply::Reply;
use crate::model::schedule::Schedule;
use crate::model::subscription::{Style, Wish};
use crate::model::term::Term;
use crate::model::trends::{Trend, Trends};
use crate::model::zone;
use crate::plan::advice::TooEarly;
use crate::text::{Unit, clock_time, cut, day, particle};

pub(super) use alarms::*;
pub(super) use changes::*;
pub(super) use everywhere::*;
pub(super) use follow::*;
pub(super) use managing::*;
pub(super) use operating::*;
pub(super) use rooms::*;
pub(super) use settings::*;
pub(super) use why::*;

pub(super) const SHOW_LATEST: Text = Text { ko: "최근 뉴스 지금 보기", en: "Show the latest now" };
const NOTHING_CHANGED: Text = Text { ko: "바뀐 것은 없습니다.", en: "Nothing was changed." };
pub(super) const A_TIME: Text = Text { ko: "시각으로", en: "a time" };
pub(super) const A_STYLE: Text = Text { ko: "모양으로", en: "a style" };
/// The button that shows to the channel what the asker alone saw.
pub(super) const SHOW_TO_CHANNEL: Text = Text { ko: "채널에 보이기", en: "Show to the channel" };
pub(super) const A_DAY: Text = Text { ko: "날짜로", en: "a day" };
pub(super) const SHOW_ALL: Text = Text { ko: "전체 보기", en: "Show all" };
pub(super) const A_LANGUAGE: Text = Text { ko: "언어로", en: "a language" };

pub(super) const A_PERIOD: Text = Text { ko: "기간으로", en: "a period" };
pub(super) const FIRST_PAGE: Text = Text { ko: "◀ 처음", en: "◀ First" };
pub(super) const PREVIOUS_PAGE: Text = Text { ko: "◀ 이전", en: "◀ Back" };
pub(super) const NEXT_PAGE: Text = Text { ko: "다음 ▶", en: "More ▶" };
pub(super) const SHOW_THAT: Text = Text { ko: "그 소식 보기", en: "Show it" };
pub(super) const CHECK_AGAIN: Text = Text { ko: "다시 확인", en: "Check again" };
pub(super) const LEAVE_AS_IS: Text = Text { ko: "그대로 두기", en: "Leave it" };
pub(super) const SEARCH_TEXT: Text = Text { ko: "본문에서 찾기", en: "Search the texts" };

/// A reply of prose alone, for the asker.
fn prose(language: Language, lines: impl IntoIterator<Item = String>) -> Reply {
    Reply { lines: lines.into_iter().collect(), ..Reply::new(language) }
}

/// Who asked may not.
pub(super) fn refused(who: Who, platform: Platform, language: Language) -> Reply {
    let first = match (language, who, platform) {
        (Language::Ko, Who::Operator, _) => "이 명령은 운영자만 쓸 수 있습니다.",
        (Language::Ko, _, Platform::Discord) => {
            "이 명령은 채널 관리자만 쓸 수 있습니다. Discord에서는 ‘채널 관리’ 권한이 필요합니다."
        }
        (Language::Ko, _, Platform::Telegram) => {
            "이 명령은 채널 관리자만 쓸 수 있습니다. Telegram에서는 이 방의 관리자여야 합니다."
        }
        (Language::En, Who::Operator, _) => "Only the operators can use this command.",
        (Language::En, _, Platform::Discord) => {
            "Only channel admins can use this command. On Discord it takes the permission “Manage Channels”."
        }
        (Language::En, _, Platform::Telegram) => {
            "Only channel admins can use this command. On Telegram you have to be an administrator here."
        }
    };
    let second = match language {
        Language::Ko => "뉴스는 /today로 누구나 볼 수 있습니다.",
        Language::En => "Everybody can read the news with /today.",
    };
    prose(language, [first.to_owned(), second.to_owned()])
}

/// Somebody asks more than their share.
pub(super) fn too_many(language: Language) -> Reply {
    let lines = match language {
        Language::Ko => ["잠시 쉬었다가 다시 물어봐 주세요.", "1분 안에 드릴 수 있는 답을 모두 드렸습니다."],
        Language::En => ["Please ask again in a moment.", "All answers for this minute have been given."],
    };
    prose(language, lines.map(str::to_owned))
}

/// Something of ours failed; the log has the number.
pub(super) fn our_error(number: &str, language: Language) -> Reply {
    let line = match language {
        Language::Ko => format!("지금은 답을 드리지 못했습니다. 잠시 뒤 다시 해 주세요. (번호 {number})"),
        Language::En => {
            format!("We could not answer just now. Please try again in a moment. (number {number})")
        }
    };
    prose(language, [line])
}

/// A button of a digest that is not there any more.
pub(super) fn old_button(language: Language) -> Reply {
    old_button_of("today", language)
}

/// A button that cannot be used any more; the command opens afresh what it showed.
pub(super) fn old_button_of(command: &str, language: Language) -> Reply {
    let line = match language {
        Language::Ko => {
            let by = particle(command, "으로/로");
            format!("이 버튼은 오래되어 쓸 수 없습니다. /{command}{by} 다시 열어 주세요.")
        }
        Language::En => format!("This button is too old to use. Please open it again with /{command}."),
    };
    prose(language, [line])
}

/// A word that was not understood; nothing was changed.
pub(super) fn not_understood(text: &str, what: Text, example: &str, language: Language) -> Reply {
    let text = shortened(text);
    let first = match language {
        Language::Ko => {
            let object = particle(&text, "을/를");
            format!("‘{text}’{object} {} 읽지 못했습니다. 예: {example}", what.get(language))
        }
        Language::En => format!("‘{text}’ could not be read as {}. Example: {example}", what.get(language)),
    };
    prose(language, [first, NOTHING_CHANGED.get(language).to_owned()])
}

/// A time zone that was not understood; nothing was changed.
pub(super) fn unknown_zone(error: &zone::UnknownZone, language: Language) -> Reply {
    prose(language, [error.explain(language), NOTHING_CHANGED.get(language).to_owned()])
}

/// A word that fits no argument of a command.
pub(super) fn not_expected(text: &str, example: &str, language: Language) -> Reply {
    let text = shortened(text);
    let first = match language {
        Language::Ko => format!("‘{text}’{} 이해하지 못했습니다. 예: /{example}", particle(&text, "을/를")),
        Language::En => format!("‘{text}’ was not understood. Example: /{example}"),
    };
    prose(language, [first, NOTHING_CHANGED.get(language).to_owned()])
}

/// No configured feed has this name.
pub(super) fn no_such_feed(name: &str, feeds: &[Feed], language: Language) -> Reply {
    let name = shortened(name);
    let known = feeds.iter().map(|feed| feed.name.as_str()).collect::<Vec<_>>().join(", ");
    let (first, second) = match language {
        Language::Ko => {
            (format!("‘{name}’{} 없는 뉴스입니다.", particle(&name, "은/는")), "받을 수 있는 뉴스")
        }
        Language::En => (format!("There is no feed ‘{name}’."), "There are"),
    };
    prose(language, [first, format!("{second}: {known}")])
}

/// Several feeds are there and none was named.
pub(super) fn which_feed(feeds: &[Feed], language: Language) -> Reply {
    let mut lines = vec![
        match language {
            Language::Ko => "어느 뉴스를 받을지 이름을 함께 써 주세요.",
            Language::En => "Please say which feed you want.",
        }
        .to_owned(),
    ];
    lines.extend(feeds.iter().map(|feed| format!("/subscribe {} — {}", feed.name, feed.title)));
    prose(language, lines)
}

/// No digest was ever stored.
pub(super) fn nothing_yet(title: &str, language: Language) -> Reply {
    let (first, second) = match language {
        Language::Ko => (
            format!("{title}{} 아직 나온 것이 없습니다.", particle(title, "은/는")),
            "첫 뉴스가 나오면 구독한 채널로 보냅니다. /subscribe로 구독할 수 있습니다.",
        ),
        Language::En => (
            format!("{title}: nothing has been published yet."),
            "The first digest goes to the channels that subscribed. Subscribe with /subscribe.",
        ),
    };
    prose(language, [first, second.to_owned()])
}

/// There is no digest of that day; the buttons below lead to the nearest.
pub(super) fn none_on(asked: NaiveDate, title: &str, language: Language) -> Vec<String> {
    let asked = day(asked, language);
    match language {
        Language::Ko => vec![format!(
            "{asked} {title}{} 없습니다. 가까운 날의 것을 보실 수 있습니다.",
            particle(title, "은/는")
        )],
        Language::En => vec![format!("{title}: there is no digest of {asked}. These are the nearest.")],
    }
}

/// A day with the title of its digest, as autocomplete offers it: at most 100 characters.
pub(super) fn day_of(of: NaiveDate, title: &str, language: Language) -> String {
    cut(&format!("{} · {title}", day(of, language)), 100, Unit::CodePoints)
}

/// A button to the digest of a day.
pub(super) fn digest_of(of: NaiveDate, language: Language) -> String {
    let of = day(of, language);
    match language {
        Language::Ko => format!("{of} 뉴스"),
        Language::En => of,
    }
}

/// Today's digest is not out; `shown` is the day of the one that is.
pub(super) fn not_out_yet(
    today: NaiveDate,
    usual: Option<NaiveTime>,
    shown: NaiveDate,
    language: Language,
) -> String {
    let latest = day(shown, language);
    match (language, usual) {
        (Language::Ko, Some(usual)) => format!(
            "오늘({}) 뉴스는 보통 {}쯤 나옵니다. 가장 최근 것은 {latest} 뉴스입니다.",
            short_day(today, language),
            clock_time(usual)
        ),
        (Language::Ko, None) => format!(
            "오늘({}) 뉴스는 아직 나오지 않았습니다. 가장 최근 것은 {latest} 뉴스입니다.",
            short_day(today, language)
        ),
        (Language::En, Some(usual)) => format!(
            "Today's digest ({}) is usually out at about {}. The latest is of {latest}.",
            short_day(today, language),
            clock_time(usual)
        ),
        (Language::En, None) => format!(
            "Today's digest ({}) is not out yet. The latest is of {latest}.",
            short_day(today, language)
        ),
    }
}

/// A subscription was made or changed.
pub(super) fn subscribed(
    wish: &Wish,
    first: Option<DateTime<Utc>>,
    lexicon: &Lexicon,
    language: Language,
) -> Vec<String> {
    let what = filter_in_words(wish, lexicon, language);
    let style = style_in_words(wish.style, language);
    let zone = zone::display_name(wish.timezone, language);
    let when = wish.schedule.describe(language);
    let first_line = match (language, &wish.schedule) {
        (Language::Ko, Schedule::Now) => {
            format!("구독했습니다. 뉴스가 나오는 대로 {what} 소식을 {style} 보냅니다.")
        }
        (Language::Ko, Schedule::Slots(_)) => {
            format!("구독했습니다. {when}({zone})에 {what} 소식을 {style} 보냅니다.")
        }
        (Language::En, Schedule::Now) => {
            format!("Subscribed. {what} news will be sent {style} as soon as it is out.")
        }
        (Language::En, Schedule::Slots(_)) => {
            format!("Subscribed. {what} news will be sent {style}: {when} ({zone}).")
        }
    };
    let second = match (language, &wish.schedule, first) {
        (Language::Ko, Schedule::Slots(_), Some(first)) => {
            let local = first.with_timezone(&wish.timezone);
            format!("첫 배달은 {} {}입니다.", day(local.date_naive(), language), clock_time(local.time()))
        }
        (Language::En, Schedule::Slots(_), Some(first)) => {
            let local = first.with_timezone(&wish.timezone);
            format!(
                "The first delivery is on {} at {}.",
                day(local.date_naive(), language),
                clock_time(local.time())
            )
        }
        (Language::Ko, ..) => "다음에 나오는 뉴스부터 보냅니다.".to_owned(),
        (Language::En, ..) => "It begins with the next digest.".to_owned(),
    };
    vec![first_line, second]
}

/// A slot is just before the digest usually arrives.
pub(super) fn slot_before_arrival(better: &TooEarly, language: Language) -> String {
    let (usual, slot) = (clock_time(better.usual), clock_time(better.slot));
    match language {
        Language::Ko => format!("이 뉴스는 보통 {usual}쯤 나옵니다. {slot}에는 전날 것을 받게 됩니다."),
        Language::En => format!(
            "This digest is usually out at about {usual}, so at {slot} you get the one of the day before."
        ),
    }
}

/// The button that takes a better slot.
pub(super) fn change_to(better: &TooEarly, language: Language) -> String {
    let better = clock_time(better.better);
    match language {
        Language::Ko => format!("{better}{} 바꾸기", particle(&better, "으로/로")),
        Language::En => format!("Change to {better}"),
    }
}

/// Which channel it is about, where that is another one.
pub(super) fn in_channel(caller: &Caller) -> Option<String> {
    let name = caller.channel_name.as_deref()?;
    Some(match caller.language {
        Language::Ko => format!("받는 곳: {name}"),
        Language::En => format!("It goes to: {name}"),
    })
}

/// There is no chat of this name that the bot can see.
pub(super) fn no_such_chat(name: &str, language: Language) -> Reply {
    let name = shortened(name);
    let lines = match language {
        Language::Ko => [
            format!("‘{name}’ 채널을 찾지 못했습니다. 예: /subscribe @my_channel 08:30"),
            "봇을 그 채널의 관리자로 초대한 뒤 다시 써 주세요. 바뀐 것은 없습니다.".to_owned(),
        ],
        Language::En => [
            format!("There is no chat ‘{name}’ that the bot can see. Example: /subscribe @my_channel 08:30"),
            "Make the bot an administrator there, and write it again. Nothing was changed.".to_owned(),
        ],
    };
    prose(language, lines)
}

/// The bot lacks rights in the channel.
pub(super) fn may_not_post(caller: &Caller) -> Reply {
    let language = caller.language;
    let name = match (&caller.channel_name, language) {
        (Some(name), _) if caller.platform == Platform::Discord => format!("#{name}"),
        (Some(name), _) => name.clone(),
        (None, Language::Ko) => "이 채널".to_owned(),
        (None, Language::En) => "this channel".to_owned(),
    };
    let rights: Vec<String> = caller
        .missing
        .iter()
        .map(|right| {
            let right = match (right, language) {
                (MissingRight::View, Language::Ko) => "채널 보기",
                (MissingRight::Send, Language::Ko) => "메시지 보내기",
                (MissingRight::Embed, Language::Ko) => "링크 첨부",
                (MissingRight::View, Language::En) => "View Channel",
                (MissingRight::Send, Language::En) => "Send Messages",
                (MissingRight::Embed, Language::En) => "Embed Links",
            };
            format!("‘{right}’")
        })
        .collect();
    match (language, caller.platform) {
        (Language::Ko, Platform::Discord) => {
            let last = rights.last().map_or("", String::as_str);
            let object = particle(last, "을/를");
            prose(
                language,
                [
                    format!("{name}에 아직 글을 쓸 수 없어 구독하지 않았습니다."),
                    format!("채널 설정 › 권한에서 봇에게 {}{object} 켠 뒤 다시 눌러 주세요.", and(&rights)),
                ],
            )
        }
        (Language::Ko, Platform::Telegram) => prose(
            language,
            [
                format!("{name}에 아직 글을 쓸 수 없어 구독하지 않았습니다."),
                "봇을 관리자로 정하거나 글쓰기 권한을 준 뒤 다시 눌러 주세요.".to_owned(),
            ],
        ),
        (Language::En, Platform::Discord) => prose(
            language,
            [
                format!("The bot cannot write in {name} yet, so nothing was subscribed."),
                format!(
                    "In the channel's settings, under Permissions, allow it {} and press again.",
                    rights.join(", ")
                ),
            ],
        ),
        (Language::En, Platform::Telegram) => prose(
            language,
            [
                format!("The bot cannot write in {name} yet, so nothing was subscribed."),
                "Make it an administrator or let it write, and press again.".to_owned(),
            ],
        ),
    }
}

/// `‘메시지 보내기’와 ‘링크 첨부’`
fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => {
            let before = before.join(", ");
            format!("{before}{} {last}", particle(&before, "과/와"))
        }
    }
}

/// How many articles are about something, and how many there were in as many days before.
pub(super) fn counted(
    name: &str,
    period: Period,
    now: u32,
    days: u32,
    before: u32,
    all: Option<u32>,
    language: Language,
) -> String {
    let period = period.name(language);
    let first = match language {
        Language::Ko => format!("{name} — {period} {now}건 · 이전 {days}일 {before}건"),
        Language::En => format!("{name} — {period}: {now} · {days} days before: {before}"),
    };
    match (all, language) {
        (Some(all), Language::Ko) => format!("{first} · 전체 {all}건"),
        (Some(all), Language::En) => format!("{first} · in all: {all}"),
        (None, _) => first,
    }
}

/// No company or topic has this name.
pub(super) fn not_found(typed: &str, has_alike: bool, language: Language) -> String {
    let typed = shortened(typed);
    match (language, has_alike) {
        (Language::Ko, true) => {
            format!("‘{typed}’{} 찾지 못했습니다. 혹시 이 이름인가요?", particle(&typed, "은/는"))
        }
        (Language::Ko, false) => {
            format!("‘{typed}’{} 찾지 못했습니다. 본문에서 찾아볼 수 있습니다.", particle(&typed, "은/는"))
        }
        (Language::En, true) => format!("‘{typed}’ was not found. Did you mean one of these?"),
        (Language::En, false) => format!("‘{typed}’ was not found. You can search the texts for it."),
    }
}

/// A known name that is not in the news of these days; `last`: when it last was.
pub(super) fn no_news(name: &str, period: Period, last: Option<NaiveDate>, language: Language) -> String {
    let during = period.name(language);
    match (language, last) {
        (Language::Ko, Some(last)) => format!(
            "{during} 동안 {name} 소식이 없습니다. 마지막 소식은 {}입니다.",
            short_day(last, language)
        ),
        (Language::Ko, None) => format!("아직 {name} 소식이 없습니다. 본문에서 찾아볼 수 있습니다."),
        (Language::En, Some(last)) => {
            format!("No news about {name} ({during}). The last was on {}.", short_day(last, language))
        }
        (Language::En, None) => format!("No news about {name} yet. You can search the texts for it."),
    }
}

/// A command that needs a word was called without.
pub(super) fn which_name(example: &str, language: Language) -> Vec<String> {
    vec![match language {
        Language::Ko => format!("무엇을 찾을지 함께 써 주세요. 예: /{example}"),
        Language::En => format!("Please say what to look for. Example: /{example}"),
    }]
}

/// How many articles a search found; `is_more`: there may be more of them.
pub(super) fn searched(
    typed: &str,
    period: Period,
    total: usize,
    is_more: bool,
    language: Language,
) -> String {
    let (typed, period) = (shortened(typed), period.name(language));
    match (language, total, is_more) {
        (Language::Ko, 0, _) => {
            format!(
                "‘{typed}’{} 찾지 못했습니다({period}). 더 짧은 말로 찾아보세요.",
                particle(&typed, "을/를")
            )
        }
        (Language::Ko, _, false) => format!("‘{typed}’ — {period} {total}건"),
        (Language::Ko, _, true) => format!("‘{typed}’ — {period} {total}건 이상"),
        (Language::En, 0, _) => format!("‘{typed}’ was not found ({period}). Try fewer or shorter words."),
        (Language::En, _, false) => format!("‘{typed}’ — {period}: {total}"),
        (Language::En, _, true) => format!("‘{typed}’ — {period}: {total} or more"),
    }
}

/// The words are too long to turn the page with.
pub(super) fn narrow_down(shown: usize, language: Language) -> String {
    match language {
        Language::Ko => format!("가장 가까운 {shown}건입니다. 더 보려면 짧은 말로 찾아 주세요."),
        Language::En => format!("These are the {shown} nearest. For more, search with fewer words."),
    }
}

/// Nothing can be counted yet.
pub(super) fn empty_archive(language: Language) -> String {
    match language {
        Language::Ko => "아직 나온 뉴스가 없습니다.".to_owned(),
        Language::En => "Nothing has been published yet.".to_owned(),
    }
}

/// Who and what was in the news: the numbers, most first.
pub(super) fn trends(trends: &Trends, period: Period, lexicon: &Lexicon, language: Language) -> Vec<String> {
    let count = trends.days.count();
    let period = period.name(language);
    let (now, before) = (trends.articles, trends.articles_before);
    let first = match language {
        Language::Ko => format!("{period} 기사 {now}건 · 이전 {count}일 {before}건"),
        Language::En => format!("{period}: {now} articles · {count} days before: {before}"),
    };
    let list = |title: &str, of: &[Trend], name: &dyn Fn(&str) -> String| {
        let lines: Vec<String> = (1..)
            .zip(of)
            .map(|(place, trend)| {
                let (name, now, before) = (name(&trend.key), trend.total(), trend.before);
                match language {
                    Language::Ko => format!("{place}. {name} {now}건 (이전 {before}건)"),
                    Language::En => format!("{place}. {name} {now} (before: {before})"),
                }
            })
            .collect();
        (!lines.is_empty()).then(|| format!("{title}\n{}", lines.join("\n")))
    };
    let (companies, topics) = match language {
        Language::Ko => ("회사", "주제"),
        Language::En => ("Companies", "Topics"),
    };
    let companies = list(companies, &trends.companies, &|key| lexicon.company(key, language).to_owned());
    let topics = list(topics, &trends.topics, &|key| lexicon.topic(key, language).to_owned());
    [Some(first), companies, topics].into_iter().flatten().collect()
}

fn style_in_words(style: Style, language: Language) -> &'static str {
    match (style, language) {
        (Style::Headlines, Language::Ko) => "제목 목록으로",
        (Style::Summary, Language::Ko) => "요약으로",
        (Style::Full, Language::Ko) => "전체로",
        (Style::Headlines, Language::En) => "as headlines",
        (Style::Summary, Language::En) => "as a summary",
        (Style::Full, Language::En) => "in full",
    }
}

fn filter_in_words(wish: &Wish, lexicon: &Lexicon, language: Language) -> String {
    if wish.filter.is_empty() {
        return match language {
            Language::Ko => "모든",
            Language::En => "All",
        }
        .to_owned();
    }
    let shown = |word: &String| Term::of(word, lexicon).shown(lexicon, language).to_owned();
    let words: Vec<String> = wish.filter.iter().map(shown).collect();
    words.join("·")
}

/// `12월 18일`, without the day of the week.
fn short_day(date: NaiveDate, language: Language) -> String {
    let day = day(date, language);
    match day.split_once('(') {
        Some((short, _)) => short.trim_end().to_owned(),
        None => day,
    }
}

/// What somebody wrote, as far as a reply repeats it.
fn shortened(text: &str) -> String {
    cut(text, 60, Unit::CodePoints)
}
