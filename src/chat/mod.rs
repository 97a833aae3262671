//! What people do on Discord and Telegram, to commands and back to replies.
//!
//! Each platform has a room of its own: `client.rs` or `poll.rs` receives, `asked.rs` reads what was asked and by
//! whom, `answer.rs` sends the reply, `menu.rs` tells the platform which commands there are. What a command does is
//! `commands/`, how a reply looks `render/`.

pub mod discord;
pub mod telegram;
