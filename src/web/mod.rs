//! The endpoints by which an operator's tools see that the program is well, and by which publishers push.

mod health;
mod push;

use axum::Router;
use axum::routing::post;

pub use health::Vitals;
pub use push::{PushFeed, Pushes};

/// `/healthz`: the process answers. `/readyz`: so do its database and the platforms. `/metrics`: how it fares, in numbers.
/// `/api/digests`, where there are feeds for it: takes posts.
pub fn router(vitals: Vitals, pushes: Pushes) -> Router {
    let router = health::router(vitals);
    if pushes.feeds.is_empty() {
        return router;
    }
    router.merge(Router::new().route("/api/digests", post(push::receive)).with_state(pushes))
}
