//! What `/why` says. The rest is in `words.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::managing::moment;
use super::{filter_in_words, prose};
use crate::commands::spec::Text;
use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::message::MessageState;
use crate::model::reply::Reply;
use crate::model::subscription::Wish;
use crate::plan::selection::Reason;
use crate::store::Trace;
use crate::text::{Unit, clock_time, cut, day, particle};

pub(in crate::commands) const AN_ARTICLE: Text = Text { ko: "기사 번호로", en: "an article's id" };
pub(in crate::commands) const WHY_WHICH: Text = Text { ko: "어느 기사인가요?", en: "Which article?" };
pub(in crate::commands) const PICK_ARTICLE: Text = Text { ko: "기사 고르기", en: "Choose an article" };

/// The longest headline that is repeated, in code points.
const HEADLINE: usize = 120;

/// A headline with its number.
pub(in crate::commands) fn numbered(number: usize, headline: &str) -> String {
    format!("{number}. {}", cut(headline, HEADLINE, Unit::CodePoints))
}

/// The article that it is about.
pub(in crate::commands) fn why_headline(headline: &str, of: NaiveDate, language: Language) -> String {
    let headline = cut(headline, HEADLINE, Unit::CodePoints);
    match language {
        Language::Ko => format!("‘{headline}’ — {} 뉴스", day(of, language)),
        Language::En => format!("“{headline}”, of {}", day(of, language)),
    }
}

/// Nothing has this id.
pub(in crate::commands) fn no_such_article(text: &str, language: Language) -> Reply {
    let text = super::shortened(text);
    let lines = match language {
        Language::Ko => [
            format!("‘{text}’ 기사를 찾지 못했습니다."),
            "/why 만 쓰시면 최근 기사에서 고를 수 있습니다.".to_owned(),
        ],
        Language::En => [
            format!("There is no article ‘{text}’."),
            "Write /why alone to choose from the last ones.".to_owned(),
        ],
    };
    prose(language, lines)
}

/// There is nothing to ask about.
pub(in crate::commands) fn no_article_yet(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "이 채널이 받을 뉴스가 아직 나오지 않았습니다.",
        Language::En => "There has been no digest for this channel yet.",
    };
    prose(language, [line.to_owned()])
}

/// The message is none of a delivery.
pub(in crate::commands) fn no_delivery(language: Language) -> Reply {
    let lines = match language {
        Language::Ko => [
            "이 메시지는 이 채널에 배달한 뉴스가 아닙니다.",
            "/why 만 쓰시면 최근 기사에서 고를 수 있습니다.",
        ],
        Language::En => [
            "This message is no digest that was delivered to this channel.",
            "Write /why alone to choose from the last articles.",
        ],
    };
    prose(language, lines.map(str::to_owned))
}

/// The channel does not get the feed.
pub(in crate::commands) fn why_not_subscribed(title: &str, language: Language) -> String {
    match language {
        Language::Ko => format!("이 채널은 {title}{} 구독하지 않습니다.", particle(title, "을/를")),
        Language::En => format!("This channel has not subscribed to {title}."),
    }
}

/// What became of the message that holds the article.
pub(in crate::commands) fn what_became(trace: &Trace, timezone: Tz, language: Language) -> String {
    let sent = trace.sent_at.map(|at| moment(at, timezone, language)).unwrap_or_default();
    let due = moment(trace.due_at, timezone, language);
    let why = trace
        .error
        .as_deref()
        .map_or(String::new(), |error| format!(" ({})", cut(error, 120, Unit::CodePoints)));
    match (trace.state, language) {
        _ if trace.is_recalled => match language {
            Language::Ko => "이 채널로 보냈다가 운영자가 지웠습니다.".to_owned(),
            Language::En => "It was sent to this channel, and an operator has deleted it.".to_owned(),
        },
        (MessageState::Sent, Language::Ko) if trace.is_list => format!("{sent}에 목록으로 보냈습니다."),
        (MessageState::Sent, Language::En) if trace.is_list => format!("It was sent in a list: {sent}."),
        (MessageState::Sent, Language::Ko) => format!("{sent}에 이 채널로 보냈습니다."),
        (MessageState::Sent, Language::En) => format!("It was sent to this channel: {sent}."),
        (MessageState::Failed, Language::Ko) => {
            format!("보내지 못했습니다{why}. /resend 로 다시 보낼 수 있습니다.")
        }
        (MessageState::Failed, Language::En) => format!("It could not be sent{why}. /resend sends it again."),
        (MessageState::Cancelled, Language::Ko) => format!("보내기 전에 취소했습니다{why}."),
        (MessageState::Cancelled, Language::En) => format!("It was cancelled before it was sent{why}."),
        (_, Language::Ko) => format!("보내는 중입니다. 예정된 시각은 {due}입니다{why}."),
        (_, Language::En) => format!("It is on its way; it was due {due}{why}."),
    }
}

/// It came after the hour of its delivery, and went out at once.
pub(in crate::commands) fn came_late(
    slot: DateTime<Utc>,
    stored: DateTime<Utc>,
    timezone: Tz,
    language: Language,
) -> String {
    let time = |at: DateTime<Utc>| clock_time(at.with_timezone(&timezone).time());
    let (slot, stored) = (time(slot), time(stored));
    match language {
        Language::Ko => format!("배달 시각인 {slot}보다 늦은 {stored}에 나와서 나오는 대로 보냈습니다."),
        Language::En => {
            format!("It was out at {stored}, after the hour of delivery ({slot}), and went out at once.")
        }
    }
}

/// It came after the last delivery, and waits.
pub(in crate::commands) fn came_after(
    slot: DateTime<Utc>,
    stored: DateTime<Utc>,
    timezone: Tz,
    language: Language,
) -> String {
    let (slot, stored) = (moment(slot, timezone, language), moment(stored, timezone, language));
    match language {
        Language::Ko => format!("지난 배달({slot}) 뒤인 {stored}에 나왔습니다."),
        Language::En => format!("It was out at {stored}, after the last delivery ({slot})."),
    }
}

/// Why it passes the filter and the mutes, or does not.
pub(in crate::commands) fn why(
    reason: &Reason,
    by_operator: bool,
    wish: &Wish,
    lexicon: &Lexicon,
    language: Language,
) -> String {
    let filter = filter_in_words(wish, lexicon, language);
    match (reason, language) {
        (Reason::Everything, Language::Ko) => "이 채널은 모든 소식을 받습니다.".to_owned(),
        (Reason::Everything, Language::En) => "This channel gets everything.".to_owned(),
        (Reason::Wanted(terms), _) => {
            let terms: Vec<&str> = terms.iter().map(|term| term.shown(lexicon, language)).collect();
            let terms = terms.join("·");
            match language {
                Language::Ko => format!("이 채널이 받는 소식({filter}) 가운데 ‘{terms}’에 해당합니다."),
                Language::En => format!("It falls under “{terms}” of what this channel gets ({filter})."),
            }
        }
        (Reason::Unwanted, Language::Ko) => {
            format!(
                "이 채널은 {filter} 소식만 받는데, 이 기사는 해당하지 않습니다. /settings 에서 볼 수 있습니다."
            )
        }
        (Reason::Unwanted, Language::En) => {
            format!("This channel gets only {filter}, which this article is not about. See /settings.")
        }
        (Reason::Muted(term), _) => {
            let term = term.shown(lexicon, language);
            match (by_operator, language) {
                (false, Language::Ko) => {
                    format!("이 채널에서 빼 둔 ‘{term}’에 해당합니다. 다시 받으려면: /unmute {term}")
                }
                (true, Language::Ko) => format!("운영자가 모든 채널에서 빼 둔 ‘{term}’에 해당합니다."),
                (false, Language::En) => {
                    format!("It falls under “{term}”, which is muted here. To get it again: /unmute {term}")
                }
                (true, Language::En) => {
                    format!("It falls under “{term}”, which the operator has muted for every channel.")
                }
            }
        }
    }
}

/// It was not sent.
pub(in crate::commands) fn why_kept_back(language: Language) -> String {
    match language {
        Language::Ko => "이 채널로 보내지 않았습니다.",
        Language::En => "It was not sent to this channel.",
    }
    .to_owned()
}

/// It waits for its turn.
pub(in crate::commands) fn why_waiting(
    next: Option<DateTime<Utc>>,
    timezone: Tz,
    language: Language,
) -> String {
    match (next.map(|next| moment(next, timezone, language)), language) {
        (Some(next), Language::Ko) => format!("아직 보내지 않았습니다. 다음 배달은 {next}입니다."),
        (None, Language::Ko) => "아직 보내지 않았습니다.".to_owned(),
        (Some(next), Language::En) => format!("It was not sent yet. The next delivery is on {next}."),
        (None, Language::En) => "It was not sent yet.".to_owned(),
    }
}

/// The digest waits for the operator.
pub(in crate::commands) fn why_held(language: Language) -> String {
    match language {
        Language::Ko => "이 뉴스는 운영자가 확인하는 중이라 아직 아무 채널에도 보내지 않았습니다.",
        Language::En => "This digest is held until an operator has looked at it; no channel has it yet.",
    }
    .to_owned()
}

/// The post was taken back.
pub(in crate::commands) fn why_withdrawn(language: Language) -> String {
    match language {
        Language::Ko => "이 뉴스는 발행한 쪽에서 거두었습니다. 보내기 전이어서 보내지 않았습니다.",
        Language::En => "The publisher has taken this digest back before it was sent.",
    }
    .to_owned()
}

/// It was never news.
pub(in crate::commands) fn why_archived(language: Language) -> String {
    match language {
        Language::Ko => "이 뉴스는 나온 지 오래되어 찾아볼 수만 있고, 채널로는 보내지 않았습니다.",
        Language::En => "This digest was old when it came: it can be looked up, and went to no channel.",
    }
    .to_owned()
}

/// A list had no room for it.
pub(in crate::commands) fn why_left_out(language: Language) -> String {
    match language {
        Language::Ko => "여러 날의 뉴스를 목록 하나로 보낼 때 자리가 모자라 빠졌습니다(목록에는 20건까지).",
        Language::En => {
            "Several digests went out as one list of at most 20 articles, and this was not among them."
        }
    }
    .to_owned()
}

/// The channel cannot be reached.
pub(in crate::commands) fn why_lost(language: Language) -> String {
    match language {
        Language::Ko => "이 채널에 글을 쓸 수 없어 기다리고 있습니다. 권한이 돌아오면 보냅니다.",
        Language::En => "It waits: the bot cannot write here. It is sent once it can.",
    }
    .to_owned()
}

/// The channel subscribed later.
pub(in crate::commands) fn why_before(since: DateTime<Utc>, timezone: Tz, language: Language) -> String {
    let since = moment(since, timezone, language);
    match language {
        Language::Ko => {
            format!("이 채널이 구독하기({since}) 전에 나온 뉴스입니다. /resend 로 받을 수 있습니다.")
        }
        Language::En => format!("It was out before this channel subscribed ({since}). /resend sends it."),
    }
}

/// Nothing tells.
pub(in crate::commands) fn why_unknown(language: Language) -> String {
    match language {
        Language::Ko => "이 채널로 보내지 않았습니다. 그때는 설정이 달랐거나 구독하지 않았습니다. /resend 로 받을 수 있습니다.",
        Language::En => "It was not sent: the settings were others then, or there was no subscription. /resend sends it.",
    }
    .to_owned()
}

/// The settings are not those of then.
pub(in crate::commands) fn changed_since(at: DateTime<Utc>, timezone: Tz, language: Language) -> String {
    let at = moment(at, timezone, language);
    match language {
        Language::Ko => format!("이 채널의 설정은 그 뒤 {at}에 바뀌었습니다."),
        Language::En => format!("This channel's settings were changed since ({at})."),
    }
}
