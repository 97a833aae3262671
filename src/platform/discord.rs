//! Discord over HTTP.
