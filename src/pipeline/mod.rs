//! The two joints: [`Ingest`] (source → parse → enrich → store) and [`Dispatch`] (plan → render → outbox).

mod dispatch;
mod ingest;

pub use dispatch::Dispatch;
pub use ingest::Ingest;
