//! `POST /api/digests`: a publisher hands over a post. It is on disk before it is answered, and ingest
//! (`pipeline/ingest.rs`) takes it from there.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::sync::Notify;

use crate::clock::SharedClock;
use crate::model::digest::RawDigest;
use crate::model::feed::FeedName;
use crate::parse::{self, Draft, Rules};
use crate::pipeline::push_name;
use crate::store::{Push, Received, Store};
use crate::text::chain;

/// The longest `Idempotency-Key`, in bytes.
const MAX_KEY: usize = 200;

/// A feed that posts are pushed to.
#[derive(Debug, Clone)]
pub struct PushFeed {
    /// Its name.
    pub name: FeedName,
    /// The SHA-256 hash of the token that publishers send.
    pub token: [u8; 32],
    /// How its posts are to be understood.
    pub rules: Rules,
    /// Notified when a post has come.
    pub pushed: Arc<Notify>,
}

/// What the endpoint works on.
#[derive(Debug, Clone)]
pub struct Pushes {
    /// The feeds that posts are pushed to.
    pub feeds: Arc<[PushFeed]>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
}

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    feed: Option<String>,
}

/// A push that is not taken: the status, and the reasons in words.
struct Refusal(StatusCode, Vec<String>);

impl Refusal {
    fn of(status: StatusCode, reason: impl Into<String>) -> Self {
        Self(status, vec![reason.into()])
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, reasons) = self;
        let body = Json(json!({ "reasons": reasons }));
        match status {
            StatusCode::UNAUTHORIZED => (status, [(WWW_AUTHENTICATE, "Bearer")], body).into_response(),
            _ => (status, body).into_response(),
        }
    }
}

pub(super) async fn receive(
    State(pushes): State<Pushes>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match pushes.receive(asked.feed.as_deref(), &headers, body).await {
        Ok((status, answer)) => (status, Json(answer)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

impl Pushes {
    async fn receive(
        &self,
        feed: Option<&str>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<(StatusCode, Value), Refusal> {
        let feed = self.authorized(feed, headers)?;
        let key = key(headers)?;
        let too_large = |_| {
            let reason = format!("a post may have {} bytes", parse::MAX_BYTES);
            Refusal::of(StatusCode::PAYLOAD_TOO_LARGE, reason)
        };
        let body = to_bytes(body, parse::MAX_BYTES).await.map_err(too_large)?.to_vec();
        // The name that it is read under does not matter for whether it can be.
        let raw = RawDigest { name: key.clone().unwrap_or_else(|| "the post".to_owned()), bytes: body };
        let draft = parse::parse(&raw, &feed.rules)
            .map_err(|error| Refusal::of(StatusCode::UNPROCESSABLE_ENTITY, chain(&error)))?;
        let (place, name) = push_name(key.as_deref(), &draft);
        let understood = understood(draft)?;
        let stamp = Sha256::digest(&raw.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let push = Push { place, name, stamp, body: raw.bytes };
        let received = self.store.keep_push(&feed.name, &push, self.clock.now()).await.map_err(|error| {
            tracing::error!(feed = %feed.name, error = chain(&error), "a push cannot be stored");
            Refusal::of(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; send it again")
        })?;
        feed.pushed.notify_one();
        tracing::info!(feed = %feed.name, push = push.place, ?received, "received a push");
        let (status, state) = match received {
            Received::New => (StatusCode::CREATED, "new"),
            Received::Changed => (StatusCode::OK, "corrected"),
            Received::Known => (StatusCode::OK, "known"),
        };
        let mut answer = json!({ "feed": feed.name, "key": push.place, "state": state });
        if let (Value::Object(answer), Value::Object(understood)) = (&mut answer, understood) {
            answer.extend(understood);
        }
        Ok((status, answer))
    }

    /// The feed, if the token is its own. A stranger learns no feed's name.
    fn authorized(&self, feed: Option<&str>, headers: &HeaderMap) -> Result<&PushFeed, Refusal> {
        let strangers = || {
            let reason = "the token is missing or wrong; send `Authorization: Bearer` with the feed's token";
            Refusal::of(StatusCode::UNAUTHORIZED, reason)
        };
        let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = sent.and_then(|sent| sent.split_once(' ')).ok_or_else(strangers)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(strangers());
        }
        let hash: [u8; 32] = Sha256::digest(token.trim()).into();
        let theirs: Vec<&PushFeed> =
            self.feeds.iter().filter(|feed| bool::from(feed.token.ct_eq(&hash))).collect();
        match (feed, theirs.as_slice()) {
            (_, []) => Err(strangers()),
            (None, [only]) => Ok(only),
            (None, _) => {
                let reason = "which feed is it for? Write `?feed=` with its name";
                Err(Refusal::of(StatusCode::BAD_REQUEST, reason))
            }
            (Some(name), theirs) => {
                theirs.iter().find(|feed| feed.name.as_str() == name).copied().ok_or_else(|| {
                    let reason = format!("there is no feed {name:?} that this token may push to");
                    Refusal::of(StatusCode::NOT_FOUND, reason)
                })
            }
        }
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes()).unwrap_or_default().trim();
    if key.is_empty() || key.len() > MAX_KEY || key.chars().any(char::is_control) {
        let reason =
            format!("`Idempotency-Key` must be 1 to {MAX_KEY} bytes of text, such as `2025-12-17-ai-news`");
        return Err(Refusal::of(StatusCode::BAD_REQUEST, reason));
    }
    Ok(Some(key.to_owned()))
}

/// How the post was understood, if it is one that can be loaded.
fn understood(draft: Draft) -> Result<Value, Refusal> {
    let warnings: Vec<String> = draft.warnings.iter().map(ToString::to_string).collect();
    let digest = draft.into_digest(None).map_err(|error| {
        // What it is refused for may be among what is odd about it.
        let reason = chain(&error);
        let others = warnings.iter().filter(|warning| **warning != reason).cloned();
        let reasons = std::iter::once(reason.clone()).chain(others).collect();
        Refusal(StatusCode::UNPROCESSABLE_ENTITY, reasons)
    })?;
    Ok(json!({
        "title": digest.title, "date": digest.date.to_string(), "articles": digest.articles.len(), "warnings": warnings,
    }))
}
