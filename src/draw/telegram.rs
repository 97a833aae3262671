//! A Telegram message: its text, the card of a link, its keyboard.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;
use url::Url;

use super::{link, list_of, push_text, text_of};
use crate::text::{attribute, safe_link};

/// The message of a request's body.
pub(super) fn message(body: &Value) -> Markup {
    let text = text_of(body, "text");
    let is_html = text_of(body, "parse_mode") == "HTML";
    let is_silent = body.get("disable_notification") == Some(&Value::Bool(true));
    let options = body.get("link_preview_options");
    let is_off = options.is_some_and(|options| options.get("is_disabled") == Some(&Value::Bool(true)));
    let preview = options.map(|options| text_of(options, "url")).filter(|_| !is_off).unwrap_or_default();
    let rows = body.get("reply_markup").map(|markup| list_of(markup, "inline_keyboard")).unwrap_or_default();
    html! {
        article class="t-message" {
            div class="t-bubble" {
                @if is_silent { span class="silent" title="disable_notification" { "🔕" } }
                div class="text" { (if is_html { formatted(text) } else { html! { (text) } }) }
                @if let Some(host) = safe_link(preview).and_then(|link| Url::parse(&link).ok()) {
                    p class="t-preview" { strong { (host.host_str().unwrap_or_default()) } br; (link(preview, "", html! { (preview) })) }
                }
            }
            @for row in rows {
                div class="t-row" {
                    @for button in row.as_array().map(Vec::as_slice).unwrap_or_default() { (self::button(button)) }
                }
            }
        }
    }
}

fn button(button: &Value) -> Markup {
    let label = text_of(button, "text");
    match text_of(button, "url") {
        "" => html! { span class="t-button" { (label) } },
        address => link(address, "t-button", html! { (label) " ↗" }),
    }
}

/// Telegram's tags, and the elements they are shown as.
const TAGS: [(&str, &str); 12] = [
    ("b", "strong"),
    ("strong", "strong"),
    ("i", "em"),
    ("em", "em"),
    ("u", "u"),
    ("ins", "u"),
    ("s", "s"),
    ("strike", "s"),
    ("del", "s"),
    ("code", "code"),
    ("pre", "pre"),
    ("blockquote", "blockquote"),
];

/// Telegram's HTML. What is none of its tags is shown as it stands; what is open at the end is closed.
fn formatted(text: &str) -> Markup {
    let mut out = String::new();
    // The end tags of what is open, with the names of their beginnings.
    let mut open: Vec<(String, &str)> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (words, tag) = rest.split_at(at);
        push_words(words, &mut out);
        let Some((inner, behind)) = tag.get(1..).and_then(|tag| tag.split_once('>')) else {
            rest = tag;
            break;
        };
        rest = behind;
        if let Some(name) = inner.strip_prefix('/') {
            if let Some((_, element)) = open.pop_if(|(opened, _)| opened == name) {
                out.push_str(&format!("</{element}>"));
                // A block ends its line by itself.
                if matches!(element, "pre" | "blockquote") {
                    rest = rest.strip_prefix('\n').unwrap_or(rest);
                }
            } else {
                push_words(&format!("<{inner}>"), &mut out);
            }
            continue;
        }
        match begin(inner) {
            Some((start, element)) => {
                let name = inner.split(' ').next().unwrap_or_default().to_owned();
                out.push_str(&start);
                open.push((name, element));
            }
            None => push_words(&format!("<{inner}>"), &mut out),
        }
    }
    push_words(rest, &mut out);
    for (_, element) in open.into_iter().rev() {
        out.push_str(&format!("</{element}>"));
    }
    PreEscaped(out)
}

/// The start of the element that a tag is shown as, and the element's name.
fn begin(tag: &str) -> Option<(String, &'static str)> {
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    if name == "a" {
        let address = attributes.strip_prefix("href=\"")?.strip_suffix('"')?;
        let start = match safe_link(&decoded(address)) {
            Some(address) => format!("<a rel=\"noreferrer nofollow\" href=\"{}\">", attribute(&address)),
            None => "<a>".to_owned(),
        };
        return Some((start, "a"));
    }
    let (_, element) = TAGS.into_iter().find(|(known, _)| *known == name)?;
    Some(match (element, attributes) {
        // It shows three lines until it is opened, which here is hovering or focusing it.
        ("blockquote", "expandable") => {
            ("<blockquote class=\"t-folded\" tabindex=\"0\">".to_owned(), element)
        }
        _ => (format!("<{element}>"), element),
    })
}

/// Words between tags: bare addresses and our hashtags are links to Telegram.
fn push_words(words: &str, out: &mut String) {
    let words = decoded(words);
    let mut rest = words.as_str();
    while let Some(at) = rest.find('#') {
        let (before, tag) = rest.split_at(at);
        let length = tag.char_indices().skip(1).find(|(_, c)| !c.is_alphanumeric() && *c != '_');
        let (tag, behind) = tag.split_at(length.map_or(tag.len(), |(at, _)| at));
        push_text(before, out);
        if tag.len() > 1 && !before.ends_with(char::is_alphanumeric) {
            out.push_str(&format!("<span class=\"t-tag\">{}</span>", attribute(tag)));
        } else {
            out.push_str(tag);
        }
        rest = behind;
    }
    push_text(rest, out);
}

/// The four entities that Telegram knows, as characters.
fn decoded(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
