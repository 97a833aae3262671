//! Jogan (조간, "the morning edition") takes a daily digest that somebody already writes and delivers it,
//! well set, none lost and none twice, to Discord and Telegram channels, each at its own hour.
//!
//! The way of a digest, and the reading order of the modules:
//!
//! ```text
//! source ─→ parse ─→ enrich ─→ store ─→ plan ─→ render ─→ deliver ─→ platform
//!   └────────── pipeline::ingest ───┘     └ pipeline::dispatch ┘
//! ```
//!
//! People meet it through [`chat`], which turns what they type into [`commands`] and sets the answers with the
//! same [`render`]. [`app`] builds everything once. [`sandbox`] is a local Discord and a local Telegram that
//! the demo and the tests talk to over the network; the rest of the crate does not know that it exists.
//!
//! Which module may use which is written down, and checked, in `tests/architecture.rs`.

pub mod clock;
pub mod health;
pub mod model;
pub mod text;

pub mod config;

pub mod enrich;
pub mod parse;
pub mod source;

pub mod store;

pub mod plan;
pub mod render;

pub mod draw;

pub mod deliver;
pub mod platform;

pub mod pipeline;

pub mod chat;
pub mod commands;

pub mod alarm;
pub mod web;

pub mod telemetry;

pub mod app;
pub mod cli;

pub mod sandbox;

/// Where the databases of tests are; the stories have them in the same place.
#[cfg(test)]
#[path = "../tests/support/database.rs"]
mod test_database;
