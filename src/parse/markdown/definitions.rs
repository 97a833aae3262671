//! What `pulldown-cmark` passes over without an event: the definitions of links (`[1]: https://…`), and lines that
//! only look like one, such as `[비고]: 내일은-쉽니다`. The latter are words of the post and must not vanish.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, RefDefs, Tag};

use crate::parse::draft::Dropped;

use super::clean;

/// Where a definition stands, and its label in lower case.
pub(super) type Definition = (String, Range<usize>);

/// The definitions that a parser knows, which are the first of each label.
pub(super) fn all(definitions: &RefDefs<'_>) -> Vec<Definition> {
    definitions.iter().map(|(label, definition)| (label.to_lowercase(), definition.span.clone())).collect()
}

/// The stretches of a text that no element covers.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    covered: usize,
    gaps: Vec<Range<usize>>,
}

impl Gaps {
    /// Takes notice of an event; they come in the order of the text.
    pub(super) fn note(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let end = match event {
            // What these cover is covered by what stands in them.
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) | Event::End(_) => return,
            Event::Start(Tag::FootnoteDefinition(name)) => range.start + "[^]:".len() + name.len(),
            _ => range.end,
        };
        if range.start > self.covered {
            self.gaps.push(self.covered..range.start);
        }
        self.covered = self.covered.max(end);
    }

    /// The words in the gaps, but for definitions whose label is `used`.
    pub(super) fn dropped(
        mut self,
        markdown: &str,
        mut definitions: Vec<Definition>,
        used: &HashSet<String>,
    ) -> Vec<Dropped> {
        self.gaps.push(self.covered.min(markdown.len())..markdown.len());
        definitions.retain(|(label, _)| used.contains(label));
        definitions.sort_by_key(|(_, span)| span.start);
        let mut spans = definitions.into_iter().map(|(_, span)| span).peekable();
        let mut dropped = Vec::new();
        let mut take = |range: Range<usize>| {
            let text = markdown.get(range).unwrap_or_default().trim();
            // Marks of quotes and lists stand in gaps too.
            if text.chars().any(char::is_alphabetic) {
                dropped.push(Dropped::new(clean::lines(text), "a link's definition that no link uses"));
            }
        };
        for gap in self.gaps {
            let mut from = gap.start;
            while let Some(span) = spans.next_if(|span| span.start < gap.end) {
                take(from..span.start);
                from = from.max(span.end);
            }
            take(from..gap.end);
        }
        dropped
    }
}
