//! Pages for what goes wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::frame;
use super::visit::Visit;
use super::words::Words;
use crate::model::language::Language;
use crate::store::StoreError;
use crate::text::chain;

/// How a handler ends.
pub(super) type Answer = Result<Response, Broken>;

/// Something of ours failed: the log says what, the page that it did.
#[derive(Debug)]
pub(super) struct Broken(StoreError);

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Broken {
    /// In both languages: which one was asked for is not known here.
    fn into_response(self) -> Response {
        tracing::error!(error = chain(&self.0), "a page of the desk cannot be shown");
        let (ko, en) = (Words::of(Language::Ko), Words::of(Language::En));
        let body = html! {
            p { (ko.broken) }
            p lang="en" { (en.broken) }
        };
        (StatusCode::INTERNAL_SERVER_ERROR, frame::alone(Language::Ko, ko.broken_title, &body))
            .into_response()
    }
}

/// There is no such page.
pub(super) async fn not_found(visit: Visit) -> Response {
    missing(&visit)
}

/// What is asked for is not there, or not any more.
pub(super) fn missing(visit: &Visit) -> Response {
    let words = visit.words;
    let body = html! {
        p { (words.not_found) }
        p { a href="/" { (words.to_today) } }
    };
    (StatusCode::NOT_FOUND, frame::alone(visit.language, words.not_found_title, &body)).into_response()
}

/// A form that no page of ours has made, or that was made before somebody logged out.
pub(super) fn refused(visit: &Visit) -> Response {
    let words = visit.words;
    let body = html! {
        p { (words.refused) }
        p { a href="/" { (words.to_today) } }
    };
    (StatusCode::FORBIDDEN, frame::alone(visit.language, words.refused_title, &body)).into_response()
}
