//! The operator's desk (`desk/`), the endpoints by which an operator's tools see that the program is well, and the one by
//! which publishers push. `serve.rs` listens.

pub mod desk;
mod headers;
mod push;
mod serve;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::model::feed::FeedName;
use crate::store::{FeedState, Store, StoreError};
use crate::text::chain;

pub use desk::Desk;
pub use push::{PushFeed, Pushes};
pub use serve::{Patience, serve};

/// What `/readyz` tells of.
#[derive(Debug, Clone)]
struct Ready {
    store: Store,
    feeds: Arc<[FeedName]>,
}

/// `/healthz`: the process answers. `/readyz`: so does its database; and how each feed's source fares, which makes
/// nothing unready. `/api/digests`, where there are feeds for it: takes posts. Everything else is the desk's. A request
/// that takes longer than `patience` allows is cut off.
pub fn router(
    store: Store,
    feeds: Arc<[FeedName]>,
    pushes: Pushes,
    desk: Desk,
    patience: Patience,
) -> Router {
    let ready = Router::new().route("/readyz", get(ready)).with_state(Ready { store, feeds });
    let mut router = Router::new().route("/healthz", get(|| async { "ok\n" })).merge(ready);
    if !pushes.feeds.is_empty() {
        router = router.merge(Router::new().route("/api/digests", post(push::receive)).with_state(pushes));
    }
    router
        .merge(desk::router(desk))
        .layer(middleware::from_fn_with_state(patience, in_time))
        .layer(middleware::from_fn(headers::headers))
}

/// Cuts off what takes too long, such as a body that comes by the byte.
async fn in_time(State(patience): State<Patience>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response(),
    }
}

async fn ready(State(ready): State<Ready>) -> (StatusCode, String) {
    match told(&ready).await {
        Ok(text) => (StatusCode::OK, text),
        Err(error) => {
            tracing::error!(error = chain(&error), "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n".to_owned())
        }
    }
}

async fn told(ready: &Ready) -> Result<String, StoreError> {
    ready.store.check().await?;
    let mut text = "ready\n".to_owned();
    for feed in ready.feeds.iter() {
        let state = ready.store.feed_state(feed).await?;
        // A string takes everything.
        let _ = writeln!(text, "{feed}: {}", line(&state));
    }
    Ok(text)
}

/// How a feed's source fares, on one line.
fn line(state: &FeedState) -> String {
    let at = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let loaded = state.last_load.map_or("not loaded yet".to_owned(), |last| format!("loaded {}", at(last)));
    let (Some(error), Some(since)) = (&state.error, state.failing_since) else { return loaded };
    let retry = state.retry_at.map(|retry| format!(", tried again {}", at(retry))).unwrap_or_default();
    let times = state.failures;
    format!("{loaded}; fails since {} ({times} times{retry}): {}", at(since), error.replace('\n', " "))
}
