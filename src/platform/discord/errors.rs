//! What Discord's refusals mean: one table over status, numeric code and headers.
//!
//! The codes: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>; refused calls for
//! rates: <https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit>.

use chrono::TimeDelta;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::platform::call::{CallError, Covers};
use crate::platform::http;

/// How long to wait where a refusal for rates does not say.
const UNSAID: TimeDelta = TimeDelta::seconds(5);

/// How long to wait where Cloudflare refuses without saying: it stands before Discord and refuses an address.
const UNSAID_BY_CLOUDFLARE: TimeDelta = TimeDelta::seconds(60);

/// A message is published already.
const ALREADY_CROSSPOSTED: i64 = 40033;

/// There is no such channel, or thread.
const UNKNOWN_CHANNEL: i64 = 10003;

/// The body of a refusal. A proxy's or Cloudflare's page is none.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Value,
    retry_after: Option<f64>,
    #[serde(default)]
    global: bool,
}

/// What an answer that is no success means.
pub(super) fn classify(status: StatusCode, body: &[u8], headers: &HeaderMap) -> CallError {
    let refusal: Option<Refusal> = serde_json::from_slice(body).ok();
    let json = refusal.is_some();
    let refusal = refusal.unwrap_or_default();
    if status == StatusCode::TOO_MANY_REQUESTS {
        return wait(&refusal, json, headers);
    }
    let reason = reason(status, &refusal, json);
    if status.is_server_error() {
        return http::server_failure(status, reason);
    }
    match refusal.code {
        // Unknown channel, unknown guild; banned from it; missing access, missing permissions; not in a text
        // channel; a person who takes no messages from us; a thread that is archived, or locked.
        UNKNOWN_CHANNEL | 10004 | 40007 | 50001 | 50013 | 50008 | 50007 | 50278 | 50083 | 160005 => {
            CallError::Lost(reason)
        }
        // Unknown message (also a repeated nonce whose message was deleted), unknown webhook, and an interaction
        // that is too old to be answered.
        10008 | 10015 | 10062 | 50027 => CallError::Gone(reason),
        // Unauthorized, invalid token.
        40001 | 50014 => CallError::Credentials(reason),
        // Slow mode and write limits that came as another status; edits to announcements; as many new commands as a
        // day allows; sending or another feature turned off by Discord for a while; no User-Agent as far as a proxy
        // let it through; overloaded; as many active threads as a guild may have.
        20016 | 20028 | 20029 | 20022 | 30034 | 40004 | 40006 | 40333 | 130000 | 160006 | 160007 => {
            CallError::Transient(reason)
        }
        // Answered or published already; a forum takes threads only, or wants a tag; wrong kind of channel; not
        // our message; as many of something as there may be (30046: edits of an old message), which no other words
        // change.
        40060 | ALREADY_CROSSPOSTED | 40058 | 40067 | 50024 | 50005 | 50021 | 30001..=30999 => {
            CallError::Unsupported(reason)
        }
        _ => by_status(status, refusal.code, reason),
    }
}

/// Whether publishing was refused because it is done.
pub(super) fn is_crossposted(error: &CallError) -> bool {
    matches!(error, CallError::Unsupported(reason) if reason.contains(&format!(" {ALREADY_CROSSPOSTED}: ")))
}

/// Whether a call was refused because there is no such channel or thread.
pub(super) fn is_unknown_channel(error: &CallError) -> bool {
    matches!(error, CallError::Lost(reason) if reason.contains(&format!(" {UNKNOWN_CHANNEL}: ")))
}

fn by_status(status: StatusCode, code: i64, reason: String) -> CallError {
    match status {
        StatusCode::UNAUTHORIZED => CallError::Credentials(reason),
        // Without a code it is not Discord that speaks, or not about what we asked: a proxy, a wrong address.
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => CallError::Rejected(reason),
        status if status.is_client_error() && code != 0 => CallError::Rejected(reason),
        _ => CallError::Transient(reason),
    }
}

fn wait(refusal: &Refusal, json: bool, headers: &HeaderMap) -> CallError {
    let says = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let global = refusal.global
        || says("x-ratelimit-global") == Some("true")
        || says("x-ratelimit-scope") == Some("global");
    let unsaid = if json { UNSAID } else { UNSAID_BY_CLOUDFLARE };
    // The body's number is exact, the header's is in whole seconds.
    let after = refusal.retry_after.and_then(http::seconds).or_else(|| http::retry_after(headers));
    CallError::RetryAfter {
        after: after.unwrap_or(unsaid),
        // `shared` is what everybody together did to the channel, and stops us there as well.
        covers: if global || !json { Covers::Everything } else { Covers::Channel },
    }
}

fn reason(status: StatusCode, refusal: &Refusal, json: bool) -> String {
    if !json {
        return format!("{status}, not in Discord's words");
    }
    let details = if refusal.errors.is_null() { String::new() } else { format!(" {}", refusal.errors) };
    http::cut(&format!("{} {}: {}{details}", status.as_u16(), refusal.code, refusal.message))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};
    use rstest::rstest;

    use super::*;

    fn kind(error: &CallError) -> &'static str {
        match error {
            CallError::RetryAfter { .. } => "retry after",
            CallError::Transient(_) => "transient",
            CallError::Unanswered(_) => "unanswered",
            CallError::Rejected(_) => "rejected",
            CallError::Lost(_) => "lost",
            CallError::Moved(_) => "moved",
            CallError::Gone(_) => "gone",
            CallError::Credentials(_) => "credentials",
            CallError::Unsupported(_) => "unsupported",
        }
    }

    #[rstest]
    #[case::unknown_channel(404, 10003, "lost")]
    #[case::unknown_guild(404, 10004, "lost")]
    #[case::banned(403, 40007, "lost")]
    #[case::missing_access(403, 50001, "lost")]
    #[case::missing_permissions(403, 50013, "lost")]
    #[case::takes_no_messages(403, 50007, "lost")]
    #[case::no_mutual_guild(403, 50278, "lost")]
    #[case::not_a_text_channel(400, 50008, "lost")]
    #[case::locked_thread(400, 160005, "lost")]
    #[case::unknown_message(404, 10008, "gone")]
    #[case::unknown_webhook(404, 10015, "gone")]
    #[case::unknown_interaction(404, 10062, "gone")]
    #[case::invalid_webhook_token(401, 50027, "gone")]
    #[case::unauthorized(401, 0, "credentials")]
    #[case::unauthorized_code(403, 40001, "credentials")]
    #[case::invalid_token(401, 50014, "credentials")]
    #[case::already_answered(400, 40060, "unsupported")]
    #[case::already_published(400, 40033, "unsupported")]
    #[case::forum_takes_threads(400, 40058, "unsupported")]
    #[case::forum_wants_a_tag(400, 40067, "unsupported")]
    #[case::wrong_kind_of_channel(400, 50024, "unsupported")]
    #[case::not_our_message(403, 50005, "unsupported")]
    #[case::system_message(403, 50021, "unsupported")]
    #[case::archived_thread(400, 50083, "lost")]
    #[case::old_edits(400, 30046, "unsupported")]
    #[case::guild_is_full(400, 30013, "unsupported")]
    #[case::commands_of_a_day(400, 30034, "transient")]
    #[case::sending_turned_off(403, 40004, "transient")]
    #[case::feature_turned_off(403, 40006, "transient")]
    #[case::invalid_form(400, 50035, "rejected")]
    #[case::empty_message(400, 50006, "rejected")]
    #[case::too_large(400, 40005, "rejected")]
    #[case::too_large_by_status(413, 0, "rejected")]
    #[case::automod(400, 200_000, "rejected")]
    #[case::harmful_link(400, 240_000, "rejected")]
    #[case::reply_without_history(400, 160_002, "rejected")]
    #[case::some_other_code(403, 20001, "rejected")]
    #[case::slow_mode(400, 20016, "transient")]
    #[case::channel_writes(400, 20028, "transient")]
    #[case::guild_writes(400, 20029, "transient")]
    #[case::announcement_edits(400, 20022, "transient")]
    #[case::too_many_threads(400, 160_006, "transient")]
    #[case::too_many_announcement_threads(400, 160_007, "transient")]
    #[case::no_user_agent(403, 40333, "transient")]
    #[case::overloaded(400, 130_000, "transient")]
    #[case::overloaded_by_status(503, 130_000, "transient")]
    #[case::server_error(500, 0, "transient")]
    #[case::gateway_gave_up(504, 0, "unanswered")]
    #[case::no_such_path(404, 0, "transient")]
    fn each_code_has_its_meaning(#[case] status: u16, #[case] code: i64, #[case] expected: &str) {
        let body = format!(r#"{{"message":"what it says","code":{code}}}"#);
        let error = classify(StatusCode::from_u16(status).unwrap(), body.as_bytes(), &HeaderMap::new());
        assert_eq!(kind(&error), expected);
        assert!(error.to_string().contains("what it says"));
    }

    #[rstest]
    #[case::moved_address(302, "transient")]
    #[case::blocked(403, "transient")]
    #[case::no_such_page(404, "transient")]
    #[case::refused_token(401, "credentials")]
    #[case::bad_gateway(502, "transient")]
    #[case::unavailable(503, "transient")]
    #[case::gateway_gave_up(504, "unanswered")]
    #[case::cloudflare_unknown(520, "unanswered")]
    #[case::cloudflare_cannot_connect(522, "transient")]
    #[case::cloudflare_gave_up(524, "unanswered")]
    fn a_page_of_a_proxy_loses_no_channel(#[case] status: u16, #[case] expected: &str) {
        let page = "<html><body>nginx</body></html>";
        let error = classify(StatusCode::from_u16(status).unwrap(), page.as_bytes(), &HeaderMap::new());
        assert_eq!(kind(&error), expected);
        assert!(!error.to_string().contains("nginx"));
    }

    #[rstest]
    #[case::bucket(r#"{"retry_after":1.337,"global":false}"#, &[("retry-after", "2")], 1337, Covers::Channel)]
    #[case::user(r#"{"retry_after":0.5}"#, &[("x-ratelimit-scope", "user")], 500, Covers::Channel)]
    #[case::shared(r#"{"retry_after":64.57}"#, &[("x-ratelimit-scope", "shared")], 64570, Covers::Channel)]
    #[case::rounded_up(r#"{"retry_after":0.0001}"#, &[], 1, Covers::Channel)]
    #[case::write_limit(r#"{"retry_after":3,"code":20028}"#, &[], 3000, Covers::Channel)]
    #[case::global_body(r#"{"retry_after":2.5,"global":true}"#, &[], 2500, Covers::Everything)]
    #[case::global_header(r#"{"retry_after":1}"#, &[("x-ratelimit-global", "true")], 1000, Covers::Everything)]
    #[case::global_scope(r#"{"retry_after":1}"#, &[("x-ratelimit-scope", "global")], 1000, Covers::Everything)]
    #[case::header_alone(r#"{"message":"slow"}"#, &[("retry-after", "7")], 7000, Covers::Channel)]
    #[case::nothing_said(r#"{"message":"slow"}"#, &[], 5000, Covers::Channel)]
    #[case::nonsense(r#"{"retry_after":-4.0}"#, &[("retry-after", "NaN")], 5000, Covers::Channel)]
    #[case::cloudflare("<html>error code: 1015</html>", &[("retry-after", "341")], 341_000, Covers::Everything)]
    #[case::cloudflare_plain("error code: 1015", &[], 60_000, Covers::Everything)]
    #[case::for_ever(r#"{"retry_after":1e300}"#, &[], 7 * 86_400_000, Covers::Channel)]
    fn a_wait_is_read_to_the_letter(
        #[case] body: &str,
        #[case] headers: &[(&'static str, &'static str)],
        #[case] milliseconds: i64,
        #[case] covers: Covers,
    ) {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let error = classify(StatusCode::TOO_MANY_REQUESTS, body.as_bytes(), &headers);
        assert_eq!(error, CallError::RetryAfter { after: TimeDelta::milliseconds(milliseconds), covers });
    }

    #[test]
    fn an_invalid_form_says_which_field() {
        let body = r#"{"code":50035,"message":"Invalid Form Body","errors":{"content":{"_errors":
            [{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}}}"#;
        let error = classify(StatusCode::BAD_REQUEST, body.as_bytes(), &HeaderMap::new());
        assert!(error.to_string().contains("Must be 2000 or fewer in length."), "{error}");
    }
}
