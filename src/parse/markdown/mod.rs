//! Markdown as a short list of top-level pieces with the line each begins on; `articles/` makes articles of them.
//!
//! `tree` turns the events of `pulldown-cmark` into blocks, `inline` finishes each run of text, `html`
//! reduces HTML to its words, [`clean`] takes out characters that nobody sees, `stretches` cuts what is far too large.

pub(crate) mod clean;
mod definitions;
mod frame;
mod html;
mod inline;
mod stretches;
mod tree;

pub(crate) use tree::{bare_pass, read};

use crate::model::rich::{Block, Inline};

use super::draft::Dropped;

/// A text with more runs, blocks and links than this is kept as it stands from there on, so that no text takes more than
/// some times its size: each of them takes up to two hundred bytes. A digest has some hundred, the largest ten thousand.
pub(crate) const MAX_PARTS: usize = 50_000;

/// A post's body.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Its pieces, in order.
    pub(crate) pieces: Vec<Piece>,
    /// Its footnotes, in the order of the file.
    pub(crate) footnotes: Vec<Footnote>,
    /// What is markup of the site and no text of the post.
    pub(crate) dropped: Vec<Dropped>,
    /// The file's line from which on the text is kept as it stands: there were too many links and marks before it.
    pub(crate) as_it_stands: Option<u32>,
}

/// A footnote, which is no piece: it belongs to the text that refers to it.
#[derive(Debug)]
pub(crate) struct Footnote {
    /// What stands between the brackets.
    pub(crate) name: String,
    /// The file's line on which it begins, counted from 1.
    pub(crate) line: u32,
    /// Its text, which begins with `[name] `.
    pub(crate) blocks: Vec<Block>,
}

/// Something that stands at the top level of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The file's line on which it begins, counted from 1.
    pub(crate) line: u32,
    /// What it is.
    pub(crate) kind: PieceKind,
}

/// What a piece is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// A heading; level 1 is the highest.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text on one line.
        text: Vec<Inline>,
    },
    /// A line across, `---`.
    Rule,
    /// Anything else.
    Block(Block),
}

#[cfg(test)]
mod tests;
