//! The operator's desk and the health endpoints.
