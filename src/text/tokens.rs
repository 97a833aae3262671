//! Cuts text into the tokens that full-text search goes by; the index that keeps them is the database's
//! (`store/archive/`).
//!
//! Korean, Chinese and Japanese are written in long words with endings, so that a word is found wherever it stands
//! in one: each of their characters begins a token of two characters, the last of a run a token of its own
//! (데이터 → `데이 이터 터`). Words in other letters are tokens as they are, in lower case, and so are numbers:
//! `HBM4`, `HBM 4` and `HBM-4` are the same two tokens.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::measure::graphemes;

/// The most characters of a token; nobody looks for longer ones.
const LONGEST: usize = 64;

/// Marks the tokens of headlines in an index, and by itself parts what does not follow each other: a character of
/// private use, which no token of a text has.
const MARK: char = '\u{e000}';

/// A token of a text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token: letters and digits alone.
    pub text: String,
    /// The bytes of the text that it was made of; of a token of two characters those of the first.
    pub at: Range<usize>,
}

/// What somebody looks for: tokens that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// The tokens, at least one.
    pub tokens: Vec<String>,
    /// Whether the last one need only begin a token: a single syllable is looked for within longer words.
    pub is_open: bool,
}

/// The tokens of a text, in its order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 3);
    each(text, |_, token, at| tokens.push(Token { text: token.to_owned(), at }));
    tokens
}

/// What an index holds of an article, with blanks in between: the tokens of the headline, the same once more with a
/// mark, so that a search of headlines looks at headlines alone; the syllables of both, for those who look for
/// one; the tokens of the text.
pub fn indexed(headline: &str, text: &str) -> String {
    let mut words = String::with_capacity(4 * headline.len() + 2 * text.len());
    let (mut marked, mut of_text) = (String::new(), String::with_capacity(2 * text.len()));
    // The characters that begin tokens of two, each once.
    let (mut in_headline, mut in_text) = (BTreeSet::new(), BTreeSet::new());
    let first = |kind, token: &str| token.chars().next().filter(|_| kind == Kind::Packed);
    each(headline, |kind, token, _| {
        words.extend([token, " "]);
        marked.push(MARK);
        marked.extend([token, " "]);
        in_headline.extend(first(kind, token));
    });
    each(text, |kind, token, _| {
        of_text.extend([token, " "]);
        in_text.extend(first(kind, token));
    });
    words.push_str(&marked);
    words.extend([MARK, ' ']);
    for syllable in &in_headline {
        words.extend([MARK, *syllable, ' ']);
    }
    for syllable in in_headline.union(&in_text) {
        words.extend([*syllable, ' ']);
    }
    words.extend([MARK, ' ']);
    words.push_str(&of_text);
    words.pop();
    words
}

/// Calls `put` with each token of a text in its order: of what it is made, it, and the bytes that it was made of.
fn each(text: &str, mut put: impl FnMut(Kind, &str, Range<usize>)) {
    let mut run: Vec<(char, Range<usize>)> = Vec::new();
    let mut kind = Kind::Gap;
    let mut token = String::new();
    characters(text, |c, at| {
        let next = Kind::of(c);
        if next != kind {
            put_run(kind, &mut run, &mut token, &mut put);
            kind = next;
        }
        if kind != Kind::Gap {
            run.push((c, at));
        }
    });
    put_run(kind, &mut run, &mut token, &mut put);
}

impl Token {
    /// Whether it is of a script that is looked for within words.
    fn is_packed(&self) -> bool {
        self.text.chars().all(|c| Kind::of(c) == Kind::Packed)
    }
}

impl Needle {
    /// What to look for when somebody types `text`; `None` if there is nothing in it to look for.
    pub fn of(text: &str) -> Option<Self> {
        let mut tokens = tokens(text);
        let last = tokens.last()?;
        // Of a run only its last character stands alone. In what is looked for it need not be the last.
        let is_packed = last.is_packed();
        let is_open = is_packed && !is_in_run(&tokens);
        if is_packed && !is_open {
            tokens.pop();
        }
        Some(Self { tokens: tokens.into_iter().map(|token| token.text).collect(), is_open })
    }

    /// The tokens to look for in an index that holds what [`indexed`] made, anywhere or in headlines.
    pub fn in_index(&self, in_headline: bool) -> Vec<String> {
        let mark = if in_headline { String::from(MARK) } else { String::new() };
        self.tokens.iter().map(|token| format!("{mark}{token}")).collect()
    }

    /// Whether in an index the last token need only begin one. A syllable alone is there as it is.
    pub fn is_open_in_index(&self) -> bool {
        self.is_open && self.tokens.len() > 1
    }

    /// Where it stands in a text, ascending.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let tokens = tokens(text);
        let fits = |window: &[Token]| {
            let last = self.tokens.len() - 1;
            window.iter().zip(&self.tokens).enumerate().all(|(place, (token, wanted))| {
                token.text == *wanted || (self.is_open && place == last && token.text.starts_with(wanted))
            })
        };
        tokens
            .windows(self.tokens.len().max(1))
            .enumerate()
            .filter(|(_, window)| fits(window))
            .map(|(place, window)| {
                let last = &window[window.len() - 1];
                // A token of two characters covers the one after it, which begins the next token.
                let has_two = !self.is_open && last.is_packed();
                let end = match tokens.get(place + window.len()) {
                    Some(next) if has_two && next.at.start == last.at.end => next.at.end,
                    _ => last.at.end,
                };
                window[0].at.start..end
            })
            .collect()
    }
}

/// Whether the last token is the end of a longer run, whose last pair comes before it.
fn is_in_run(tokens: &[Token]) -> bool {
    let [.., before, last] = tokens else { return false };
    before.at.end == last.at.start
        && before.text.chars().count() == 2
        && before.is_packed()
        && last.text.chars().count() == 1
}

/// Calls `put` with each of the text's characters, normalised and in lower case, and the bytes that it comes from.
fn characters(text: &str, mut put: impl FnMut(char, Range<usize>)) {
    // Most of any text is as it is meant to be, whatever stands next to it.
    let is_sure = |c: char| matches!(c, ' '..='~' | '가'..='힣' | '\u{4e00}'..='\u{9fff}');
    let mut lower = |c: char, at: Range<usize>| {
        if is_sure(c) {
            put(c.to_ascii_lowercase(), at);
        } else {
            c.to_lowercase().for_each(|c| put(c, at.clone()));
        }
    };
    if is_nfkc_quick(text.chars().filter(|c| !is_sure(*c))) == IsNormalized::Yes {
        text.char_indices().for_each(|(at, c)| lower(c, at..at + c.len_utf8()));
        return;
    }
    let starts: Vec<usize> = graphemes(text).chain([text.len()]).collect();
    for pair in starts.windows(2) {
        let at = pair[0]..pair[1];
        text[at.clone()].nfkc().for_each(|c| lower(c, at.clone()));
    }
}

/// What a character is to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a script that is looked for within words.
    Packed,
    /// A letter of another script.
    Letter,
    /// A digit.
    Digit,
    /// It parts tokens.
    Gap,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' => Self::Letter,
            '0'..='9' => Self::Digit,
            '\u{0}'..='\u{7f}' => Self::Gap,
            // Hangul, kana, Han; without their punctuation.
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => Self::Packed,
            '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' => Self::Packed,
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' => Self::Packed,
            c if c.is_numeric() => Self::Digit,
            c if c.is_alphabetic() => Self::Letter,
            _ => Self::Gap,
        }
    }
}

/// Calls `put` with the tokens of a run of characters of one kind, each in `token`, and empties both.
fn put_run(
    kind: Kind,
    run: &mut Vec<(char, Range<usize>)>,
    token: &mut String,
    put: &mut impl FnMut(Kind, &str, Range<usize>),
) {
    match kind {
        Kind::Gap => {}
        Kind::Packed => {
            for (place, (c, at)) in run.iter().enumerate() {
                token.clear();
                token.push(*c);
                token.extend(run.get(place + 1).map(|(next, _)| *next));
                put(kind, token, at.clone());
            }
        }
        Kind::Letter | Kind::Digit => {
            if let (Some((_, first)), Some((_, last))) = (run.first(), run.last()) {
                token.clear();
                token.extend(run.iter().take(LONGEST).map(|(c, _)| *c));
                put(kind, token, first.start..last.end);
            }
        }
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::korean("데이터센터", "데이 이터 터센 센터 터")]
    #[case::one_syllable("칩", "칩")]
    #[case::mixed("챗GPT는", "챗 gpt 는")]
    #[case::digits("HBM4, 100억", "hbm 4 100 억")]
    #[case::full_width("ＧＰＵ　가", "gpu 가")]
    #[case::split_syllables("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글 글")]
    #[case::punctuation("\"a\"* OR -b:c^{}", "a or b c")]
    #[case::nothing(" …!", "")]
    fn text_is_cut_into_tokens(#[case] text: &str, #[case] expected: &str) {
        let found: Vec<String> = tokens(text).into_iter().map(|token| token.text).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn an_index_holds_headline_syllables_and_text() {
        let words = indexed("GPU 값", "새칩").replace(MARK, "^");
        assert_eq!(words, "gpu 값 ^gpu ^값 ^ ^값 값 새 칩 ^ 새칩 칩");
        let needle = Needle::of("칩").expect("a syllable");
        assert_eq!((needle.in_index(false), needle.is_open_in_index()), (vec!["칩".to_owned()], false));
    }

    #[rstest]
    #[case::within_a_word("센터", "데이터센터를 짓는다", &["센터"])]
    #[case::with_a_particle("구글", "구글이 구글과", &["구글", "구글"])]
    #[case::one_syllable("칩", "새칩과 칩셋", &["칩", "칩"])]
    #[case::latin_whole("open", "OpenAI open", &["open"])]
    #[case::latin_in_korean("gpt", "챗GPT는", &["GPT"])]
    #[case::two_scripts("챗gpt", "챗 GPT는", &["챗 GPT"])]
    #[case::phrase("구글 투자", "구글 투자, 구글의 투자", &["구글 투자"])]
    #[case::normalised("gpu", "ＧＰＵ를", &["ＧＰＵ"])]
    #[case::not_there("투자", "투 자", &[])]
    fn what_is_looked_for_is_found(#[case] typed: &str, #[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<&str> =
            Needle::of(typed).unwrap().find(text).into_iter().map(|at| &text[at]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn nothing_is_no_needle() {
        assert_eq!(Needle::of(" \"*\" "), None);
    }

    proptest! {
        #[test]
        fn every_word_of_a_text_is_found_in_it(text in "\\PC{1,30}") {
            for word in text.split_whitespace() {
                if let Some(needle) = Needle::of(word) {
                    let found = needle.find(&text);
                    prop_assert!(!found.is_empty(), "{word:?} in {text:?}");
                    prop_assert!(found.iter().all(|at| text.get(at.clone()).is_some()));
                }
            }
        }
    }
}
