//! Shortens text to a limit, between graphemes, with an ellipsis (splitting without loss is `render/split.rs`).

use crate::text::measure::{Unit, graphemes};

/// `text`, or as much of its beginning as fits `limit` together with a final `…`. Never half a grapheme; empty
/// if not even the ellipsis fits.
pub fn cut(text: &str, limit: usize, unit: Unit) -> String {
    cut_by(text, |shorter| unit.measure(shorter) <= limit)
}

/// As [`cut`], with the limit as a test: for text whose length changes on the way to the platform, by escaping.
/// If `fits` accepts a text it must accept its beginnings.
pub fn cut_by(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let starts: Vec<usize> = graphemes(text).collect();
    let shortened = |kept: usize| format!("{}…", text[..starts[kept]].trim_end());
    let mut kept = starts.partition_point(|start| fits(&format!("{}…", text[..*start].trim_end())));
    // One back: `starts[kept]` is where the first grapheme too many begins.
    while kept > 0 {
        kept -= 1;
        let shorter = shortened(kept);
        if fits(&shorter) {
            return shorter;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::fits("조간", 2, "조간")]
    #[case::one_over("조간신문", 3, "조간…")]
    #[case::blank_before_the_ellipsis("AI 뉴스", 4, "AI…")]
    #[case::family_whole("a👨‍👩‍👧b", 5, "a…")]
    #[case::nothing_fits("조간", 0, "")]
    fn text_is_cut_between_graphemes(#[case] text: &str, #[case] limit: usize, #[case] expected: &str) {
        assert_eq!(cut(text, limit, Unit::CodePoints), expected);
    }

    proptest! {
        #[test]
        fn a_cut_text_keeps_the_limit_and_begins_like_the_text(text in "\\PC{0,40}", limit in 0_usize..50) {
            for unit in [Unit::Utf16, Unit::CodePoints] {
                let shorter = cut(&text, limit, unit);
                prop_assert!(unit.measure(&shorter) <= limit);
                prop_assert!(shorter == text || text.starts_with(shorter.trim_end_matches('…')));
            }
        }
    }
}
