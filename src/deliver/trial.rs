//! Sends messages at once and outside the outbox, so that somebody can see how a post looks in a channel of theirs.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::clock::SharedClock;
use crate::model::channel::{Address, ChannelKind};
use crate::model::message::Rendered;
use crate::platform::gate::Gate;
use crate::platform::{CallError, Courier, Post};

/// Sends trials on one platform.
#[derive(Debug)]
pub struct Trial<C> {
    /// The platform's calls.
    pub courier: Arc<C>,
    /// The platform's rates.
    pub gate: Arc<Gate>,
    /// The time.
    pub clock: SharedClock,
}

impl<C: Courier> Trial<C> {
    /// Sends messages to a channel, one after the other, at the platform's rates; what is refused, once more without
    /// markup.
    ///
    /// # Errors
    /// At the first that cannot be sent; those behind it are not tried.
    pub async fn send(
        &self,
        address: Address,
        kind: ChannelKind,
        messages: &[Rendered],
    ) -> Result<(), CallError> {
        let begun = self.clock.now();
        for (part, message) in (1_u32..).zip(messages) {
            let nonce = nonce(begun, part);
            let mut sent = self.call(Post { address, kind, body: &message.body, nonce: &nonce }).await;
            if matches!(sent, Err(CallError::Rejected(_))) {
                sent = self.call(Post { address, kind, body: &message.plain, nonce: &nonce }).await;
            }
            sent?;
        }
        Ok(())
    }

    async fn call(&self, post: Post<'_>) -> Result<(), CallError> {
        let place = self.gate.take(&post.address, post.kind).await;
        self.courier.send(post, place).await.map(|_| ())
    }
}

/// At most 25 characters, as Discord wants it.
fn nonce(begun: DateTime<Utc>, part: u32) -> String {
    format!("try-{:x}-{part}", begun.timestamp_millis())
}
