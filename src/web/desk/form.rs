//! What a form of ours has sent: nothing is done for one that does not carry what our pages put into it.

use std::collections::HashMap;

use axum::extract::{Form, FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};

use super::fault;
use super::visit::Visit;

/// The field that vouches for a form.
pub(super) const CSRF: &str = "csrf";

/// The fields of a form of ours, and who sent it.
#[derive(Debug)]
pub(super) struct Sent {
    /// Who.
    pub(super) visit: Visit,
    fields: HashMap<String, String>,
}

impl Sent {
    /// A field; empty if it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, state).await;
        let request = Request::from_parts(parts, body);
        let Form(fields): Form<HashMap<String, String>> =
            Form::from_request(request, state).await.map_err(|refusal| refusal.into_response())?;
        let sent = Self { visit, fields };
        if sent.visit.vouches_for(sent.get(CSRF)) { Ok(sent) } else { Err(fault::refused(&sent.visit)) }
    }
}
