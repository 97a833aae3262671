//! What headings say by their words alone: that they head a part of an article, or a part of a post that is no
//! article (an outlook, the sources, the contents).

use crate::model::rich::{Inline, plain};

/// Headings that head a part of an article and no article.
const SECTIONS: [&str; 36] = [
    "요약",
    "핵심요약",
    "한줄요약",
    "세줄요약",
    "내용",
    "주요내용",
    "주요내용및시사점",
    "핵심내용",
    "시사점",
    "의미와시사점",
    "기술적의미",
    "산업적영향",
    "의의",
    "의미",
    "영향",
    "배경",
    "전망",
    "향후전망",
    "분석",
    "해설",
    "출처",
    "원문",
    "참고",
    "참고자료",
    "관련링크",
    "summary",
    "keypoints",
    "takeaways",
    "keytakeaways",
    "implications",
    "analysis",
    "background",
    "source",
    "sources",
    "sourcelinks",
    "references",
];

/// Headings of a part of a post that is no article, whole.
const ASIDES: [&str; 33] = [
    "결론",
    "정리",
    "총평",
    "부록",
    "목차",
    "차례",
    "링크",
    "링크모음",
    "참고링크",
    "출처목록",
    "마치며",
    "마무리하며",
    "들어가며",
    "한눈에보기",
    "overview",
    "outlook",
    "conclusion",
    "contents",
    "toc",
    "tldr",
    "appendix",
    "links",
    "about",
    "introduction",
    "intro",
    "notes",
    "footnotes",
    "furtherreading",
    "executivesummary",
    "headlines",
    "thatsall",
    "credits",
    "目录",
];

/// Ends of such headings, whatever stands before them (`💋 미스 김 인사이트`).
const ASIDE_ENDS: [&str; 17] = [
    "인사이트",
    "마무리",
    "맺음말",
    "끝맺음",
    "오늘의한줄",
    "한줄평",
    "오늘의헤드라인",
    "주요헤드라인",
    "핵심트렌드",
    "오늘의요약",
    "오늘의전망",
    "오늘의시사점",
    "insights",
    "finalthoughts",
    "closingthoughts",
    "tableofcontents",
    "editorsnote",
];

/// Beginnings of such headings (`What This Means for Developers`).
const ASIDE_STARTS: [&str; 5] = ["whatthismeans", "whatitmeans", "insight", "wrappingup", "aboutthis"];

/// The longest heading that is an aside by its end or beginning, in letters: headlines are longer.
const MAX_ASIDE: usize = 32;

/// A longer text is none of the words here, whatever stands between its letters, in bytes.
const MAX_WORDS: usize = 120;

/// Headings under which the links of the articles are listed.
const SOURCES: [&str; 15] = [
    "출처",
    "출처목록",
    "원문",
    "참고",
    "참고자료",
    "참고링크",
    "관련링크",
    "링크",
    "링크모음",
    "source",
    "sources",
    "sourcelinks",
    "references",
    "links",
    "furtherreading",
];

/// Whether a text, by its letters and digits alone, is one of some words. What is too long for any is not looked into.
pub(super) fn is_one_of(words: &[&str], text: &str) -> bool {
    text.len() <= MAX_WORDS && words.contains(&bare(text).as_str())
}

/// Letters and digits alone, lower case.
pub(super) fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Most of any text, without a look into the tables of Unicode.
            'a'..='z' | '0'..='9' | '가'..='힣' | '\u{4e00}'..='\u{9fff}' => bare.push(c),
            'A'..='Z' => bare.push(c.to_ascii_lowercase()),
            c if !c.is_ascii() && c.is_alphanumeric() => bare.extend(c.to_lowercase()),
            _ => {}
        }
    }
    bare
}

/// Whether a heading is by its words a part of an article, or of a post, and no headline.
pub(super) fn is_section(text: &[Inline]) -> bool {
    let text = plain(text);
    if text.len() > MAX_WORDS {
        return false;
    }
    let bare = bare(&text);
    SECTIONS.contains(&bare.as_str()) || is_bare_aside(&bare)
}

/// Whether a heading heads, by its words, a part of a post that is no article.
pub(super) fn is_aside(text: &[Inline]) -> bool {
    let text = plain(text);
    text.len() <= MAX_WORDS && is_bare_aside(&bare(&text))
}

/// Whether a heading says that sources are listed below it.
pub(super) fn is_sources(text: &[Inline]) -> bool {
    is_one_of(&SOURCES, &plain(text))
}

fn is_bare_aside(bare: &str) -> bool {
    ASIDES.contains(&bare)
        || bare.chars().count() <= MAX_ASIDE
            && (ASIDE_ENDS.iter().any(|end| bare.ends_with(end))
                || ASIDE_STARTS.iter().any(|start| bare.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::emoji("💡 오늘의 인사이트", true)]
    #[case::somebodys("💋 미스 김의 오늘의 인사이트", true)]
    #[case::english("What This Means for Developers", true)]
    #[case::contents("Table of Contents", true)]
    #[case::outlook("🔮 Outlook", true)]
    #[case::headline("삼성전자 하반기 전망", false)]
    #[case::headline_with_the_word("현대차, 인사이트 그룹을 인수하다", false)]
    fn asides_are_known_by_their_words(#[case] heading: &str, #[case] expected: bool) {
        assert_eq!(is_aside(&[Inline::Text(heading.to_owned())]), expected);
    }
}
