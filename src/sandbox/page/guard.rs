//! Who may talk to the page's server, and what the browser may do with its answers.
//!
//! Another website must not act as somebody here. It can send requests to a loopback address (its `Origin` then
//! gives it away), and it can point its own name at one and be of the same origin as the page (DNS rebinding; then
//! `Host` gives it away). Bodies are JSON with its content type, which no plain form can send.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing but this server's own files runs or is styled. Pictures come from this machine alone: the sandbox's
/// files are on the platforms' own listeners.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Answers 403 to whoever is not on this machine or not of this page; adds the headers to every answer.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match refusal(request.uri(), request.headers()) {
        Some(reason) => (StatusCode::FORBIDDEN, reason).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Why a request is refused, if it is.
fn refusal(uri: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.or_else(|| uri.authority().map(Authority::as_str)) else {
        return Some("the request names no host");
    };
    if !is_loopback(host) {
        return Some("this page is for the machine it runs on: open it as http://localhost:<port>");
    }
    let origin = headers.get(ORIGIN)?;
    let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
    (own != Some(host)).then_some("the request comes from another website")
}

/// Whether a host (and port) is this machine by its name or number.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let number = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || number.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use rstest::rstest;

    use super::*;

    fn refused(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        refusal(&Uri::from_static("/state"), &headers).is_some()
    }

    #[rstest]
    #[case::by_number("127.0.0.1:7878", None)]
    #[case::by_name("localhost:7878", Some("http://localhost:7878"))]
    #[case::in_capitals("LOCALHOST", None)]
    #[case::version_six("[::1]:7878", Some("http://[::1]:7878"))]
    #[case::another_loopback_number("127.9.8.7:1", None)]
    fn the_own_machine_and_page_are_let_in(#[case] host: &str, #[case] origin: Option<&str>) {
        assert!(!refused(host, origin));
    }

    #[rstest]
    #[case::a_name_that_points_here("evil.example:7878", None)]
    #[case::a_name_that_begins_so("localhost.evil.example", None)]
    #[case::a_user_before_the_host("localhost@evil.example", None)]
    #[case::the_network("192.168.0.7:7878", None)]
    #[case::another_website("127.0.0.1:7878", Some("https://evil.example"))]
    #[case::another_port("127.0.0.1:7878", Some("http://127.0.0.1:9999"))]
    #[case::a_sandboxed_frame("127.0.0.1:7878", Some("null"))]
    fn others_are_refused(#[case] host: &str, #[case] origin: Option<&str>) {
        assert!(refused(host, origin));
    }
}
