//! Who gets in. Other websites are kept out by `Origin`, `SameSite` and what forms carry; strangers by the log-in. What
//! browsers may do with an answer is in its headers (`web/headers.rs`).

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderMap, LOCATION, ORIGIN};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::login::{self, COOKIE_NAME};
use super::visit::{Visit, cookie};
use super::{Current, fault, parts};

/// Lets a request through to its page, with the [`Visit`] that it is.
pub(super) async fn guard(State(desk): State<Current>, mut request: Request, next: Next) -> Response {
    let (headers, uri) = (request.headers(), request.uri());
    let secret = cookie(headers, COOKIE_NAME).filter(|secret| !secret.is_empty()).map(str::to_owned);
    let stranger = Visit::new(headers, uri, secret.as_deref(), false);
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_reading && is_foreign(headers) {
        return fault::refused(&stranger);
    }
    let path = uri.path().to_owned();
    if path.starts_with("/language/") {
        return next.run(request).await;
    }
    let Some(password) = &desk.password else { return login::how_to_set_it(&stranger) };
    let is_operator = match &secret {
        None => false,
        Some(secret) => {
            match desk.store().has_session(&password.bind(secret), desk.commands.clock.now()).await {
                Ok(known) => known,
                Err(error) => return fault::Broken::from(error).into_response(),
            }
        }
    };
    let visit = Visit { is_operator, ..stranger };
    if !is_operator && path != "/login" {
        if !is_reading {
            return fault::refused(&visit);
        }
        let to = if path == "/" { String::new() } else { parts::query(&[("to", &visit.path)]) };
        return (StatusCode::SEE_OTHER, [(LOCATION, format!("/login{to}"))]).into_response();
    }
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// Whether a page of another website has sent this. Browsers say so; what is no browser has no cookie to misuse.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(axum::http::HeaderName::from_static("sec-fetch-site")) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    host.is_none() || host != text(HOST)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::no_browser(&[], false)]
    #[case::our_page(&[("origin", "https://desk.example"), ("host", "desk.example")], false)]
    #[case::with_a_port(&[("origin", "http://127.0.0.1:7878"), ("host", "127.0.0.1:7878")], false)]
    #[case::another(&[("origin", "https://evil.example"), ("host", "desk.example")], true)]
    #[case::a_frame(&[("origin", "null"), ("host", "desk.example")], true)]
    #[case::another_port(&[("origin", "http://127.0.0.1:1"), ("host", "127.0.0.1:7878")], true)]
    #[case::told(&[("sec-fetch-site", "cross-site")], true)]
    #[case::a_sister(&[("sec-fetch-site", "same-site")], true)]
    #[case::same_origin(&[("sec-fetch-site", "same-origin")], false)]
    fn other_websites_are_known(#[case] given: &[(&'static str, &str)], #[case] expected: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(*name, value.parse().unwrap());
        }
        assert_eq!(is_foreign(&headers), expected);
    }
}
