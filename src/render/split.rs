//! Divides lines into as few parts as a limit allows, cutting where it hurts least. What the limit is, is a
//! parameter: the platforms measure (`discord/layout.rs`, `telegram/markup.rs`).
//!
//! Whatever fits into a part of its own is kept whole: an article, else its sections, else their bullets, lines,
//! sentences, words; at last graphemes. All parts together hold every character of the lines, in order.

use crate::render::flow::{Line, Marker, Rank, Span, push_span};
use crate::text::{graphemes, sentence_ends};

/// More graphemes than fit any message of any platform.
const MOST: usize = 8192;

/// The lines divided into parts, none empty. `fits(lines, part)` says whether lines can be that part (from 0); if
/// lines fit, their beginnings must. A single grapheme is taken to fit.
pub(crate) fn split(lines: &[Line], fits: impl Fn(&[Line], usize) -> bool) -> Vec<Vec<Line>> {
    if lines.is_empty() {
        return Vec::new();
    }
    if lines.len() <= MOST && fits(lines, 0) {
        return vec![lines.to_vec()];
    }
    let splitter = Splitter { lines, cuts: cuts(lines), fits };
    let fresh = splitter.parts(TooLong::StartsAnew);
    // What is longer than a part may begin where the last part ends, if that saves a part.
    let filled = if fresh.len() > 1 { splitter.parts(TooLong::GoesOn) } else { Vec::new() };
    let ends = if !filled.is_empty() && filled.len() < fresh.len() { filled } else { fresh };
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends).map(|(start, end)| splitter.slice(start, *end)).collect()
}

/// Where something begins that no part can hold whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TooLong {
    /// In a part of its own.
    StartsAnew,
    /// Right behind what comes before it.
    GoesOn,
}

/// A place where the lines may be cut: before this byte of this line.
#[derive(Debug, Clone, Copy)]
struct Cut {
    line: usize,
    byte: usize,
    rank: Rank,
}

struct Splitter<'a, F> {
    lines: &'a [Line],
    cuts: Vec<Cut>,
    fits: F,
}

impl<F: Fn(&[Line], usize) -> bool> Splitter<'_, F> {
    /// Where each part ends, as places in the cuts.
    fn parts(&self, too_long: TooLong) -> Vec<usize> {
        let mut ends = Vec::new();
        let mut start = 0;
        while start < self.cuts.len() {
            start = self.end_of_part(start, ends.len(), too_long);
            ends.push(start);
        }
        ends
    }

    fn fits(&self, start: usize, end: usize, part: usize) -> bool {
        end - start <= MOST && (self.fits)(&self.slice(start, end), part)
    }

    fn end_of_part(&self, start: usize, part: usize, too_long: TooLong) -> usize {
        let farthest = self.farthest(start, part);
        if farthest == self.cuts.len() {
            return farthest;
        }
        let mut end = self.best_cut(start, farthest, part, too_long);
        // Markup can make a beginning longer than the whole by a few characters.
        while end > start + 1 && !self.fits(start, end, part) {
            end -= 1;
        }
        end
    }

    /// The farthest end at which the part still fits.
    fn farthest(&self, start: usize, part: usize) -> usize {
        let (mut good, mut step) = (start + 1, 256);
        let mut bad = loop {
            let next = (good + step).min(self.cuts.len());
            if next == good {
                return good;
            }
            if !self.fits(start, next, part) {
                break next;
            }
            good = next;
            step *= 2;
        };
        while bad - good > 1 {
            let middle = usize::midpoint(good, bad);
            if self.fits(start, middle, part) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        good
    }

    /// The last cut up to `farthest` that leaves whole what can be whole.
    fn best_cut(&self, start: usize, farthest: usize, part: usize, too_long: TooLong) -> usize {
        let mut cut = start;
        for rank in Rank::DESCENDING {
            let is_boundary = |place: &usize| self.cuts[*place].rank >= rank;
            cut = (cut + 1..=farthest).rev().find(is_boundary).unwrap_or(cut);
            if cut == start {
                continue;
            }
            let unit_end = (cut + 1..self.cuts.len()).take(MOST).find(is_boundary).unwrap_or(self.cuts.len());
            if self.fits(cut, unit_end, part + 1) {
                return cut;
            }
            if too_long == TooLong::StartsAnew && !self.is_header(start, cut) {
                return cut;
            }
        }
        farthest
    }

    /// Whether nothing of an article is in a part: it must not stand alone.
    fn is_header(&self, start: usize, end: usize) -> bool {
        let last = self.cuts[end - 1].line;
        self.lines[self.cuts[start].line..=last].iter().all(|line| line.article.is_none())
    }

    /// The lines from one cut to another.
    fn slice(&self, start: usize, end: usize) -> Vec<Line> {
        let first = self.cuts[start];
        let (last_line, last_byte) = match self.cuts.get(end) {
            Some(cut) if cut.byte == 0 => (cut.line, 0),
            Some(cut) => (cut.line + 1, cut.byte),
            None => (self.lines.len(), 0),
        };
        let mut slice = self.lines[first.line..last_line].to_vec();
        if last_byte > 0
            && let Some(line) = slice.last_mut()
        {
            line.spans = part_of(&line.spans, 0, last_byte);
            trim_end(&mut line.spans);
        }
        if first.byte > 0
            && let Some(line) = slice.first_mut()
        {
            line.spans = part_of(&line.spans, first.byte, usize::MAX);
            line.marker = Marker::None;
            line.rank = Rank::Word;
            line.opens = false;
            line.opens_section = false;
        }
        slice
    }
}

/// Every place where the lines may be cut, in order.
fn cuts(lines: &[Line]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for (line, content) in lines.iter().enumerate() {
        cuts.push(Cut { line, byte: 0, rank: content.rank });
        let text = content.text();
        let sentences = sentence_ends(&text);
        for byte in graphemes(&text).skip(1) {
            let rank = if sentences.binary_search(&byte).is_ok() {
                Rank::Sentence
            } else if text[..byte].ends_with(char::is_whitespace)
                && !text[byte..].starts_with(char::is_whitespace)
            {
                Rank::Word
            } else {
                Rank::Grapheme
            };
            cuts.push(Cut { line, byte, rank });
        }
    }
    cuts
}

/// The spans of the bytes from `start` to `end` of a line.
pub(crate) fn part_of(spans: &[Span], start: usize, end: usize) -> Vec<Span> {
    let mut part = Vec::new();
    let mut at = 0;
    for span in spans {
        let from = start.clamp(at, at + span.text.len()) - at;
        let to = end.clamp(at, at + span.text.len()) - at;
        at += span.text.len();
        if from < to {
            push_span(&mut part, span.with_text(&span.text[from..to]));
        }
    }
    part
}

fn trim_end(spans: &mut Vec<Span>) {
    while let Some(last) = spans.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        if !last.text.is_empty() {
            return;
        }
        spans.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::flow::Marks;

    fn line(rank: Rank, text: &str) -> Line {
        let article = (rank == Rank::Article).then_some(0);
        Line { article, ..Line::new(rank, vec![Span::foreign(text, Marks::default())]) }
    }

    fn split_at(lines: &[Line], limit: usize) -> Vec<Vec<String>> {
        let length = |lines: &[Line]| lines.iter().map(|line| line.text().chars().count() + 1).sum::<usize>();
        let parts = split(lines, |lines, _| length(lines) <= limit);
        parts.iter().map(|part| part.iter().map(Line::text).collect()).collect()
    }

    #[test]
    fn an_article_that_fits_a_part_is_whole() {
        let lines = [line(Rank::Article, "aaaa"), line(Rank::Article, "bb"), line(Rank::Bullet, "cc")];
        assert_eq!(split_at(&lines, 8), [vec!["aaaa"], vec!["bb", "cc"]]);
    }

    #[test]
    fn a_long_article_is_cut_between_sections_before_bullets() {
        let lines = [
            line(Rank::Article, "aa"),
            line(Rank::Bullet, "bb"),
            line(Rank::Section, "cc"),
            line(Rank::Bullet, "dd"),
        ];
        assert_eq!(split_at(&lines, 9), [vec!["aa", "bb"], vec!["cc", "dd"]]);
    }

    #[test]
    fn a_long_bullet_is_cut_between_sentences_then_words_then_graphemes() {
        assert_eq!(split_at(&[line(Rank::Article, "갔다. 왔다. 봤다.")], 9), [["갔다. 왔다."], ["봤다."]]);
        assert_eq!(split_at(&[line(Rank::Article, "one two three")], 9), [["one two"], ["three"]]);
        assert_eq!(split_at(&[line(Rank::Article, "가나다라마바사")], 5), [["가나다라"], ["마바사"]]);
    }

    #[test]
    fn what_is_too_long_begins_in_the_part_before_only_if_that_saves_one() {
        let lines = [line(Rank::Article, "aa"), line(Rank::Article, "bb bb bb bb")];
        assert_eq!(split_at(&lines, 9), [vec!["aa", "bb bb"], vec!["bb bb"]]);
        let lines = [line(Rank::Article, "aaaaa"), line(Rank::Article, "bb bb bb bb bb bb")];
        assert_eq!(split_at(&lines, 9), [["aaaaa"], ["bb bb bb"], ["bb bb bb"]]);
    }
}
