//! Lists of definitions, which Markdown does not know and kramdown does: a term on a line, and `: text` below it.

use crate::model::rich::{Block, Inline};
use crate::parse::articles::first_link;
use crate::parse::markdown::{Piece, PieceKind};

/// Terms of definitions as bold lines, where there are two at least; their texts without the colon.
pub(in crate::parse::articles) fn define(pieces: Vec<Piece>) -> Vec<Piece> {
    if pieces.iter().filter(|piece| is_definition(piece)).nth(1).is_none() {
        return pieces;
    }
    pieces.into_iter().flat_map(defined).collect()
}

fn is_definition(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Block(Block::Paragraph(run)) => {
            let mut lines = run.split(|inline| *inline == Inline::Break);
            lines.next().is_none_or(|line| text_of(line).is_none())
                && lines.next().is_some_and(|line| text_of(line).is_some())
        }
        _ => false,
    }
}

/// What stands behind the colon of a line.
fn text_of(line: &[Inline]) -> Option<&str> {
    match line.first() {
        Some(Inline::Text(text)) => text.strip_prefix(": "),
        _ => None,
    }
}

/// Each term of a paragraph with its texts as a paragraph.
fn defined(piece: Piece) -> Vec<Piece> {
    if !is_definition(&piece) {
        return vec![piece];
    }
    let Piece { line, kind: PieceKind::Block(Block::Paragraph(run)) } = piece else { return Vec::new() };
    let lines: Vec<&[Inline]> = run.split(|inline| *inline == Inline::Break).collect();
    let mut parts: Vec<Vec<Inline>> = Vec::new();
    for (place, text) in lines.iter().enumerate() {
        let is_term =
            lines.get(place + 1).is_some_and(|next| text_of(next).is_some()) && text_of(text).is_none();
        if is_term {
            parts.push(term(text));
            continue;
        }
        let Some(part) = parts.last_mut() else { continue };
        part.push(Inline::Break);
        match (text_of(text), text.split_first()) {
            (Some(first), Some((_, rest))) => {
                part.extend(Some(Inline::Text(first.to_owned())).filter(|_| !first.is_empty()));
                part.extend(rest.iter().cloned());
            }
            _ => part.extend(text.iter().cloned()),
        }
    }
    let piece = |run| Piece { line, kind: PieceKind::Block(Block::Paragraph(run)) };
    parts.into_iter().map(piece).collect()
}

fn term(line: &[Inline]) -> Vec<Inline> {
    match line {
        [Inline::Strong(_)] => line.to_vec(),
        // A link alone is a headline already.
        _ if first_link(line).is_some() => line.to_vec(),
        _ => vec![Inline::Strong(line.to_vec())],
    }
}
