//! What alarms say: `⚠️` when something is wrong, `✅` when it is over. The rest is in `words.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::commands::alarm::Late;
use crate::model::channel::Platform;
use crate::model::digest::StoredDigest;
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::store::FeedState;
use crate::text::{Unit, clock_time, cut, day, particle};

/// As much of an error is told, in code points.
const ERROR: usize = 300;

/// A digest is not there: what is known of it, and who waits.
pub(in crate::commands) fn late(feed: &Feed, late: &Late, language: Language) -> Vec<String> {
    let at = |at: DateTime<Utc>| clock_time(at.with_timezone(&feed.timezone).time());
    let (title, of) = (&feed.title, day(late.day, language));
    let due = late.due.map_or("?".to_owned(), at);
    let checked = late.state.last_load.map_or("–".to_owned(), at);
    let waiting = late.progress.subscriptions;
    let source = source(&late.state, language);
    match language {
        Language::Ko => {
            let usual = late.usual.map(|usual| format!("보통 {}, ", clock_time(usual))).unwrap_or_default();
            vec![
                format!("⚠️ {title} {of}분이 아직 없습니다({usual}기한 {due})."),
                format!("마지막 확인 {checked}, {source}, 새 글 없음. 기다리는 채널 {waiting}곳."),
            ]
        }
        Language::En => {
            let usual =
                late.usual.map(|usual| format!("usually {}, ", clock_time(usual))).unwrap_or_default();
            vec![
                format!("⚠️ {title} of {of} is not there yet ({usual}due {due})."),
                format!("Last checked {checked}, {source}, no new post. {waiting} channels wait."),
            ]
        }
    }
}

fn source(state: &FeedState, language: Language) -> String {
    match (&state.error, language) {
        (None, Language::Ko) => "저장소 정상".to_owned(),
        (Some(error), Language::Ko) => format!("저장소 오류({})", short(error)),
        (None, Language::En) => "the source is fine".to_owned(),
        (Some(error), Language::En) => format!("the source fails ({})", short(error)),
    }
}

/// The digest that was late is there.
pub(in crate::commands) fn late_over(feed: &Feed, late: &Late, language: Language) -> Vec<String> {
    let Some(arrived) = late.arrived else { return Vec::new() };
    let time = clock_time(arrived.at.with_timezone(&feed.timezone).time());
    let (all, there) = (late.progress.subscriptions, late.progress.arrived);
    let title = &feed.title;
    let line = match (language, arrived.is_held) {
        (Language::Ko, true) => {
            format!("✅ {title}: {time}에 들어와 보류되어 있습니다. /admin hold로 정해 주세요.")
        }
        (Language::En, true) => format!("✅ {title}: came at {time}, and is held. /admin hold decides."),
        (Language::Ko, false) if there >= all && all > 0 => {
            format!("✅ {title}: {time}에 들어와 {all}곳에 모두 보냈습니다.")
        }
        (Language::Ko, false) => format!(
            "✅ {title}: {time}에 들어왔습니다. {all}곳 가운데 {there}곳에 보냈고, 나머지는 정해진 때에 보냅니다."
        ),
        (Language::En, false) if there >= all && all > 0 => {
            format!("✅ {title}: came at {time} and went to all {all} channels.")
        }
        (Language::En, false) => format!(
            "✅ {title}: came at {time}. It went to {there} of {all} channels; the others get it at their hour."
        ),
    };
    vec![line]
}

/// Nothing is expected of a feed that day.
pub(in crate::commands) fn day_off(
    feed: &Feed,
    of: NaiveDate,
    lasts: bool,
    language: Language,
) -> Vec<String> {
    let (title, of) = (&feed.title, day(of, language));
    vec![match (lasts, language) {
        (true, Language::Ko) => {
            format!("{title} {of}은 쉬는 날로 알아 두었습니다. 그래도 들어오면 평소처럼 보냅니다.")
        }
        (true, Language::En) => {
            format!("{title}: no digest on {of}, noted. If one comes all the same, it goes out as usual.")
        }
        (false, Language::Ko) => format!("{title} {of}분은 이제 알릴 것이 없습니다."),
        (false, Language::En) => format!("{title}: there is nothing to tell of {of} any more."),
    }]
}

/// A feed cannot be loaded.
pub(in crate::commands) fn broken(feed: &Feed, state: &FeedState, language: Language) -> Vec<String> {
    let at = |at: DateTime<Utc>| {
        let local = at.with_timezone(&feed.timezone);
        format!("{} {}", day(local.date_naive(), language), clock_time(local.time()))
    };
    let title = &feed.title;
    let since = state.failing_since.map_or("–".to_owned(), at);
    let error = state.error.as_deref().map(short).unwrap_or_default();
    match language {
        Language::Ko => vec![
            format!(
                "⚠️ {title}{} {since}부터 읽어 오지 못합니다. 새 글이 있어도 보낼 수 없습니다.",
                particle(title, "을/를")
            ),
            error,
        ],
        Language::En => vec![
            format!("⚠️ {title} has not been loaded since {since}. A new post would not be sent."),
            error,
        ],
    }
}

/// It can be loaded again.
pub(in crate::commands) fn broken_over(
    feed: &Feed,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    language: Language,
) -> Vec<String> {
    let (title, minutes) = (&feed.title, (until - since).num_minutes().max(1));
    vec![match language {
        Language::Ko => format!(
            "✅ {title}{} 다시 읽어 옵니다. 알려 드린 지 {minutes}분 만입니다.",
            particle(title, "을/를")
        ),
        Language::En => format!("✅ {title} is loaded again, {minutes} minutes after you were told."),
    }]
}

/// Somebody had a feed looked at, and all is well.
pub(in crate::commands) fn looked_fine(feed: &Feed, state: &FeedState, language: Language) -> Vec<String> {
    let title = &feed.title;
    let at = state.last_load.map(|at| clock_time(at.with_timezone(&feed.timezone).time()));
    let at = at.unwrap_or_else(|| "–".to_owned());
    vec![match language {
        Language::Ko => {
            format!("✅ {title}{} {at}에 확인했습니다. 문제가 없습니다.", particle(title, "을/를"))
        }
        Language::En => format!("✅ {title} was checked at {at}. All is well."),
    }]
}

/// A digest is held, or not any more.
pub(in crate::commands) fn held_alarm(stored: &StoredDigest, over: bool, language: Language) -> Vec<String> {
    let of = day(stored.digest.date.day(), language);
    let goes_out = stored.edition.is_some();
    vec![match (over, language) {
        (false, Language::Ko) => format!("⚠️ {of} 뉴스가 보류되었습니다. /admin hold로 정해 주세요."),
        (false, Language::En) => format!("⚠️ The digest of {of} is held. /admin hold decides."),
        (true, Language::Ko) if goes_out => format!("✅ 보류했던 {of} 뉴스를 보냅니다."),
        (true, Language::En) if goes_out => format!("✅ The digest of {of}, which was held, goes out."),
        (true, Language::Ko) => format!("✅ 보류했던 {of} 뉴스는 보내지 않습니다."),
        (true, Language::En) => format!("✅ The digest of {of}, which was held, is sent to nobody."),
    }]
}

/// Messages are given up, or fail again and again.
pub(in crate::commands) fn failing(
    platform: Platform,
    count: u32,
    error: Option<&str>,
    language: Language,
) -> Vec<String> {
    let brand = platform.brand();
    let first = match language {
        Language::Ko => format!("⚠️ {brand}에 메시지 {count}개를 보내지 못하고 있습니다."),
        Language::En => format!("⚠️ {count} messages to {brand} are not getting through."),
    };
    let error = error.map(|error| match language {
        Language::Ko => format!("마지막 오류: {}", short(error)),
        Language::En => format!("The last error: {}", short(error)),
    });
    std::iter::once(first).chain(error).collect()
}

/// They get through again.
pub(in crate::commands) fn failing_over(platform: Platform, language: Language) -> Vec<String> {
    let brand = platform.brand();
    vec![match language {
        Language::Ko => format!("✅ {brand} 배달이 다시 됩니다."),
        Language::En => format!("✅ Messages to {brand} get through again."),
    }]
}

/// The bot is not connected to a platform; `until`: it is again.
pub(in crate::commands) fn down(
    platform: Platform,
    since: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    zone: Option<Tz>,
    language: Language,
) -> Vec<String> {
    let zone = zone.unwrap_or(Tz::UTC);
    let at = |at: DateTime<Utc>| clock_time(at.with_timezone(&zone).time());
    let (brand, since) = (platform.brand(), at(since));
    vec![match (until.map(at), language) {
        (None, Language::Ko) => {
            format!(
                "⚠️ {brand}에 5분 넘게 연결되지 않습니다({since}). 명령에 답하지 못하고, 저절로 다시 시도합니다."
            )
        }
        (None, Language::En) => format!(
            "⚠️ Not connected to {brand} for more than five minutes ({since}). Commands are not answered there; it is tried again by itself."
        ),
        (Some(until), Language::Ko) => format!("✅ {brand}에 다시 연결되었습니다({since}–{until})."),
        (Some(until), Language::En) => format!("✅ Connected to {brand} again ({since}–{until})."),
    }]
}

/// The disk is nearly full, or not any more.
pub(in crate::commands) fn disk(over: bool, language: Language) -> Vec<String> {
    vec![match (over, language) {
        (false, Language::Ko) => {
            "⚠️ 데이터베이스가 있는 디스크가 거의 찼습니다. 가득 차면 배달이 멈추니 자리를 비워 주세요."
                .to_owned()
        }
        (false, Language::En) => {
            "⚠️ The disk of the database is nearly full. Once it is, deliveries stop: please make room."
                .to_owned()
        }
        (true, Language::Ko) => "✅ 디스크에 다시 자리가 있습니다.".to_owned(),
        (true, Language::En) => "✅ There is room on the disk again.".to_owned(),
    }]
}

fn short(error: &str) -> String {
    cut(&error.replace('\n', " "), ERROR, Unit::CodePoints)
}
