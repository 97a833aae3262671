//! `/help` and `/start`: what the bot does, in two screens, with examples that work.

use futures::FutureExt as _;

use super::about::press;
use super::call::{Call, Caller};
use super::desk::{Desk, Failure};
use super::press::Press;
use super::spec::{Spec, Text, Who};
use super::{find, words};
use crate::model::channel::{ChannelKind, Platform};
use crate::model::reply::{Button, Reply};

pub(super) const SPEC: Spec = Spec {
    name: "help",
    korean: &["도움말"],
    about: Text { ko: "무엇을 할 수 있는지 봅니다", en: "What this bot does" },
    example: Text { ko: "help", en: "help" },
    arguments: &[],
    who: Who::Anyone,
    run: |call, desk| run(call, desk).boxed(),
};

pub(super) const START: Spec = Spec { name: "start", korean: &["시작"], ..SPEC };

/// One of the two screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// For readers.
    Reading,
    /// For channel admins.
    Managing,
}

impl Half {
    /// As a button carries it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Reading => "read",
            Self::Managing => "manage",
        }
    }

    /// The screen that a button named.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Reading, Self::Managing].into_iter().find(|half| half.name() == name)
    }

    const fn title(self) -> Text {
        match self {
            Self::Reading => words::HELP_READING,
            Self::Managing => words::HELP_MANAGING,
        }
    }

    /// Examples, each with what it does; the first word of each is a command.
    const fn examples(self) -> &'static [(Text, Text)] {
        match self {
            Self::Reading => READING,
            Self::Managing => MANAGING,
        }
    }
}

const fn line(ko: [&'static str; 2], en: [&'static str; 2]) -> (Text, Text) {
    (Text { ko: ko[0], en: en[0] }, Text { ko: ko[1], en: en[1] })
}

const READING: &[(Text, Text)] = &[
    line(["today", "오늘 뉴스"], ["today", "today's digest"]),
    line(["digest 어제", "지난 뉴스"], ["digest yesterday", "an earlier digest"]),
    line(["company 엔비디아", "회사 소식"], ["company NVIDIA", "news about a company"]),
    line(["topic 반도체", "주제별 소식"], ["topic chips", "news about a topic"]),
    line(["search 데이터센터 투자", "본문 찾기"], ["search data center", "search the texts"]),
    line(["trends", "이번 주 흐름"], ["trends", "the week's trends"]),
];

const MANAGING: &[(Text, Text)] = &[
    line(["subscribe 08:30", "매일 08:30에 받기"], ["subscribe 08:30", "get it at 08:30 every day"]),
    line(["subscribe 08:30 반도체 투자", "두 주제만"], ["subscribe 08:30 chips funding", "two topics only"]),
    line(["settings", "시각·모양·주제 바꾸기"], ["settings", "change time, style, topics"]),
    line(["mute 테슬라 7d", "7일 동안 빼기"], ["mute Tesla 7d", "leave it out for 7 days"]),
    line(["pause 7d · /resume", "멈추기 · 다시 시작"], ["pause 7d · /resume", "hold it · go on"]),
    line(["why", "왜 왔는지, 왜 안 왔는지"], ["why", "why it came, or did not"]),
    line(["resend 어제", "다시 보내기"], ["resend yesterday", "send it again"]),
    line(["unsubscribe", "그만 받기"], ["unsubscribe", "stop getting it"]),
];

async fn run(call: &Call, desk: &Desk) -> Result<Reply, Failure> {
    Ok(half(Half::Reading, &call.caller, desk))
}

/// A screen, with the button to the other one.
pub(super) fn half(half: Half, caller: &Caller, desk: &Desk) -> Reply {
    let language = caller.language;
    let mut text = vec![half.title().get(language).to_owned()];
    let known = half.examples().iter().filter(|(example, _)| is_known(example.get(language)));
    text.extend(known.map(|(example, does)| format!("/{} — {}", example.get(language), does.get(language))));
    let mut lines = vec![text.join("\n")];
    let in_private = caller.platform == Platform::Telegram && caller.kind == ChannelKind::Private;
    if half == Half::Reading {
        lines.insert(0, format!("{}\n", words::help_title(&desk.feeds, language)));
        if caller.platform == Platform::Telegram {
            lines.push(format!("\n{}", words::HELP_BARE.get(language)));
        }
    }
    Reply { lines, buttons: vec![buttons(half, in_private, caller)], ..Reply::new(language) }
}

fn buttons(half: Half, in_private: bool, caller: &Caller) -> Vec<Button> {
    match half {
        Half::Reading => vec![press(words::TO_CHANNEL, Press::Help(Half::Managing), caller)],
        Half::Managing => {
            let choose = in_private.then(|| press(words::PICK_CHAT, Press::PickChat, caller));
            let back = press(words::TO_READING, Press::Help(Half::Reading), caller);
            choose.into_iter().chain([back]).collect()
        }
    }
}

fn is_known(example: &str) -> bool {
    find(example.split_whitespace().next().unwrap_or_default()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::CATALOGUE;
    use crate::model::language::Language;

    #[test]
    fn every_command_that_is_not_an_operators_is_in_the_help() {
        for language in [Language::Ko, Language::En] {
            let examples: Vec<&str> =
                READING.iter().chain(MANAGING).map(|(example, _)| example.get(language)).collect();
            let is_shown = |name: &str| {
                let word = format!("/{name}");
                examples
                    .iter()
                    .any(|example| example.split_whitespace().next() == Some(name) || example.contains(&word))
            };
            // `/unmute` is a button below each mute, and `/help` is what is read.
            let left_out = ["help", "start", "unmute"];
            for spec in CATALOGUE.iter().filter(|spec| spec.who < Who::Operator) {
                assert!(is_shown(spec.name) || left_out.contains(&spec.name), "{}", spec.name);
            }
        }
    }
}
