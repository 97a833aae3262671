//! The role that a delivery pings: named at the beginning of its first message, where it alone may be pinged.

use serde_json::{Value, json};

use crate::model::message::Rendered;

/// Lets the first of these messages ping a role.
pub(in crate::render) fn mention(messages: &mut [Rendered], role: u64) {
    let Some(first) = messages.first_mut() else { return };
    for fields in [&mut first.body, &mut first.plain].into_iter().filter_map(|body| body.0.as_object_mut()) {
        let content = fields.get("content").and_then(Value::as_str).unwrap_or_default();
        let content = format!("<@&{role}> {content}").trim_end().to_owned();
        fields.insert("content".to_owned(), content.into());
        fields.insert("allowed_mentions".to_owned(), json!({"parse": [], "roles": [role.to_string()]}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::message::Body;

    #[test]
    fn the_first_message_alone_pings_and_the_role_alone_is_pinged() {
        let body = Body(json!({"content": "📰 @everyone", "allowed_mentions": {"parse": []}}));
        let rendered = Rendered { body: body.clone(), plain: body };
        let mut messages = [rendered.clone(), rendered.clone()];
        mention(&mut messages, 42);
        let expected =
            json!({"content": "<@&42> 📰 @everyone", "allowed_mentions": {"parse": [], "roles": ["42"]}});
        assert_eq!((&messages[0].body.0, &messages[0].plain.0), (&expected, &expected));
        assert_eq!(messages[1], rendered);
    }
}
