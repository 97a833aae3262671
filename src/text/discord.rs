//! Escapes text for Discord's Markdown, so that what a post says is shown and never obeyed.
//!
//! Discord has no reference for its dialect; the rules are those of its client's parser. A backslash before a
//! letter, digit or blank is shown, so only punctuation is escaped. Footers, labels and options know no Markdown.

/// `text` (one line) for Discord's Markdown. `line_start`: whether it begins a line or stands right after a list
/// marker, where `#`, `-`, `>` and `1.` would be headings, lists and quotes.
pub fn discord_markdown(text: &str, line_start: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    if line_start {
        let body = rest.trim_start();
        out.push_str(&rest[..rest.len() - body.len()]);
        let escaped = push_line_start(body, &mut out);
        rest = &body[escaped..];
    }
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if is_markup(c, before, after) {
            out.push('\\');
        }
        out.push(c);
        if calls_everyone(c, after) {
            out.push(WORD_JOINER);
        }
        before = Some(c);
        rest = after;
    }
    out
}

/// `text` for where Discord knows no Markdown: footers, labels, options.
pub fn discord_plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        out.push(c);
        if calls_everyone(c, &text[at + c.len_utf8()..]) {
            out.push(WORD_JOINER);
        }
    }
    out
}

/// `text` (one line) as Discord code within a line; text that no code span can hold is escaped instead.
pub fn discord_code(text: &str) -> String {
    if text.trim().is_empty() || text.contains("``") {
        return discord_markdown(text, false);
    }
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

const WORD_JOINER: char = '\u{2060}';

/// Whether `@everyone` or `@here` starts here; the server looks for these through backslashes.
fn calls_everyone(c: char, after: &str) -> bool {
    c == '@' && (after.starts_with("everyone") || after.starts_with("here"))
}

/// Escapes the marker at the start of a line, if there is one; how many bytes of `body` that took.
fn push_line_start(body: &str, out: &mut String) -> usize {
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let after_dot = body[digits..].strip_prefix('.').or_else(|| body[digits..].strip_prefix(')'));
    if digits > 0 && after_dot.is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
    {
        out.push_str(&body[..digits]);
        out.push('\\');
        out.push_str(&body[digits..=digits]);
        return digits + 1;
    }
    match body.chars().next() {
        Some(c @ ('#' | '-' | '+' | '>')) => {
            out.push('\\');
            out.push(c);
            1
        }
        _ => 0,
    }
}

/// Whether `c` would do something to the text around it.
fn is_markup(c: char, before: Option<char>, after: &str) -> bool {
    match c {
        '\\' | '*' | '_' | '`' | '[' | ']' => true,
        // A single one is Korean's "from … to" and a plain bar.
        '~' | '|' => before == Some(c) || after.starts_with(c),
        // Mentions, channels, commands, timestamps, emoji, quiet links: `<` and something right behind it.
        '<' => after.starts_with(|next: char| !next.is_whitespace()),
        ':' => after.starts_with("//") || is_emoji_name(after),
        _ => false,
    }
}

/// Whether what follows a colon is an emoji's name and another colon. A name of digits alone is a time (`10:30:00`).
fn is_emoji_name(after: &str) -> bool {
    let Some((name, _)) = after.split_once(':') else { return false };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    !name.is_empty() && name.chars().all(is_name) && !name.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::korean("1~2일, 9.8조 원(약 14%)", "1~2일, 9.8조 원(약 14%)")]
    #[case::bold("**a** __b__ *c*", "\\*\\*a\\*\\* \\_\\_b\\_\\_ \\*c\\*")]
    #[case::strike_and_spoiler("~~a~~ ||b||", "\\~\\~a\\~\\~ \\|\\|b\\|\\|")]
    #[case::masked_link("[a](https://e.x)", "\\[a\\](https\\://e.x)")]
    #[case::mentions("<@1> <@&2> <#3> </a:4>", "\\<@1> \\<@&2> \\<#3> \\</a:4>")]
    #[case::everyone("@everyone @here @hereby", "@\u{2060}everyone @\u{2060}here @\u{2060}hereby")]
    #[case::time_and_emoji("<t:1:R> <:x:1> :fire:", "\\<t:1:R> \\<\\:x:1> \\:fire:")]
    #[case::clock("10:30:45", "10:30:45")]
    #[case::comparison("5 < 6", "5 < 6")]
    #[case::backslash("a\\*b", "a\\\\\\*b")]
    #[case::code("`a`", "\\`a\\`")]
    fn markup_of_a_post_is_shown(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(discord_markdown(text, false), expected);
    }

    #[rstest]
    #[case::heading("# a", "\\# a")]
    #[case::subtext("-# a", "\\-# a")]
    #[case::list("- a", "\\- a")]
    #[case::quote(">>> a", "\\>>> a")]
    #[case::number("1. a", "1\\. a")]
    #[case::decimal("1.5배", "1.5배")]
    #[case::indented("  # a", "  \\# a")]
    #[case::star("* a", "\\* a")]
    fn markers_are_escaped_where_a_line_starts(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(discord_markdown(text, true), expected);
    }

    #[rstest]
    #[case::plain("a*b", "`a*b`")]
    #[case::with_a_backtick("a`b", "`` a`b ``")]
    #[case::hopeless("a``b", "a\\`\\`b")]
    fn code_stays_code(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(discord_code(text), expected);
    }
}
