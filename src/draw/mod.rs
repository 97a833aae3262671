//! Messages as HTML: how Discord and Telegram show what is about to be sent. Pure, and without a script.
//!
//! It reads request bodies, not digests, so that what is seen is what goes out. `jogan preview --html` and the operator's
//! desk put it into pages of their own, with [`STYLE`]. The sandbox's page draws for itself: it is live, shows what
//! a platform has made of a message, and does not know the bot.

mod discord;
mod telegram;
#[cfg(test)]
mod tests;

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use crate::model::Platform;
use crate::model::message::Body;
use crate::text::{attribute, bare_links, safe_link};

/// The style sheet of what is drawn here: light and dark, as the reader's system has it. All of its rules are below
/// the class `messages`, and nothing drawn has a `style` of its own, so that a strict content security policy holds.
pub const STYLE: &str = include_str!("messages.css");

/// Messages as a reader would see them, one below the other. Everything in them is escaped, pictures are not
/// fetched, and only safe addresses are links.
pub fn messages(platform: Platform, bodies: &[Body]) -> Markup {
    let (class, draw): (_, fn(&Value) -> Markup) = match platform {
        Platform::Discord => ("messages discord", discord::message),
        Platform::Telegram => ("messages telegram", telegram::message),
    };
    html! {
        div class=(class) {
            @for body in bodies { (draw(&body.0)) }
        }
    }
}

/// The text under `key`; empty if there is none.
fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The list under `key`; empty if there is none.
fn list_of<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// `inner` as a link, if the address is a safe one.
fn link(address: &str, class: &str, inner: Markup) -> Markup {
    match safe_link(address) {
        Some(address) => html! {
            a class=[Some(class).filter(|class| !class.is_empty())] href=(address) rel="noreferrer nofollow" {
                (inner)
            }
        },
        None => inner,
    }
}

/// Escapes text, with its bare addresses as links.
fn push_text(text: &str, out: &mut String) {
    let mut from = 0;
    for range in bare_links(text) {
        out.push_str(&attribute(&text[from..range.start]));
        let address = &text[range.clone()];
        out.push_str(&link(address, "", PreEscaped(attribute(address))).into_string());
        from = range.end;
    }
    out.push_str(&attribute(&text[from..]));
}
