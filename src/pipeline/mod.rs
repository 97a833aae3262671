//! The two joints: ingest (source to store) and dispatch (plan to outbox).
