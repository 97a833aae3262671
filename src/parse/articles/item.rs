//! An item of a list, or a line like one, as an article: which of its words are the headline, and which the text.

use crate::model::rich::{Block, Inline, plain};
use crate::parse::date;
use crate::parse::markdown::{Piece, PieceKind};

use super::cut::Raw;
use super::source_line::{Known, is_link_word};

/// `[headline](link) — text`, `**headline**: text`: the first inline is the headline. `headline ([link](…))`,
/// `headline: https://…`: what stands before the link. Else the first line.
pub(super) fn bullet(item: Vec<Block>, line: u32) -> Raw {
    let mut blocks = item.into_iter();
    let mut body = Vec::new();
    let mut headline = Vec::new();
    let mut known = None;
    match blocks.next() {
        Some(Block::Paragraph(mut run)) if is_behind_time(&run) => {
            // `**07:10** [headline](link)`: the time is no headline, and stays below it.
            let time = plain(&run.drain(..1).collect::<Vec<_>>()).into_owned();
            if let Some(Inline::Text(text)) = run.first_mut() {
                *text = text.trim_start_matches(is_separator).to_owned();
            }
            run.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
            let mut raw = bullet(std::iter::once(Block::Paragraph(run)).chain(blocks).collect(), line);
            let time = time.trim_matches(is_separator).to_owned();
            raw.body.extend(paragraph(vec![Inline::Text(time)], line));
            return raw;
        }
        Some(Block::Paragraph(run)) if matches!(run.first(), Some(Inline::Text(_))) => {
            let (mut first, mut rest) = split_line(run);
            part_at_dash(&mut first);
            if let [Inline::Text(before), link @ Inline::Link { .. }, ..] = first.as_slice()
                && !is_bare_link(link)
                && let Some(day) = day_before(before)
            {
                known = Some(Known { published: day, ..Known::default() });
                first.remove(0);
            }
            let parted = first.iter().position(|inline| *inline == Inline::Break);
            let mut behind = first.split_off(parted.unwrap_or_else(|| headline_end(&first)));
            if parted.is_some() {
                behind.remove(0);
            }
            if let Some(Inline::Text(text)) = first.last_mut() {
                let is_end =
                    |c| is_separator(c) || matches!(c, '(' | '[' | '\u{fe0f}') || POINTERS.contains(&c);
                *text = text.trim_end_matches(is_end).to_owned();
            }
            headline = first;
            let mut behind = behind.into_iter().peekable();
            if let Some(link) = behind.next_if(is_bare_link) {
                headline.push(link);
            }
            let mut behind: Vec<Inline> = behind.collect();
            if let Some(Inline::Text(text)) = behind.first_mut() {
                *text = text.trim_start_matches([')', ']']).trim_start_matches(is_separator).to_owned();
                if text.is_empty() {
                    behind.remove(0);
                }
            }
            if !behind.is_empty() && !rest.is_empty() {
                behind.push(Inline::Break);
            }
            behind.append(&mut rest);
            body.extend(paragraph(behind, line));
        }
        Some(Block::Paragraph(mut run)) => {
            let mut rest = run.split_off(1.min(run.len()));
            headline = run;
            match rest.first_mut() {
                Some(Inline::Text(text)) => {
                    *text = text.trim_start_matches(is_separator).to_owned();
                    if text.is_empty() {
                        rest.remove(0);
                    }
                }
                Some(Inline::Break) => {
                    rest.remove(0);
                }
                _ => {}
            }
            body.extend(paragraph(rest, line));
        }
        Some(block) => body.push(Piece { line, kind: PieceKind::Block(block) }),
        None => {}
    }
    body.extend(blocks.map(|block| Piece { line, kind: PieceKind::Block(block) }));
    Raw { line, headline, numbered: false, body, known }
}

/// Whether a line is a time and a link behind it.
fn is_behind_time(line: &[Inline]) -> bool {
    let has_link = line.iter().take(3).any(|inline| matches!(inline, Inline::Link { .. }));
    let time = match line.first() {
        Some(first @ (Inline::Strong(_) | Inline::Text(_) | Inline::Code(_))) => {
            plain(std::slice::from_ref(first))
        }
        _ => return false,
    };
    let time = time.trim().trim_matches(|c| is_separator(c) || matches!(c, '[' | ']' | '(' | ')'));
    has_link
        && time.contains(':')
        && (4..=8).contains(&time.len())
        && time.chars().all(|c| c.is_ascii_digit() || c == ':')
}

/// A longer text in front of a dash is a sentence, in characters.
const MAX_BEFORE_DASH: usize = 60;
/// A shorter text behind it may be a name, in characters.
const MIN_BEHIND_DASH: usize = 6;

/// `headline — a sentence. [BNN](link)`: puts the sentence behind a break of the headline.
fn part_at_dash(line: &mut Vec<Inline>) {
    let Some(Inline::Text(text)) = line.first() else { return };
    let Some((headline, sentence)) = [" — ", " – "].iter().find_map(|dash| text.split_once(dash)) else {
        return;
    };
    let is_sentence = sentence.trim_end().ends_with(['.', '!', '?', '다', '요']);
    if !is_sentence
        || sentence.chars().count() < MIN_BEHIND_DASH
        || headline.chars().count() > MAX_BEFORE_DASH
        || headline.trim().is_empty()
        || line.len() < 2
    {
        return;
    }
    let (headline, sentence) = (headline.trim_end().to_owned(), sentence.to_owned());
    line.splice(..1, [Inline::Text(headline), Inline::Break, Inline::Text(sentence)]);
}

/// Where the headline of a line ends: before an address, or behind a link of words that text follows (`[AI] [headline](link) - text`).
fn headline_end(line: &[Inline]) -> usize {
    let bare = line.iter().position(is_bare_link).unwrap_or(line.len());
    let words = line.iter().position(|inline| matches!(inline, Inline::Link { .. }) && !is_bare_link(inline));
    // `headline 👉 [BNN](link)`: the link's text is who published it.
    if let Some(at) = words.filter(|at| *at > 0)
        && let Some(Inline::Text(before)) = line.get(at - 1)
        && before.trim_end_matches(['\u{fe0f}', ' ']).ends_with(POINTERS)
    {
        return bare.min(at);
    }
    let is_parted = |at: &usize| match line.get(at + 1) {
        Some(Inline::Text(text)) => text.trim_start().starts_with(|c| is_separator(c) || c == '('),
        _ => false,
    };
    words.filter(|at| *at < 2).filter(is_parted).map_or(bare, |at| bare.min(at + 1))
}

/// The day that stands before a headline, or nothing but marks: `2025-12-17 [headline](link)`.
fn day_before(text: &str) -> Option<Option<String>> {
    let text = text.trim().trim_matches(|c| is_separator(c) || matches!(c, '[' | ']' | '(' | ')'));
    if text.is_empty() {
        return Some(None);
    }
    date::read(text).map(|_| Some(text.to_owned()))
}

/// A link whose text is no text of the headline: an address, or `링크`.
pub(super) fn is_bare_link(inline: &Inline) -> bool {
    match inline {
        Inline::Link { url, text } => {
            let shown = plain(text);
            // `🔗` is no word either.
            shown == *url || is_link_label(inline) || !shown.contains(char::is_alphanumeric)
        }
        _ => false,
    }
}

/// Whether it is a link whose text is a word for a link.
pub(super) fn is_link_label(inline: &Inline) -> bool {
    matches!(inline, Inline::Link { .. }) && is_link_word(std::slice::from_ref(inline))
}

/// What points from a headline to its link.
const POINTERS: [char; 7] = ['→', '👉', '➡', '🔗', '☞', '▶', '»'];

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '：' | '-' | '–' | '—' | '|' | '·')
}

/// The first line of a paragraph and what follows it.
pub(super) fn split_line(mut run: Vec<Inline>) -> (Vec<Inline>, Vec<Inline>) {
    match run.iter().position(|inline| *inline == Inline::Break) {
        Some(end) => {
            let rest = run.split_off(end + 1);
            run.truncate(end);
            (run, rest)
        }
        None => (run, Vec::new()),
    }
}

pub(super) fn paragraph(run: Vec<Inline>, line: u32) -> Option<Piece> {
    (!run.is_empty()).then_some(Piece { line, kind: PieceKind::Block(Block::Paragraph(run)) })
}
