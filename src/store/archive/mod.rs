//! The articles of all digests that are published, for looking things up: about a company or a topic (`about.rs`), by
//! their words (`search.rs`, `words.rs`), counted by day (`trends.rs`); `measure.rs` is for benchmarks. They are written with their digest (`index.rs`), and again
//! when the dictionaries change (`reclassify.rs`).

mod about;
mod index;
mod measure;
mod reclassify;
mod search;
mod trends;
mod words;

#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use sqlx::FromRow;

pub use about::{Cursor, Subject, Tally};
pub use reclassify::Reclassified;
pub use search::{Hits, MOST_HITS};

pub(super) use index::{forget, index, put_all_words};

use super::error::StoreError;
use super::rows::Row;
use crate::model::article::Strength;
use crate::model::trends::Days;

/// How many bits of an article's id number the articles of a day.
const DAY_BITS: u32 = 20;
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a day of the calendar");

/// An article's row. Later days have greater ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ArticleId(pub i64);

/// An article as far as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its row.
    pub id: ArticleId,
    /// Its digest's handle.
    pub handle: String,
    /// Its place in the digest, from 0.
    pub place: usize,
    /// The digest's day.
    pub day: NaiveDate,
    /// The headline, plain text.
    pub headline: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where.
    pub link: Option<String>,
    /// How strongly it is about the company that was asked for.
    pub strength: Option<Strength>,
}

const LISTED: &str = "a.id, g.handle, a.place, g.day, a.headline, a.publisher, a.link";

#[derive(Debug, FromRow)]
struct ListedRow {
    id: i64,
    handle: String,
    place: i64,
    day: String,
    headline: String,
    publisher: Option<String>,
    link: Option<String>,
    strength: Option<String>,
}

impl TryFrom<ListedRow> for Listed {
    type Error = StoreError;

    fn try_from(found: ListedRow) -> Result<Self, StoreError> {
        let row = Row { table: "articles", id: found.id };
        Ok(Self {
            id: ArticleId(found.id),
            handle: found.handle,
            place: row.count(found.place)? as usize,
            day: row.word(&found.day)?,
            headline: found.headline,
            publisher: found.publisher,
            link: found.link,
            strength: found.strength.map(|word| row.word(&word)).transpose()?,
        })
    }
}

/// A day's number, in days since 1970.
fn day_number(day: NaiveDate) -> i64 {
    (day - EPOCH).num_days()
}

/// The least and the greatest id that an article of a day may have, by the day's number.
fn ids_of_day(number: i64) -> (i64, i64) {
    let first = number << DAY_BITS;
    (first, first + ((1 << DAY_BITS) - 1))
}

/// The ids of the articles of some days; without days, of all.
fn ids_of(days: Option<Days>) -> (i64, i64) {
    let (first, last) = days_of(days);
    (ids_of_day(first).0, ids_of_day(last).1)
}

/// The numbers of the first and the last of some days; without days, all that an id can have.
fn days_of(days: Option<Days>) -> (i64, i64) {
    days.map_or((i64::MIN >> DAY_BITS, i64::MAX >> DAY_BITS), |days| {
        (day_number(days.first), day_number(days.last))
    })
}
