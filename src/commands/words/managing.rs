//! What the commands of channel admins say. The rest is in `words.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{prose, style_in_words};
use crate::commands::spec::Text;
use crate::model::digest::StoredDigest;
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::mute::Mute;
use crate::model::reply::Reply;
use crate::model::schedule::Schedule;
use crate::model::subscription::Wish;
use crate::model::term::Term;
use crate::model::zone;
use crate::store::LastDelivery;
use crate::text::{clock_time, day, particle};

pub(in crate::commands) const CANCEL: Text = Text { ko: "취소", en: "Cancel" };
pub(in crate::commands) const END_IT: Text = Text { ko: "끝내기", en: "End it" };
pub(in crate::commands) const SEND: Text = Text { ko: "보내기", en: "Send" };
pub(in crate::commands) const SEND_ALL: Text = Text { ko: "전부 다시", en: "All again" };
pub(in crate::commands) const AS_BEFORE: Text = Text { ko: "지난 설정으로", en: "As before" };
pub(in crate::commands) const AFRESH: Text = Text { ko: "새로 시작", en: "Start afresh" };
pub(in crate::commands) const UNSUBSCRIBE_WHICH: Text =
    Text { ko: "어느 뉴스의 구독을 끝낼까요?", en: "Which subscription shall end?" };

pub(in crate::commands) const PAUSE_INSTEAD: Text = Text { ko: "잠시 멈추기", en: "Pause instead" };
pub(in crate::commands) const RESUME_NOW: Text = Text { ko: "지금 다시 시작", en: "Resume now" };
pub(in crate::commands) const GET_AGAIN: Text = Text { ko: "다시 받기", en: "Get it again" };
pub(in crate::commands) const SHORT_WORDS: Text = Text { ko: "짧은 낱말로", en: "a short word" };
pub(in crate::commands) const A_SPAN: Text = Text { ko: "기간으로", en: "a stretch of time" };
pub(in crate::commands) const STILL_PAUSED: Text = Text {
    ko: "이 채널의 배달은 지금 멈춰 있습니다. 다시 시작하면 보냅니다.",
    en: "Deliveries to this channel are paused. They begin when it is resumed.",
};

/// Nothing was done.
pub(in crate::commands) fn cancelled(language: Language) -> Reply {
    prose(language, [super::NOTHING_CHANGED.get(language).to_owned()])
}

/// The channel gets nothing.
pub(in crate::commands) fn not_subscribed(language: Language) -> Reply {
    let lines = match language {
        Language::Ko => {
            ["이 채널은 아직 받는 뉴스가 없습니다.", "/subscribe 08:30 이라고 쓰시면 매일 08:30에 보냅니다."]
        }
        Language::En => [
            "This channel does not get any digest yet.",
            "Write /subscribe 08:30 to get it every day at 08:30.",
        ],
    };
    prose(language, lines.map(str::to_owned))
}

/// Whether it shall really end.
pub(in crate::commands) fn unsubscribe_sure(title: &str, language: Language) -> String {
    match language {
        Language::Ko => format!("이 채널의 {title} 구독을 끝낼까요? 설정은 30일 동안 보관합니다."),
        Language::En => {
            format!("End this channel's subscription of {title}? Its settings are kept for 30 days.")
        }
    }
}

/// It has ended.
pub(in crate::commands) fn unsubscribed(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "구독을 끝냈습니다. 다시 받으려면 /subscribe를 쓰세요.",
        Language::En => "The subscription has ended. To get it again, use /subscribe.",
    };
    prose(language, [line.to_owned()])
}

/// The channel had a subscription not long ago.
pub(in crate::commands) fn as_before(wish: &Wish, language: Language) -> Vec<String> {
    let zone = zone::display_name(wish.timezone, language);
    let style = style_in_words(wish.style, language);
    let when = match (&wish.schedule, language) {
        (Schedule::Now, Language::Ko) => "나오는 대로".to_owned(),
        (Schedule::Now, Language::En) => "as soon as it is out".to_owned(),
        (schedule, _) => format!("{}({zone})", schedule.describe(language)),
    };
    let filter =
        if wish.filter.is_empty() { String::new() } else { format!(" · {}", wish.filter.join(", ")) };
    match language {
        Language::Ko => {
            vec!["이 채널의 지난 설정이 남아 있습니다.".to_owned(), format!("{when}, {style}{filter}")]
        }
        Language::En => {
            vec![
                "This channel's last settings are still there.".to_owned(),
                format!("{when}, {style}{filter}"),
            ]
        }
    }
}

/// What was sent of a digest, and whether to send it again.
pub(in crate::commands) fn resend_sure(
    stored: &StoredDigest,
    last: Option<&LastDelivery>,
    timezone: Tz,
    language: Language,
) -> Vec<String> {
    let of = day(stored.digest.date.day(), language);
    let articles = stored.digest.articles.len();
    let Some(last) = last else {
        return vec![match language {
            Language::Ko => {
                format!("{of} 뉴스(기사 {articles}건)는 이 채널로 따로 보낸 적이 없습니다. 지금 보낼까요?")
            }
            Language::En => {
                format!("The digest of {of} ({articles} articles) was not sent to this channel. Send it now?")
            }
        }];
    };
    let (messages, sent) = (last.messages, last.sent);
    if sent < messages {
        let first = match language {
            Language::Ko => {
                format!("{of} 뉴스(기사 {articles}건)는 메시지 {messages}개 가운데 {sent}개가 갔습니다.")
            }
            Language::En => {
                format!(
                    "Of the digest of {of} ({articles} articles) {sent} of {messages} messages have arrived."
                )
            }
        };
        let open = (last.open > 0).then(|| match language {
            Language::Ko => format!("{}개는 지금 보내고 있습니다.", last.open),
            Language::En => format!("{} are on their way.", last.open),
        });
        return [Some(first), open].into_iter().flatten().collect();
    }
    let at = last.sent_at.map(|at| at.with_timezone(&timezone));
    let at = at.map_or(String::new(), |at| {
        let time = clock_time(at.time());
        if at.date_naive() == stored.digest.date.day() {
            time
        } else {
            format!("{} {time}", day(at.date_naive(), language))
        }
    });
    vec![match language {
        Language::Ko => format!(
            "{of} 뉴스(기사 {articles}건, 메시지 {messages}개)는 이미 {at}에 이 채널로 보냈습니다. 한 번 더 보낼까요?"
        ),
        Language::En => format!(
            "The digest of {of} ({articles} articles, {messages} messages) was sent to this channel at {at}. Send it once more?"
        ),
    }]
}

/// The button that sends what is missing.
pub(in crate::commands) fn only_missing(missing: u32, language: Language) -> String {
    match language {
        Language::Ko => format!("빠진 {missing}개만"),
        Language::En => format!("Only the {missing} missing"),
    }
}

/// Everything has arrived.
pub(in crate::commands) fn nothing_missing(of: NaiveDate, language: Language) -> Reply {
    let of = day(of, language);
    let lines = match language {
        Language::Ko => [
            format!("{of} 뉴스에서 빠진 메시지는 없습니다."),
            "전부 다시 보내려면 /resend 를 쓰세요.".to_owned(),
        ],
        Language::En => [
            format!("Nothing of the digest of {of} is missing."),
            "To send all of it again, use /resend.".to_owned(),
        ],
    };
    prose(language, lines)
}

/// There is nothing of that day.
pub(in crate::commands) fn none_to_resend(of: NaiveDate, title: &str, language: Language) -> Reply {
    let of = day(of, language);
    let line = match language {
        Language::Ko => format!("{of} {title}{} 없습니다.", particle(title, "은/는")),
        Language::En => format!("{title}: there is no digest of {of}."),
    };
    prose(language, [line, super::NOTHING_CHANGED.get(language).to_owned()])
}

/// It is on its way.
pub(in crate::commands) fn resending(language: Language) -> Reply {
    let lines = match language {
        Language::Ko => ["다시 보냅니다.", "이 채널의 차례가 되는 대로 도착합니다."],
        Language::En => ["It is being sent again.", "It arrives as soon as it is this channel's turn."],
    };
    prose(language, lines.map(str::to_owned))
}

/// An instant as people of a zone read it: `12월 24일(수) 09:00`.
pub(super) fn moment(at: DateTime<Utc>, timezone: Tz, language: Language) -> String {
    let local = at.with_timezone(&timezone);
    format!("{} {}", day(local.date_naive(), language), clock_time(local.time()))
}

/// Deliveries are held back.
pub(in crate::commands) fn paused(
    until: Option<DateTime<Utc>>,
    timezone: Tz,
    language: Language,
) -> Vec<String> {
    let until = until.map(|until| moment(until, timezone, language));
    match (until, language) {
        (Some(until), Language::Ko) => vec![format!(
            "{until}까지 배달을 멈췄습니다. 그동안의 뉴스는 다시 시작할 때 목록 하나로 보냅니다."
        )],
        (None, Language::Ko) => vec![
            "배달을 멈췄습니다. 그동안의 뉴스는 다시 시작할 때 목록 하나로 보냅니다.".to_owned(),
            "/resume 이라고 쓰시면 다시 시작합니다.".to_owned(),
        ],
        (Some(until), Language::En) => {
            vec![format!("Deliveries are paused until {until}. What is missed comes as one list then.")]
        }
        (None, Language::En) => vec![
            "Deliveries are paused. What is missed comes as one list when they are resumed.".to_owned(),
            "Write /resume to go on.".to_owned(),
        ],
    }
}

/// Deliveries go on.
pub(in crate::commands) fn resumed(language: Language) -> Reply {
    let lines = match language {
        Language::Ko => ["배달을 다시 시작합니다.", "그동안 나온 뉴스가 있으면 목록 하나로 보냅니다."],
        Language::En => ["Deliveries go on.", "What was missed comes as one list."],
    };
    prose(language, lines.map(str::to_owned))
}

/// There was no pause.
pub(in crate::commands) fn not_paused(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "이 채널의 배달은 멈춰 있지 않습니다.",
        Language::En => "Deliveries to this channel are not paused.",
    };
    prose(language, [line, super::NOTHING_CHANGED.get(language)].map(str::to_owned))
}

/// What a mute leaves out, as the object of a sentence.
fn left_out(term: &Term, lexicon: &Lexicon, language: Language) -> String {
    let shown = term.shown(lexicon, language);
    match (term, language) {
        (Term::Word(_), Language::Ko) => format!("‘{shown}’{} 들어간 기사를", particle(shown, "이/가")),
        (_, Language::Ko) => format!("{shown} 소식을"),
        (Term::Word(_), Language::En) => format!("articles that say “{shown}”"),
        (_, Language::En) => format!("news about {shown}"),
    }
}

/// Something is left out now.
pub(in crate::commands) fn muted(
    mute: &Mute,
    everywhere: bool,
    timezone: Tz,
    lexicon: &Lexicon,
    language: Language,
) -> Vec<String> {
    let what = left_out(&mute.term, lexicon, language);
    let again = if everywhere { "/admin unmute" } else { "/unmute" };
    let shown = mute.term.shown(lexicon, language);
    let until = mute.until.map(|until| moment(until, timezone, language));
    match language {
        Language::Ko => {
            let place = if everywhere { "모든 채널에서" } else { "이 채널에서" };
            let until = until.map_or(String::new(), |until| format!(" {until}까지"));
            vec![format!("{place}{until} {what} 뺍니다."), format!("다시 받으려면: {again} {shown}")]
        }
        Language::En => {
            let place = if everywhere { "every channel" } else { "this channel" };
            let until = until.map_or(String::new(), |until| format!(" until {until}"));
            vec![format!("{place} gets no {what}{until}."), format!("To get it again: {again} {shown}")]
        }
    }
}

/// Something is not left out any more.
pub(in crate::commands) fn unmuted(term: &Term, lexicon: &Lexicon, language: Language) -> Reply {
    let what = left_out(term, lexicon, language);
    let line = match language {
        Language::Ko => format!("{what} 다시 보냅니다."),
        Language::En => format!("You get {what} again."),
    };
    prose(language, [line])
}

/// The button that takes one of several mutes back.
pub(in crate::commands) fn get_again(shown: &str, language: Language) -> String {
    match language {
        Language::Ko => format!("{shown} 다시 받기"),
        Language::En => format!("Get {shown} again"),
    }
}

/// That is not left out.
pub(in crate::commands) fn not_muted(word: &str, language: Language) -> Reply {
    let line = match language {
        Language::Ko => format!("‘{word}’{} 빼 두지 않았습니다.", particle(word, "은/는")),
        Language::En => format!("“{word}” is not muted."),
    };
    prose(language, [line, super::NOTHING_CHANGED.get(language).to_owned()])
}

/// What is left out.
pub(in crate::commands) fn mutes(
    mutes: &[Mute],
    example: &str,
    timezone: Tz,
    lexicon: &Lexicon,
    language: Language,
) -> Vec<String> {
    let (none, some) = match language {
        Language::Ko => (format!("빼고 보내는 것이 없습니다. 예: {example}"), "이것은 빼고 보냅니다."),
        Language::En => (format!("Nothing is muted. For example: {example}"), "This is left out:"),
    };
    if mutes.is_empty() {
        return vec![none];
    }
    let entry = |mute: &Mute| {
        let until = mute.until.map(|until| moment(until, timezone, language));
        let until = match (until, language) {
            (Some(until), Language::Ko) => format!("{until}까지"),
            (Some(until), Language::En) => format!("until {until}"),
            (None, Language::Ko) => "계속".to_owned(),
            (None, Language::En) => "for good".to_owned(),
        };
        format!("• {} — {until}", mute.term.shown(lexicon, language))
    };
    std::iter::once(some.to_owned()).chain(mutes.iter().map(entry)).collect()
}
