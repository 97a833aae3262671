//! What the commands of operators say. The rest is in `words.rs`.

use super::prose;
use crate::commands::spec::Text;
use crate::model::channel::Platform;
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

/// As many lost channels are named; the others are counted.
const NAMED: usize = 10;

/// Channels cannot be written to: what an operator reads.
pub(in crate::commands) fn lost_to_operator(
    platform: Platform,
    lost: &[(String, String)],
    language: Language,
) -> Vec<String> {
    let (count, platform) = (lost.len(), platform.brand());
    let (first, last) = match language {
        Language::Ko => (
            format!("⚠️ {platform} 채널 {count}곳에 글을 쓸 수 없습니다."),
            "보내기를 멈추고 저절로 다시 확인합니다. 권한이 돌아오면 밀린 뉴스부터 보냅니다.",
        ),
        Language::En => (
            format!("⚠️ {count} channels on {platform} cannot be written to."),
            "Nothing is sent there; it is tried again by itself. Once the rights are back, what was missed comes first.",
        ),
    };
    let named = lost.iter().take(NAMED).map(|(name, reason)| {
        format!("• {} — {}", cut(name, 60, Unit::CodePoints), cut(reason, 120, Unit::CodePoints))
    });
    let others = count.saturating_sub(NAMED);
    let others = (others > 0).then(|| match language {
        Language::Ko => format!("• 외 {others}곳"),
        Language::En => format!("• and {others} more"),
    });
    std::iter::once(first).chain(named).chain(others).chain([last.to_owned()]).collect()
}

/// Channels cannot be written to: what somebody who subscribed them reads.
pub(in crate::commands) fn lost_to_subscriber(lost: &[(String, String)], language: Language) -> Vec<String> {
    let names: Vec<String> =
        lost.iter().take(NAMED).map(|(name, _)| cut(name, 60, Unit::CodePoints)).collect();
    let others = lost.len().saturating_sub(NAMED);
    let names = names.join(", ");
    match language {
        Language::Ko => {
            let others = if others > 0 { format!(" 외 {others}곳") } else { String::new() };
            vec![
                format!("구독하신 {names}{others}에 글을 쓸 수 없어 배달을 멈췄습니다."),
                "봇을 다시 초대하거나 글 쓰는 권한을 주시면 밀린 뉴스부터 저절로 다시 보냅니다.".to_owned(),
            ]
        }
        Language::En => {
            let others = if others > 0 { format!(" and {others} more") } else { String::new() };
            vec![
                format!(
                    "Deliveries to {names}{others}, which you subscribed, are held: the bot cannot write there."
                ),
                "Invite it again or give it the right to write, and what was missed comes by itself."
                    .to_owned(),
            ]
        }
    }
}
