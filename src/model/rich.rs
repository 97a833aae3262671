//! Rich text as a small tree: what the parser makes of Markdown and what the renderers set.
//!
//! It is data from a post and therefore hostile: nothing here is escaped, and a [`Inline::Link`] may hold any
//! address. Escaping and the choice of safe links are the renderers' (`render/`).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A block of a section: something that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading inside a section, below the section's own title.
    Heading(Vec<Inline>),
    /// A bullet list, or a numbered one.
    List {
        /// The first number of a numbered list; `None` for bullets.
        start: Option<u64>,
        /// Each item is a run of blocks: nested lists stand inside their item.
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Quote(Vec<Block>),
    /// Preformatted text.
    Code {
        /// The info string's first word, such as `rust`; empty if there is none.
        language: String,
        /// The text without the fence, without a final line break.
        text: String,
    },
    /// A table; every row has as many cells as it had in the post.
    Table {
        /// The header row.
        header: Vec<Vec<Inline>>,
        /// The rows below it.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A picture that stands alone.
    Image {
        /// Where the picture is.
        url: String,
        /// What it shows, in words; may be empty.
        alt: String,
    },
}

/// A run of text inside a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inline {
    /// Plain text. May hold any character but line breaks.
    Text(String),
    /// Strong emphasis, `**…**`.
    Strong(Vec<Inline>),
    /// Emphasis, `*…*`.
    Emphasis(Vec<Inline>),
    /// Struck out, `~~…~~`.
    Strike(Vec<Inline>),
    /// Code within a line.
    Code(String),
    /// A link; the address is as the post writes it and may be of any scheme.
    Link {
        /// The address.
        url: String,
        /// What is shown for it.
        text: Vec<Inline>,
    },
    /// A line break within a block.
    Break,
}

/// The visible text of a run, without markup; a [`Inline::Break`] becomes a line feed. A run of one text, as most are, is
/// lent and not copied.
pub fn plain(run: &[Inline]) -> Cow<'_, str> {
    match run {
        [] => Cow::Borrowed(""),
        [Inline::Text(text) | Inline::Code(text)] => Cow::Borrowed(text),
        [
            Inline::Strong(run)
            | Inline::Emphasis(run)
            | Inline::Strike(run)
            | Inline::Link { text: run, .. },
        ] => plain(run),
        run => {
            let mut text = String::new();
            push_plain(run, &mut text);
            Cow::Owned(text)
        }
    }
}

fn push_plain(run: &[Inline], out: &mut String) {
    for inline in run {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Strong(run) | Inline::Emphasis(run) | Inline::Strike(run) => push_plain(run, out),
            Inline::Link { text, .. } => push_plain(text, out),
            Inline::Break => out.push('\n'),
        }
    }
}

/// The visible text of blocks: a line each, list items with `- ` or their number and two blanks of indent a
/// level, table cells parted by ` | `. Every visible word of the blocks is in it.
pub fn plain_blocks(blocks: &[Block]) -> String {
    let mut lines = Lines::default();
    lines.push_blocks(blocks, "");
    lines.text
}

/// Text that grows by lines.
#[derive(Default)]
struct Lines {
    text: String,
    /// How many there are.
    count: usize,
}

impl Lines {
    fn push_blocks(&mut self, blocks: &[Block], indent: &str) {
        for block in blocks {
            match block {
                Block::Paragraph(run) | Block::Heading(run) => self.push(&plain(run), indent),
                Block::List { start, items } => self.push_items(*start, items, indent),
                Block::Quote(blocks) => self.push_blocks(blocks, &format!("{indent}> ")),
                Block::Code { text, .. } => self.push(text, indent),
                Block::Table { header, rows } => {
                    for row in std::iter::once(header).chain(rows) {
                        let cells: Vec<_> = row.iter().map(|cell| plain(cell)).collect();
                        self.push(&cells.join(" | "), indent);
                    }
                }
                Block::Image { alt, .. } if alt.is_empty() => {}
                Block::Image { alt, .. } => self.push(alt, indent),
            }
        }
    }

    fn push_items(&mut self, start: Option<u64>, items: &[Vec<Block>], indent: &str) {
        let inner = format!("{indent}  ");
        for (place, item) in items.iter().enumerate() {
            let marker = match start {
                Some(first) => format!("{}. ", first.saturating_add(place as u64)),
                None => "- ".to_owned(),
            };
            let count = self.count;
            let begin = self.text.len() + usize::from(count > 0);
            self.push_blocks(item, &inner);
            if self.count == count {
                self.push(marker.trim_end(), indent);
                continue;
            }
            let added = self.text.get(begin..).unwrap_or_default();
            let first = added.split('\n').next().unwrap_or_default();
            let blanks = first.len() - first.trim_start().len();
            self.text.replace_range(begin..begin + blanks, &format!("{indent}{marker}"));
        }
    }

    fn push(&mut self, text: &str, indent: &str) {
        for line in text.split('\n') {
            if self.count > 0 {
                self.text.push('\n');
            }
            self.count += 1;
            self.text.push_str(indent);
            self.text.push_str(line);
        }
    }
}
