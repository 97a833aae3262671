//! Posts whose articles are records: `제목: …`, `링크: …`, `요약: …`, a line or a list's item each.

use crate::model::rich::{Block, Inline, plain};
use crate::parse::markdown::{Piece, PieceKind};

use super::headline::strip_front;
use super::names::{first_letter, split_label};
use super::source_line::{begins_headline_label, is_headline_label};

/// The headline of a line that says that it is one; the label is noise.
pub(super) fn headline(line: &[Inline]) -> Option<(String, Vec<Inline>)> {
    // The label is at its beginning, in bold or not.
    let begin = line.get(..line.len().min(3))?;
    if !first_letter(begin).is_some_and(begins_headline_label) {
        return None;
    }
    let begin = plain(begin);
    let (label, _) = split_label(&begin)?;
    if !is_headline_label(label) {
        return None;
    }
    let text = plain(line);
    let (label, value) = split_label(&text)?;
    if value.trim().is_empty() {
        return None;
    }
    let front = text.chars().count() - value.trim_start().chars().count();
    let mut run = line.to_vec();
    strip_front(&mut run, front);
    Some((label.trim().to_owned(), run))
}

/// Whether a record begins with this piece.
pub(super) fn begins(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Block(Block::List { items, .. }) => items.first().is_some_and(|item| is_headline(item)),
        _ => piece.first_line().is_some_and(|line| headline(line).is_some()),
    }
}

/// Parts lists and paragraphs that hold several records.
pub(super) fn part(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut parted = Vec::with_capacity(pieces.len());
    for Piece { line, kind } in pieces {
        let mut put = |block| parted.push(Piece { line, kind: PieceKind::Block(block) });
        match kind {
            PieceKind::Block(Block::List { start, items }) if several(&items, |item| is_headline(item)) => {
                for items in groups(items, |item| is_headline(item)) {
                    put(Block::List { start, items });
                }
            }
            PieceKind::Block(Block::Paragraph(run)) if has_several(&run) => {
                let lines: Vec<Vec<Inline>> =
                    run.split(|inline| *inline == Inline::Break).map(<[_]>::to_vec).collect();
                for lines in groups(lines, |line| headline(line).is_some()) {
                    put(Block::Paragraph(lines.join(&Inline::Break)));
                }
            }
            kind => parted.push(Piece { line, kind }),
        }
    }
    parted
}

/// Whether several lines of a paragraph are headlines.
fn has_several(run: &[Inline]) -> bool {
    let lines = run.split(|inline| *inline == Inline::Break);
    lines.filter(|line| headline(line).is_some()).nth(1).is_some()
}

fn is_headline(item: &[Block]) -> bool {
    matches!(item.first(), Some(Block::Paragraph(run)) if headline(run).is_some())
}

fn several<T>(parts: &[T], is_first: impl Fn(&T) -> bool) -> bool {
    parts.iter().filter(|part| is_first(part)).count() > 1
}

/// The parts from each first one up to the next.
fn groups<T>(parts: Vec<T>, is_first: impl Fn(&T) -> bool) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for part in parts {
        match groups.last_mut() {
            Some(group) if !is_first(&part) => group.push(part),
            _ => groups.push(vec![part]),
        }
    }
    groups
}
