//! Makes a text fit for searching: one spelling of each letter, no addresses, no invisible characters. What is
//! found in it is `matcher`'s.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The text in NFC (a Mac writes Hangul as single letters), without web addresses, whose host names would count
/// as companies, and without characters of no width. Line breaks stay.
pub(crate) fn searchable(text: &str) -> Cow<'_, str> {
    let composed: Cow<'_, str> =
        if text.chars().all(is_composed) { Cow::Borrowed(text) } else { text.nfc().collect() };
    let plain = match composed {
        Cow::Borrowed(text) => straightened(text),
        Cow::Owned(text) => Cow::Owned(straightened(&text).into_owned()),
    };
    if may_hold_address(&plain) { Cow::Owned(without_addresses(&plain)) } else { plain }
}

fn straightened(text: &str) -> Cow<'_, str> {
    let changes = |c: char| straighten(c) != Some(c);
    if !text.contains(changes) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| changes(*c)) {
        out.push_str(&rest[..at]);
        out.extend(straighten(c));
        rest = &rest[at + c.len_utf8()..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether NFC leaves a character as it is whatever stands beside it. Nearly every text has no other, and composing
/// takes longer than all the rest.
fn is_composed(c: char) -> bool {
    matches!(c, '\0'..='˿' | '가'..='힣' | '‐'..='‧' | '、'..='】' | '一'..='龥' | '\u{1f300}'..='\u{1faff}')
}

/// Every address has a slash or begins with `www.`.
fn may_hold_address(text: &str) -> bool {
    text.contains('/') || text.contains("www.")
}

/// Blanks of every kind become a blank, typographic apostrophes a plain one; what is invisible is left out.
fn straighten(c: char) -> Option<char> {
    match c {
        '\n' | ' '..='~' | '가'..='힣' => Some(c),
        '’' | '‘' => Some('\''),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// Each run of characters that an address may hold is left out if it is one.
fn without_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_address) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !in_address(c)).unwrap_or(from.len()));
        out.push_str(before);
        out.push_str(if is_address(run) { " " } else { run });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// RFC 3986's characters without brackets and the quotes and stars that stand around addresses in prose.
fn in_address(c: char) -> bool {
    matches!(
        c,
        '0'..='9' | 'A'..='Z' | 'a'..='z' | '-' | '.' | '_' | '~' | ':' | '/' | '?' | '#' | '@' | '!' | '$' | '&'
            | '+' | ',' | ';' | '=' | '%'
    )
}

/// With a scheme, or a lower-case host name before a path: `github.com/serde-rs`.
fn is_address(run: &str) -> bool {
    if run.contains("://") || run.starts_with("www.") {
        return true;
    }
    let Some((host, _)) = run.split_once('/') else { return false };
    let Some((name, top)) = host.rsplit_once('.') else { return false };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    !name.is_empty()
        && name.chars().all(plain)
        && (2..=6).contains(&top.len())
        && top.chars().all(|c| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::scheme("보라 [여기](https://openai.com/a?b=c)를", "보라 [여기]( )를")]
    #[case::host_and_path("코드는 github.com/a/b에", "코드는  에")]
    #[case::a_name_with_a_dot_stays("Character.AI/Google", "Character.AI/Google")]
    #[case::and_a_plain_slash_stays("AWS/Azure", "AWS/Azure")]
    #[case::decomposed("\u{1100}\u{116e}\u{1100}\u{1173}\u{11af}", "구글")]
    #[case::invisible("구\u{200b}글", "구글")]
    #[case::apostrophe("OpenAI’s", "OpenAI's")]
    fn is_made_fit(#[case] text: &str, #[case] fit: &str) {
        assert_eq!(searchable(text), fit);
    }
}
