//! Who talks to the operator's desk by requests of their own.

use reqwest::StatusCode;
use reqwest::header::{COOKIE, SET_COOKIE};

/// The word that the desk of these stories is opened with, and its hash, which costs little to check.
pub(crate) const PASSWORD: &str = "열려라 참깨";
pub(crate) const HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$0V8ORgJPG/rwsbqoVLjqNed59XtWqFE9Acss8W2R9xo";

/// Somebody who talks to the desk at an address without a browser.
pub(crate) struct Caller {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Caller {
    /// A stranger, with what the log-in page hands out.
    pub(crate) async fn stranger(base: String) -> Self {
        let redirect = reqwest::redirect::Policy::none();
        // The server closes what it was sent too much on, perhaps just when the connection is used again; a browser asks
        // once more then, and this takes another each time.
        let http = reqwest::Client::builder().no_proxy().redirect(redirect).pool_max_idle_per_host(0);
        let http = http.build().expect("a client");
        let mut caller = Self { http, base, cookie: String::new(), csrf: String::new() };
        let answer = caller.get("/login").await;
        caller.cookie = cookie(&answer).expect("a secret");
        caller.csrf = csrf(&answer.text().await.expect("a page"));
        caller
    }

    /// An operator.
    pub(crate) async fn operator(base: String) -> Self {
        let mut caller = Self::stranger(base).await;
        let answer = caller.try_password(PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        caller.cookie = cookie(&answer).expect("another secret");
        let page = caller.get("/").await.text().await.expect("a page");
        caller.csrf = csrf(&page);
        caller
    }

    pub(crate) async fn try_password(&self, password: &str) -> reqwest::Response {
        self.post("/login", &[("csrf", &self.csrf), ("password", password), ("to", "/")]).await
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookie);
        request.send().await.expect("an answer")
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let request = self.http.post(format!("{}{path}", self.base)).header(COOKIE, &self.cookie);
        request.form(fields).send().await.expect("an answer")
    }

    /// A page's text.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    }
}

fn cookie(answer: &reqwest::Response) -> Option<String> {
    let set = answer.headers().get(SET_COOKIE)?.to_str().ok()?;
    Some(set.split(';').next()?.to_owned())
}

/// What a page's forms carry.
fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}
