//! Posts whose articles are the items of lists.

use crate::model::rich::{Block, Inline, plain};
use crate::parse::articles::{first_link, is_web, names, source_line};
use crate::parse::markdown::{Piece, PieceKind};

use super::item_count;

/// Lists of which every item begins with a link, or with bold words and has a link; else lists that have a link in
/// every item; without links they count where another list has one bare address for each. A list of sources is
/// none of them.
pub(super) fn lists(pieces: &[Piece]) -> Vec<bool> {
    let mut below_aside = false;
    let lists: Vec<Option<&[Vec<Block>]>> = pieces
        .iter()
        .map(|piece| {
            if let Some(text) = piece.heading() {
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
    let loose = all(has_link_and_words);
    if loose.iter().zip(&lists).any(|(has, items)| *has && has_several(items)) {
        return loose;
    }
    let bold = all(is_bold);
    let count: usize =
        pieces.iter().zip(&bold).filter(|(_, bold)| **bold).map(|(piece, _)| item_count(piece)).sum();
    let has_addresses =
        pieces.iter().filter_map(list_items).any(|items| addresses(items).len() == count && count > 0);
    let is_all = is_whole_list(pieces);
    bold.into_iter().map(|bold| bold && (has_addresses || is_all)).collect()
}

/// Whether a post is one numbered list of three bold headlines at least with texts, a paragraph before it and one behind it at
/// most.
fn is_whole_list(pieces: &[Piece]) -> bool {
    let mut lists = pieces.iter().filter_map(|piece| match &piece.kind {
        PieceKind::Block(Block::List { start: Some(1), items }) => Some(items),
        _ => None,
    });
    let (Some(items), None) = (lists.next(), lists.next()) else { return false };
    let others = pieces.iter().filter(|piece| piece.kind != PieceKind::Rule).count() - 1;
    let is_told = |item: &Vec<Block>| match item.as_slice() {
        [Block::Paragraph(run)] => run.get(1) == Some(&Inline::Break) && run.len() > 2,
        [Block::Paragraph(run), _, ..] => run.len() == 1,
        _ => false,
    };
    items.len() >= 3 && items.iter().all(is_told) && others <= 2 && pieces.iter().all(|piece| {
        piece.level().is_none()
            && !matches!(&piece.kind, PieceKind::Block(Block::Paragraph(run)) if run.contains(&Inline::Break))
    })
}

/// Whether an item begins with words of its own and has a link somewhere.
fn has_link_and_words(item: &[Block]) -> bool {
    let Some(Block::Paragraph(run)) = item.first() else { return false };
    let begins = match run.first() {
        Some(Inline::Text(text)) => {
            text.chars().any(char::is_alphabetic) || matches!(run.get(1), Some(Inline::Link { .. }))
        }
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

/// Whether a piece is a list of linked headlines.
pub(super) fn is_linked_list(piece: &Piece) -> bool {
    list_items(piece).is_some_and(|items| items.len() > 1 && items.iter().all(|item| is_linked(item)))
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
        Some(link @ Inline::Link { url, text }) => {
            is_web(url) && plain(text) != *url && !source_line::is_link_word(std::slice::from_ref(link))
        }
        Some(Inline::Strong(_)) => first_link(run).is_some(),
        _ => false,
    }
}

fn is_bold(item: &[Block]) -> bool {
    matches!(item.first(), Some(Block::Paragraph(run)) if matches!(run.first(), Some(Inline::Strong(_))))
}

/// The addresses of a list that holds one bare address an item; empty if it holds anything else.
fn addresses(items: &[Vec<Block>]) -> Vec<String> {
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

/// What some begin the lines of a list with, though Markdown knows no such mark.
const MARKS: [char; 6] = ['•', '‣', '◦', '∙', '·', 'ㆍ'];

/// Lines that begin with `•` as lists, which they are for their reader.
pub(in crate::parse::articles) fn list_marks(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut listed: Vec<Piece> = Vec::with_capacity(pieces.len());
    // The last piece, if it is a list that was made here.
    let mut is_ours = false;
    for Piece { line, kind } in pieces {
        let run = match kind {
            PieceKind::Block(Block::Paragraph(run)) if has_mark(&run) => run,
            kind => {
                listed.push(Piece { line, kind });
                is_ours = false;
                continue;
            }
        };
        let mut goes_on = false;
        for text in run.split(|inline| *inline == Inline::Break) {
            let mut text = text.to_vec();
            let is_item = begins_with_mark(&text);
            if is_item && let Some(Inline::Text(first)) = text.first_mut() {
                *first = first.trim_start_matches(MARKS).trim_start().to_owned();
            }
            if matches!(text.first(), Some(Inline::Text(first)) if first.is_empty()) {
                text.remove(0);
            }
            match listed.last_mut().map(|piece| &mut piece.kind) {
                Some(PieceKind::Block(Block::List { items, .. })) if is_item && is_ours => {
                    items.push(vec![Block::Paragraph(text)]);
                    continue;
                }
                Some(PieceKind::Block(Block::Paragraph(before))) if !is_item && goes_on => {
                    before.push(Inline::Break);
                    before.append(&mut text);
                    continue;
                }
                _ => {}
            }
            goes_on = !is_item;
            let block = if is_item {
                Block::List { start: None, items: vec![vec![Block::Paragraph(text)]] }
            } else {
                Block::Paragraph(text)
            };
            is_ours = is_item;
            listed.push(Piece { line, kind: PieceKind::Block(block) });
        }
    }
    listed
}

fn has_mark(run: &[Inline]) -> bool {
    run.split(|inline| *inline == Inline::Break).any(begins_with_mark)
}

fn begins_with_mark(line: &[Inline]) -> bool {
    match line.first() {
        Some(Inline::Text(text)) => {
            let words = text.trim_start_matches(MARKS);
            words.len() < text.len() && (words.starts_with(' ') || words.is_empty() && line.len() > 1)
        }
        _ => false,
    }
}

/// Lists of categories (`- 반도체`) that hold a list of linked items each, as headings over those lists.
pub(in crate::parse::articles) fn part_categories(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut parted = Vec::with_capacity(pieces.len());
    for Piece { line, kind } in pieces {
        match kind {
            PieceKind::Block(Block::List { items, .. }) if are_categories(&items) => {
                for mut item in items {
                    let inner = item.pop();
                    if let Some(Block::Paragraph(text)) = item.pop() {
                        parted.push(Piece { line, kind: PieceKind::Heading { level: 6, text } });
                    }
                    parted.extend(inner.map(|inner| Piece { line, kind: PieceKind::Block(inner) }));
                }
            }
            kind => parted.push(Piece { line, kind }),
        }
    }
    parted
}

fn are_categories(items: &[Vec<Block>]) -> bool {
    let mut inner = 0;
    let all = items.iter().all(|item| match item.as_slice() {
        [Block::Paragraph(text), Block::List { items, .. }] => {
            inner += items.len();
            first_link(text).is_none()
                && !text.contains(&Inline::Break)
                && items.iter().all(|item| is_linked(item))
        }
        _ => false,
    });
    all && inner > items.len()
}
