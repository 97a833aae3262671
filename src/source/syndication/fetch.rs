//! Asks for feeds and pages over HTTP: only for what has changed, with bounds on time and size.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{
    ACCEPT, CACHE_CONTROL, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use url::Url;

use crate::text::chain;

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest feed that is read, in bytes: some show every post there ever was.
const MAX_FEED: usize = 20 * 1024 * 1024;
/// The largest page that is read, in bytes.
const MAX_PAGE: usize = 4 * 1024 * 1024;
/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;
const AGENT: &str = concat!("jogan/", env!("CARGO_PKG_VERSION"));
const FEEDS: &str =
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5";

/// Asks, and remembers what an answer was known by.
#[derive(Debug)]
pub(super) struct Fetcher {
    client: Client,
    /// `ETag` and `Last-Modified` of the last answer.
    known: [Option<HeaderValue>; 2],
}

/// What a feed's server answers.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is as it was.
    Unchanged {
        /// How long it says that it will be.
        fresh_for: Option<TimeDelta>,
    },
    /// The feed.
    Body {
        /// Its bytes.
        bytes: Vec<u8>,
        /// How long it says that it will be so.
        fresh_for: Option<TimeDelta>,
    },
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Failed {
    /// In words.
    pub(super) reason: String,
    /// How long the server says to wait.
    pub(super) wait: Option<TimeDelta>,
}

impl Fetcher {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(AGENT)
            .timeout(TIMEOUT)
            .redirect(Policy::limited(MAX_REDIRECTS))
            .build()?;
        Ok(Self { client, known: [None, None] })
    }

    /// Asks for all of it next time.
    pub(super) fn forget(&mut self) {
        self.known = [None, None];
    }

    pub(super) async fn feed(&mut self, url: &Url, now: DateTime<Utc>) -> Result<Answer, Failed> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(FEEDS));
        for (name, known) in [IF_NONE_MATCH, IF_MODIFIED_SINCE].into_iter().zip(&self.known) {
            if let Some(known) = known {
                headers.insert(name, known.clone());
            }
        }
        let response = self.client.get(url.clone()).headers(headers).send().await.map_err(unreachable)?;
        let fresh_for = max_age(response.headers());
        match response.status() {
            StatusCode::NOT_MODIFIED => return Ok(Answer::Unchanged { fresh_for }),
            status if status.is_success() => {}
            _ => return Err(refused(&response, now)),
        }
        let known = [ETAG, LAST_MODIFIED].map(|name: HeaderName| response.headers().get(name).cloned());
        let bytes = body(response, MAX_FEED).await?;
        self.known = known;
        Ok(Answer::Body { bytes, fresh_for })
    }

    pub(super) async fn page(&self, url: &Url) -> Result<Vec<u8>, Failed> {
        let response = self.client.get(url.clone()).send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            let reason = format!("the server answers {}", response.status());
            return Err(Failed { reason, wait: None });
        }
        body(response, MAX_PAGE).await
    }
}

async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > most {
            let reason = format!("it has more than {most} bytes");
            return Err(Failed { reason, wait: None });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn unreachable(error: reqwest::Error) -> Failed {
    Failed { reason: chain(&error.without_url()), wait: None }
}

fn refused(response: &Response, now: DateTime<Utc>) -> Failed {
    let reason = match response.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            format!("the server answers {}; check `url`", response.status())
        }
        status => format!("the server answers {status}"),
    };
    let told = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    Failed { reason, wait: told.and_then(|told| retry_after(told, now)) }
}

/// Seconds, or an instant as in mail (RFC 9110, 10.2.3).
fn retry_after(told: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    if let Ok(seconds) = told.trim().parse::<u32>() {
        return Some(TimeDelta::seconds(seconds.into()));
    }
    DateTime::parse_from_rfc2822(told.trim()).ok().map(|at| at.to_utc() - now)
}

/// `max-age` of `Cache-Control`, in seconds.
fn max_age(headers: &HeaderMap) -> Option<TimeDelta> {
    let control = headers.get(CACHE_CONTROL)?.to_str().ok()?;
    let seconds = control.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
    seconds.trim().parse::<u32>().ok().map(|seconds| TimeDelta::seconds(seconds.into()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::seconds("120", Some(120))]
    #[case::instant("Thu, 01 Jan 1970 00:05:00 GMT", Some(300))]
    #[case::nonsense("soon", None)]
    fn a_wait_is_read(#[case] told: &str, #[case] seconds: Option<i64>) {
        assert_eq!(retry_after(told, DateTime::UNIX_EPOCH), seconds.map(TimeDelta::seconds));
    }
}
