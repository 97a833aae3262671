//! Discord's request bodies, made from a message's body: to send, to edit, to open a forum thread; and whether a
//! message in a channel is one that we sent. Pure functions over JSON.
//!
//! A body may carry two keys that are no part of a message: `thread_name` and `tag_names`, for forums (`forum.rs`). They are
//! left out everywhere else.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value, json};

use crate::model::message::Body;

/// Discord's flag of a message made of components only, which has no content and no embeds.
const IS_COMPONENTS_V2: u64 = 1 << 15;

/// The longest name of a thread, in code points.
const MAX_THREAD_NAME: usize = 100;

/// What is for the thread of a forum, not for a message.
const OF_THREADS: [&str; 2] = ["thread_name", "tag_names"];

/// Whom a message may mention.
const MENTIONS: &str = "allowed_mentions";

/// The body that sends a message once: repeated with the same nonce within a few minutes, it answers with the
/// first message.
pub(super) fn to_send<'b>(body: &'b Body, nonce: &'b str) -> ToSend<'b> {
    ToSend { body, nonce }
}

/// See [`to_send`]. Thousands of channels get the same body: it is written from where it is, and not copied for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToSend<'b> {
    body: &'b Body,
    nonce: &'b str,
}

impl Serialize for ToSend<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in entries(self.body) {
            map.serialize_entry(key, value)?;
        }
        if self.body.0.get(MENTIONS).is_none() {
            map.serialize_entry(MENTIONS, &mentions_nobody())?;
        }
        map.serialize_entry("nonce", self.nonce)?;
        map.serialize_entry("enforce_nonce", &true)?;
        map.end()
    }
}

/// The body that replaces a message's content wholly: what it does not name is emptied. It pings nobody, whoever the
/// message has pinged when it was new.
pub(super) fn to_edit(body: &Body) -> Value {
    let mut message = message(body);
    message.insert(MENTIONS.to_owned(), mentions_nobody());
    let components_only = flags(&message) & IS_COMPONENTS_V2 != 0;
    // Those of sending cannot be changed (suppressed notifications), or stay (components only).
    for fixed in ["flags", "tts", "message_reference", "sticker_ids", "poll"] {
        message.shift_remove(fixed);
    }
    if !components_only {
        message.entry("content").or_insert_with(|| "".into());
        message.entry("embeds").or_insert_with(|| json!([]));
    }
    message.entry("components").or_insert_with(|| json!([]));
    message.into()
}

/// The body that opens a forum thread with this message, under tags of the forum.
pub(super) fn to_open_thread(body: &Body, tags: &[u64]) -> Value {
    let mut message = message(body);
    message.shift_remove("message_reference");
    let mut thread = json!({ "name": thread_name(body), "message": message });
    if !tags.is_empty() {
        thread["applied_tags"] = tags.iter().map(u64::to_string).collect();
    }
    thread
}

/// The name of the thread that opens with this message, of 1 to 100 code points: `thread_name`, else the first
/// line of the content, else the first embed's title.
pub(super) fn thread_name(body: &Body) -> String {
    let text = |pointer| body.0.pointer(pointer).and_then(Value::as_str).map(first_line);
    let name = ["/thread_name", "/content", "/embeds/0/title"]
        .into_iter()
        .filter_map(text)
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| "…".to_owned());
    match name.char_indices().nth(MAX_THREAD_NAME) {
        None => name,
        Some(_) => name.chars().take(MAX_THREAD_NAME - 1).chain(['…']).collect(),
    }
}

/// Whether `message`, as Discord gives it, says what `body` says: content and, embed by embed, title and
/// description. Discord trims each of them.
pub(super) fn says_the_same(message: &Value, body: &Body) -> bool {
    words(message) == words(&body.0)
}

fn words(message: &Value) -> (&str, Vec<(&str, &str)>) {
    let embeds = message.get("embeds").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let embeds = embeds.iter().map(|embed| (text(embed, "title"), text(embed, "description"))).collect();
    (text(message, "content"), embeds)
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The message alone. One that says nothing about mentions mentions nobody; Discord's default is everybody.
fn message(body: &Body) -> Map<String, Value> {
    let mut message: Map<String, Value> =
        entries(body).map(|(key, value)| (key.clone(), value.clone())).collect();
    message.entry(MENTIONS).or_insert_with(mentions_nobody);
    message
}

/// What is of the message.
fn entries(body: &Body) -> impl Iterator<Item = (&String, &Value)> {
    let entries = body.0.as_object().into_iter().flatten();
    entries.filter(|(key, _)| !OF_THREADS.contains(&key.as_str()))
}

fn mentions_nobody() -> Value {
    json!({ "parse": [] })
}

fn flags(message: &Map<String, Value>) -> u64 {
    message.get("flags").and_then(Value::as_u64).unwrap_or_default()
}

/// The first line with something in it, without the marks of markup: names of threads show them.
fn first_line(text: &str) -> String {
    let plain =
        |line: &str| line.replace("**", "").trim_start_matches(['#', '>', '-', ' ']).trim().to_owned();
    text.lines().map(plain).find(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_message_is_sent_with_its_nonce_and_mentions_nobody() {
        let body = Body(json!({"content": "새 소식", "thread_name": "x", "tag_names": ["1"]}));
        assert_eq!(
            json!(to_send(&body, "n-1")),
            json!({"content": "새 소식", "allowed_mentions": {"parse": []}, "nonce": "n-1", "enforce_nonce": true})
        );
    }

    #[test]
    fn a_mention_that_was_chosen_stays() {
        let body = Body(json!({"content": "<@&1>", "allowed_mentions": {"roles": ["1"]}}));
        assert_eq!(json!(to_send(&body, "n"))["allowed_mentions"], json!({"roles": ["1"]}));
    }

    #[test]
    fn an_edit_empties_what_it_does_not_name() {
        let body = Body(json!({"content": "a", "flags": 4096, "message_reference": {"message_id": "1"}}));
        assert_eq!(
            to_edit(&body),
            json!({"content": "a", "allowed_mentions": {"parse": []}, "embeds": [], "components": []})
        );
    }

    #[test]
    fn an_edit_pings_nobody_and_keeps_the_words() {
        let body = Body(json!({"content": "<@&1> a", "allowed_mentions": {"parse": [], "roles": ["1"]}}));
        let edit = to_edit(&body);
        assert_eq!((&edit["content"], &edit["allowed_mentions"]), (&json!("<@&1> a"), &json!({"parse": []})));
    }

    #[test]
    fn an_edit_of_components_adds_no_content() {
        let body = Body(json!({"components": [{"type": 10, "content": "a"}], "flags": IS_COMPONENTS_V2}));
        assert_eq!(
            to_edit(&body),
            json!({"components": [{"type": 10, "content": "a"}], "allowed_mentions": {"parse": []}})
        );
    }

    #[test]
    fn a_thread_opens_with_the_message() {
        let body =
            Body(json!({"content": "## **12/17(수) AI 뉴스**\n둘째", "tag_names": [["투자", "Investment"]]}));
        assert_eq!(
            to_open_thread(&body, &[7]),
            json!({
                "name": "12/17(수) AI 뉴스",
                "message": {"content": "## **12/17(수) AI 뉴스**\n둘째", "allowed_mentions": {"parse": []}},
                "applied_tags": ["7"],
            })
        );
    }

    #[rstest]
    #[case::chosen(json!({"thread_name": "골라", "content": "a"}), "골라")]
    #[case::first_line(json!({"content": "\n  \n첫 줄\n둘째"}), "첫 줄")]
    #[case::title(json!({"content": "", "embeds": [{"title": "제목"}]}), "제목")]
    #[case::nothing(json!({}), "…")]
    #[case::no_object(json!("text"), "…")]
    fn a_thread_has_a_name(#[case] body: Value, #[case] expected: &str) {
        assert_eq!(thread_name(&Body(body)), expected);
    }

    #[test]
    fn a_long_name_is_cut_to_a_hundred_code_points() {
        let name = thread_name(&Body(json!({"content": "😀".repeat(101)})));
        assert_eq!(name.chars().count(), 100);
        assert!(name.ends_with('…'));
    }

    #[rstest]
    #[case::same(json!({"content": "a ", "embeds": [{"title": "t", "description": " d"}]}), true)]
    #[case::other_title(json!({"content": "a", "embeds": [{"title": "u", "description": "d"}]}), false)]
    #[case::other_content(json!({"content": "b", "embeds": [{"title": "t", "description": "d"}]}), false)]
    #[case::fewer_embeds(json!({"content": "a", "embeds": []}), false)]
    fn a_message_is_known_by_its_words(#[case] body: Value, #[case] expected: bool) {
        let message = json!({
            "id": "5", "content": "a",
            "embeds": [{"type": "rich", "title": "t", "description": "d", "color": 3}],
        });
        assert_eq!(says_the_same(&message, &Body(body)), expected);
    }
}
