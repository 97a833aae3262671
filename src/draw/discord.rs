//! A Discord message: content, embeds, buttons and menus.

mod markdown;

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::{link, list_of, text_of};

/// Types of components (Discord, `developers/components/reference.mdx`).
const ROW: u64 = 1;
const BUTTON: u64 = 2;
/// A message with this flag rings no phone (`SUPPRESS_NOTIFICATIONS`).
const SILENT: u64 = 1 << 12;

/// The message of a request's body.
pub(super) fn message(body: &Value) -> Markup {
    let content = text_of(body, "content");
    let flags = body.get("flags").and_then(Value::as_u64).unwrap_or_default();
    html! {
        article class="d-message" {
            @if flags & SILENT != 0 { span class="silent" title="@silent" { "🔕" } }
            @if !content.is_empty() { div class="d-content" { (markdown::blocks(content)) } }
            @for embed in list_of(body, "embeds") { (self::embed(embed)) }
            @for row in list_of(body, "components") { @if kind(row) == ROW { (self::row(row)) } }
        }
    }
}

fn kind(component: &Value) -> u64 {
    component.get("type").and_then(Value::as_u64).unwrap_or_default()
}

fn embed(embed: &Value) -> Markup {
    let colour =
        embed.get("color").and_then(Value::as_u64).map(|colour| format!("#{:06x}", colour & 0xff_ffff));
    let title = text_of(embed, "title");
    let description = text_of(embed, "description");
    let footer = embed.get("footer").map(|footer| text_of(footer, "text")).unwrap_or_default();
    let image = embed.get("image").map(|image| text_of(image, "url")).unwrap_or_default();
    html! {
        div class="d-embed" {
            // A presentation attribute: a style would be refused by a strict content security policy.
            svg class="d-bar" aria-hidden="true" { rect width="100%" height="100%" fill=[colour] {} }
            @if !title.is_empty() {
                p class="d-title" { (link(text_of(embed, "url"), "", markdown::line(title))) }
            }
            @if !description.is_empty() { div class="d-description" { (markdown::blocks(description)) } }
            @for field in list_of(embed, "fields") {
                div class="d-field" {
                    p class="d-name" { (markdown::line(text_of(field, "name"))) }
                    div { (markdown::blocks(text_of(field, "value"))) }
                }
            }
            @if !image.is_empty() { p class="d-image" { (link(image, "", html! { "🖼 " (image) })) } }
            @if !footer.is_empty() { p class="d-footer" { (footer) } }
        }
    }
}

fn row(row: &Value) -> Markup {
    html! {
        div class="d-row" {
            @for component in list_of(row, "components") {
                @if kind(component) == BUTTON { (button(component)) } @else { (menu(component)) }
            }
        }
    }
}

fn button(button: &Value) -> Markup {
    let label = html! { span class="d-button" { (text_of(button, "label")) } };
    match text_of(button, "url") {
        "" => label,
        address => {
            link(address, "d-link", html! { span class="d-button" { (text_of(button, "label")) " ↗" } })
        }
    }
}

/// A menu opens and closes; nothing can be chosen from it.
fn menu(menu: &Value) -> Markup {
    let chosen =
        list_of(menu, "options").iter().find(|option| option.get("default") == Some(&Value::Bool(true)));
    let face = chosen.map_or(text_of(menu, "placeholder"), |option| text_of(option, "label"));
    html! {
        details class="d-menu" {
            summary { (face) }
            ul {
                @for option in list_of(menu, "options") {
                    li {
                        (text_of(option, "label"))
                        @if !text_of(option, "description").is_empty() {
                            small { (text_of(option, "description")) }
                        }
                    }
                }
            }
        }
    }
}

/// Escaped text as markup.
fn ready(html: String) -> Markup {
    PreEscaped(html)
}
