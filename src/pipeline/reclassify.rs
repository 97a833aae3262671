//! Classifies stored digests again when the dictionaries have changed since, newest first, so that look-ups know what
//! the dictionaries know. Nothing is sent for it: what an article is about is no correction of it.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::enrich::Classifier;
use crate::store::{Reclassified, Store, StoreError};
use crate::text::chain;

/// How many digests one transaction writes: few enough that a delivery hardly waits for it.
const AT_ONCE: u32 = 16;

/// Goes once over all digests that other dictionaries classified.
#[derive(Debug, Clone)]
pub struct Reclassify {
    /// The database.
    pub store: Store,
    /// What finds companies and topics.
    pub classifier: Arc<Classifier>,
    /// A hash of the classifier's dictionaries.
    pub dictionaries: String,
}

impl Reclassify {
    /// Runs until every digest is done, or the program stops. What is left then, or after a failure, is done by the
    /// next start.
    pub async fn run(self, stop: CancellationToken) {
        let done = tokio::select! {
            done = self.all() => done,
            () = stop.cancelled() => return,
        };
        match done {
            Ok(0) => {}
            Ok(digests) => {
                tracing::info!(digests, "classified the archive by the dictionaries as they are now")
            }
            Err(error) => {
                tracing::error!(error = chain(&error), "the archive could not be classified again");
            }
        }
    }

    async fn all(&self) -> Result<usize, StoreError> {
        let mut done = 0;
        loop {
            let stale = self.store.to_reclassify(&self.dictionaries, AT_ONCE).await?;
            if stale.is_empty() {
                return Ok(done);
            }
            let fresh: Vec<Reclassified> = stale
                .into_iter()
                .map(|before| {
                    let parsed = before.digest.clone().map_articles(|article| article.article);
                    Reclassified { now: self.classifier.enrich(parsed), before }
                })
                .collect();
            self.store.put_reclassified(&fresh, &self.dictionaries).await?;
            done += fresh.len();
            tokio::task::yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::enrich::Dictionaries;
    use crate::model::article::Article;
    use crate::model::digest::{Digest, DigestDate, DigestKey};
    use crate::model::feed::FeedName;
    use crate::model::hold::Reception;
    use crate::model::rich::Inline;
    use crate::store::{Subject, fingerprint};

    #[tokio::test]
    async fn what_another_dictionary_left_out_is_found_and_the_revision_stays() {
        let folder = tempfile::tempdir().unwrap();
        let address = crate::test_database::url_in(folder.path());
        let store = Store::open(&address).await.unwrap();
        let at = DateTime::from_timestamp(1_772_402_400, 0).unwrap();
        let article = Article {
            headline: vec![Inline::Text("엔비디아, 새 칩을 내놓다".to_owned())],
            ..Article::default()
        };
        let digest = Digest {
            key: DigestKey("2026-03-02-ai-news".to_owned()),
            title: "뉴스".to_owned(),
            date: DigestDate::Day(at.date_naive()),
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            intro: Vec::new(),
            articles: vec![article],
            closing: Vec::new(),
        };
        let print = fingerprint(&digest);
        let nothing = Classifier::new(&Dictionaries::parse("", "").unwrap()).enrich(digest);
        let feed = FeedName("ai-news".to_owned());
        store.keep_digest(&feed, &nothing, &print, at, Reception::News, at).await.unwrap();
        let nvidia = Subject::Company("NVIDIA");
        assert_eq!(store.count_about(nvidia, None).await.unwrap().named, 0);

        let classifier = Arc::new(Classifier::new(&Dictionaries::shipped()));
        let again = Reclassify { store: store.clone(), classifier, dictionaries: "shipped".to_owned() };
        assert_eq!(again.all().await.unwrap(), 1);
        assert_eq!(store.count_about(nvidia, None).await.unwrap().named, 1);
        let stored = store.latest_digest(&feed, None).await.unwrap().unwrap();
        assert_eq!(stored.revision, 1);
        assert_eq!(again.all().await.unwrap(), 0, "once is enough");
    }
}
