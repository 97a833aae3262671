//! Cuts a post where its form (`shape.rs`) says that articles begin. What is in none of them is the intro, the
//! closing, or a category's heading.

use crate::model::Article;
use crate::model::rich::{Block, Inline, plain};
use crate::parse::draft::Dropped;
use crate::parse::markdown::{Piece, PieceKind};

use super::shape::{Form, Shape};
use super::source_line::{Known, is_link_word};
use super::{first_link, names, table};

/// A post in parts.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) intro: Vec<Block>,
    pub(crate) articles: Vec<Raw>,
    pub(crate) closing: Vec<Block>,
    pub(crate) dropped: Vec<Dropped>,
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
    let has_text = pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Block(_)));
    for piece in pieces {
        match piece.kind {
            PieceKind::Heading { text, .. } if !has_text => {
                parts
                    .dropped
                    .push(Dropped::new(plain(&text), "a category's heading; articles are shown without it"));
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
        PieceKind::Block(Block::List { items, .. }) if shape == Shape::Bullets => {
            parts.articles.extend(items.into_iter().map(|item| bullet(item, line)));
        }
        PieceKind::Block(Block::Table { header, rows }) if shape == Shape::Table => {
            let names: Vec<String> = header.iter().map(|cell| plain(cell)).collect();
            parts.dropped.push(Dropped::new(names.join(" | "), "the names of a table's columns"));
            parts.articles.extend(table::articles(&header, rows, line));
        }
        PieceKind::Block(Block::Paragraph(run)) => {
            let (headline, rest) = split_line(run);
            let body = paragraph(rest, line).into_iter().collect();
            parts.articles.push(Raw {
                line,
                headline,
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

/// `[headline](link) — text`, `**headline**: text`: the first inline is the headline. `headline ([link](…))`,
/// `headline: https://…`: what stands before the link. Else the first line.
fn bullet(item: Vec<Block>, line: u32) -> Raw {
    let mut blocks = item.into_iter();
    let mut body = Vec::new();
    let mut headline = Vec::new();
    match blocks.next() {
        Some(Block::Paragraph(run)) if matches!(run.first(), Some(Inline::Text(_))) => {
            let (mut first, mut rest) = split_line(run);
            let at = first.iter().position(is_bare_link).unwrap_or(first.len());
            let behind = first.split_off(at);
            if let Some(Inline::Text(text)) = first.last_mut() {
                *text = text.trim_end_matches(|c| is_separator(c) || matches!(c, '(' | '[' | '→')).to_owned();
            }
            headline = first;
            let mut behind = behind.into_iter();
            if let Some(link) = behind.next() {
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
    Raw { line, headline, numbered: false, body, known: None }
}

/// A link whose text is no text of the headline: an address, or `링크`.
pub(crate) fn is_bare_link(inline: &Inline) -> bool {
    match inline {
        Inline::Link { url, text } => plain(text) == *url || is_link_word(std::slice::from_ref(inline)),
        _ => false,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '：' | '-' | '–' | '—' | '|' | '·')
}

/// The first line of a paragraph and what follows it.
fn split_line(mut run: Vec<Inline>) -> (Vec<Inline>, Vec<Inline>) {
    match run.iter().position(|inline| *inline == Inline::Break) {
        Some(end) => {
            let rest = run.split_off(end + 1);
            run.truncate(end);
            (run, rest)
        }
        None => (run, Vec::new()),
    }
}

fn paragraph(run: Vec<Inline>, line: u32) -> Option<Piece> {
    (!run.is_empty()).then_some(Piece { line, kind: PieceKind::Block(Block::Paragraph(run)) })
}

/// Where articles have no links and a list outside them has one for each, these are theirs, in order. A link's
/// text is then the publisher, unless it is an address or the headline.
pub(crate) fn give_links<'a>(articles: &mut [Article], mut outside: impl Iterator<Item = &'a Block>) {
    if articles.len() < 2 || articles.iter().any(|article| article.link.is_some()) {
        return;
    }
    let count = articles.len();
    let links = outside.find_map(|block| match block {
        Block::List { items, .. } if items.len() == count => {
            items.iter().map(|item| only_link(item)).collect()
        }
        _ => None::<Vec<(String, String)>>,
    });
    for (article, (link, text)) in articles.iter_mut().zip(links.unwrap_or_default()) {
        let headline = names::bare(&plain(&article.headline));
        let is_name = text != link && text.chars().count() <= 30 && !headline.contains(&names::bare(&text));
        article.publisher = article.publisher.take().or(Some(text).filter(|_| is_name));
        article.link = Some(link);
    }
}

/// The link of an item that has one, and the link's text.
fn only_link(item: &[Block]) -> Option<(String, String)> {
    let [Block::Paragraph(run)] = item else { return None };
    let mut links = run.iter().filter(|inline| first_link(std::slice::from_ref(inline)).is_some());
    match (links.next()?, links.next()) {
        (Inline::Link { url, text }, None) => Some((url.clone(), plain(text))),
        _ => None,
    }
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
