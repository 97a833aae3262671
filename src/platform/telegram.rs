//! Telegram over HTTP.
