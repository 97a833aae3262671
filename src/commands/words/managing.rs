//! What the commands of channel admins say. The rest is in `words.rs`.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{prose, style_in_words};
use crate::commands::spec::Text;
use crate::model::digest::StoredDigest;
use crate::model::language::Language;
use crate::model::reply::Reply;
use crate::model::schedule::Schedule;
use crate::model::subscription::Wish;
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
