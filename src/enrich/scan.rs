//! Makes a text fit for searching: one spelling of each letter, no addresses, no invisible characters. What is
//! found in it is `matcher`'s.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The text in NFC (a Mac writes Hangul as single letters), without web addresses, whose host names would count
/// as companies, and without characters of no width. Line breaks stay.
pub(crate) fn searchable(text: &str) -> Cow<'_, str> {
    let plain = straightened(text).unwrap_or_else(|| Cow::Owned(text.nfc().filter_map(straighten).collect()));
    match first_sign(&plain) {
        Some(sign) => Cow::Owned(without_addresses(&plain, sign)),
        None => plain,
    }
}

/// `None`: the text must be composed first.
fn straightened(text: &str) -> Option<Cow<'_, str>> {
    let mut out = String::new();
    let mut done = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !is_usual(*c)) {
        if !is_composed(c) {
            return None;
        }
        let straight = straighten(c);
        if straight != Some(c) {
            out.push_str(&text[done..at]);
            out.extend(straight);
            done = at + c.len_utf8();
        }
    }
    if done == 0 {
        return Some(Cow::Borrowed(text));
    }
    out.push_str(&text[done..]);
    Some(Cow::Owned(out))
}

/// Whether a character is one of those that nearly all of a text is made of, and that stay as they are.
#[inline]
fn is_usual(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '가'..='힣' | '·' | '‐'..='–' | '“' | '”' | '…')
}

/// Whether NFC leaves a character as it is whatever stands beside it. Nearly every text has no other, and composing
/// takes longer than all the rest.
#[inline]
fn is_composed(c: char) -> bool {
    matches!(c, '\0'..='˿' | '가'..='힣' | '‐'..='‧' | '、'..='】' | '一'..='龥' | '\u{1f300}'..='\u{1faff}')
}

/// Blanks of every kind become a blank, typographic apostrophes a plain one; what is invisible is left out.
#[inline]
fn straighten(c: char) -> Option<char> {
    match c {
        '\n' | ' '..='~' | '가'..='힣' => Some(c),
        '’' | '‘' => Some('\''),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// Each run of characters that an address may hold is left out if it is one. `sign` is the first sign of one.
fn without_addresses(text: &str, sign: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = Some(sign);
    while let Some(sign) = next {
        // What an address may hold is ASCII, so that both ends lie between characters.
        let bytes = rest.as_bytes();
        let start = bytes[..sign].iter().rposition(|byte| !in_address(*byte)).map_or(0, |place| place + 1);
        let end =
            bytes[sign..].iter().position(|byte| !in_address(*byte)).map_or(rest.len(), |run| sign + run);
        let run = &rest[start..end];
        out.push_str(&rest[..start]);
        out.push_str(if is_address(run) { " " } else { run });
        rest = &rest[end..];
        next = first_sign(rest);
    }
    out.push_str(rest);
    out
}

/// Where the first sign of an address stands: every address has a slash or begins with `www.`.
fn first_sign(text: &str) -> Option<usize> {
    let slash = text.find('/');
    text[..slash.unwrap_or(text.len())].find("www.").or(slash)
}

/// RFC 3986's characters without brackets and the quotes and stars that stand around addresses in prose.
fn in_address(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&byte)
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
