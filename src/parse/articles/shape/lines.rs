//! Posts whose articles begin with a line of some kind: bold, numbered, marked, or a link and nothing else.

use std::collections::HashMap;

use crate::model::rich::{Inline, plain};
use crate::parse::articles::{first_link, is_web, source_line};
use crate::parse::markdown::Piece;

use super::numbers::ordinal;
use super::{Form, Shape, has_labelled_link};

/// Paragraphs whose first line is bold from end to end, if most are numbered or have a link.
pub(super) fn bold(pieces: &[Piece]) -> Vec<bool> {
    let bold: Vec<Option<&[Inline]>> = pieces.iter().map(|piece| bold_line(piece.first_line()?)).collect();
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
            *shows = has_labelled_link(piece);
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

/// The text of a line that is bold from end to end.
pub(super) fn bold_line(line: &[Inline]) -> Option<&[Inline]> {
    match line {
        [Inline::Strong(run)] if !run.is_empty() => Some(run),
        [Inline::Link { text, .. }] if matches!(text.as_slice(), [Inline::Strong(_)]) => Some(line),
        _ => None,
    }
}

/// Paragraphs that begin with a number, else with the same mark (`■ headline`).
pub(super) fn numbered(pieces: &[Piece]) -> Vec<bool> {
    let numbered: Vec<bool> = pieces.iter().map(is_numbered_paragraph).collect();
    if numbered.contains(&true) {
        return numbered;
    }
    let marks: Vec<Option<char>> = pieces.iter().map(mark).collect();
    let first = marks.iter().flatten().next().copied();
    let several = marks.iter().filter(|mark| first.is_some() && **mark == first).count() > 1;
    marks.into_iter().map(|mark| several && mark.is_some() && mark == first).collect()
}

/// The mark that a paragraph begins with.
fn mark(piece: &Piece) -> Option<char> {
    let Some([Inline::Text(text), ..]) = piece.first_line() else { return None };
    text.chars().next().filter(|c| is_mark(*c))
}

pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '■' | '□'
            | '◆'
            | '◇'
            | '●'
            | '▣'
            | '★'
            | '☆'
            | '◎'
            | '▪'
            | '◾'
            | '🔹'
            | '🔸'
            | '📌'
            | '✅'
    )
}

/// `1、[headline](link)`, `1、**headline**`, or `1、` alone.
fn is_numbered_paragraph(piece: &Piece) -> bool {
    let Some(line) = piece.first_line() else { return false };
    let Some((Inline::Text(first), rest)) = line.split_first() else { return false };
    ordinal(first).is_some_and(|(_, text)| text.is_empty())
        && matches!(rest, [] | [Inline::Link { .. }, ..] | [Inline::Strong(_)])
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
