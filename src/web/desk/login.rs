//! Logging in and out. A browser that is let in holds a random secret; we keep a hash of it, bound to the password, so
//! that another password ends every session.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Query, State};
use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use maud::{Markup, html};
use serde::Deserialize;

use super::fault::Answer;
use super::form::{CSRF, Sent};
use super::visit::{Visit, cookie, csrf, own_path};
use super::{Current, frame};

/// The cookie that holds a browser's secret.
pub(super) const COOKIE_NAME: &str = "jogan";
/// A browser stays logged in for this long.
const STAY: TimeDelta = TimeDelta::days(7);

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    to: Option<String>,
}

/// Asks for the password. A browser without a secret gets one, so that its form can be known again.
pub(super) async fn page(visit: Visit, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let to = own_path(asked.to.as_deref());
    if visit.is_operator {
        return (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
    }
    if !visit.csrf.is_empty() {
        return frame::alone(visit.language, visit.words.log_in, &form(&visit, &to, None)).into_response();
    }
    let Some((secret, set)) = fresh(&headers) else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let visit = Visit { csrf: csrf(&secret), ..visit };
    let page = frame::alone(visit.language, visit.words.log_in, &form(&visit, &to, None));
    ([(SET_COOKIE, set)], page).into_response()
}

/// Checks the password and lets the browser in, under a new secret.
pub(super) async fn log_in(
    State(desk): State<Current>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let (visit, now) = (&sent.visit, desk.commands.clock.now());
    let to = own_path(Some(sent.get("to")));
    let again = |status: StatusCode, why: &str| {
        let page = frame::alone(visit.language, visit.words.log_in, &form(visit, &to, Some(why)));
        (status, page).into_response()
    };
    if let Err(wait) = desk.attempts.begin(from.ip(), now) {
        tracing::warn!(%from, "too many tries to log in at the desk");
        let mut answer = again(StatusCode::TOO_MANY_REQUESTS, visit.words.too_many_tries);
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.num_seconds().max(1)));
        return Ok(answer);
    }
    let Some(password) = desk.password.clone() else { return Ok(how_to_set_it(visit)) };
    let typed = sent.get("password").to_owned();
    // The semaphore is never closed; a task that panics lets nobody in.
    let turn = desk.checking.acquire().await;
    let (password, is_right) = tokio::task::spawn_blocking(move || {
        let is_right = password.is_of(&typed);
        (Some(password), is_right)
    })
    .await
    .unwrap_or((None, false));
    drop(turn);
    let (Some(password), true) = (password, is_right) else {
        tracing::warn!(%from, "a wrong password at the desk");
        return Ok(again(StatusCode::UNAUTHORIZED, visit.words.wrong_password));
    };
    let Some((secret, set)) = fresh(&headers) else {
        return Ok(again(StatusCode::SERVICE_UNAVAILABLE, visit.words.broken));
    };
    desk.store().open_session(&password.bind(&secret), now + STAY, now).await?;
    desk.attempts.succeeded(from.ip());
    tracing::info!(%from, "an operator logged in at the desk");
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, set), (LOCATION, to)]).into_response())
}

/// Ends the browser's session.
pub(super) async fn log_out(State(desk): State<Current>, headers: HeaderMap, sent: Sent) -> Answer {
    drop(sent);
    if let (Some(secret), Some(password)) = (cookie(&headers, COOKIE_NAME), &desk.password) {
        desk.store().close_session(&password.bind(secret)).await?;
    }
    let set = format!("{COOKIE_NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, set), (LOCATION, "/login".to_owned())]).into_response())
}

/// All that a desk without a password says.
pub(super) fn how_to_set_it(visit: &Visit) -> Response {
    let words = visit.words;
    let body = html! {
        p { (words.no_password) }
        ol.steps {
            li { (words.no_password_make) pre { code { "jogan password" } } }
            li { (words.no_password_set) pre { code { "[web]\npassword_hash = \"$argon2id$…\"" } } }
            li { (words.no_password_start) }
        }
    };
    frame::alone(visit.language, words.no_password_title, &body).into_response()
}

fn form(visit: &Visit, to: &str, why: Option<&str>) -> Markup {
    let words = visit.words;
    html! {
        form.login method="post" action="/login" {
            input type="hidden" name=(CSRF) value=(visit.csrf);
            input type="hidden" name="to" value=(to);
            // Password managers want to know for whom.
            input type="text" name="user" value="operator" autocomplete="username" hidden;
            label for="password" { (words.password) }
            input #password type="password" name="password" autocomplete="current-password" required autofocus
                aria-invalid=[why.map(|_| "true")] aria-describedby=[why.map(|_| "why")];
            @if let Some(why) = why {
                p #why.error role="alert" { (why) }
            }
            button.primary type="submit" { (words.log_in) }
        }
    }
}

/// A new secret, and the header that hands it to the browser. `None`: the system has no random numbers.
fn fresh(headers: &HeaderMap) -> Option<(String, String)> {
    let mut bytes = [0; 32];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the system has no random numbers: nobody can log in at the desk");
        return None;
    }
    let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // Behind a proxy that speaks TLS; one that lies about it only makes the cookie stricter.
    let by_tls = headers
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"));
    let secure = if by_tls { "; Secure" } else { "" };
    let life = STAY.num_seconds();
    let set = format!("{COOKIE_NAME}={secret}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict{secure}");
    Some((secret, set))
}
