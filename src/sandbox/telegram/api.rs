//! The bot's side: `/bot{token}/{method}` over HTTP, each method to the room it is made in.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::telegram::faults::{self, Fault};
use crate::sandbox::telegram::params::Params;
use crate::sandbox::telegram::refusal::Refusal;
use crate::sandbox::telegram::state::{OWNER, Standing, State as Everything};
use crate::sandbox::telegram::{Call, ChatKind, Telegram, callbacks, commands, messages, updates, view};

/// What listens.
pub(crate) fn router(telegram: Arc<Telegram>) -> Router {
    Router::new()
        .route("/{bot}/{method}", any(call))
        .fallback(|| async { refuse(&Refusal::new(404, "Not Found")) })
        .with_state(telegram)
}

async fn call(
    State(telegram): State<Arc<Telegram>>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Some(token) = bot.strip_prefix("bot") else {
        return refuse(&Refusal::new(404, "Not Found"));
    };
    if token != telegram.token() {
        return refuse(&Refusal::new(401, "Unauthorized"));
    }
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(refusal) => return refuse(&refusal),
    };
    let name = method.to_ascii_lowercase();
    let chat = params.chat();
    let (fault, latency) =
        telegram.look(|state, _| faults::take(&mut state.faults, state.sky.as_mut(), &name, chat));
    let answer = match fault {
        Some(Fault::Status(code)) => broken(code),
        Some(Fault::Flood(seconds)) => {
            refuse(&telegram.change(|state, now| flood(state, chat, seconds, now)))
        }
        Some(Fault::ResetBefore) => reset(),
        Some(Fault::ResetAfter) => {
            // Its answer is what nobody hears.
            if answer(&telegram, &name, &params).await.is_ok() && name == "sendmessage" {
                telegram.look(|state, _| state.counters.unheard += 1);
            }
            reset()
        }
        Some(Fault::Delay(span)) => {
            tokio::time::sleep(span).await;
            respond(answer(&telegram, &name, &params).await)
        }
        None => respond(answer(&telegram, &name, &params).await),
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let status = if answer.extensions().get::<Reset>().is_some() { 0 } else { answer.status().as_u16() };
    telegram.look(|state, at| state.record(Call { at, method, chat, status }));
    answer
}

async fn answer(telegram: &Arc<Telegram>, method: &str, params: &Params) -> Result<Value, Refusal> {
    if method == "getupdates" {
        return updates::poll(Arc::clone(telegram), params).await;
    }
    telegram.change(|state, now| {
        let result = dispatch(state, method, params, now);
        result.unwrap_or_else(|| Err(Refusal::new(404, "Not Found")))
    })
}

/// `None` for a method that is not there.
fn dispatch(
    state: &mut Everything,
    method: &str,
    params: &Params,
    now: DateTime<Utc>,
) -> Option<Result<Value, Refusal>> {
    Some(match method {
        "getme" => Ok(me(state)),
        "setwebhook" => set_webhook(state, params),
        "deletewebhook" => {
            state.updates.webhook = None;
            drop_pending(state, params);
            Ok(json!(true))
        }
        "getwebhookinfo" => Ok(webhook_info(state)),
        "sendmessage" => messages::send(state, params, now),
        "sendphoto" => messages::send_photo(state, params, now),
        "editmessagetext" => messages::edit_text(state, params, now),
        "editmessagereplymarkup" => messages::edit_keyboard(state, params, now),
        "deletemessage" => messages::delete(state, params, now),
        "deletemessages" => messages::delete_many(state, params, now),
        "answercallbackquery" => callbacks::answer(state, params, now),
        "sendchataction" => chat_action(state, params),
        "getchat" => get_chat(state, params),
        "getchatmember" => get_member(state, params),
        "getchatadministrators" => get_administrators(state, params),
        "getchatmembercount" => count_members(state, params),
        "leavechat" => leave(state, params),
        "setmycommands" => commands::set(state, params),
        "getmycommands" => commands::get(state, params),
        "deletemycommands" => commands::delete(state, params),
        // Taken, and shown nowhere.
        "setmyname"
        | "setmydescription"
        | "setmyshortdescription"
        | "setchatmenubutton"
        | "setmydefaultadministratorrights" => Ok(json!(true)),
        "logout" | "close" => Ok(json!(true)),
        _ => return None,
    })
}

fn me(state: &Everything) -> Value {
    let mut me = view::user(state, state.bot.id);
    for (key, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[key] = json!(value);
    }
    me
}

fn set_webhook(state: &mut Everything, params: &Params) -> Result<Value, Refusal> {
    let url = params.text("url").unwrap_or_default();
    if !url.is_empty() && !url.starts_with("https://") {
        return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    state.updates.allow(params.json("allowed_updates"));
    state.updates.webhook = Some(url).filter(|url| !url.is_empty());
    drop_pending(state, params);
    Ok(json!(true))
}

fn drop_pending(state: &mut Everything, params: &Params) {
    if params.flag("drop_pending_updates") {
        state.updates.clear();
    }
}

fn webhook_info(state: &Everything) -> Value {
    json!({
        "url": state.updates.webhook.as_deref().unwrap_or_default(), "has_custom_certificate": false,
        "pending_update_count": state.updates.waiting(),
    })
}

fn chat_action(state: &Everything, params: &Params) -> Result<Value, Refusal> {
    const ACTIONS: [&str; 11] = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    let chat = state.writable(params.expect_chat()?)?;
    messages::topic(chat, params)?;
    let action = params.text("action").unwrap_or_default();
    if ACTIONS.contains(&action.as_str()) {
        Ok(json!(true))
    } else {
        Err(Refusal::bad("wrong parameter action in request"))
    }
}

fn get_chat(state: &Everything, params: &Params) -> Result<Value, Refusal> {
    let named = params.text("chat_id").and_then(|name| state.named(&name));
    let chat = named.map_or_else(|| params.expect_chat(), Ok)?;
    Ok(view::full_chat(state, state.readable(chat)?))
}

fn get_member(state: &Everything, params: &Params) -> Result<Value, Refusal> {
    let chat = state.readable(params.expect_chat()?)?;
    let person = params.int("user_id").ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
    if person != state.bot.id && !state.people.contains_key(&person) {
        return Err(Refusal::bad("user not found"));
    }
    if chat.kind == ChatKind::Private && person != chat.id && person != state.bot.id {
        return Err(Refusal::bad("member not found"));
    }
    Ok(view::member(state, chat, person, view::standing(state, chat, person)))
}

fn get_administrators(state: &Everything, params: &Params) -> Result<Value, Refusal> {
    let chat = state.readable(params.expect_chat()?)?;
    if chat.kind == ChatKind::Private {
        return Err(Refusal::bad("there are no administrators in the private chat"));
    }
    let bot = (chat.bot == Standing::Administrator).then_some(state.bot.id);
    let everybody = [OWNER].into_iter().chain(chat.admins.iter().copied()).chain(bot);
    Ok(everybody.map(|id| view::member(state, chat, id, Standing::Administrator)).collect())
}

fn count_members(state: &Everything, params: &Params) -> Result<Value, Refusal> {
    let chat = state.readable(params.expect_chat()?)?;
    let people =
        if chat.kind == ChatKind::Private { 1 } else { 1 + chat.members.union(&chat.admins).count() };
    Ok(json!(people + 1))
}

fn leave(state: &mut Everything, params: &Params) -> Result<Value, Refusal> {
    let chat = state.readable(params.expect_chat()?)?;
    if chat.kind == ChatKind::Private {
        return Err(Refusal::bad("chat member status can't be changed in private chats"));
    }
    let id = chat.id;
    if let Some(chat) = state.chats.get_mut(&id) {
        chat.bot = Standing::Left;
    }
    Ok(json!(true))
}

fn flood(state: &mut Everything, chat: Option<i64>, seconds: u64, now: DateTime<Utc>) -> Refusal {
    let flood = state.rates.hold(chat.unwrap_or_default(), seconds, now);
    state.counters.too_many_requests += 1;
    Refusal::too_many(flood.retry_after)
}

fn respond(result: Result<Value, Refusal>) -> Response {
    match result {
        Ok(result) => axum::Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(refusal.to_json())).into_response();
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// A proxy's error page, or a bare refusal.
fn broken(code: u16) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
    let reason = status.canonical_reason().unwrap_or("Error");
    if !status.is_server_error() {
        return refuse(&Refusal::new(status.as_u16(), reason));
    }
    let page = format!("<html>\r\n<head><title>{code} {reason}</title></head>\r\n</html>\r\n");
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// Marks an answer that nobody gets.
#[derive(Clone)]
struct Reset;

/// A body that fails before its first byte: the server drops the connection before it has written anything.
fn reset() -> Response {
    let failed = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset on purpose")) });
    let mut response = Response::new(Body::from_stream(failed));
    response.extensions_mut().insert(Reset);
    response
}
