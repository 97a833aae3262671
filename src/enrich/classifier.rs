//! Tells what articles are about: the front door of this module for digests and texts. What it knows is in
//! `dictionary`.

use crate::enrich::companies::{self, Found};
use crate::enrich::dictionary::Dictionaries;
use crate::enrich::matcher::Matcher;
use crate::enrich::scan::searchable;
use crate::enrich::topics;
use crate::model::article::{Article, EnrichedArticle, Mention, Strength};
use crate::model::digest::{Digest, EnrichedDigest};
use crate::model::rich::{plain, plain_blocks};

/// What a text is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Canonical names of the companies it names, strongest first.
    pub companies: Vec<String>,
    /// Those that are there only through a product or a company that they own.
    pub implied: Vec<String>,
    /// Keys of its topics, best first, at most three.
    pub topics: Vec<String>,
}

/// Tells what articles are about. Building one costs some milliseconds; it is then used for every text.
#[derive(Debug, Clone)]
pub struct Classifier {
    dictionaries: Dictionaries,
    matcher: Matcher,
}

impl Classifier {
    /// A classifier that knows `dictionaries`.
    pub fn new(dictionaries: &Dictionaries) -> Self {
        Self { dictionaries: dictionaries.clone(), matcher: Matcher::new(dictionaries) }
    }

    /// The digest with what each article is about. The post's categories and tags count a little for topics that
    /// an article has words of.
    pub fn enrich(&self, digest: Digest) -> EnrichedDigest {
        let tags: Vec<String> = digest.categories.iter().chain(&digest.tags).cloned().collect();
        digest.map_articles(|article| self.enrich_article(article, &tags))
    }

    /// What a text is about, whatever its form; of several lines the first is taken as the headline.
    pub fn classify_text(&self, text: &str) -> About {
        let (headline, body) = text.trim_start().split_once('\n').unwrap_or(("", text));
        let (found, topics) = self.judge(headline, body, &[]);
        let (implied, named): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.strength == Strength::Implied);
        About {
            companies: named.iter().map(|found| self.company(*found)).collect(),
            implied: implied.iter().map(|found| self.company(*found)).collect(),
            topics,
        }
    }

    fn enrich_article(&self, article: Article, tags: &[String]) -> EnrichedArticle {
        let mut body = String::new();
        for section in &article.sections {
            body.push_str(&plain(&section.title));
            body.push('\n');
            body.push_str(&plain_blocks(&section.blocks));
            body.push('\n');
        }
        let (found, topics) = self.judge(&plain(&article.headline), &body, tags);
        let companies = found
            .into_iter()
            .map(|found| Mention { company: self.company(found), strength: found.strength })
            .collect();
        EnrichedArticle { article, companies, topics }
    }

    fn judge(&self, headline: &str, body: &str, tags: &[String]) -> (Vec<Found>, Vec<String>) {
        let mut text = searchable(headline);
        let headline = text.len();
        text.push('\n');
        text.push_str(&searchable(body));
        let hits = self.matcher.find(&text);
        let found = companies::judge(&self.dictionaries, &text, headline, &hits);
        let topics = topics::judge(&self.dictionaries, headline, &hits, tags);
        (found, topics.into_iter().map(|place| self.dictionaries.topics[place].key.clone()).collect())
    }

    fn company(&self, found: Found) -> String {
        self.dictionaries.companies[found.company].name.clone()
    }
}
