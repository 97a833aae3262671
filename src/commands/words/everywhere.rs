//! What the commands of operators say that are about many channels at once. The rest is in `words.rs`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::managing::moment;
use super::prose;
use crate::commands::reach::Target;
use crate::commands::reload::Reloaded;
use crate::commands::spec::Text;
use crate::model::channel::Platform;
use crate::model::digest::StoredDigest;
use crate::model::language::Language;
use crate::model::reply::Reply;
use crate::store::{FeedState, PlatformStanding, RecallPlan, RecallProgress, ResendPlan, ResendProgress};
use crate::text::{Unit, cut, day, particle};

pub(in crate::commands) const A_PLATFORM: Text = Text { ko: "플랫폼으로", en: "a platform" };
pub(in crate::commands) const DELETE: Text = Text { ko: "지우기", en: "Delete" };
pub(in crate::commands) const HOW_FAR: Text = Text { ko: "진행 보기", en: "How far is it" };

/// Where something was done, as the record of changes has it.
pub(in crate::commands) fn whither(target: &Target) -> String {
    let platform = target.platform.map(Platform::name);
    let channel = target.channel.map(|channel| format!("channel {}", channel.0));
    let words: Vec<&str> = platform.into_iter().chain(channel.as_deref()).collect();
    if words.is_empty() { "everywhere".to_owned() } else { words.join(" ") }
}

/// No subscribed channel has this name or address, or several have the name.
pub(in crate::commands) fn no_such_channel(text: &str, language: Language) -> Reply {
    let text = super::shortened(text);
    let lines = match language {
        Language::Ko => [
            format!("‘{text}’에 해당하는 구독 채널을 찾지 못했습니다."),
            "바뀐 것은 없습니다. 예: telegram:-100123 또는 discord:123".to_owned(),
        ],
        Language::En => [
            format!("‘{text}’ does not name one subscribed channel."),
            "Nothing was changed. Example: telegram:-100123, or discord:123".to_owned(),
        ],
    };
    prose(language, lines)
}

/// Nobody subscribed there.
pub(in crate::commands) fn no_channels(title: &str, language: Language) -> Reply {
    let line = match language {
        Language::Ko => format!("{title}{} 받을 채널이 없습니다.", particle(title, "을/를")),
        Language::En => format!("{title}: there is no channel to send it to."),
    };
    prose(language, [line, super::NOTHING_CHANGED.get(language).to_owned()])
}

/// Whether to send a digest again to so many channels.
pub(in crate::commands) fn resend_all_sure(
    stored: &StoredDigest,
    title: &str,
    plan: ResendPlan,
    language: Language,
) -> Vec<String> {
    let (of, articles) = (day(stored.digest.date.day(), language), stored.digest.articles.len());
    let ResendPlan { channels, have_it } = plan;
    let first = match language {
        Language::Ko => format!(
            "{of} {title}(기사 {articles}건){} 채널 {channels}곳에 다시 보낼까요?",
            particle(title, "을/를")
        ),
        Language::En => {
            format!("Send the {title} digest of {of} ({articles} articles) again to {channels} channels?")
        }
    };
    let second = (have_it > 0).then(|| match language {
        Language::Ko => format!("그 가운데 {have_it}곳은 이미 받았습니다."),
        Language::En => format!("{have_it} of them have it already."),
    });
    std::iter::once(first).chain(second).collect()
}

/// It is on its way to so many channels.
pub(in crate::commands) fn resending_all(channels: u64, language: Language) -> String {
    match language {
        Language::Ko => format!("채널 {channels}곳에 다시 보냅니다."),
        Language::En => format!("It is being sent again to {channels} channels."),
    }
}

/// How far something that is sent to many channels has got.
pub(in crate::commands) fn sending_progress(done: i64, open: i64, failed: i64, language: Language) -> String {
    let all = done + open + failed;
    match language {
        _ if open == 0 && failed == 0 => match language {
            Language::Ko => format!("✅ 채널 {all}곳에 모두 보냈습니다."),
            Language::En => format!("✅ All {all} channels have it."),
        },
        Language::Ko => {
            format!("채널 {all}곳 가운데 {done}곳에 보냈습니다. 보내는 중 {open}곳 · 못 보냄 {failed}곳")
        }
        Language::En => format!("{done} of {all} channels have it · on its way {open} · failed {failed}"),
    }
}

/// There is nothing to take back.
pub(in crate::commands) fn nothing_to_recall(
    stored: &StoredDigest,
    title: &str,
    language: Language,
) -> Reply {
    let of = day(stored.digest.date.day(), language);
    let line = match language {
        Language::Ko => format!("{of} {title}: 지울 메시지가 없습니다."),
        Language::En => format!("{title} of {of}: there is no message to delete."),
    };
    prose(language, [line, super::NOTHING_CHANGED.get(language).to_owned()])
}

/// Whether to delete so many messages.
pub(in crate::commands) fn recall_sure(
    stored: &StoredDigest,
    title: &str,
    plan: RecallPlan,
    language: Language,
) -> Vec<String> {
    let of = day(stored.digest.date.day(), language);
    let RecallPlan { channels, sent, too_old, unsent } = plan;
    let first = match language {
        Language::Ko => format!("{of} {title}: 채널 {channels}곳에 보낸 메시지 {sent}개를 지울까요?"),
        Language::En => format!("{title} of {of}: delete {sent} messages in {channels} channels?"),
    };
    let old = (too_old > 0).then(|| match language {
        Language::Ko => format!("그 가운데 {too_old}개는 48시간이 지나 Telegram이 지우지 않습니다."),
        Language::En => format!("{too_old} of them are older than 48 hours; Telegram does not delete those."),
    });
    let open = (unsent > 0).then(|| match language {
        Language::Ko => format!("아직 보내지 않은 {unsent}개는 보내지 않습니다."),
        Language::En => format!("{unsent} that were not sent yet will not be."),
    });
    [Some(first), old, open].into_iter().flatten().collect()
}

/// Messages are being deleted.
pub(in crate::commands) fn recalling(messages: u64, language: Language) -> String {
    match language {
        Language::Ko => format!("메시지 {messages}개를 지웁니다."),
        Language::En => format!("{messages} messages are being deleted."),
    }
}

/// How far a recall has got, and where something could not be deleted.
pub(in crate::commands) fn recall_progress(
    progress: RecallProgress,
    refused: &[(String, String)],
    language: Language,
) -> Vec<String> {
    let RecallProgress { due, done, refused: kept } = progress;
    let first = match language {
        Language::Ko => format!("지움 {done}개 · 남음 {due}개 · 지우지 못함 {kept}개"),
        Language::En => format!("deleted {done} · to do {due} · could not be deleted {kept}"),
    };
    std::iter::once(first).chain(named(refused)).collect()
}

/// Channels, each with the reason why something could not be done there.
fn named(channels: &[(String, String)]) -> impl Iterator<Item = String> {
    channels.iter().map(|(name, reason)| {
        format!("• {} — {}", cut(name, 60, Unit::CodePoints), cut(reason, 120, Unit::CodePoints))
    })
}

/// A digest has been sent again to many channels, or is still on its way to some after a day.
pub(in crate::commands) fn resend_over(
    stored: &StoredDigest,
    title: &str,
    progress: ResendProgress,
    failed: &[(String, String)],
    language: Language,
) -> Vec<String> {
    let ResendProgress { done, open, failed: not_sent } = progress;
    let of = day(stored.digest.date.day(), language);
    let first = match (language, open) {
        (Language::Ko, 0) => format!("{of} {title} 다시 보내기를 마쳤습니다."),
        (Language::Ko, _) => format!("{of} {title} 다시 보내기가 하루가 지나도 끝나지 않았습니다."),
        (Language::En, 0) => format!("{title} of {of}: sending it again is done."),
        (Language::En, _) => format!("{title} of {of}: sending it again is not done after a day."),
    };
    let second = match (language, open) {
        (Language::Ko, 0) if not_sent > 0 => {
            format!(
                "채널 {}곳 가운데 {done}곳에 보냈고, {not_sent}곳에는 보내지 못했습니다.",
                done + not_sent
            )
        }
        (Language::En, 0) if not_sent > 0 => {
            format!("{done} of {} channels have it; {not_sent} could not be reached.", done + not_sent)
        }
        _ => sending_progress(done, open, not_sent, language),
    };
    [first, second].into_iter().chain(named(failed)).collect()
}

/// What was sent of a digest has been deleted, or is still being deleted after a day.
pub(in crate::commands) fn recall_over(
    stored: &StoredDigest,
    title: &str,
    progress: RecallProgress,
    refused: &[(String, String)],
    language: Language,
) -> Vec<String> {
    let RecallProgress { due, done, refused: kept } = progress;
    let of = day(stored.digest.date.day(), language);
    if due > 0 {
        let first = match language {
            Language::Ko => format!("{of} {title} 거두기가 하루가 지나도 끝나지 않았습니다."),
            Language::En => format!("{title} of {of}: recalling it is not done after a day."),
        };
        return std::iter::once(first).chain(recall_progress(progress, refused, language)).collect();
    }
    let first = match language {
        Language::Ko => format!("{of} {title} 거두기를 마쳤습니다."),
        Language::En => format!("{title} of {of}: recalling it is done."),
    };
    let second = match (language, kept) {
        (Language::Ko, 0) => format!("✅ 메시지 {done}개를 모두 지웠습니다."),
        (Language::Ko, _) => format!("메시지 {done}개를 지웠고, {kept}개는 지우지 못했습니다."),
        (Language::En, 0) => format!("✅ All {done} messages are deleted."),
        (Language::En, _) => format!("{done} messages are deleted; {kept} could not be."),
    };
    [first, second].into_iter().chain(named(refused)).collect()
}

/// An announcement without words.
pub(in crate::commands) fn announce_what(example: &str, language: Language) -> Reply {
    let line = match language {
        Language::Ko => format!("알릴 말을 함께 써 주세요. 예: /{example}"),
        Language::En => format!("Please say what to tell. Example: /{example}"),
    };
    prose(language, [line])
}

/// It is too long for one message.
pub(in crate::commands) fn announcement_too_long(most: usize, language: Language) -> Reply {
    let line = match language {
        Language::Ko => format!("알림은 {most}자까지 쓸 수 있습니다."),
        Language::En => format!("An announcement has at most {most} characters."),
    };
    prose(language, [line, super::NOTHING_CHANGED.get(language).to_owned()])
}

/// No channel has subscribed.
pub(in crate::commands) fn nobody_to_tell(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "알릴 채널이 없습니다. 아직 구독한 채널이 없습니다.",
        Language::En => "There is nobody to tell: no channel has subscribed yet.",
    };
    prose(language, [line.to_owned()])
}

/// Whether to tell every channel, and how it will look.
pub(in crate::commands) fn announce_sure(channels: i64, text: &str, language: Language) -> Vec<String> {
    let first = match language {
        Language::Ko => format!("구독한 채널 {channels}곳에 이렇게 알릴까요?"),
        Language::En => format!("Tell {channels} subscribed channels this?"),
    };
    vec![first, announcement(text)]
}

/// It is on its way.
pub(in crate::commands) fn announcing(channels: u64, language: Language) -> String {
    match language {
        Language::Ko => format!("채널 {channels}곳에 알립니다."),
        Language::En => format!("{channels} channels are being told."),
    }
}

/// An announcement as channels get it.
pub(in crate::commands) fn announcement(text: &str) -> String {
    format!("📢 {text}")
}

/// What was loaded again.
pub(in crate::commands) fn reloaded(reloaded: &Reloaded, language: Language) -> Vec<String> {
    let sources = reloaded.sources;
    let first = match (&reloaded.names, language) {
        (Ok((companies, topics)), Language::Ko) => {
            format!("사전을 다시 읽었습니다. 회사 {companies}곳 · 주제 {topics}개")
        }
        (Ok((companies, topics)), Language::En) => {
            format!("The dictionaries were loaded again: {companies} companies, {topics} topics.")
        }
        (Err(fault), Language::Ko) => {
            format!("⚠️ 사전을 읽지 못해 전의 것을 그대로 씁니다: {}", cut(fault, 800, Unit::CodePoints))
        }
        (Err(fault), Language::En) => {
            format!(
                "⚠️ The dictionaries are as before; what was read is wrong: {}",
                cut(fault, 800, Unit::CodePoints)
            )
        }
    };
    let second = match language {
        Language::Ko => format!("뉴스 원본 {sources}곳을 지금 다시 확인합니다."),
        Language::En => format!("{sources} sources are being asked now."),
    };
    vec![first, second]
}

/// How a feed stands.
pub(in crate::commands) fn feed_status(
    title: &str,
    latest: Option<&StoredDigest>,
    state: &FeedState,
    timezone: Tz,
    language: Language,
) -> Vec<String> {
    let latest = latest.map(|stored| day(stored.digest.date.day(), language));
    let load = state.last_load.map(|at| moment(at, timezone, language));
    let (none, never) = match language {
        Language::Ko => ("없음", "없음"),
        Language::En => ("none", "never"),
    };
    let (latest, load) = (latest.as_deref().unwrap_or(none), load.as_deref().unwrap_or(never));
    let first = match language {
        Language::Ko => format!("{title} — 최근 뉴스 {latest} · 마지막 확인 {load}"),
        Language::En => format!("{title} — latest {latest} · last checked {load}"),
    };
    let failing = state.error.as_deref().map(|error| {
        let (error, count) = (cut(error, 200, Unit::CodePoints), state.failures);
        match language {
            Language::Ko => format!("⚠️ 원본을 {count}번 연달아 읽지 못했습니다: {error}"),
            Language::En => format!("⚠️ {count} loads in a row failed: {error}"),
        }
    });
    std::iter::once(first).chain(failing).collect()
}

/// How deliveries stand on a platform.
pub(in crate::commands) fn platform_status(
    platform: Platform,
    standing: PlatformStanding,
    now: DateTime<Utc>,
    language: Language,
) -> String {
    let PlatformStanding { channels, lost, paused, waiting, waiting_since, sent, failed } = standing;
    let brand = platform.brand();
    let age = waiting_since.map(|since| (now - since).num_minutes().max(0));
    let part = |count: u32, text: String| (count > 0).then_some(text);
    let parts = match language {
        Language::Ko => [
            Some(format!("{brand} — 채널 {channels}곳")),
            Some(format!("24시간 동안 보냄 {sent}개")),
            Some(match age {
                Some(age) => format!("기다림 {waiting}개(가장 오래된 것 {age}분)"),
                None => format!("기다림 {waiting}개"),
            }),
            Some(format!("못 보냄 {failed}개")),
            part(lost, format!("끊긴 채널 {lost}곳")),
            part(paused, format!("멈춘 채널 {paused}곳")),
        ],
        Language::En => [
            Some(format!("{brand} — channels {channels}")),
            Some(format!("sent in 24 hours {sent}")),
            Some(match age {
                Some(age) => format!("waiting {waiting} (the oldest for {age} min)"),
                None => format!("waiting {waiting}"),
            }),
            Some(format!("failed {failed}")),
            part(lost, format!("lost channels {lost}")),
            part(paused, format!("paused channels {paused}")),
        ],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Digests wait for the operator.
pub(in crate::commands) fn held_status(held: usize, language: Language) -> String {
    match language {
        Language::Ko => format!("보류된 뉴스 {held}건 — /admin hold"),
        Language::En => format!("held digests: {held} — /admin hold"),
    }
}
