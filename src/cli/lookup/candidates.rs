//! `jogan lookup candidates`: names in the archive that the dictionary of companies lacks, with how many articles have
//! them, as TOML to copy. Which of them are companies is for people to say.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::app;
use crate::cli::Outcome;
use crate::cli::run::runtime;
use crate::config::{Config, Environment};
use crate::enrich::{Candidate, Classifier};
use crate::model::digest::DigestId;
use crate::model::rich::plain;
use crate::store::Store;

/// Digests that are read at once.
const AT_ONCE: u32 = 100;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Names in fewer articles are left out
    #[arg(long, value_name = "ARTICLES", default_value_t = 2)]
    least: usize,
    /// The most names that are listed
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    most: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A name and what is known of it.
#[derive(Debug, Default)]
struct Counted {
    articles: usize,
    /// How often each Korean writing stood beside it.
    korean: BTreeMap<String, usize>,
}

impl Counted {
    /// The Korean writing that is used most.
    fn ko(&self) -> Option<&str> {
        self.korean.iter().max_by_key(|(_, count)| **count).map(|(ko, _)| ko.as_str())
    }
}

pub(super) fn candidates(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    let config = Config::load(config, environment)?;
    let classifier = Classifier::new(&app::dictionaries(&config.dictionaries)?);
    let counted = runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        let counted = count(&store, &classifier).await;
        store.close().await;
        anyhow::Ok(counted?)
    })?;
    let mut ranked: Vec<(String, Counted)> =
        counted.into_iter().filter(|(_, counted)| counted.articles >= arguments.least).collect();
    // The sort is stable: equals stay by name.
    ranked.sort_by_key(|(_, counted)| std::cmp::Reverse(counted.articles));
    ranked.truncate(arguments.most);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let list: Vec<_> = ranked
            .iter()
            .map(|(name, counted)| json!({"name": name, "ko": counted.ko(), "articles": counted.articles}))
            .collect();
        serde_json::to_writer_pretty(&mut out, &list)?;
        writeln!(out)?;
    } else {
        out.write_all(as_toml(&ranked).as_bytes())?;
    }
    Ok(())
}

/// Counts each article once for a name.
async fn count(store: &Store, classifier: &Classifier) -> anyhow::Result<BTreeMap<String, Counted>> {
    let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
    let mut after = DigestId(0);
    loop {
        let digests = store.published_digests(after, AT_ONCE).await?;
        let Some(last) = digests.last() else { return Ok(counted) };
        after = last.id;
        for article in digests.iter().flat_map(|stored| &stored.digest.articles) {
            let text = format!("{}\n{}", plain(&article.article.headline), article.article.text());
            let mut of_article: BTreeMap<String, Option<String>> = BTreeMap::new();
            for Candidate { name, ko } in classifier.candidates(&text) {
                let known = of_article.entry(name).or_default();
                *known = known.take().or(ko);
            }
            for (name, ko) in of_article {
                let counted = counted.entry(name).or_default();
                counted.articles += 1;
                if let Some(ko) = ko {
                    *counted.korean.entry(ko).or_default() += 1;
                }
            }
        }
    }
}

fn as_toml(ranked: &[(String, Counted)]) -> String {
    let mut text = String::new();
    for (name, counted) in ranked {
        let ko = toml::Value::String(counted.ko().unwrap_or(name).to_owned());
        let name = toml::Value::String(name.clone());
        text.push_str(&format!("{name} = {{ ko = {ko} }} # {} articles\n", counted.articles));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_copied_into_the_dictionary() {
        let korean = BTreeMap::from([("조블랫".to_owned(), 3), ("조브랏".to_owned(), 1)]);
        let ranked = vec![
            ("Zorblat Labs".to_owned(), Counted { articles: 4, korean }),
            ("Qu\"ux".to_owned(), Counted { articles: 2, korean: BTreeMap::new() }),
        ];
        let toml = as_toml(&ranked);
        assert_eq!(toml.lines().next(), Some("\"Zorblat Labs\" = { ko = \"조블랫\" } # 4 articles"));
        let dictionaries = crate::enrich::Dictionaries::parse(&toml, "").unwrap();
        assert_eq!(dictionaries.lexicon().companies["Zorblat Labs"].ko, "조블랫");
        assert_eq!(dictionaries.lexicon().companies["Qu\"ux"].ko, "Qu\"ux");
    }
}
