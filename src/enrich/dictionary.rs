//! The two dictionaries, `config/companies.toml` and `config/topics.toml`, as values. How a faulty one is told is
//! in `fault`, how one is searched for in `matcher`.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest as _, Sha256};
use toml::Table;

use crate::enrich::entry::EntryReader;
use crate::enrich::fault::{DictionaryFault, nearest};
use crate::model::lexicon::{CompanyName, Lexicon, TopicLook};

const COMPANIES: &str = "companies.toml";
const TOPICS: &str = "topics.toml";

/// A company as the dictionary has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Company {
    /// The canonical name.
    pub(crate) name: String,
    /// The name shown in Korean.
    pub(crate) ko: String,
    /// Everything it is called by that means it wherever it stands, the two names above among it.
    pub(crate) aliases: Vec<String>,
    /// What it is called by that is also a common word: counts only where there is a sign.
    pub(crate) words: Vec<String>,
    /// Products that imply it.
    pub(crate) products: Vec<String>,
    /// Signs, any of which, nearby, makes one of `words` mean the company.
    pub(crate) needs: Vec<String>,
    /// What stands right before a name that is not the company (테스트 오라클).
    pub(crate) not_after: Vec<String>,
    /// What stands right after such a name (아마존 열대우림).
    pub(crate) not_before: Vec<String>,
    /// Its Latin names count only as they are written here, or in capitals.
    pub(crate) cased: bool,
    /// What it does, a word such as `chips`.
    pub(crate) sector: Option<String>,
    /// The place in the dictionary of the company that owns it.
    pub(crate) parent: Option<usize>,
}

/// A topic as the dictionary has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    /// The key, in English: `chips`.
    pub(crate) key: String,
    /// Terms, each with its weight.
    pub(crate) terms: Vec<(String, u32)>,
    /// Front-matter tags and categories that mean the topic, in lower case.
    pub(crate) tags: Vec<String>,
    /// Sectors whose companies are a sign of the topic.
    pub(crate) sectors: Vec<String>,
}

/// The companies and topics that articles are searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dictionaries {
    pub(crate) companies: Vec<Company>,
    pub(crate) topics: Vec<Topic>,
    lexicon: Lexicon,
    fingerprint: String,
}

impl Dictionaries {
    /// The dictionaries that are compiled in.
    pub fn shipped() -> Self {
        let companies = include_str!("../../config/companies.toml");
        let topics = include_str!("../../config/topics.toml");
        // A test parses the same two constants, so that no build with a fault in them passes.
        Self::parse(companies, topics)
            .unwrap_or_else(|faults| unreachable!("shipped dictionaries: {faults:?}"))
    }

    /// Reads both files.
    ///
    /// # Errors
    /// Every fault in either of them, in the order of the files.
    pub fn parse(companies: &str, topics: &str) -> Result<Self, Vec<DictionaryFault>> {
        let mut faults = Vec::new();
        let hash = Sha256::new().chain_update(companies).chain_update([0]).chain_update(topics).finalize();
        let fingerprint = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let (companies, company_names) = read_companies(companies, &mut faults);
        let (topics, looks) = read_topics(topics, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let lexicon = Lexicon { companies: company_names, topics: looks };
        Ok(Self { companies, topics, lexicon, fingerprint })
    }

    /// What companies and topics are called and how they look.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Changes when the text of either file does.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

const COMPANY_KEYS: &[&str] =
    &["ko", "aliases", "words", "products", "needs", "not_after", "not_before", "cased", "sector", "parent"];

fn read_companies(
    text: &str,
    faults: &mut Vec<DictionaryFault>,
) -> (Vec<Company>, BTreeMap<String, CompanyName>) {
    let table = read_table(COMPANIES, text, faults);
    let mut companies = Vec::with_capacity(table.len());
    let mut names = BTreeMap::new();
    for (name, value) in &table {
        let Some(mut entry) = EntryReader::open(COMPANIES, name, value, COMPANY_KEYS, faults) else {
            continue;
        };
        let ko = entry.required("ko", name);
        let words = entry.list("words");
        let mut aliases: Vec<String> = [name.clone(), ko.clone()]
            .into_iter()
            .chain(entry.list("aliases"))
            .filter(|alias| !alias.is_empty() && !words.contains(alias))
            .collect();
        aliases.sort();
        aliases.dedup();
        let parent = entry.text("parent").and_then(|parent| parent_place(&mut entry, &table, &parent));
        companies.push(Company {
            name: name.clone(),
            ko: ko.clone(),
            aliases,
            words,
            products: entry.list("products"),
            needs: entry.list("needs"),
            not_after: entry.list("not_after"),
            not_before: entry.list("not_before"),
            cased: entry.flag("cased"),
            sector: entry.text("sector"),
            parent,
        });
        names.insert(name.clone(), CompanyName { ko, en: name.clone() });
    }
    refuse_shared_names(&companies, faults);
    (companies, names)
}

fn parent_place(entry: &mut EntryReader<'_>, table: &Table, parent: &str) -> Option<usize> {
    let place = table.keys().position(|name| name == parent);
    if place.is_none() {
        let cure = match nearest(parent, table.keys().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "add an entry for it".to_owned(),
        };
        entry.fault(format!("the parent `{parent}` is in no entry"), cure);
    }
    place
}

/// A name that means two companies means neither.
fn refuse_shared_names(companies: &[Company], faults: &mut Vec<DictionaryFault>) {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for company in companies {
        for name in company.aliases.iter().chain(&company.words).chain(&company.products) {
            match owners.insert(name.to_lowercase(), &company.name) {
                Some(owner) if owner != company.name => faults.push(DictionaryFault {
                    file: COMPANIES,
                    entry: company.name.clone(),
                    problem: format!("`{name}` is already a name of {owner}"),
                    cure: "leave it with one of them".to_owned(),
                }),
                _ => {}
            }
        }
    }
}

const TOPIC_KEYS: &[&str] = &["ko", "en", "emoji", "colour", "tags", "sectors", "strong", "usual", "weak"];

/// What a term of each list is worth; `topics` says how much makes a topic.
const WEIGHTS: [(&str, u32); 3] = [("strong", 6), ("usual", 3), ("weak", 1)];

fn read_topics(text: &str, faults: &mut Vec<DictionaryFault>) -> (Vec<Topic>, BTreeMap<String, TopicLook>) {
    let table = read_table(TOPICS, text, faults);
    let mut topics = Vec::with_capacity(table.len());
    let mut looks = BTreeMap::new();
    for (key, value) in &table {
        let Some(mut entry) = EntryReader::open(TOPICS, key, value, TOPIC_KEYS, faults) else { continue };
        let look = TopicLook {
            ko: entry.required("ko", "반도체"),
            en: entry.text("en").unwrap_or_else(|| key.clone()),
            emoji: entry.required("emoji", "🔲"),
            colour: read_colour(&mut entry),
        };
        let mut terms = Vec::new();
        for (list, weight) in WEIGHTS {
            terms.extend(entry.list(list).into_iter().map(|term| (term, weight)));
        }
        let mut tags: Vec<String> = entry.list("tags").iter().map(|tag| tag.to_lowercase()).collect();
        tags.extend([key.to_lowercase(), look.ko.to_lowercase(), look.en.to_lowercase()]);
        topics.push(Topic { key: key.clone(), terms, tags, sectors: entry.list("sectors") });
        looks.insert(key.clone(), look);
    }
    (topics, looks)
}

fn read_colour(entry: &mut EntryReader<'_>) -> u32 {
    let text = entry.required("colour", "#2ECC71");
    let colour = text
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if colour.is_none() && !text.is_empty() {
        entry.fault(format!("`colour` is `{text}`"), "write six hexadecimal digits: \"#2ECC71\"");
    }
    colour.unwrap_or_default()
}

fn read_table(file: &'static str, text: &str, faults: &mut Vec<DictionaryFault>) -> Table {
    match text.parse::<Table>() {
        Ok(table) => table,
        Err(fault) => {
            faults.push(DictionaryFault {
                file,
                entry: String::new(),
                problem: format!("is no TOML: {}", fault.to_string().trim()),
                cure: "correct that line".to_owned(),
            });
            Table::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "chips = { ko = '반도체', emoji = '🔲', colour = '#123456' }";

    fn told(companies: &str, topics: &str) -> Vec<String> {
        match Dictionaries::parse(companies, topics) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_shipped_dictionaries_are_sound() {
        let dictionaries = Dictionaries::shipped();
        assert!(dictionaries.companies.len() >= 400, "{} companies", dictionaries.companies.len());
        assert_eq!(dictionaries.topics.len(), 13);
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_cure() {
        let companies = "
            NVIDIA = { ko = '엔비디아', alias = ['NVDA'] }
            AMD = { aliases = 'AMD', parent = 'NVIDEA' }
            Intel = 3
            Nvidia2 = { ko = '', aliases = ['엔비디아', ''] }
        ";
        let topics = "chips = { ko = '반도체', emoji = '🔲', colour = 'green', stron = [] }";
        insta::assert_snapshot!(told(companies, topics).join("\n"));
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_by_line() {
        let faults = told("NVIDIA = {", TOPIC);
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].starts_with("companies.toml: is no TOML: TOML parse error at line 1"),
            "{faults:?}"
        );
    }

    #[test]
    fn a_word_is_no_alias_even_if_it_is_the_korean_name() {
        let dictionaries =
            Dictionaries::parse("'Kia' = { ko = '기아', words = ['기아'], needs = ['자동차'] }", TOPIC)
                .unwrap();
        assert_eq!(dictionaries.companies[0].aliases, ["Kia"]);
    }
}
