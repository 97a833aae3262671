//! Lines to Discord's Markdown. Every length on Discord is of this text, in code points.

use crate::render::flow::{Frame, Line, Marker, Rank, Span};
use crate::render::split::part_of;
use crate::text::{discord_code, discord_markdown};

/// The longest address of a post's link within text, in code points: a longer one would crowd out the text, and
/// a field holds no more than 1,024. The words stay.
const INLINE_LINK: usize = 512;

/// Deeper lists are indented no further.
const DEEPEST: usize = 4;

/// The lines as Markdown.
pub(super) fn markdown(lines: &[Line]) -> String {
    let mut out = String::new();
    for (place, line) in lines.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| &lines[before]);
        let goes_on = before.is_some_and(|before| is_same_code(before, line));
        if let Some(before) = before {
            if matches!(before.frame, Frame::Code(_)) && !goes_on {
                out.push_str("\n```");
            }
            out.push_str(if line.gap { "\n\n" } else { "\n" });
        }
        match &line.frame {
            Frame::Code(language) => {
                if !goes_on {
                    out.push_str("```");
                    out.push_str(language);
                    out.push('\n');
                }
                push_code(&line.text(), &mut out);
            }
            Frame::Open | Frame::Quote => push_line(line, &mut out),
        }
    }
    if matches!(lines.last(), Some(Line { frame: Frame::Code(_), .. })) {
        out.push_str("\n```");
    }
    out
}

/// Whether two lines are of one block of code.
fn is_same_code(before: &Line, line: &Line) -> bool {
    matches!(line.frame, Frame::Code(_)) && before.frame == line.frame && line.rank <= Rank::Line && !line.gap
}

/// A line of a code block; a fence in it is taken apart invisibly.
fn push_code(text: &str, out: &mut String) {
    out.push_str(&text.replace("``", "`\u{2060}`"));
}

fn push_line(line: &Line, out: &mut String) {
    if line.frame == Frame::Quote {
        out.push_str("> ");
    }
    out.push_str(&"  ".repeat(line.depth.min(DEEPEST)));
    match line.marker {
        Marker::None => {}
        Marker::Bullet => out.push_str("- "),
        Marker::Number(number) => out.push_str(&format!("{number}. ")),
    }
    let start = out.len();
    push_spans(&line.spans, &Wrap::ALL, start, out);
}

/// Markup that goes around spans, outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrap {
    Strong,
    Emphasis,
    Strike,
    Link,
}

impl Wrap {
    const ALL: [Self; 4] = [Self::Strong, Self::Emphasis, Self::Strike, Self::Link];

    fn same(self, a: &Span, b: &Span) -> bool {
        match self {
            Self::Strong => a.marks.strong == b.marks.strong,
            Self::Emphasis => a.marks.emphasis == b.marks.emphasis,
            Self::Strike => a.marks.strike == b.marks.strike,
            Self::Link => a.link == b.link,
        }
    }

    fn is_on(self, span: &Span) -> bool {
        match self {
            Self::Strong => span.marks.strong,
            Self::Emphasis => span.marks.emphasis,
            Self::Strike => span.marks.strike,
            Self::Link => span.link.is_some(),
        }
    }
}

/// `line_start` is where in `out` the line's text begins.
fn push_spans(spans: &[Span], wraps: &[Wrap], line_start: usize, out: &mut String) {
    let Some((wrap, inner)) = wraps.split_first() else {
        for span in spans {
            push_text(span, line_start, out);
        }
        return;
    };
    for group in spans.chunk_by(|a, b| wrap.same(a, b)) {
        if !wrap.is_on(&group[0]) {
            push_spans(group, inner, line_start, out);
            continue;
        }
        // Markup that begins or ends with a blank does not work: the blanks go outside.
        let text: String = group.iter().map(|span| span.text.as_str()).collect();
        let lead = text.len() - text.trim_start().len();
        let core = part_of(group, lead, text.trim_end().len());
        out.push_str(&text[..lead]);
        if !core.is_empty() {
            match wrap {
                Wrap::Strong => push_wrapped("**", &core, inner, line_start, out),
                Wrap::Emphasis => push_wrapped("*", &core, inner, line_start, out),
                Wrap::Strike => push_wrapped("~~", &core, inner, line_start, out),
                Wrap::Link => push_link(&core, line_start, out),
            }
            out.push_str(&text[text.trim_end().len()..]);
        }
    }
}

fn push_wrapped(mark: &str, spans: &[Span], inner: &[Wrap], line_start: usize, out: &mut String) {
    if out.len() > line_start && out.ends_with(&mark[..1]) {
        // `**a***b*` would be read otherwise than it is meant.
        out.push('\u{2060}');
    }
    out.push_str(mark);
    let content = out.len();
    push_spans(spans, inner, line_start, out);
    if out.len() == content {
        out.truncate(content - mark.len());
    } else {
        out.push_str(mark);
    }
}

/// A link: the address itself in angle brackets, or text with the address behind it. Discord takes no unbalanced
/// brackets in such text, so the longest run without any is what links.
fn push_link(spans: &[Span], line_start: usize, out: &mut String) {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let address = spans.first().and_then(|span| span.link.as_deref()).unwrap_or_default();
    let ours = spans.first().is_some_and(|span| span.ours);
    let is_too_long = !ours && address.chars().count() > INLINE_LINK;
    // In angle brackets an address may have round ones.
    if !is_too_long && text == address && !address.contains(|c| c != '(' && c != ')' && is_loud(c)) {
        out.push_str(&format!("<{address}>"));
        return;
    }
    let mut from = 0;
    let runs = text.split(['[', ']']).map(|run| {
        let start = from;
        from += run.len() + 1;
        start..start + run.len()
    });
    // A text that names an address of its own would mislead, and Discord does not link it.
    let linked = runs.max_by_key(|run| run.len()).filter(|run| {
        !is_too_long && !text[run.clone()].trim().is_empty() && !text[run.clone()].contains("://")
    });
    let Some(linked) = linked else {
        return push_spans(spans, &[], line_start, out);
    };
    push_spans(&part_of(spans, 0, linked.start), &[], line_start, out);
    out.push('[');
    push_spans(&part_of(spans, linked.start, linked.end), &[], line_start, out);
    out.push_str(&format!("]({})", quiet(address)));
    push_spans(&part_of(spans, linked.end, usize::MAX), &[], line_start, out);
}

/// An address without the characters that end a link or open other markup.
fn quiet(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        if is_loud(c) {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn is_loud(c: char) -> bool {
    matches!(c, '(' | ')' | '*' | '~' | '`' | '|' | '<' | '>' | '@')
}

fn push_text(span: &Span, line_start: usize, out: &mut String) {
    if span.marks.code {
        out.push_str(&discord_code(&span.text));
        return;
    }
    if span.marks.mention {
        out.push_str(&span.text);
        return;
    }
    let is_start = !span.ours && out[line_start..].chars().all(|c| c.is_whitespace() || c == '*' || c == '~');
    out.push_str(&discord_markdown(&span.text, is_start));
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

    fn link(url: &str, shown: &str) -> Inline {
        Inline::Link { url: url.to_owned(), text: vec![text(shown)] }
    }

    fn set(run: Vec<Inline>) -> String {
        markdown(&lines(&[Block::Paragraph(run)], Language::Ko))
    }

    #[rstest]
    #[case::label(vec![Inline::Strong(vec![text("라벨")]), text(": 글")], "**라벨**: 글")]
    #[case::blanks_go_outside(vec![text("a"), Inline::Strong(vec![text(" b ")]), text("c")], "a **b** c")]
    #[case::only_blanks(vec![text("a"), Inline::Strong(vec![text(" ")]), text("c")], "a c")]
    #[case::nested(
        vec![Inline::Strong(vec![text("a "), Inline::Emphasis(vec![text("b")])])],
        "**a *b***"
    )]
    #[case::side_by_side(
        vec![Inline::Strong(vec![text("a")]), Inline::Emphasis(vec![text("b")])],
        "**a**\u{2060}*b*"
    )]
    #[case::link(vec![link("https://e.x/a(b)", "글")], "[글](https://e.x/a%28b%29)")]
    #[case::brackets(vec![link("https://e.x/", "[단독] 삼성")], "\\[단독\\][ 삼성](https://e.x/)")]
    #[case::unsafe_link(vec![link("javascript:x", "글")], "글")]
    #[case::bare_link(vec![text("보기 https://e.x/a_b.")], "보기 <https://e.x/a_b>.")]
    #[case::misleading(vec![link("https://e.x/", "https://bank.com")], "https\\://bank.com")]
    #[case::code(vec![Inline::Code("a*b".to_owned())], "`a*b`")]
    fn runs_are_set(#[case] run: Vec<Inline>, #[case] expected: &str) {
        assert_eq!(set(run), expected);
    }

    #[test]
    fn blocks_are_set() {
        let item = |name: &str| vec![Block::Paragraph(vec![text(name)])];
        let nested = vec![
            Block::Paragraph(vec![text("겉")]),
            Block::List { start: Some(2), items: vec![item("속"), item("# 속")] },
        ];
        let blocks = [
            Block::Paragraph(vec![text("# 제목 아님"), Inline::Break, text("- 목록 아님")]),
            Block::List { start: None, items: vec![nested, item("끝")] },
            Block::Quote(vec![Block::Paragraph(vec![text("말")])]),
            Block::Code { language: "rust".to_owned(), text: "a\n```\nb".to_owned() },
            Block::Table {
                header: vec![vec![text("가")], vec![text("나")]],
                rows: vec![vec![vec![text("1")], vec![text("2")]]],
            },
            Block::Image { url: "https://e.x/p.png".to_owned(), alt: "그림".to_owned() },
        ];
        // The word joiner is shown, so that it can be seen.
        let markdown = markdown(&lines(&blocks, Language::Ko)).replace('\u{2060}', "{joiner}");
        insta::assert_snapshot!(markdown, @r"
        \# 제목 아님
        \- 목록 아님
        - 겉
          2. 속
          3. \# 속
        - 끝
        > 말
        ```rust
        a
        `{joiner}``
        b
        ```
        **가** | **나**
        1 | 2
        🖼 [그림](https://e.x/p.png)
        ");
    }
}
