//! Where digests come from: a folder ([`folder`], woken by [`watch`]). What a Jekyll site says about its posts'
//! addresses is [`jekyll`].

pub mod folder;
pub mod jekyll;
pub mod watch;
