//! Rich text as a small tree: what the parser makes of Markdown and what the renderers set.
//!
//! It is data from a post and therefore hostile: nothing here is escaped, and a [`Inline::Link`] may hold any
//! address. Escaping and the choice of safe links are the renderers' (`render/`).

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

/// The visible text of a run, without markup; a [`Inline::Break`] becomes a line feed.
pub fn plain(run: &[Inline]) -> String {
    let mut text = String::new();
    push_plain(run, &mut text);
    text
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
    let mut lines = Vec::new();
    push_lines(blocks, "", &mut lines);
    lines.join("\n")
}

fn push_lines(blocks: &[Block], indent: &str, lines: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Paragraph(run) | Block::Heading(run) => push_text(&plain(run), indent, lines),
            Block::List { start, items } => push_items(*start, items, indent, lines),
            Block::Quote(blocks) => push_lines(blocks, &format!("{indent}> "), lines),
            Block::Code { text, .. } => push_text(text, indent, lines),
            Block::Table { header, rows } => {
                for row in std::iter::once(header).chain(rows) {
                    let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
                    push_text(&cells.join(" | "), indent, lines);
                }
            }
            Block::Image { alt, .. } if alt.is_empty() => {}
            Block::Image { alt, .. } => push_text(alt, indent, lines),
        }
    }
}

fn push_items(start: Option<u64>, items: &[Vec<Block>], indent: &str, lines: &mut Vec<String>) {
    for (place, item) in items.iter().enumerate() {
        let marker = match start {
            Some(first) => format!("{}. ", first.saturating_add(place as u64)),
            None => "- ".to_owned(),
        };
        let before = lines.len();
        push_lines(item, &format!("{indent}  "), lines);
        match lines.get_mut(before) {
            Some(first) => *first = format!("{indent}{marker}{}", first.trim_start()),
            None => lines.push(format!("{indent}{}", marker.trim_end())),
        }
    }
}

fn push_text(text: &str, indent: &str, lines: &mut Vec<String>) {
    lines.extend(text.split('\n').map(|line| format!("{indent}{line}")));
}
