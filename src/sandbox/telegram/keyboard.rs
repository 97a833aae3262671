//! Inline keyboards: which the platform takes, and what it makes of them (T `ReplyMarkup.cpp`).

use serde_json::{Value, json};

use crate::sandbox::telegram::link;
use crate::sandbox::telegram::params::Params;
use crate::sandbox::telegram::refusal::Refusal;

/// Buttons in a row; further ones are cut.
const ROW: usize = 12;
/// Buttons in all; further ones are cut.
const ALL: usize = 300;
/// Bytes of a button's data, at least one.
const DATA: usize = 64;
/// Bytes of texts, links and data together. The platform names no number; it refuses about here.
const SIZE: usize = 10_240;

/// The inline keyboard of a call; those of other sorts are [`keys`].
///
/// # Errors
/// 400 as the platform words it.
pub(crate) fn read(params: &Params) -> Result<Option<Value>, Refusal> {
    if !params.has("reply_markup") {
        return Ok(None);
    }
    let Some(markup) = params.json("reply_markup") else {
        return Err(Refusal::bad("can't parse reply keyboard markup JSON object"));
    };
    let Some(rows) = markup.get("inline_keyboard") else {
        return if markup.is_object() {
            Ok(None)
        } else {
            Err(Refusal::bad("object expected as reply markup"))
        };
    };
    let wrong =
        || Refusal::bad("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays");
    let (mut kept, mut count, mut size) = (Vec::new(), 0, 0);
    for row in rows.as_array().ok_or_else(wrong)? {
        let mut buttons = Vec::new();
        for button in row.as_array().ok_or_else(wrong)? {
            let button = self::button(button)?;
            if buttons.len() < ROW && count < ALL {
                size += text_size(&button);
                count += 1;
                buttons.push(button);
            }
        }
        if !buttons.is_empty() {
            kept.push(Value::Array(buttons));
        }
    }
    if size > SIZE {
        return Err(Refusal::bad("reply markup is too long"));
    }
    Ok((!kept.is_empty()).then(|| json!({ "inline_keyboard": kept })))
}

/// The keys that a call puts below the text box: `Some(None)` takes them away, `None` leaves them as they are.
///
/// # Errors
/// 400 as the platform words it.
pub(crate) fn keys(params: &Params) -> Result<Option<Option<Value>>, Refusal> {
    let Some(markup) = params.json("reply_markup") else { return Ok(None) };
    if markup["remove_keyboard"] == json!(true) {
        return Ok(Some(None));
    }
    let Some(rows) = markup.get("keyboard") else { return Ok(None) };
    let wrong = || Refusal::bad("field \"keyboard\" of the ReplyKeyboardMarkup must be an Array of Arrays");
    for key in rows.as_array().ok_or_else(wrong)?.iter().flat_map(|row| row.as_array().into_iter().flatten())
    {
        let text = key.as_str().or_else(|| key["text"].as_str()).unwrap_or_default();
        if text.trim().is_empty() {
            return Err(Refusal::bad("can't parse keyboard button: Button text must be non-empty"));
        }
        let asks = &key["request_chat"];
        // S `KeyboardButtonRequestChat`: the person's rights must be a superset of the bot's.
        let lacks = asks["bot_administrator_rights"].as_object().is_some_and(|rights| {
            let persons = &asks["user_administrator_rights"];
            rights.iter().any(|(right, wanted)| wanted == &json!(true) && persons[right] != json!(true))
        });
        if lacks {
            return Err(Refusal::bad("USER_RIGHTS_MISSING"));
        }
    }
    Ok(Some(Some(markup)))
}

/// The key that asks for a chat under that number.
pub(crate) fn asks_for_chat(keys: &Value, request: i64) -> Option<&Value> {
    let rows = keys["keyboard"].as_array()?.iter().flat_map(|row| row.as_array().into_iter().flatten());
    rows.map(|key| &key["request_chat"]).find(|asks| asks["request_id"] == json!(request))
}

/// Whether a keyboard has a button with that data.
pub(crate) fn has_data(keyboard: &Value, data: &str) -> bool {
    let rows = keyboard["inline_keyboard"].as_array().into_iter().flatten();
    rows.flat_map(|row| row.as_array().into_iter().flatten())
        .any(|button| button["callback_data"].as_str() == Some(data))
}

fn button(button: &Value) -> Result<Value, Refusal> {
    let refuse = |why: &str| Err(Refusal::bad(format!("can't parse inline keyboard button: {why}")));
    let Some(object) = button.as_object() else {
        return refuse("InlineKeyboardButton must be an Object");
    };
    match object.get("text").and_then(Value::as_str) {
        None => return refuse("Can't find field \"text\""),
        Some(text) if text.trim().is_empty() => return refuse("Button text must be non-empty"),
        Some(_) => {}
    }
    let mut button = button.clone();
    if let Some(data) = object.get("callback_data") {
        let length = data.as_str().map_or(0, str::len);
        if !(1..=DATA).contains(&length) {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
        return Ok(button);
    }
    if let Some(url) = object.get("url") {
        let url = url.as_str().unwrap_or_default();
        match link::checked(url) {
            Ok(url) => button["url"] = json!(url),
            Err(why) => {
                let message = format!("inline keyboard button URL '{url}' is invalid: {why}");
                return Err(Refusal::bad(message));
            }
        }
        return Ok(button);
    }
    const OTHERS: [&str; 8] = [
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "web_app",
        "login_url",
        "callback_game",
        "copy_text",
        "pay",
    ];
    if OTHERS.iter().any(|kind| object.contains_key(*kind)) {
        return Ok(button);
    }
    refuse("Text buttons are unallowed in the inline keyboard")
}

fn text_size(button: &Value) -> usize {
    let fields = button.as_object().into_iter().flat_map(|object| object.values());
    fields.map(|field| field.as_str().map_or(0, str::len)).sum()
}
