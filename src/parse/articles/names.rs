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
    if text.len() > MAX_WORDS {
        return false;
    }
    let Some(first) = text.chars().find_map(bare_letter) else { return false };
    let may_be = words.iter().filter(|word| word.starts_with(first));
    may_be.into_iter().any(|word| word.chars().eq(text.chars().filter_map(bare_letter)))
}

/// Letters and digits alone, lower case.
pub(super) fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    bare.extend(text.chars().filter_map(bare_letter));
    bare
}

/// A letter or a digit in lower case; `None`: it is neither.
fn bare_letter(c: char) -> Option<char> {
    match c {
        // Most of any text, without a look into the tables of Unicode.
        'a'..='z' | '0'..='9' | '가'..='힣' | '\u{4e00}'..='\u{9fff}' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        c if !c.is_ascii() && c.is_alphanumeric() => c.to_lowercase().next(),
        _ => None,
    }
}

/// The first letter or digit of a run, in lower case: what a run begins with is known by it to be none of some words, and
/// nearly all runs are none.
pub(super) fn first_letter(run: &[Inline]) -> Option<char> {
    run.iter().find_map(|inline| match inline {
        Inline::Text(text) | Inline::Code(text) => text.chars().find_map(bare_letter),
        Inline::Strong(run)
        | Inline::Emphasis(run)
        | Inline::Strike(run)
        | Inline::Link { text: run, .. } => first_letter(run),
        Inline::Break => None,
    })
}

/// The label that a text begins with, up to its first colon, and what stands behind that. What is too long for a label is
/// not looked into.
pub(super) fn split_label(text: &str) -> Option<(&str, &str)> {
    const COLONS: [char; 2] = [':', '：'];
    let begin = text.get(..text.floor_char_boundary(MAX_WORDS))?;
    // The second byte begins the wide colon, and other characters.
    let mut may_be = memchr::memchr2_iter(b':', 0xef, begin.as_bytes());
    let at = may_be.find(|at| begin.get(*at..).is_some_and(|text| text.starts_with(COLONS)))?;
    let (label, rest) = text.split_at_checked(at)?;
    Some((label, rest.strip_prefix(COLONS)?))
}

/// Whether a heading is by its words a part of an article, or of a post, and no headline.
pub(super) fn is_section(text: &[Inline]) -> bool {
    let text = plain(text);
    text.len() <= MAX_WORDS && is_bare_section(&bare(&text))
}

/// Like [`is_section()`], of a text that is [`bare()`] already.
pub(super) fn is_bare_section(bare: &str) -> bool {
    SECTIONS.contains(&bare) || is_bare_aside(bare)
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
        || bare.len() <= MAX_WORDS
            && bare.chars().count() <= MAX_ASIDE
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
