//! Where the front matter of a post ends, and how it is written: Jekyll's YAML between `---`, Hugo's TOML between `+++`
//! or JSON, Hexo's YAML without a first fence, Pelican's lines up to the first blank one.

use super::{Keys, Lines, Words, key_and_value};

/// How front matter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// A JSON object.
    Json,
    /// Lines `Key: value`, with values that need no quotes.
    Lines,
}

/// What stands at the head of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Front<'a> {
    /// The text without its fences.
    pub(crate) lines: Lines<'a>,
    /// How it is written.
    pub(crate) writing: Writing,
}

/// Parts front matter and body; `text` has `\n` line ends.
pub(crate) fn split(text: &str) -> (Option<Front<'_>>, Lines<'_>) {
    let found = match text.lines().next().map(str::trim_end) {
        Some("---") => fenced(text, Writing::Yaml),
        Some("+++") => fenced(text, Writing::Toml),
        Some(first) if first.starts_with('{') => json(text),
        Some(_) => without_a_fence(text),
        None => None,
    };
    match found {
        Some((front, body)) => (Some(front), body),
        None => (None, Lines { text, first_line: 1 }),
    }
}

/// What has been seen behind the first fence. Comments alone are rather headings between two rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Comments,
    Keys,
}

fn fenced(text: &str, writing: Writing) -> Option<(Front<'_>, Lines<'_>)> {
    let (_, rest) = text.split_once('\n')?;
    let mut end = 0;
    let mut kind = Kind::Blank;
    for (number, line) in (2..).zip(rest.split_inclusive('\n')) {
        let bare = line.trim_end();
        let closes = match writing {
            Writing::Toml => bare == "+++",
            _ => bare == "---" || bare == "...",
        };
        if closes {
            if kind == Kind::Comments {
                return None;
            }
            let (front, body) = rest.split_at(end);
            let body = body.get(line.len()..).unwrap_or_default();
            let lines = Lines { text: front, first_line: 2 };
            return Some((Front { lines, writing }, Lines { text: body, first_line: number + 1 }));
        }
        match kind {
            Kind::Keys => {}
            _ if bare.is_empty() => {}
            _ if bare.starts_with('#') => kind = Kind::Comments,
            _ if key_and_value(line, writing).is_some() => kind = Kind::Keys,
            // A rule may open a post that has no front matter.
            _ => return None,
        }
        end += line.len();
    }
    None
}

/// An object at the head of a post, if it has a title or a date: other braces are text.
fn json(text: &str) -> Option<(Front<'_>, Lines<'_>)> {
    let mut objects = serde_json::Deserializer::from_str(text).into_iter::<Keys>();
    let keys = objects.next()?.ok()?;
    if keys.title == Words::Nothing && keys.date == Words::Nothing {
        return None;
    }
    let (front, body) = text.split_at_checked(objects.byte_offset())?;
    let (rest_of_line, body) = body.split_once('\n').unwrap_or((body, ""));
    if !rest_of_line.trim().is_empty() {
        return None;
    }
    let breaks = front.bytes().filter(|byte| *byte == b'\n').count();
    let first_line = u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(2);
    let lines = Lines { text: front, first_line: 1 };
    Some((Front { lines, writing: Writing::Json }, Lines { text: body, first_line }))
}

/// Keys on the first lines, with a title and a date among them, so that a post that begins `알림: 쉽니다` keeps its text. A
/// rule below them makes them Hexo's, a blank line Pelican's.
fn without_a_fence(text: &str) -> Option<(Front<'_>, Lines<'_>)> {
    let mut end = 0;
    let (mut title, mut date, mut indented) = (false, false, false);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let bare = line.trim_end();
        if number > 1 && (bare == "---" || bare.is_empty()) {
            if !title || !date || (bare.is_empty() && indented) {
                return None;
            }
            let (front, body) = text.split_at(end);
            let body = body.get(line.len()..).unwrap_or_default();
            let writing = if bare.is_empty() { Writing::Lines } else { Writing::Yaml };
            let lines = Lines { text: front, first_line: 1 };
            return Some((Front { lines, writing }, Lines { text: body, first_line: number + 1 }));
        }
        match key_and_value(line, Writing::Yaml) {
            Some((key, _)) => {
                title |= key.eq_ignore_ascii_case("title");
                date |= key.eq_ignore_ascii_case("date");
            }
            None if number > 1 && line.starts_with([' ', '\t', '-']) => indented = true,
            None => return None,
        }
        end += line.len();
    }
    None
}
