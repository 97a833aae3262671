//! Discord: the gateway brings interactions, REST takes the answers.

mod answer;
mod around;
mod asked;
mod client;
mod elsewhere;
mod gateway;
mod greet;
mod guilds;
mod menu;

pub use client::Discord;
pub use gateway::{Standing, announce, run};
pub use menu::commands;
