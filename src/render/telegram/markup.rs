//! Lines to Telegram's HTML, measured as Telegram measures it.

use crate::render::flow::{Frame, Line, Marker, Rank, Span};
use crate::render::split::part_of;
use crate::text::{Unit, attribute, defuse, html};

/// Deeper lists are indented no further.
const DEEPEST: usize = 4;

/// A message's text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Html {
    /// With tags.
    pub(super) raw: String,
    /// As it is read, in UTF-16 units.
    pub(super) units: usize,
    /// Ours, and as many as Telegram may find by itself: past a hundred it drops formatting in silence.
    pub(super) entities: usize,
}

impl Html {
    /// Whether Telegram takes it: 4,096 units after parsing (Bot API, `sendMessage`), 100 entities
    /// (TDLib, `MessageEntity.cpp`), 32,768 bytes before parsing (Bot API server, `Client.cpp`).
    pub(super) fn fits(&self) -> bool {
        self.units <= 4096 && self.entities <= 100 && self.raw.len() < 32_768
    }

    fn push_tagged(&mut self, open: &str, close: &str, content: impl FnOnce(&mut Self)) {
        let (before, units) = (self.raw.len(), self.units);
        self.raw.push_str(open);
        content(self);
        if self.units == units {
            // Telegram has no empty entities.
            self.raw.truncate(before);
            return;
        }
        self.raw.push_str(close);
        self.entities += 1;
    }

    fn push(&mut self, text: &str) {
        self.raw.push_str(&html(text));
        self.units += Unit::Utf16.measure(text);
    }

    /// Nothing in code becomes a mention, so it can be copied as it is. It is measured as it stands in the message
    /// without markup, which must fit too.
    fn push_code(&mut self, text: &str) {
        self.units += Unit::Utf16.measure(&defuse(text)) - Unit::Utf16.measure(text);
        self.push(text);
    }
}

/// The lines as HTML.
pub(super) fn set(lines: &[Line]) -> Html {
    let mut out = Html::default();
    for group in lines.chunk_by(|a, b| a.folded == b.folded && (!a.folded || a.article == b.article)) {
        push_break(&group[0], &mut out);
        if group[0].folded {
            out.push_tagged("<blockquote expandable>", "</blockquote>", |out| push_lines(group, true, out));
        } else {
            push_lines(group, false, &mut out);
        }
    }
    out
}

/// The same words without markup.
pub(super) fn plain(lines: &[Line]) -> String {
    let mut out = String::new();
    for line in lines {
        if !out.is_empty() {
            out.push_str(if line.gap { "\n\n" } else { "\n" });
        }
        out.push_str(&prefix(line, true));
        for span in &line.spans {
            out.push_str(&if span.ours { span.text.clone() } else { defuse(&span.text) });
        }
    }
    out
}

fn push_break(line: &Line, out: &mut Html) {
    if !out.raw.is_empty() {
        out.push(if line.gap { "\n\n" } else { "\n" });
    }
}

/// `in_quote`: quotes cannot stand in quotes, so one that does is marked by hand.
fn push_lines(lines: &[Line], in_quote: bool, out: &mut Html) {
    let groups = lines.chunk_by(|before, line| match &line.frame {
        Frame::Open => before.frame == Frame::Open,
        Frame::Quote => before.frame == Frame::Quote,
        Frame::Code(_) => before.frame == line.frame && line.rank <= Rank::Line && !line.gap,
    });
    for (place, group) in groups.enumerate() {
        if place > 0 {
            push_break(&group[0], out);
        }
        match &group[0].frame {
            Frame::Quote if !in_quote => {
                out.push_tagged("<blockquote>", "</blockquote>", |out| push_rows(group, true, out));
            }
            Frame::Open | Frame::Quote => push_rows(group, !in_quote, out),
            Frame::Code(language) if language.is_empty() => {
                out.push_tagged("<pre>", "</pre>", |out| push_code(group, out));
            }
            Frame::Code(language) => {
                let open = format!("<pre><code class=\"language-{}\">", attribute(language));
                out.push_tagged(&open, "</code></pre>", |out| push_code(group, out));
            }
        }
    }
}

fn push_code(lines: &[Line], out: &mut Html) {
    for (place, line) in lines.iter().enumerate() {
        if place > 0 {
            out.push("\n");
        }
        out.push_code(&line.text());
    }
}

fn push_rows(lines: &[Line], quotes_are_set: bool, out: &mut Html) {
    for (place, line) in lines.iter().enumerate() {
        if place > 0 {
            push_break(line, out);
        }
        out.push(&prefix(line, !quotes_are_set));
        push_spans(&line.spans, &Wrap::ALL, out);
    }
}

/// What stands before a line's text.
fn prefix(line: &Line, mark_quotes: bool) -> String {
    let mut prefix = "  ".repeat(line.depth.min(DEEPEST));
    if mark_quotes && line.frame == Frame::Quote {
        prefix.insert_str(0, "> ");
    }
    match line.marker {
        Marker::None => {}
        Marker::Bullet if line.depth == 0 => prefix.push_str("• "),
        Marker::Bullet => prefix.push_str("◦ "),
        Marker::Number(number) => prefix.push_str(&format!("{number}. ")),
    }
    prefix
}

/// Tags that go around spans, outermost first. Code holds and bears no others (Bot API, "Formatting options").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Code,
    Strong,
    Emphasis,
    Strike,
    Link,
}

impl Wrap {
    const ALL: [Self; 5] = [Self::Code, Self::Strong, Self::Emphasis, Self::Strike, Self::Link];

    fn same(self, a: &Span, b: &Span) -> bool {
        self.is_on(a) == self.is_on(b) && (self != Self::Link || a.link == b.link)
    }

    fn is_on(self, span: &Span) -> bool {
        match self {
            // A link within code would be lost, so a link it is.
            Self::Code => span.marks.code && span.link.is_none(),
            Self::Strong => span.marks.strong,
            Self::Emphasis => span.marks.emphasis,
            Self::Strike => span.marks.strike,
            Self::Link => span.link.is_some(),
        }
    }
}

fn push_spans(spans: &[Span], wraps: &[Wrap], out: &mut Html) {
    let Some((wrap, inner)) = wraps.split_first() else {
        spans.iter().for_each(|span| push_text(span, out));
        return;
    };
    for group in spans.chunk_by(|a, b| wrap.same(a, b)) {
        if !wrap.is_on(&group[0]) {
            push_spans(group, inner, out);
            continue;
        }
        // Telegram takes blanks at the edges out of most entities: they go outside.
        let text: String = group.iter().map(|span| span.text.as_str()).collect();
        let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
        out.push(&text[..start.min(end)]);
        let core = part_of(group, start, end);
        match wrap {
            Wrap::Code => out.push_tagged("<code>", "</code>", |out| {
                core.iter().for_each(|span| out.push_code(&span.text));
            }),
            Wrap::Strong => out.push_tagged("<b>", "</b>", |out| push_spans(&core, inner, out)),
            Wrap::Emphasis => out.push_tagged("<i>", "</i>", |out| push_spans(&core, inner, out)),
            Wrap::Strike => out.push_tagged("<s>", "</s>", |out| push_spans(&core, inner, out)),
            Wrap::Link => {
                let address = group[0].link.as_deref().unwrap_or_default();
                let open = format!("<a href=\"{}\">", attribute(address));
                out.push_tagged(&open, "</a>", |out| push_spans(&core, inner, out));
            }
        }
        out.push(&text[end..]);
    }
}

fn push_text(span: &Span, out: &mut Html) {
    if span.ours {
        out.entities += span.text.matches('#').count();
        out.push(&span.text);
        return;
    }
    if span.link.is_none() {
        out.entities += found_addresses(&span.text);
    }
    out.push(&defuse(&span.text));
}

/// How many addresses without a scheme (`openai.com`) Telegram may find in a text, at most.
fn found_addresses(text: &str) -> usize {
    let dots = text.match_indices('.');
    let within_word = dots.filter(|(at, _)| {
        text[..*at].ends_with(char::is_alphanumeric) && text[at + 1..].starts_with(char::is_alphabetic)
    });
    within_word.count()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::{Block, Inline, Language};
    use crate::render::flow::lines;

    fn text(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    #[rstest]
    #[case::label(vec![Inline::Strong(vec![text("라벨")]), text(": 글")], "<b>라벨</b>: 글")]
    #[case::escapes(vec![text("<b>R&D</b> @a #b /c")], "&lt;b&gt;R&amp;D&lt;/\u{2060}b&gt; @\u{2060}a #\u{2060}b /\u{2060}c")]
    #[case::nested(
        vec![Inline::Strong(vec![text("a "), Inline::Emphasis(vec![text("b")])])],
        "<b>a <i>b</i></b>"
    )]
    #[case::code_alone(vec![Inline::Strong(vec![text("a"), Inline::Code("/b".to_owned())])], "<b>a</b><code>/b</code>")]
    #[case::link(
        vec![Inline::Link { url: "https://e.x/?a=1&b=\"".to_owned(), text: vec![Inline::Code("글".to_owned())] }],
        "<a href=\"https://e.x/?a=1&amp;b=%22\">글</a>"
    )]
    #[case::blanks_go_outside(vec![text("a"), Inline::Strong(vec![text(" b ")]), text("c")], "a <b>b</b> c")]
    #[case::only_blanks(vec![text("a"), Inline::Strong(vec![text("  ")]), text("c")], "a  c")]
    fn runs_are_set(#[case] run: Vec<Inline>, #[case] expected: &str) {
        assert_eq!(set(&lines(&[Block::Paragraph(run)], Language::Ko)).raw, expected);
    }

    #[test]
    fn blocks_are_set() {
        let item = |name: &str| vec![Block::Paragraph(vec![text(name)])];
        let nested =
            vec![Block::Paragraph(vec![text("겉")]), Block::List { start: Some(2), items: vec![item("속")] }];
        let blocks = [
            Block::List { start: None, items: vec![nested, item("끝")] },
            Block::Quote(vec![Block::Paragraph(vec![text("말")])]),
            Block::Code { language: "rust".to_owned(), text: "a < b\nc".to_owned() },
            Block::Table {
                header: vec![vec![text("가")], vec![text("나")]],
                rows: vec![vec![vec![text("1")], vec![text("2")]]],
            },
            Block::Image { url: "https://e.x/p.png".to_owned(), alt: String::new() },
        ];
        insta::assert_snapshot!(set(&lines(&blocks, Language::Ko)).raw, @r#"
        • 겉
          2. 속
        • 끝
        <blockquote>말</blockquote>
        <pre><code class="language-rust">a &lt; b
        c</code></pre>
        <b>가</b> | <b>나</b>
        1 | 2
        🖼 <a href="https://e.x/p.png">그림</a>
        "#);
    }

    #[test]
    fn what_is_measured_is_what_is_read() {
        let line =
            lines(&[Block::Paragraph(vec![Inline::Strong(vec![text("a&b 📰 @c e.com")])])], Language::Ko);
        let Html { units, entities, .. } = set(&line);
        assert_eq!((units, entities), ("a&b .. @\u{2060}c e.com".chars().count(), 2));
    }
}
