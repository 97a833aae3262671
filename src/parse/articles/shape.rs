//! Which form a post has: what marks the beginning of an article in it. Judged by structure alone.
//!
//! Here the forms are weighed against each other; what each looks like is in `shape/`: headings, lines (bold, numbered,
//! marked, links), bullets, rules; rows of tables are `table.rs`, records `fields.rs`.

mod bullets;
mod definitions;
mod headings;
mod lines;
mod numbers;
mod quotes;
mod rules;

use std::fmt;
use std::str::FromStr;

use crate::model::rich::{Block, Inline};
use crate::parse::markdown::{Piece, PieceKind};

use super::{fields, source_line, table};
use headings::Titles;

pub(super) use bullets::{list_marks, part_categories};
pub(super) use definitions::define;
pub(super) use lines::{split_links, without_brackets};
pub(super) use numbers::{decoration, headline_ordinal};
pub(super) use quotes::{are_quotes, unquote};

/// What begins an article; a feed's `shape`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A heading: `## headline`, or `### headline` below `## category`.
    Headings,
    /// A bold line: `**headline**`.
    Bold,
    /// A numbered paragraph: `1、[headline](link)`.
    Numbered,
    /// A list's item: `- [headline](link) — text`.
    Bullets,
    /// A table's row.
    Table,
    /// A record of labelled lines: `제목: headline`, `링크: …`.
    Fields,
    /// What stands between two rules, `---`.
    Rules,
    /// Nothing: the post is one article.
    Whole,
}

impl Shape {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 8] = [
        Self::Fields,
        Self::Headings,
        Self::Bold,
        Self::Numbered,
        Self::Bullets,
        Self::Table,
        Self::Rules,
        Self::Whole,
    ];

    /// The word of the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headings => "headings",
            Self::Bold => "bold",
            Self::Numbered => "numbered",
            Self::Bullets => "bullets",
            Self::Table => "table",
            Self::Fields => "fields",
            Self::Rules => "rules",
            Self::Whole => "whole",
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no shape of a post: write `headings`, `bold`, `numbered`, `bullets`, `table`, `fields`, `rules` or `whole`"
)]
pub struct UnknownShape(pub String);

impl FromStr for Shape {
    type Err = UnknownShape;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|shape| shape.name() == text).ok_or_else(|| UnknownShape(text.to_owned()))
    }
}

/// Where the articles of a post begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// What begins them; never [`Shape::Whole`].
    pub(crate) shape: Shape,
    /// For each piece whether an article begins with it (with [`Shape::Bullets`]: with each of its items).
    pub(crate) starts: Vec<bool>,
    /// For each piece whether it is a heading that ends the article before it.
    pub(crate) fences: Vec<bool>,
}

impl Form {
    /// How many articles begin.
    pub(crate) fn count(&self, pieces: &[Piece]) -> usize {
        let begun = pieces.iter().zip(&self.starts).filter(|(_, start)| **start);
        match self.shape {
            Shape::Fields => begun.count(),
            _ => begun.map(|(piece, _)| item_count(piece)).sum(),
        }
    }
}

/// The form that fits best; `None`: the post can't be taken apart.
pub(crate) fn choose(pieces: &[Piece]) -> Option<Form> {
    let titles = Titles::of(pieces);
    if let Some((_, form)) = candidates(pieces, &titles, Shape::Fields).filter(|(count, _)| *count >= 2) {
        return Some(form);
    }
    if let Some(form) = headings::by_evidence(pieces, &titles) {
        return Some(form);
    }
    let others = [Shape::Bold, Shape::Numbered, Shape::Bullets, Shape::Table]
        .map(|shape| candidates(pieces, &titles, shape));
    others
        .into_iter()
        .flatten()
        .filter(|(count, _)| *count >= 2)
        // The first of the largest: `max_by_key` takes the last.
        .rev()
        .max_by_key(|(count, _)| *count)
        .map(|(_, form)| form)
        .or_else(|| headings::by_number(pieces, &titles))
        .or_else(|| lines::links(pieces))
        .or_else(|| lines::above_addresses(pieces))
        .or_else(|| lines::sentences(pieces))
        .or_else(|| rules::between(pieces))
}

/// The form that the configuration names, as far as the post has it.
pub(crate) fn of_shape(pieces: &[Piece], shape: Shape) -> Option<Form> {
    let titles = Titles::of(pieces);
    match shape {
        Shape::Headings => {
            headings::by_evidence(pieces, &titles).or_else(|| headings::by_number(pieces, &titles))
        }
        Shape::Rules => rules::between(pieces),
        Shape::Whole => None,
        shape => candidates(pieces, &titles, shape).map(|(_, form)| form),
    }
}

/// Whether a line of a paragraph, or an item of a list, is a link with a word that says so.
fn has_labelled_link(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Block(Block::Paragraph(run)) => {
            run.split(|inline| *inline == Inline::Break).any(source_line::is_labelled_link)
        }
        PieceKind::Block(Block::List { items, .. }) => items.iter().any(|item| match item.as_slice() {
            [Block::Paragraph(run)] => source_line::is_labelled_link(run),
            _ => false,
        }),
        _ => false,
    }
}

/// Pieces that begin articles in the other shapes, and how many articles.
fn candidates(pieces: &[Piece], titles: &Titles, shape: Shape) -> Option<(usize, Form)> {
    let starts: Vec<bool> = match shape {
        Shape::Bold => lines::bold(pieces),
        Shape::Numbered => lines::numbered(pieces),
        Shape::Bullets => bullets::lists(pieces),
        Shape::Table => pieces.iter().map(is_table).collect(),
        Shape::Fields => pieces.iter().map(fields::begins).collect(),
        Shape::Headings | Shape::Rules | Shape::Whole => return None,
    };
    let fences = (0..)
        .zip(pieces)
        .map(|(place, piece)| piece.level().is_some() && !titles.is_repeated_section(place))
        .collect();
    let form = Form { shape, starts, fences };
    Some(form.count(pieces)).filter(|count| *count > 0).map(|count| (count, form))
}

fn item_count(piece: &Piece) -> usize {
    match &piece.kind {
        PieceKind::Block(Block::List { items, .. }) => items.len(),
        PieceKind::Block(Block::Table { rows, .. }) => rows.len(),
        _ => 1,
    }
}

fn is_table(piece: &Piece) -> bool {
    matches!(&piece.kind, PieceKind::Block(Block::Table { header, rows }) if table::is_articles(header, rows))
}
