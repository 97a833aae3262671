//! The operator's desk (`desk/`), the endpoints by which an operator's tools see that the program is well, and the one by
//! which publishers push. `serve.rs` listens.

pub mod desk;
mod headers;
mod health;
mod push;
mod serve;

use axum::Router;
use axum::middleware;
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
        .layer(middleware::from_fn_with_state(patience, serve::in_time))
        .layer(middleware::from_fn(headers::headers))
}
