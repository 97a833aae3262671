//! Discord's Markdown as HTML: blocks first (code, quotes, headings, lists), then what stands in a line.
//!
//! Discord has no reference for its dialect; the rules are those of its client, which knows no HTML.

use maud::{Markup, html};

use super::ready;
use crate::draw::{link, push_text};
use crate::text::attribute;

/// Lists are shown no deeper.
const DEEPEST: usize = 8;
/// Marks stand in one another no deeper: beyond, they are text.
const MOST_MARKS: usize = 8;

/// A text of many lines.
pub(super) fn blocks(text: &str) -> Markup {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut rest = lines.as_slice();
    let mut drawn = Vec::new();
    while !rest.is_empty() {
        let (block, taken) = code(rest)
            .or_else(|| quote(rest))
            .or_else(|| heading(rest))
            .or_else(|| list(rest))
            .unwrap_or_else(|| running_text(rest));
        drawn.push(block);
        rest = rest.get(taken.max(1)..).unwrap_or_default();
    }
    html! { @for block in drawn { (block) } }
}

/// A text of one line, or one in which lines mean nothing.
pub(super) fn line(text: &str) -> Markup {
    let mut out = String::new();
    inline(text, 0, &mut out);
    ready(out)
}

/// A block and how many lines it takes.
type Block = (Markup, usize);

/// Between lines of three backticks.
fn code(lines: &[&str]) -> Option<Block> {
    lines.first()?.strip_prefix("```")?;
    let end = lines.iter().skip(1).position(|line| line.starts_with("```"))? + 1;
    let text = lines.get(1..end)?.join("\n");
    Some((html! { pre { code { (text) } } }, end + 1))
}

fn quote(lines: &[&str]) -> Option<Block> {
    let quoted: Vec<&str> = lines.iter().map_while(|line| line.strip_prefix("> ")).collect();
    if quoted.is_empty() {
        return None;
    }
    // What is quoted begins no quote of its own, so this goes one level deep.
    Some((html! { blockquote { (blocks(&quoted.join("\n"))) } }, quoted.len()))
}

fn heading(lines: &[&str]) -> Option<Block> {
    let first = lines.first()?;
    if let Some(text) = first.strip_prefix("-# ") {
        return Some((html! { p class="d-small" { (line(text)) } }, 1));
    }
    let level = first.bytes().take_while(|byte| *byte == b'#').count();
    let text = first.get(level..)?.strip_prefix(' ').filter(|_| (1..=3).contains(&level))?;
    Some((html! { p class="d-heading" { (line(text)) } }, 1))
}

fn list(lines: &[&str]) -> Option<Block> {
    let items: Vec<Item<'_>> = lines.iter().map_while(|line| Item::read(line)).collect();
    (!items.is_empty()).then(|| (nested(&items), items.len()))
}

/// Lines up to the next block; their ends are seen.
fn running_text(lines: &[&str]) -> Block {
    let begins = |at: &usize| {
        let rest = lines.get(*at..).unwrap_or_default();
        code(rest).is_some() || heading(rest).is_some() || rest.first().is_some_and(|line| is_special(line))
    };
    let end = (1..lines.len()).find(begins).unwrap_or(lines.len());
    (html! { div class="text" { (line(&lines.get(..end).unwrap_or_default().join("\n"))) } }, end)
}

fn is_special(line: &str) -> bool {
    line.starts_with("> ") || Item::read(line).is_some()
}

/// A line of a list.
struct Item<'a> {
    depth: usize,
    number: Option<u64>,
    text: &'a str,
}

impl<'a> Item<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let body = line.trim_start_matches(' ');
        let depth = ((line.len() - body.len()) / 2).min(DEEPEST);
        if let Some(text) = body.strip_prefix("- ").or_else(|| body.strip_prefix("* ")) {
            return Some(Self { depth, number: None, text });
        }
        let (number, text) = body.split_once(". ")?;
        Some(Self { depth, number: Some(number.parse().ok()?), text })
    }
}

fn nested(items: &[Item<'_>]) -> Markup {
    let Some(first) = items.first() else { return html! {} };
    // An item with those below it that are deeper.
    let groups: Vec<&[Item<'_>]> = items.chunk_by(|_, next| next.depth > first.depth).collect();
    let entries = html! {
        @for (item, inner) in groups.iter().filter_map(|group| group.split_first()) {
            li { (line(item.text)) (nested(inner)) }
        }
    };
    match first.number {
        Some(start) => html! { ol start=(start) { (entries) } },
        None => html! { ul { (entries) } },
    }
}

/// Marks around text, longer ones first, and their elements.
const MARKS: [(&str, &str); 5] = [("**", "strong"), ("__", "u"), ("~~", "s"), ("*", "em"), ("_", "em")];

/// What stands in a line.
fn inline(text: &str, depth: usize, out: &mut String) {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = match first {
            '\\' => {
                let escaped = rest.chars().nth(1).filter(char::is_ascii_punctuation);
                plain.push(escaped.unwrap_or('\\'));
                rest = rest.get(1 + escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
                continue;
            }
            '`' => code_span(rest),
            '[' => masked(rest, depth),
            '<' => time(rest),
            // `_` within a word is none, as in `snake_case`.
            '_' if plain.ends_with(char::is_alphanumeric) => None,
            '*' | '_' | '~' if depth < MOST_MARKS => marked(rest, depth),
            _ => None,
        };
        match found {
            Some((html, taken)) => {
                push_text(&std::mem::take(&mut plain), out);
                out.push_str(&html);
                rest = rest.get(taken..).unwrap_or_default();
            }
            None => {
                plain.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
    }
    push_text(&plain, out);
}

/// An element and how many bytes it takes.
type Found = (String, usize);

fn marked(text: &str, depth: usize) -> Option<Found> {
    let (mark, element) = MARKS.into_iter().find(|(mark, _)| text.starts_with(mark))?;
    let inner = text.get(mark.len()..)?;
    let end = closing(inner, mark)?;
    let content = inner.get(..end).filter(|content| !content.is_empty() && !content.starts_with(' '))?;
    let mut html = format!("<{element}>");
    inline(content, depth + 1, &mut html);
    html.push_str(&format!("</{element}>"));
    Some((html, end + 2 * mark.len()))
}

/// Where the mark stands that closes: not escaped, not in code, and not the half of a longer one.
fn closing(text: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with('\\') {
            at += 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
        } else if rest.starts_with('`') {
            at += code_span(rest).map_or(1, |(_, taken)| taken);
        } else if let Some(run) = mark.chars().next().filter(|c| rest.starts_with(*c)) {
            let length = rest.len() - rest.trim_start_matches(run).len();
            if length == mark.len() || length == 3 && mark.len() < 3 {
                return Some(at + length - mark.len());
            }
            at += length;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

fn code_span(text: &str) -> Option<Found> {
    let length = text.len() - text.trim_start_matches('`').len();
    let (fence, inner) = text.split_at_checked(length)?;
    let end = inner.find(fence)?;
    let code = inner.get(..end)?;
    Some((format!("<code>{}</code>", attribute(code.trim())), end + 2 * length))
}

/// `[words](address)`; with an address that is no link it stays as it is written.
fn masked(text: &str, depth: usize) -> Option<Found> {
    let inner = text.strip_prefix('[').filter(|_| depth < MOST_MARKS)?;
    let end = closing_bracket(inner)?;
    let address = inner.get(end..)?.strip_prefix("](")?;
    let length = address.find(')')?;
    let address = address.get(..length)?.trim_start_matches('<').trim_end_matches('>');
    crate::text::safe_link(address)?;
    let mut words = String::new();
    inline(inner.get(..end)?, depth + 1, &mut words);
    Some((link(address, "", ready(words)).into_string(), 1 + end + 2 + length + 1))
}

fn closing_bracket(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| match c {
        _ if escaped => {
            escaped = false;
            None
        }
        '\\' => {
            escaped = true;
            None
        }
        ']' => Some(at),
        _ => None,
    })
}

/// `<t:1765955366:f>`: everyone sees it in their own zone; here it is in UTC.
fn time(text: &str) -> Option<Found> {
    let (mark, _) = text.strip_prefix("<t:")?.split_once('>')?;
    let seconds = mark.split(':').next()?.parse().ok()?;
    let at = chrono::DateTime::from_timestamp(seconds, 0)?.format("%Y-%m-%d %H:%M UTC");
    Some((format!("<time>{at}</time>"), "<t:".len() + mark.len() + 1))
}
