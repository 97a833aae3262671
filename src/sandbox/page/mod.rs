//! The page that shows both platforms in a browser: one Discord and one Telegram side by side, live, with a box to
//! type in.
//!
//! [`router`] serves the files (`files.rs`, from `assets/`), the state of both sides, and a stream that says which
//! side has changed; what people do goes through `discord.rs` and `telegram.rs`. `guard.rs` lets in nobody but a
//! browser on this machine that has this very page open: whoever reaches it acts as any of the people.

mod discord;
mod fault;
mod files;
mod guard;
mod telegram;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use axum::{Json, middleware};
use futures::stream::{self, Stream};
use serde_json::{Value, json};

use crate::sandbox::discord::Discord;
use crate::sandbox::telegram::Telegram;

/// What the page shows: both platforms, and the people whom one can be on each.
#[derive(Debug)]
pub struct Stage {
    /// The Discord of the left pane.
    pub discord: Arc<Discord>,
    /// The Telegram of the right pane.
    pub telegram: Arc<Telegram>,
    /// Whom one can be on Discord; the first is chosen at first.
    pub discord_people: Vec<crate::sandbox::discord::Person>,
    /// Whom one can be on Telegram; the first is chosen at first.
    pub telegram_people: Vec<crate::sandbox::telegram::Person>,
}

/// The largest body in bytes that the page sends: an option's text may have 6,000 characters.
const LARGEST_BODY: usize = 64 * 1024;

/// A comment goes over a quiet stream this often, so that a closed one is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The page, to be served at the root of a listener of its own on a loopback address. `/events` stays open as long
/// as a page does: a server that shuts down gracefully must not wait for it without a bound.
pub fn router(stage: Arc<Stage>) -> Router {
    Router::new()
        .merge(files::router())
        .route("/state", get(state))
        .route("/events", get(events))
        .route("/discord/timeline", get(discord::timeline))
        .route("/discord/say", post(discord::say))
        .route("/discord/invoke", post(discord::invoke))
        .route("/discord/autocomplete", post(discord::autocomplete))
        .route("/discord/menu", post(discord::menu))
        .route("/discord/press", post(discord::press))
        .route("/discord/select", post(discord::select))
        .route("/discord/submit", post(discord::submit))
        .route("/discord/dismiss", post(discord::dismiss))
        .route("/telegram/timeline", get(telegram::timeline))
        .route("/telegram/photo", get(telegram::photo))
        .route("/telegram/commands", get(telegram::commands))
        .route("/telegram/say", post(telegram::say))
        .route("/telegram/press", post(telegram::press))
        .route("/telegram/choose", post(telegram::choose))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(guard::guard))
        .with_state(stage)
}

/// Channels, people and commands of both sides. Ids are strings: a browser's numbers end at 2^53.
async fn state(State(stage): State<Arc<Stage>>) -> Json<Value> {
    Json(json!({ "discord": discord::state(&stage), "telegram": telegram::state(&stage) }))
}

/// Says `discord` or `telegram` whenever that side has changed, and both at once to begin with.
async fn events(State(stage): State<Arc<Stage>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut sides = (stage.discord.changes(), stage.telegram.changes());
    sides.0.mark_changed();
    sides.1.mark_changed();
    let changes = stream::unfold(sides, |mut sides| async move {
        let side = tokio::select! {
            Ok(()) = sides.0.changed() => "discord",
            Ok(()) = sides.1.changed() => "telegram",
            else => return None,
        };
        Some((Ok(Event::default().data(side)), sides))
    });
    Sse::new(changes).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
