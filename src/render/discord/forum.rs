//! What a forum's post takes beyond its message: a name, and tags where a tag's name is a topic's. Both travel in
//! the body, as `thread_name` and `tag_names`; `platform/discord/forum.rs` makes a thread of them.

use serde_json::{Value, json};

use crate::model::message::Rendered;

/// Says of every part which post it belongs to: whichever is the first to arrive opens it. Of each topic both names
/// are given, and tags may bear either.
pub(super) fn for_forum(messages: &mut [Rendered], name: &str, topics: &[[String; 2]]) {
    let bodies = messages.iter_mut().flat_map(|message| [&mut message.body, &mut message.plain]);
    for fields in bodies.filter_map(|body| body.0.as_object_mut()) {
        fields.insert("thread_name".to_owned(), Value::from(name));
        fields.insert("tag_names".to_owned(), json!(topics));
    }
}
