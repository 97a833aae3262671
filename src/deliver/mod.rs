//! The outbox on its way: a [`Worker`] per platform claims, sends and settles.
//!
//! `worker.rs` is the loop, `line.rs` who is next, `attempt.rs` one message on its way, `judge.rs` what each way
//! to fail means for it.

mod attempt;
mod judge;
mod line;
mod worker;

pub use worker::{Settings, Worker};
