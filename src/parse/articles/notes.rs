//! What an article refers to by a number or a name: footnotes (`[^1]`), and entries of a list of sources (`[1] BNN, https://…`).

use std::collections::{HashMap, HashSet};

use crate::model::rich::{Block, Inline, plain, plain_blocks};
use crate::model::{Article, Section};
use crate::parse::markdown::{Footnote, Piece, PieceKind};

use super::cut::Parts;
use super::{first_link, headline, names, source_line};

/// The longest name of a footnote, in bytes.
const MAX_NAME: usize = 64;

/// Puts each footnote below the text that first refers to it; those that nothing refers to, behind everything.
pub(super) fn place(parts: &mut Parts, footnotes: Vec<Footnote>) {
    if footnotes.is_empty() {
        return;
    }
    let mut unplaced: HashMap<String, Footnote> = HashMap::new();
    let mut order = Vec::new();
    let mut doubles = Vec::new();
    for footnote in footnotes {
        order.push(footnote.name.clone());
        doubles.extend(unplaced.insert(footnote.name.clone(), footnote));
    }
    let names: HashSet<String> = order.iter().cloned().collect();
    take_referred(&plain_blocks(&parts.intro), &mut unplaced)
        .into_iter()
        .for_each(|footnote| parts.intro.extend(footnote.blocks));
    for raw in &mut parts.articles {
        let mut text = plain(&raw.headline).into_owned();
        for piece in &raw.body {
            match &piece.kind {
                PieceKind::Heading { text: heading, .. } => text.push_str(&plain(heading)),
                PieceKind::Block(block) => text.push_str(&plain_blocks(std::slice::from_ref(block))),
                PieceKind::Rule => {}
            }
        }
        headline::strip_reference(&mut raw.headline, |name| names.contains(name));
        for footnote in take_referred(&text, &mut unplaced) {
            let line = footnote.line;
            let piece = |block| Piece { line, kind: PieceKind::Block(block) };
            raw.body.extend(footnote.blocks.into_iter().map(piece));
        }
    }
    let rest = order.into_iter().filter_map(|name| unplaced.remove(&name)).chain(doubles);
    parts.closing.extend(rest.flat_map(|footnote| footnote.blocks));
}

/// Takes those that a text refers to, in the text's order.
fn take_referred(text: &str, unplaced: &mut HashMap<String, Footnote>) -> Vec<Footnote> {
    references(text).filter_map(|name| unplaced.remove(name)).collect()
}

/// What stands in brackets.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split('[').skip(1).filter_map(|behind| {
        let end = behind.bytes().take(MAX_NAME).position(|byte| byte == b']')?;
        behind.get(..end)
    })
}

/// An entry of a list of sources.
#[derive(Debug)]
struct Entry {
    /// The number that it begins with, `[1]`.
    number: Option<String>,
    link: String,
    publisher: Option<String>,
}

/// Where articles have no links and a list outside them has, these are theirs: by their numbers (`[1]`) where the
/// articles have such, else in order where there is one for each.
pub(super) fn give_links<'a>(articles: &mut [Article], outside: impl Iterator<Item = &'a Block>) {
    if articles.len() < 2 || articles.iter().any(|article| article.link.is_some()) {
        return;
    }
    let lists = lists(outside);
    let numbered: HashMap<&str, &Entry> =
        lists.iter().flatten().filter_map(|entry| Some((entry.number.as_deref()?, entry))).collect();
    if !numbered.is_empty() {
        for article in articles.iter_mut() {
            let text = text_of(article);
            if let Some(entry) = references(&text).find_map(|number| numbered.get(number)) {
                give(article, entry);
            }
            headline::strip_reference(&mut article.headline, |number| numbered.contains_key(number));
        }
        if articles.iter().any(|article| article.link.is_some()) {
            return;
        }
    }
    if let Some(list) = lists.iter().find(|list| list.len() == articles.len()) {
        articles.iter_mut().zip(list).for_each(|(article, entry)| give(article, entry));
    }
}

/// The entry's publisher is the article's unless it is the headline.
fn give(article: &mut Article, entry: &Entry) {
    let headline = names::bare(&plain(&article.headline));
    let publisher = entry.publisher.clone().filter(|name| !headline.contains(&names::bare(name)));
    article.publisher = article.publisher.take().or(publisher);
    article.link = Some(entry.link.clone());
}

fn text_of(article: &Article) -> String {
    let mut text = plain(&article.headline).into_owned();
    for Section { title, blocks } in &article.sections {
        text.push_str(&plain(title));
        text.push_str(&plain_blocks(blocks));
    }
    text
}

/// Lists of which each entry has one link: a list's items, the lines of a paragraph, paragraphs that follow one another.
fn lists<'a>(outside: impl Iterator<Item = &'a Block>) -> Vec<Vec<Entry>> {
    let mut lists: Vec<Vec<Entry>> = Vec::new();
    let mut in_paragraphs = false;
    for block in outside {
        let found: Option<Vec<Entry>> = match block {
            Block::List { items, .. } => items
                .iter()
                .map(|item| match item.as_slice() {
                    [Block::Paragraph(run)] => entry(run),
                    _ => None,
                })
                .collect(),
            Block::Paragraph(run) => run.split(|inline| *inline == Inline::Break).map(entry).collect(),
            _ => None,
        };
        let is_paragraph = matches!(block, Block::Paragraph(_)) && found.is_some();
        match (found, lists.last_mut()) {
            (Some(found), Some(last)) if is_paragraph && in_paragraphs => last.extend(found),
            (Some(found), _) => lists.push(found),
            (None, _) => {}
        }
        in_paragraphs = is_paragraph;
    }
    lists
}

/// A run that has one link: what is shown for it, or stands before it, is the publisher.
fn entry(run: &[Inline]) -> Option<Entry> {
    let mut links = run.iter().filter(|inline| first_link(std::slice::from_ref(inline)).is_some());
    let (link, None) = (links.next()?, links.next()) else { return None };
    let Inline::Link { url, text } = link else { return None };
    let all = plain(run);
    let number = references(&all).next().filter(|_| all.starts_with('[')).map(str::to_owned);
    let shown = plain(text);
    let before: String = run
        .iter()
        .take_while(|inline| *inline != link)
        .map(|inline| plain(std::slice::from_ref(inline)))
        .collect();
    let before =
        before.split_once(']').filter(|_| number.is_some()).map_or(before.as_str(), |(_, rest)| rest);
    let before = before.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '\''));
    let is_name = |name: &&str| !name.is_empty() && name.chars().count() <= 30;
    let publisher = Some(shown.as_ref())
        .filter(|shown| shown != url && !source_line::is_link_word(text))
        .filter(is_name)
        .or(Some(before).filter(is_name));
    Some(Entry { number, link: url.clone(), publisher: publisher.map(str::to_owned) })
}
