//! What a look-up found, as lines: numbered, under their days. Where links stand differs by platform.

use crate::model::language::Language;
use crate::model::reply::Found;
use crate::render::flow::{Line, Marks, Rank, Span};
use crate::text::{Unit, clean, cut, day, safe_link};

/// Headlines and publishers are cut to this many code points, so that a page stays one message.
const HEADLINE: usize = 200;
const PUBLISHER: usize = 60;

/// The lines of a list of found articles. `linked`: the headline leads to its source.
pub(crate) fn lines(found: &[Found], language: Language, linked: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut last_day = None;
    for (number, item) in (1..).zip(found) {
        let is_new_day = last_day.replace(item.day) != Some(item.day);
        if is_new_day {
            let heading = Span::foreign(&day(item.day, language), Marks::STRONG);
            lines.push(Line::new(Rank::Section, vec![heading]).after_gap());
        }
        let rank = if is_new_day { Rank::Word } else { Rank::Article };
        let own = Line { rank, article: Some(number), opens: true, ..entry(number, item, linked) };
        lines.push(own);
        if let Some(snippet) = snippet(item) {
            lines.push(Line { article: Some(number), ..snippet });
        }
    }
    lines
}

/// What stands on the menu or button of an entry.
pub(crate) fn label(item: &Found) -> String {
    cut(clean(&item.headline).trim(), HEADLINE, Unit::CodePoints)
}

fn entry(number: usize, item: &Found, linked: bool) -> Line {
    let headline = Span::foreign(&label(item), Marks::default());
    let headline = match item.link.as_deref().and_then(safe_link).filter(|_| linked) {
        link @ Some(_) => headline.linked(link),
        None => headline,
    };
    let mut spans =
        vec![Span::ours(format!("{number}."), Marks::STRONG), Span::ours(" ", Marks::default()), headline];
    if let Some(publisher) = item.publisher.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        let publisher = cut(publisher, PUBLISHER, Unit::CodePoints);
        spans.push(Span::foreign(&format!(" — {publisher}"), Marks::default()));
    }
    Line::new(Rank::Article, spans)
}

/// The piece of text below an entry, what was looked for set bold.
fn snippet(item: &Found) -> Option<Line> {
    let spans: Vec<Span> = item
        .snippet
        .iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, is_hit)| Span::foreign(text, if *is_hit { Marks::STRONG } else { Marks::default() }))
        .collect();
    (!spans.is_empty()).then(|| Line::new(Rank::Word, spans))
}
