//! The outbox on its way: a [`Worker`] per platform claims, sends and settles, and a [`Prober`] looks after the
//! channels that cannot be reached.
//!
//! `worker.rs` is the loop, `line.rs` who is next, `attempt.rs` one message on its way, `judge.rs` what each way
//! to fail means for it; `probe.rs` is the way back of a lost channel; `trial.rs` sends
//! what is only to be looked at.

mod attempt;
mod judge;
mod line;
mod probe;
#[cfg(test)]
mod refusals;
mod trial;
mod worker;

pub use probe::Prober;
pub use trial::Trial;
pub use worker::{Settings, Worker};
