//! The line that says where an article is from: `[Publisher](link) - 발행일: 2025-12-17` and its relatives.

use crate::model::Article;
use crate::model::rich::{Block, Inline, plain};
use crate::parse::date;
use crate::parse::markdown::{Piece, PieceKind};

use super::names::bare;
use super::{first_link, is_web};

/// What a form knows of an article's source before its text is read.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) publisher: Option<String>,
    pub(super) link: Option<String>,
    pub(super) published: Option<String>,
}

/// What a line says of an article's source.
#[derive(Debug, Default, PartialEq, Eq)]
struct Source {
    publisher: Option<String>,
    link: Option<String>,
    published: Option<String>,
    /// What the line says besides.
    rest: Vec<Inline>,
    /// Whether a word before it (`출처`, `발행일`) says what it is.
    labelled: bool,
}

/// Words before a publisher's name.
const PUBLISHER: [&str; 9] =
    ["출처", "매체", "언론사", "발행처", "source", "sources", "publisher", "via", "from"];
/// Words before, or in, a link to the article.
const LINK: [&str; 21] = [
    "원문",
    "원문링크",
    "원문보기",
    "기사원문",
    "기사보기",
    "기사링크",
    "링크",
    "바로가기",
    "전문보기",
    "자세히보기",
    "더보기",
    "자세히",
    "기사",
    "보기",
    "link",
    "url",
    "original",
    "readmore",
    "more",
    "article",
    "fullarticle",
];
/// Words before a date, longer ones first.
const DATE: [&str; 17] = [
    "발행일자",
    "발행일",
    "발행",
    "게시일",
    "게재일",
    "보도일",
    "작성일",
    "등록일",
    "날짜",
    "일자",
    "일시",
    "published on",
    "published at",
    "published",
    "posted on",
    "posted",
    "date",
];
/// A longer text before a date is a sentence and no publisher, in characters.
const MAX_PUBLISHER: usize = 60;
/// A longer text behind `발행일:` is no date, in characters.
const MAX_DATE: usize = 40;

/// Whether a line says who published an article or where it is; a date alone may be the post's.
pub(crate) fn names_a_source(line: &[Inline]) -> bool {
    read(line).is_some_and(|source| source.publisher.is_some() || source.link.is_some())
}

/// Whether a line is a link with a word that says so: `원문: [Bloomberg](…)`, `→ [원문 보기](…)`.
pub(crate) fn is_labelled_link(line: &[Inline]) -> bool {
    labelled(line).is_some() || read(line).is_some_and(|source| source.labelled && source.link.is_some())
}

/// Whether a link's text is a word for a link (`원문 보기`, `Read more`).
pub(super) fn is_link_word(run: &[Inline]) -> bool {
    LINK.contains(&bare(&plain(run)).as_str())
}

/// Takes the source's lines off the top of an article's pieces.
pub(crate) fn take(pieces: &mut Vec<Piece>, article: &mut Article) {
    let mut first = true;
    while let Some(Piece { kind: PieceKind::Block(Block::Paragraph(run)), .. }) = pieces.first_mut() {
        let mut left: Vec<Vec<Inline>> = Vec::new();
        let mut taken = false;
        for line in run.split(|inline| *inline == Inline::Break) {
            // Below the first line only those count that say what they are.
            let source = read(line).filter(|source| left.is_empty() && (first || source.labelled));
            match source {
                Some(source) if !source.is_known(article) => {
                    taken = true;
                    first = false;
                    article.publisher = article.publisher.take().or(source.publisher);
                    article.link = article.link.take().or(source.link);
                    article.published = article.published.take().or(source.published);
                    if !source.rest.is_empty() {
                        left.push(source.rest);
                    }
                }
                _ => left.push(line.to_vec()),
            }
        }
        if !taken {
            return;
        }
        if left.is_empty() {
            pieces.remove(0);
            continue;
        }
        *run = left.join(&Inline::Break);
        return;
    }
}

/// The link of an article that has none at its head: the first that is labelled, else its only one.
pub(crate) fn find_link(pieces: &[Piece]) -> Option<String> {
    let mut links = Vec::new();
    for piece in pieces {
        if let PieceKind::Block(block) = &piece.kind
            && let Some(link) = labelled_link(block, &mut links)
        {
            return Some(link);
        }
    }
    links.dedup();
    match links.as_slice() {
        [link] => Some(link.clone()),
        _ => None,
    }
}

fn labelled_link(block: &Block, links: &mut Vec<String>) -> Option<String> {
    match block {
        Block::Paragraph(run) => run.split(|inline| *inline == Inline::Break).find_map(|line| {
            push_links(line, links);
            let source = labelled(line)?;
            source.link
        }),
        Block::List { items, .. } => items.iter().flatten().find_map(|block| labelled_link(block, links)),
        Block::Quote(blocks) => blocks.iter().find_map(|block| labelled_link(block, links)),
        Block::Heading(_) | Block::Code { .. } | Block::Table { .. } | Block::Image { .. } => None,
    }
}

/// Like [`read`], also for links with their article's own title as text, which is no publisher's name.
fn labelled(line: &[Inline]) -> Option<Source> {
    let (before, link, _) = around_link(line)?;
    let Inline::Link { url, .. } = link else { return None };
    let label = bare(plain(before).trim_end().rsplit(['.', '!', '?', '。']).next().unwrap_or_default());
    (is_link_word(std::slice::from_ref(link))
        || PUBLISHER.contains(&label.as_str())
        || LINK.contains(&label.as_str()))
    .then(|| Source { link: Some(url.clone()), labelled: true, ..Source::default() })
}

fn push_links(run: &[Inline], links: &mut Vec<String>) {
    for inline in run {
        match inline {
            Inline::Link { url, .. } if is_web(url) => links.push(url.clone()),
            Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => push_links(run, links),
            _ => {}
        }
    }
}

impl Source {
    /// Whether the article has all of this already, so that the line would be lost by taking it.
    fn is_known(&self, article: &Article) -> bool {
        (self.publisher.is_some() && article.publisher.is_some())
            || (self.link.is_some() && article.link.is_some() && self.link != article.link)
            || (self.published.is_some() && article.published.is_some())
    }
}

/// Reads a line as a source; `None`: it is text.
fn read(line: &[Inline]) -> Option<Source> {
    let line = match line {
        [Inline::Emphasis(run)] => run.as_slice(),
        line => line,
    };
    match around_link(line) {
        Some((before, Inline::Link { url, text }, after)) => with_link(before, url, text, after),
        _ if first_link(line).is_none() => without_link(&plain(line)),
        _ => None,
    }
}

/// A line's first link at its top level, and what stands before and behind it.
fn around_link(line: &[Inline]) -> Option<(&[Inline], &Inline, &[Inline])> {
    let at = line.iter().position(|inline| matches!(inline, Inline::Link { url, .. } if is_web(url)))?;
    Some((line.get(..at)?, line.get(at)?, line.get(at + 1..)?))
}

fn with_link(before: &[Inline], url: &str, text: &[Inline], after: &[Inline]) -> Option<Source> {
    let label = bare(&plain(before));
    let shown = plain(text);
    let says_link = LINK.contains(&label.as_str());
    if !label.is_empty() && !says_link && !PUBLISHER.contains(&label.as_str()) {
        return None;
    }
    let is_name = shown != url && !LINK.contains(&bare(&shown).as_str());
    // `원문: [the article's own title](…)`: the line stays, `find_link` sees it.
    if says_link && is_name {
        return None;
    }
    let labelled = !label.is_empty() || LINK.contains(&bare(&shown).as_str());
    let link = Some(url.to_owned());
    let publisher =
        Some(shown.trim().to_owned()).filter(|name| is_name && name.chars().count() <= MAX_PUBLISHER);
    if is_name && publisher.is_none() {
        return None;
    }
    let (published, rest) = match after.split_first() {
        None => (None, Vec::new()),
        Some((Inline::Text(text), more)) => {
            let (published, rest) = match date_in(text.trim_start_matches(is_separator)) {
                Some((published, rest)) => (Some(published), rest),
                None => (None, text.trim_start_matches(is_separator)),
            };
            let rest = rest.trim_start_matches(is_separator);
            let mut run: Vec<Inline> = Some(rest)
                .filter(|rest| !rest.is_empty())
                .map(|rest| Inline::Text(rest.to_owned()))
                .into_iter()
                .collect();
            run.extend(more.iter().cloned());
            (published, run)
        }
        Some(_) => (None, after.to_vec()),
    };
    // `[OpenAI](…)가 발표했다` is a sentence.
    if !labelled && published.is_none() && !rest.is_empty() {
        return None;
    }
    Some(Source { publisher, link, published, rest, labelled })
}

fn without_link(line: &str) -> Option<Source> {
    let (head, published, rest) = match split_at_date(line) {
        Some((head, published, rest)) => (head, Some(published), rest),
        None => (line, None, ""),
    };
    let head = head.trim_end_matches(is_separator).trim();
    let (label, name) = match head.split_once([':', '：']) {
        Some((label, name)) if PUBLISHER.contains(&bare(label).as_str()) => (true, name.trim()),
        _ => (false, head),
    };
    // A name alone is no source: a label or a date says that it is one.
    if (!label && published.is_none()) || name.chars().count() > MAX_PUBLISHER {
        return None;
    }
    let publisher = Some(name.to_owned()).filter(|name| !name.is_empty());
    let rest = rest.trim_start_matches(is_separator);
    let rest = Some(rest).filter(|rest| !rest.is_empty()).map(|rest| Inline::Text(rest.to_owned()));
    let labelled = label || publisher.is_none();
    Some(Source { publisher, link: None, published, rest: rest.into_iter().collect(), labelled })
}

/// Finds `발행일: 2025-12-17` in a line without links: what stands before it, the date, what stands behind it.
fn split_at_date(line: &str) -> Option<(&str, String, &str)> {
    let starts = line.char_indices().take(MAX_PUBLISHER + 8).map(|(at, _)| at);
    for at in starts {
        let (head, rest) = line.split_at_checked(at)?;
        let parted = head.is_empty() || head.ends_with(is_separator);
        if parted
            && rest.starts_with(char::is_alphabetic)
            && let Some((published, rest)) = date_in(rest)
        {
            return Some((head, published, rest));
        }
    }
    None
}

/// A date with its label, or one that is written so that nobody takes it for anything else; and what follows.
fn date_in(text: &str) -> Option<(String, &str)> {
    let label = DATE
        .iter()
        .find(|label| text.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label)));
    let value = match label {
        Some(label) => text.get(label.len()..)?.trim_start().strip_prefix([':', '：']).map(str::trim_start),
        None => None,
    };
    let value = match (value, label) {
        (Some(value), _) => value,
        // `발행 2025-12-17`.
        (None, Some(label)) => text.get(label.len()..)?.trim_start(),
        (None, None) => text,
    };
    let end = value
        .char_indices()
        .find(|(at, c)| {
            let before = value.get(..*at).unwrap_or_default();
            matches!(c, '|' | '·' | ')' | '—') || (matches!(c, '-' | '–' | ',') && before.ends_with(' '))
        })
        .map_or(value.len(), |(at, _)| at);
    let (shown, rest) = value.split_at_checked(end)?;
    let shown = shown.trim();
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    let is_date = match label {
        Some(_) => shown.chars().any(|c| c.is_ascii_digit()) && shown.chars().count() <= MAX_DATE,
        None => date::read(shown).is_some(),
    };
    is_date.then(|| (shown.to_owned(), rest))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | '·' | ',' | '/' | '(' | '•')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::parse::markdown;

    use super::*;

    fn read_line(line: &str) -> Option<Source> {
        let document = markdown::read(line, 1);
        read(document.pieces.first()?.first_line()?)
    }

    #[rstest]
    #[case::reference("[BNN](https://a.b) - 발행일: 2025-12-17", "BNN", "https://a.b", "2025-12-17", "")]
    #[case::dash("[BNN](https://a.b) — 발행: 2025.12.17", "BNN", "https://a.b", "2025.12.17", "")]
    #[case::bar("[BNN](https://a.b) | Published: Dec 17, 2025", "BNN", "https://a.b", "Dec 17, 2025", "")]
    #[case::dot("[BNN](https://a.b) · 2025-12-17", "BNN", "https://a.b", "2025-12-17", "")]
    #[case::brackets("[BNN](https://a.b) (2025-12-17)", "BNN", "https://a.b", "2025-12-17", "")]
    #[case::no_colon(
        "[BNN](https://a.b) 발행일 2025년 12월 17일",
        "BNN",
        "https://a.b",
        "2025년 12월 17일",
        ""
    )]
    #[case::no_date("[BNN](https://a.b)", "BNN", "https://a.b", "", "")]
    #[case::no_link("BNN Bloomberg - 발행일: 2025-12-17", "BNN Bloomberg", "", "2025-12-17", "")]
    #[case::date_alone("발행일: 2025-12-17", "", "", "2025-12-17", "")]
    #[case::emphasis("*[BNN](https://a.b) - 발행일: 2025-12-17*", "BNN", "https://a.b", "2025-12-17", "")]
    #[case::label("출처: [BNN](https://a.b)", "BNN", "https://a.b", "", "")]
    #[case::label_without_link("출처: BNN", "BNN", "", "", "")]
    #[case::address("원문 링크: https://a.b/c", "", "https://a.b/c", "", "")]
    #[case::more(
        "[BNN](https://a.b) - 발행일: 2025-12-17 | 기자: 홍길동",
        "BNN",
        "https://a.b",
        "2025-12-17",
        "기자: 홍길동"
    )]
    #[case::not_the_web("[BNN](javascript:alert) - 발행일: 2025-12-17", "BNN", "", "2025-12-17", "")]
    #[case::hyphens(
        "[e-daily](https://a.b) - 발행일: 2025-12-17",
        "e-daily",
        "https://a.b",
        "2025-12-17",
        ""
    )]
    fn sources_are_read(
        #[case] line: &str,
        #[case] publisher: &str,
        #[case] link: &str,
        #[case] published: &str,
        #[case] rest: &str,
    ) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let source = read_line(line).expect("a source");
        assert_eq!(source.publisher, some(publisher));
        assert_eq!(source.link, some(link));
        assert_eq!(source.published, some(published));
        assert_eq!(plain(&source.rest), rest);
    }

    #[rstest]
    #[case::sentence("[OpenAI](https://a.b)가 새 모델을 발표했다.")]
    #[case::text("삼성전자가 HBM4를 발표했다 - 업계 최초다.")]
    #[case::date_in_a_sentence("이 서비스는 발행일: 기준이 없다.")]
    #[case::bold_link("**[새 모델](https://a.b)**")]
    #[case::own_title("원문: [OpenAI ships a model](https://a.b)")]
    fn text_is_no_source(#[case] line: &str) {
        assert_eq!(read_line(line), None);
    }
}
