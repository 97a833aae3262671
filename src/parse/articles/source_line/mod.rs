//! The lines that say where an article is from: which of them are taken off its text, and what its link is where none
//! says so. How one line is read is `read.rs`; the words that it may have are `words.rs`.

mod read;
mod words;

use crate::model::rich::{Block, Inline, plain};
use crate::model::{Article, Section};
use crate::parse::date;
use crate::parse::markdown::{Piece, PieceKind};

use super::headline::strip_front;
use super::{first_link, is_web, names};
use read::{Source, around_link, read};

pub(super) use read::{is_link_word, trailing};
pub(super) use words::{begins_headline_label, is_headline_label, is_publisher};

/// What a form knows of an article's source before its text is read.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) publisher: Option<String>,
    pub(super) link: Option<String>,
    pub(super) published: Option<String>,
}

/// Whether a line says who published an article or where it is; a date alone may be the post's.
pub(crate) fn names_a_source(line: &[Inline]) -> bool {
    read(line).is_some_and(|source| source.publisher.is_some() || source.link.is_some())
}

/// Whether a line is a link with a word that says so: `원문: [Bloomberg](…)`, `→ [원문 보기](…)`.
pub(crate) fn is_labelled_link(line: &[Inline]) -> bool {
    first_link(line).is_some()
        && (labelled(line).is_some()
            || read(line).is_some_and(|source| source.is_labelled() && source.link.is_some()))
}

/// Takes the source's lines off an article's pieces: unlabelled ones off the top, labelled ones (`링크: …`, a list's item
/// `- **출처**: …`) wherever they stand. Words that go with them are put into `labels`.
pub(crate) fn take(pieces: &mut Vec<Piece>, article: &mut Article, labels: &mut Vec<String>) {
    // Only the first line of a text may be a source without saying so, and only near the top is a date the article's.
    let mut first = true;
    let mut texts = 0;
    let mut below_sources = false;
    pieces.retain_mut(|piece| match &mut piece.kind {
        PieceKind::Block(Block::Paragraph(run)) => {
            if let [Inline::Strong(text)] = run.as_slice() {
                below_sources = names::is_sources(text);
            }
            retain_lines(run, |line| left_of(line, std::mem::take(&mut first), texts < 2, article, labels));
            texts += 1;
            !run.is_empty()
        }
        PieceKind::Block(Block::List { items, .. }) => {
            first = false;
            texts += 1;
            if below_sources {
                note_listed(items, article);
            }
            items.retain_mut(|item| match item.as_mut_slice() {
                [Block::Paragraph(run)] => match left_of(run, false, texts < 2, article, labels) {
                    Left::All => true,
                    Left::Rest(rest) => {
                        *run = rest;
                        !run.is_empty()
                    }
                },
                _ => true,
            });
            !items.is_empty()
        }
        PieceKind::Block(Block::Image { .. }) | PieceKind::Rule => true,
        PieceKind::Block(Block::Table { header, rows }) => {
            first = false;
            take_rows(header, rows, article, labels)
        }
        PieceKind::Block(Block::Quote(blocks)) => {
            first = false;
            take_attribution(blocks, article, labels);
            !blocks.is_empty()
        }
        PieceKind::Block(_) => {
            first = false;
            true
        }
        PieceKind::Heading { text, .. } => {
            first = false;
            below_sources = names::is_sources(text);
            true
        }
    });
}

/// Takes what rows of two cells, a label and a value, say of the source. Whether anything is left of the table.
fn take_rows(
    header: &mut [Vec<Inline>],
    rows: &mut Vec<Vec<Vec<Inline>>>,
    article: &mut Article,
    labels: &mut Vec<String>,
) -> bool {
    if header.len() != 2 {
        return true;
    }
    rows.retain(|row| {
        let [label, value] = row.as_slice() else { return true };
        let mut line = vec![Inline::Text(format!("{}: ", plain(label)))];
        line.extend(value.iter().cloned());
        !left_of(&line, false, true, article, labels).is_nothing()
    });
    if rows.is_empty() {
        labels.extend(header.iter().map(|cell| plain(cell).into_owned()).filter(|text| !text.is_empty()));
    }
    !rows.is_empty()
}

/// Takes the lines that say whose words a quote's are (`— [BNN](…), 2025-12-17`), or what the source is.
fn take_attribution(blocks: &mut Vec<Block>, article: &mut Article, labels: &mut Vec<String>) {
    blocks.retain_mut(|block| {
        let Block::Paragraph(run) = block else { return true };
        retain_lines(run, |line| {
            let begins =
                matches!(line.first(), Some(Inline::Text(text)) if text.starts_with(['—', '–', '-']));
            left_of(line, begins, true, article, labels)
        });
        !run.is_empty()
    });
}

/// What is left of a line when what it says of the source is taken.
enum Left {
    All,
    /// May be empty.
    Rest(Vec<Inline>),
}

impl Left {
    fn is_nothing(&self) -> bool {
        matches!(self, Self::Rest(rest) if rest.is_empty())
    }
}

/// Puts what is left of each line in its place, without a copy of the lines that stay.
fn retain_lines(run: &mut Vec<Inline>, mut left_of: impl FnMut(&[Inline]) -> Left) {
    let left: Vec<Left> = run.split(|inline| *inline == Inline::Break).map(&mut left_of).collect();
    if left.iter().all(|left| matches!(left, Left::All)) {
        return;
    }
    let mut before = std::mem::take(run).into_iter();
    for left in left {
        let line = before.by_ref().take_while(|inline| *inline != Inline::Break);
        if left.is_nothing() {
            line.for_each(drop);
            continue;
        }
        if !run.is_empty() {
            run.push(Inline::Break);
        }
        match left {
            Left::All => run.extend(line),
            Left::Rest(rest) => {
                line.for_each(drop);
                run.extend(rest);
            }
        }
    }
}

fn left_of(
    line: &[Inline],
    first: bool,
    near_top: bool,
    article: &mut Article,
    labels: &mut Vec<String>,
) -> Left {
    if !first && !read::may_be_labelled(line) {
        return Left::All;
    }
    let Some(source) = read(line) else { return Left::All };
    let is_labelled = near_top && source.is_labelled() || !source.labels.is_empty();
    let is_date = source.published.as_deref().is_none_or(|text| date::read(text).is_some());
    if !(first || is_labelled && is_date) || source.is_known(article) {
        return Left::All;
    }
    let date_label = source.published.as_deref().and_then(|published| read::date_label(line, published));
    article.publisher = article.publisher.take().or(source.publisher);
    article.link = article.link.take().or(source.link);
    article.published = article.published.take().or(source.published);
    if first_link(&source.rest).is_some() {
        // Further links: the line stays whole.
        return Left::All;
    }
    labels.extend(source.labels.into_iter().chain(date_label));
    Left::Rest(source.rest)
}

/// Below a heading `출처` the first entry of a list needs no label. It stays in the list.
fn note_listed(items: &[Vec<Block>], article: &mut Article) {
    let Some([Block::Paragraph(run)]) = items.first().map(Vec::as_slice) else { return };
    if let Some(source) = read(run)
        && !source.is_known(article)
    {
        article.publisher = article.publisher.take().or(source.publisher);
        article.link = article.link.take().or(source.link);
        article.published = article.published.take().or(source.published);
    }
}

/// Who published the article, where a link to it that stands in its text says so: `([BNN](…))`, `출처: [e-daily](…)`.
pub(crate) fn note_publisher(pieces: &[Piece], article: &mut Article) {
    let Some(link) = article.link.as_deref().filter(|_| article.publisher.is_none()) else { return };
    article.publisher = pieces.iter().find_map(|piece| match &piece.kind {
        PieceKind::Block(block) => publisher_in(block, link),
        _ => None,
    });
}

fn publisher_in(block: &Block, link: &str) -> Option<String> {
    match block {
        Block::Paragraph(run) => run.split(|inline| *inline == Inline::Break).find_map(|line| {
            let at =
                line.iter().position(|inline| matches!(inline, Inline::Link { url, .. } if url == link))?;
            let Some(Inline::Link { url, text }) = line.get(at) else { return None };
            let shown = plain(text);
            let before = plain(line.get(..at)?);
            let label = before.rsplit(['.', '!', '?', '。', '(', ' ']).find(|word| !word.is_empty());
            let ends = line.get(at + 1..).is_some_and(|after| {
                plain(after).chars().all(|c| matches!(c, ')' | ']' | '.') || c.is_whitespace())
            });
            let is_named = words::is_publisher(shown.trim_matches(['[', ']']))
                || ends && behind_sentence(&before) && words::may_be_publisher(&shown) && !is_link_word(text)
                || label.is_some_and(words::is_publisher_label)
                    && shown != *url
                    && !is_link_word(text)
                    && shown.chars().count() <= 30;
            is_named
                .then(|| shown.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']')).to_owned())
        }),
        Block::List { items, .. } => items.iter().flatten().find_map(|block| publisher_in(block, link)),
        Block::Quote(blocks) => blocks.iter().find_map(|block| publisher_in(block, link)),
        _ => None,
    }
}

/// Takes off lines that are the article's address and nothing else.
pub(crate) fn drop_address(pieces: &mut Vec<Piece>, link: &str) {
    let is_address = |line: &[Inline]| match line {
        [Inline::Text(before), Inline::Link { url, text }] if !before.contains(char::is_alphanumeric) => {
            url == link && plain(text) == *url
        }
        [Inline::Link { url, text }] => url == link && plain(text) == *url,
        _ => false,
    };
    pieces.retain_mut(|piece| {
        let PieceKind::Block(Block::Paragraph(run)) = &mut piece.kind else { return true };
        retain_lines(run, |line| if is_address(line) { Left::Rest(Vec::new()) } else { Left::All });
        !run.is_empty()
    });
}

/// What a footnote says of the link that the article has: `[1] [BNN](https://…), 2025-12-17`. It stays where it is.
pub(crate) fn note_reference(pieces: &[Piece], article: &mut Article) {
    for piece in pieces {
        let PieceKind::Block(Block::Paragraph(run)) = &piece.kind else { continue };
        let Some(Inline::Text(text)) = run.first() else { continue };
        let Some((mark, _)) = text.split_once(']').filter(|_| text.starts_with('[')) else { continue };
        let mut line = run.clone();
        strip_front(&mut line, mark.chars().count() + "] ".len());
        let source = read(&line).filter(|source| source.link.is_some() && source.link == article.link);
        if let Some(source) = source.filter(|source| !source.is_known(article)) {
            article.publisher = article.publisher.take().or(source.publisher);
            article.published = article.published.take().or(source.published);
            return;
        }
    }
}

/// The link of an article that has none at its head: the first that is labelled, else its only one.
pub(crate) fn find_link(pieces: &[Piece]) -> Option<String> {
    let mut links = Links::default();
    for piece in pieces {
        if let PieceKind::Block(block) = &piece.kind
            && let Some(link) = labelled_link(block, &mut links)
        {
            return Some(link);
        }
    }
    links.only.filter(|_| !links.are_several).map(str::to_owned)
}

/// The links of an article, as far as it matters whether there are several.
#[derive(Debug, Default)]
struct Links<'a> {
    only: Option<&'a str>,
    are_several: bool,
}

impl<'a> Links<'a> {
    fn note(&mut self, url: &'a str) {
        self.are_several |= self.only.is_some_and(|only| only != url);
        self.only = Some(url);
    }
}

/// The first of several links: in running text, or in a list's item that says what they are (`관련 기사: …`). The
/// entries of a list of links are stories of their own.
pub(crate) fn first_of_several(sections: &[Section]) -> Option<String> {
    sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
        Block::Paragraph(run) => first_link(run),
        Block::Quote(blocks) => blocks.iter().find_map(|block| match block {
            Block::Paragraph(run) => first_link(run),
            _ => None,
        }),
        Block::List { items, .. } => items.iter().find_map(|item| match item.as_slice() {
            [Block::Paragraph(run)] => {
                let (before, ..) = around_link(run)?;
                words::is_label_of_several(&plain(before)).then(|| first_link(run)).flatten()
            }
            _ => None,
        }),
        _ => None,
    })
}

fn labelled_link<'a>(block: &'a Block, links: &mut Links<'a>) -> Option<String> {
    match block {
        Block::Paragraph(run) => run.split(|inline| *inline == Inline::Break).find_map(|line| {
            note_links(line, links);
            labelled(line)
        }),
        Block::List { items, .. } => items.iter().flatten().find_map(|block| labelled_link(block, links)),
        Block::Quote(blocks) => blocks.iter().find_map(|block| labelled_link(block, links)),
        Block::Heading(_) | Block::Code { .. } | Block::Table { .. } | Block::Image { .. } => None,
    }
}

/// Like [`read()`], also for links with their article's own title as text, which is no publisher's name.
fn labelled(line: &[Inline]) -> Option<String> {
    let (before, link, _) = around_link(line)?;
    let Inline::Link { url, .. } = link else { return None };
    let before = plain(before);
    let label = before.trim_end().rsplit(['.', '!', '?', '。', '(']).next().unwrap_or_default();
    let says_so = is_link_word(std::slice::from_ref(link))
        || is_pointer(&before)
        || words::is_publisher_label(label)
        || words::is_link_label(label);
    says_so.then(|| url.clone())
}

/// Whether a sentence ends here, or a bracket opens behind one: `… 밝혔다. [BNN](…)`, `… 밝혔다. ([BNN](…))`.
fn behind_sentence(before: &str) -> bool {
    before.trim_end().trim_end_matches(['(', '[']).trim_end().ends_with(['.', '!', '?', '다', '요'])
}

/// Whether a text is nothing but a picture that says that a link follows.
fn is_pointer(text: &str) -> bool {
    !text.contains(char::is_alphanumeric) && text.contains(['🔗', '👉', '📎', '🌐', '📰', '➡', '→', '☞'])
}

fn note_links<'a>(run: &'a [Inline], links: &mut Links<'a>) {
    for inline in run {
        match inline {
            Inline::Link { url, .. } if is_web(url) => links.note(url),
            Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => note_links(run, links),
            _ => {}
        }
    }
}

impl Source {
    /// Whether the article has some of this already, so that the line would be lost by taking it.
    fn is_known(&self, article: &Article) -> bool {
        let differs = |own: &Option<String>, known: &Option<String>| matches!((own, known), (Some(own), Some(known)) if own != known);
        differs(&self.publisher, &article.publisher)
            || differs(&self.link, &article.link)
            || differs(&self.published, &article.published)
    }
}
