//! Which form a post has: what marks the beginning of an article in it. Judged by structure alone.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::model::rich::{Block, Inline, plain};
use crate::parse::markdown::{Piece, PieceKind};

use super::{first_link, source_line};

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
    /// Nothing: the post is one article.
    Whole,
}

impl Shape {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Headings, Self::Bold, Self::Numbered, Self::Bullets, Self::Whole];

    /// The word of the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headings => "headings",
            Self::Bold => "bold",
            Self::Numbered => "numbered",
            Self::Bullets => "bullets",
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
#[error("`{0}` is no shape of a post: write `headings`, `bold`, `numbered`, `bullets` or `whole`")]
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

/// The form that fits best; `None`: the post can't be taken apart.
pub(crate) fn choose(pieces: &[Piece]) -> Option<Form> {
    if let Some(form) = headings_by_evidence(pieces) {
        return Some(form);
    }
    let others = [Shape::Bold, Shape::Numbered, Shape::Bullets].map(|shape| candidates(pieces, shape));
    others
        .into_iter()
        .flatten()
        .filter(|(count, _)| *count >= 2)
        // The first of the largest: `max_by_key` takes the last.
        .rev()
        .max_by_key(|(count, _)| *count)
        .map(|(_, form)| form)
        .or_else(|| headings_by_number(pieces))
}

/// The form that the configuration names, as far as the post has it.
pub(crate) fn of_shape(pieces: &[Piece], shape: Shape) -> Option<Form> {
    match shape {
        Shape::Headings => headings_by_evidence(pieces).or_else(|| headings_by_number(pieces)),
        Shape::Whole => None,
        shape => candidates(pieces, shape).map(|(_, form)| form),
    }
}

/// Headings that have what articles have: a publisher's line, a link, sections below, or numbers.
fn headings_by_evidence(pieces: &[Piece]) -> Option<Form> {
    let titles = Titles::of(pieces);
    let evidence: Vec<bool> = (0..pieces.len()).map(|place| is_article(pieces, place, &titles)).collect();
    let level = (1..=6)
        .filter(|level| count_at(pieces, &evidence, *level) > 0)
        .rev()
        .max_by_key(|level| count_at(pieces, &evidence, *level))?;
    let shows = |place: &usize| {
        evidence.get(*place) == Some(&true) && pieces.get(*place).and_then(Piece::level) == Some(level)
    };
    let first = (0..pieces.len()).find(shows)?;
    let last = (0..pieces.len()).rfind(shows)?;
    Some(headings_form(pieces, level, first..=last, &titles))
}

fn count_at(pieces: &[Piece], evidence: &[bool], level: u8) -> usize {
    pieces.iter().zip(evidence).filter(|(piece, shows)| **shows && piece.level() == Some(level)).count()
}

/// Without any evidence: the highest level that has several headings, none of them a section's.
fn headings_by_number(pieces: &[Piece]) -> Option<Form> {
    let titles = Titles::of(pieces);
    let level = (1..=6).find(|level| {
        pieces.iter().filter(|piece| piece.level() == Some(*level)).count() >= 2
            && !pieces.iter().any(|piece| piece.level() == Some(*level) && titles.is_section(piece))
    })?;
    let last = pieces.len().checked_sub(1)?;
    Some(headings_form(pieces, level, 0..=last, &titles))
}

fn headings_form(
    pieces: &[Piece],
    level: u8,
    within: std::ops::RangeInclusive<usize>,
    titles: &Titles,
) -> Form {
    let starts: Vec<bool> = (0..)
        .zip(pieces)
        .map(|(place, piece)| {
            within.contains(&place) && piece.level() == Some(level) && !titles.is_section(piece)
        })
        .collect();
    let fences = pieces
        .iter()
        .zip(&starts)
        .map(|(piece, start)| {
            let higher = piece.level().is_some_and(|this| this <= level);
            higher && !start && !titles.is_repeated_section(piece)
        })
        .collect();
    Form { shape: Shape::Headings, starts, fences }
}

/// Whether the heading at `place` heads an article.
fn is_article(pieces: &[Piece], place: usize, titles: &Titles) -> bool {
    let Some(Piece { kind: PieceKind::Heading { level, text }, .. }) = pieces.get(place) else {
        return false;
    };
    if titles.is_known_section(text) {
        return false;
    }
    let below = pieces.get(place + 1..).unwrap_or_default();
    let own = below.iter().take_while(|piece| piece.level().is_none());
    let mut own_blocks = own.filter(|piece| piece.kind != PieceKind::Rule);
    let has_source = own_blocks.next().and_then(Piece::first_line).is_some_and(source_line::is_source);
    if has_source || first_link(text).is_some() {
        return true;
    }
    if titles.count(text) > 1 {
        return false;
    }
    let next_heading = below.iter().find(|piece| piece.level().is_some());
    let has_sections = next_heading
        .is_some_and(|next| next.level().is_some_and(|next| next > *level) && titles.is_section(next));
    let has_labelled_link = own_blocks.filter_map(Piece::first_line).any(source_line::is_labelled_link);
    has_sections || has_labelled_link || (titles.numbered_at(*level) > 1 && ordinal(&plain(text)).is_some())
}

/// Headings that head a part of an article and no article.
const SECTIONS: [&str; 36] = [
    "요약",
    "핵심요약",
    "한줄요약",
    "세줄요약",
    "내용",
    "주요내용",
    "주요내용및시사점",
    "핵심내용",
    "시사점",
    "의미와시사점",
    "기술적의미",
    "산업적영향",
    "의의",
    "의미",
    "영향",
    "배경",
    "전망",
    "향후전망",
    "분석",
    "해설",
    "출처",
    "원문",
    "참고",
    "참고자료",
    "관련링크",
    "summary",
    "keypoints",
    "takeaways",
    "keytakeaways",
    "implications",
    "analysis",
    "background",
    "source",
    "sources",
    "sourcelinks",
    "references",
];

/// What the headings of a post say, letters and digits alone.
struct Titles {
    counts: HashMap<String, usize>,
    numbered: [usize; 7],
}

impl Titles {
    fn of(pieces: &[Piece]) -> Self {
        let mut titles = Self { counts: HashMap::new(), numbered: [0; 7] };
        for piece in pieces {
            let PieceKind::Heading { level, text } = &piece.kind else { continue };
            *titles.counts.entry(bare(text)).or_default() += 1;
            if ordinal(&plain(text)).is_some()
                && let Some(count) = titles.numbered.get_mut(usize::from(*level))
            {
                *count += 1;
            }
        }
        titles
    }

    fn count(&self, text: &[Inline]) -> usize {
        self.counts.get(&bare(text)).copied().unwrap_or_default()
    }

    fn numbered_at(&self, level: u8) -> usize {
        self.numbered.get(usize::from(level)).copied().unwrap_or_default()
    }

    fn is_known_section(&self, text: &[Inline]) -> bool {
        SECTIONS.contains(&bare(text).as_str())
    }

    /// A section by its name, or by being there again and again.
    fn is_section(&self, piece: &Piece) -> bool {
        match &piece.kind {
            PieceKind::Heading { text, .. } => {
                first_link(text).is_none() && (self.is_known_section(text) || self.count(text) > 1)
            }
            _ => false,
        }
    }

    fn is_repeated_section(&self, piece: &Piece) -> bool {
        match &piece.kind {
            PieceKind::Heading { text, .. } => self.is_section(piece) && self.count(text) > 1,
            _ => false,
        }
    }
}

fn bare(text: &[Inline]) -> String {
    plain(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Pieces that begin articles in the other shapes, and how many articles.
fn candidates(pieces: &[Piece], shape: Shape) -> Option<(usize, Form)> {
    let starts: Vec<bool> = match shape {
        Shape::Bold => bold_lines(pieces),
        Shape::Numbered => pieces.iter().map(is_numbered_paragraph).collect(),
        Shape::Bullets => bullet_lists(pieces),
        Shape::Headings | Shape::Whole => return None,
    };
    let count =
        pieces.iter().zip(&starts).filter(|(_, start)| **start).map(|(piece, _)| item_count(piece)).sum();
    if count == 0 {
        return None;
    }
    let titles = Titles::of(pieces);
    let fences =
        pieces.iter().map(|piece| piece.level().is_some() && !titles.is_repeated_section(piece)).collect();
    Some((count, Form { shape, starts, fences }))
}

fn item_count(piece: &Piece) -> usize {
    match &piece.kind {
        PieceKind::Block(Block::List { items, .. }) => items.len(),
        _ => 1,
    }
}

/// Paragraphs whose first line is bold from end to end, if most are numbered or have a link.
fn bold_lines(pieces: &[Piece]) -> Vec<bool> {
    let bold: Vec<Option<&[Inline]>> = pieces.iter().map(|piece| bold_line(piece.first_line()?)).collect();
    let count = bold.iter().flatten().count();
    let mut seen = HashMap::new();
    for text in bold.iter().flatten() {
        *seen.entry(plain(text)).or_insert(0) += 1;
    }
    let evident = bold
        .iter()
        .flatten()
        .filter(|text| ordinal(&plain(text)).is_some() || first_link(text).is_some())
        .filter(|text| seen.get(&plain(text)) == Some(&1))
        .count();
    let fits = count > 0 && evident * 2 >= count;
    bold.iter().map(|text| fits && text.is_some()).collect()
}

/// The text of a line that is bold from end to end.
pub(crate) fn bold_line(line: &[Inline]) -> Option<&[Inline]> {
    match line {
        [Inline::Strong(run)] if !run.is_empty() => Some(run),
        [Inline::Link { text, .. }] if matches!(text.as_slice(), [Inline::Strong(_)]) => Some(line),
        _ => None,
    }
}

/// `1、[headline](link)`, `1、**headline**`, or `1、` alone.
fn is_numbered_paragraph(piece: &Piece) -> bool {
    let Some(line) = piece.first_line() else { return false };
    let Some((Inline::Text(first), rest)) = line.split_first() else { return false };
    ordinal(first).is_some_and(|(_, text)| text.is_empty())
        && matches!(rest, [] | [Inline::Link { .. }, ..] | [Inline::Strong(_)])
}

/// Lists of which every item begins with a link, or with bold words and has a link; without links they count
/// where another list has one bare address for each.
fn bullet_lists(pieces: &[Piece]) -> Vec<bool> {
    let linked: Vec<bool> = pieces
        .iter()
        .map(|piece| list_items(piece).is_some_and(|items| items.iter().all(|item| is_linked(item))))
        .collect();
    if linked.contains(&true) {
        return linked;
    }
    let bold: Vec<bool> = pieces
        .iter()
        .map(|piece| list_items(piece).is_some_and(|items| items.iter().all(|item| is_bold(item))))
        .collect();
    let count: usize =
        pieces.iter().zip(&bold).filter(|(_, bold)| **bold).map(|(piece, _)| item_count(piece)).sum();
    let has_addresses =
        pieces.iter().filter_map(list_items).any(|items| addresses(items).len() == count && count > 0);
    bold.into_iter().map(|bold| bold && has_addresses).collect()
}

fn list_items(piece: &Piece) -> Option<&[Vec<Block>]> {
    match &piece.kind {
        PieceKind::Block(Block::List { items, .. }) if !items.is_empty() => Some(items),
        _ => None,
    }
}

fn is_linked(item: &[Block]) -> bool {
    let Some(Block::Paragraph(run)) = item.first() else { return false };
    match run.first() {
        Some(Inline::Link { url, text }) => super::is_web(url) && plain(text) != *url,
        Some(Inline::Strong(_)) => first_link(run).is_some(),
        _ => false,
    }
}

fn is_bold(item: &[Block]) -> bool {
    matches!(item.first(), Some(Block::Paragraph(run)) if matches!(run.first(), Some(Inline::Strong(_))))
}

/// The addresses of a list that holds one bare address an item; empty if it holds anything else.
pub(crate) fn addresses(items: &[Vec<Block>]) -> Vec<String> {
    let all: Option<Vec<String>> = items
        .iter()
        .map(|item| match item.as_slice() {
            [Block::Paragraph(run)] => match run.as_slice() {
                [Inline::Link { url, text }] if plain(text) == *url => Some(url.clone()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    all.unwrap_or_default()
}

/// The number that a text begins with, and the text behind it: `3. …`, `3) …`, `3、…`, `[3] …`, `(3) …`, `#3 …`.
pub(crate) fn ordinal(text: &str) -> Option<(usize, &str)> {
    let (open, rest) = match text.chars().next()? {
        c @ ('[' | '(' | '（' | '#') => (Some(c), text.get(c.len_utf8()..)?),
        _ => (None, text),
    };
    let len = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let (number, rest) = rest.split_at_checked(len)?;
    let number = number.parse().ok()?;
    let rest = match open {
        Some('[') => rest.strip_prefix(']')?,
        Some('(') => rest.strip_prefix(')')?,
        Some('（') => rest.strip_prefix('）')?,
        Some(_) => rest.strip_prefix([' ', '.', ':'])?,
        None => match rest.strip_prefix(['、', '．']) {
            Some(rest) => rest,
            // `3.5 Opus` begins with no number of an article.
            None => rest.strip_prefix(['.', ')']).filter(|rest| rest.is_empty() || rest.starts_with(' '))?,
        },
    };
    Some((number, rest.trim_start()))
}
