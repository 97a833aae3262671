//! Lengths in the units that platforms count, and the pieces that text may be cut into (cutting: `cut.rs`).

use unicode_segmentation::UnicodeSegmentation;

/// What a platform counts when it says "characters".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// UTF-16 code units: Telegram's entity offsets, and the safe reading of its 4,096 (an emoji is two).
    Utf16,
    /// Code points: all of Discord's limits (an emoji of one code point is one).
    CodePoints,
}

impl Unit {
    /// How long `text` is in this unit.
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::CodePoints => text.chars().count(),
        }
    }
}

/// The longest grapheme that is kept whole, in code points. Longer than any emoji family; a letter with
/// thousands of combining marks would otherwise fit nowhere.
const LONGEST_GRAPHEME: usize = 64;

/// The byte offsets at which the graphemes of `text` start, ascending, beginning with 0 unless it is empty.
pub fn graphemes(text: &str) -> impl Iterator<Item = usize> {
    text.grapheme_indices(true).flat_map(|(start, grapheme)| {
        grapheme.char_indices().step_by(LONGEST_GRAPHEME).map(move |(offset, _)| start + offset)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::korean("조간", 2, 2)]
    #[case::emoji("📰", 2, 1)]
    #[case::family("👨‍👩‍👧", 8, 5)]
    fn each_unit_counts_its_own_way(#[case] text: &str, #[case] utf16: usize, #[case] code_points: usize) {
        assert_eq!(Unit::Utf16.measure(text), utf16);
        assert_eq!(Unit::CodePoints.measure(text), code_points);
    }

    #[test]
    fn a_family_and_a_syllable_of_jamo_are_one_grapheme_each() {
        assert_eq!(graphemes("👨‍👩‍👧\u{1112}\u{1161}\u{11ab}a").count(), 3);
    }

    #[test]
    fn a_grapheme_without_end_is_broken() {
        let text = format!("a{}", "\u{301}".repeat(1000));
        assert_eq!(graphemes(&text).count(), 1001_usize.div_ceil(LONGEST_GRAPHEME));
    }
}
