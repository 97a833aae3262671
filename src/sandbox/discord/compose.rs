//! From a call's body to a stored message: what the body says is set, the rest stays as it was. The body has
//! passed `message_form.rs` by then.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::discord::form::{Form, as_id};
use crate::sandbox::discord::mentions::{self, Allowed};
use crate::sandbox::discord::message_form::ATTACHMENTS;
use crate::sandbox::discord::payload::{Payload, Upload};
use crate::sandbox::discord::permissions;
use crate::sandbox::discord::refusal::{FormErrors, Refusal};
use crate::sandbox::discord::state::{File, Message, State};

/// Flags of a message.
pub(crate) mod flags {
    /// Published to the channels that follow.
    pub(crate) const CROSSPOSTED: u64 = 1;
    /// Embeds are not shown.
    pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// A thread hangs on it.
    pub(crate) const HAS_THREAD: u64 = 1 << 5;
    /// Only one person sees it.
    pub(crate) const EPHEMERAL: u64 = 1 << 6;
    /// The bot is still thinking.
    pub(crate) const LOADING: u64 = 1 << 7;
    /// Nobody's device rings.
    pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    /// What a sender may set.
    pub(crate) const SETTABLE: u64 = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS;
}

impl Message {
    /// An empty message of the bot's.
    pub(crate) fn blank(id: u64, channel: u64, at: DateTime<Utc>) -> Self {
        Self {
            id,
            channel,
            author: None,
            at,
            edited: None,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags: 0,
            everyone: false,
            users: Vec::new(),
            roles: Vec::new(),
            nonce: None,
            reply_to: None,
            answers: None,
            only_for: None,
        }
    }
}

impl State {
    /// Sets what `payload` says of a message. `unsaid` holds where it has no `allowed_mentions`.
    ///
    /// # Errors
    /// 50006 if nothing is left to show; 50035 if there are too many files.
    pub(crate) fn compose(
        &mut self,
        message: &mut Message,
        payload: Payload,
        unsaid: Allowed,
    ) -> Result<(), Refusal> {
        let Payload { json: body, files } = payload;
        if let Some(content) = body.get("content") {
            message.content = content.as_str().unwrap_or_default().trim().to_owned();
        }
        if let Some(kept) = body.get("attachments").and_then(Value::as_array) {
            let kept: Vec<_> = kept.iter().filter_map(|one| one.get("id").and_then(as_id)).collect();
            let keeps = |one: &Value| one.get("id").and_then(as_id).is_some_and(|id| kept.contains(&id));
            message.attachments.retain(keeps);
        }
        let mut uploaded: Vec<Value> =
            files.into_iter().map(|file| self.upload(message.channel, message.at, file, &body)).collect();
        if let Some(embeds) = body.get("embeds") {
            let embeds = embeds.as_array().map_or(&[][..], Vec::as_slice);
            message.embeds = embeds.iter().map(|embed| set_embed(embed, &mut uploaded)).collect();
        }
        uploaded.retain(|file| file.get("shown").is_none());
        message.attachments.append(&mut uploaded);
        if message.attachments.len() > ATTACHMENTS {
            let mut errors = FormErrors::default();
            let most = format!("Must be {ATTACHMENTS} or fewer in length.");
            errors.add("attachments", "BASE_TYPE_MAX_LENGTH", most);
            errors.verdict()?;
        }
        if let Some(components) = body.get("components") {
            message.components = numbered(components);
        }
        if let Some(wanted) = body.get("flags").and_then(Value::as_u64) {
            message.flags = message.flags & !flags::SETTABLE | wanted & flags::SETTABLE;
        }
        self.set_mentions(message, &body, unsaid);
        let nothing =
            message.content.is_empty() && message.embeds.is_empty() && message.attachments.is_empty();
        if nothing { Err(Refusal::EMPTY_MESSAGE) } else { Ok(()) }
    }

    /// Sets whom a message pings.
    fn set_mentions(&self, message: &mut Message, body: &Value, unsaid: Allowed) {
        // Checked before: what is wrong with it has been said.
        let mut said = FormErrors::default();
        let allowed = Allowed::read(&Form::root(body, &mut said), &mut said).unwrap_or(unsaid);
        let mut pinged = mentions::pinged(&message.content, &allowed);
        let channel = self.channels.get(&message.channel);
        let guild = channel.and_then(|channel| channel.guild).and_then(|id| self.guilds.get(&id));
        let everyone =
            channel.is_some_and(|channel| self.bot_permissions(channel) & permissions::MENTION_EVERYONE != 0);
        pinged.roles.retain(|id| {
            let role = guild.and_then(|guild| guild.roles.iter().find(|role| role.id == *id));
            role.is_some_and(|role| role.mentionable || everyone)
        });
        if allowed.replied_user
            && let Some(replied) = message.reply_to
            && let Some(author) = channel
                .and_then(|channel| channel.messages.get(&replied))
                .map(|replied| replied.author.unwrap_or(self.application))
            && !pinged.users.contains(&author)
        {
            pinged.users.push(author);
        }
        message.everyone = pinged.everyone && everyone && guild.is_some();
        message.users = pinged.users;
        message.roles = pinged.roles;
    }

    /// Keeps a file, and returns it as an attachment.
    fn upload(&mut self, channel: u64, now: DateTime<Utc>, file: Upload, body: &Value) -> Value {
        let said = body
            .get("attachments")
            .and_then(Value::as_array)
            .and_then(|all| all.iter().find(|one| one.get("id").and_then(as_id) == Some(file.place)));
        let said = |key: &str| said.and_then(|one| one.get(key)).cloned();
        let name = said("filename").and_then(|name| name.as_str().map(str::to_owned));
        let name: String = name
            .unwrap_or(file.name)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
            .collect();
        let id = self.next_id(now);
        let url = format!("http://{}/attachments/{channel}/{id}/{name}", self.origin);
        let mut attachment = json!({
            "id": id.to_string(), "filename": name, "description": said("description"),
            "content_type": file.kind, "size": file.bytes.len(), "url": url, "proxy_url": url,
        });
        if let Some((width, height)) = png_size(&file.bytes) {
            attachment["width"] = width.into();
            attachment["height"] = height.into();
        }
        self.files.insert(id, File { kind: file.kind, bytes: file.bytes });
        attachment
    }
}

/// An embed as it is stored: edges trimmed, empty parts gone, files of the message found.
fn set_embed(embed: &Value, uploaded: &mut [Value]) -> Value {
    let mut set = json!({"type": "rich"});
    for (key, value) in embed.as_object().into_iter().flatten() {
        let value = trimmed(value);
        let empty =
            value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        if !empty && key != "type" {
            set[key] = value;
        }
    }
    for field in set.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
        if field.get("inline").and_then(Value::as_bool).is_none() {
            field["inline"] = false.into();
        }
    }
    let pictures = [("image", "url"), ("thumbnail", "url"), ("footer", "icon_url"), ("author", "icon_url")];
    for (part, key) in pictures {
        let Some(part) = set.get_mut(part) else { continue };
        let Some(link) = part.get(key).and_then(Value::as_str).map(str::to_owned) else { continue };
        let proxy = if key == "url" { "proxy_url" } else { "proxy_icon_url" };
        part[proxy] = link.clone().into();
        let Some(name) = link.strip_prefix("attachment://") else { continue };
        let Some(file) = uploaded.iter_mut().find(|file| file["filename"] == name) else { continue };
        // Discord shows such a file in the embed alone.
        file["shown"] = true.into();
        part[key] = file["url"].clone();
        part[proxy] = file["url"].clone();
        if let (Some(width), Some(height)) = (file.get("width"), file.get("height")) {
            part["width"] = width.clone();
            part["height"] = height.clone();
        }
    }
    set
}

/// Texts with their edges trimmed, at any depth.
fn trimmed(value: &Value) -> Value {
    match value {
        Value::String(text) => text.trim().into(),
        Value::Array(items) => items.iter().map(trimmed).collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), trimmed(value)))
            .collect(),
        other => other.clone(),
    }
}

/// Components with the numbers that Discord gives them, from 1, and without empty keys.
fn numbered(components: &Value) -> Vec<Value> {
    fn number(component: &Value, last: &mut u64) -> Value {
        *last += 1;
        let mut numbered = json!({"type": component["type"], "id": *last});
        for (key, value) in component.as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                (_, Value::Null) | ("id", _) => {}
                ("components", Value::Array(inner)) => {
                    numbered[key] = inner.iter().map(|one| number(one, last)).collect();
                }
                _ => numbered[key] = value.clone(),
            }
        }
        numbered
    }
    let mut last = 0;
    components.as_array().into_iter().flatten().map(|row| number(row, &mut last)).collect()
}

/// Width and height of a PNG picture, from its head.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    Some((number(8)?, number(12)?))
}
