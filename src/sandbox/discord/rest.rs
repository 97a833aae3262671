//! The routes of the API, and what holds for every call: token, user agent, rates, faults on purpose, the record.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, OriginalUri, Request, State as Server};
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use chrono::TimeDelta;

use crate::sandbox::discord::faults::{self, Fault};
use crate::sandbox::discord::rates::Route;
use crate::sandbox::discord::refusal::Refusal;
use crate::sandbox::discord::{Call, Discord, channels, commands, gateway, interactions, messages};
use crate::sandbox::weather::Sky;

/// Calls that are remembered.
const REMEMBERED: usize = 10_000;

/// All routes.
pub(crate) fn router(discord: Arc<Discord>) -> Router {
    let api = Router::new()
        .route("/gateway", get(gateway::address))
        .route("/gateway/bot", get(gateway::bot_address))
        .route("/users/@me", get(channels::me))
        .route("/users/@me/channels", post(channels::open_dm))
        .route("/applications/@me", get(channels::application))
        .route("/oauth2/applications/@me", get(channels::application))
        .route(
            "/applications/{application}/commands",
            get(commands::list).put(commands::replace).post(commands::create),
        )
        .route("/applications/{application}/commands/{command}", delete(commands::delete))
        .route(
            "/applications/{application}/guilds/{guild}/commands",
            get(commands::list_in_guild).put(commands::replace_in_guild).post(commands::create_in_guild),
        )
        .route(
            "/applications/{application}/guilds/{guild}/commands/{command}",
            delete(commands::delete_in_guild),
        )
        .route("/channels/{channel}", get(channels::get).patch(channels::edit).delete(channels::delete))
        .route("/channels/{channel}/typing", post(channels::typing))
        .route("/channels/{channel}/threads", post(channels::create_thread))
        .route("/channels/{channel}/messages", get(messages::list).post(messages::create))
        .route(
            "/channels/{channel}/messages/{message}",
            get(messages::get).patch(messages::edit).delete(messages::delete),
        )
        .route("/channels/{channel}/messages/{message}/crosspost", post(messages::crosspost))
        .route("/channels/{channel}/messages/{message}/threads", post(channels::create_thread_on))
        .route("/guilds/{guild}", get(channels::guild))
        .route("/guilds/{guild}/channels", get(channels::guild_channels))
        .route("/guilds/{guild}/members/{user}", get(channels::member))
        .route("/guilds/{guild}/roles", get(channels::roles))
        .route("/guilds/{guild}/threads/active", get(channels::active_threads))
        .route("/interactions/{interaction}/{token}/callback", post(interactions::callback))
        .route("/webhooks/{application}/{token}", post(interactions::follow_up))
        .route(
            "/webhooks/{application}/{token}/messages/{message}",
            get(interactions::get).patch(interactions::edit).delete(interactions::delete),
        )
        .fallback(async || Refusal::NOT_FOUND)
        .method_not_allowed_fallback(async || Refusal::WRONG_METHOD)
        .layer(middleware::from_fn_with_state(Arc::clone(&discord), gate))
        // `payload.rs` has Discord's own limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .nest("/api/v10", api)
        .route("/gateway", any(gateway::connect))
        .route("/attachments/{channel}/{file}/{name}", get(channels::file))
        .with_state(discord)
}

/// Lets a call through, or refuses it, and notes it.
async fn gate(
    Server(discord): Server<Arc<Discord>>,
    OriginalUri(uri): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let path = uri.path().to_owned();
    let template = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let route = route(&method, &path, template.unwrap_or("unknown"));
    let (fault, latency) = discord.next_fault(&method, &path);
    match fault {
        Some(Fault::Delay(wait)) => {
            let wait = TimeDelta::from_std(wait).unwrap_or_default();
            discord.clock.sleep_until(discord.now() + wait).await;
        }
        Some(Fault::Limited { wait, global }) => {
            let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
            let now = discord.now();
            discord.lock().rates.hold((!global).then(|| route.clone()), now, wait);
        }
        _ => {}
    }
    let answer = match fault.and_then(Fault::instead) {
        Some(answer) => answer,
        None => discord.limited(&route, &path, request, next).await,
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let broken = matches!(fault, Some(Fault::ResetBefore | Fault::ResetAfter));
    discord.note(&method, path, if broken { 0 } else { answer.status().as_u16() });
    if fault == Some(Fault::ResetAfter) { faults::reset() } else { answer }
}

impl Discord {
    /// Answers a call within its rates.
    async fn limited(&self, route: &Route, path: &str, request: Request, next: Next) -> Response {
        if let Err(refusal) = self.known(path, &request) {
            return refusal.into_response();
        }
        let now = self.now();
        let verdict = {
            let mut state = self.lock();
            let verdict = state.rates.count(now, route, self.limits);
            state.counters.disobeyed += u64::from(verdict.disobeyed);
            verdict
        };
        let mut answer = match verdict.refusal() {
            Some(refusal) => refusal,
            None => next.run(request).await,
        };
        verdict.tell(answer.headers_mut());
        answer
    }

    /// Whether a call comes from the bot. The token in the path of an interaction's calls is proof enough.
    fn known(&self, path: &str, request: &Request) -> Result<(), Refusal> {
        let header = |name| text(request.headers(), name);
        if header(USER_AGENT).is_none_or(str::is_empty) {
            return Err(Refusal::NO_USER_AGENT);
        }
        let open = ["/api/v10/interactions/", "/api/v10/webhooks/"];
        if path == "/api/v10/gateway" || open.iter().any(|open| path.starts_with(open)) {
            return Ok(());
        }
        let token = header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bot "));
        if token.is_some_and(|token| self.is_token(token)) { Ok(()) } else { Err(Refusal::UNAUTHORIZED) }
    }

    /// The fault that the next call has, if one was ordered or the weather is bad, and how long its answer takes.
    fn next_fault(&self, method: &Method, path: &str) -> (Option<Fault>, Duration) {
        let mut state = self.lock();
        let Some(faults) = state.faults.iter_mut().find(|faults| faults.matches(method, path)) else {
            let (mishap, latency) = state.sky.as_mut().map(Sky::next).unwrap_or_default();
            return (mishap.map(Fault::from), latency);
        };
        faults.times -= 1;
        let fault = faults.fault;
        state.faults.retain(|faults| faults.times > 0);
        (Some(fault), Duration::ZERO)
    }

    fn note(&self, method: &Method, path: String, status: u16) {
        let at = self.now();
        let mut state = self.lock();
        state.counters.limited += u64::from(status == 429);
        state.counters.invalid += u64::from(matches!(status, 401 | 403 | 429));
        if state.calls.len() == REMEMBERED {
            state.calls.pop_front();
        }
        state.calls.push_back(Call { at, method: method.to_string(), path, status });
    }
}

/// The bucket of a call: its route and, in it, the channel, guild or webhook that the path begins with.
fn route(method: &Method, path: &str, template: &str) -> Route {
    let path = path.strip_prefix("/api/v10").unwrap_or(path);
    let mut steps = path.split('/').skip(1);
    let kind = steps.next().unwrap_or_default();
    let owner = match kind {
        "channels" | "guilds" => steps.next().unwrap_or_default().to_owned(),
        "webhooks" | "interactions" => steps.take(2).collect::<Vec<_>>().join("/"),
        _ => String::new(),
    };
    let counts_globally = !matches!(kind, "webhooks" | "interactions");
    Route { method: method.clone(), template: template.to_owned(), owner, counts_globally }
}

fn text(headers: &HeaderMap, name: axum::http::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
