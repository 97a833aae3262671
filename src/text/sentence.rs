//! Where sentences end, Korean ones too.

use unicode_segmentation::UnicodeSegmentation;

/// The byte offsets behind each sentence of `text` and the blanks that follow it, ascending, without its end.
///
/// Unicode's rules (UAX #29) know the ends of Korean sentences (`다.`, `요.`, `까?`), written with or without a
/// blank, and leave `9.8조` and `Node.js` whole; an initial (`U.S.`) or a short Latin abbreviation (`Inc.`) is no
/// end here.
pub fn sentence_ends(text: &str) -> Vec<usize> {
    let starts = text.split_sentence_bound_indices().map(|(start, _)| start).skip(1);
    starts.filter(|start| !is_abbreviation(text[..*start].trim_end())).collect()
}

/// Whether `text` ends in a full stop that belongs to its last, Latin and short, word.
fn is_abbreviation(text: &str) -> bool {
    let Some(text) = text.strip_suffix('.') else { return false };
    let word = text.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    word.contains('.') && word.chars().all(|c| c.is_ascii_alphabetic() || c == '.')
        || matches!(word, "Inc" | "Corp" | "Co" | "Ltd" | "Mr" | "Mrs" | "Ms" | "Dr" | "St" | "vs" | "No")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::korean("했습니다. 그리고 갔어요. 왜죠? 끝", &["했습니다. ", "그리고 갔어요. ", "왜죠? ", "끝"])]
    #[case::without_a_blank("했다.그리고", &["했다.", "그리고"])]
    #[case::numbers("9.8조 원, GPT-5.2 출시", &["9.8조 원, GPT-5.2 출시"])]
    #[case::quoted("“갔다.” 그는", &["“갔다.” ", "그는"])]
    #[case::abbreviations("OpenAI Inc. Announces U.S. Plan. Then", &["OpenAI Inc. Announces U.S. Plan. ", "Then"])]
    #[case::domain("Node.js와 openai.com은", &["Node.js와 openai.com은"])]
    fn sentences_end_where_readers_see_it(#[case] text: &str, #[case] expected: &[&str]) {
        let mut sentences = Vec::new();
        let mut start = 0;
        for end in sentence_ends(text).into_iter().chain([text.len()]) {
            sentences.push(&text[start..end]);
            start = end;
        }
        assert_eq!(sentences, expected);
    }
}
