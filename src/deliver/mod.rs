//! The outbox on its way: claim, send, settle.
