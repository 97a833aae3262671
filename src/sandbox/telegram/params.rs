//! A call's parameters, which come as JSON, as a form, with files or in the query, and sometimes as JSON inside a
//! form's text.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::sandbox::telegram::refusal::Refusal;

/// The largest request, in bytes (S: files up to 50 MB).
const LARGEST: usize = 50 << 20;

/// What a caller gave.
#[derive(Default)]
pub(crate) struct Params {
    fields: Map<String, Value>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Params {
    /// Reads them from wherever they are.
    ///
    /// # Errors
    /// 400 for a body that can't be read, 413 for one that is too large.
    pub(crate) async fn read(request: Request) -> Result<Self, Refusal> {
        let mut params = Self::default();
        params.add_form(request.uri().query().unwrap_or_default().as_bytes());
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            params.add_parts(request).await?;
            return Ok(params);
        }
        let is_json = kind.starts_with("application/json");
        let body = axum::body::to_bytes(request.into_body(), LARGEST)
            .await
            .map_err(|_| Refusal::new(413, "Request Entity Too Large"))?;
        if !is_json {
            params.add_form(&body);
        } else if !body.is_empty() {
            match serde_json::from_slice(&body) {
                Ok(Value::Object(fields)) => params.fields.extend(fields),
                _ => return Err(Refusal::bad("can't parse JSON object")),
            }
        }
        Ok(params)
    }

    /// A text, or a number's digits. An empty text is none.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
        .filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// Whether it is set: `true`, `1`, `yes`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| ["true", "1", "yes", "y"].contains(&text.to_ascii_lowercase().as_str()))
    }

    /// An object or a list, also written as a text.
    pub(crate) fn json(&self, name: &str) -> Option<Value> {
        match self.fields.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            other => Some(other.clone()),
        }
    }

    /// Whether a caller named it at all, with whatever value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// The chat of the call, by number.
    pub(crate) fn chat(&self) -> Option<i64> {
        self.int("chat_id")
    }

    /// The chat of the call.
    ///
    /// # Errors
    /// 400 if there is none; names (`@channel`) are known to `getChat` alone.
    pub(crate) fn expect_chat(&self) -> Result<i64, Refusal> {
        match self.text("chat_id") {
            None => Err(Refusal::bad("chat_id is empty")),
            Some(id) => id.trim().parse().map_err(|_| Refusal::bad("chat not found")),
        }
    }

    /// The bytes of an uploaded file: sent under its own name or as `attach://…`.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        let attached = self.text(name);
        let part = attached.as_deref().and_then(|text| text.strip_prefix("attach://")).unwrap_or(name);
        self.files.get(part).map(Vec::as_slice)
    }

    fn add_form(&mut self, form: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(form) {
            self.fields.insert(name.into_owned(), Value::String(value.into_owned()));
        }
    }

    async fn add_parts(&mut self, request: Request) -> Result<(), Refusal> {
        let broken = |_| Refusal::bad("can't parse multipart form");
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| Refusal::bad("can't parse multipart form"))?;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(broken)?;
            if is_file {
                self.files.insert(name, bytes.to_vec());
            } else {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                self.fields.insert(name, Value::String(text));
            }
        }
        Ok(())
    }
}
