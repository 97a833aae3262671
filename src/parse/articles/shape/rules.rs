//! Posts whose articles are parted by nothing but rules (`---`).

use crate::model::rich::Block;
use crate::parse::articles::first_link;
use crate::parse::markdown::{Piece, PieceKind};

use super::{Form, Shape};

/// Stretches between rules, two at least, most of which have a link. What has none at the beginning or the end is no
/// article. Headings are another form.
pub(super) fn between(pieces: &[Piece]) -> Option<Form> {
    if pieces.iter().any(|piece| piece.level().is_some()) {
        return None;
    }
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for place in 0..=pieces.len() {
        if pieces.get(place).is_none_or(|piece| piece.kind == PieceKind::Rule) {
            if place > from {
                groups.push((from, place));
            }
            from = place + 1;
        }
    }
    let is_linked =
        |(from, until): &(usize, usize)| pieces.get(*from..*until).unwrap_or_default().iter().any(has_link);
    let first = groups.iter().position(is_linked)?;
    let last = groups.iter().rposition(is_linked)?;
    let articles = groups.get(first..=last)?;
    let linked = articles.iter().filter(|group| is_linked(group)).count();
    if linked < 2 || linked * 2 < articles.len() {
        return None;
    }
    let mut starts = vec![false; pieces.len()];
    for (from, _) in articles {
        if let Some(start) = starts.get_mut(*from) {
            *start = true;
        }
    }
    let end = articles.last().map_or(pieces.len(), |(_, until)| *until);
    let fences = (0..pieces.len()).map(|place| place == end).collect();
    Some(Form { shape: Shape::Rules, starts, fences })
}

fn has_link(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Block(Block::Paragraph(run)) => first_link(run).is_some(),
        PieceKind::Block(Block::List { items, .. }) => items.iter().flatten().any(|block| match block {
            Block::Paragraph(run) => first_link(run).is_some(),
            _ => false,
        }),
        _ => false,
    }
}
