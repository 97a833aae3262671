//! The two joints: [`Ingest`] (source → parse → enrich → store) and [`Dispatch`] (plan → render → outbox), which also
//! brings what is under way and what was sent up to date after a correction (`corrections.rs`).

mod corrections;
mod dispatch;
mod ingest;

pub use dispatch::Dispatch;
pub use ingest::Ingest;
