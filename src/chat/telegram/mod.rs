//! Telegram: long polling brings updates, the Bot API takes the answers.

mod answer;
mod asked;
mod menu;
mod moves;
mod poll;

pub use poll::{Telegram, run};
