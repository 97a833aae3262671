//! Takes characters out of text that nobody sees and that can do harm: controls, zero-width marks, the marks
//! that turn the direction of writing around. What is left is composed (NFC), as readers type when they search.

use std::iter::Peekable;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Cleans text of one line: line breaks become blanks.
pub(crate) fn line(text: &str) -> String {
    text_with(text, ' ')
}

/// Like [`line()`], without a copy where there is nothing to clean.
pub(crate) fn in_place(text: &mut String) {
    if !is_plain(text) {
        *text = text_with(text, ' ');
    }
}

/// Cleans text that keeps its line breaks and tabs.
pub(crate) fn lines(text: &str) -> String {
    text_with(text, '\n')
}

fn text_with(text: &str, line_break: char) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' | '\u{85}' => kept.push(line_break),
            '\t' => kept.push(if line_break == '\n' { '\t' } else { ' ' }),
            c if c.is_control() || is_invisible(c) => {}
            '\u{200c}' | '\u{200d}' if !joins(&kept, &mut rest) => {}
            // Letters of a flag such as Scotland's: they mean something behind the black flag alone.
            '\u{e0020}'..='\u{e007f}' if !kept.ends_with(is_flag) => {}
            c => kept.push(c),
        }
    }
    if is_nfc(&kept) { kept } else { kept.nfc().collect() }
}

/// Whether a text has nothing but letters that need no care, next to one another either: most of any post.
fn is_plain(text: &str) -> bool {
    // Without a way out before its end this is a pass of the processor's wide registers.
    if text.bytes().fold(true, |plain, byte| plain & is_plain_byte(byte)) {
        return true;
    }
    let is_mark = |c: char| matches!(c, '‘'..='”' | '·' | '…' | '–' | '—');
    let odd = (0..).zip(text.bytes()).filter(|(_, byte)| !is_plain_byte(*byte));
    odd.into_iter().all(|(at, _)| text.get(at..).is_some_and(|rest| rest.starts_with(is_mark)))
}

/// Whether a byte belongs to ASCII that one sees, goes on with a character, or begins one of U+4000 to U+D7FF: ideographs and
/// the syllables of Korean, where nothing is invisible or joins what stands next to it.
fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') | matches!(byte, 0x80..=0xbf) | matches!(byte, 0xe4..=0xed)
}

/// Zero-width spaces and joiners of no use, directional marks, fillers that look like nothing.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e001f}')
}

/// A joiner has work to do inside an emoji (👩‍💻) and between letters of scripts that join (Arabic to Sinhala).
fn joins(before: &str, rest: &mut Peekable<std::str::Chars<'_>>) -> bool {
    let (Some(before), Some(&after)) = (before.chars().next_back(), rest.peek()) else { return false };
    let script = |c: char| matches!(c, '\u{600}'..='\u{dff}');
    let picture = |c: char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    (script(before) && script(after)) || (picture(before) && picture(after))
}

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f3f4}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::korean("인공지능(AI)은", "인공지능(AI)은")]
    #[case::decomposed("\u{1109}\u{1161}\u{11b7}성", "삼성")]
    #[case::zero_width("삼\u{200b}성\u{feff}", "삼성")]
    #[case::turned_around("a\u{202e}b\u{2066}c\u{2069}", "abc")]
    #[case::controls("a\u{0}b\u{1b}[31m", "ab[31m")]
    #[case::filler("\u{3164}\u{3164}", "")]
    #[case::breaks("a\nb\u{2028}c\td", "a b c d")]
    #[case::family("👨\u{200d}👩\u{200d}👧 and 👩🏽\u{200d}💻", "👨\u{200d}👩\u{200d}👧 and 👩🏽\u{200d}💻")]
    #[case::heart("❤\u{fe0f}\u{200d}🔥", "❤\u{fe0f}\u{200d}🔥")]
    #[case::joiner_between_letters("a\u{200d}b", "ab")]
    #[case::persian("می\u{200c}خواهم", "می\u{200c}خواهم")]
    #[case::flag("🏴\u{e0067}\u{e007f}", "🏴\u{e0067}\u{e007f}")]
    #[case::hidden_tags("a\u{e0061}\u{e0062}", "a")]
    fn only_what_is_seen_stays(#[case] text: &str, #[case] cleaned: &str) {
        assert_eq!(super::line(text), cleaned);
    }
}
