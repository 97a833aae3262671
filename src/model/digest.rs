//! A digest: one post of a feed, from the raw text of a source to the classified value in the store.
//!
//! The states are types: [`RawDigest`] (bytes from a source) → [`Draft`](crate::parse::Draft) (as understood) →
//! [`Digest`] (has all that a digest needs) → [`EnrichedDigest`] (and what its articles are about).

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::article::{Article, EnrichedArticle};
use super::feed::FeedName;
use super::language::Language;
use super::rich::Block;

/// A digest's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DigestId(pub i64);

/// A digest as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDigest {
    /// Its row.
    pub id: DigestId,
    /// 1, and one more with each correction.
    pub revision: u32,
    /// Its place in the feed's row of news; `None` if it is archived and goes to nobody by itself.
    pub edition: Option<i64>,
    /// When it was first stored.
    pub stored_at: DateTime<Utc>,
    /// The digest.
    pub digest: EnrichedDigest,
}

/// A post as a source hands it over, before anybody has looked into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawDigest {
    /// The file's name without its folder, such as `2025-12-17-ai-news.md`.
    pub name: String,
    /// The file's bytes, which need not be UTF-8.
    pub bytes: Vec<u8>,
}

/// What a digest is known by within its feed: its date and slug, such as `2025-12-17-ai-news`. A corrected post
/// has the same key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DigestKey(pub String);

impl fmt::Display for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A short name for a digest of a feed that always comes out the same, for buttons and links that must find it
/// again later: the first ten hexadecimal digits of the SHA-256 of `feed/key`.
pub fn handle(feed: &FeedName, key: &DigestKey) -> String {
    let hash = Sha256::digest(format!("{feed}/{key}"));
    hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// One post of a feed. `A` is [`Article`] as parsed, [`EnrichedArticle`] once classified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest<A = Article> {
    /// Its identity within the feed.
    pub key: DigestKey,
    /// The title, plain text on one line.
    pub title: String,
    /// When the post says that it is of.
    pub date: DigestDate,
    /// The post's own language, where it says one.
    pub language: Option<Language>,
    /// Front-matter categories, in order.
    pub categories: Vec<String>,
    /// Front-matter tags, in order.
    pub tags: Vec<String>,
    /// Where the publisher shows the post: an `http` or `https` address, where the site is known.
    pub link: Option<String>,
    /// What stands before the first article.
    pub intro: Vec<Block>,
    /// The articles, in the post's order.
    pub articles: Vec<A>,
    /// What stands after the last article and belongs to none.
    pub closing: Vec<Block>,
}

/// A digest whose articles are classified: what the store holds and the renderers set.
pub type EnrichedDigest = Digest<EnrichedArticle>;

impl EnrichedDigest {
    /// The links of its articles, as the post writes them.
    pub fn links(&self) -> BTreeSet<&str> {
        self.articles.iter().filter_map(|article| article.article.link.as_deref()).collect()
    }
}

impl<A> Digest<A> {
    /// The same digest with its articles lent.
    pub fn by_ref(&self) -> Digest<&A> {
        Digest {
            key: self.key.clone(),
            title: self.title.clone(),
            date: self.date,
            language: self.language,
            categories: self.categories.clone(),
            tags: self.tags.clone(),
            link: self.link.clone(),
            intro: self.intro.clone(),
            articles: self.articles.iter().collect(),
            closing: self.closing.clone(),
        }
    }

    /// The same digest with each article put through `f`.
    pub fn map_articles<B>(self, f: impl FnMut(A) -> B) -> Digest<B> {
        Digest {
            key: self.key,
            title: self.title,
            date: self.date,
            language: self.language,
            categories: self.categories,
            tags: self.tags,
            link: self.link,
            intro: self.intro,
            articles: self.articles.into_iter().map(f).collect(),
            closing: self.closing,
        }
    }
}

/// A digest's date with as much as the post says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestDate {
    /// A day alone: counts to its end.
    Day(NaiveDate),
    /// A day and a time without a zone: the feed's zone is meant.
    Local(NaiveDateTime),
    /// A day, a time and an offset.
    Instant(DateTime<FixedOffset>),
}

impl DigestDate {
    /// The calendar day, as written in the post.
    pub fn day(&self) -> NaiveDate {
        match self {
            Self::Day(day) => *day,
            Self::Local(at) => at.date(),
            Self::Instant(at) => at.date_naive(),
        }
    }

    /// The instant it stands for; `zone` is the feed's. A day alone stands for its last second; a time that the
    /// zone skips or has twice stands for the earliest instant that can be meant.
    pub fn instant(&self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::Day(day) => from_local(day.and_time(END_OF_DAY), zone),
            Self::Local(at) => from_local(*at, zone),
            Self::Instant(at) => at.to_utc(),
        }
    }
}

const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

fn from_local(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local).earliest() {
        Some(at) => at.to_utc(),
        // Skipped by a change of the clocks: read as UTC it is at most a day off, and gaps are rare.
        None => zone.from_utc_datetime(&local).to_utc(),
    }
}

impl fmt::Display for DigestDate {
    /// As a post would write it: `2025-12-17`, `2025-12-17 16:09:26`, `2025-12-17 16:09:26 +0900`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Local(at) => write!(f, "{}", at.format("%Y-%m-%d %H:%M:%S")),
            Self::Instant(at) => write!(f, "{}", at.format("%Y-%m-%d %H:%M:%S %z")),
        }
    }
}
