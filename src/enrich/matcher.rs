//! Finds every name, product and term of the dictionaries in a text, in one pass of one automaton; which of them
//! count is judged in `companies` and `topics`.

use std::cmp::Reverse;
use std::ops::Range;

use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use crate::enrich::boundary::{Edge, WordStarts, is_word};
use crate::enrich::dictionary::{Company, Dictionaries};

/// What a pattern stands for; numbers are places in the dictionaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A company's name.
    Name(usize),
    /// A name of a company that is also a common word.
    Word(usize),
    /// A product of a company.
    Product(usize),
    /// A topic's term, with its weight.
    Term(usize, u32),
}

/// A pattern that was found and is a word of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Where, in bytes of the searched text.
    pub(crate) at: Range<usize>,
    /// What for.
    pub(crate) target: Target,
    /// Which pattern, so that two writings of a term are told apart.
    pub(crate) pattern: usize,
}

#[derive(Debug, Clone)]
struct Pattern {
    target: Target,
    edge: Edge,
    /// The only writing that counts, besides the same in capitals; `None`: capitals don't matter.
    cased: Option<String>,
}

/// The automaton over everything the dictionaries have.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    automaton: NFA,
    patterns: Vec<Pattern>,
}

impl Matcher {
    /// Builds the automaton: some milliseconds for a thousand companies.
    pub(crate) fn new(dictionaries: &Dictionaries) -> Self {
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        let mut add = |text: &str, target: Target, edge: Edge, cased: bool| {
            texts.push(text.to_owned());
            patterns.push(Pattern { target, edge, cased: cased.then(|| text.to_owned()) });
        };
        for (place, company) in dictionaries.companies.iter().enumerate() {
            for alias in &company.aliases {
                add(alias, Target::Name(place), Edge::Name, is_cased(alias, company));
            }
            for word in &company.words {
                add(word, Target::Word(place), Edge::Name, true);
            }
            for product in &company.products {
                add(product, Target::Product(place), Edge::Product, true);
            }
        }
        for (place, topic) in dictionaries.topics.iter().enumerate() {
            for (term, weight) in &topic.terms {
                let (text, edge) = match term.strip_suffix('*') {
                    Some(stem) => (stem, Edge::Stem),
                    None => (term.as_str(), Edge::Noun),
                };
                add(text, Target::Term(place, *weight), edge, is_short(text));
            }
        }
        let automaton = NFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&texts)
            // Fails only past 2³¹ states, hundreds of times what a dictionary has.
            .unwrap_or_else(|fault| unreachable!("{} patterns: {fault}", texts.len()));
        Self { automaton, patterns }
    }

    /// How many patterns the automaton sees in `text`, wherever they stand.
    pub(crate) fn bare_pass(&self, text: &str) -> usize {
        let Ok(mut state) = self.automaton.start_state(Anchored::No) else { return 0 };
        let mut seen = 0;
        for byte in text.bytes() {
            state = self.automaton.next_state(Anchored::No, state, byte);
            if self.automaton.is_match(state) {
                seen += self.automaton.match_len(state);
            }
        }
        seen
    }

    /// Everything that stands in `text` as a word of its own, in the order of the text. A company's or product's
    /// name within a longer one that also stands there is left out, and so is a term within a longer term.
    pub(crate) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut words = WordStarts::default();
        for (start, first) in text.char_indices() {
            if words.may_begin(first) {
                self.find_at(text, start, &mut hits);
            }
        }
        hits.sort_by_key(|hit| (hit.at.start, Reverse(hit.at.end), hit.pattern));
        let (mut names_to, mut terms_to) = (0, 0);
        hits.retain(|hit| {
            let covered_to = match hit.target {
                Target::Term(..) => &mut terms_to,
                Target::Name(_) | Target::Word(_) | Target::Product(_) => &mut names_to,
            };
            let free = hit.at.start >= *covered_to;
            if free {
                *covered_to = hit.at.end;
            }
            free
        });
        hits
    }

    /// Everything that begins at `start` as a word of its own. Names begin where words do, so that this is
    /// quicker than to go through all of a text.
    fn find_at(&self, text: &str, start: usize, hits: &mut Vec<Hit>) {
        let Ok(mut state) = self.automaton.start_state(Anchored::Yes) else { return };
        for (end, byte) in (start + 1..).zip(text.as_bytes()[start..].iter()) {
            state = self.automaton.next_state(Anchored::Yes, state, *byte);
            if !self.automaton.is_special(state) {
                continue;
            }
            if self.automaton.is_dead(state) {
                return;
            }
            if !self.automaton.is_match(state) {
                continue;
            }
            for index in 0..self.automaton.match_len(state) {
                let number = self.automaton.match_pattern(state, index);
                // With 유니콘 the automaton also finds 니콘, which ends there too.
                if start + self.automaton.pattern_len(number) != end {
                    continue;
                }
                let number = number.as_usize();
                let pattern = &self.patterns[number];
                if pattern.allows(&text[start..end]) && is_word(text, start, end, pattern.edge) {
                    hits.push(Hit { at: start..end, target: pattern.target, pattern: number });
                }
            }
        }
    }
}

impl Pattern {
    fn allows(&self, found: &str) -> bool {
        match &self.cased {
            None => true,
            Some(writing) => {
                found == writing || (found.len() > LONGEST_SHORT && found == writing.to_uppercase())
            }
        }
    }
}

fn is_cased(alias: &str, company: &Company) -> bool {
    company.cased || is_short(alias)
}

/// Short Latin names are words or parts of abbreviations in another writing: `Arm` and `arm`, `SAP` and `sap`.
fn is_short(text: &str) -> bool {
    text.len() <= LONGEST_SHORT && text.chars().any(|c| c.is_ascii_uppercase())
}

const LONGEST_SHORT: usize = 4;

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static MATCHER: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(&Dictionaries::shipped()));

    /// Every alias whose letters join with others; Han characters don't.
    static ALIASES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let dictionaries = Dictionaries::shipped();
        let aliases = dictionaries.companies.iter().flat_map(|company| company.aliases.clone());
        let joins =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || ('가'..='힣').contains(&c));
        aliases.filter(|a| joins(a.chars().next()) && joins(a.chars().next_back())).collect()
    });

    fn names(text: &str) -> Vec<Range<usize>> {
        let hits = MATCHER.find(text).into_iter();
        hits.filter(|hit| !matches!(hit.target, Target::Term(..))).map(|hit| hit.at).collect()
    }

    #[test]
    fn a_name_at_the_end_of_a_term_is_none() {
        assert_eq!(names("국내 유니콘이 늘었다"), Vec::<Range<usize>>::new());
        assert_eq!(names("니콘이 늘었다"), vec![Range { start: 0, end: "니콘".len() }]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn any_alias_with_legal_boundaries_is_found(
            alias in any::<prop::sample::Index>(),
            before in "([가-힣]{1,5} |[a-z]{1,6} |[0-9]{1,3}, |\\(|\\*\\*|·|\n)?",
            after in "(|의|가|는|와|에서도|로부터|까지는|측은|이라고|입니다|'s| [a-z가-힣]{0,6}|·|, |\\)은|\\*\\*이|\n)",
        ) {
            let alias = alias.get(&ALIASES);
            let at = before.len()..before.len() + alias.len();
            let text = format!("{before}{alias}{after}");
            // A longer name may stand there: 구글 in 구글 딥마인드.
            let found = names(&text);
            prop_assert!(found.iter().any(|hit| hit.start <= at.start && hit.end >= at.end), "{text}: {found:?}");
        }

        #[test]
        fn an_alias_with_a_letter_glued_on_is_not_found(
            alias in any::<prop::sample::Index>(),
            letter in "[a-zA-Z_힣뷁쾌]",
            in_front in any::<bool>(),
        ) {
            let alias = alias.get(&ALIASES);
            let (text, start) = match in_front {
                true => (format!("{letter}{alias}"), letter.len()),
                false => (format!("{alias}{letter}"), 0),
            };
            prop_assert!(!names(&text).contains(&(start..start + alias.len())), "{text}");
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            MATCHER.find(&text);
        }
    }
}
