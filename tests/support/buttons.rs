//! What can be pressed below a message, on either platform.

use serde_json::Value;

/// A message's components or buttons, row after row.
pub(crate) fn buttons(message: &Value) -> Vec<Value> {
    let rows =
        message["components"].as_array().or_else(|| message["reply_markup"]["inline_keyboard"].as_array());
    let of_row =
        |row: &Value| row["components"].as_array().or_else(|| row.as_array()).cloned().unwrap_or_default();
    rows.into_iter().flatten().flat_map(of_row).collect()
}

/// What the button with this label carries.
pub(crate) fn pressing(message: &Value, label: &str) -> String {
    let all = buttons(message);
    let labelled = |one: &&Value| one["label"].as_str().or(one["text"].as_str()) == Some(label);
    let found = all.iter().find(labelled).unwrap_or_else(|| panic!("no button {label}: {message}"));
    let carried = found["custom_id"].as_str().or(found["callback_data"].as_str());
    carried.unwrap_or_else(|| panic!("{label} carries nothing: {message}")).to_owned()
}

/// A Discord message's id.
pub(crate) fn id(message: &Value) -> u64 {
    message["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}
