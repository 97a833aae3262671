//! The wire under both platforms: one call, its answer in full, and what a call without an answer means. What
//! answers mean is in `discord/errors.rs` and `telegram/errors.rs`.

#[cfg(test)]
mod tests;

use std::error::Error as _;
use std::time::Duration;

use chrono::TimeDelta;
use memchr::memmem;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::multipart::Part;
use reqwest::{RequestBuilder, StatusCode, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use url::Host;

use crate::model::picture::Picture;
use crate::platform::call::CallError;

/// The longest answer that is read: a hundred Discord messages with full embeds take about a megabyte.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// The longest wait that is believed. Telegram's floods last hours, not weeks.
const MAX_WAIT: TimeDelta = TimeDelta::days(7);

/// How much of a platform's explanation an error carries, in characters.
const MAX_REASON_CHARS: usize = 500;

/// Servers close idle connections after a minute or so; a call that meets such a close could not tell whether it
/// was heard, so that idle ones are not kept for as long.
const IDLE: Duration = Duration::from_secs(20);

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For name, connection and TLS. Nothing was sent when this is over.
    pub connect: Duration,
    /// For the whole call.
    pub whole: Duration,
}

impl Default for Timeouts {
    /// 5 s to connect, 15 s in all.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(15) }
    }
}

/// A platform's client cannot be built from its settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address cannot be called.
    #[error("`{0}` is no http:// or https:// address of a server")]
    Address(String),
    /// The token holds characters that no token has. It is not shown.
    #[error("the {0} token holds spaces or signs that no token has: was it copied whole, and nothing else?")]
    Token(&'static str),
    /// TLS or the resolver cannot be set up.
    #[error("cannot set up HTTP: {0}")]
    Client(String),
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Without the call's secrets, should the other side repeat them.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body)
            .map_err(|error| format!("unreadable answer ({}): {error}", self.status))
    }
}

/// One platform's HTTP client.
#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    /// What no error and no log may show.
    secrets: Vec<SecretString>,
}

impl Http {
    /// A client with these headers on every call.
    pub(super) fn new(
        api_url: &Url,
        timeouts: Timeouts,
        headers: HeaderMap,
        secrets: Vec<SecretString>,
    ) -> Result<Self, SetupError> {
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.whole)
            .pool_idle_timeout(IDLE)
            // A redirected POST would become a GET elsewhere, with our token.
            .redirect(redirect::Policy::none());
        if is_this_machine(api_url) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| SetupError::Client(reason(error)))?;
        Ok(Self { client, secrets })
    }

    /// The client, to build a request with.
    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Makes a call. `secret`: what else of it must not be shown.
    pub(super) async fn call(
        &self,
        request: RequestBuilder,
        secret: Option<&SecretString>,
    ) -> Result<Answer, CallError> {
        let response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match whole(response).await {
            Ok(body) => body,
            Err(reason) if status.is_success() => return Err(CallError::Unanswered(reason)),
            // The status says enough: it was refused.
            Err(_) => Vec::new(),
        };
        let secrets = self.secrets.iter().chain(secret);
        let body = secrets.fold(body, |body, secret| hide(body, secret.expose_secret()));
        Ok(Answer { status, headers, body })
    }
}

/// A picture as a part of a form.
pub(super) fn png(picture: &Picture) -> Result<Part, CallError> {
    let part = Part::bytes(picture.png.clone()).file_name(picture.name).mime_str("image/png");
    part.map_err(|error| CallError::Unsupported(reason(error)))
}

/// The address that paths are appended to, without a `/` at its end.
pub(super) fn base(api_url: &Url) -> Result<String, SetupError> {
    let callable =
        matches!(api_url.scheme(), "http" | "https") && api_url.has_host() && api_url.query().is_none();
    if !callable {
        return Err(SetupError::Address(api_url.to_string()));
    }
    Ok(api_url.as_str().trim_end_matches('/').to_owned())
}

/// How long a `Retry-After` header says to wait.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<TimeDelta> {
    number(headers.get(RETRY_AFTER)?).and_then(seconds)
}

/// A header's number.
pub(super) fn number(value: &HeaderValue) -> Option<f64> {
    value.to_str().ok()?.trim().parse().ok()
}

/// A span of seconds from a platform, never shorter than it says; a week at most. `None` if it is no span.
pub(super) fn seconds(seconds: f64) -> Option<TimeDelta> {
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    let milliseconds = (seconds * 1000.0).ceil().min(MAX_WAIT.num_milliseconds() as f64);
    Some(TimeDelta::milliseconds(milliseconds as i64))
}

/// What a server's failure (5xx) means, on either platform: it says that it failed; but a gateway that gave up
/// waiting (504, and Cloudflare's 520 and 524) does not know whether the server behind it heard.
pub(super) fn server_failure(status: StatusCode, reason: String) -> CallError {
    match status.as_u16() {
        504 | 520 | 524 => CallError::Unanswered(reason),
        _ => CallError::Transient(reason),
    }
}

/// A platform's explanation, cut to a length that fits a log line.
pub(super) fn cut(reason: &str) -> String {
    match reason.char_indices().nth(MAX_REASON_CHARS) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason.to_owned(),
    }
}

/// What a call without an answer means. Without a connection nothing was sent; after that, nobody knows.
fn failed(error: reqwest::Error) -> CallError {
    let unsent = error.is_connect();
    let unbuilt = error.is_builder();
    let reason = reason(error);
    if unbuilt {
        CallError::Unsupported(reason)
    } else if unsent {
        CallError::Transient(reason)
    } else {
        CallError::Unanswered(reason)
    }
}

/// An error with its causes, but without the URL: Telegram's holds the token.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        reason.push_str(": ");
        reason.push_str(&error.to_string());
        cause = error.source();
    }
    reason
}

async fn whole(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reason)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(format!("the answer is longer than {MAX_ANSWER_BYTES} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn hide(body: Vec<u8>, secret: &str) -> Vec<u8> {
    if secret.is_empty() || memmem::find(&body, secret.as_bytes()).is_none() {
        return body;
    }
    String::from_utf8_lossy(&body).replace(secret, "[hidden]").into_bytes()
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
