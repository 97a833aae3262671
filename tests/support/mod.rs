//! What the stories share.

pub(crate) mod bot;
pub(crate) mod browser;
pub(crate) mod buttons;
pub(crate) mod caller;
pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod hands;
pub(crate) mod post;
pub(crate) mod program;
pub(crate) mod town;
