//! How often the bot may call: 50 a second over all, and a bucket a route, told in headers and enforced with 429.
//! Rules: Discord, `topics/rate-limits`. The sizes of buckets are unpublished and change; these are like today's.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Calls a second that a bot may make over all routes; answers to interactions do not count.
const GLOBAL: u32 = 50;

/// What a call counts against.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    /// The method.
    pub(crate) method: Method,
    /// The path with its placeholders.
    pub(crate) template: String,
    /// The channel, guild or webhook that has a bucket of its own.
    pub(crate) owner: String,
    /// Whether the 50 a second hold for it.
    pub(crate) counts_globally: bool,
}

impl Route {
    /// How many calls in how long.
    fn size(&self) -> (u32, TimeDelta) {
        let seconds = TimeDelta::seconds;
        match (self.method.as_str(), self.template.as_str()) {
            ("POST", path) if path.ends_with("/crosspost") => (10, TimeDelta::hours(1)),
            ("POST" | "GET" | "PATCH", path) if path.contains("/messages") => (5, seconds(5)),
            ("DELETE", path) if path.contains("/messages") => (5, seconds(1)),
            ("POST" | "PATCH" | "DELETE", path) if path.contains("/webhooks") => (5, seconds(2)),
            _ => (10, seconds(5)),
        }
    }

    /// The bucket's name as Discord tells it: the same for all channels.
    fn name(&self) -> String {
        let mut hasher = DefaultHasher::new();
        (self.method.as_str(), &self.template).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// The state of all buckets.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    global: Window,
    buckets: HashMap<Route, Window>,
}

/// Calls counted since the window's first one.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    ends: DateTime<Utc>,
    used: u32,
    /// Until when a caller was told to wait.
    closed: bool,
}

impl Window {
    /// The window at `now`: this one, or a new one if it is over.
    fn at(&mut self, now: DateTime<Utc>, length: TimeDelta) -> &mut Self {
        // A clock that was set back must not leave a window open for longer than it lasts.
        if now >= self.ends || self.ends - now > length {
            *self = Self { ends: now + length, used: 0, closed: false };
        }
        self
    }
}

/// What is said to a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    limit: u32,
    remaining: u32,
    reset: DateTime<Utc>,
    wait: TimeDelta,
    bucket: String,
    /// Whether it is refused, and whether because of the 50 a second.
    refused: Option<bool>,
    /// Whether the caller had been told to wait and did not.
    pub(crate) disobeyed: bool,
}

impl Rates {
    /// Counts a call at `now`.
    pub(crate) fn count(&mut self, now: DateTime<Utc>, route: Route) -> Verdict {
        let (limit, length) = route.size();
        let bucket_name = route.name();
        let globally = route.counts_globally;
        let bucket = self.buckets.entry(route).or_default().at(now, length);
        let global = self.global.at(now, TimeDelta::seconds(1));
        let mut verdict = Verdict {
            limit,
            remaining: limit.saturating_sub(bucket.used),
            reset: bucket.ends,
            wait: bucket.ends - now,
            bucket: bucket_name,
            refused: None,
            disobeyed: bucket.closed || (globally && global.closed),
        };
        if globally && global.used >= GLOBAL {
            global.closed = true;
            return Verdict { refused: Some(true), wait: global.ends - now, ..verdict };
        }
        if bucket.used >= limit {
            bucket.closed = true;
            return Verdict { refused: Some(false), ..verdict };
        }
        bucket.used += 1;
        verdict.remaining -= 1;
        if globally {
            global.used += 1;
        }
        verdict
    }
}

impl Verdict {
    /// The 429, if the call is refused.
    pub(crate) fn refusal(&self) -> Option<Response> {
        self.refused.map(|global| too_many(self.wait, global))
    }

    /// Adds the bucket's headers to an answer.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        put(headers, "x-ratelimit-limit", self.limit.to_string());
        put(headers, "x-ratelimit-remaining", self.remaining.to_string());
        put(headers, "x-ratelimit-reset", format!("{:.3}", seconds(self.reset - DateTime::UNIX_EPOCH)));
        put(headers, "x-ratelimit-reset-after", format!("{:.3}", seconds(self.wait)));
        put(headers, "x-ratelimit-bucket", self.bucket.clone());
    }
}

/// A 429 that asks to wait.
pub(crate) fn too_many(wait: TimeDelta, global: bool) -> Response {
    let wait = seconds(wait);
    let body = json!({"message": "You are being rate limited.", "retry_after": wait, "global": global});
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
    put(answer.headers_mut(), "retry-after", wait.ceil().to_string());
    put(answer.headers_mut(), "x-ratelimit-scope", if global { "global" } else { "user" }.to_owned());
    if global {
        put(answer.headers_mut(), "x-ratelimit-global", "true".to_owned());
    }
    answer
}

/// Seconds, to the millisecond.
fn seconds(span: TimeDelta) -> f64 {
    // Exact below 2^53 milliseconds, some 285,000 years.
    span.num_milliseconds().max(0) as f64 / 1000.0
}

fn put(headers: &mut HeaderMap, name: &'static str, value: String) {
    // Digits, dots and letters only: always a valid header.
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(channel: &str) -> Route {
        Route {
            method: Method::POST,
            template: "/api/v10/channels/{channel}/messages".to_owned(),
            owner: channel.to_owned(),
            counts_globally: true,
        }
    }

    #[test]
    fn a_channel_takes_five_messages_in_five_seconds() {
        let mut rates = Rates::default();
        let start = DateTime::UNIX_EPOCH;
        for left in (0..5).rev() {
            let verdict = rates.count(start, messages("1"));
            assert_eq!((verdict.remaining, verdict.refused), (left, None));
        }
        let sixth = rates.count(start + TimeDelta::seconds(2), messages("1"));
        assert_eq!((sixth.refused, sixth.wait, sixth.disobeyed), (Some(false), TimeDelta::seconds(3), false));
        assert_eq!(rates.count(start, messages("2")).refused, None, "another channel");
        assert!(rates.count(start + TimeDelta::seconds(4), messages("1")).disobeyed);
        let after = rates.count(start + TimeDelta::seconds(5), messages("1"));
        assert_eq!((after.refused, after.disobeyed), (None, false));
    }

    #[test]
    fn a_bot_makes_fifty_calls_a_second() {
        let mut rates = Rates::default();
        for channel in 0..50 {
            assert_eq!(rates.count(DateTime::UNIX_EPOCH, messages(&channel.to_string())).refused, None);
        }
        assert_eq!(rates.count(DateTime::UNIX_EPOCH, messages("x")).refused, Some(true));
        let answer = Route { counts_globally: false, ..messages("x") };
        assert_eq!(rates.count(DateTime::UNIX_EPOCH, answer).refused, None);
    }
}
