//! `[[feeds]]`: each feed; where its digests come from is `source.rs`.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::reader::Reader;
use super::source::SourceConfig;
use crate::model::day::weekdays;
use crate::model::feed::{Feed, FeedName, OnUnknown, Timing};
use crate::model::zone::parse_zone;

/// One of the `[[feeds]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedConfig {
    /// What the rest of the program knows of it.
    pub feed: Feed,
    /// Where its digests come from.
    pub source: SourceConfig,
    /// `site`: the address of the publisher's site; unset: as its `_config.yml` says.
    pub site: Option<String>,
    /// `shape`: how the feed's posts are built, where that cannot be told from a post.
    pub shape: Option<String>,
    /// `permalink`: the pattern of a post's address on the site; unset: as its `_config.yml` says.
    pub permalink: Option<String>,
}

impl FeedConfig {
    pub(super) fn read_all(root: &mut Reader<'_>) -> Vec<Self> {
        let sections = root.sections("feeds");
        if sections.is_empty() {
            root.fault(
                "feeds",
                "are missing: add a `[[feeds]]` section with `name`, `title` and `source`".into(),
            );
        }
        let mut names = BTreeSet::new();
        let mut feeds = Vec::new();
        for (path, table) in sections {
            let mut section = root.within(path, table);
            let Some(feed) = Self::read(&mut section) else {
                section.finish();
                continue;
            };
            if !names.insert(feed.feed.name.clone()) {
                section.fault("name", format!("= {:?} is taken by an earlier feed", feed.feed.name.as_str()));
            }
            section.finish();
            feeds.push(feed);
        }
        feeds
    }

    fn read(section: &mut Reader<'_>) -> Option<Self> {
        let name = section.required("name", "write a short name such as `ai-news`").filter(|name| {
            let fine = !name.is_empty()
                && name.len() <= 32
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if !fine {
                section.fault(
                    "name",
                    format!("= {name:?} must be 1 to 32 of a–z, 0–9 and `-`, such as `ai-news`"),
                );
            }
            fine
        });
        let title = section.required("title", "write what readers are to see, such as `AI 뉴스`");
        let language = section.parsed("language", "ko", |text| {
            text.parse().map_err(|_| "is no language; write `ko` or `en`".to_owned())
        });
        let timezone = section.parsed("timezone", "Asia/Seoul", |text| {
            parse_zone(text).map_err(|error| match error.suggestion {
                Some(near) => format!("is no time zone; did you mean `{near}`?"),
                None => "is no time zone; write an IANA name such as `Asia/Seoul`".to_owned(),
            })
        });
        let default = Timing::default();
        let timing = Timing {
            fresh_within: section.duration("fresh_within", default.fresh_within),
            late_within: section.duration("late_within", default.late_within),
            catch_up_within: section.duration("catch_up_within", default.catch_up_within),
            max_backlog: section.number("max_backlog", default.max_backlog, 1),
            expect_by: section.optional_parsed("expect_by", |text| {
                NaiveTime::parse_from_str(text, "%H:%M")
                    .map_err(|_| "is no time of day; write `16:30`".to_owned())
            }),
            delay: section.duration("delay", default.delay),
            days: days(section),
            skip_dates: skip_dates(section),
        };
        let on_unknown = section.parsed("on_unknown", "resend", |text| {
            text.parse().map_err(|_| "must be `resend` or `skip`".to_owned())
        });
        let hold = section.flag("hold", true);
        let site = section.optional_parsed("site", http_address);
        let permalink = section.optional_text("permalink");
        let shape = section.optional_text("shape");
        let source = SourceConfig::read(section);
        Some(Self {
            feed: Feed {
                name: FeedName(name?),
                title: title?,
                language: language?,
                timezone: timezone?,
                timing,
                on_unknown: on_unknown.unwrap_or(OnUnknown::Resend),
                hold,
            },
            source: source?,
            site,
            shape,
            permalink,
        })
    }
}

/// `days`: the days of the week on which a digest is expected; none: every day.
fn days(section: &mut Reader<'_>) -> Vec<Weekday> {
    let mut days = Vec::new();
    for word in section.words("days") {
        match weekdays(&word) {
            Some(meant) => days.extend(meant),
            None => section.fault(
                "days",
                format!("has {word:?}, which is no day; write `weekdays`, or a list of `mon` … `sun`"),
            ),
        }
    }
    days
}

/// `skip_dates`: days on which none is.
fn skip_dates(section: &mut Reader<'_>) -> Vec<NaiveDate> {
    let mut dates = Vec::new();
    for word in section.words("skip_dates") {
        match word.parse() {
            Ok(date) => dates.push(date),
            Err(_) => {
                section.fault("skip_dates", format!("has {word:?}, which is no date; write `2026-01-01`"))
            }
        }
    }
    dates
}

fn http_address(text: &str) -> Result<String, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("is no address; write `https://news.example`".to_owned()),
    }
}
