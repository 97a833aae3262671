//! The elements on the stack of `tree.rs` that have begun and not ended.

use pulldown_cmark::TagEnd;

use crate::model::rich::{Block, Inline};
use crate::parse::draft::Dropped;

use super::inline;

/// An element that has begun and not ended.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) line: u32,
    pub(super) blocks: Vec<Block>,
    pub(super) run: Vec<Inline>,
    /// The address of an HTML link that has begun and not ended, and where it begins in `run`.
    link: Option<(String, usize)>,
}

pub(super) enum Kind {
    Paragraph,
    Heading(u8),
    Quote,
    Code { language: String, text: String },
    Html(String),
    List { start: Option<u64>, items: Vec<Vec<Block>> },
    Item,
    Footnote(String),
    Table { header: Vec<Vec<Inline>>, rows: Vec<Vec<Vec<Inline>>> },
    Row(Vec<Vec<Inline>>),
    Cell,
    Strong,
    Emphasis,
    Strike { single: bool },
    Link(String),
    Image(String),
}

impl Frame {
    pub(super) fn new(kind: Kind, line: u32) -> Self {
        Self { kind, line, blocks: Vec::new(), run: Vec::new(), link: None }
    }

    /// Adds to the run; texts that meet become one.
    pub(super) fn push(&mut self, inline: Inline) {
        match inline {
            Inline::Text(text) => self.push_text(text),
            other => self.run.push(other),
        }
    }

    /// Adds a text to the run, which copies it where it was lent and is not joined to another.
    pub(super) fn push_text(&mut self, text: impl AsRef<str> + Into<String>) {
        let link_begins = self.link.as_ref().is_some_and(|(_, from)| *from == self.run.len());
        match self.run.last_mut() {
            Some(Inline::Text(last)) if !link_begins => last.push_str(text.as_ref()),
            _ => self.run.push(Inline::Text(text.into())),
        }
    }

    /// Begins an HTML link, which ends one that is open.
    pub(super) fn open_link(&mut self, url: String) {
        self.close_link();
        self.link = Some((url, self.run.len()));
    }

    /// Ends the HTML link that is open; without its end it goes as far as its paragraph.
    pub(super) fn close_link(&mut self) {
        if let Some((url, from)) = self.link.take() {
            let text = self.run.split_off(from.min(self.run.len()));
            self.run.push(Inline::Link { url, text });
        }
    }

    /// Whether an HTML link is open.
    pub(super) fn has_open_link(&self) -> bool {
        self.link.is_some()
    }

    /// Makes a paragraph of the text gathered so far.
    pub(super) fn flush(&mut self, dropped: &mut Vec<Dropped>) {
        self.close_link();
        if self.run.is_empty() {
            return;
        }
        let run = inline::finish(std::mem::take(&mut self.run), true, dropped);
        if !run.is_empty() {
            self.blocks.push(Block::Paragraph(run));
        }
    }
}

impl Kind {
    pub(super) fn is_inline(&self) -> bool {
        matches!(self, Self::Strong | Self::Emphasis | Self::Strike { .. } | Self::Link(_) | Self::Image(_))
    }

    pub(super) fn is_container(&self) -> bool {
        matches!(self, Self::Quote | Self::List { .. } | Self::Item | Self::Footnote(_))
    }

    /// Whether it holds one line of text and no blocks.
    pub(super) fn is_line(&self) -> bool {
        matches!(self, Self::Heading(_) | Self::Cell)
    }
}

pub(super) fn is_inline_end(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

pub(super) fn is_container_end(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition)
}
