//! A local Discord and a local Telegram, and the page that shows them side by side.
//!
//! They speak the platforms' own protocols over HTTP and WebSocket and enforce the documented limits and rates;
//! they know the platforms and never the bot. [`discord`] and [`telegram`] each have a router for the bot's
//! calls and methods for what people do; [`page`] draws both and is how people do it in a browser.

pub mod discord;
pub mod page;
pub mod telegram;
pub mod weather;
