//! Which form a post has: what marks the beginning of an article in it. Judged by structure alone.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::model::rich::{Block, Inline, plain};
use crate::parse::markdown::{Piece, PieceKind};

use super::{first_link, names, source_line, table};

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
    /// Nothing: the post is one article.
    Whole,
}

impl Shape {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 6] =
        [Self::Headings, Self::Bold, Self::Numbered, Self::Bullets, Self::Table, Self::Whole];

    /// The word of the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Headings => "headings",
            Self::Bold => "bold",
            Self::Numbered => "numbered",
            Self::Bullets => "bullets",
            Self::Table => "table",
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
#[error("`{0}` is no shape of a post: write `headings`, `bold`, `numbered`, `bullets`, `table` or `whole`")]
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
    let others =
        [Shape::Bold, Shape::Numbered, Shape::Bullets, Shape::Table].map(|shape| candidates(pieces, shape));
    others
        .into_iter()
        .flatten()
        .filter(|(count, _)| *count >= 2)
        // The first of the largest: `max_by_key` takes the last.
        .rev()
        .max_by_key(|(count, _)| *count)
        .map(|(_, form)| form)
        .or_else(|| headings_by_number(pieces))
        .or_else(|| lines_of_links(pieces))
}

/// The form that the configuration names, as far as the post has it.
pub(crate) fn of_shape(pieces: &[Piece], shape: Shape) -> Option<Form> {
    match shape {
        Shape::Headings => headings_by_evidence(pieces).or_else(|| headings_by_number(pieces)),
        Shape::Whole => None,
        shape => candidates(pieces, shape).map(|(_, form)| form),
    }
}

/// Paragraphs that are a link and nothing else, two at least.
fn lines_of_links(pieces: &[Piece]) -> Option<Form> {
    let starts: Vec<bool> = pieces.iter().map(|piece| piece.first_line().is_some_and(is_link_line)).collect();
    let count = starts.iter().filter(|start| **start).count();
    let fences = pieces.iter().map(|piece| piece.level().is_some()).collect();
    (count >= 2).then_some(Form { shape: Shape::Bold, starts, fences })
}

fn is_link_line(line: &[Inline]) -> bool {
    match line {
        [link @ Inline::Link { url, text }] => {
            super::is_web(url)
                && plain(text) != *url
                && !source_line::is_link_word(std::slice::from_ref(link))
        }
        _ => false,
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

/// Without any evidence: the highest level that has several headlines, with sections behind them at most, and is
/// not one of categories.
fn headings_by_number(pieces: &[Piece]) -> Option<Form> {
    let titles = Titles::of(pieces);
    let level = (1..=6).find(|level| {
        let mut headlines = 0;
        let mut categories = 0;
        let mut sections = 0;
        for (place, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.level() == Some(*level)) {
            if titles.is_section(piece) {
                // The contents or an overview may stand before the first article.
                sections += usize::from(headlines > 0 || !is_aside(piece));
                continue;
            }
            if sections > 0 {
                return false;
            }
            headlines += 1;
            let next = pieces.get(place + 1).and_then(Piece::level);
            categories += usize::from(next.is_some_and(|next| next > *level));
        }
        headlines >= 2 && categories * 2 < headlines
    })?;
    let last = pieces.len().checked_sub(1)?;
    Some(headings_form(pieces, level, 0..=last, &titles))
}

fn is_aside(piece: &Piece) -> bool {
    matches!(&piece.kind, PieceKind::Heading { text, .. } if names::is_aside(text))
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
    let mut own_blocks = own.filter(|piece| piece.kind != PieceKind::Rule).peekable();
    let has_source =
        own_blocks.peek().and_then(|piece| piece.first_line()).is_some_and(source_line::names_a_source);
    if has_source || first_link(text).is_some() {
        return true;
    }
    if titles.count(text) > 1 {
        return false;
    }
    let next_heading = below.iter().find(|piece| piece.level().is_some());
    let has_sections = next_heading
        .is_some_and(|next| next.level().is_some_and(|next| next > *level) && titles.is_section(next));
    let is_headline = |line: &[Inline]| {
        bold_line(line).is_some_and(|text| ordinal(&plain(text)).is_some() || first_link(text).is_some())
    };
    let (mut links, mut headlines) = (0, 0);
    for piece in own_blocks {
        links += usize::from(has_labelled_link(piece));
        headlines += usize::from(piece.first_line().is_some_and(is_headline));
    }
    // A category over headlines of another form has their links below it.
    let has_labelled_link = links == 1 && headlines == 0;
    has_sections
        || has_labelled_link
        || (titles.numbered_at(*level) > 1 && headline_ordinal(&plain(text)).is_some())
}

/// Whether a line of a paragraph, or an item of a list, is a link with a word that says so.
fn has_labelled_link(piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Block(Block::Paragraph(run)) => lines(run).any(source_line::is_labelled_link),
        PieceKind::Block(Block::List { items, .. }) => items.iter().any(|item| match item.as_slice() {
            [Block::Paragraph(run)] => source_line::is_labelled_link(run),
            _ => false,
        }),
        _ => false,
    }
}

fn lines(run: &[Inline]) -> impl Iterator<Item = &[Inline]> {
    run.split(|inline| *inline == Inline::Break)
}

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
            if headline_ordinal(&plain(text)).is_some()
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
        names::is_section(text)
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
    names::bare(&plain(text))
}

/// Pieces that begin articles in the other shapes, and how many articles.
fn candidates(pieces: &[Piece], shape: Shape) -> Option<(usize, Form)> {
    let starts: Vec<bool> = match shape {
        Shape::Bold => bold_lines(pieces),
        Shape::Numbered => numbered_paragraphs(pieces),
        Shape::Bullets => bullet_lists(pieces),
        Shape::Table => pieces.iter().map(is_table).collect(),
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
        PieceKind::Block(Block::Table { rows, .. }) => rows.len(),
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
pub(crate) fn bold_line(line: &[Inline]) -> Option<&[Inline]> {
    match line {
        [Inline::Strong(run)] if !run.is_empty() => Some(run),
        [Inline::Link { text, .. }] if matches!(text.as_slice(), [Inline::Strong(_)]) => Some(line),
        _ => None,
    }
}

/// Paragraphs that begin with a number, else with the same mark (`■ headline`).
fn numbered_paragraphs(pieces: &[Piece]) -> Vec<bool> {
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

/// Lists of which every item begins with a link, or with bold words and has a link; else lists that have a link in
/// every item; without links they count where another list has one bare address for each. A list of sources is
/// none of them.
fn bullet_lists(pieces: &[Piece]) -> Vec<bool> {
    let mut below_aside = false;
    let lists: Vec<Option<&[Vec<Block>]>> = pieces
        .iter()
        .map(|piece| {
            if let PieceKind::Heading { text, .. } = &piece.kind {
                below_aside = names::is_aside(text) || names::is_sources(text);
            }
            list_items(piece).filter(|_| !below_aside)
        })
        .collect();
    let all = |is: fn(&[Block]) -> bool| -> Vec<bool> {
        lists.iter().map(|items| items.is_some_and(|items| items.iter().all(|item| is(item)))).collect()
    };
    let linked = all(is_linked);
    if linked.contains(&true) {
        return linked;
    }
    let has_several = |items: &Option<&[Vec<Block>]>| items.is_some_and(|items| items.len() > 1);
    let loose: Vec<bool> = all(has_link_and_words)
        .into_iter()
        .zip(&lists)
        .map(|(has, items)| has && has_several(items))
        .collect();
    if loose.contains(&true) {
        return loose;
    }
    let bold = all(is_bold);
    let count: usize =
        pieces.iter().zip(&bold).filter(|(_, bold)| **bold).map(|(piece, _)| item_count(piece)).sum();
    let has_addresses =
        pieces.iter().filter_map(list_items).any(|items| addresses(items).len() == count && count > 0);
    bold.into_iter().map(|bold| bold && has_addresses).collect()
}

/// Whether an item begins with words of its own and has a link somewhere.
fn has_link_and_words(item: &[Block]) -> bool {
    let Some(Block::Paragraph(run)) = item.first() else { return false };
    let begins = match run.first() {
        Some(Inline::Text(text)) => text.chars().any(char::is_alphabetic),
        Some(Inline::Strong(_)) => true,
        _ => false,
    };
    begins && item.iter().any(has_link)
}

fn has_link(block: &Block) -> bool {
    match block {
        Block::Paragraph(run) => first_link(run).is_some(),
        Block::List { items, .. } => items.iter().flatten().any(has_link),
        Block::Quote(blocks) => blocks.iter().any(has_link),
        Block::Heading(_) | Block::Code { .. } | Block::Table { .. } | Block::Image { .. } => false,
    }
}

fn is_table(piece: &Piece) -> bool {
    matches!(&piece.kind, PieceKind::Block(Block::Table { header, rows }) if table::is_articles(header, rows))
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
/// Also `3️⃣ …`, `③ …`.
pub(crate) fn ordinal(text: &str) -> Option<(usize, &str)> {
    if let Some(first) = text.chars().next().filter(|c| ('①'..='⑳').contains(c)) {
        let number = usize::try_from(u32::from(first) - u32::from('①') + 1).ok()?;
        return Some((number, text.get(first.len_utf8()..)?.trim_start()));
    }
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
        None => match rest.strip_prefix(['、', '．']).or_else(|| rest.strip_prefix("\u{fe0f}\u{20e3}")) {
            Some(rest) => rest,
            // `3.5 Opus` begins with no number of an article.
            None => rest.strip_prefix(['.', ')']).filter(|rest| rest.is_empty() || rest.starts_with(' '))?,
        },
    };
    Some((number, rest.trim_start()))
}

/// The length of the pictures that a headline begins with (`🚀 1. …`), in bytes.
pub(crate) fn decoration(text: &str) -> usize {
    let is_picture = |c: char| match c {
        '①'..='⑳' => false,
        ' ' | '\u{fe0f}' | '\u{200d}' | '\u{2190}'..='\u{2bff}' => true,
        c => c >= '\u{1f000}',
    };
    text.find(|c: char| !is_picture(c)).unwrap_or_default()
}

/// The number of a headline, behind the pictures that it begins with.
pub(crate) fn headline_ordinal(text: &str) -> Option<(usize, &str)> {
    ordinal(text.get(decoration(text)..)?)
}
