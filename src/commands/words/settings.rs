//! What `/settings` says. The rest is in `words.rs`.

use chrono_tz::Tz;

use super::managing::moment;
use super::{filter_in_words, prose};
use crate::commands::settings::Setting;
use crate::commands::spec::Text;
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::mute::Mute;
use crate::model::quiet::QuietHours;
use crate::model::reply::Reply;
use crate::model::schedule::Schedule;
use crate::model::subscription::{Style, Wish};
use crate::model::zone;
use crate::store::DeliveryResult;
use crate::text::{Unit, cut, day};

pub(in crate::commands) const SETTINGS_WHICH: Text =
    Text { ko: "어느 뉴스의 설정을 볼까요?", en: "Which digest's settings?" };
pub(in crate::commands) const CHANGE_TIME: Text = Text { ko: "시각 바꾸기", en: "Change the time" };
pub(in crate::commands) const CHANGE_STYLE: Text = Text { ko: "모양 바꾸기", en: "Change the style" };
pub(in crate::commands) const CHANGE_QUIET: Text = Text { ko: "조용한 시간", en: "Quiet hours" };
pub(in crate::commands) const CHANGE_LANGUAGE: Text =
    Text { ko: "언어 바꾸기", en: "Change the language" };
pub(in crate::commands) const NO_QUIET: Text = Text { ko: "조용한 시간 없음", en: "No quiet hours" };
pub(in crate::commands) const PUBLISH: Text =
    Text { ko: "팔로우한 서버에도 보내기", en: "Publish to followers" };
pub(in crate::commands) const DO_NOT_PUBLISH: Text =
    Text { ko: "이 서버에만 보내기", en: "Keep to this server" };
pub(in crate::commands) const END_SUBSCRIPTION: Text = Text { ko: "구독 끝내기", en: "Unsubscribe" };

pub(in crate::commands) const PING_A_ROLE: Text = Text { ko: "부를 역할", en: "Ping a role" };
pub(in crate::commands) const PING_NOBODY: Text = Text { ko: "부르지 않음", en: "Ping nobody" };
pub(in crate::commands) const PINGS_A_ROLE: Text =
    Text { ko: "• 첫 메시지에서 역할을 부름", en: "• The first message pings a role" };
pub(in crate::commands) const OTHERS: Text =
    Text { ko: "역할·다른 채널", en: "Roles, other channels" };
pub(in crate::commands) const CHANGE_FILTER: Text = Text { ko: "주제 고르기", en: "Choose topics" };
pub(in crate::commands) const EVERYTHING: Text = Text { ko: "모든 소식", en: "Everything" };
pub(in crate::commands) const OTHER_CHANNELS: Text = Text {
    ko: "이 서버에서 관리하실 수 있는 다른 채널입니다.",
    en: "Other channels of this server that you may manage:",
};
pub(in crate::commands) const NO_OTHER_CHANNEL: Text = Text {
    ko: "관리하실 수 있는 다른 채널 가운데 구독한 곳은 아직 없습니다.",
    en: "None of the other channels that you may manage has subscribed.",
};
pub(in crate::commands) const OPEN_SETTINGS_OF: Text =
    Text { ko: "다른 채널의 설정 보기", en: "Open another channel's settings" };
pub(in crate::commands) const COPY_SETTINGS_TO: Text =
    Text { ko: "이 설정을 복사할 채널", en: "Copy these settings to" };

/// Another channel with what it gets.
pub(in crate::commands) fn other_channel(name: &str, title: &str, wish: &Wish, language: Language) -> String {
    let when = wish.schedule.describe(language);
    format!("• #{name} — {title}, {when}, {}", style_name(wish.style, language))
}

/// What one setting's choices are for.
pub(in crate::commands) fn choose(of: Setting, language: Language) -> String {
    match (of, language) {
        (Setting::Time, Language::Ko) => "언제 받을까요? 다른 시각은 /subscribe 09:15 처럼 쓰시면 됩니다.",
        (Setting::Style, Language::Ko) => "어떤 모양으로 받을까요?",
        (Setting::Filter, Language::Ko) => {
            "어떤 주제를 받을까요? 다시 고르면 빠집니다. 회사나 낱말은 /subscribe 엔비디아 처럼 쓰시면 됩니다."
        }
        (Setting::Time, Language::En) => "When? For any other time, write for example /subscribe 09:15.",
        (Setting::Style, Language::En) => "In which style?",
        (Setting::Filter, Language::En) => {
            "Which topics? Choosing one again takes it out. For companies and words, write /subscribe NVIDIA."
        }
    }
    .to_owned()
}

/// Which role a delivery is to ping.
pub(in crate::commands) fn which_role(is_none: bool, language: Language) -> String {
    match (is_none, language) {
        (false, Language::Ko) => "배달의 첫 메시지에서 부를 역할을 골라 주세요. 그 역할만 알림을 받습니다.",
        (false, Language::En) => {
            "Choose the role that a delivery's first message pings; nobody else is pinged."
        }
        (true, Language::Ko) => {
            "부를 수 있는 역할이 없습니다. 역할 설정에서 ‘이 역할을 @멘션할 수 있도록 허용’을 켜 주세요."
        }
        (true, Language::En) => {
            "There is no role that can be pinged. In a role's settings, allow anyone to mention it."
        }
    }
    .to_owned()
}

/// The asker or the bot may not ping the role.
pub(in crate::commands) fn role_out_of_reach(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "그 역할은 부를 수 없습니다. 멘션이 허용된 역할만 고를 수 있습니다.",
        Language::En => "That role cannot be pinged: only roles that may be mentioned can be chosen.",
    };
    prose(language, [line.to_owned(), super::NOTHING_CHANGED.get(language).to_owned()])
}

/// The first line.
pub(in crate::commands) fn settings_title(title: &str, language: Language) -> String {
    match language {
        Language::Ko => format!("이 채널의 {title} 설정"),
        Language::En => format!("This channel's settings for {title}"),
    }
}

/// A style in a word or two.
pub(in crate::commands) const fn style_name(style: Style, language: Language) -> &'static str {
    match (style, language) {
        (Style::Headlines, Language::Ko) => "제목 목록",
        (Style::Summary, Language::Ko) => "요약",
        (Style::Full, Language::Ko) => "전체",
        (Style::Headlines, Language::En) => "headlines",
        (Style::Summary, Language::En) => "summary",
        (Style::Full, Language::En) => "full",
    }
}

/// A language in its own words.
pub(in crate::commands) const fn language_name(language: Language) -> &'static str {
    match language {
        Language::Ko => "한국어",
        Language::En => "English",
    }
}

/// Quiet hours in a few words.
pub(in crate::commands) fn quiet_hours(hours: QuietHours, language: Language) -> String {
    let (from, until) = (hours.from().format("%H:%M"), hours.until().format("%H:%M"));
    match language {
        Language::Ko => format!("{from}부터 {until}까지 조용히"),
        Language::En => format!("quiet from {from} to {until}"),
    }
}

/// What a subscription is set to, as the record of changes has it.
pub(in crate::commands) fn plain_wish(wish: &Wish) -> String {
    let Wish { schedule, timezone, style, filter, language, quiet } = wish;
    let quiet = quiet.map_or(String::new(), |hours| format!(" quiet {hours}"));
    let filter: String = filter.iter().map(|word| format!(" {word}")).collect();
    format!("{schedule} {timezone} {} {}{quiet}{filter}", style.name(), language.code())
}

/// What a subscription is set to, a line each.
pub(in crate::commands) fn wish_lines(
    wish: &Wish,
    mutes: &[Mute],
    publishes: Option<bool>,
    lexicon: &Lexicon,
    language: Language,
) -> Vec<String> {
    let zone = zone::display_name(wish.timezone, language);
    let when = match wish.schedule {
        Schedule::Now => wish.schedule.describe(language),
        Schedule::Slots(_) => format!("{}({zone})", wish.schedule.describe(language)),
    };
    let (style, in_language) = (style_name(wish.style, language), language_name(wish.language));
    let filter = filter_in_words(wish, lexicon, language);
    let muted: Vec<&str> = mutes.iter().map(|mute| mute.term.shown(lexicon, language)).collect();
    let muted = muted.join("·");
    let mut lines = match language {
        Language::Ko => vec![
            format!("• 시각: {when}"),
            format!("• 모양: {style}"),
            format!("• 내용: {filter} 소식"),
            format!("• 언어: {in_language}"),
        ],
        Language::En => vec![
            format!("• When: {when}"),
            format!("• Style: {style}"),
            format!("• What: {filter} news"),
            format!("• Language: {in_language}"),
        ],
    };
    let more = |ko: String, en: String| match language {
        Language::Ko => ko,
        Language::En => en,
    };
    if !muted.is_empty() {
        lines.push(more(format!("• 빼는 것: {muted}"), format!("• Muted: {muted}")));
    }
    if let Some(hours) = wish.quiet {
        let hours = quiet_hours(hours, language);
        lines.push(more(format!("• {hours}({zone})"), format!("• {hours} ({zone})")));
    }
    if publishes == Some(true) {
        lines.push(more("• 팔로우한 서버에도 보냄".to_owned(), "• Published to followers".to_owned()));
    }
    lines
}

/// What became of the last deliveries, the newest first.
pub(in crate::commands) fn deliveries(
    last: &[DeliveryResult],
    timezone: Tz,
    language: Language,
) -> Vec<String> {
    let first = match (last.is_empty(), language) {
        (true, Language::Ko) => "아직 보낸 뉴스가 없습니다.",
        (true, Language::En) => "Nothing was delivered yet.",
        (false, Language::Ko) => "최근 배달:",
        (false, Language::En) => "Last deliveries:",
    };
    let line = |delivery: &DeliveryResult| {
        let (of, at) = (day(delivery.day, language), moment(delivery.at, timezone, language));
        let result = result(delivery, language);
        match language {
            Language::Ko => format!("• {of} 뉴스 — {at} {result}"),
            Language::En => format!("• {of} — {at} {result}"),
        }
    };
    std::iter::once(first.to_owned()).chain(last.iter().map(line)).collect()
}

fn result(delivery: &DeliveryResult, language: Language) -> String {
    let DeliveryResult { messages, sent, open, .. } = *delivery;
    let reason = delivery
        .error
        .as_deref()
        .map_or(String::new(), |error| format!(" ({})", cut(error, 80, Unit::CodePoints)));
    match language {
        _ if messages == 0 => match language {
            Language::Ko => format!("취소함{reason}"),
            Language::En => format!("cancelled{reason}"),
        },
        Language::Ko if sent == messages => format!("보냄(메시지 {messages}개)"),
        Language::En if sent == messages => format!("sent ({messages} messages)"),
        Language::Ko if open > 0 => format!("보내는 중({sent}/{messages}){reason}"),
        Language::En if open > 0 => format!("on its way ({sent}/{messages}){reason}"),
        Language::Ko => format!("못 보냄({sent}/{messages}){reason}"),
        Language::En => format!("failed ({sent}/{messages}){reason}"),
    }
}
