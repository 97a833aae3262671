//! Between columns and model values: instants, JSON, and what a row that cannot be read is called.

use std::fmt::Display;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::any::{Any, AnyTypeInfo, AnyValueRef};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type, ValueRef as _};

use super::error::StoreError;

/// An instant as it is stored: milliseconds since 1970.
pub(super) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// A flag of a row, which PostgreSQL tells as true or false, SQLite as one or nothing, as do exports. Fields are `bool`, with
/// `#[sqlx(try_from = "Flag")]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Told", into = "u8")]
pub(super) struct Flag(pub(super) bool);

impl Type<Any> for Flag {
    fn type_info() -> AnyTypeInfo {
        <bool as Type<Any>>::type_info()
    }

    fn compatible(found: &AnyTypeInfo) -> bool {
        <bool as Type<Any>>::compatible(found) || <i64 as Type<Any>>::compatible(found)
    }
}

impl Decode<'_, Any> for Flag {
    fn decode(value: AnyValueRef<'_>) -> Result<Self, BoxDynError> {
        if <bool as Type<Any>>::compatible(&value.type_info()) {
            <bool as Decode<Any>>::decode(value).map(Self)
        } else {
            <i64 as Decode<Any>>::decode(value).map(|number| Self(number != 0))
        }
    }
}

impl Encode<'_, Any> for Flag {
    fn encode_by_ref(&self, buffer: &mut <Any as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <bool as Encode<'_, Any>>::encode_by_ref(&self.0, buffer)
    }
}

/// A flag as JSON has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Flag(bool),
    Number(u8),
}

impl From<Told> for Flag {
    fn from(told: Told) -> Self {
        Self(match told {
            Told::Flag(flag) => flag,
            Told::Number(number) => number != 0,
        })
    }
}

impl From<Flag> for u8 {
    fn from(flag: Flag) -> Self {
        flag.0.into()
    }
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0
    }
}

/// Reads the columns of one row, naming it in errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) table: &'static str,
    pub(super) id: i64,
}

impl Row {
    pub(super) fn instant(self, millis: i64) -> Result<DateTime<Utc>, StoreError> {
        DateTime::from_timestamp_millis(millis)
            .ok_or_else(|| StoreError::bad_row(self.table, self.id, format!("{millis} is no instant")))
    }

    pub(super) fn instant_or_none(self, millis: Option<i64>) -> Result<Option<DateTime<Utc>>, StoreError> {
        millis.map(|millis| self.instant(millis)).transpose()
    }

    pub(super) fn word<T: FromStr<Err: Display>>(self, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|error| StoreError::bad_row(self.table, self.id, error))
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| StoreError::bad_row(self.table, self.id, error))
    }

    pub(super) fn count(self, number: i64) -> Result<u32, StoreError> {
        u32::try_from(number).map_err(|error| StoreError::bad_row(self.table, self.id, error))
    }
}

/// Model values as JSON text. They hold only text, numbers and lists, which JSON can always say.
pub(super) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("model values are plain JSON: {error}"))
}

/// What [`Backend::gathered`](super::backend::Backend::gathered) has put into one row; a row's fields in its columns' order.
pub(super) fn read_gathered<T: DeserializeOwned>(gathered: &str) -> Result<Vec<T>, StoreError> {
    Ok(serde_json::from_str(gathered).map_err(|error| sqlx::Error::Decode(error.into()))?)
}

/// A short hash of a model value: 32 hexadecimal digits.
pub(super) fn hash(value: &impl serde::Serialize) -> String {
    hex(Sha256::new_with_prefix(to_json(value)))
}

/// The first half of a hash: 32 hexadecimal digits.
pub(super) fn hex(hash: Sha256) -> String {
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps the rows that can be read and names the others in the log.
pub(super) fn readable<T>(rows: impl IntoIterator<Item = Result<T, StoreError>>) -> Vec<T> {
    rows.into_iter()
        .filter_map(|row| {
            row.inspect_err(|error| tracing::error!(%error, "passed over a row that cannot be read")).ok()
        })
        .collect()
}
