//! Cuts a post where its form (`shape.rs`) says that articles begin. What is in none of them is the intro, the
//! closing, or a category's heading.

use crate::model::rich::{Block, Inline, plain};
use crate::parse::draft::Dropped;
use crate::parse::markdown::{Piece, PieceKind};

use super::item::{bullet, paragraph, split_line};
use super::shape::{Form, Shape, without_brackets};
use super::source_line::Known;
use super::{fields, table};

/// A post in parts.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) intro: Vec<Block>,
    pub(crate) articles: Vec<Raw>,
    pub(crate) closing: Vec<Block>,
    pub(crate) dropped: Vec<Dropped>,
    /// Words that only say what a part of an article is.
    pub(crate) labels: Vec<String>,
    /// Whether nothing was told apart.
    pub(crate) whole: bool,
}

/// An article before it is taken apart.
#[derive(Debug)]
pub(crate) struct Raw {
    /// The file's line on which it begins.
    pub(crate) line: u32,
    /// Its headline with links and numbers.
    pub(crate) headline: Vec<Inline>,
    /// Whether the headline begins with a number that is the form's and no text.
    pub(crate) numbered: bool,
    /// What stands below.
    pub(crate) body: Vec<Piece>,
    /// What the form itself says of the source.
    pub(crate) known: Option<Known>,
}

/// Makes one article of everything.
pub(crate) fn whole(pieces: Vec<Piece>, title: Option<&str>) -> Parts {
    let mut parts = Parts { whole: true, ..Parts::default() };
    let Some(line) = pieces.iter().find(|piece| piece.kind != PieceKind::Rule).map(|piece| piece.line) else {
        return parts;
    };
    let headline = title.map(|title| Inline::Text(title.to_owned())).into_iter().collect();
    let mut titles = title;
    let body = pieces.into_iter().filter(|piece| !repeats(piece, &mut titles)).collect();
    parts.articles.push(Raw { line, headline, numbered: false, body, known: None });
    parts
}

/// Makes text of everything.
pub(crate) fn notice(pieces: Vec<Piece>, title: Option<&str>) -> Vec<Block> {
    let mut title = title;
    pieces.into_iter().filter(|piece| !repeats(piece, &mut title)).filter_map(Piece::into_block).collect()
}

/// Cuts a post; `title` is its title.
pub(crate) fn cut(pieces: Vec<Piece>, form: &Form, title: Option<&str>) -> Parts {
    let mut parts = Parts::default();
    let last_start = form.starts.iter().rposition(|start| *start).unwrap_or_default();
    let mut title = title;
    let mut place = Place::Intro;
    // A category's heading and what stands below it, until the next article begins.
    let mut between: Vec<Piece> = Vec::new();
    for (number, piece) in pieces.into_iter().enumerate() {
        let starts = form.starts.get(number) == Some(&true);
        let fences = form.fences.get(number) == Some(&true);
        if starts {
            put_between(&mut parts, std::mem::take(&mut between));
            // Below a list of several articles stands nothing of its last; below a list of one, that one's text.
            place = match &piece.kind {
                PieceKind::Block(Block::List { items, .. }) if items.len() > 1 && number < last_start => {
                    Place::Between
                }
                PieceKind::Block(Block::List { items, .. }) if items.len() > 1 => Place::Closing,
                PieceKind::Block(Block::Table { .. }) if number < last_start => Place::Between,
                PieceKind::Block(Block::Table { .. }) => Place::Closing,
                _ => Place::Article,
            };
            begin(&mut parts, piece, form.shape);
            continue;
        }
        if fences && number < last_start {
            put_between(&mut parts, std::mem::take(&mut between));
            place = Place::Between;
        } else if fences {
            place = Place::Closing;
        }
        match place {
            Place::Intro | Place::Between if repeats(&piece, &mut title) => {}
            Place::Intro => parts.intro.extend(piece.into_block()),
            Place::Between => between.push(piece),
            Place::Closing => parts.closing.extend(piece.into_block()),
            Place::Article => {
                if let Some(raw) = parts.articles.last_mut() {
                    raw.body.push(piece);
                }
            }
        }
    }
    put_between(&mut parts, between);
    part_closing(&mut parts);
    parts
}

/// Where the next piece goes.
enum Place {
    Intro,
    Between,
    Article,
    Closing,
}

/// A heading that repeats the title, once.
fn repeats(piece: &Piece, title: &mut Option<&str>) -> bool {
    let PieceKind::Heading { text, .. } = &piece.kind else { return false };
    if title.is_some_and(|title| title == plain(text)) {
        *title = None;
        return true;
    }
    false
}

/// A category's bare heading is dropped; one with text below it is part of the intro.
fn put_between(parts: &mut Parts, pieces: Vec<Piece>) {
    let has_text = pieces.iter().any(|piece| piece.heading().is_none() && piece.kind != PieceKind::Rule);
    for piece in pieces {
        match piece.heading() {
            Some(text) if !has_text => {
                parts
                    .dropped
                    .push(Dropped::new(plain(text), "a category's heading; articles are shown without it"));
            }
            _ => parts.intro.extend(piece.into_block()),
        }
    }
}

/// Text behind the rule that ends the last article belongs to none, unless sections follow.
fn part_closing(parts: &mut Parts) {
    let Some(last) = parts.articles.last_mut() else { return };
    let after_heading = last.body.iter().rposition(|piece| piece.level().is_some()).unwrap_or_default();
    let has_text = |pieces: &[Piece]| pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Block(_)));
    let rule = (after_heading..last.body.len()).find(|place| {
        last.body.get(*place).is_some_and(|piece| piece.kind == PieceKind::Rule)
            && last.body.get(..*place).is_some_and(has_text)
    });
    if let Some(rule) = rule {
        let closing: Vec<Block> = last.body.drain(rule..).filter_map(Piece::into_block).collect();
        parts.closing.splice(0..0, closing);
    }
}

fn begin(parts: &mut Parts, piece: Piece, shape: Shape) {
    let line = piece.line;
    match piece.kind {
        PieceKind::Heading { text, .. } => {
            parts.articles.push(Raw { line, headline: text, numbered: false, body: Vec::new(), known: None });
        }
        PieceKind::Block(Block::List { start, items }) if shape == Shape::Fields => {
            let mut items = items.into_iter();
            if let Some(item) = items.next() {
                begin_record(parts, item, line);
            }
            let items: Vec<Vec<Block>> = items.collect();
            if let Some(raw) = parts.articles.last_mut().filter(|_| !items.is_empty()) {
                raw.body.push(Piece { line, kind: PieceKind::Block(Block::List { start, items }) });
            }
        }
        PieceKind::Block(block @ Block::Paragraph(_)) if shape == Shape::Fields => {
            begin_record(parts, vec![block], line);
        }
        PieceKind::Block(Block::List { items, .. }) => {
            parts.articles.extend(items.into_iter().map(|item| bullet(item, line)));
        }
        PieceKind::Block(Block::Table { header, rows }) if shape == Shape::Table => {
            let names: Vec<_> = header.iter().map(|cell| plain(cell)).collect();
            parts.dropped.push(Dropped::new(names.join(" | "), "the names of a table's columns"));
            parts.articles.extend(table::articles(&header, rows, line, &mut parts.labels));
        }
        PieceKind::Block(Block::Paragraph(run)) if begins_with_headline(&run, shape) => {
            parts.articles.push(bullet(vec![Block::Paragraph(run)], line));
        }
        PieceKind::Block(Block::Paragraph(run)) => {
            let (headline, rest) = split_line(run);
            let body = paragraph(rest, line).into_iter().collect();
            parts.articles.push(Raw {
                line,
                headline: without_brackets(headline),
                numbered: shape == Shape::Numbered,
                body,
                known: None,
            });
        }
        kind => {
            let body = vec![Piece { line, kind }];
            parts.articles.push(Raw { line, headline: Vec::new(), numbered: false, body, known: None });
        }
    }
}

/// Whether text follows a headline on its own line: `**Headline.** Text …`, `[headline](link) — text`.
fn begins_with_headline(run: &[Inline], shape: Shape) -> bool {
    let is_headline = match run.first() {
        Some(Inline::Strong(_)) => true,
        Some(Inline::Link { .. }) => shape == Shape::Rules,
        _ => false,
    };
    is_headline
        && matches!(shape, Shape::Bold | Shape::Rules)
        && run.get(1).is_some_and(|next| *next != Inline::Break)
}

/// An article whose first field is its headline.
fn begin_record(parts: &mut Parts, item: Vec<Block>, line: u32) {
    let mut blocks = item.into_iter();
    let mut raw = Raw { line, headline: Vec::new(), numbered: false, body: Vec::new(), known: None };
    match blocks.next() {
        Some(Block::Paragraph(run)) => {
            let (first, rest) = split_line(run);
            match fields::headline(&first) {
                Some((label, headline)) => {
                    raw.headline = headline;
                    parts.labels.push(label);
                }
                None => raw.headline = first,
            }
            raw.body.extend(paragraph(rest, line));
        }
        block => raw.body.extend(block.map(|block| Piece { line, kind: PieceKind::Block(block) })),
    }
    raw.body.extend(blocks.map(|block| Piece { line, kind: PieceKind::Block(block) }));
    parts.articles.push(raw);
}

impl Piece {
    /// The piece as a block; a rule is none.
    fn into_block(self) -> Option<Block> {
        match self.kind {
            PieceKind::Heading { text, .. } => Some(Block::Heading(text)),
            PieceKind::Block(block) => Some(block),
            PieceKind::Rule => None,
        }
    }
}
