//! Names that digests have and the dictionary of companies lacks, counted for whoever keeps it up to date. Which of them
//! are companies is for people to say.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::enrich::{Candidate, Classifier};
use crate::model::digest::EnrichedDigest;
use crate::model::rich::plain;

/// A name that may be a company's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// In Latin letters.
    pub name: String,
    /// In Hangul, as most articles that write both have it.
    pub ko: Option<String>,
    /// How many articles have it.
    pub articles: usize,
    /// The headline of the last of them.
    pub headline: String,
}

impl Lacking {
    /// A line for `companies.toml`, to be completed by hand.
    pub fn toml(&self) -> String {
        // A name of letters and digits needs no quotes.
        let is_bare = self.name.chars().all(|c| c.is_ascii_alphanumeric());
        let key = if is_bare { self.name.clone() } else { quoted(&self.name) };
        format!("{key} = {{ ko = {} }} # {}", quoted(self.ko.as_ref().unwrap_or(&self.name)), self.articles)
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The names of the digests that were looked through.
#[derive(Debug, Default)]
pub struct NameCounts(BTreeMap<String, Counted>);

#[derive(Debug, Default)]
struct Counted {
    articles: usize,
    headline: String,
    /// How often each Korean writing stood beside it.
    korean: BTreeMap<String, usize>,
}

impl NameCounts {
    /// Looks through a digest; later ones come later. Each article counts once for a name.
    pub fn add(&mut self, digest: &EnrichedDigest, classifier: &Classifier) {
        for article in &digest.articles {
            let headline = plain(&article.article.headline);
            let mut of_article: BTreeMap<String, Option<String>> = BTreeMap::new();
            for Candidate { name, ko } in
                classifier.candidates(&format!("{headline}\n{}", article.article.text()))
            {
                let known = of_article.entry(name).or_default();
                *known = known.take().or(ko);
            }
            for (name, ko) in of_article {
                let counted = self.0.entry(name).or_default();
                counted.articles += 1;
                headline.as_ref().clone_into(&mut counted.headline);
                if let Some(ko) = ko {
                    *counted.korean.entry(ko).or_default() += 1;
                }
            }
        }
    }

    /// Those that at least so many articles have, most first, at most so many.
    pub fn ranked(self, least: usize, most: usize) -> Vec<Lacking> {
        let enough = self.0.into_iter().filter(|(_, counted)| counted.articles >= least);
        let mut ranked: Vec<Lacking> = enough
            .map(|(name, Counted { articles, headline, korean })| {
                let ko = korean.into_iter().max_by_key(|(_, count)| *count).map(|(ko, _)| ko);
                Lacking { name, ko, articles, headline }
            })
            .collect();
        // The sort is stable: equals stay by name.
        ranked.sort_by_key(|lacking| Reverse(lacking.articles));
        ranked.truncate(most);
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking(name: &str, ko: Option<&str>) -> Lacking {
        Lacking { name: name.to_owned(), ko: ko.map(str::to_owned), articles: 4, headline: String::new() }
    }

    #[test]
    fn a_line_can_be_copied_into_the_dictionary() {
        let lines =
            [lacking("Zorblat Labs", Some("조블랫")), lacking("Decart", None), lacking("Qu\"ux", None)]
                .map(|lacking| lacking.toml());
        assert_eq!(lines[0], "\"Zorblat Labs\" = { ko = \"조블랫\" } # 4");
        assert_eq!(lines[1], "Decart = { ko = \"Decart\" } # 4");
        let dictionaries = crate::enrich::Dictionaries::parse(&lines.join("\n"), "").unwrap();
        assert_eq!(dictionaries.lexicon().companies["Zorblat Labs"].ko, "조블랫");
        assert_eq!(dictionaries.lexicon().companies["Qu\"ux"].ko, "Qu\"ux");
    }
}
