//! The two platforms over HTTP: calls, rates and what their errors mean.
//!
//! Everything that leaves for a platform goes through here, deliveries (`deliver/`) and answers to people
//! (`chat/`) alike, so that one gate per platform knows all of its rates.

pub mod call;
pub mod discord;
#[cfg(test)]
pub(crate) mod fake;
pub mod gate;
mod http;
pub mod telegram;

pub use call::{CallError, Courier, Covers, Post};
pub use http::{SetupError, Timeouts};
