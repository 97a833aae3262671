//! The one integration test binary: stories through the real clients against the sandbox, and the rules of the
//! house. One file a story.

mod architecture;
mod configuration;
mod page;
mod support;
