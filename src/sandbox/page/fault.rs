//! What the page is told when something cannot be done: a status, a word that `assets/net.js` reads, and the reason.

use std::str::FromStr;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer};
use serde_json::json;

/// A refusal, as JSON: `{"error": "no_response", "detail": "…"}`.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) detail: String,
}

impl Fault {
    /// The page names somebody who is not on the stage.
    pub(crate) fn nobody() -> Self {
        Self { status: StatusCode::NOT_FOUND, error: "unknown_person", detail: "no such person".to_owned() }
    }

    /// The page names a place, message or button that is not there, or no longer.
    pub(crate) fn nowhere(detail: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, error: "unknown_place", detail: detail.to_owned() }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.error, "detail": self.detail}))).into_response()
    }
}

/// Reads an id that JSON or a query carries as a string.
pub(crate) fn id<'de, D: Deserializer<'de>, T: FromStr>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| serde::de::Error::custom("an id is a number in a string"))
}
