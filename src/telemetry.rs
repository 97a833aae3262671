//! Logs: set up once, without secrets.
