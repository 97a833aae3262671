//! A call's body: JSON, or a multipart form with JSON in `payload_json` and files in `files[n]`.
//! Source: Discord, `reference#uploading-files`.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::sandbox::discord::Discord;
use crate::sandbox::discord::refusal::Refusal;

/// The most bytes of a request: 25 MiB.
const LARGEST: usize = 25 << 20;

/// What a call sends.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    pub(crate) json: Value,
    pub(crate) files: Vec<Upload>,
}

/// A file of a form.
#[derive(Debug, PartialEq)]
pub(crate) struct Upload {
    /// The `n` of `files[n]`: what `attachments` calls it.
    pub(crate) place: u64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) bytes: Bytes,
}

impl FromRequest<Arc<Discord>> for Payload {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Arc<Discord>) -> Result<Self, Refusal> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(|kind| kind.strip_prefix("multipart/form-data")).map(|rest| {
            let boundary = rest.split_once("boundary=").map_or("", |(_, boundary)| boundary);
            boundary.trim_matches('"').to_owned()
        });
        let body = to_bytes(request.into_body(), LARGEST).await.map_err(|_| Refusal::TOO_LARGE)?;
        match boundary {
            Some(boundary) => form(&body, &boundary).ok_or(Refusal::BAD_JSON),
            None => Ok(Self { json: json(&body)?, files: Vec::new() }),
        }
    }
}

impl Payload {
    /// The part of the body that lies under a key, with the files: `message` of a forum's post.
    pub(crate) fn inner(mut self, key: &str) -> Self {
        let json = self.json.get_mut(key).map(Value::take).unwrap_or_default();
        Self { json, files: self.files }
    }
}

fn json(bytes: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(bytes).map_err(|_| Refusal::BAD_JSON)
}

/// Reads a multipart form; `None` if it is none.
fn form(body: &Bytes, boundary: &str) -> Option<Payload> {
    if boundary.is_empty() {
        return None;
    }
    let line = format!("\r\n--{boundary}");
    let mut payload = Payload { json: Value::Object(serde_json::Map::new()), files: Vec::new() };
    let mut at = find(body, &line.as_bytes()[2..], 0)? + line.len() - 2;
    while !body.get(at..)?.starts_with(b"--") {
        let end = find(body, line.as_bytes(), at)?;
        let content = find(body, b"\r\n\r\n", at).map(|head| head + 4).filter(|content| *content <= end)?;
        part(&mut payload, std::str::from_utf8(&body[at..content]).ok()?, body.slice(content..end))?;
        at = end + line.len();
    }
    Some(payload)
}

/// Takes in one part of a form.
fn part(payload: &mut Payload, head: &str, bytes: Bytes) -> Option<()> {
    let name = parameter(head, "name")?;
    if name == "payload_json" {
        payload.json = json(&bytes).ok()?;
        return Some(());
    }
    let place = match name.strip_prefix("files[") {
        Some(place) => place.strip_suffix(']')?.parse().ok()?,
        None if name == "file" => 0,
        None => return Some(()),
    };
    let kind = head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
    });
    let kind = kind.unwrap_or_else(|| "application/octet-stream".to_owned());
    let name = parameter(head, "filename").unwrap_or("file").to_owned();
    payload.files.push(Upload { place, name, kind, bytes });
    Some(())
}

/// A quoted parameter of a part's head.
fn parameter<'a>(head: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = head;
    loop {
        let (before, after) = rest.split_once(&format!("{key}=\""))?;
        // `filename="` ends in `name="` too.
        if before.ends_with([' ', ';']) {
            return after.split_once('"').map(|(value, _)| value);
        }
        rest = after;
    }
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let place = body.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?;
    Some(from + place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_form_has_its_json_and_its_files() {
        let body = Bytes::from_static(
            b"--xx\r\nContent-Disposition: form-data; name=\"files[1]\"; filename=\"a.png\"\r\n\
              Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n--x\r\n--xx\r\n\
              Content-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"x\"}\r\n--xx--\r\n",
        );
        let payload = form(&body, "xx").unwrap();
        assert_eq!(payload.json, serde_json::json!({"content": "x"}));
        let file = Upload {
            place: 1,
            name: "a.png".to_owned(),
            kind: "image/png".to_owned(),
            bytes: Bytes::from_static(b"\x89PNG\r\n\r\n--x"),
        };
        assert_eq!(payload.files, [file]);
    }

    proptest! {
        #[test]
        fn no_form_makes_it_panic(body in "(--x|\r\n|name=\"|files\\[|\\]|\"|a|: ){0,40}") {
            form(&Bytes::from(body.into_bytes()), "x");
        }
    }
}
