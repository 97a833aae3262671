//! The operator's desk: pages that a server sets, which work without a script, in Korean and English.
//!
//! `guard.rs` lets in who is logged in (`login.rs`, `attempts.rs`) and keeps other websites out; what every page has is
//! in `frame.rs` and `parts.rs`, what it says in `words/`. Then there is a file a page: what a handler shows it reads
//! from the store, and what an operator does goes the same ways as a command of chat.

mod assets;
mod attempts;
mod channel;
mod channels;
mod chart;
mod compose;
mod deliveries;
mod delivery;
mod digest;
mod digests;
mod fault;
mod form;
mod frame;
mod guard;
mod login;
mod names;
mod parts;
mod preview;
mod today;
mod trends;
mod trial;
mod visit;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use futures::future::BoxFuture;
use tokio::sync::{Notify, Semaphore};

use crate::commands::Desk as Commands;
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::feed::{Feed, FeedName};
use crate::model::message::Rendered;
use crate::model::password::PasswordHash;
use crate::parse;
use crate::pipeline::Reading;
use crate::store::Store;

use attempts::Attempts;

/// The largest form but a post, in bytes.
const MOST_BYTES: usize = 16 * 1024;
/// What a post's form has beside the post, in bytes.
const BESIDE_A_POST: usize = 64 * 1024;

/// What the desk works with.
#[derive(Debug)]
pub struct Desk {
    commands: Arc<Commands>,
    password: Option<PasswordHash>,
    readings: BTreeMap<FeedName, Reading>,
    reach: BTreeMap<Platform, Reach>,
    attempts: Attempts,
    /// Checking a password takes memory on purpose: one at a time.
    checking: Semaphore,
}

/// What the desk can do on a platform by itself.
pub struct Reach {
    /// To be notified when a lost channel is to be probed now.
    pub probe: Arc<Notify>,
    /// Sends messages to a channel at once, outside the outbox; why not, in words.
    pub send: Box<dyn Fn(Address, ChannelKind, Vec<Rendered>) -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach").finish_non_exhaustive()
    }
}

type Shared = Arc<Desk>;

impl Desk {
    /// A desk that does what commands do, for whoever knows the password.
    pub fn new(
        commands: Arc<Commands>,
        password: Option<PasswordHash>,
        readings: BTreeMap<FeedName, Reading>,
        reach: BTreeMap<Platform, Reach>,
    ) -> Self {
        Self {
            commands,
            password,
            readings,
            reach,
            attempts: Attempts::default(),
            checking: Semaphore::new(1),
        }
    }

    fn store(&self) -> &Store {
        &self.commands.store
    }

    fn feeds(&self) -> &[Feed] {
        &self.commands.feeds
    }

    /// What readers call a feed; its name if it is not configured any more.
    fn title<'a>(&'a self, feed: &'a FeedName) -> &'a str {
        self.commands.feed(feed).map_or(feed.as_str(), |feed| &feed.title)
    }
}

/// The desk's pages, at the root of its listener. What is not theirs is not found, also for those who are logged in.
pub fn router(desk: Desk) -> Router {
    let desk: Shared = Arc::new(desk);
    let post_limit = DefaultBodyLimit::max(parse::MAX_BYTES + BESIDE_A_POST);
    Router::new()
        .route("/", get(today::today))
        .route("/digests", get(digests::digests))
        .route("/digests/{handle}", get(digest::digest))
        .route("/digests/{handle}/release", post(digest::release))
        .route("/digests/{handle}/drop", post(digest::drop_held))
        .route("/channels", get(channels::channels))
        .route("/channels/{id}", get(channel::channel))
        .route("/channels/{id}/pause", post(channel::pause))
        .route("/channels/{id}/resume", post(channel::resume))
        .route("/channels/{id}/probe", post(channel::probe))
        .route("/channels/{id}/resend", post(channel::resend))
        .route("/deliveries", get(deliveries::deliveries))
        .route("/deliveries/{id}", get(delivery::delivery))
        .route("/deliveries/{id}/retry", post(delivery::retry))
        .route("/deliveries/{id}/give-up", post(delivery::give_up))
        .route("/trends", get(trends::trends))
        .route("/names", get(names::names))
        .route("/compose", get(compose::blank).post(compose::shown).layer(post_limit))
        .route("/compose/send", post(trial::send).layer(post_limit))
        .route("/login", get(login::page).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/language/{code}", get(visit::choose_language))
        .fallback(fault::not_found)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), guard::guard))
        .merge(assets::router())
        .with_state(desk)
}
