//! Who looks at a page, as far as the page needs to know: the language, and what proves that a form is our own.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::words::Words;
use crate::model::language::Language;

/// The cookie that says which language somebody chose.
const LANGUAGE: &str = "language";
/// It holds for a year, in seconds.
const A_YEAR: u32 = 365 * 24 * 60 * 60;

/// A look at a page.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// The language that it is in.
    pub(super) language: Language,
    /// The words of that language.
    pub(super) words: &'static Words,
    /// What a form has to carry, so that it is known to come from a page of ours.
    pub(super) csrf: String,
    /// Whether somebody is logged in.
    pub(super) is_operator: bool,
    /// Path and query, for the switch of language.
    pub(super) path: String,
    /// What was just done, by its name: a page says so once.
    pub(super) said: Option<String>,
}

impl Visit {
    /// A look at `path` by whoever sent these headers; `secret` is what the browser's cookie holds, if it holds any.
    pub(super) fn new(
        headers: &HeaderMap,
        uri: &axum::http::Uri,
        secret: Option<&str>,
        is_operator: bool,
    ) -> Self {
        let language = language(headers);
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let said = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .find(|(name, _)| name == "said")
            .map(|(_, value)| value.into_owned());
        Self {
            language,
            words: Words::of(language),
            csrf: secret.map(csrf).unwrap_or_default(),
            is_operator,
            path,
            said,
        }
    }

    /// Whether a form carries what it has to.
    pub(super) fn vouches_for(&self, csrf: &str) -> bool {
        !self.csrf.is_empty() && bool::from(self.csrf.as_bytes().ct_eq(csrf.as_bytes()))
    }
}

/// What forms carry, made of the browser's secret so that it cannot be found from it.
pub(super) fn csrf(secret: &str) -> String {
    let hash = Sha256::new().chain_update("form ").chain_update(secret).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    /// The guard has put it there.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let given = parts.extensions.get::<Self>().cloned();
        Ok(given.unwrap_or_else(|| Self::new(&parts.headers, &parts.uri, None, false)))
    }
}

/// The value of a cookie.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The language that somebody chose, else the first that their browser names and we speak.
fn language(headers: &HeaderMap) -> Language {
    if let Some(chosen) = cookie(headers, LANGUAGE).and_then(|code| code.parse().ok()) {
        return chosen;
    }
    let accepted =
        headers.get(ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    accepted
        .split(',')
        .map(|one| one.split(';').next().unwrap_or_default().trim())
        .find_map(|tag| tag.get(..2).and_then(|code| code.parse().ok()))
        .unwrap_or_default()
}

#[derive(Debug, Deserialize)]
pub(super) struct Back {
    to: Option<String>,
}

/// Keeps the language and goes back to where it was chosen.
pub(super) async fn choose_language(Path(code): Path<String>, Query(back): Query<Back>) -> Response {
    let Ok(language) = code.parse::<Language>() else { return StatusCode::NOT_FOUND.into_response() };
    let cookie = format!("{LANGUAGE}={language}; Path=/; Max-Age={A_YEAR}; SameSite=Strict; HttpOnly");
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, own_path(back.to.as_deref()))]).into_response()
}

/// A path of ours and nothing that leads elsewhere; else the first page.
pub(super) fn own_path(path: Option<&str>) -> String {
    let is_own = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    path.filter(is_own).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::korean("ko-KR,ko;q=0.9,en-US;q=0.8", "", Language::Ko)]
    #[case::english("en-US,en;q=0.9,ko;q=0.8", "", Language::En)]
    #[case::neither_first("fr-FR,en;q=0.5", "", Language::En)]
    #[case::none_of_ours("fr", "", Language::Ko)]
    #[case::nothing("", "", Language::Ko)]
    #[case::chosen("ko", "a=b; language=en", Language::En)]
    #[case::chosen_nonsense("en", "language=<script>", Language::En)]
    fn the_language_is_the_chosen_or_the_browsers(
        #[case] accepted: &str,
        #[case] cookies: &str,
        #[case] expected: Language,
    ) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
        headers.insert(COOKIE, cookies.parse().unwrap());
        assert_eq!(language(&headers), expected);
    }

    #[rstest]
    #[case::ours("/digests?page=2", "/digests?page=2")]
    #[case::another_host("//evil.example", "/")]
    #[case::a_backslash("/\\evil.example", "/")]
    #[case::an_address("https://evil.example", "/")]
    #[case::a_header("/\r\nSet-Cookie: a=b", "/")]
    #[case::a_blank("/ a", "/")]
    fn only_paths_of_ours_are_gone_back_to(#[case] path: &str, #[case] expected: &str) {
        assert_eq!(own_path(Some(path)), expected);
    }

    #[test]
    fn a_form_is_vouched_for_by_the_secret_it_was_made_with() {
        let visit = |secret| Visit::new(&HeaderMap::new(), &axum::http::Uri::from_static("/"), secret, true);
        let page = visit(Some("a"));
        assert!(visit(Some("a")).vouches_for(&page.csrf));
        assert!(!visit(Some("b")).vouches_for(&page.csrf));
        assert!(!visit(None).vouches_for("") && !page.vouches_for(""));
    }
}
