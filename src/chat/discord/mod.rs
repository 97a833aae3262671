//! Discord: the gateway brings interactions, REST takes the answers.

mod answer;
mod around;
mod asked;
mod client;
mod elsewhere;
mod greet;
mod guilds;
mod menu;
mod shards;

pub use client::{Discord, run};
pub use menu::commands;
