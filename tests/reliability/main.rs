//! Reliability runs: the real binary against the sandboxes, killed, refused and hurried, and what came of it in
//! figures. One file a run; `town.rs` is where they happen, `bot.rs` the program, `count.rs` who got what.
//!
//! Each has a short form that belongs to the tests, and a full one: `docs/reliability.md`.

#![expect(clippy::print_stdout, reason = "the figures are what these runs are for")]

mod access;
mod bot;
#[path = "../support/caller.rs"]
mod caller;
mod count;
mod crash;
mod faults;
mod footprint;
mod rate;
mod replicas;
mod shards;
mod town;

use std::str::FromStr;

use jogan::config::Environment;

/// Whether the full forms were asked for: `JOGAN_RELIABILITY=full`.
fn full() -> bool {
    Environment::of_process().get("JOGAN_RELIABILITY") == Some("full")
}

/// The seed of what is random: `JOGAN_RELIABILITY_SEED`, else always the same.
fn seed() -> u64 {
    number("JOGAN_RELIABILITY_SEED").unwrap_or(20_251_217)
}

/// A number in the environment.
fn number<N: FromStr>(variable: &str) -> Option<N> {
    Environment::of_process().get(variable)?.parse().ok()
}
