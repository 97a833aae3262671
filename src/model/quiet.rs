//! Quiet hours as they are written; when they end is `plan/quiet.rs`.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveTime;

/// A daily stretch of local time, which may go past midnight. [`Display`](fmt::Display) and [`FromStr`] are its
/// form in commands and in the database: `22:00-07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

/// A text that names no quiet hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no quiet hours: write for example `22:00-07:00`")]
pub struct UnreadableQuietHours(pub String);

impl QuietHours {
    /// They begin at this local time.
    pub fn from(&self) -> NaiveTime {
        self.from
    }

    /// They end before this local time, which is never the one that they begin at.
    pub fn until(&self) -> NaiveTime {
        self.until
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.format("%H:%M"), self.until.format("%H:%M"))
    }
}

impl FromStr for QuietHours {
    type Err = UnreadableQuietHours;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        text.split_once(['-', '~', '–'])
            .and_then(|(from, until)| Some(Self { from: time(from)?, until: time(until)? }))
            .filter(|hours| hours.from != hours.until)
            .ok_or_else(|| UnreadableQuietHours(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("22:00-07:00", "22:00-07:00")]
    #[case("9:00 ~ 18:00", "09:00-18:00")]
    fn they_are_written_as_they_are_read(#[case] text: &str, #[case] written: &str) {
        let hours: QuietHours = text.parse().unwrap();
        assert_eq!(hours.to_string(), written);
        assert_eq!(written.parse(), Ok(hours));
    }

    #[rstest]
    #[case("22:00")]
    #[case("22:00-22:00")]
    #[case("25:00-07:00")]
    #[case("")]
    fn what_names_no_hours_is_refused(#[case] text: &str) {
        let error = text.parse::<QuietHours>().unwrap_err();
        assert!(error.to_string().contains("22:00-07:00"));
    }
}
