//! What somebody who asks for a company or a topic means: by any name, ticker or product, with "did you mean" for
//! the rest. Texts are searched in `matcher`.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization;

use crate::enrich::dictionary::Dictionaries;
use crate::text::keystrokes;

/// What a typed name stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// A company, by canonical name.
    Company(String),
    /// A topic, by key.
    Topic(String),
}

/// Answers which company or topic a typed name stands for.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// By folded name. A company's own name wins over a product of that name.
    companies: HashMap<String, String>,
    topics: HashMap<String, String>,
}

/// The share of keys, from 0 to 1, that have to be right for a name to be offered: two wrong ones of seven are too many.
const ALIKE: f64 = 0.72;
/// What the right first key adds.
const BEGINS_ALIKE: f64 = 0.05;
/// Longer texts are like no name, in code points: holding thousands of letters against every name would take seconds.
const LONGEST: usize = 100;
/// So many keys at least begin a name that is offered whatever comes after them.
const FEW_KEYS: usize = 4;

impl Lookup {
    /// The names of `dictionaries`, ready to be asked for.
    pub fn new(dictionaries: &Dictionaries) -> Self {
        let mut companies = HashMap::new();
        for company in &dictionaries.companies {
            for name in company.aliases.iter().chain(&company.words).chain([&company.name, &company.ko]) {
                companies.insert(fold(name), company.name.clone());
            }
        }
        for company in &dictionaries.companies {
            for product in &company.products {
                companies.entry(fold(product)).or_insert_with(|| company.name.clone());
            }
        }
        let mut topics = HashMap::new();
        for topic in &dictionaries.topics {
            for tag in &topic.tags {
                topics.insert(fold(tag), topic.key.clone());
            }
        }
        Self { companies, topics }
    }

    /// The canonical name of the company that `typed` names: Korean or English, a ticker, a product; case, blanks
    /// and punctuation don't matter.
    pub fn company(&self, typed: &str) -> Option<&str> {
        self.companies.get(&fold(typed)).map(String::as_str)
    }

    /// The key of the topic that `typed` names.
    pub fn topic(&self, typed: &str) -> Option<&str> {
        self.topics.get(&fold(typed)).map(String::as_str)
    }

    /// The company or topic that `typed` names, the company where both do.
    pub fn entry(&self, typed: &str) -> Option<Entry> {
        let company = self.company(typed).map(|name| Entry::Company(name.to_owned()));
        company.or_else(|| self.topic(typed).map(|key| Entry::Topic(key.to_owned())))
    }

    /// Canonical names of the companies whose names are most like `typed` or begin with it, best first, `most` at
    /// most: for autocomplete and "did you mean".
    pub fn companies_like(&self, typed: &str, most: usize) -> Vec<&str> {
        alike(&self.companies, typed, most)
    }

    /// Keys of the topics that are most like `typed`, best first.
    pub fn topics_like(&self, typed: &str, most: usize) -> Vec<&str> {
        alike(&self.topics, typed, most)
    }
}

fn alike<'a>(names: &'a HashMap<String, String>, typed: &str, most: usize) -> Vec<&'a str> {
    let typed = fold(typed);
    if typed.is_empty() || typed.chars().nth(LONGEST).is_some() {
        return Vec::new();
    }
    let keys = keystrokes(&typed);
    let mut best: BTreeMap<&str, f64> = BTreeMap::new();
    for (name, target) in names {
        let likeness = likeness(&typed, &keys, name);
        if likeness >= ALIKE {
            let known = best.entry(target).or_insert(likeness);
            *known = known.max(likeness);
        }
    }
    let mut ranked: Vec<(&str, f64)> = best.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    ranked.into_iter().take(most).map(|(name, _)| name).collect()
}

/// From 0 to 1 by how few keys have to be struck otherwise, a little more if the first is right; most if the name begins so.
fn likeness(typed: &str, keys: &str, name: &str) -> f64 {
    if name.starts_with(typed) {
        // The shorter the rest, the likelier it is meant.
        return 2.0 - (name.len() - typed.len()) as f64 / 1000.0;
    }
    let name = keystrokes(name);
    // Half a syllable, or the other layout. A few keys begin too many names to mean one.
    if keys.len() >= FEW_KEYS && name.starts_with(keys) {
        return 1.0 - (name.len() - keys.len()) as f64 / 1000.0;
    }
    let longer = name.len().max(keys.len());
    // Names of very different length cannot be alike: no need to look closer.
    if name.len().abs_diff(keys.len()) as f64 > longer as f64 * (1.0 - ALIKE) {
        return 0.0;
    }
    let alike = strsim::normalized_damerau_levenshtein(keys, &name);
    // Few people miss the first letter: of two names that are as near, the one that begins alike is meant.
    let begins_alike = alike >= ALIKE && keys.chars().next() == name.chars().next();
    if begins_alike { alike + BEGINS_ALIKE } else { alike }
}

/// Lower case, composed, without blanks and punctuation: `SK hynix`, `sk하이닉스` and `S.K. Hynix` fold alike.
fn fold(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::korean("엔비디아", "NVIDIA")]
    #[case::english("nvidia", "NVIDIA")]
    #[case::ticker("NVDA", "NVIDIA")]
    #[case::product("챗GPT", "OpenAI")]
    #[case::blanks("sk 하이닉스", "SK hynix")]
    #[case::a_common_word("기아", "Kia")]
    fn a_company_is_found_by_any_name(#[case] typed: &str, #[case] company: &str) {
        assert_eq!(Lookup::new(&Dictionaries::shipped()).company(typed), Some(company));
    }

    #[test]
    fn a_typo_is_answered_with_what_was_meant() {
        let lookup = Lookup::new(&Dictionaries::shipped());
        assert_eq!(lookup.company("엔비다아"), None);
        assert_eq!(lookup.companies_like("엔비다아", 3).first(), Some(&"NVIDIA"));
        assert_eq!(lookup.companies_like("엔비", 3).first(), Some(&"NVIDIA"));
        assert!(lookup.companies_like("ㅁㄴㅇㄹ 그런 회사는 없다", 3).is_empty());
    }

    #[rstest]
    #[case::a_wrong_vowel("엔비다아", "NVIDIA")]
    #[case::a_missing_syllable("엔디아", "NVIDIA")]
    #[case::the_english_layout("dpsqleldk", "NVIDIA")]
    #[case::the_english_layout_and_a_slip("dpsqlelkd", "NVIDIA")]
    #[case::the_korean_layout("ㅜㅍㅑ야ㅁ", "NVIDIA")]
    #[case::letters_swapped("nvidai", "NVIDIA")]
    #[case::a_letter_too_many("nvvidia", "NVIDIA")]
    #[case::the_other_vowel("엔비디어", "NVIDIA")]
    #[case::a_letter_missing("opnai", "OpenAI")]
    #[case::a_wrong_letter("openai9", "OpenAI")]
    #[case::the_layout_of_openai("ㅐㅔ두먀", "OpenAI")]
    #[case::a_wrong_final("삼선전자", "Samsung Electronics")]
    #[case::a_missing_final("삼서전자", "Samsung Electronics")]
    #[case::samsung_by_its_keys("tkatjdwjswk", "Samsung Electronics")]
    #[case::two_vowels_that_sound_alike("테슬레", "Tesla")]
    #[case::tesla_by_its_keys("xptmffk", "Tesla")]
    #[case::anthropic("안트로픽", "Anthropic")]
    #[case::anthropic_in_latin("antropic", "Anthropic")]
    #[case::google("구굴", "Google")]
    #[case::google_by_its_keys("rnrmf", "Google")]
    #[case::microsoft("마이크로소프드", "Microsoft")]
    #[case::microsoft_in_latin("mircosoft", "Microsoft")]
    #[case::hynix("하이닉서", "SK hynix")]
    #[case::half_a_syllable("엔빋", "NVIDIA")]
    fn a_slip_of_the_finger_is_answered_with_what_was_meant(#[case] typed: &str, #[case] company: &str) {
        let lookup = Lookup::new(&Dictionaries::shipped());
        let alike = lookup.companies_like(typed, 3);
        assert_eq!(alike.first(), Some(&company), "{alike:?}");
    }

    #[rstest]
    #[case::short("zq")]
    #[case::a_sentence("오늘 저녁에는 무엇을 먹을까요")]
    #[case::signs("?!")]
    fn what_is_like_no_name_is_offered_none(#[case] typed: &str) {
        let lookup = Lookup::new(&Dictionaries::shipped());
        assert_eq!(lookup.companies_like(typed, 3), Vec::<&str>::new());
    }

    #[rstest]
    #[case("반도체", "chips")]
    #[case("투자", "funding")]
    #[case("Open-Source", "open-source")]
    fn a_topic_is_found_by_any_name(#[case] typed: &str, #[case] key: &str) {
        assert_eq!(Lookup::new(&Dictionaries::shipped()).topic(typed), Some(key));
    }
}
