//! From the events of `pulldown-cmark` to pieces and blocks, in one pass with an explicit stack.
//!
//! A hostile post may nest ten thousand quotes. What is deeper than [`MAX_BLOCKS`] or [`MAX_INLINES`] levels
//! joins the level above, so that the trees handed on are shallow: whoever walks or drops them recurses.

mod html_block;

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{
    BrokenLink, BrokenLinkCallback, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd,
};

use crate::model::rich::{Block, Inline, plain};
use crate::parse::draft::Dropped;

use super::definitions::{self, Gaps};
use super::frame::{Frame, Kind, is_container_end, is_inline_end};
use super::html::{self, Found};
use super::{Document, Footnote, MAX_PARTS, Piece, PieceKind, clean, inline, stretches};

/// How deep quotes, lists and items may stand in one another.
const MAX_BLOCKS: usize = 16;
/// How deep emphasis and links may stand in one another.
const MAX_INLINES: usize = 8;

/// What is read beyond CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_TASKLISTS);

/// Reads Markdown and makes nothing of it: how many events there are. It is what benchmarks hold [`read`] against.
pub(crate) fn bare_pass(markdown: &str) -> usize {
    Parser::new_ext(markdown, OPTIONS).into_offset_iter().count()
}

/// Reads Markdown whose first line is the file's `first_line`.
pub(crate) fn read(markdown: &str, first_line: u32) -> Document {
    let mut used_labels = HashSet::new();
    if markdown.len() <= stretches::STRETCH {
        return read_events(Parser::new_ext(markdown, OPTIONS), markdown, first_line, &mut used_labels);
    }
    let far = far_definitions(markdown);
    let mut document = Document::default();
    let mut parts = 0;
    for stretch in stretches::of(markdown) {
        if parts > MAX_PARTS {
            stretch.keep(first_line, &mut document);
            continue;
        }
        let find = |link: BrokenLink<'_>| {
            let url = far.get(&link.reference.to_lowercase())?;
            Some((CowStr::Boxed(url.as_str().into()), CowStr::Borrowed("")))
        };
        let parser = Parser::new_with_broken_link_callback(&stretch.text, OPTIONS, Some(find));
        let first_line = first_line.saturating_add(stretch.lines_before);
        let read = read_events(parser, &stretch.text, first_line, &mut used_labels);
        parts += stretches::count_parts(&read);
        stretch.join(read, &mut document);
    }
    document
}

/// Where the links lead that are defined anywhere in a text that is read in stretches, by their labels in lower case.
fn far_definitions(markdown: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    if !markdown.contains("]:") {
        return found;
    }
    for stretch in stretches::of(markdown) {
        let parser = Parser::new_ext(&stretch.text, OPTIONS);
        for (label, definition) in parser.reference_definitions().iter() {
            found.entry(label.to_lowercase()).or_insert_with(|| definition.dest.to_string());
        }
    }
    found
}

fn read_events<'a, F: BrokenLinkCallback<'a>>(
    parser: Parser<'a, F>,
    markdown: &'a str,
    first_line: u32,
    used_labels: &mut HashSet<String>,
) -> Document {
    let events = parser.into_offset_iter();
    let definitions = definitions::all(events.reference_definitions());
    let mut gaps = Gaps::default();
    let mut tree = Tree::new(markdown, first_line, used_labels);
    for (event, range) in events {
        gaps.note(&event, &range);
        tree.take(event, range);
    }
    tree.flush_mute();
    let mut document = tree.document;
    document.dropped.extend(gaps.dropped(markdown, definitions, used_labels));
    document
}

struct Tree<'a> {
    markdown: &'a str,
    document: Document,
    stack: Vec<Frame>,
    /// Containers on the stack, and those beyond the limit that are not on it.
    blocks: usize,
    flat_blocks: usize,
    inlines: usize,
    flat_inlines: usize,
    /// What is read while a script between words has not ended.
    mute: Option<String>,
    used_labels: &'a mut HashSet<String>,
    /// The byte behind the last cell.
    cell_end: usize,
    /// The line of the byte `counted`.
    line: u32,
    counted: usize,
}

impl<'a> Tree<'a> {
    fn new(markdown: &'a str, first_line: u32, used_labels: &'a mut HashSet<String>) -> Self {
        Self {
            markdown,
            document: Document::default(),
            stack: Vec::new(),
            blocks: 0,
            flat_blocks: 0,
            inlines: 0,
            flat_inlines: 0,
            mute: None,
            used_labels,
            cell_end: 0,
            line: first_line,
            counted: 0,
        }
    }

    fn take(&mut self, event: Event<'_>, range: std::ops::Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.text(&text, range.start),
            Event::Code(code) => self.inline(Inline::Code(code.into_string())),
            Event::SoftBreak | Event::HardBreak => self.inline(Inline::Break),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::Html(html) => match self.stack.last_mut().map(|frame| &mut frame.kind) {
                Some(Kind::Html(block)) => block.push_str(&html),
                _ => self.inline_html(&html),
            },
            Event::FootnoteReference(name) => self.inline(Inline::Text(format!("[{}]", clean::line(&name)))),
            Event::Rule => {
                let line = self.line_at(range.start);
                match self.stack.last_mut() {
                    None => self.document.pieces.push(Piece { line, kind: PieceKind::Rule }),
                    Some(_) => self.flush_run(),
                }
            }
            Event::TaskListMarker(done) => {
                let shown = if done { "[x]" } else { "[ ]" };
                self.document.dropped.push(Dropped::new(shown, "the box of a task"));
            }
            // Not asked for in the options above.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, range.start),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: std::ops::Range<usize>) {
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(level_number(level)),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(kind) => self.code_start(&kind),
            Tag::HtmlBlock => Kind::Html(String::new()),
            Tag::List(start) => Kind::List { start, items: Vec::new() },
            Tag::Item => Kind::Item,
            Tag::FootnoteDefinition(name) => Kind::Footnote(name.into_string()),
            Tag::Table(_) => Kind::Table { header: Vec::new(), rows: Vec::new() },
            Tag::TableHead | Tag::TableRow => Kind::Row(Vec::new()),
            Tag::TableCell => Kind::Cell,
            Tag::Strong => Kind::Strong,
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strikethrough => {
                let single = !self.markdown.get(range.clone()).is_some_and(|text| text.starts_with("~~"));
                Kind::Strike { single }
            }
            Tag::Link { dest_url, title, id, .. } => {
                self.use_label(&id);
                self.tooltip(&title);
                Kind::Link(dest_url.into_string())
            }
            Tag::Image { dest_url, title, id, .. } => {
                self.use_label(&id);
                self.tooltip(&title);
                Kind::Image(dest_url.into_string())
            }
            // Not asked for in the options above.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => Kind::Paragraph,
        };
        if kind.is_inline() {
            if self.inlines >= MAX_INLINES {
                self.flat_inlines += 1;
                return;
            }
            self.inlines += 1;
        } else {
            self.flush_run();
            if kind.is_container() {
                if self.blocks >= MAX_BLOCKS {
                    self.flat_blocks += 1;
                    return;
                }
                self.blocks += 1;
            }
        }
        let line = self.line_at(range.start);
        self.stack.push(Frame::new(kind, line));
    }

    fn end(&mut self, tag: TagEnd, range: std::ops::Range<usize>) {
        // Elements end in the order in which they began: those beyond the limit first.
        if is_inline_end(tag) && self.flat_inlines > 0 {
            self.flat_inlines -= 1;
            return;
        }
        if is_container_end(tag) && self.flat_blocks > 0 {
            self.flat_blocks -= 1;
            self.flush_run();
            return;
        }
        let Some(mut frame) = self.stack.pop() else { return };
        frame.close_link();
        if frame.kind.is_inline() {
            self.inlines = self.inlines.saturating_sub(1);
            self.end_inline(frame);
            return;
        }
        if frame.kind.is_container() {
            self.blocks = self.blocks.saturating_sub(1);
        }
        if matches!(frame.kind, Kind::Paragraph | Kind::Heading(_) | Kind::Item) {
            self.flush_mute();
        }
        let line = frame.line;
        if !frame.kind.is_line() {
            frame.flush(&mut self.document.dropped);
        }
        // A million items of one block each would have room for three more.
        frame.blocks.shrink_to_fit();
        match frame.kind {
            Kind::Paragraph => self.put_all(frame.blocks, line),
            Kind::Quote if frame.blocks.is_empty() => {}
            Kind::Quote => self.put(Block::Quote(frame.blocks), line),
            Kind::Heading(level) => {
                let text = inline::finish(frame.run, false, &mut self.document.dropped);
                self.heading(level, text, line);
            }
            Kind::Code { language, text } => {
                let text = clean::lines(text.strip_suffix('\n').unwrap_or(&text));
                self.put(Block::Code { language, text }, line);
            }
            Kind::Html(html) => self.html_block(&html, line),
            Kind::Item => match self.stack.last_mut().map(|frame| &mut frame.kind) {
                Some(Kind::List { items, .. }) => items.push(frame.blocks),
                _ => self.put_all(frame.blocks, line),
            },
            Kind::List { start, mut items } => {
                // Items beyond the limit have left their blocks here.
                if !frame.blocks.is_empty() {
                    items.push(frame.blocks);
                }
                if items.iter().any(|item| !item.is_empty()) {
                    self.put(Block::List { start, items }, line);
                }
            }
            Kind::Footnote(name) => {
                let mut blocks = frame.blocks;
                let mark = Inline::Text(format!("[{}] ", clean::line(&name)));
                match blocks.first_mut() {
                    Some(Block::Paragraph(run)) => run.insert(0, mark),
                    _ => blocks.insert(0, Block::Paragraph(vec![mark])),
                }
                // Its place in the file says nothing: it belongs to where it is referred to.
                if self.stack.is_empty() {
                    self.document.footnotes.push(Footnote { name: clean::line(&name), line, blocks });
                } else {
                    self.put_all(blocks, line);
                }
            }
            Kind::Cell => {
                let text = inline::finish(frame.run, false, &mut self.document.dropped);
                self.cell_end = range.end;
                if let Some(Kind::Row(cells)) = self.stack.last_mut().map(|frame| &mut frame.kind) {
                    cells.push(text);
                }
            }
            Kind::Row(mut cells) => {
                cells.extend(self.cells_beyond(range.end));
                self.row_end(cells, tag == TagEnd::TableHead);
            }
            Kind::Table { header, rows } => self.put(Block::Table { header, rows }, line),
            Kind::Strong | Kind::Emphasis | Kind::Strike { .. } | Kind::Link(_) | Kind::Image(_) => {}
        }
    }

    fn row_end(&mut self, cells: Vec<Vec<Inline>>, is_head: bool) {
        if let Some(Kind::Table { header, rows }) = self.stack.last_mut().map(|frame| &mut frame.kind) {
            if is_head { *header = cells } else { rows.push(cells) }
        }
    }

    /// Cells beyond the table's last column, which Markdown leaves out.
    fn cells_beyond(&mut self, row_end: usize) -> Vec<Vec<Inline>> {
        let rest = self.markdown.get(self.cell_end..row_end).unwrap_or_default();
        let cells = rest.split('|').map(str::trim).filter(|cell| !cell.is_empty());
        let dropped = &mut self.document.dropped;
        cells.map(|cell| inline::finish(vec![Inline::Text(cell.to_owned())], false, dropped)).collect()
    }

    fn end_inline(&mut self, frame: Frame) {
        let run = frame.run;
        match frame.kind {
            Kind::Strong => self.inline(Inline::Strong(run)),
            Kind::Emphasis => self.inline(Inline::Emphasis(run)),
            Kind::Strike { single: false } => self.inline(Inline::Strike(run)),
            // `3~5개, 7~8개` are two ranges in Korean; only two tildes strike out.
            Kind::Strike { single: true } => {
                self.inline(Inline::Text("~".to_owned()));
                for part in run {
                    self.inline(part);
                }
                self.inline(Inline::Text("~".to_owned()));
            }
            Kind::Link(url) => self.inline(Inline::Link { url, text: run }),
            Kind::Image(url) => {
                let alt = clean::line(plain(&run).trim());
                self.image(url, alt);
            }
            _ => {}
        }
    }

    /// A picture stands alone where there is room for a block, and is its words in a heading, a cell or a link.
    fn image(&mut self, url: String, alt: String) {
        if let Some(mute) = &mut self.mute {
            mute.push_str(&alt);
            return;
        }
        let room = match self.stack.last() {
            Some(frame) => !frame.kind.is_inline() && !frame.kind.is_line() && !frame.has_open_link(),
            None => true,
        };
        if room {
            self.flush_run();
            let line = self.line;
            match self.stack.last_mut() {
                Some(frame) => frame.blocks.push(Block::Image { url, alt }),
                None => self.put(Block::Image { url, alt }, line),
            }
            return;
        }
        if self.in_link() {
            self.inline(Inline::Text(alt));
        } else if !alt.is_empty() {
            self.inline(Inline::Link { url, text: vec![Inline::Text(alt)] });
        }
    }

    fn in_link(&self) -> bool {
        self.stack.iter().any(|frame| frame.has_open_link() || matches!(frame.kind, Kind::Link(_)))
    }

    fn text(&mut self, text: &str, start: usize) {
        if let Some(Kind::Code { text: code, .. } | Kind::Html(code)) =
            self.stack.last_mut().map(|frame| &mut frame.kind)
        {
            code.push_str(text);
            return;
        }
        let escaped = text.starts_with('*') && is_escaped(self.markdown.get(..start).unwrap_or_default());
        if escaped {
            self.inline(Inline::Text(format!("{}{text}", inline::ESCAPED)));
        } else if let Some(frame) = self.stack.last_mut().filter(|_| self.mute.is_none()) {
            frame.push_text(text);
        } else {
            self.inline(Inline::Text(text.to_owned()));
        }
    }

    fn inline(&mut self, inline: Inline) {
        if let Some(mute) = &mut self.mute {
            mute.push_str(&plain(std::slice::from_ref(&inline)));
            return;
        }
        let Some(frame) = self.stack.last_mut() else {
            // Text outside any element does not happen; if it does it is not lost.
            let text = inline::finish(vec![inline], true, &mut self.document.dropped);
            let line = self.line;
            self.put(Block::Paragraph(text), line);
            return;
        };
        frame.push(inline);
    }

    fn inline_html(&mut self, html: &str) {
        for found in html::read(html) {
            match found {
                Found::ScriptEnd(name) => match self.mute.take() {
                    Some(script) => self.dropped_script(&format!("{script}</{name}>")),
                    None => self.dropped_script(html),
                },
                _ if self.mute.is_some() => {
                    if let Some(mute) = &mut self.mute {
                        mute.push_str(html);
                    }
                    return;
                }
                Found::Text(text) => self.inline(Inline::Text(text)),
                Found::Break | Found::Heading(_) | Found::HeadingEnd | Found::Item | Found::ListEnd => {
                    self.inline(Inline::Break);
                }
                Found::Link(url) => {
                    let in_link = self.in_link();
                    if let Some(frame) = self.stack.last_mut().filter(|_| !in_link) {
                        frame.open_link(url);
                    }
                }
                Found::LinkEnd => {
                    if let Some(frame) = self.stack.last_mut() {
                        frame.close_link();
                    }
                }
                Found::Image { url, alt } => self.image(url, clean::line(alt.trim())),
                Found::Comment(text) => self.comment(&text),
                Found::Script(text) => self.dropped_script(&text),
                Found::ScriptStart(_) => self.mute = Some(html.to_owned()),
            }
        }
    }

    fn comment(&mut self, text: &str) {
        // A row of dashes parts a source text and says nothing.
        if text.chars().any(char::is_alphanumeric) {
            self.document.dropped.push(Dropped::new(clean::lines(text), "an HTML comment"));
        }
    }

    fn dropped_script(&mut self, text: &str) {
        self.document.dropped.push(Dropped::new(clean::lines(text), "a script or a style sheet"));
    }

    /// A script between words that does not end before its paragraph does.
    fn flush_mute(&mut self) {
        if let Some(script) = self.mute.take() {
            self.dropped_script(&script);
        }
    }

    fn use_label(&mut self, id: &str) {
        if !id.is_empty() {
            self.used_labels.insert(id.to_lowercase());
        }
    }

    fn tooltip(&mut self, title: &str) {
        if !title.is_empty() {
            self.document.dropped.push(Dropped::new(clean::line(title), "a link's tooltip"));
        }
    }

    fn code_start(&mut self, kind: &CodeBlockKind<'_>) -> Kind {
        let info = match kind {
            CodeBlockKind::Indented => "",
            CodeBlockKind::Fenced(info) => info.as_ref(),
        };
        let (language, rest) = info.trim().split_once([' ', '\t']).unwrap_or((info.trim(), ""));
        if !rest.trim().is_empty() {
            self.document
                .dropped
                .push(Dropped::new(clean::line(rest.trim()), "stands behind a code's language"));
        }
        Kind::Code { language: clean::line(language), text: String::new() }
    }

    fn heading(&mut self, level: u8, text: Vec<Inline>, line: u32) {
        if text.is_empty() {
            return;
        }
        if self.stack.is_empty() {
            self.document.pieces.push(Piece { line, kind: PieceKind::Heading { level, text } });
        } else {
            self.put(Block::Heading(text), line);
        }
    }

    /// Makes a paragraph of the text that an item or a quote has gathered before the next block.
    fn flush_run(&mut self) {
        if let Some(frame) = self.stack.last_mut()
            && !frame.kind.is_line()
            && !frame.kind.is_inline()
        {
            frame.flush(&mut self.document.dropped);
        }
    }

    fn put(&mut self, block: Block, line: u32) {
        match self.stack.last_mut() {
            Some(frame) => frame.blocks.push(block),
            None => self.document.pieces.push(Piece { line, kind: PieceKind::Block(block) }),
        }
    }

    fn put_all(&mut self, blocks: Vec<Block>, line: u32) {
        for block in blocks {
            self.put(block, line);
        }
    }

    /// The line of a byte. Asked for in ascending order it costs one pass; a byte before the last one asked for
    /// gets that one's line.
    fn line_at(&mut self, at: usize) -> u32 {
        if let Some(passed) = self.markdown.as_bytes().get(self.counted..at) {
            let breaks = memchr::memchr_iter(b'\n', passed).count();
            self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.counted = at;
        }
        self.line
    }
}

/// Whether what follows `before` is escaped: an odd number of backslashes stands at its end.
fn is_escaped(before: &str) -> bool {
    before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
