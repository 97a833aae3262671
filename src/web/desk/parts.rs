//! Pieces that several pages have: forms, marks, times, pages of a list.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};

use super::form::CSRF;
use super::visit::Visit;
use crate::model::channel::{Address, Platform};
use crate::model::language::Language;
use crate::text::{clock_time, safe_link, short_day};

/// How many entries a list shows at once.
pub(super) const A_PAGE: u32 = 30;

/// A query with these pairs, encoded, with its `?`; those without a value are left out.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// Sends the browser to a page of ours, which says what was done.
pub(super) fn done(path: &str, said: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, format!("{path}{}", query(&[("said", said)])))]).into_response()
}

/// A button that does something.
pub(super) fn act(visit: &Visit, path: &str, label: &str, class: &str, fields: &[(&str, &str)]) -> Markup {
    html! {
        form.act method="post" action=(path) {
            input type="hidden" name=(CSRF) value=(visit.csrf);
            @for (name, value) in fields {
                input type="hidden" name=(name) value=(value);
            }
            button class=(class) type="submit" { (label) }
        }
    }
}

/// A button that does something only after a second one.
pub(super) fn sure(label: &str, about: &str, form: &Markup) -> Markup {
    html! {
        details.sure {
            summary { (label) }
            div { p { (about) } (form) }
        }
    }
}

/// A word in a colour: `good`, `wait`, `bad`, `none`.
pub(super) fn mark(tone: &str, text: &str) -> Markup {
    html! { span class={ "mark " (tone) } { (text) } }
}

/// A menu of a filter: values and what they are called; the first entry is for all.
pub(super) fn menu(name: &str, label: &str, all: &str, choices: &[(String, String)], chosen: &str) -> Markup {
    html! {
        label.field {
            span { (label) }
            select name=(name) {
                option value="" { (all) }
                @for (value, text) in choices {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        }
    }
}

/// The platforms, for a [`menu`].
pub(super) fn platforms() -> Vec<(String, String)> {
    Platform::ALL
        .into_iter()
        .map(|platform| (platform.name().to_owned(), platform.brand().to_owned()))
        .collect()
}

/// Links to the pages beside this one.
pub(super) fn pager(visit: &Visit, newer: Option<&str>, older: Option<&str>) -> Markup {
    html! {
        @if newer.is_some() || older.is_some() {
            nav.pager aria-label=(visit.words.pages_of_list) {
                @if let Some(newer) = newer { a rel="prev" href=(newer) { "← " (visit.words.newer) } }
                @if let Some(older) = older { a.older rel="next" href=(older) { (visit.words.older) " →" } }
            }
        }
    }
}

/// A link of a post's, which may be anything: shown as one only if it is an address of the web.
pub(super) fn outward(link: Option<&str>, text: &str) -> Markup {
    match link.and_then(safe_link) {
        Some(link) => html! { a href=(link) rel="noopener noreferrer" target="_blank" { (text) } },
        None => html! { (text) },
    }
}

/// What an operator calls a channel.
pub(super) fn channel_name(name: Option<&str>, address: &Address) -> String {
    name.map_or_else(|| address.to_string(), str::to_owned)
}

/// Shows instants in a zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    /// The zone.
    pub(super) zone: Tz,
    /// What time it is.
    pub(super) now: DateTime<Utc>,
    /// The language of days.
    pub(super) language: Language,
}

impl When {
    /// An instant: the time of today, or the day with its time.
    pub(super) fn at(self, at: DateTime<Utc>) -> Markup {
        let local = at.with_timezone(&self.zone);
        html! {
            time datetime=(at.to_rfc3339()) title=(local.format("%Y-%m-%d %H:%M:%S %Z")) { (self.text(at)) }
        }
    }

    /// The same as text.
    pub(super) fn text(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let time = clock_time(local.time());
        if local.date_naive() == self.now.with_timezone(&self.zone).date_naive() {
            time
        } else {
            format!("{} {time}", short_day(local.date_naive(), self.language))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_what_has_a_value_and_nothing_gets_out_of_it() {
        assert_eq!(query(&[("q", ""), ("page", "")]), "");
        assert_eq!(query(&[("q", "a&b=\"<엔>"), ("page", "2")]), "?q=a%26b%3D%22%3C%EC%97%94%3E&page=2");
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert!(
            outward(Some("https://e.org/\"a"), "a").into_string().starts_with("<a href=\"https://e.org/")
        );
        assert_eq!(outward(Some("javascript:alert(1)"), "<b>").into_string(), "&lt;b&gt;");
        assert_eq!(outward(None, "a").into_string(), "a");
    }

    #[test]
    fn an_instant_of_today_is_its_time_alone() {
        let now: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().unwrap();
        let when = When { zone: chrono_tz::Asia::Seoul, now, language: Language::Ko };
        assert_eq!(when.text(now), "09:00");
        assert_eq!(when.text(now - chrono::TimeDelta::days(1)), "3/1(일) 09:00");
    }
}
