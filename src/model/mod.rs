//! The nouns of the product: plain values without I/O, used by every other module.

pub mod alarm;
pub mod article;
pub mod channel;
pub mod civil;
pub mod day;
pub mod delivery;
pub mod digest;
pub mod feed;
pub mod hold;
pub mod language;
pub mod lexicon;
pub mod message;
pub mod mute;
pub mod note;
pub mod password;
pub mod period;
pub mod picture;
pub mod query;
pub mod quiet;
pub mod reply;
pub mod rich;
pub mod schedule;
pub mod span;
pub mod subscription;
pub mod term;
pub mod trends;
pub mod withdrawn;
pub mod zone;

pub use article::{Article, EnrichedArticle, Section};
pub use channel::{Address, Channel, ChannelId, Platform};
pub use digest::{Digest, DigestDate, DigestKey, EnrichedDigest};
pub use feed::FeedName;
pub use language::Language;
pub use rich::{Block, Inline};
pub use subscription::{Style, Subscription, SubscriptionId};
