//! How Discord refuses a call: HTTP status, numeric code, and for a bad form the errors by their place in it.
//! What is refused is decided in [`crate::sandbox::discord`]'s other files; this one only words it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refused call. Codes and messages: Discord, `topics/opcodes-and-status-codes`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: u32,
    message: &'static str,
    errors: Option<Value>,
}

impl Refusal {
    pub(crate) const UNAUTHORIZED: Self = Self::new(401, 0, "401: Unauthorized");
    pub(crate) const NOT_FOUND: Self = Self::new(404, 0, "404: Not Found");
    pub(crate) const WRONG_METHOD: Self = Self::new(405, 0, "405: Method Not Allowed");
    pub(crate) const UNKNOWN_APPLICATION: Self = Self::new(404, 10002, "Unknown Application");
    pub(crate) const UNKNOWN_CHANNEL: Self = Self::new(404, 10003, "Unknown Channel");
    pub(crate) const UNKNOWN_GUILD: Self = Self::new(404, 10004, "Unknown Guild");
    pub(crate) const UNKNOWN_MESSAGE: Self = Self::new(404, 10008, "Unknown Message");
    pub(crate) const UNKNOWN_USER: Self = Self::new(404, 10013, "Unknown User");
    pub(crate) const UNKNOWN_WEBHOOK: Self = Self::new(404, 10015, "Unknown Webhook");
    pub(crate) const UNKNOWN_INTERACTION: Self = Self::new(404, 10062, "Unknown interaction");
    pub(crate) const UNKNOWN_COMMAND: Self = Self::new(404, 10063, "Unknown application command");
    pub(crate) const TOO_MANY_COMMANDS: Self =
        Self::new(400, 30032, "Maximum number of application commands reached (100)");
    pub(crate) const TOO_LARGE: Self = Self::new(413, 40005, "Request entity too large");
    pub(crate) const ALREADY_CROSSPOSTED: Self =
        Self::new(400, 40033, "This message has already been crossposted");
    pub(crate) const FORUM_MESSAGE: Self =
        Self::new(400, 40058, "Cannot message this channel until after the post is created");
    pub(crate) const ALREADY_ANSWERED: Self =
        Self::new(400, 40060, "Interaction has already been acknowledged.");
    pub(crate) const TAG_REQUIRED: Self =
        Self::new(400, 40067, "A tag is required to create a forum post in this channel");
    pub(crate) const NO_USER_AGENT: Self = Self::new(403, 40333, "internal network error");
    pub(crate) const MISSING_ACCESS: Self = Self::new(403, 50001, "Missing Access");
    pub(crate) const NOT_AUTHOR: Self =
        Self::new(403, 50005, "Cannot edit a message authored by another user");
    pub(crate) const EMPTY_MESSAGE: Self = Self::new(400, 50006, "Cannot send an empty message");
    pub(crate) const CLOSED_DM: Self = Self::new(403, 50007, "Cannot send messages to this user");
    pub(crate) const MISSING_PERMISSIONS: Self = Self::new(403, 50013, "Missing Permissions");
    pub(crate) const WRONG_CHANNEL: Self =
        Self::new(400, 50024, "Cannot execute action on this channel type");
    pub(crate) const WEBHOOK_TOKEN: Self = Self::new(401, 50027, "Invalid Webhook Token");
    pub(crate) const ARCHIVED: Self = Self::new(400, 50083, "Thread is archived");
    pub(crate) const BAD_JSON: Self = Self::new(400, 50109, "The request body contains invalid JSON.");
    pub(crate) const THREAD_EXISTS: Self =
        Self::new(400, 160_004, "A thread has already been created for this message");
    pub(crate) const LOCKED: Self = Self::new(403, 160_005, "Thread is locked");

    const fn new(status: u16, code: u32, message: &'static str) -> Self {
        Self { status, code, message, errors: None }
    }

    /// The body as Discord sends it.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(self.body())).into_response()
    }
}

/// The errors found in a form, each with its place (`embeds.0.title`).
#[derive(Debug, Default)]
pub(crate) struct FormErrors {
    prefix: String,
    found: Vec<(String, &'static str, String)>,
}

impl FormErrors {
    /// Collects errors of a form that lies inside another: their places begin with `prefix`.
    pub(crate) fn under(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), found: Vec::new() }
    }

    /// Notes one.
    pub(crate) fn add(&mut self, place: &str, code: &'static str, message: impl Into<String>) {
        let place = match (self.prefix.as_str(), place) {
            ("", place) => place.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, place) => format!("{prefix}.{place}"),
        };
        self.found.push((place, code, message.into()));
    }

    /// Notes that something is missing that must be there.
    pub(crate) fn required(&mut self, place: &str) {
        self.add(place, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// Whether nothing was found.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Fails with 50035 if anything was found.
    pub(crate) fn verdict(self) -> Result<(), Refusal> {
        if self.found.is_empty() {
            return Ok(());
        }
        let mut errors = Map::new();
        for (place, code, message) in self.found {
            note(&mut errors, &place, json!({"code": code, "message": message}));
        }
        Err(Refusal { errors: Some(errors.into()), ..Refusal::new(400, 50035, "Invalid Form Body") })
    }
}

/// Adds `fault` to the `_errors` at `place`, whose steps are parted by dots.
fn note(errors: &mut Map<String, Value>, place: &str, fault: Value) {
    let (step, rest) = match place.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None if place.is_empty() => ("_errors", None),
        None => (place, Some("")),
    };
    let Some(rest) = rest else {
        if let Value::Array(list) = errors.entry(step).or_insert_with(|| json!([])) {
            list.push(fault);
        }
        return;
    };
    if let Value::Object(inner) = errors.entry(step).or_insert_with(|| json!({})) {
        note(inner, rest, fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_lie_in_the_body_where_they_lie_in_the_form() {
        let mut errors = FormErrors::under("data");
        errors.required("embeds.0.title");
        errors.add("", "X", "whole");
        let refusal = errors.verdict().unwrap_err();
        assert_eq!(
            refusal.body(),
            json!({"message": "Invalid Form Body", "code": 50035, "errors": {"data": {
                "embeds": {"0": {"title": {"_errors": [
                    {"code": "BASE_TYPE_REQUIRED", "message": "This field is required"}
                ]}}},
                "_errors": [{"code": "X", "message": "whole"}]
            }}})
        );
    }
}
