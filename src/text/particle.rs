//! The Korean particle that follows a word, by the sound the word ends in.

use unicode_normalization::UnicodeNormalization;

/// Which particle of `pair` follows `word`. The pair is written consonant first (`을/를`, `이/가`, `은/는`,
/// `과/와`, `으로/로`, `이라고/라고`); a pair without a slash comes back whole.
///
/// Latin words go by how Koreans read them, as far as their spelling tells; capitals go by their letters' names
/// (`IBM`: 엠), digits by theirs. Quotes and a closing bracket with what is in it are passed over: the particle of
/// `아마존(Amazon)` is that of `아마존`.
pub fn particle<'a>(word: &str, pair: &'a str) -> &'a str {
    let Some((consonant, vowel)) = pair.split_once('/') else { return pair };
    match last_sound(word) {
        // 로 alone follows ㄹ as it follows a vowel.
        Sound::Rieul if consonant.starts_with('으') => vowel,
        Sound::Rieul | Sound::Consonant => consonant,
        Sound::Vowel => vowel,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    Vowel,
    /// The consonant ㄹ.
    Rieul,
    /// Any other.
    Consonant,
}

fn last_sound(word: &str) -> Sound {
    let word: String = word.nfc().collect();
    let word = without_brackets(&word);
    let is_heard = |c: &char| c.is_alphanumeric() || "%+#$&".contains(*c);
    let Some(last) = word.chars().rev().find(is_heard) else { return Sound::Vowel };
    match last {
        '가'..='힣' => match (u32::from(last) - u32::from('가')) % 28 {
            0 => Sound::Vowel,
            8 => Sound::Rieul,
            _ => Sound::Consonant,
        },
        // 일, 칠, 팔; 영 (and 십, 백, 천, 만), 삼, 육; 이, 사, 오, 구.
        '1' | '7' | '8' => Sound::Rieul,
        '0' | '3' | '6' => Sound::Consonant,
        // Sharp (샵); per cent, plus, dollar and and end in a vowel.
        '#' => Sound::Consonant,
        // Letters of the Hangul alphabet alone: 기역, 니은, 리을 …
        'ㄹ' => Sound::Rieul,
        'ㄱ'..='ㅎ' | 'ん' | 'ン' => Sound::Consonant,
        'a'..='z' | 'A'..='Z' => latin_sound(word, last),
        _ => Sound::Vowel,
    }
}

/// `word` without a final bracket, unless nothing else is there.
fn without_brackets(word: &str) -> &str {
    let trimmed = word.trim_end_matches(|c: char| c.is_whitespace() || "\"'’”»›」』".contains(c));
    match trimmed.strip_suffix(')').and_then(|inner| inner.rsplit_once('(')) {
        Some((before, _)) if before.chars().any(char::is_alphanumeric) => before,
        _ => trimmed,
    }
}

fn latin_sound(word: &str, last: char) -> Sound {
    let letters: Vec<char> = word
        .chars()
        .rev()
        .skip_while(|c| !c.is_ascii_alphabetic())
        .take_while(char::is_ascii_alphabetic)
        .collect();
    if last.is_ascii_uppercase() {
        // Read letter by letter: 엘, 알; 엠, 엔.
        return match last {
            'L' | 'R' => Sound::Rieul,
            'M' | 'N' => Sound::Consonant,
            _ => Sound::Vowel,
        };
    }
    let before = letters.get(1).map_or(' ', char::to_ascii_lowercase);
    let after_vowel = "aeiouy".contains(before);
    match last {
        'l' => Sound::Rieul,
        'm' | 'n' => Sound::Consonant,
        'g' if before == 'n' => Sound::Consonant,
        // Google, Oracle; Chrome, iPhone. Other final e's are read 으 or 이: Stripe, Adobe.
        'e' if before == 'l' => Sound::Rieul,
        'e' if matches!(before, 'm' | 'n') && letters.len() > 3 => Sound::Consonant,
        // TikTok, Copilot, Deep, Web; after a consonant 으 follows: Microsoft, Trump.
        'k' | 'c' | 't' | 'p' | 'b' if after_vowel => Sound::Consonant,
        'k' if before == 'c' => Sound::Consonant,
        'p' if before == 'p' => Sound::Consonant,
        _ => Sound::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("구글", "을/를", "을")]
    #[case("엔비디아", "을/를", "를")]
    #[case("앤스로픽", "이/가", "이")]
    #[case("오픈AI", "은/는", "는")]
    #[case("OpenAI", "과/와", "와")]
    #[case("Google", "을/를", "을")]
    #[case("Microsoft", "을/를", "를")]
    #[case("IBM", "이/가", "이")]
    #[case("AMD", "이/가", "가")]
    #[case("ChatGPT", "을/를", "를")]
    #[case("TikTok", "을/를", "을")]
    #[case("Hut 8", "을/를", "을")]
    #[case("Hut 8", "으로/로", "로")]
    #[case("구글", "으로/로", "로")]
    #[case("테슬라", "으로/로", "로")]
    #[case("아마존", "으로/로", "으로")]
    #[case("GPT-4", "을/를", "를")]
    #[case("Llama-3", "이/가", "이")]
    #[case("14%", "을/를", "를")]
    #[case("C++", "을/를", "를")]
    #[case("아마존(Amazon)", "을/를", "을")]
    #[case("‘엔비다아’", "은/는", "는")]
    #[case("(주)", "은/는", "는")]
    #[case("DeepSeek", "이라고/라고", "이라고")]
    #[case("삼성\u{1112}\u{1161}\u{11ab}", "이/가", "이")]
    #[case("", "을/를", "를")]
    fn the_last_sound_chooses(#[case] word: &str, #[case] pair: &str, #[case] expected: &str) {
        assert_eq!(particle(word, pair), expected);
    }
}
