//! The operator's desk (`desk/`), the endpoints by which an operator's tools see that the program is well, and the one by
//! which publishers push. `serve.rs` listens.

pub mod desk;
mod headers;
mod health;
mod push;
mod serve;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;

pub use desk::Desk;
pub use health::Vitals;
pub use push::{PushFeed, Pushes};
pub use serve::{Patience, serve};

/// `/healthz`: the process answers. `/readyz`: so do its database and the platforms. `/metrics`: how it fares, in numbers.
/// `/api/digests`, where there are feeds for it: takes posts. Everything else is the desk's. A request that takes longer
/// than `patience` allows is cut off.
pub fn router(vitals: Vitals, pushes: Pushes, desk: Desk, patience: Patience) -> Router {
    let mut router = health::router(vitals);
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
