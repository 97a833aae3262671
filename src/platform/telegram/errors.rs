//! What Telegram's refusals mean: one table over `error_code`, `parameters` and the description's exact words.
//!
//! The words are those of Telegram's Bot API server (tdlib/telegram-bot-api, `telegram-bot-api/Client.cpp`) and of
//! TDLib below it; there are no numeric codes beyond the HTTP status.

use chrono::TimeDelta;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::platform::call::{CallError, Covers};
use crate::platform::http;

/// How long to wait where a refusal for rates does not say.
const UNSAID: TimeDelta = TimeDelta::seconds(5);

/// The start of what an edit that changes nothing is refused with.
const NOT_MODIFIED: &str = "Bad Request: message is not modified";

/// Starts of what follows `Bad Request: ` where a chat or topic cannot be written to.
const LOST: &[&str] = &[
    "chat not found",
    "private chat not found",
    "need administrator rights",
    "have no write access to the chat",
    "have no rights to send a message",
    "not enough rights",
    "message thread not found",
    "group chat was deactivated",
    // Without the new id there is nothing to move to.
    "group chat was upgraded to a supergroup chat",
    // A server's 403 in capitals comes as a 400.
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
    "TOPIC_ID_INVALID",
    "CHANNEL_FORUM_MISSING",
    "CHAT_FORBIDDEN",
    "CHAT_GUEST_SEND_FORBIDDEN",
    "CHAT_ID_INVALID",
    "CHAT_WRITE_FORBIDDEN",
    "CHAT_ADMIN_REQUIRED",
    "CHAT_RESTRICTED",
    "CHAT_SEND_PLAIN_FORBIDDEN",
    "CHANNEL_INVALID",
    "CHANNEL_PRIVATE",
    "INPUT_USER_DEACTIVATED",
    "USER_BANNED_IN_CHANNEL",
    "USER_DEACTIVATED",
    "USER_IS_BLOCKED",
    "PEER_ID_INVALID",
];

/// Starts of what follows `Bad Request: ` where the message or the question is not there any more.
const GONE: &[&str] = &[
    "message to edit not found",
    "message to delete not found",
    "message not found",
    "MESSAGE_ID_INVALID",
    "query is too old",
    "QUERY_ID_INVALID",
];

/// Starts of what follows `Bad Request: ` where Telegram does not do this (any more) to this message.
const UNSUPPORTED: &[&str] = &[
    "message can't be edited",
    "message can't be deleted",
    "MESSAGE_AUTHOR_REQUIRED",
    "MESSAGE_DELETE_FORBIDDEN",
    "MESSAGE_EDIT_TIME_EXPIRED",
];

/// The body of a refusal. A proxy's page is none.
#[derive(Debug, Deserialize)]
struct Refusal {
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Debug, Default, Deserialize)]
struct Parameters {
    migrate_to_chat_id: Option<i64>,
    retry_after: Option<f64>,
}

/// What an answer that is no success means.
pub(super) fn classify(status: StatusCode, body: &[u8], headers: &HeaderMap) -> CallError {
    let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else {
        return by_status(status, headers);
    };
    let Some(code) = refusal.error_code.or(status.is_client_error().then_some(status.as_u16())) else {
        return by_status(status, headers);
    };
    let reason = http::cut(&format!("{code} {}", refusal.description));
    match code {
        401 => CallError::Credentials(reason),
        403 => CallError::Lost(reason),
        // The server knows the path `/bot<token>/…` only for tokens that look like one.
        404 if refusal.description == "Not Found" => CallError::Credentials(reason),
        404 => CallError::Unsupported(reason),
        // Another poller, or a webhook.
        409 => CallError::Transient(reason),
        429 => {
            let said = refusal.parameters.retry_after.and_then(http::seconds);
            wait(said.or_else(|| in_words(&refusal.description)), headers)
        }
        400 => bad_request(&refusal, reason),
        500.. => http::server_failure(StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY), reason),
        _ => CallError::Rejected(reason),
    }
}

/// Whether an edit was refused because the message says so already.
pub(super) fn says_so_already(error: &CallError) -> bool {
    matches!(error, CallError::Rejected(reason) if reason.contains(NOT_MODIFIED))
}

fn bad_request(refusal: &Refusal, reason: String) -> CallError {
    if let Some(chat) = refusal.parameters.migrate_to_chat_id {
        return CallError::Moved(chat);
    }
    let description = &refusal.description;
    let words = description.strip_prefix("Bad Request: ").unwrap_or(description);
    let starts = |list: &[&str]| list.iter().any(|start| words.starts_with(start));
    if starts(LOST) {
        CallError::Lost(reason)
    } else if starts(GONE) {
        CallError::Gone(reason)
    } else if starts(UNSUPPORTED) {
        CallError::Unsupported(reason)
    } else {
        CallError::Rejected(reason)
    }
}

/// An answer that is not Telegram's: a proxy speaks, or the address is wrong.
fn by_status(status: StatusCode, headers: &HeaderMap) -> CallError {
    let reason = format!("{status}, not in Telegram's words");
    match status {
        StatusCode::TOO_MANY_REQUESTS => wait(None, headers),
        StatusCode::UNAUTHORIZED => CallError::Credentials(reason),
        StatusCode::PAYLOAD_TOO_LARGE => CallError::Rejected(reason),
        // It says that all is well, and may have done what was asked.
        status if status.is_success() => CallError::Unanswered(reason),
        status if status.is_server_error() => http::server_failure(status, reason),
        _ => CallError::Transient(reason),
    }
}

/// Telegram does not say whether a chat's or the bot's own rate was passed. Taking it for the chat's, a flood in
/// one chat holds up no other; the bot's own is kept by the gate.
fn wait(said: Option<TimeDelta>, headers: &HeaderMap) -> CallError {
    let after = said.or_else(|| http::retry_after(headers)).unwrap_or(UNSAID);
    CallError::RetryAfter { after, covers: Covers::Channel }
}

/// `Too Many Requests: retry after N`.
fn in_words(description: &str) -> Option<TimeDelta> {
    let (_, number) = description.rsplit_once("retry after ")?;
    http::seconds(number.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn refused(code: u16, description: &str) -> CallError {
        let body = serde_json::json!({"ok": false, "error_code": code, "description": description});
        classify(StatusCode::from_u16(code).unwrap(), body.to_string().as_bytes(), &HeaderMap::new())
    }

    #[rstest]
    #[case(403, "Forbidden: bot was blocked by the user")]
    #[case(403, "Forbidden: user is deactivated")]
    #[case(403, "Forbidden: bot was kicked from the group chat")]
    #[case(403, "Forbidden: bot was kicked from the supergroup chat")]
    #[case(403, "Forbidden: bot was kicked from the channel chat")]
    #[case(403, "Forbidden: bot is not a member of the group chat")]
    #[case(403, "Forbidden: bot is not a member of the supergroup chat")]
    #[case(403, "Forbidden: bot is not a member of the channel chat")]
    #[case(403, "Forbidden: the group chat was deleted")]
    #[case(403, "Forbidden: bot can't initiate conversation with a user")]
    #[case(403, "Forbidden: the bot can't send messages to the bot")]
    #[case(400, "Bad Request: chat not found")]
    #[case(400, "Bad Request: private chat not found")]
    #[case(400, "Bad Request: need administrator rights in the channel chat")]
    #[case(400, "Bad Request: have no write access to the chat")]
    #[case(400, "Bad Request: not enough rights to send text messages to the chat")]
    #[case(400, "Bad Request: message thread not found")]
    #[case(400, "Bad Request: TOPIC_CLOSED")]
    #[case(400, "Bad Request: CHAT_WRITE_FORBIDDEN")]
    #[case(400, "Bad Request: CHAT_ADMIN_REQUIRED")]
    #[case::without_the_new_id(400, "Bad Request: group chat was upgraded to a supergroup chat")]
    fn access_lost(#[case] code: u16, #[case] description: &str) {
        assert!(
            matches!(refused(code, description), CallError::Lost(reason) if reason.contains(description))
        );
    }

    #[rstest]
    #[case("Bad Request: can't parse entities: Unsupported start tag \"br\" at byte offset 4")]
    #[case("Bad Request: message is too long")]
    #[case("Bad Request: message text is empty")]
    #[case("Bad Request: text must be non-empty")]
    #[case("Bad Request: text is too long")]
    #[case("Bad Request: reply markup is too long")]
    #[case("Bad Request: BUTTON_DATA_INVALID")]
    #[case("Bad Request: message to be replied not found")]
    #[case::hostile("the chat not found in Bad Request: chat not found")]
    fn content_refused(#[case] description: &str) {
        assert!(matches!(refused(400, description), CallError::Rejected(_)));
    }

    #[rstest]
    #[case("Bad Request: message to edit not found")]
    #[case("Bad Request: message to delete not found")]
    #[case("Bad Request: MESSAGE_ID_INVALID")]
    #[case("Bad Request: query is too old and response timeout expired or query ID is invalid")]
    fn gone(#[case] description: &str) {
        assert!(matches!(refused(400, description), CallError::Gone(_)));
    }

    #[rstest]
    #[case(400, "Bad Request: message can't be edited")]
    #[case(400, "Bad Request: message can't be deleted for everyone")]
    #[case(404, "Not Found: method not found")]
    fn cannot_be_asked(#[case] code: u16, #[case] description: &str) {
        assert!(matches!(refused(code, description), CallError::Unsupported(_)));
    }

    #[rstest]
    #[case(401, "Unauthorized")]
    #[case(404, "Not Found")]
    fn token_refused(#[case] code: u16, #[case] description: &str) {
        assert!(matches!(refused(code, description), CallError::Credentials(_)));
    }

    #[rstest]
    #[case(500, "Internal Server Error: restart")]
    #[case(502, "Bad Gateway")]
    #[case(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )]
    fn passing(#[case] code: u16, #[case] description: &str) {
        assert!(matches!(refused(code, description), CallError::Transient(_)));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_recognised() {
        let same = "Bad Request: message is not modified: specified new message content and reply markup are \
                    exactly the same";
        assert!(says_so_already(&refused(400, same)));
        assert!(!says_so_already(&refused(400, "Bad Request: message is too long")));
    }

    #[test]
    fn a_group_that_became_a_supergroup_says_its_new_id() {
        let body = r#"{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1001234567890},
            "description":"Bad Request: group chat was upgraded to a supergroup chat"}"#;
        let error = classify(StatusCode::BAD_REQUEST, body.as_bytes(), &HeaderMap::new());
        assert_eq!(error, CallError::Moved(-1_001_234_567_890));
    }

    #[rstest]
    #[case::parameters(r#"{"error_code":429,"description":"Too Many Requests: retry after 9","parameters":{"retry_after":7}}"#, None, 7)]
    #[case::words(r#"{"error_code":429,"description":"Too Many Requests: retry after 9"}"#, Some("8"), 9)]
    #[case::header(r#"{"error_code":429,"description":"Too Many Requests"}"#, Some("8"), 8)]
    #[case::page("<html>", Some("30"), 30)]
    #[case::nothing_said("<html>", None, 5)]
    fn a_wait_is_read_to_the_letter(
        #[case] body: &str,
        #[case] header: Option<&'static str>,
        #[case] expected: i64,
    ) {
        let headers = header.map(|value| (reqwest::header::RETRY_AFTER, value.parse().unwrap()));
        let error = classify(StatusCode::TOO_MANY_REQUESTS, body.as_bytes(), &headers.into_iter().collect());
        let after = TimeDelta::seconds(expected);
        assert_eq!(error, CallError::RetryAfter { after, covers: Covers::Channel });
    }

    #[rstest]
    #[case::moved_address(301, false)]
    #[case::blocked(403, false)]
    #[case::no_such_page(404, false)]
    #[case::bad_gateway(502, false)]
    #[case::unavailable(503, false)]
    #[case::gateway_gave_up(504, true)]
    #[case::cloudflare_gave_up(524, true)]
    #[case::all_is_well(200, true)]
    fn a_page_of_a_proxy_loses_no_chat(#[case] status: u16, #[case] may_be_done: bool) {
        let error = classify(StatusCode::from_u16(status).unwrap(), b"<html>nginx</html>", &HeaderMap::new());
        assert_eq!(matches!(error, CallError::Unanswered(_)), may_be_done);
        assert_eq!(matches!(error, CallError::Transient(_)), !may_be_done);
    }

    #[test]
    fn success_without_a_result_may_be_done() {
        assert!(matches!(classify(StatusCode::OK, b"{}", &HeaderMap::new()), CallError::Unanswered(_)));
    }

    #[test]
    fn an_error_code_counts_more_than_the_status() {
        let body = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        assert!(matches!(classify(StatusCode::OK, body.as_bytes(), &HeaderMap::new()), CallError::Lost(_)));
    }
}
