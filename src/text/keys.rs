//! Text as the keys that type it: what was typed with the wrong keyboard layout is the same keys, and a slip of the
//! finger in a Hangul syllable is one wrong key.

use unicode_normalization::UnicodeNormalization;

/// The keys of the two-set layout that type each letter, by the order of Unicode: initial consonants from U+1100,
/// vowels from U+1161, final consonants from U+11A8. Shift is left out (ㄲ is ㄱ).
const INITIALS: [&str; 19] =
    ["r", "r", "s", "e", "e", "f", "a", "q", "q", "t", "t", "d", "w", "w", "c", "z", "x", "v", "g"];
const VOWELS: [&str; 21] = [
    "k", "o", "i", "o", "j", "p", "u", "p", "h", "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m",
    "ml", "l",
];
const FINALS: [&str; 27] = [
    "r", "r", "rt", "s", "sw", "sg", "e", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a", "q", "qt", "t",
    "t", "d", "w", "c", "z", "x", "v", "g",
];
/// The same for letters that stand alone (ㅋㅋ), from U+3131.
const ALONE: [&str; 51] = [
    "r", "r", "rt", "s", "sw", "sg", "e", "e", "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a", "q", "q",
    "qt", "t", "t", "d", "w", "w", "c", "z", "x", "v", "g", "k", "o", "i", "o", "j", "p", "u", "p", "h",
    "hk", "ho", "hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l",
];

/// The keys that type a text, in lower case: Hangul becomes the Latin letters on its keys (엔비디아: `dpsqleldk`), all
/// else stays as it is.
pub fn keystrokes(text: &str) -> String {
    let mut keys = String::with_capacity(text.len());
    // Composed first, so that a letter that stands alone stays one, and only then taken apart.
    for c in text.nfc().nfd() {
        match key(c) {
            Some(key) => keys.push_str(key),
            None => keys.extend(c.to_lowercase()),
        }
    }
    keys
}

fn key(c: char) -> Option<&'static str> {
    let of = |keys: &[&'static str], first: char| {
        let place = u32::from(c).checked_sub(u32::from(first))?;
        keys.get(usize::try_from(place).ok()?).copied()
    };
    of(&INITIALS, '\u{1100}')
        .or_else(|| of(&VOWELS, '\u{1161}'))
        .or_else(|| of(&FINALS, '\u{11a8}'))
        .or_else(|| of(&ALONE, '\u{3131}'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::hangul("엔비디아", "dpsqleldk")]
    #[case::finals("삼성전자", "tkatjdwjswk")]
    #[case::two_key_vowels("화웨이", "ghkdnpdl")]
    #[case::two_key_finals("값", "rkqt")]
    #[case::letters_alone("ㅜㅍㅑ야ㅁ", "nvidia")]
    #[case::taken_apart("\u{1112}\u{1161}\u{11ab}", "gks")]
    #[case::latin("NVIDIA 3", "nvidia 3")]
    #[case::nothing("", "")]
    fn text_becomes_its_keys(#[case] text: &str, #[case] keys: &str) {
        assert_eq!(keystrokes(text), keys);
    }
}
