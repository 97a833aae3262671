//! Posts whose articles begin with a line of some kind: bold, numbered, marked, or a link and nothing else.

use std::collections::HashMap;

use crate::model::rich::{Block, Inline, plain};
use crate::parse::articles::headline::behind_question;
use crate::parse::articles::{first_link, is_web, names, source_line};
use crate::parse::markdown::{Piece, PieceKind};

use super::numbers::{decoration, headline_ordinal, ordinal};
use super::{Form, Shape, has_labelled_link};

/// Paragraphs whose first line is bold from end to end, if most are numbered or have a link; else those that begin bold.
pub(super) fn bold(pieces: &[Piece]) -> Vec<bool> {
    let bold: Vec<Option<&[Inline]>> = pieces.iter().map(|piece| bold_line(piece.first_line()?)).collect();
    if bold.iter().all(Option::is_none) {
        let in_brackets = in_brackets(pieces);
        return if in_brackets.contains(&true) { in_brackets } else { bold_leads(pieces) };
    }
    let count = bold.iter().flatten().count();
    let mut seen = HashMap::new();
    for text in bold.iter().flatten() {
        *seen.entry(plain(text)).or_insert(0) += 1;
    }
    // Where the first link behind a bold line says that it is one, the line is a headline, too.
    let mut has_source = vec![false; pieces.len()];
    let mut last = None;
    for (place, piece) in pieces.iter().enumerate() {
        if piece.level().is_some() {
            last = None;
        }
        if bold.get(place).is_some_and(Option::is_some) {
            last = Some(place);
        }
        if let Some(shows) = last.and_then(|last| has_source.get_mut(last))
            && !*shows
        {
            *shows = has_labelled_link(piece) || has_one_link(piece);
        }
    }
    let evident = bold
        .iter()
        .zip(has_source)
        .filter_map(|(text, has_source)| Some((text.as_ref()?, has_source)))
        .filter(|(text, source)| *source || ordinal(&plain(text)).is_some() || first_link(text).is_some())
        .filter(|(text, _)| seen.get(&plain(text)) == Some(&1))
        .count();
    let fits = count > 0 && evident * 2 >= count;
    bold.iter().map(|text| fits && text.is_some()).collect()
}

/// The text of a line that is bold from end to end, but for a number or a picture before it.
pub(super) fn bold_line(line: &[Inline]) -> Option<&[Inline]> {
    match line {
        [Inline::Text(before), rest @ ..] if is_decoration(before) => bold_line(rest),
        [Inline::Strong(run)] if !run.is_empty() => Some(run),
        // `**headline** (BNN)`.
        [Inline::Strong(run), Inline::Text(after)] if !run.is_empty() && is_in_parentheses(after) => {
            Some(run)
        }
        [Inline::Link { text, .. }] if matches!(text.as_slice(), [Inline::Strong(_)]) => Some(line),
        _ => None,
    }
}

fn is_in_parentheses(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('(') && text.ends_with(')') && text.chars().count() <= MAX_BEHIND
}

/// The longest text behind a bold headline that is its publisher, in characters.
const MAX_BEHIND: usize = 32;

/// The brackets that headlines stand in.
const BRACKETS: [(char, char); 8] = [
    ('‹', '›'),
    ('<', '>'),
    ('〈', '〉'),
    ('《', '》'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('≪', '≫'),
];

/// The text between the brackets that a line stands in.
fn between_brackets(line: &[Inline]) -> Option<&str> {
    let [Inline::Text(text)] = line else { return None };
    let text = text.get(decoration(text)..)?.trim();
    BRACKETS.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inner.trim().is_empty() && !inner.contains([*open, *close])).then(|| inner.trim())
    })
}

/// Paragraphs whose first line stands in brackets (`「headline」`), two at least, with a text below each.
fn in_brackets(pieces: &[Piece]) -> Vec<bool> {
    let has_brackets = |piece: &Piece| piece.first_line().and_then(between_brackets).is_some();
    let starts: Vec<bool> = pieces.iter().map(has_brackets).collect();
    let has_text = |place: usize| {
        let more = pieces.get(place).is_some_and(has_more_lines);
        more || pieces.get(place + 1).is_some_and(|next| {
            matches!(&next.kind, PieceKind::Block(Block::Paragraph(_))) && !has_brackets(next)
        })
    };
    let begun: Vec<usize> = (0..).zip(&starts).filter(|(_, start)| **start).map(|(place, _)| place).collect();
    if begun.len() >= 2 && begun.into_iter().all(has_text) { starts } else { vec![false; pieces.len()] }
}

fn has_more_lines(piece: &Piece) -> bool {
    matches!(&piece.kind, PieceKind::Block(Block::Paragraph(run)) if run.contains(&Inline::Break))
}

/// The headline without the brackets that it stands in.
pub(in crate::parse::articles) fn without_brackets(headline: Vec<Inline>) -> Vec<Inline> {
    match between_brackets(&headline) {
        Some(inner) => vec![Inline::Text(inner.to_owned())],
        None => headline,
    }
}

/// Whether a text is nothing but pictures and a number.
fn is_decoration(text: &str) -> bool {
    let rest = text.get(decoration(text)..).unwrap_or_default();
    rest.is_empty() || ordinal(rest).is_some_and(|(_, rest)| rest.is_empty())
}

/// Paragraphs that begin with bold words and go on with a text that has a link, if there are hardly any others.
fn bold_leads(pieces: &[Piece]) -> Vec<bool> {
    let is_lead = |piece: &Piece| match piece.first_line() {
        Some([Inline::Strong(words), rest @ ..]) => {
            !rest.is_empty()
                && (first_link(rest).is_some() || first_link(words).is_some())
                && !plain(words).trim_end().ends_with([':', '：'])
                && !names::is_section(words)
        }
        _ => false,
    };
    let leads: Vec<bool> = pieces.iter().map(is_lead).collect();
    let count = leads.iter().filter(|lead| **lead).count();
    let texts = pieces.iter().filter(|piece| piece.first_line().is_some()).count();
    if count >= 2 && count * 3 >= texts * 2 { leads } else { vec![false; pieces.len()] }
}

/// Paragraphs that begin with a number, or ordered lists of one item each, else with the same mark (`■ headline`).
pub(super) fn numbered(pieces: &[Piece]) -> Vec<bool> {
    let numbered: Vec<bool> = pieces.iter().map(is_numbered_paragraph).collect();
    if numbered.contains(&true) {
        return numbered;
    }
    for counted in [counted(pieces, line_number), counted(pieces, item_number)] {
        if counted.contains(&true) {
            return counted;
        }
    }
    let mut counts: HashMap<char, usize> = HashMap::new();
    let marks: Vec<Option<char>> = pieces.iter().map(mark).collect();
    for mark in marks.iter().flatten() {
        *counts.entry(*mark).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or_default();
    let first = marks.iter().flatten().find(|mark| counts.get(mark) == Some(&most)).copied();
    marks.into_iter().map(|mark| most > 1 && mark.is_some() && mark == first).collect()
}

/// Pieces whose numbers count up from one, once or again and again; two at least.
fn counted(pieces: &[Piece], number: fn(&Piece) -> Option<usize>) -> Vec<bool> {
    let mut before = 0;
    let mut below_aside = false;
    let mut starts: Vec<bool> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let PieceKind::Heading { text, .. } = &piece.kind {
            below_aside = names::is_aside(text) || names::is_sources(text);
        }
        let found = number(piece).filter(|_| !below_aside);
        let fits = found.is_some_and(|number| number == before + 1 || number == 1);
        if fits {
            before = found.unwrap_or_default();
        }
        starts.push(fits);
    }
    let count = starts.iter().filter(|start| **start).count();
    if count < 2 { vec![false; pieces.len()] } else { starts }
}

/// `[1] headline` on a line of its own, above more.
fn line_number(piece: &Piece) -> Option<usize> {
    let Some([Inline::Text(text), ..]) = piece.first_line() else { return None };
    let (number, rest) = headline_ordinal(text)?;
    (!rest.is_empty() && piece.first_line().is_some_and(|line| first_link(line).is_none())).then_some(number)
}

/// A list of one numbered item, as blank lines and paragraphs between the items make it.
fn item_number(piece: &Piece) -> Option<usize> {
    let PieceKind::Block(Block::List { start: Some(start), items }) = &piece.kind else { return None };
    match items.as_slice() {
        [item] if matches!(item.first(), Some(Block::Paragraph(_))) => usize::try_from(*start).ok(),
        _ => None,
    }
}

/// The mark that a paragraph begins with. A link that says that it is one is no headline: `▶ 기사 보기: …`.
fn mark(piece: &Piece) -> Option<char> {
    let line = piece.first_line()?;
    let [Inline::Text(text), rest @ ..] = line else { return None };
    if behind_question(text).is_some() {
        return Some('Q');
    }
    let mark = text.chars().next().filter(|_| decoration(text) > 0)?;
    let is_bare = rest.is_empty() && text.get(decoration(text)..).is_some_and(str::is_empty);
    (!is_bare && !source_line::is_labelled_link(line)).then_some(mark)
}

/// `1、[headline](link)`, `1、**headline**`, or `1、` alone.
fn is_numbered_paragraph(piece: &Piece) -> bool {
    let Some(line) = piece.first_line() else { return false };
    let Some((Inline::Text(first), rest)) = line.split_first() else { return false };
    ordinal(first).is_some_and(|(_, text)| text.is_empty())
        && matches!(rest, [] | [Inline::Link { .. }, ..] | [Inline::Strong(_)])
}

/// A longer first line is a sentence and no headline, in characters.
const MAX_HEADLINE: usize = 100;

/// Paragraphs whose first line is a text, above an address or a link that says that it is one; two at least, and most of
/// those that there are.
pub(super) fn above_addresses(pieces: &[Piece]) -> Option<Form> {
    let starts: Vec<bool> = pieces.iter().map(is_above_address).collect();
    let count = starts.iter().filter(|start| **start).count();
    let paragraphs = pieces.iter().filter(|piece| piece.first_line().is_some()).count();
    let fences = pieces.iter().map(|piece| piece.level().is_some()).collect();
    (count >= 2 && count * 2 > paragraphs).then_some(Form { shape: Shape::Bold, starts, fences })
}

fn is_above_address(piece: &Piece) -> bool {
    let PieceKind::Block(Block::Paragraph(run)) = &piece.kind else { return false };
    let mut lines = run.split(|inline| *inline == Inline::Break);
    let headline = match lines.next() {
        Some(line @ [Inline::Text(_) | Inline::Emphasis(_)]) => plain(line),
        _ => return false,
    };
    let mut links = lines.filter(|line| first_link(line).is_some());
    let is_only = links.next().is_some_and(|line| is_address(line) || source_line::is_labelled_link(line));
    is_only
        && links.next().is_none()
        && headline.chars().count() <= MAX_HEADLINE
        && !headline.ends_with(['.', '다'])
}

/// A longer paragraph is prose, in characters.
const MAX_BRIEF: usize = 200;

/// Posts of short paragraphs of one line, three at least, each of which ends in a link to its source: `… builds chips.
/// ([Bloomberg](https://…))`. The first and the last may be none.
pub(super) fn sentences(pieces: &[Piece]) -> Option<Form> {
    let texts = || pieces.iter().filter(|piece| piece.kind != PieceKind::Rule);
    let starts: Vec<bool> = pieces.iter().map(is_brief).collect();
    let count = starts.iter().filter(|start| **start).count();
    let inner = texts().skip(1).take(texts().count().saturating_sub(2));
    let fences = vec![false; pieces.len()];
    (count >= 3 && inner.into_iter().all(is_brief)).then_some(Form { shape: Shape::Bold, starts, fences })
}

fn is_brief(piece: &Piece) -> bool {
    let PieceKind::Block(Block::Paragraph(run)) = &piece.kind else { return false };
    let at = run.iter().position(|inline| matches!(inline, Inline::Link { .. }));
    let Some((at, Inline::Link { url, text })) = at.and_then(|at| Some((at, run.get(at)?))) else {
        return false;
    };
    let behind = plain(run.get(at + 1..).unwrap_or_default());
    at > 0
        && is_web(url)
        && plain(text) != *url
        && !run.contains(&Inline::Break)
        && behind.chars().all(|c| matches!(c, ')' | ']' | '.') || c.is_whitespace())
        && plain(run).chars().count() <= MAX_BRIEF
}

/// Whether a line is an address and nothing else but marks.
fn is_address(line: &[Inline]) -> bool {
    match line {
        [Inline::Text(before), Inline::Link { url, text }] if !before.contains(char::is_alphanumeric) => {
            plain(text) == *url
        }
        [Inline::Link { url, text }] => plain(text) == *url,
        _ => false,
    }
}

/// Paragraphs that are a link and nothing else, two at least.
pub(super) fn links(pieces: &[Piece]) -> Option<Form> {
    let starts: Vec<bool> = pieces.iter().map(|piece| piece.first_line().is_some_and(is_link_line)).collect();
    let count = starts.iter().filter(|start| **start).count();
    let fences = pieces.iter().map(|piece| piece.level().is_some()).collect();
    (count >= 2).then_some(Form { shape: Shape::Bold, starts, fences })
}

fn is_link_line(line: &[Inline]) -> bool {
    match line {
        [link @ Inline::Link { url, text }] => {
            is_web(url) && plain(text) != *url && !source_line::is_link_word(std::slice::from_ref(link))
        }
        _ => false,
    }
}

/// Whether there is a link in a paragraph, and one alone.
fn has_one_link(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Block(Block::Paragraph(run)) => {
            run.iter().filter(|inline| first_link(std::slice::from_ref(inline)).is_some()).count() == 1
        }
        _ => false,
    }
}

/// Paragraphs whose lines are links and nothing else, as a paragraph each; those of more than `most` lines stay.
pub(in crate::parse::articles) fn split_links(pieces: Vec<Piece>, most: usize) -> Vec<Piece> {
    let mut parted = Vec::with_capacity(pieces.len());
    for Piece { line, kind } in pieces {
        match kind {
            PieceKind::Block(Block::Paragraph(run)) if is_links(&run, most) => {
                let lines = run.split(|inline| *inline == Inline::Break);
                let piece = |line_run: &[Inline]| Piece {
                    line,
                    kind: PieceKind::Block(Block::Paragraph(line_run.to_vec())),
                };
                parted.extend(lines.map(piece));
            }
            kind => parted.push(Piece { line, kind }),
        }
    }
    parted
}

fn is_links(run: &[Inline], most: usize) -> bool {
    let lines = || run.split(|inline| *inline == Inline::Break);
    run.contains(&Inline::Break) && lines().all(is_link_line) && lines().nth(most).is_none()
}
