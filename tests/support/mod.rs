//! What the stories share.

pub(crate) mod browser;
