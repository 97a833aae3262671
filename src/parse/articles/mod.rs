//! Pieces to articles: which form a post has (`shape.rs`), where its articles begin and end (`cut.rs`), who
//! published each (`source_line/`), its headline (`headline.rs`), and what it is made of (here).

mod cut;
mod fields;
mod headline;
mod item;
mod names;
mod notes;
mod notice;
mod repeats;
pub(crate) mod shape;
mod source_line;
mod table;

use std::collections::HashSet;

use crate::model::rich::{Block, Inline, plain};
use crate::model::{Article, Section};

use super::draft::{Dropped, Warning};
use super::markdown::{Footnote, Piece, PieceKind};
use cut::Raw;
use headline::Habit;
use shape::Shape;

/// The most articles of a post. The largest digests have some hundred; what has more is a list of another kind.
const MAX_ARTICLES: usize = 5_000;

/// A post's body, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) intro: Vec<Block>,
    pub(crate) articles: Vec<Article>,
    pub(crate) closing: Vec<Block>,
    pub(crate) dropped: Vec<Dropped>,
    pub(crate) warnings: Vec<Warning>,
}

/// What the front matter says of a source: it is that of a post's only article.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MatterSource<'a> {
    pub(crate) link: Option<&'a str>,
    pub(crate) publisher: Option<&'a str>,
}

/// Finds the articles. `title` is the post's: a heading that repeats it is no text of its own.
pub(crate) fn read(
    pieces: Vec<Piece>,
    footnotes: Vec<Footnote>,
    title: Option<&str>,
    shape: Option<Shape>,
    matter: MatterSource<'_>,
) -> Body {
    let mut body = Body::default();
    let pieces = shape::define(fields::part(pieces));
    let mut pieces = shape::part_categories(shape::list_marks(pieces));
    let mut form = match shape {
        Some(shape) => shape::of_shape(&pieces, shape),
        None => shape::choose(&pieces),
    };
    if form.is_none() && shape.is_none() {
        pieces = shape::split_links(pieces, MAX_ARTICLES);
        form = shape::choose(&pieces);
    }
    if form.is_none() && shape.is_none() && shape::are_quotes(&pieces) {
        pieces = shape::unquote(pieces);
        form = shape::choose(&pieces);
    }
    // A post of one article may have parts, of which the last has the link.
    let is_one = matter.link.is_some() || matter.publisher.is_some();
    if is_one && title.is_some() && form.as_ref().is_some_and(|form| form.count(&pieces) < 2) {
        form = None;
    }
    if let Some(count) = form.as_ref().map(|form| form.count(&pieces)).filter(|count| *count > MAX_ARTICLES) {
        body.warnings.push(Warning::new(
            None,
            format!("the post has {count} articles and is read as one; a digest has {MAX_ARTICLES} at most"),
            "split it into several posts",
        ));
        form = None;
    }
    if form.is_none() && shape.is_none() && matter.link.is_none() && notice::is_notice(&pieces, title) {
        body.warnings.push(Warning::new(
            pieces.first().map(|piece| piece.line),
            "the post reads like a notice and has no articles",
            "if it is an article, give it a line `[Publisher](link) - 발행일: 2025-12-17`",
        ));
        body.intro = cut::notice(pieces, title);
        body.closing = footnotes.into_iter().flat_map(|footnote| footnote.blocks).collect();
        return body;
    }
    let mut parts = match form {
        Some(form) => cut::cut(pieces, &form, title),
        None => cut::whole(pieces, title),
    };
    notes::place(&mut parts, footnotes);
    body.intro = parts.intro;
    body.closing = parts.closing;
    body.dropped = parts.dropped;
    if parts.articles.is_empty() {
        body.warnings.push(Warning::new(
            None,
            "the post has no text",
            "write articles below its front matter",
        ));
        return body;
    }
    let lines: Vec<u32> = parts.articles.iter().map(|raw| raw.line).collect();
    let mut words = Words { labels: parts.labels, noise: Vec::new() };
    let habit = Habit::of(&parts.articles);
    body.articles = parts.articles.into_iter().map(|raw| article(raw, habit, &mut words)).collect();
    words.put_into(&mut body.dropped);
    notes::give_links(&mut body.articles, body.closing.iter().chain(&body.intro));
    for article in body.articles.iter_mut().filter(|article| article.link.is_none()) {
        article.link = source_line::first_of_several(&article.sections).filter(|_| !parts.whole);
    }
    if let [article] = body.articles.as_mut_slice() {
        article.link = article.link.take().or_else(|| matter.link.map(str::to_owned));
        article.publisher = article.publisher.take().or_else(|| matter.publisher.map(str::to_owned));
    }
    if parts.whole && body.articles.iter().all(|article| article.link.is_none()) {
        body.warnings.push(Warning::new(
            lines.first().copied(),
            "no articles were told apart, so the post is one article",
            "give each article a heading `## …` and a line `[Publisher](link) - 발행일: 2025-12-17`",
        ));
    }
    repeats::drop_repeated(&mut body.intro, &body.articles, &mut body.dropped);
    if !parts.whole {
        warn_of_links(&body.articles, &lines, &mut body.warnings);
    }
    body
}

fn warn_of_links(articles: &[Article], lines: &[u32], warnings: &mut Vec<Warning>) {
    let without = articles.iter().filter(|article| article.link.is_none()).count();
    if without == 0 {
        return;
    }
    let first = articles.iter().position(|article| article.link.is_none());
    let line = first.and_then(|place| lines.get(place)).copied();
    warnings.push(Warning::new(
        line,
        format!("{without} of {} articles have no link; this is the first", articles.len()),
        "write a line `[Publisher](link) - 발행일: 2025-12-17` below the headline",
    ));
}

/// Words that say what a part of an article is and are no text of it.
#[derive(Debug, Default)]
struct Words {
    /// `출처`, `링크`, `원문 보기`.
    labels: Vec<String>,
    /// Numbers and marks before headlines.
    noise: Vec<String>,
}

impl Words {
    fn put_into(mut self, dropped: &mut Vec<Dropped>) {
        let mut seen = HashSet::new();
        self.labels.retain(|label| seen.insert(label.clone()));
        if !self.labels.is_empty() {
            dropped.push(Dropped::new(self.labels.join(" · "), "labels; what stands behind them is kept"));
        }
        if !self.noise.is_empty() {
            dropped.push(Dropped::new(self.noise.join(" "), "numbers and marks that headlines begin with"));
        }
    }
}

fn article(raw: Raw, habit: Habit, words: &mut Words) -> Article {
    let known = raw.known.unwrap_or_default();
    let mut article = Article {
        link: known.link.or_else(|| first_link(&raw.headline)),
        publisher: known.publisher,
        published: known.published,
        ..Article::default()
    };
    words.labels.extend(
        raw.headline
            .iter()
            .filter(|inline| item::is_link_label(inline))
            .map(|inline| plain(std::slice::from_ref(inline)).into_owned()),
    );
    article.headline = without_links(raw.headline, article.link.as_deref());
    habit.strip(&mut article.headline, raw.numbered, &mut words.noise);
    if let Some(Inline::Text(last)) = article.headline.last_mut() {
        last.truncate(last.trim_end().len());
    }
    let mut blocks = raw.body;
    source_line::take(&mut blocks, &mut article, &mut words.labels);
    if article.link.is_none() {
        article.link = source_line::find_link(&blocks);
    }
    source_line::note_reference(&blocks, &mut article);
    source_line::note_publisher(&blocks, &mut article);
    if let Some(link) = &article.link {
        source_line::drop_address(&mut blocks, link);
    }
    habit.take_source(&mut article);
    article.sections = sections(blocks);
    if article.headline.is_empty() {
        article.headline = headline_from(&mut article.sections);
    }
    article
}

/// An article without a headline is headed by its first paragraph.
fn headline_from(sections: &mut Vec<Section>) -> Vec<Inline> {
    let Some(section) = sections.first_mut() else { return Vec::new() };
    let headline = match section.blocks.first() {
        Some(Block::Paragraph(_)) => match section.blocks.remove(0) {
            Block::Paragraph(run) => without_links(run, None),
            _ => Vec::new(),
        },
        _ => std::mem::take(&mut section.title),
    };
    if section.blocks.is_empty() && section.title.is_empty() {
        sections.remove(0);
    }
    headline
        .into_iter()
        .map(|inline| if inline == Inline::Break { Inline::Text(" ".into()) } else { inline })
        .collect()
}

/// Parts an article's pieces at the highest headings among them; lower ones stay in their section.
fn sections(pieces: Vec<Piece>) -> Vec<Section> {
    let level = pieces.iter().filter_map(Piece::level).min();
    let mut sections = vec![Section::default()];
    for piece in pieces {
        match piece.kind {
            PieceKind::Heading { level: this, text } if Some(this) == level => {
                sections.push(Section { title: text, blocks: Vec::new() });
            }
            PieceKind::Heading { text, .. } => push_block(&mut sections, Block::Heading(text)),
            PieceKind::Block(block) => push_block(&mut sections, block),
            PieceKind::Rule => {}
        }
    }
    if sections.first().is_some_and(|section| section.blocks.is_empty()) {
        sections.remove(0);
    }
    sections
}

fn push_block(sections: &mut [Section], block: Block) {
    if let Some(section) = sections.last_mut() {
        section.blocks.push(block);
    }
}

/// The address of the first `http` or `https` link of a run.
fn first_link(run: &[Inline]) -> Option<String> {
    run.iter().find_map(|inline| match inline {
        Inline::Link { url, .. } if is_web(url) => Some(url.clone()),
        Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => first_link(run),
        _ => None,
    })
}

/// Whether an address is one that an article can have.
fn is_web(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

/// The run with its links' texts in place of the links (`own` is the article's), and without strong emphasis all over it.
fn without_links(run: Vec<Inline>, own: Option<&str>) -> Vec<Inline> {
    let mut plain = Vec::with_capacity(run.len());
    let several = run.len() > 1;
    for inline in run {
        match inline {
            // An address or `링크` behind a headline is its link and no words of it.
            Inline::Link { ref url, .. } if several && own == Some(url) && item::is_bare_link(&inline) => {}
            Inline::Link { text, .. } => plain.extend(without_links(text, own)),
            Inline::Strong(run) => plain.push(Inline::Strong(without_links(run, own))),
            Inline::Emphasis(run) => plain.push(Inline::Emphasis(without_links(run, own))),
            Inline::Strike(run) => plain.push(Inline::Strike(without_links(run, own))),
            other => plain.push(other),
        }
    }
    match <[Inline; 1]>::try_from(plain) {
        Ok([Inline::Strong(run)]) => run,
        Ok(one) => one.into(),
        Err(many) => merged(many),
    }
}

/// Neighbouring texts as one.
fn merged(run: Vec<Inline>) -> Vec<Inline> {
    let mut merged: Vec<Inline> = Vec::with_capacity(run.len());
    for inline in run {
        match (merged.last_mut(), inline) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (_, inline) => merged.push(inline),
        }
    }
    merged
}

impl Piece {
    /// The level of a heading.
    fn level(&self) -> Option<u8> {
        match self.kind {
            PieceKind::Heading { level, .. } => Some(level),
            _ => None,
        }
    }

    /// The text of a heading, or of a paragraph that looks like one.
    fn heading(&self) -> Option<&[Inline]> {
        match &self.kind {
            PieceKind::Heading { text, .. } => Some(text),
            PieceKind::Block(Block::Paragraph(run)) => match run.as_slice() {
                [Inline::Strong(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The first line of a paragraph.
    fn first_line(&self) -> Option<&[Inline]> {
        match &self.kind {
            PieceKind::Block(Block::Paragraph(run)) => run.split(|inline| *inline == Inline::Break).next(),
            _ => None,
        }
    }
}
