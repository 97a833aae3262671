//! Finding a message of ours that may have arrived: by its words, among a channel's latest or a forum's active
//! threads. The comparison itself is in `discord/body.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::model::channel::{Address, ChannelKind};
use crate::model::message::{Body, PlatformMessageId};
use crate::platform::call::CallError;
use crate::platform::gate::Place;

use super::{Discord, Id, body, messages, opening, snowflake};

/// As many messages as Discord gives at once.
const LATEST: usize = 100;

/// How far Discord's clock, which its ids tell, may be behind ours.
const CLOCKS_DIFFER_BY: TimeDelta = TimeDelta::seconds(30);

/// The first instant of Discord's ids, in milliseconds: 2015-01-01.
const EPOCH_MS: u64 = 1_420_070_400_000;

/// Discord's kinds of channels that hold threads only: forum and media.
const THREADS_ONLY: [u8; 2] = [15, 16];

/// What is asked of a channel.
#[derive(Debug, Deserialize)]
pub(super) struct Channel {
    #[serde(rename = "type", default)]
    kind: u8,
    guild_id: Option<String>,
    last_message_id: Option<String>,
}

impl Channel {
    pub(super) fn holds_threads_only(&self) -> bool {
        THREADS_ONLY.contains(&self.kind)
    }

    /// What it is to us (Discord, resources/channel#channel-object-channel-types).
    pub(super) fn kind(&self) -> ChannelKind {
        match self.kind {
            1 | 3 => ChannelKind::Private,
            5 => ChannelKind::Announcement,
            _ if self.holds_threads_only() => ChannelKind::Forum,
            _ => ChannelKind::Text,
        }
    }
}

/// A guild's active threads.
#[derive(Debug, Deserialize)]
struct Active {
    threads: Vec<Thread>,
}

#[derive(Debug, Deserialize)]
struct Thread {
    #[serde(deserialize_with = "snowflake")]
    id: u64,
    #[serde(default)]
    name: String,
    parent_id: Option<String>,
    owner_id: Option<String>,
}

/// See [`Courier::find`](crate::platform::Courier::find). Two calls, and one for each thread that may be it.
pub(super) async fn find(
    discord: &Discord,
    address: Address,
    body: &Body,
    since: DateTime<Utc>,
    mut place: Place,
) -> Result<Option<PlatformMessageId>, CallError> {
    let since = since - CLOCKS_DIFFER_BY;
    if !discord.me.initialized() {
        discord.me().await?;
        place = place.next().await;
    }
    let me = discord.me().await?.id.to_string();
    let id = super::channel(address)?;
    let channel: Channel = discord.read(&format!("/channels/{id}"), Some(&address)).await?;
    place = place.next().await;
    if channel.holds_threads_only() {
        return find_thread(discord, address, channel, &me, body, since, place).await;
    }
    let path = format!("{}?limit={LATEST}", messages(address)?);
    let latest: Vec<Value> = discord.read(&path, Some(&address)).await?;
    drop(place);
    for message in &latest {
        let ours = message.pointer("/author/id").and_then(Value::as_str) == Some(&me);
        let id = id_of(message)?;
        if ours && made_at(id) >= since && body::says_the_same(message, body) {
            return Ok(Some(PlatformMessageId(id.to_string())));
        }
    }
    // Without the right to read the history the list is empty: nothing can be concluded from that.
    if latest.is_empty() && channel.last_message_id.is_some() {
        return Err(CallError::Unsupported("the channel's history cannot be read".to_owned()));
    }
    let oldest = latest.last().map(id_of).transpose()?;
    if latest.len() >= LATEST && oldest.is_some_and(|id| made_at(id) > since) {
        return Err(CallError::Unsupported("too many newer messages".to_owned()));
    }
    Ok(None)
}

async fn find_thread(
    discord: &Discord,
    address: Address,
    channel: Channel,
    me: &str,
    body: &Body,
    since: DateTime<Utc>,
    mut place: Place,
) -> Result<Option<PlatformMessageId>, CallError> {
    let guild: u64 = channel
        .guild_id
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| CallError::Unsupported("the forum is in no guild".to_owned()))?;
    let active: Active = discord.read(&format!("/guilds/{guild}/threads/active"), Some(&address)).await?;
    let (forum, name) = (super::channel(address)?.to_string(), body::thread_name(body));
    let ours = active.threads.iter().filter(|thread| {
        thread.parent_id.as_ref() == Some(&forum)
            && thread.owner_id.as_deref() == Some(me)
            && thread.name.trim() == name
            && made_at(thread.id) >= since
    });
    for thread in ours {
        place = place.next().await;
        let path = format!("/channels/{0}/messages/{0}", thread.id);
        match discord.read::<Value>(&path, Some(&address)).await {
            Ok(message) if body::says_the_same(&message, body) => return Ok(Some(opening(thread.id))),
            // Another digest of the same name, or one whose first message somebody deleted.
            Ok(_) | Err(CallError::Gone(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn id_of(message: &Value) -> Result<u64, CallError> {
    let id = Id::deserialize(message).map_err(|error| CallError::Transient(format!("a message: {error}")))?;
    Ok(id.id)
}

/// When a message was made: its id says so.
fn made_at(id: u64) -> DateTime<Utc> {
    let milliseconds = (id >> 22) + EPOCH_MS;
    i64::try_from(milliseconds).ok().and_then(DateTime::from_timestamp_millis).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_it_was_made() {
        // The example of <https://discord.com/developers/docs/reference#snowflakes>.
        assert_eq!(made_at(175_928_847_299_117_063).to_rfc3339(), "2016-04-30T11:18:25.796+00:00");
    }
}
