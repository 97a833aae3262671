//! Rich text laid out in lines: what the splitter cuts (`split.rs`) and the platforms' markup writes
//! (`discord/markup.rs`, `telegram/markup.rs`).
//!
//! A tree of blocks cannot be cut anywhere without care for what is open; a line of spans can. A span carries all
//! of its own markup, and the setters open and close tags from span to span.

use crate::model::{Block, Inline, Language};
use crate::render::words::Phrase;
use crate::text::{bare_links, clean, safe_link};

/// A line of a message before it has markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// How strong the boundary before it is.
    pub(crate) rank: Rank,
    /// Whether an empty line stands before it, where it is not the first.
    pub(crate) gap: bool,
    /// The article that it belongs to, by its place in the digest.
    pub(crate) article: Option<usize>,
    /// Whether it is its article's first.
    pub(crate) opens: bool,
    /// The section that it belongs to, by its place in the article, where sections are set apart.
    pub(crate) section: Option<usize>,
    /// Whether it is its section's first.
    pub(crate) opens_section: bool,
    /// Whether it is behind the fold, where the platform can fold.
    pub(crate) folded: bool,
    /// What it stands in.
    pub(crate) frame: Frame,
    /// How deep in nested lists it is, from 0.
    pub(crate) depth: usize,
    /// What stands before its text.
    pub(crate) marker: Marker,
    /// Its text.
    pub(crate) spans: Vec<Span>,
}

/// How strong the boundary before something is; splitting prefers the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Between graphemes.
    Grapheme,
    /// Between words; also what stands directly below its own heading.
    Word,
    /// Between sentences.
    Sentence,
    /// Between lines of one bullet, table or code block.
    Line,
    /// Between bullets and other blocks.
    Bullet,
    /// Between sections.
    Section,
    /// Between articles.
    Article,
}

impl Rank {
    /// All of them, strongest first.
    pub(crate) const DESCENDING: [Self; 7] =
        [Self::Article, Self::Section, Self::Bullet, Self::Line, Self::Sentence, Self::Word, Self::Grapheme];
}

/// What a line stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Nothing.
    Open,
    /// A quotation.
    Quote,
    /// A block of code in this language (may be empty).
    Code(String),
}

/// What stands before a line's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// Nothing.
    None,
    /// A bullet.
    Bullet,
    /// A number of a list.
    Number(u64),
}

/// A run of text with the same markup throughout.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Span {
    /// The text, one line, unescaped.
    pub(crate) text: String,
    /// How it is set.
    pub(crate) marks: Marks,
    /// A safe address that it links to.
    pub(crate) link: Option<String>,
    /// Whether it is the program's own: hashtags stay hashtags.
    pub(crate) ours: bool,
}

/// How a span is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    pub(crate) strong: bool,
    pub(crate) emphasis: bool,
    pub(crate) strike: bool,
    pub(crate) code: bool,
    /// A person's mention on Discord, to be set as it is.
    pub(crate) mention: bool,
}

impl Marks {
    /// Strong alone.
    pub(crate) const STRONG: Self =
        Self { strong: true, emphasis: false, strike: false, code: false, mention: false };
    /// Emphasis alone.
    pub(crate) const EMPHASIS: Self =
        Self { strong: false, emphasis: true, strike: false, code: false, mention: false };
}

impl Span {
    /// Text from a post (or from anybody), set in some way.
    pub(crate) fn foreign(text: &str, marks: Marks) -> Self {
        Self { text: clean(text).into_owned(), marks, link: None, ours: false }
    }

    /// Text of ours.
    pub(crate) fn ours(text: impl Into<String>, marks: Marks) -> Self {
        Self { text: text.into(), marks, link: None, ours: true }
    }

    /// The same, linked.
    pub(crate) fn linked(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// The same markup around other text.
    pub(crate) fn with_text(&self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self.clone() }
    }
}

impl Line {
    /// A line of its own that belongs to no article.
    pub(crate) fn new(rank: Rank, spans: Vec<Span>) -> Self {
        Self {
            rank,
            gap: false,
            article: None,
            opens: false,
            section: None,
            opens_section: false,
            folded: false,
            frame: Frame::Open,
            depth: 0,
            marker: Marker::None,
            spans,
        }
    }

    /// The same with an empty line before it.
    pub(crate) fn after_gap(self) -> Self {
        Self { gap: true, ..self }
    }

    /// The same without emphasis and links.
    pub(crate) fn stripped(&self) -> Self {
        let bare = |span: &Span| Span { marks: Marks::default(), link: None, ..span.clone() };
        Self { spans: self.spans.iter().map(bare).collect(), ..self.clone() }
    }

    /// The text without markup.
    pub(crate) fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// Blocks as lines, each block's first of rank [`Rank::Bullet`].
pub(crate) fn lines(blocks: &[Block], language: Language) -> Vec<Line> {
    let mut layout = Layout { language, lines: Vec::new(), frame: Frame::Open };
    let mut after_text = false;
    for block in blocks {
        let first = layout.lines.len();
        layout.block(block, 0, Rank::Bullet);
        // Paragraphs are told apart by an empty line; a list hangs on to the text that announces it.
        let is_text = matches!(block, Block::Paragraph(_) | Block::Heading(_));
        if let Some(line) = layout.lines.get_mut(first) {
            line.gap = is_text && first > 0 || !matches!(block, Block::List { .. }) && after_text;
        }
        after_text = is_text && !matches!(block, Block::Heading(_));
    }
    layout.lines
}

/// A run of text as spans on one line.
pub(crate) fn spans(run: &[Inline], marks: Marks) -> Vec<Span> {
    let mut rows = Rows::new();
    rows.push_run(run, marks, None);
    let mut joined: Vec<Span> = Vec::new();
    for row in rows.0 {
        if !joined.is_empty() && !row.is_empty() {
            push_span(&mut joined, Span::foreign(" ", marks));
        }
        row.into_iter().for_each(|span| push_span(&mut joined, span));
    }
    joined
}

struct Layout {
    language: Language,
    lines: Vec<Line>,
    frame: Frame,
}

impl Layout {
    fn block(&mut self, block: &Block, depth: usize, rank: Rank) {
        match block {
            Block::Paragraph(run) => self.run(run, Marks::default(), depth, rank),
            Block::Heading(run) => self.run(run, Marks::STRONG, depth, rank),
            Block::List { start, items } => self.list(*start, items, depth, rank),
            Block::Quote(blocks) => self.quote(blocks, depth, rank),
            Block::Code { language, text } => self.code(language, text, depth, rank),
            Block::Table { header, rows } => self.table(header, rows, depth, rank),
            Block::Image { url, alt } => self.image(url, alt, depth, rank),
        }
    }

    fn push(&mut self, spans: Vec<Span>, depth: usize, rank: Rank) {
        let frame = self.frame.clone();
        self.lines.push(Line { frame, depth, ..Line::new(rank, spans) });
    }

    fn run(&mut self, run: &[Inline], marks: Marks, depth: usize, rank: Rank) {
        let mut rows = Rows::new();
        rows.push_run(run, marks, None);
        for (place, row) in rows.0.into_iter().enumerate() {
            self.push(row, depth, if place == 0 { rank } else { Rank::Line });
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>], depth: usize, rank: Rank) {
        for (place, item) in items.iter().enumerate() {
            let marker = match start {
                Some(first) => Marker::Number(first.saturating_add(place as u64)),
                None => Marker::Bullet,
            };
            let first = self.lines.len();
            for (at, block) in item.iter().enumerate() {
                let nested = matches!(block, Block::List { .. });
                self.block(
                    block,
                    if nested || at > 0 { depth + 1 } else { depth },
                    if at == 0 { rank } else { Rank::Line },
                );
            }
            match self.lines.get_mut(first) {
                // A list right inside an item has markers of its own; so has code no room for one.
                Some(line) if line.marker == Marker::None && !matches!(line.frame, Frame::Code(_)) => {
                    line.marker = marker;
                    line.depth = depth;
                }
                Some(_) => {}
                None => {
                    self.push(Vec::new(), depth, rank);
                    if let Some(line) = self.lines.last_mut() {
                        line.marker = marker;
                    }
                }
            }
        }
    }

    fn quote(&mut self, blocks: &[Block], depth: usize, rank: Rank) {
        let outer = std::mem::replace(&mut self.frame, Frame::Quote);
        for (place, block) in blocks.iter().enumerate() {
            self.block(block, depth, if place == 0 { rank } else { Rank::Line });
        }
        self.frame = outer;
    }

    fn code(&mut self, language: &str, text: &str, depth: usize, rank: Rank) {
        let outer = std::mem::replace(&mut self.frame, Frame::Code(known_language(language)));
        for (place, row) in text.split('\n').enumerate() {
            let span = Span::foreign(&row.replace('\t', "    "), Marks::default());
            self.push(vec![span], depth, if place == 0 { rank } else { Rank::Line });
        }
        self.frame = outer;
    }

    /// A row is a line, its cells parted by bars: no platform has tables, and columns of Korean do not align in a
    /// fixed-width font.
    fn table(&mut self, header: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], depth: usize, rank: Rank) {
        let header = (header, Marks::STRONG);
        let rows = rows.iter().map(|row| (row.as_slice(), Marks::default()));
        for (place, (cells, marks)) in std::iter::once(header).chain(rows).enumerate() {
            let mut row = Vec::new();
            for (column, cell) in cells.iter().enumerate() {
                if column > 0 {
                    push_span(&mut row, Span::foreign(" | ", Marks::default()));
                }
                spans(cell, marks).into_iter().for_each(|span| push_span(&mut row, span));
            }
            self.push(row, depth, if place == 0 { rank } else { Rank::Line });
        }
    }

    fn image(&mut self, url: &str, alt: &str, depth: usize, rank: Rank) {
        let link = safe_link(url);
        let caption = match (alt.trim().is_empty(), &link) {
            (true, None) => return,
            (true, Some(_)) => Span::ours(Phrase::Picture.say(self.language), Marks::default()),
            (false, _) => Span::foreign(alt, Marks::default()),
        };
        self.push(vec![Span::ours("🖼 ", Marks::default()), caption.linked(link)], depth, rank);
    }
}

/// A code block's language if it is one that can stand in markup.
fn known_language(language: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_');
    if language.len() <= 20 && language.chars().all(is_plain) {
        language.to_lowercase()
    } else {
        String::new()
    }
}

/// The lines of a run: spans, broken where the run breaks.
struct Rows(Vec<Vec<Span>>);

impl Rows {
    fn new() -> Self {
        Self(vec![Vec::new()])
    }

    fn push_run(&mut self, run: &[Inline], marks: Marks, link: Option<&str>) {
        for inline in run {
            match inline {
                Inline::Text(text) => self.push_text(text, marks, link),
                Inline::Code(text) => self.push(Span::foreign(text, Marks { code: true, ..marks }), link),
                Inline::Strong(run) => self.push_run(run, Marks { strong: true, ..marks }, link),
                Inline::Emphasis(run) => self.push_run(run, Marks { emphasis: true, ..marks }, link),
                Inline::Strike(run) => self.push_run(run, Marks { strike: true, ..marks }, link),
                Inline::Link { url, text } => {
                    let safe = safe_link(url);
                    self.push_run(text, marks, link.or(safe.as_deref()));
                }
                Inline::Break => self.0.push(Vec::new()),
            }
        }
    }

    /// Text, with the bare addresses in it made links: the platforms would, and by looser rules.
    fn push_text(&mut self, text: &str, marks: Marks, link: Option<&str>) {
        if link.is_some() {
            return self.push(Span::foreign(text, marks), link);
        }
        let mut from = 0;
        for found in bare_links(text) {
            self.push(Span::foreign(&text[from..found.start], marks), None);
            let address = &text[found.clone()];
            self.push(Span::foreign(address, marks), safe_link(address).as_deref());
            from = found.end;
        }
        self.push(Span::foreign(&text[from..], marks), None);
    }

    fn push(&mut self, span: Span, link: Option<&str>) {
        if let Some(row) = self.0.last_mut() {
            push_span(row, span.linked(link.map(str::to_owned)));
        }
    }
}

/// Adds a span to a line, as part of the last where the markup is the same.
pub(crate) fn push_span(row: &mut Vec<Span>, span: Span) {
    if span.text.is_empty() {
        return;
    }
    match row.last_mut() {
        Some(last) if last.marks == span.marks && last.link == span.link && last.ours == span.ours => {
            last.text.push_str(&span.text);
        }
        _ => row.push(span),
    }
}
