//! Whether the program is well, for an operator's tools: `/healthz`, `/readyz`, and `/metrics` for Prometheus.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::{DateTime, Utc};

use crate::clock::SharedClock;
use crate::health::{Health, Link};
use crate::model::feed::FeedName;
use crate::store::{FeedState, Store, StoreError};
use crate::telemetry;
use crate::text::chain;

/// What is told of.
#[derive(Debug, Clone)]
pub struct Vitals {
    /// The database.
    pub store: Store,
    /// The configured feeds.
    pub feeds: Arc<[FeedName]>,
    /// The connections to the platforms.
    pub health: Arc<Health>,
    /// The time.
    pub clock: SharedClock,
}

pub(super) fn router(vitals: Vitals) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(vitals)
}

/// Ready is who can deliver: the database answers, and each platform is connected. How each feed's source fares is told,
/// and makes nothing unready.
async fn ready(State(vitals): State<Vitals>) -> (StatusCode, String) {
    match vitals.told().await {
        Ok((true, lines)) => (StatusCode::OK, format!("ready\n{lines}")),
        Ok((false, lines)) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{lines}")),
        Err(error) => failed(&error),
    }
}

async fn metrics(State(vitals): State<Vitals>) -> (StatusCode, String) {
    match vitals.measured().await {
        Ok(()) => (StatusCode::OK, telemetry::metrics().render()),
        Err(error) => failed(&error),
    }
}

fn failed(error: &StoreError) -> (StatusCode, String) {
    tracing::error!(error = chain(error), "the database does not answer");
    (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".to_owned())
}

impl Vitals {
    async fn told(&self) -> Result<(bool, String), StoreError> {
        self.store.check().await?;
        let (links, mut lines) = (self.health.links(), "database: answers\n".to_owned());
        for (platform, link) in &links {
            // A string takes everything.
            let _ = writeln!(lines, "{platform}: {}", of_link(link));
        }
        for feed in self.feeds.iter() {
            let state = self.store.feed_state(feed).await?;
            let _ = writeln!(lines, "{feed}: {}", of_feed(&state));
        }
        Ok((links.iter().all(|(_, link)| link.is_up), lines))
    }

    /// Measures what is not counted as it happens.
    async fn measured(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let age = |at: DateTime<Utc>| (now - at).to_std().unwrap_or_default().as_secs_f64();
        let queues = self.store.queues().await?;
        for (platform, _) in self.health.links() {
            let queue = queues.iter().find(|queue| queue.platform == platform);
            let name = platform.name();
            metrics::gauge!("jogan_queue_messages", "platform" => name)
                .set(queue.map_or(0, |queue| queue.messages));
            metrics::gauge!("jogan_queue_age_seconds", "platform" => name)
                .set(queue.and_then(|queue| queue.since).map_or(0.0, age));
        }
        for (platform, state, count) in self.store.messages_by_state().await? {
            metrics::gauge!("jogan_messages", "platform" => platform, "state" => state).set(count);
        }
        for feed in self.feeds.iter() {
            let state = self.store.feed_state(feed).await?;
            let name = feed.as_str().to_owned();
            if let Some(last) = state.last_load {
                metrics::gauge!("jogan_feed_load_age_seconds", "feed" => name.clone()).set(age(last));
            }
            if let Some(latest) = self.store.last_arrivals(feed, 1, true).await?.pop() {
                metrics::gauge!("jogan_feed_digest_age_seconds", "feed" => name.clone()).set(age(latest.at));
            }
            metrics::gauge!("jogan_feed_failures", "feed" => name).set(state.failures);
        }
        Ok(())
    }
}

fn of_link(link: &Link) -> String {
    match (link.is_up, &link.error) {
        (true, _) => format!("connected since {}", instant(link.since)),
        (false, None) => format!("not connected since {}", instant(link.since)),
        (false, Some(error)) => {
            format!("not connected since {}: {}", instant(link.since), error.replace('\n', " "))
        }
    }
}

/// How a feed's source fares, on one line.
fn of_feed(state: &FeedState) -> String {
    let loaded =
        state.last_load.map_or("not loaded yet".to_owned(), |last| format!("loaded {}", instant(last)));
    let (Some(error), Some(since)) = (&state.error, state.failing_since) else { return loaded };
    let retry = state.retry_at.map(|retry| format!(", tried again {}", instant(retry))).unwrap_or_default();
    let times = state.failures;
    format!("{loaded}; fails since {} ({times} times{retry}): {}", instant(since), error.replace('\n', " "))
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
