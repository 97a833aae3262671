//! What people do on Discord and Telegram, to commands and back to replies.
//!
//! Each platform has a room of its own: `client.rs` or `poll.rs` receives, `asked.rs` reads what was asked and by
//! whom, `answer.rs` sends the reply, `menu.rs` tells the platform which commands there are. What a platform tells of
//! its own accord about channels that come and go is noted by `access.rs`, and what the program
//! tells people of its own accord is sent by `notes.rs`. What a command does is
//! `commands/`, how a reply looks `render/`.

mod access;
pub mod discord;
mod notes;
pub mod telegram;

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

pub use access::Access;
pub use notes::Notes;

/// The waits before a lost connection is tried again: from a second to a minute, with jitter, for ever.
fn retries() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(60))
        .with_jitter()
        .without_max_times()
        .build()
}
