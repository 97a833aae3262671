//! One line that says where an article is from: `[Publisher](link) - 발행일: 2025-12-17` and its relatives.

use crate::model::rich::{Inline, plain};
use crate::parse::articles::names::{first_letter, split_label};
use crate::parse::articles::shape::decoration;
use crate::parse::articles::{first_link, is_web};
use crate::parse::date;

use super::words::{DATE, DATE_STARTS, begins_label, is_link_label, is_publisher, is_publisher_label};

/// What a line says of an article's source.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) publisher: Option<String>,
    pub(super) link: Option<String>,
    pub(super) published: Option<String>,
    /// What the line says besides.
    pub(super) rest: Vec<Inline>,
    /// Words that say what a part of it is (`출처`, `원문 보기`) and are shown nowhere else.
    pub(super) labels: Vec<String>,
    /// Whether it is a date that says that it is one, and nothing else.
    is_dated: bool,
}

impl Source {
    /// Whether words in it say what it is.
    pub(super) fn is_labelled(&self) -> bool {
        self.is_dated || !self.labels.is_empty()
    }
}

/// A longer text before a date is a sentence and no publisher, in characters.
const MAX_PUBLISHER: usize = 60;
/// A line of more links and marks is text.
const MAX_RUNS: usize = 64;
/// A longer line without a link is prose, in bytes.
const MAX_LINE: usize = 600;
/// A longer text behind `발행일:` is no date, in characters.
const MAX_DATE: usize = 40;

/// Whether a link's text is a word for a link (`원문 보기`, `Read more`).
pub(in crate::parse::articles) fn is_link_word(run: &[Inline]) -> bool {
    is_link_label(&plain(run))
}

/// Whether a line may be a source that says that it is one. Nearly all lines are text, and this is quicker than reading them.
pub(super) fn may_be_labelled(line: &[Inline]) -> bool {
    if first_link(line).is_some() {
        return true;
    }
    let begin = line.get(..line.len().min(3)).unwrap_or_default();
    if !first_letter(begin).is_some_and(begins_label) && !begin.iter().any(is_marked) {
        return false;
    }
    let text = plain(begin);
    let begin = text.get(decoration(&text)..).unwrap_or_default().trim_start_matches(is_separator);
    begin.starts_with(DATE_STARTS)
        || has_mark(&text)
        || split_label(&text).is_some_and(|(label, _)| is_publisher_label(label))
}

/// What parts a line.
const MARKS: [char; 3] = ['|', '·', '•'];

/// Whether a text has one of [`MARKS`].
fn has_mark(text: &str) -> bool {
    // The bytes that they begin with, and others, too.
    let mut may_be = memchr::memchr3_iter(b'|', 0xc2, 0xe2, text.as_bytes());
    may_be.any(|at| text.get(at..).is_some_and(|rest| rest.starts_with(MARKS)))
}

fn is_marked(inline: &Inline) -> bool {
    match inline {
        Inline::Text(text) | Inline::Code(text) => has_mark(text),
        Inline::Strong(run)
        | Inline::Emphasis(run)
        | Inline::Strike(run)
        | Inline::Link { text: run, .. } => run.iter().any(is_marked),
        Inline::Break => false,
    }
}

/// Reads a line as a source; `None`: it is text.
pub(super) fn read(line: &[Inline]) -> Option<Source> {
    if line.len() > MAX_RUNS || is_prose(line) {
        return None;
    }
    let unbolded: Vec<Inline>;
    let line = match line {
        [Inline::Emphasis(run)] => run.as_slice(),
        // `**[BNN](…)** | 2025-12-17`; alone it is a headline.
        [Inline::Strong(run), rest @ ..]
            if !rest.is_empty() && matches!(run.as_slice(), [Inline::Link { .. }]) =>
        {
            unbolded = run.iter().chain(rest).cloned().collect();
            &unbolded
        }
        line => line,
    };
    if let Some(source) = in_parts(line) {
        return Some(source);
    }
    read_part(line)
}

/// Whether a line's own texts are too long for anything but prose: nearly all lines that are read are.
fn is_prose(line: &[Inline]) -> bool {
    let text = |inline: &Inline| if let Inline::Text(text) = inline { text.len() } else { 0 };
    line.iter().map(text).sum::<usize>() > MAX_LINE && first_link(line).is_none()
}

fn read_part(line: &[Inline]) -> Option<Source> {
    match around_link(line) {
        Some((before, Inline::Link { url, text }, after)) => with_link(before, url, text, after),
        _ if first_link(line).is_none() => without_link(&plain(line)),
        _ => None,
    }
}

/// `출처: BNN | 발행일: 2025-12-17 | [원문 보기](…)`: every part says what it is.
fn in_parts(line: &[Inline]) -> Option<Source> {
    if !line.iter().any(|inline| matches!(inline, Inline::Text(text) if has_mark(text))) {
        return None;
    }
    let mut parts: Vec<Vec<Inline>> = vec![Vec::new()];
    for inline in line {
        let Inline::Text(text) = inline else {
            parts.last_mut()?.push(inline.clone());
            continue;
        };
        for (place, text) in text.split(MARKS).enumerate() {
            if place > 0 {
                parts.push(Vec::new());
            }
            // `📅 2025-12-17 | 📰 BNN`.
            let text = text.trim();
            let text = text.get(decoration(text)..).unwrap_or_default();
            if !text.is_empty() {
                parts.last_mut()?.push(Inline::Text(text.to_owned()));
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    if parts.len() < 2 {
        return None;
    }
    let mut whole = Source::default();
    let mut name = None;
    for (place, part) in parts.into_iter().enumerate() {
        let text = plain(&part);
        if date::read(&text).is_some() && whole.published.is_none() {
            whole.published = Some(text.into_owned());
            continue;
        }
        let is_link = first_link(&part).is_some();
        let Some(part) = read_part(&part).filter(|part| part.is_labelled() && part.rest.is_empty()) else {
            let is_first = place == 0 || place == 1 && whole.published.is_some();
            if !is_first || name.is_some() || is_link || text.chars().count() > MAX_PUBLISHER {
                return None;
            }
            name = Some(text.into_owned());
            continue;
        };
        let is_twice = part.publisher.is_some() && whole.publisher.is_some()
            || part.link.is_some() && whole.link.is_some()
            || part.published.is_some() && whole.published.is_some();
        if is_twice {
            return None;
        }
        whole.publisher = whole.publisher.or(part.publisher);
        whole.link = whole.link.or(part.link);
        whole.published = whole.published.or(part.published);
        whole.is_dated |= part.is_dated;
        whole.labels.extend(part.labels);
    }
    // `BNN · 2025-12-17 · [원문](…)`: a name may stand before the rest.
    if let Some(name) = name {
        if whole.publisher.is_some() || whole.published.is_none() && !is_publisher(&name) {
            return None;
        }
        whole.publisher = Some(name);
    }
    Some(whole)
}

/// A line's first link at its top level, and what stands before and behind it.
pub(super) fn around_link(line: &[Inline]) -> Option<(&[Inline], &Inline, &[Inline])> {
    let at = line.iter().position(|inline| matches!(inline, Inline::Link { url, .. } if is_web(url)))?;
    Some((line.get(..at)?, line.get(at)?, line.get(at + 1..)?))
}

fn with_link(before: &[Inline], url: &str, text: &[Inline], after: &[Inline]) -> Option<Source> {
    let before = plain(before);
    let is_word = is_link_label(&plain(text));
    // `출처: BNN (https://…)`.
    if let Some((label, name)) = split_label(&before)
        && is_publisher_label(label)
        && (is_word || plain(text) == url)
        && (1..=MAX_PUBLISHER).contains(&name.trim_matches(is_separator).chars().count())
    {
        let (published, rest) = behind_link(after);
        let mut labels = vec![label.trim().to_owned()];
        labels.extend(is_word.then(|| plain(text).into_owned()));
        let publisher = Some(name.trim_matches(is_separator).to_owned());
        return Some(Source {
            publisher,
            link: Some(url.to_owned()),
            published,
            rest,
            labels,
            is_dated: false,
        });
    }
    let label = before;
    let has_label = label.contains(char::is_alphanumeric);
    let shown = plain(text);
    let says_link = is_link_label(&label);
    if has_label && !says_link && !is_publisher_label(&label) {
        return None;
    }
    let is_name = shown != url && !is_word;
    // `원문: [the article's own title](…)`: the line stays, `find_link` sees it.
    if says_link && is_name {
        return None;
    }
    let publisher =
        Some(shown.trim().to_owned()).filter(|name| is_name && name.chars().count() <= MAX_PUBLISHER);
    if is_name && publisher.is_none() {
        return None;
    }
    let (published, rest) = behind_link(after);
    // A link in bold is a headline.
    if matches!(text, [Inline::Strong(_)]) && !has_label && published.is_none() {
        return None;
    }
    let labels: Vec<String> = [(has_label, label), (is_word, shown)]
        .into_iter()
        .filter(|(is_label, _)| *is_label)
        .map(|(_, text)| text.trim().to_owned())
        .collect();
    // `[OpenAI](…)가 발표했다` is a sentence.
    if labels.is_empty() && published.is_none() && !rest.is_empty() {
        return None;
    }
    Some(Source { publisher, link: Some(url.to_owned()), published, rest, labels, is_dated: false })
}

/// The date behind a link, and what stands behind that.
fn behind_link(after: &[Inline]) -> (Option<String>, Vec<Inline>) {
    if first_link(after).is_none() {
        // The date's label may be set in bold: `[BNN](…) | **Date:** Jan 31, 2026`.
        let text = plain(after);
        if let Some((published, rest)) = date_in(text.trim_start_matches(is_separator)) {
            let rest = rest.trim_start_matches(is_separator);
            return (Some(published), run_of(rest));
        }
    }
    match after.split_first() {
        Some((Inline::Text(text), more)) => {
            let mut rest = run_of(text.trim_start_matches(is_separator));
            rest.extend(more.iter().cloned());
            (None, rest)
        }
        _ => (None, after.to_vec()),
    }
}

fn run_of(text: &str) -> Vec<Inline> {
    // A bracket that closes what was opened before the date.
    let is_nothing = text.chars().all(|c| matches!(c, ')' | ']') || c.is_whitespace());
    Some(text).filter(|_| !is_nothing).map(|text| Inline::Text(text.to_owned())).into_iter().collect()
}

fn without_link(line: &str) -> Option<Source> {
    if line.len() > MAX_LINE {
        return None;
    }
    // `📅 날짜: 2025-12-17`.
    let line = line.get(decoration(line)..).unwrap_or_default();
    let (head, published, rest) = match split_at_date(line) {
        Some((head, published, rest)) => (head, Some(published), rest),
        None => (line, None, ""),
    };
    let head = head.trim_end_matches(is_separator).trim();
    let (label, name) = match split_label(head) {
        Some((label, name)) if is_publisher_label(label) => (Some(label.trim().to_owned()), name.trim()),
        _ => (None, head),
    };
    // `삼성이 수주했다. (전자신문, 2026.04.11)`: the sentence stays.
    if let Some((sentence, name)) = name
        .rsplit_once('(')
        .filter(|(sentence, _)| label.is_none() && published.is_some() && !sentence.trim().is_empty())
    {
        let ends = sentence.trim_end().ends_with(['.', '!', '?', '다', '요']);
        let publisher =
            Some(name.trim().to_owned()).filter(|name| ends && !name.is_empty() && !name.contains(')'))?;
        let sentence = vec![Inline::Text(sentence.trim_end().to_owned())];
        return run_of(rest).is_empty().then(|| Source {
            publisher: Some(publisher),
            published,
            rest: sentence,
            ..Source::default()
        });
    }
    // A name alone is a source if it is known to be a publisher's; else a label or a date says that it is one.
    if label.is_none() && published.is_none() {
        let name = name.strip_prefix('(').and_then(|name| name.strip_suffix(')')).unwrap_or(name);
        let publisher = Some(name.to_owned()).filter(|name| is_publisher(name))?;
        return Some(Source { publisher: Some(publisher), ..Source::default() });
    }
    if name.chars().count() > MAX_PUBLISHER {
        return None;
    }
    let mut publisher = Some(name.to_owned()).filter(|name| !name.is_empty());
    // `Published: Jan 2, 2026 by BNN`.
    let (published, by) = match published.as_deref().and_then(|text| text.split_once(" by ")) {
        Some((day, by)) => (Some(day.trim().to_owned()), Some(by.trim().to_owned())),
        None => (published, None),
    };
    publisher = publisher.or(by);
    if publisher.is_none() && published.is_none() {
        return None;
    }
    let rest = run_of(rest.trim_start_matches(is_separator));
    let is_dated = published.is_some() && name.is_empty();
    Some(Source { publisher, link: None, published, rest, labels: label.into_iter().collect(), is_dated })
}

/// Finds `발행일: 2025-12-17` in a line without links: what stands before it, the date, what stands behind it. A date
/// without such a word ends the line: `BNN · 2025-12-17`.
fn split_at_date(line: &str) -> Option<(&str, String, &str)> {
    // Most lines are text and have none.
    if !line.bytes().take(3 * (MAX_PUBLISHER + 2 * MAX_DATE)).any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut before = None;
    for (at, c) in line.char_indices().take(MAX_PUBLISHER + 8) {
        let begins = before.replace(c).is_none_or(is_separator);
        if !begins || !(c.is_ascii_alphanumeric() || DATE_STARTS.contains(&c)) {
            continue;
        }
        let (head, rest) = line.split_at_checked(at)?;
        let is_bare = c.is_ascii_digit();
        if (!is_bare || head.contains(char::is_alphanumeric))
            && let Some((published, rest)) = date_in(rest)
            && (!is_bare || run_of(rest).is_empty())
        {
            return Some((head, published, rest));
        }
    }
    None
}

/// A publisher and a date, or a date, in brackets at the end of a text: `headline (BNN, 2025-12-17)`. The text before
/// them, the publisher, the date.
pub(in crate::parse::articles) fn trailing(text: &str) -> Option<(&str, Option<String>, String)> {
    let inner = text.trim_end().strip_suffix([')', ']', '）'])?;
    let (headline, inner) = inner.rsplit_once(['(', '[', '（'])?;
    let headline = headline.trim_end_matches(is_separator);
    if headline.is_empty() {
        return None;
    }
    if date::read(inner).is_some() {
        return Some((headline, None, inner.trim().to_owned()));
    }
    let (publisher, published) = inner.split_once([',', '·', '|', '/'])?;
    if !date::is_day(published) || !publisher.contains(char::is_alphabetic) {
        return None;
    }
    Some((headline, Some(publisher.trim().to_owned()), published.trim().to_owned()))
}

/// A date with its label, or one that is written so that nobody takes it for anything else; and what follows.
fn date_in(text: &str) -> Option<(String, &str)> {
    let is_begun =
        |label: &&&str| text.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label));
    let label = if text.starts_with(DATE_STARTS) { DATE.iter().find(is_begun) } else { None };
    let value = match label {
        Some(label) => text.get(label.len()..)?.trim_start().strip_prefix([':', '：']).map(str::trim_start),
        None => None,
    };
    let value = match (value, label) {
        (Some(value), _) => value,
        // `발행 2025-12-17`.
        (None, Some(label)) => text.get(label.len()..)?.trim_start(),
        (None, None) if date::begins(text) => text,
        (None, None) => return None,
    };
    let mut before = None;
    let mut end = None;
    for (at, c) in value.char_indices().take(MAX_DATE + 2) {
        let after_blank = before.replace(c) == Some(' ');
        if matches!(c, '|' | '·' | ')' | '—') || (matches!(c, '-' | '–' | ',') && after_blank) {
            end = Some(at);
            break;
        }
    }
    // What is longer is no date.
    let end = end.or_else(|| value.char_indices().nth(MAX_DATE + 2).is_none().then_some(value.len()))?;
    let (shown, rest) = value.split_at_checked(end)?;
    let shown = shown.trim();
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    let is_date = match label {
        Some(_) => shown.chars().any(|c| c.is_ascii_digit()) && shown.chars().count() <= MAX_DATE,
        None => date::read(shown).is_some(),
    };
    is_date.then(|| (shown.to_owned(), rest))
}

/// The word of a line that says of what stands behind it that it is the date: `발행일`.
pub(super) fn date_label(line: &[Inline], published: &str) -> Option<String> {
    let text = plain(line);
    let before = text.get(..text.find(published)?)?.trim_end_matches([' ', ':', '：']);
    DATE.iter().find_map(|label| {
        let end = before.get(before.len().checked_sub(label.len())?..)?;
        end.eq_ignore_ascii_case(label).then(|| end.to_owned())
    })
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
