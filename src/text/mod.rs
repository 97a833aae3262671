//! Text as the platforms see it: measured in their units, cut, escaped, linked; and Korean particles and dates.
//!
//! Everything here is a pure function on strings. Setting whole messages is [`render`](crate::render).

mod chain;
mod clean;
mod cut;
mod day;
mod discord;
mod html;
mod keys;
mod link;
mod measure;
mod particle;
mod sentence;
mod tokens;

pub use chain::chain;
pub use clean::{clean, is_blank};
pub use cut::{cut, cut_by};
pub use day::{clock_time, day, short_day};
pub use discord::{discord_code, discord_markdown, discord_plain};
pub use html::{attribute, defuse, html};
pub use keys::keystrokes;
pub use link::{LINK_LIMIT, bare_links, safe_link};
pub use measure::{Unit, graphemes};
pub use particle::particle;
pub use sentence::sentence_ends;
pub use tokens::{Needle, Token, indexed, tokens};
