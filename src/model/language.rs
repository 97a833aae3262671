//! The languages that Jogan speaks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of messages and replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

impl Language {
    /// The two-letter code of ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The language for a locale such as `ko`, `ko-KR` or `en-US`: Korean for Korean, English for any other.
    pub fn for_locale(locale: &str) -> Self {
        if locale.get(..2).is_some_and(|code| code.eq_ignore_ascii_case("ko")) { Self::Ko } else { Self::En }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that names no language Jogan speaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no language: write `ko` or `en`")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_lowercase().as_str() {
            "ko" | "kr" | "korean" | "한국어" => Ok(Self::Ko),
            "en" | "english" | "영어" => Ok(Self::En),
            _ => Err(UnknownLanguage(text.to_owned())),
        }
    }
}
