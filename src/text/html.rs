//! Escapes text for Telegram's HTML and keeps it from becoming a mention, a command or a tag.

/// `text` for Telegram's HTML, between tags.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

/// `text` for a double-quoted attribute of Telegram's HTML.
pub fn attribute(text: &str) -> String {
    html(text).replace('"', "&quot;")
}

/// `text` with a U+2060 (word joiner, invisible) after each `@`, `#` and `/`, and after a `$` before a capital:
/// Telegram then makes no mention, hashtag, command or cashtag of it.
pub fn defuse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let next = chars.peek();
        if matches!(c, '@' | '#' | '/') || (c == '$' && next.is_some_and(char::is_ascii_uppercase)) {
            out.push(WORD_JOINER);
        }
    }
    out
}

const WORD_JOINER: char = '\u{2060}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_cannot_be_left() {
        assert_eq!(attribute("https://e.x/\" a=\"<b>&"), "https://e.x/&quot; a=&quot;&lt;b&gt;&amp;");
    }

    #[test]
    fn a_text_without_markup_stays_readable() {
        assert_eq!(html("5 < 6, 'R&D'"), "5 &lt; 6, 'R&amp;D'");
    }

    #[test]
    fn nothing_stays_a_mention_command_or_tag() {
        assert_eq!(defuse("@a /b #c $NVDA $5"), "@\u{2060}a /\u{2060}b #\u{2060}c $\u{2060}NVDA $5");
    }
}
