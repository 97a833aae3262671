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
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{get, post};
use axum::{Router, middleware};
use futures::future::BoxFuture;
use tokio::sync::{Notify, Semaphore, watch};

use crate::commands::Desk as Commands;
use crate::enrich::{Classifier, Names};
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
#[derive(Debug, Clone)]
pub struct Desk {
    commands: watch::Receiver<Arc<Commands>>,
    names: watch::Receiver<Arc<Names>>,
    means: Arc<Means>,
}

/// What stays as it is for as long as the program runs.
#[derive(Debug)]
struct Means {
    password: Option<PasswordHash>,
    readings: BTreeMap<FeedName, Reading>,
    reach: BTreeMap<Platform, Reach>,
    attempts: Attempts,
    /// Checking a password takes memory on purpose: one at a time.
    checking: Semaphore,
}

/// The desk as one request finds it, with the dictionaries of that moment.
#[derive(Debug)]
struct Current {
    commands: Arc<Commands>,
    classifier: Arc<Classifier>,
    means: Arc<Means>,
}

/// Sends messages to a channel at once, outside the outbox; why not, in words.
pub type TrySend =
    dyn Fn(Address, ChannelKind, Vec<Rendered>) -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// What the desk can do on a platform by itself.
pub struct Reach {
    /// To be notified when a lost channel is to be probed now.
    pub probe: Arc<Notify>,
    /// Sends what is composed.
    pub send: Box<TrySend>,
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reach").finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk that does what commands do, for whoever knows the password.
    pub fn new(
        commands: watch::Receiver<Arc<Commands>>,
        names: watch::Receiver<Arc<Names>>,
        password: Option<PasswordHash>,
        readings: BTreeMap<FeedName, Reading>,
        reach: BTreeMap<Platform, Reach>,
    ) -> Self {
        let (attempts, checking) = (Attempts::default(), Semaphore::new(1));
        Self { commands, names, means: Arc::new(Means { password, readings, reach, attempts, checking }) }
    }
}

impl FromRef<Desk> for Current {
    fn from_ref(desk: &Desk) -> Self {
        Self {
            commands: Arc::clone(&desk.commands.borrow()),
            classifier: Arc::clone(&desk.names.borrow().classifier),
            means: Arc::clone(&desk.means),
        }
    }
}

impl Deref for Current {
    type Target = Means;

    fn deref(&self) -> &Means {
        &self.means
    }
}

impl Current {
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
        .layer(middleware::from_fn_with_state(desk.clone(), guard::guard))
        .merge(assets::router())
        .with_state(desk)
}
