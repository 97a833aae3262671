//! A browser that tests drive: headless Chromium through chromedriver, by the dozen WebDriver calls that are needed.
//! They are written out over reqwest, because the ready-made client (fantoccini) would bring some thirty crates.
//!
//! Source of paths and bodies: <https://www.w3.org/TR/webdriver2/>.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jogan::config::Environment;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

const MISSING: &str = "chromium or chromedriver is missing; run scripts/test, which installs them";

/// How long [`Browser::wait_for`] looks, and how often.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(30);

/// The key under which WebDriver gives an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that are no characters, to be put into what is typed.
pub(crate) mod key {
    pub(crate) const ENTER: &str = "\u{e007}";
    pub(crate) const ESCAPE: &str = "\u{e00c}";
    pub(crate) const DOWN: &str = "\u{e015}";
}

/// One browser window with a profile of its own; closed when dropped. Every method panics, naming what it was
/// about, if the browser cannot do it.
pub(crate) struct Browser {
    http: reqwest::Client,
    /// `127.0.0.1:…`, where chromedriver listens.
    driver: String,
    session: String,
    // In this order: the driver must be gone before the profile is removed.
    _process: Child,
    _profile: TempDir,
}

/// Something on the page, until it is drawn anew.
#[derive(Debug, Clone)]
pub(crate) struct Element(String);

impl Browser {
    /// Opens a window of 1440 by 1000.
    pub(crate) async fn start() -> Self {
        let (process, port) = driver().await;
        let driver = format!("127.0.0.1:{port}");
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let arguments = json!([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1440,1000",
            "--lang=ko",
            // What is clicked stands still.
            "--force-prefers-reduced-motion",
            format!("--user-data-dir={}", profile.path().display()),
        ]);
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments, "prefs": {"intl.accept_languages": "ko"}},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let mut browser = Self { http, driver, session: String::new(), _process: process, _profile: profile };
        let answer = browser.send(reqwest::Method::POST, "", Some(wanted)).await;
        let session = answer.unwrap_or_else(|error| panic!("{MISSING} ({error})"));
        browser.session = session["sessionId"].as_str().expect("a session's id").to_owned();
        browser
    }

    /// Opens an address, and returns when it is loaded.
    pub(crate) async fn goto(&self, url: &str) {
        self.call("/url", json!({ "url": url })).await;
    }

    /// Makes the window as large as a phone's screen or a desktop's, in CSS pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.call("/window/rect", json!({"width": width, "height": height})).await;
    }

    /// Shows pages as on a screen of this many CSS pixels; narrower than a window can be.
    pub(crate) async fn screen(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": true});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Shows pages as to somebody who wants them `dark` or `light`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Lets pages run no scripts of their own, from the next page on.
    pub(crate) async fn without_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    }

    /// A command of Chrome's DevTools protocol.
    async fn devtools(&self, command: &str, parameters: Value) {
        self.call("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await;
    }

    /// The first element that a CSS selector matches.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self.call("/element", json!({"using": "css selector", "value": css})).await;
        element(&found).unwrap_or_else(|| panic!("no element {css}"))
    }

    /// All elements that a CSS selector matches, in the order of the page.
    pub(crate) async fn find_all(&self, css: &str) -> Vec<Element> {
        let found = self.call("/elements", json!({"using": "css selector", "value": css})).await;
        found.as_array().into_iter().flatten().filter_map(element).collect()
    }

    /// Clicks the first match, scrolling to it first. The page may draw it anew between finding and clicking; then it is
    /// found again.
    pub(crate) async fn click(&self, css: &str) {
        loop {
            let Element(id) = self.find(css).await;
            let path = format!("/element/{id}/click");
            match self.send(reqwest::Method::POST, &path, Some(json!({}))).await {
                Ok(_) => return,
                Err(error) if error.contains("stale element reference") => {}
                Err(error) => panic!("{path}: {error}"),
            }
        }
    }

    /// Types into the first match, key by key; [`key`] has those that are no characters.
    pub(crate) async fn type_keys(&self, css: &str, keys: &str) {
        let Element(id) = self.find(css).await;
        self.call(&format!("/element/{id}/value"), json!({ "text": keys })).await;
    }

    /// The text of the first match once there is one, on a page without scripts, too.
    pub(crate) async fn text_once_there(&self, css: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let wanted = json!({"using": "css selector", "value": css});
        loop {
            let found = self.send(reqwest::Method::POST, "/element", Some(wanted.clone())).await;
            if let Some(found) = found.ok().as_ref().and_then(element) {
                return self.text_of(&found).await;
            }
            assert!(Instant::now() < end, "no element {css}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The text of the first match as it is seen.
    pub(crate) async fn text(&self, css: &str) -> String {
        let found = self.find(css).await;
        self.text_of(&found).await
    }

    /// The text of an element as it is seen.
    pub(crate) async fn text_of(&self, Element(id): &Element) -> String {
        let path = format!("/element/{id}/text");
        let text = self.send(reqwest::Method::GET, &path, None).await;
        let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function on the page, which may `await` and sees `arguments`; its value.
    pub(crate) async fn script(&self, body: &str, arguments: Value) -> Value {
        let script = format!("return (async (...given) => {{ {body} }})(...arguments)");
        self.call("/execute/sync", json!({"script": script, "args": arguments})).await
    }

    /// Looks until the JavaScript expression `condition` is true of the page.
    pub(crate) async fn wait_for(&self, condition: &str) {
        let end = Instant::now() + PATIENCE;
        while self.script(&format!("return Boolean({condition})"), json!([])).await != true {
            if Instant::now() > end {
                let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("waited-in-vain.png");
                self.screenshot(&seen).await;
                panic!("waited in vain for: {condition}\nThe page was as in {}", seen.display());
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Looks until some match of a selector holds `text`.
    pub(crate) async fn wait_for_text(&self, css: &str, text: &str) {
        let (css, text) = (json!(css), json!(text));
        let matches = format!("[...document.querySelectorAll({css})]");
        self.wait_for(&format!("{matches}.some((one) => one.textContent.includes({text}))")).await;
    }

    /// What the page wrote to its console, and what the browser refused it: each a line.
    pub(crate) async fn console(&self) -> Vec<String> {
        let lines = self.call("/se/log", json!({"type": "browser"})).await;
        let text = |line: &Value| line["message"].as_str().unwrap_or_default().to_owned();
        lines.as_array().into_iter().flatten().map(text).collect()
    }

    /// A picture of the documents, in `docs/images/`, if `JOGAN_WRITE_SCREENSHOTS` asks for it.
    pub(crate) async fn picture(&self, name: &str) {
        if Environment::of_process().get("JOGAN_WRITE_SCREENSHOTS").is_some() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
            self.screenshot(folder.join(name)).await;
        }
    }

    /// Writes what is seen to a PNG file.
    pub(crate) async fn screenshot(&self, path: impl AsRef<Path>) {
        let picture = self.send(reqwest::Method::GET, "/screenshot", None).await;
        let picture = picture.unwrap_or_else(|error| panic!("no screenshot: {error}"));
        let bytes = BASE64_STANDARD.decode(picture.as_str().unwrap_or_default()).expect("a picture");
        std::fs::write(path, bytes).expect("a file for the screenshot");
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        let answer = self.send(reqwest::Method::POST, path, Some(body.clone())).await;
        answer.unwrap_or_else(|error| panic!("{path} {body}: {error}"))
    }

    /// A call of this session (`path` below it), or the one that begins it.
    async fn send(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let begun = if self.session.is_empty() { String::new() } else { format!("/{}", self.session) };
        let request = self.http.request(method, format!("http://{}/session{begun}{path}", self.driver));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let fine = answer.status().is_success();
        let mut body: Value = answer.json().await.map_err(|error| error.to_string())?;
        let value = body["value"].take();
        if fine { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
    }
}

impl Drop for Browser {
    /// Ends the session, which closes Chromium; killing chromedriver alone would leave it running.
    fn drop(&mut self) {
        let Ok(mut driver) = TcpStream::connect(&self.driver) else { return };
        let path = format!("/session/{}", self.session);
        let request = format!("DELETE {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.driver);
        let _ = driver.set_read_timeout(Some(Duration::from_secs(5)));
        let _ = driver.write_all(request.as_bytes());
        let _ = driver.read(&mut [0; 64]);
    }
}

/// Chromedriver, and the port that it took. It takes a free one by IPv4 and wants the same by IPv6, which somebody else may
/// have: then it ends, and another is begun.
async fn driver() -> (Child, u16) {
    let mut said = Vec::new();
    for _ in 0..5 {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            // Stories and pictures have Korean times, wherever they are made.
            .env("TZ", "Asia/Seoul")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{MISSING} ({error})"));
        let output = process.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let port = line.split("started successfully on port ").nth(1);
            if let Some(port) = port.and_then(|port| port.trim_end_matches('.').parse().ok()) {
                return (process, port);
            }
            said.push(line);
        }
    }
    panic!("chromedriver ends without taking a port: {said:#?}")
}

fn element(found: &Value) -> Option<Element> {
    Some(Element(found[ELEMENT].as_str()?.to_owned()))
}
