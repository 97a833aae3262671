//! The one integration test binary: stories through the real clients against the sandbox, and the rules of the
//! house. One file a story.

mod access;
mod alarms;
mod architecture;
mod chats;
mod command_line;
mod command_reference;
mod configuration;
mod connections;
mod corrections;
mod delivery;
mod documentation;
mod headlines;
mod holds;
mod import;
mod lookup;
mod managing;
mod model;
mod moving;
mod on_discord;
mod on_telegram;
mod page;
mod places;
mod posts;
mod process;
mod schedule;
mod setting_up;
mod settings;
mod sources;
mod storage;
mod support;
mod today;
mod trouble;
mod words;
