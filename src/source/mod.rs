//! Where digests come from: a folder ([`folder`], woken by [`watch`]). What a Jekyll site says about its posts'
//! addresses is [`jekyll`].

pub mod folder;
pub mod jekyll;
pub mod permalinks;
pub mod watch;

pub use folder::{Folder, Found, Look};
pub use permalinks::Permalinks;
pub use watch::Watch;
