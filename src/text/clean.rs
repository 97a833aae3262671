//! Takes out of text what no platform shows and what could disturb the text around it.

use std::borrow::Cow;

/// `text` on one line: line breaks and control characters become blanks, and the invisible characters that turn
/// the writing direction (U+202A–U+202E, U+2066–U+2069) are taken out, as Telegram does itself.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| !is_blanked(c) && !is_direction(c)) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|c| !is_direction(*c));
    Cow::Owned(kept.map(|c| if is_blanked(c) { ' ' } else { c }).collect())
}

/// Whether nothing of `text` is seen: platforms refuse such messages.
pub fn is_blank(text: &str) -> bool {
    let is_unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_unseen(c))
}

fn is_blanked(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ordinary("엔비디아 GPU", "엔비디아 GPU")]
    #[case::line_break("a\nb\u{0}c", "a b c")]
    #[case::reversed("abc\u{202e}fed", "abcfed")]
    fn what_disturbs_is_taken_out(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(clean(text), expected);
    }

    #[test]
    fn what_nobody_sees_is_blank() {
        assert!(is_blank(" \n\u{200b}\u{3000}") && !is_blank("."));
    }
}
