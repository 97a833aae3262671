//! What a company or a topic is called and how it looks, by its key; matching texts against it is `enrich/`'s.

use std::collections::BTreeMap;

use super::language::Language;

/// The names that renderers and commands show for the keys in an enriched digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Companies by canonical name (`NVIDIA`).
    pub companies: BTreeMap<String, CompanyName>,
    /// Topics by key (`chips`).
    pub topics: BTreeMap<String, TopicLook>,
}

/// What a company is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyName {
    /// In Korean text (`엔비디아`; some keep their Latin name: `OpenAI`).
    pub ko: String,
    /// In English text (`NVIDIA`).
    pub en: String,
}

/// What a topic is called and how it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicLook {
    /// In Korean (`반도체`).
    pub ko: String,
    /// In English (`chips`).
    pub en: String,
    /// One emoji that stands before its name.
    pub emoji: String,
    /// Its colour, `0xRRGGBB`.
    pub colour: u32,
}

impl Lexicon {
    /// What to call a company; its canonical name if the dictionary lost it.
    pub fn company<'a>(&'a self, name: &'a str, language: Language) -> &'a str {
        match (self.companies.get(name), language) {
            (Some(company), Language::Ko) => &company.ko,
            (Some(company), Language::En) => &company.en,
            (None, _) => name,
        }
    }

    /// What to call a topic; its key if the dictionary lost it.
    pub fn topic<'a>(&'a self, key: &'a str, language: Language) -> &'a str {
        match (self.topics.get(key), language) {
            (Some(topic), Language::Ko) => &topic.ko,
            (Some(topic), Language::En) => &topic.en,
            (None, _) => key,
        }
    }
}
