//! Posts whose articles are a quotation each.

use crate::model::rich::Block;
use crate::parse::markdown::{Piece, PieceKind};

/// Whether a post is nothing but quotations, two at least.
pub(in crate::parse::articles) fn are_quotes(pieces: &[Piece]) -> bool {
    let quotes =
        pieces.iter().filter(|piece| matches!(&piece.kind, PieceKind::Block(Block::Quote(_)))).count();
    let rules = pieces.iter().filter(|piece| piece.kind == PieceKind::Rule).count();
    quotes >= 2 && quotes + rules + 2 >= pieces.len()
}

/// What is quoted, as if it were not.
pub(in crate::parse::articles) fn unquote(pieces: Vec<Piece>) -> Vec<Piece> {
    let unquoted = |piece: Piece| match piece.kind {
        PieceKind::Block(Block::Quote(blocks)) => {
            let line = piece.line;
            blocks.into_iter().map(|block| Piece { line, kind: PieceKind::Block(block) }).collect()
        }
        _ => vec![piece],
    };
    pieces.into_iter().flat_map(unquoted).collect()
}
