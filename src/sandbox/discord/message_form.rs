//! What Discord accepts as a message: content, embeds and the rest of a body. Components have their own file,
//! `components.rs`; who a message pings is decided in `mentions.rs`.
//!
//! Numbers: Discord, `resources/message` (limits in code points after trimming the edges, inclusive) and its
//! OpenAPI description (links).

use serde_json::Value;

use crate::sandbox::discord::components;
use crate::sandbox::discord::form::Form;
use crate::sandbox::discord::mentions::Allowed;
use crate::sandbox::discord::refusal::FormErrors;

/// Code points of a message's content.
const CONTENT: usize = 2000;
/// Embeds of a message.
const EMBEDS: usize = 10;
/// Code points of title, description, fields, footer and author's name over all embeds of a message.
const EMBED_TEXT: usize = 6000;
/// Code points of a link in an embed.
const LINK: usize = 2048;
/// Characters of a nonce that is a text.
const NONCE: usize = 25;
/// Files of a message.
pub(crate) const ATTACHMENTS: usize = 10;
/// Flags of a message: built of components v2, which this Discord does not set.
const COMPONENTS_V2: i64 = 1 << 15;

/// Checks the body of a call that posts or edits a message. Whether the message is empty is judged by who
/// stores it, since an edit may leave parts as they were.
pub(crate) fn check(body: &Value, errors: &mut FormErrors) {
    let form = Form::root(body, errors);
    form.text("content", 0..=CONTENT, errors);
    embeds(&form, errors);
    components::check(&form, errors);
    Allowed::read(&form, errors);
    nonce(&form, errors);
    if form.number("flags", 0..=i64::from(u32::MAX), errors).is_some_and(|flags| flags & COMPONENTS_V2 != 0) {
        errors.add("flags", "BASE_TYPE_CHOICES", "Components v2 are not set by this Discord.");
    }
    form.flag("tts", errors);
    form.flag("enforce_nonce", errors);
    form.ids("sticker_ids", 3, errors);
    for file in form.list("attachments", 0..=ATTACHMENTS, errors) {
        file.text("description", 0..=1024, errors);
        file.text("filename", 0..=1024, errors);
        file.id("id", errors);
    }
    if let Some(reference) = form.object("message_reference", errors) {
        reference.id("message_id", errors);
        reference.id("channel_id", errors);
    }
}

fn nonce(form: &Form<'_>, errors: &mut FormErrors) {
    match form.get("nonce") {
        None => {}
        Some(Value::String(text)) if text.chars().count() <= NONCE => {}
        Some(Value::String(_)) => {
            let message = format!("Nonce is too long, must be {NONCE} or fewer characters.");
            errors.add("nonce", "NONCE_TYPE_TOO_LONG", message);
        }
        Some(Value::Number(number)) if number.is_i64() => {}
        Some(value) => errors.add("nonce", "NONCE_TYPE_COERCE", format!("Value {value} is no nonce.")),
    }
}

fn embeds(form: &Form<'_>, errors: &mut FormErrors) {
    let mut characters = 0;
    for (at, embed) in form.list("embeds", 0..=EMBEDS, errors).iter().enumerate() {
        characters += check_embed(embed, errors);
        if characters > EMBED_TEXT {
            let message = format!("Embed size exceeds maximum size of {EMBED_TEXT}");
            errors.add(&format!("embeds.{at}"), "MAX_EMBED_SIZE_EXCEEDED", message);
            return;
        }
    }
}

/// Checks one embed and counts its text.
fn check_embed(embed: &Form<'_>, errors: &mut FormErrors) -> usize {
    let mut characters = embed.text("title", 0..=256, errors) + embed.text("description", 0..=4096, errors);
    embed.link("url", LINK, false, errors);
    embed.number("color", 0..=0x00FF_FFFF, errors);
    if let Some(time) = embed.string("timestamp", errors)
        && chrono::DateTime::parse_from_rfc3339(time).is_err()
    {
        let message = format!("Could not parse {time}. Should be ISO8601.");
        errors.add(&embed.place("timestamp"), "DATE_TIME_TYPE_PARSE", message);
    }
    for field in embed.list("fields", 0..=25, errors) {
        characters += field.text("name", 1..=256, errors) + field.text("value", 1..=1024, errors);
        field.flag("inline", errors);
    }
    if let Some(footer) = embed.object("footer", errors) {
        characters += footer.text("text", 0..=2048, errors);
        footer.link("icon_url", LINK, true, errors);
    }
    if let Some(author) = embed.object("author", errors) {
        characters += author.text("name", 1..=256, errors);
        author.link("url", LINK, false, errors);
        author.link("icon_url", LINK, true, errors);
    }
    let mut picture = false;
    for key in ["image", "thumbnail"] {
        if let Some(image) = embed.object(key, errors) {
            picture = true;
            if image.get("url").is_none() {
                errors.required(&image.place("url"));
            }
            image.link("url", LINK, true, errors);
        }
    }
    if characters == 0 && !picture && embed.get("title").is_none() {
        errors.required(&embed.place("description"));
    }
    characters
}
