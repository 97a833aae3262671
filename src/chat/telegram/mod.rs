//! Telegram: long polling brings updates, the Bot API takes the answers.

mod answer;
mod asked;
mod greet;
mod menu;
mod moves;
mod poll;
mod shared;
mod tidy;

pub use poll::{Telegram, run};
