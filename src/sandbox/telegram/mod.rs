//! A local Telegram Bot API, and what people do in its chats.

mod entity;
mod found;
mod html;
mod link;
mod refusal;
mod text;

#[cfg(test)]
mod against_tdlib;
