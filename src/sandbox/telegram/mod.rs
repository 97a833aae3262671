//! A local Telegram Bot API, and what people do in its chats.
