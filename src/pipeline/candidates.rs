//! Names that the latest digests have and the dictionary lacks, for whoever keeps it up to date.

use std::collections::BTreeMap;

use crate::enrich::Classifier;
use crate::model::rich::plain;
use crate::store::{Store, StoreError};

/// A name that may be a company's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As the articles write it.
    pub name: String,
    /// How many articles have it.
    pub articles: u32,
    /// The headline of the latest of them.
    pub headline: String,
}

impl Candidate {
    /// A line for `companies.toml`, to be completed by hand.
    pub fn toml(&self) -> String {
        // A name of letters and digits needs no quotes; the debug form of these is TOML's.
        let is_bare = self.name.chars().all(|c| c.is_ascii_alphanumeric());
        let key = if is_bare { self.name.clone() } else { format!("{:?}", self.name) };
        format!("{key} = {{ ko = {:?} }}  # {}", self.name, self.articles)
    }
}

/// The names that most articles of the last `digests` have, at most `most`.
///
/// # Errors
/// If the database fails.
pub async fn candidates(
    store: &Store,
    classifier: &Classifier,
    digests: u32,
    most: usize,
) -> Result<Vec<Candidate>, StoreError> {
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    for stored in store.recent_digests(digests).await? {
        for article in &stored.digest.articles {
            let headline = plain(&article.article.headline);
            let mut names = classifier.candidates(&format!("{headline}\n{}", article.article.text()));
            names.sort_unstable();
            names.dedup();
            for name in names {
                let candidate = found.entry(name.clone()).or_insert_with(|| Candidate {
                    name,
                    articles: 0,
                    headline: headline.clone(),
                });
                candidate.articles += 1;
            }
        }
        tokio::task::yield_now().await;
    }
    let mut found: Vec<Candidate> = found.into_values().collect();
    // The sort is stable: equals stay by name.
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.articles));
    found.truncate(most);
    Ok(found)
}
