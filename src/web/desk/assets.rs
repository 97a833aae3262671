//! The desk's own files, compiled in: one stylesheet, that of the messages it draws, one small script, one icon. They are
//! the same for everybody.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;

use super::Desk;
use crate::draw;

/// Path, content type, content.
const FILES: [(&str, &str, &str); 4] = [
    ("/desk.css", "text/css; charset=utf-8", include_str!("assets/desk.css")),
    ("/messages.css", "text/css; charset=utf-8", draw::STYLE),
    ("/desk.js", "text/javascript; charset=utf-8", include_str!("assets/desk.js")),
    ("/icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

/// A route a file. A new version of the program has new files: they are asked for again each time.
pub(super) fn router() -> Router<Desk> {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, content)| {
        router.route(
            path,
            get(move || async move { ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], content) }),
        )
    })
}
