//! Finds out where the links of news lead before it is kept, so that messages have the address that lasts. The calls
//! are `enrich/links`'s; every digest that is kept gets what was found (`store/links.rs`).

use std::sync::Arc;

use chrono::TimeDelta;
use futures::{StreamExt as _, stream};

use crate::clock::SharedClock;
use crate::enrich::Links;
use crate::model::digest::EnrichedDigest;
use crate::store::{Store, StoreError};

/// How long a digest waits for it.
const WITHIN: TimeDelta = TimeDelta::seconds(30);
/// How many links are followed at once; each host's pace is kept besides.
const AT_ONCE: usize = 8;

/// Finds out where links lead.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// What follows them; `None`: nobody does (`links.resolve = false`).
    pub links: Option<Arc<Links>>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
}

impl Resolver {
    /// Follows those of a digest's links that nobody has followed. One that fails keeps its address, and is tried
    /// again with the next digest that has it.
    pub(super) async fn resolve(&self, digest: &EnrichedDigest) -> Result<(), StoreError> {
        let Some(links) = &self.links else { return Ok(()) };
        let all = digest.links();
        let known = self.store.known_links(&all).await?;
        let unknown: Vec<String> =
            all.into_iter().filter(|link| !known.contains_key(*link)).map(str::to_owned).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let asked = unknown.len();
        let mut answers = stream::iter(unknown)
            .map(|link| {
                let links = Arc::clone(links);
                async move { (links.follow(&link).await, link) }
            })
            .buffer_unordered(AT_ONCE)
            .take_until(self.clock.sleep_until(self.clock.now() + WITHIN));
        let mut found = Vec::with_capacity(asked);
        while let Some((answer, link)) = answers.next().await {
            match answer {
                Ok(leads_to) => found.push((link, leads_to)),
                Err(error) => tracing::info!(link, %error, "the link stays as it is"),
            }
        }
        tracing::info!(digest = %digest.key, followed = found.len(), of = asked, "looked where its links lead");
        self.store.keep_links(&found, self.clock.now()).await
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::get;
    use chrono::DateTime;

    use super::*;
    use crate::clock::TestClock;
    use crate::enrich::{Classifier, Dictionaries};
    use crate::model::article::Article;
    use crate::model::digest::{Digest, DigestDate, DigestKey};
    use crate::model::feed::FeedName;
    use crate::model::hold::Reception;
    use crate::model::rich::Inline;
    use crate::store::fingerprint;

    fn digest(links: &[String]) -> Digest {
        let article = |link: &String| Article {
            headline: vec![Inline::Text("소식".to_owned())],
            link: Some(link.clone()),
            ..Article::default()
        };
        Digest {
            key: DigestKey("2026-03-02-ai-news".to_owned()),
            title: "뉴스".to_owned(),
            date: DigestDate::Day(DateTime::UNIX_EPOCH.date_naive()),
            language: None,
            categories: Vec::new(),
            tags: Vec::new(),
            link: None,
            intro: Vec::new(),
            articles: links.iter().map(article).collect(),
            closing: Vec::new(),
        }
    }

    /// A server that redirects `/old` to `/new`.
    async fn server() -> String {
        let router = Router::new()
            .route("/old", get(|| async { Redirect::temporary("/new") }))
            .route("/new", get(|| async {}));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn what_is_kept_has_where_its_links_lead_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}", folder.path().join("jogan.db").display());
        let store = Store::open(&address).await.unwrap();
        let at = DateTime::from_timestamp(1_772_402_400, 0).unwrap();
        let resolver = Resolver {
            links: Some(Arc::new(Links::of_a_test())),
            store: store.clone(),
            clock: Arc::new(TestClock::new(at)),
        };
        let server = server().await;
        let links = ["/old", "/new", "/gone"].map(|path| format!("{server}{path}"));
        let digest = digest(&links);
        let print = fingerprint(&digest);
        let classifier = Classifier::new(&Dictionaries::parse("", "").unwrap());
        let enriched = classifier.enrich(digest);
        resolver.resolve(&enriched).await.unwrap();
        // Those that were found out are known; of the third nobody can tell.
        assert_eq!(store.known_links(&enriched.links()).await.unwrap().len(), 2);

        let feed = FeedName("ai-news".to_owned());
        store.keep_digest(&feed, &enriched, &print, at, Reception::News, at).await.unwrap();
        let kept = store.latest_digest(&feed, None).await.unwrap().unwrap().digest;
        let addresses: Vec<_> =
            kept.articles.iter().map(|article| article.article.address().unwrap()).collect();
        assert_eq!(addresses, [&links[1], &links[1], &links[2]]);
        assert_eq!(kept.articles[0].article.link.as_ref(), Some(&links[0]), "the original stays");
        assert_eq!(kept.articles[1].article.leads_to, None);
        // Beside the original it changes nothing of what the post says.
        let parsed = kept.map_articles(|article| Article { leads_to: None, ..article.article });
        assert_eq!(fingerprint(&parsed), print);
    }

    #[tokio::test]
    async fn nobody_is_called_where_it_is_turned_off() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}", folder.path().join("jogan.db").display());
        let store = Store::open(&address).await.unwrap();
        let clock = Arc::new(TestClock::new(DateTime::UNIX_EPOCH));
        let resolver = Resolver { links: None, store: store.clone(), clock };
        let link = format!("{}/old", server().await);
        let classifier = Classifier::new(&Dictionaries::parse("", "").unwrap());
        let enriched = classifier.enrich(digest(&[link]));
        resolver.resolve(&enriched).await.unwrap();
        assert!(store.known_links(&enriched.links()).await.unwrap().is_empty());
    }
}
