//! What the commands of operators say. The rest is in `words.rs`.

use super::prose;
use crate::commands::spec::Text;
use crate::model::digest::StoredDigest;
use crate::model::feed::Feed;
use crate::model::hold::HoldReason;
use crate::model::language::Language;
use crate::model::reply::Reply;
use crate::store::HeldDigest;
use crate::text::{Unit, cut, day};

pub(in crate::commands) const DROP: Text = Text { ko: "버리기", en: "Drop" };

/// Nothing waits.
pub(in crate::commands) fn nothing_held(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "보류된 뉴스가 없습니다.",
        Language::En => "No digest is held.",
    };
    prose(language, [line.to_owned()])
}

/// What waits, a line each.
pub(in crate::commands) fn held_list(held: &[(&Feed, HeldDigest)], language: Language) -> Vec<String> {
    let count = held.len();
    let first = match language {
        Language::Ko => format!("보류된 뉴스가 {count}건 있습니다."),
        Language::En => format!("{count} digests are held."),
    };
    let line = |(feed, held): &(&Feed, HeldDigest)| {
        format!("{} — {}", held_label(&feed.title, held, language), why(held, language))
    };
    std::iter::once(first).chain(held.iter().map(line)).collect()
}

/// A held digest in a few words, at most 80 characters (Discord's limit of a button's label).
pub(in crate::commands) fn held_label(title: &str, held: &HeldDigest, language: Language) -> String {
    cut(&format!("{} {title}", day(held.stored.digest.date.day(), language)), 80, Unit::CodePoints)
}

/// One that waits, and why.
pub(in crate::commands) fn held(title: &str, held: &HeldDigest, language: Language) -> Vec<String> {
    let (name, why) = (held_label(title, held, language), why(held, language));
    let post = &held.stored.digest.title;
    match language {
        Language::Ko => vec![
            format!("⏸ {name} ‘{post}’ 보내기를 보류했습니다. {why}"),
            "이대로 보낼지 버릴지 정해 주세요. 글을 고치면 다시 살펴봅니다.".to_owned(),
        ],
        Language::En => vec![
            format!("⏸ {name}, “{post}”, is held. {why}"),
            "Please decide whether to send or to drop it. Once the post is corrected, it is judged anew."
                .to_owned(),
        ],
    }
}

fn why(held: &HeldDigest, language: Language) -> String {
    let count = held.stored.digest.articles.len();
    match (held.reason, language) {
        (HoldReason::Empty, Language::Ko) => "기사가 없습니다.".to_owned(),
        (HoldReason::Thin, Language::Ko) => format!("기사가 {count}건으로 보통의 절반이 안 됩니다."),
        (HoldReason::Repeated, Language::Ko) => "바로 앞 뉴스와 기사가 같습니다.".to_owned(),
        (HoldReason::Empty, Language::En) => "It has no articles.".to_owned(),
        (HoldReason::Thin, Language::En) => {
            format!("It has {count} articles, less than half as many as usual.")
        }
        (HoldReason::Repeated, Language::En) => "Its articles are those of the digest before it.".to_owned(),
    }
}

/// It was decided before.
pub(in crate::commands) fn not_held(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "이 뉴스는 이제 보류되어 있지 않습니다.",
        Language::En => "This digest is not held any more.",
    };
    prose(language, [line.to_owned()])
}

/// It is decided.
pub(in crate::commands) fn decided(stored: &StoredDigest, send: bool, language: Language) -> Reply {
    let of = day(stored.digest.date.day(), language);
    let line = match (send, language) {
        (true, Language::Ko) => format!("{of} 뉴스를 보냅니다. 채널마다 정해진 때에 도착합니다."),
        (true, Language::En) => format!("The digest of {of} is sent; each channel gets it at its own hour."),
        (false, Language::Ko) => format!("{of} 뉴스를 보내지 않기로 했습니다. /digest로는 볼 수 있습니다."),
        (false, Language::En) => {
            format!("The digest of {of} is sent to nobody. It can be read with /digest.")
        }
    };
    prose(language, [line])
}
