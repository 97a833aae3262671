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
}
