//! What the bot says of itself and of places: the help, the greeting, where to receive the digest, words that are no
//! command.

use crate::commands::Spec;
use crate::commands::spec::Text;
use crate::model::feed::Feed;
use crate::model::language::Language;
use crate::model::reply::Reply;
use crate::text::particle;

use super::{prose, shortened};

pub(in crate::commands) const HELP_READING: Text = Text { ko: "읽기", en: "Reading" };
pub(in crate::commands) const HELP_MANAGING: Text = Text { ko: "채널 관리자", en: "Channel admins" };
pub(in crate::commands) const TO_CHANNEL: Text =
    Text { ko: "채널에서 받기", en: "Get it in a channel" };
pub(in crate::commands) const TO_READING: Text = Text { ko: "읽기 명령", en: "Commands for reading" };
pub(in crate::commands) const HELP_BARE: Text = Text {
    ko: "회사 이름만 보내도 찾습니다(1:1 대화에서).",
    en: "In a private chat, a company's name alone is looked up, too.",
};
pub(in crate::commands) const GET_HERE: Text =
    Text { ko: "이 대화에서 받기", en: "Get it in this chat" };
pub(in crate::commands) const PICK_CHAT: Text =
    Text { ko: "채널이나 그룹 고르기", en: "Choose a channel or group" };

/// The first line of the help: what the bot is, and whose digests it has.
pub(in crate::commands) fn help_title(feeds: &[Feed], language: Language) -> String {
    match language {
        Language::Ko => format!("조간 — 매일의 {}", titles(feeds)),
        Language::En => format!("Jogan — {} every day", titles(feeds)),
    }
}

/// The bot came into a server or group.
pub(in crate::commands) fn welcome(feeds: &[Feed], language: Language) -> Reply {
    let titles = titles(feeds);
    let lines = match language {
        Language::Ko => [
            format!(
                "안녕하세요. 매일 {titles}{} 이 방에 정리해 드리는 조간입니다.",
                particle(&titles, "을/를")
            ),
            "관리자께서 /subscribe 08:30 이라고 쓰시면 시작합니다. 뉴스는 /today로 바로 볼 수 있습니다.".to_owned(),
        ],
        Language::En => [
            format!("Hello. This is Jogan, which brings {titles} to this place every day."),
            "It begins when an admin writes /subscribe 08:30. Everybody can read the news at once with /today."
                .to_owned(),
        ],
    };
    prose(language, lines)
}

/// Where the digest is to be received.
pub(in crate::commands) fn receive_where(language: Language) -> Vec<String> {
    let lines = match language {
        Language::Ko => [
            "뉴스를 어디에서 받으시겠습니까?",
            "채널이나 그룹은 그곳의 관리자만 정할 수 있습니다. 시각은 나중에 /settings에서 바꿀 수 있습니다.",
        ],
        Language::En => [
            "Where would you like to get the news?",
            "For a channel or group you have to be its administrator. The time can be changed later with /settings.",
        ],
    };
    lines.map(str::to_owned).to_vec()
}

/// Below these lines Telegram shows its buttons to choose a chat.
pub(in crate::commands) fn pick_chat(language: Language) -> Vec<String> {
    let lines = match language {
        Language::Ko => [
            "아래 버튼으로 받을 곳을 골라 주세요.",
            "채널에 아직 봇이 없으면 Telegram이 봇을 관리자로 넣을지 물어봅니다.",
        ],
        Language::En => [
            "Choose where to get it with the buttons below.",
            "If the bot is not in the channel yet, Telegram asks whether to add it as an administrator.",
        ],
    };
    lines.map(str::to_owned).to_vec()
}

/// A word behind a slash that is no command.
pub(in crate::commands) fn no_such_command(word: &str, language: Language) -> Reply {
    let word = format!("/{}", shortened(word));
    let line = match language {
        Language::Ko => {
            format!(
                "‘{word}’{} 없는 명령입니다. 쓸 수 있는 명령은 /help에 있습니다.",
                particle(&word, "은/는")
            )
        }
        Language::En => format!("There is no command ‘{word}’. /help shows those that there are."),
    };
    prose(language, [line])
}

/// The commands of a group, such as `/admin`.
pub(in crate::commands) fn commands_of(specs: &[&Spec], language: Language) -> Reply {
    let line = |spec: &&Spec| format!("/{} — {}", spec.example.get(language), spec.about.get(language));
    prose(language, specs.iter().map(line))
}

/// Something was said in private that is neither a command nor a name.
pub(in crate::commands) fn only_names(language: Language) -> Reply {
    let line = match language {
        Language::Ko => {
            "회사나 주제의 이름을 보내시면 소식을 찾아 드립니다. 쓸 수 있는 명령은 /help에 있습니다."
        }
        Language::En => "Send the name of a company or a topic to look it up. /help shows the commands.",
    };
    prose(language, [line.to_owned()])
}

fn titles(feeds: &[Feed]) -> String {
    let titles: Vec<&str> = feeds.iter().map(|feed| feed.title.as_str()).collect();
    titles.join(" · ")
}
