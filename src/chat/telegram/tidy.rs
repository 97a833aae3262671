//! A Telegram channel is for its posts: a command in it and what the bot said to it are deleted after a while, where
//! the bot may.

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::answer::Room;
use super::poll::Telegram;
use crate::model::channel::ChannelKind;
use crate::model::message::PlatformMessageId;
use crate::platform::Courier as _;

/// How long the answer can be read.
const READABLE: TimeDelta = TimeDelta::seconds(30);

/// Messages to be deleted.
#[derive(Debug)]
pub(super) struct Tidy {
    room: Room,
    messages: Vec<PlatformMessageId>,
}

impl Tidy {
    /// What is to be tidied up of these messages: nothing but in a channel.
    pub(super) fn of(room: Room, messages: Vec<PlatformMessageId>) -> Option<Self> {
        (room.kind == ChannelKind::Broadcast).then_some(Self { room, messages })
    }

    /// Waits, then deletes the messages; at once if the program stops.
    pub(super) async fn up(self, telegram: &Telegram, stop: &CancellationToken) {
        tokio::select! {
            () = telegram.clock.sleep_until(telegram.clock.now() + READABLE) => {}
            () = stop.cancelled() => {}
        }
        let Room { address, kind } = self.room;
        for message in &self.messages {
            let place = telegram.calls.gate().take(&address, kind).await;
            if let Err(error) = telegram.calls.delete(address, message, place).await {
                tracing::debug!(%error, channel = %address, "a command or its answer stays in the channel");
            }
        }
    }
}
