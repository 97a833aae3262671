//! Discord's limits on a message, written down once more and apart from the renderer, and checked a second time by
//! `twilight-validate`.

use serde_json::Value;
use twilight_model::channel::message::{Component, Embed};
use twilight_validate::embed::EmbedValidationErrorType;

fn count(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.trim().chars().count())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Panics with the limit that the body of a message passes.
pub(super) fn check(body: &Value) {
    assert!(count(&body["content"]) <= 2000, "content");
    let embeds = list(&body["embeds"]);
    assert!(embeds.len() <= 10, "{} embeds", embeds.len());
    assert!(count(&body["content"]) + embeds.len() > 0, "an empty message");
    let mut total = 0;
    let mut urls = Vec::new();
    for embed in embeds {
        total += check_embed(embed);
        urls.extend(embed["url"].as_str());
    }
    assert!(total <= 6000, "{total} characters in embeds");
    let all = urls.len();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), all, "two embeds of one address");
    check_components(list(&body["components"]));
    assert_eq!(body["allowed_mentions"], serde_json::json!({ "parse": [] }));
    check_nothing_needless(body);

    let embeds: Vec<Embed> =
        embeds.iter().map(|embed| serde_json::from_value(with_type(embed)).unwrap()).collect();
    for embed in &embeds {
        match twilight_validate::embed::embed(embed) {
            // It adds up bytes here; the sum is checked above.
            Err(fault) if matches!(fault.kind(), EmbedValidationErrorType::EmbedTooLarge { .. }) => {}
            result => result.unwrap(),
        }
    }
    let components: Vec<Component> = serde_json::from_value(Value::from(list(&body["components"]))).unwrap();
    twilight_validate::message::components(&components, false).unwrap();
}

/// As the API returns it: twilight's model wants the type that a request leaves out.
fn with_type(embed: &Value) -> Value {
    let mut embed = embed.clone();
    embed["type"] = "rich".into();
    embed
}

/// The length of an embed's text.
fn check_embed(embed: &Value) -> usize {
    let (title, description, footer) =
        (count(&embed["title"]), count(&embed["description"]), count(&embed["footer"]["text"]));
    assert!(title <= 256 && description <= 4096 && footer <= 2048, "an embed's title, description or footer");
    let fields = list(&embed["fields"]);
    assert!(fields.len() <= 25, "{} fields", fields.len());
    let mut total = title + description + footer;
    for field in fields {
        let (name, value) = (count(&field["name"]), count(&field["value"]));
        assert!((1..=256).contains(&name) && (1..=1024).contains(&value), "a field of {name} and {value}");
        total += name + value;
    }
    assert!(total > 0, "an empty embed");
    if let Some(url) = embed["url"].as_str() {
        assert!(url.starts_with("http") && url.chars().count() <= 2048, "an embed's address");
    }
    total
}

fn check_components(rows: &[Value]) {
    assert!(rows.len() <= 5, "{} rows", rows.len());
    let mut ids = Vec::new();
    for row in rows {
        let inner = list(&row["components"]);
        assert!((1..=5).contains(&inner.len()), "{} buttons in a row", inner.len());
        for component in inner {
            assert!(count(&component["label"]) <= 80 && count(&component["url"]) <= 512);
            if let Some(id) = component["custom_id"].as_str() {
                assert!((1..=64).contains(&id.len()), "custom id {id}");
                ids.push(id);
            }
            let options = list(&component["options"]);
            assert!(
                options.len() <= 25 && (component["type"] != 3 || !options.is_empty()),
                "a menu's options"
            );
            for option in options {
                let (label, value) = (count(&option["label"]), count(&option["value"]));
                assert!((1..=100).contains(&label) && (1..=64).contains(&value), "an option");
                assert!(count(&option["description"]) <= 100);
            }
        }
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "two components of one id");
}

fn check_nothing_needless(value: &Value) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                assert!(!inner.is_null() && *inner != "", "{key} is empty");
                assert!(key == "parse" || *inner != Value::Array(Vec::new()), "{key} is empty");
                check_nothing_needless(inner);
            }
        }
        Value::Array(items) => items.iter().for_each(check_nothing_needless),
        _ => {}
    }
}
