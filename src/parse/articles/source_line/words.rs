//! Words around a source: labels of a link, a publisher, a date, a headline; and what publishers are called.

use crate::parse::articles::names::{bare, is_one_of};

/// Words before a publisher's name.
const PUBLISHER: [&str; 14] = [
    "출처",
    "매체",
    "매체명",
    "언론사",
    "신문사",
    "발행처",
    "발행사",
    "제공",
    "source",
    "sources",
    "publisher",
    "publication",
    "via",
    "from",
];

/// What these begin with.
const PUBLISHER_STARTS: [char; 10] = ['출', '매', '언', '신', '발', '제', 's', 'p', 'v', 'f'];

/// Words before, or in, a link to the article.
const LINK: [&str; 36] = [
    "기사보러가기",
    "보러가기",
    "기사읽기",
    "뉴스보기",
    "전문",
    "전문읽기",
    "원문",
    "원문링크",
    "원문보기",
    "원문읽기",
    "기사원문",
    "기사보기",
    "기사링크",
    "링크",
    "출처링크",
    "바로가기",
    "전문보기",
    "자세히보기",
    "더알아보기",
    "더읽기",
    "더보기",
    "자세히",
    "기사",
    "보기",
    "주소",
    "link",
    "url",
    "original",
    "readmore",
    "readthearticle",
    "learnmore",
    "more",
    "article",
    "fullarticle",
    "fullstory",
    "readon",
];
/// Words before several links, of which the first is as good as any.
const SEVERAL: [&str; 8] =
    ["관련기사", "관련링크", "관련소식", "참고", "참고링크", "참고자료", "references", "relatedlinks"];
/// Words before a headline.
const HEADLINE: [&str; 7] = ["제목", "기사제목", "뉴스제목", "헤드라인", "타이틀", "title", "headline"];

/// What these begin with.
const HEADLINE_STARTS: [char; 7] = ['제', '기', '뉴', '헤', '타', 't', 'h'];

/// Words before a date, longer ones first.
pub(super) const DATE: [&str; 20] = [
    "발행일자",
    "발행일시",
    "발행일",
    "발행",
    "게시일",
    "게재일",
    "보도일",
    "작성일",
    "등록일",
    "입력일",
    "날짜",
    "일자",
    "일시",
    "published on",
    "published at",
    "publication date",
    "published",
    "posted on",
    "posted",
    "date",
];

/// What these begin with.
pub(super) const DATE_STARTS: [char; 12] =
    ['발', '게', '보', '작', '등', '입', '날', '일', 'p', 'P', 'd', 'D'];

/// Publishers whose names do not say what they are, letters alone.
const KNOWN: [&str; 46] = [
    "블룸버그",
    "로이터",
    "테크크런치",
    "더버지",
    "와이어드",
    "벤처비트",
    "엔가젯",
    "조선비즈",
    "아이뉴스24",
    "디지털데일리",
    "머니투데이",
    "이데일리",
    "더일렉",
    "디일렉",
    "블로터",
    "뉴스1",
    "뉴시스",
    "씨넷",
    "포브스",
    "포춘",
    "한경",
    "매경",
    "연합인포맥스",
    "지디넷코리아",
    "mbc",
    "kbs",
    "sbs",
    "ytn",
    "jtbc",
    "bloomberg",
    "reuters",
    "techcrunch",
    "theverge",
    "wired",
    "venturebeat",
    "engadget",
    "arstechnica",
    "zdnet",
    "cnet",
    "cnbc",
    "cnn",
    "bbc",
    "axios",
    "forbes",
    "fortune",
    "infoq",
];
/// How the names of Korean publishers end, which are one word.
const KOREAN_ENDS: [&str; 11] =
    ["신문", "일보", "경제", "경제tv", "뉴스", "타임스", "타임즈", "데일리", "저널", "투데이", "매거진"];
/// The last words of English ones.
const ENGLISH_ENDS: [&str; 8] =
    ["news", "times", "journal", "daily", "magazine", "gazette", "herald", "tribune"];
/// Ends of addresses of sites, which are names of publishers by themselves (`blog.rust-lang.org`).
const SITES: [&str; 10] = [".com", ".org", ".net", ".io", ".dev", ".kr", ".ai", ".co", ".jp", ".uk"];
/// A longer text is no name that is known by its end, in characters.
const MAX_NAME: usize = 24;

/// Whether the label of a publisher, or of a date, may begin with a letter.
pub(super) fn begins_label(letter: char) -> bool {
    DATE_STARTS.contains(&letter) || PUBLISHER_STARTS.contains(&letter)
}

/// Whether the label of a headline may begin with a letter.
pub(in crate::parse::articles) fn begins_headline_label(letter: char) -> bool {
    HEADLINE_STARTS.contains(&letter)
}

pub(super) fn is_publisher_label(text: &str) -> bool {
    is_one_of(&PUBLISHER, text)
}

pub(super) fn is_link_label(text: &str) -> bool {
    is_one_of(&LINK, text)
}

pub(in crate::parse::articles) fn is_label_of_several(text: &str) -> bool {
    is_one_of(&SEVERAL, text) || is_one_of(&PUBLISHER, text)
}

pub(in crate::parse::articles) fn is_headline_label(text: &str) -> bool {
    is_one_of(&HEADLINE, text)
}

/// Whether a text is by itself the name of a publisher: one that everybody knows, one that ends as their names do, a site.
pub(in crate::parse::articles) fn is_publisher(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty()
        || text.len() > 4 * MAX_NAME
        || text.chars().count() > MAX_NAME
        || text.ends_with(['.', '!', '?'])
    {
        return false;
    }
    let bare = bare(text);
    let site = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split(' ').collect();
    let is_capital = |word: &&str| word.starts_with(|c: char| c.is_ascii_uppercase());
    let last = words.last().copied().unwrap_or_default().to_ascii_lowercase();
    KNOWN.contains(&bare.as_str())
        || words.len() == 1 && KOREAN_ENDS.iter().any(|end| bare.ends_with(end))
        || (2..=4).contains(&words.len())
            && words.iter().all(is_capital)
            && ENGLISH_ENDS.contains(&last.as_str())
        || !site.contains([' ', '/']) && site.is_ascii() && SITES.iter().any(|end| site.ends_with(end))
}

/// Words of a link that says what to do, and is no name.
const DEEDS: [&str; 16] = [
    "보기", "읽", "확인", "여기", "바로", "링크", "원문", "기사", "here", "read", "more", "link", "source",
    "details", "discuss", "comment",
];
/// The longest name that may be a publisher's for where it stands alone, in characters.
const MAX_SHORT_NAME: usize = 20;

/// Whether a text may be a publisher's name where one is expected: three words at most, and nothing that one does.
pub(super) fn may_be_publisher(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    (2..=MAX_SHORT_NAME).contains(&text.chars().count())
        && text.split(' ').count() <= 3
        && text.starts_with(char::is_alphanumeric)
        && !text.ends_with(['.', '!', '?', '다', '요'])
        && !DEEDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn what_words_begin_with_is_known() {
        let begun = |words: &[&str], starts: &[char]| {
            words.iter().all(|word| word.starts_with(starts))
                && starts.iter().all(|start| {
                    let start = start.to_lowercase().to_string();
                    words.iter().any(|word| word.starts_with(&start))
                })
        };
        assert!(begun(&PUBLISHER, &PUBLISHER_STARTS));
        assert!(begun(&HEADLINE, &HEADLINE_STARTS));
        assert!(begun(&DATE, &DATE_STARTS));
    }

    #[rstest]
    #[case::newspaper("전자신문", true)]
    #[case::economy("한국경제", true)]
    #[case::known("The Verge", true)]
    #[case::end("The New York Times", true)]
    #[case::short_end("ET News", true)]
    #[case::site("blog.rust-lang.org", true)]
    #[case::sentence("글이 길어진다.", false)]
    #[case::words("더 빨라졌다", false)]
    #[case::address("https://e.x/1", false)]
    fn publishers_are_known_by_their_names(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(super::is_publisher(text), expected);
    }
}
