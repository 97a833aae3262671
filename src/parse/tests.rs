//! Whole posts through [`parse`](super::parse).
