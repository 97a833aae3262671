//! A stretch of HTML at a post's top level, or inside a list or quote: its headings, paragraphs, lists and pictures.

use crate::model::rich::{Block, Inline};
use crate::parse::markdown::frame::{Frame, Kind};
use crate::parse::markdown::html::{self, Found};
use crate::parse::markdown::{clean, inline};

use super::Tree;

impl Tree<'_> {
    pub(super) fn html_block(&mut self, html: &str, line: u32) {
        let mut frame = Frame::new(Kind::Paragraph, line);
        // The items of a list so far; lists in lists are one.
        let mut items: Option<Vec<Vec<Block>>> = None;
        for found in html::read(html) {
            match found {
                Found::Text(text) => push_lines(&text, &mut frame),
                Found::Break => frame.push(Inline::Break),
                // Inside an item a heading is a line.
                Found::Heading(_) | Found::HeadingEnd if items.is_some() => frame.push(Inline::Break),
                Found::Heading(level) => {
                    self.end_part(&mut frame);
                    frame.kind = Kind::Heading(level);
                }
                Found::HeadingEnd => self.end_part(&mut frame),
                Found::Item => match &mut items {
                    Some(items) => self.end_item(&mut frame, items),
                    None => {
                        self.end_part(&mut frame);
                        items = Some(Vec::new());
                    }
                },
                Found::ListEnd => {
                    if let Some(mut items) = items.take() {
                        self.end_item(&mut frame, &mut items);
                        self.put_items(items, line);
                    }
                }
                Found::Link(url) => frame.open_link(url),
                Found::LinkEnd => frame.close_link(),
                Found::Image { url, alt } if frame.has_open_link() || frame.kind.is_line() => {
                    let alt = clean::line(alt.trim());
                    let shown = if alt.is_empty() { url } else { alt };
                    frame.push(Inline::Text(shown));
                }
                Found::Image { url, alt } => {
                    frame.flush(&mut self.document.dropped);
                    frame.blocks.push(Block::Image { url, alt: clean::line(alt.trim()) });
                }
                Found::Comment(text) => self.comment(&text),
                Found::Script(text) => self.dropped_script(&text),
                Found::ScriptStart(name) | Found::ScriptEnd(name) => {
                    self.dropped_script(&format!("<{name}>"));
                }
            }
        }
        if let Some(mut items) = items {
            self.end_item(&mut frame, &mut items);
            self.put_items(items, line);
        }
        self.end_part(&mut frame);
    }

    fn put_items(&mut self, items: Vec<Vec<Block>>, line: u32) {
        if !items.is_empty() {
            self.put(Block::List { start: None, items }, line);
        }
    }

    /// Makes an item of what a stretch of HTML has so far.
    fn end_item(&mut self, frame: &mut Frame, items: &mut Vec<Vec<Block>>) {
        frame.flush(&mut self.document.dropped);
        let blocks = std::mem::take(&mut frame.blocks);
        if !blocks.is_empty() {
            items.push(blocks);
        }
    }

    /// Hands on what a stretch of HTML has so far: its heading, or its paragraphs.
    fn end_part(&mut self, frame: &mut Frame) {
        let line = frame.line;
        let kind = std::mem::replace(&mut frame.kind, Kind::Paragraph);
        if let Kind::Heading(level) = kind {
            frame.close_link();
            let run = std::mem::take(&mut frame.run);
            let text = inline::finish(run, false, &mut self.document.dropped);
            self.heading(level, text, line);
            return;
        }
        frame.flush(&mut self.document.dropped);
        let blocks = std::mem::take(&mut frame.blocks);
        self.put_all(blocks, line);
    }
}

/// The words of a stretch of HTML, whose lines are indented as it pleases. Blanks part words also across a tag:
/// `<b>a</b> <i>b</i>`.
fn push_lines(text: &str, frame: &mut Frame) {
    for (place, line) in text.split('\n').enumerate() {
        if place > 0 {
            frame.push(Inline::Break);
        }
        let words = line.trim_matches([' ', '\t']);
        let lead = if line.starts_with([' ', '\t']) { " " } else { "" };
        let tail = if line.ends_with([' ', '\t']) { " " } else { "" };
        frame.push(Inline::Text(format!("{lead}{words}{tail}")));
    }
}
