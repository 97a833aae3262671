//! Whether a name that was found among letters stands there as a word of its own. The endings that Korean glues
//! to nouns are in `particle`; who asks is `matcher`.

use crate::enrich::particle::{is_ending, is_particles};

/// How freely a pattern may stand among letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// A company's name: particles may follow.
    Name,
    /// A product's name: a version may follow too (`Qwen3.8`).
    Product,
    /// A noun of a topic: endings of 하다 and 되다 may follow too, an English one may be plural.
    Noun,
    /// The beginning of words: anything may follow.
    Stem,
}

/// Whether the bytes `start..end` of `text` are a word of their own by the rules of `edge`. Both must lie on
/// character boundaries.
#[inline]
pub(crate) fn is_word(text: &str, start: usize, end: usize, edge: Edge) -> bool {
    let found = &text[start..end];
    let (Some(first), Some(last)) = (found.chars().next(), found.chars().next_back()) else { return false };
    begins(text[..start].chars().next_back(), first, edge) && ends(last, &text[end..], edge)
}

/// Goes through a text and tells where a pattern of any kind may begin: where words do, and behind another script.
/// Nothing in between needs a look, and that is most of a text.
#[derive(Debug, Default)]
pub(crate) struct WordStarts {
    before: char,
    before_joins: bool,
}

impl WordStarts {
    /// Whether a pattern may begin with `first`, the character after the one that was asked about last.
    #[inline]
    pub(crate) fn may_begin(&mut self, first: char) -> bool {
        let first_joins = joins(first);
        let is_inside = first_joins && self.before_joins && !is_behind_another_script(self.before, first);
        (self.before, self.before_joins) = (first, first_joins);
        !is_inside && first > ' '
    }
}

/// Chinese and Japanese write no blanks, so that a name in Han characters stands anywhere.
#[inline]
fn begins(before: Option<char>, first: char, edge: Edge) -> bool {
    let Some(before) = before else { return true };
    if !joins(first) || !joins(before) {
        return true;
    }
    matches!(edge, Edge::Noun | Edge::Stem) && is_behind_another_script(before, first)
}

/// A topic's noun stands after Latin letters or digits without a blank: AI반도체, 2GW.
#[inline]
fn is_behind_another_script(before: char, first: char) -> bool {
    (is_hangul(first) && before.is_ascii_alphanumeric())
        || (first.is_ascii_uppercase() && before.is_ascii_digit())
}

#[inline]
fn ends(last: char, after: &str, edge: Edge) -> bool {
    let Some(next) = after.chars().next() else { return true };
    if edge == Edge::Stem || !joins(last) || !joins(next) {
        return true;
    }
    if is_hangul(next) {
        let run = &after[..after.find(|c| !is_hangul(c)).unwrap_or(after.len())];
        let then = after[run.len()..].chars().next();
        if then.is_some_and(|c| joins(c) && !is_hangul(c)) {
            return false;
        }
        return if edge == Edge::Noun { is_ending(run) } else { is_particles(run) };
    }
    match edge {
        Edge::Product => next.is_ascii_digit() && !last.is_ascii_digit(),
        Edge::Noun if last.is_ascii_alphabetic() => is_plural(after),
        _ => false,
    }
}

fn is_plural(after: &str) -> bool {
    let word = &after[..after.find(|c| !joins(c)).unwrap_or(after.len())];
    matches!(word, "s" | "es")
}

/// Whether a character is glued to its like: letters and digits, but for Han and kana.
#[inline]
fn joins(c: char) -> bool {
    match c {
        // Nearly all there are, and quick to tell.
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || c == '_',
        '가'..='힣' => true,
        _ => c.is_alphanumeric() && !is_han_or_kana(c),
    }
}

#[inline]
pub(crate) fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | 'ㄱ'..='ㆎ')
}

#[inline]
fn is_han_or_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn stands(text: &str, name: &str, edge: Edge) -> bool {
        let start = text.find(name).unwrap();
        is_word(text, start, start + name.len(), edge)
    }

    #[rstest]
    #[case("구글의 새 모델", "구글")]
    #[case("메타가", "메타")]
    #[case("엔비디아와", "엔비디아")]
    #[case("오픈AI에서도", "오픈AI")]
    #[case("삼성전자·SK하이닉스", "SK하이닉스")]
    #[case("OpenAI's", "OpenAI")]
    #[case("OpenAI-NVIDIA", "NVIDIA")]
    #[case("엔비디아發", "엔비디아")]
    #[case("传华为将", "华为")]
    fn a_name_stands(#[case] text: &str, #[case] name: &str) {
        assert!(stands(text, name, Edge::Name));
    }

    #[rstest]
    #[case("메타데이터", "메타")]
    #[case("인텔리전스", "인텔")]
    #[case("애플리케이션", "애플")]
    #[case("에코프로비엠", "에코프로")]
    #[case("Metadata", "Meta")]
    #[case("SmartArm", "Arm")]
    #[case("구글TV", "구글")]
    #[case("구글이X", "구글")]
    #[case("openai_key", "openai")]
    #[case("재구글", "구글")]
    fn inside_a_word_none_stands(#[case] text: &str, #[case] name: &str) {
        assert!(!stands(text, name, Edge::Name));
    }

    #[rstest]
    #[case("Qwen3.8", "Qwen", Edge::Product, true)]
    #[case("Qwen3.8", "Qwen", Edge::Name, false)]
    #[case("투자했다", "투자", Edge::Noun, true)]
    #[case("투자했다", "투자", Edge::Name, false)]
    #[case("chips", "chip", Edge::Noun, true)]
    #[case("chipset", "chip", Edge::Noun, false)]
    #[case("chipset", "chip", Edge::Stem, true)]
    #[case("AI반도체", "반도체", Edge::Noun, true)]
    #[case("2GW", "GW", Edge::Noun, true)]
    #[case("2GW", "GW", Edge::Name, false)]
    fn each_kind_has_its_freedom(
        #[case] text: &str,
        #[case] name: &str,
        #[case] edge: Edge,
        #[case] expected: bool,
    ) {
        assert_eq!(stands(text, name, edge), expected);
    }
}
