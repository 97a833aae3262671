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

/// Buckets that are kept before those that are over are thrown away.
const BUCKETS: usize = 4096;

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
    holds: Vec<Hold>,
}

/// Calls counted since the window's first one.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    ends: DateTime<Utc>,
    used: u32,
}

impl Window {
    /// The window at `now`: this one, or a new one if it is over.
    fn at(&mut self, now: DateTime<Utc>, length: TimeDelta) -> &mut Self {
        // A clock that was set back must not leave a window open for longer than it lasts.
        if now >= self.ends || self.ends - now > length {
            *self = Self { ends: now + length, used: 0 };
        }
        self
    }
}

/// A caller was told to wait.
#[derive(Debug)]
struct Hold {
    /// With calls of this route; with all that count globally if `None`.
    route: Option<Route>,
    until: DateTime<Utc>,
}

/// What is said to a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    bucket: Option<Bucket>,
    refused: Option<Refused>,
    /// Whether the caller had been told to wait and did not.
    pub(crate) disobeyed: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Bucket {
    limit: u32,
    remaining: u32,
    reset: DateTime<Utc>,
    after: TimeDelta,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Refused {
    wait: TimeDelta,
    global: bool,
}

impl Rates {
    /// Has a caller wait from `now` on: with one route, or with all. Calls before that count as disobedience.
    pub(crate) fn hold(&mut self, route: Option<Route>, now: DateTime<Utc>, wait: TimeDelta) {
        let until = now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.holds.retain(|hold| hold.until > now);
        self.holds.push(Hold { route, until });
    }

    /// Counts a call at `now`. Without `limits` only holds are looked at.
    pub(crate) fn count(&mut self, now: DateTime<Utc>, route: &Route, limits: bool) -> Verdict {
        let held = self.held(now, route);
        if !limits {
            return Verdict { bucket: None, refused: held, disobeyed: held.is_some() };
        }
        let (limit, length) = route.size();
        if self.buckets.len() > BUCKETS {
            self.buckets.retain(|_, window| window.ends > now);
        }
        let window = self.buckets.entry(route.clone()).or_default().at(now, length);
        let global = self.global.at(now, TimeDelta::seconds(1));
        let refused = if held.is_some() {
            held
        } else if route.counts_globally && global.used >= GLOBAL {
            Some(Refused { wait: global.ends - now, global: true })
        } else if window.used >= limit {
            Some(Refused { wait: window.ends - now, global: false })
        } else {
            window.used += 1;
            global.used += u32::from(route.counts_globally);
            None
        };
        let bucket = Bucket {
            limit,
            remaining: limit - window.used,
            reset: window.ends,
            after: window.ends - now,
            name: route.name(),
        };
        if let Some(Refused { wait, global }) = refused.filter(|_| held.is_none()) {
            self.hold((!global).then(|| route.clone()), now, wait);
        }
        Verdict { bucket: Some(bucket), refused, disobeyed: held.is_some() }
    }

    /// The wait that a caller was told and that is not over.
    fn held(&self, now: DateTime<Utc>, route: &Route) -> Option<Refused> {
        let meant = |hold: &&Hold| match &hold.route {
            Some(held) => held == route,
            None => route.counts_globally,
        };
        let hold = self.holds.iter().filter(|hold| hold.until > now).find(meant)?;
        Some(Refused { wait: hold.until - now, global: hold.route.is_none() })
    }
}

impl Verdict {
    /// The 429, if the call is refused.
    pub(crate) fn refusal(&self) -> Option<Response> {
        self.refused.map(|refused| too_many(refused.wait, refused.global))
    }

    /// Adds the bucket's headers to an answer.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let Some(bucket) = &self.bucket else { return };
        put(headers, "x-ratelimit-limit", bucket.limit.to_string());
        put(headers, "x-ratelimit-remaining", bucket.remaining.to_string());
        put(headers, "x-ratelimit-reset", format!("{:.3}", seconds(bucket.reset - DateTime::UNIX_EPOCH)));
        put(headers, "x-ratelimit-reset-after", format!("{:.3}", seconds(bucket.after)));
        put(headers, "x-ratelimit-bucket", bucket.name.clone());
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
        let at = |seconds| start + TimeDelta::seconds(seconds);
        for left in (0..5).rev() {
            let verdict = rates.count(start, &messages("1"), true);
            assert_eq!((verdict.bucket.unwrap().remaining, verdict.refused), (left, None));
        }
        let sixth = rates.count(at(2), &messages("1"), true);
        let wait = |seconds| Some(Refused { wait: TimeDelta::seconds(seconds), global: false });
        assert_eq!((sixth.refused, sixth.disobeyed), (wait(3), false));
        assert_eq!(rates.count(at(2), &messages("2"), true).refused, None, "another channel");
        let early = rates.count(at(4), &messages("1"), true);
        assert_eq!((early.refused, early.disobeyed), (wait(1), true));
        let after = rates.count(at(5), &messages("1"), true);
        assert_eq!((after.refused, after.disobeyed), (None, false));
    }

    #[test]
    fn a_bot_makes_fifty_calls_a_second() {
        let mut rates = Rates::default();
        let start = DateTime::UNIX_EPOCH;
        for channel in 0..50 {
            assert_eq!(rates.count(start, &messages(&channel.to_string()), true).refused, None);
        }
        let refused = rates.count(start, &messages("x"), true).refused;
        assert_eq!(refused, Some(Refused { wait: TimeDelta::seconds(1), global: true }));
        assert!(rates.count(start, &messages("y"), true).disobeyed);
        let answer = Route { counts_globally: false, ..messages("x") };
        assert_eq!(rates.count(start, &answer, true).refused, None);
    }

    #[test]
    fn a_hold_is_kept_without_limits_too() {
        let mut rates = Rates::default();
        rates.hold(Some(messages("1")), DateTime::UNIX_EPOCH, TimeDelta::seconds(9));
        assert!(rates.count(DateTime::UNIX_EPOCH, &messages("1"), false).disobeyed);
        assert!(!rates.count(DateTime::UNIX_EPOCH, &messages("2"), false).disobeyed);
    }
}
