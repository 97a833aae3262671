//! What people do on Discord and Telegram, to commands and back to replies.
