//! Posts that were pushed, as ingest takes them: by which name each is read and known.

use chrono::NaiveDate;

use crate::model::digest::{DigestKey, RawDigest};
use crate::parse::Draft;
use crate::source::Found;
use crate::store::Push;

use super::reading::hex;

/// Where a pushed post is kept, and the file name that it is read under: by the publisher's key, else, so that two
/// posts of one day are two, by date and title.
pub fn push_name(key: Option<&str>, draft: &Draft) -> (String, String) {
    let made = || {
        let day = draft.date.map(|date| date.day().to_string()).unwrap_or_default();
        format!("{day}-{}", draft.title.as_deref().unwrap_or_default())
    };
    let place = key.map_or_else(made, str::to_owned);
    // What is before a stroke would be a folder.
    let name = place.replace(['/', '\\'], "-");
    let name = if name.ends_with(".md") { name } else { format!("{name}.md") };
    (place, name)
}

/// A push as a post. One whose key is no date and slug is known by the key alone, whatever date the post has.
pub(super) fn found(push: Push) -> Found {
    let is_dated = push.name.get(..10).is_some_and(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok());
    let key = (!is_dated).then(|| DigestKey(format!("push-{}", hex(push.place.as_bytes()))));
    let raw = RawDigest { name: push.name, bytes: push.body };
    Found { stamp: push.stamp, key, ..Found::of(push.place, raw) }
}
