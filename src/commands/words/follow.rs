//! What following a company says. The rest is in `words.rs`.

use super::prose;
use crate::commands::spec::Text;
use crate::model::language::Language;
use crate::model::reply::Reply;
use crate::text::particle;

pub(in crate::commands) const FOLLOW: Text = Text { ko: "1:1로 계속 받기", en: "Follow in private" };

/// A company is followed now, with others.
pub(in crate::commands) fn following(company: &str, all: &[&str], language: Language) -> Vec<String> {
    let first = match language {
        Language::Ko => format!("{company} 소식이 나오는 대로 1:1 대화로 보내 드립니다."),
        Language::En => format!("News about {company} comes to you in private as soon as it is out."),
    };
    let others = (all.len() > 1).then(|| match language {
        Language::Ko => format!("지금 받으시는 소식: {}", all.join("·")),
        Language::En => format!("You follow: {}", all.join(", ")),
    });
    let last = match language {
        Language::Ko => "바꾸거나 그만 받으시려면 1:1 대화에서 /settings 를 쓰세요.",
        Language::En => "To change or end it, write /settings in our conversation.",
    };
    std::iter::once(first).chain(others).chain([last.to_owned()]).collect()
}

/// It is followed already.
pub(in crate::commands) fn follows_already(company: &str, language: Language) -> Reply {
    let line = match language {
        Language::Ko => format!("{company}{} 이미 1:1 대화로 받고 계십니다.", particle(company, "은/는")),
        Language::En => format!("You follow {company} already."),
    };
    prose(language, [line])
}

/// Everything is received already.
pub(in crate::commands) fn follows_all(language: Language) -> Reply {
    let line = match language {
        Language::Ko => "이미 1:1 대화로 모든 소식을 받고 계십니다.",
        Language::En => "You get everything in private already.",
    };
    prose(language, [line.to_owned()])
}
