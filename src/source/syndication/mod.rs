//! The feed of a blog, RSS, Atom or JSON Feed: which of its entries are new or changed. Calls are [`fetch`]'s, and an
//! entry becomes a post in [`entry`].
//!
//! An entry is known by its id. One that is not in the feed any more is not gone: feeds show their latest only.

mod entry;
mod fetch;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::source::look::{Found, Look, SourceFault};
use crate::source::pace::Pace;

use entry::Written;
use fetch::{Answer, Fetcher};

/// How many linked posts are fetched in one look: the rest is for the next.
const MAX_LINKED: usize = 10;

/// Where a feed is and how it is read.
#[derive(Debug, Clone)]
pub struct SyndicationSettings {
    /// Its address, `http` or `https`.
    pub url: url::Url,
    /// How often it is asked for.
    pub every: TimeDelta,
    /// The zone whose day an entry is of: feeds give instants.
    pub zone: Tz,
}

/// A blog's feed and what has been seen in it.
#[derive(Debug)]
pub struct Syndication {
    settings: SyndicationSettings,
    fetcher: Fetcher,
    pace: Pace,
    /// Entries that were handed over, with the hashes of what they said.
    known: HashMap<String, String>,
    /// Entries that are to be handed over.
    queue: Vec<Written>,
}

impl Syndication {
    /// A feed of which nothing has been seen.
    ///
    /// # Errors
    /// If no HTTP client can be built.
    pub fn new(settings: SyndicationSettings) -> Result<Self, reqwest::Error> {
        let fetcher = Fetcher::new()?;
        let pace = Pace::new(settings.every);
        Ok(Self { settings, fetcher, pace, known: HashMap::new(), queue: Vec::new() })
    }

    pub(super) fn remember(&mut self, place: &str, stamp: &str) {
        self.known.insert(place.to_owned(), stamp.to_owned());
    }

    pub(super) fn next_look(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.pace.next_at(now)
    }

    pub(super) fn hurry(&mut self) {
        self.pace.hurry();
    }

    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.queue.clear();
        self.fetcher.forget();
        self.pace.hurry();
    }

    pub(super) async fn look(&mut self, now: DateTime<Utc>) -> Look {
        let mut look = Look::default();
        if self.queue.is_empty() {
            if !self.pace.is_due(now) {
                return look;
            }
            match self.ask(now).await {
                Ok(written) => self.queue = written,
                Err(reason) => {
                    let place = self.settings.url.to_string();
                    look.faults.push(SourceFault::Remote { place, reason });
                    return look;
                }
            }
        }
        look.complete = true;
        let mut linked = 0;
        while let Some(written) = self.queue.pop() {
            let wants = written.wants_its_page(&self.settings.url);
            if wants.is_some() && linked == MAX_LINKED {
                self.queue.push(written);
                look.look_again_at = Some(now);
                break;
            }
            let page = match wants {
                Some(page) => {
                    linked += 1;
                    self.page(&page).await
                }
                None => None,
            };
            look.settled.push(self.hand_over(written, page.as_deref()));
        }
        look
    }

    /// The entries that are new or changed, newest first: they are taken from the end.
    async fn ask(&mut self, now: DateTime<Utc>) -> Result<Vec<Written>, String> {
        let (body, fresh_for) = match self.fetcher.feed(&self.settings.url, now).await {
            Ok(Answer::Unchanged { fresh_for }) => {
                self.pace.succeeded(now, fresh_for);
                return Ok(Vec::new());
            }
            Ok(Answer::Body { bytes, fresh_for }) => (bytes, fresh_for),
            Err(failed) => {
                self.pace.failed(now, failed.wait);
                return Err(failed.reason);
            }
        };
        let (url, zone) = (self.settings.url.to_string(), self.settings.zone);
        let read = tokio::task::spawn_blocking(move || entry::read(&body, &url, zone)).await;
        let written = read.unwrap_or_else(|_| Err("reading it ended unexpectedly".to_owned()));
        let mut written = written.inspect_err(|_| {
            self.fetcher.forget();
            self.pace.failed(now, None);
        })?;
        self.pace.succeeded(now, fresh_for);
        written.retain(|written| self.known.get(&written.place) != Some(&written.stamp));
        Ok(written)
    }

    /// The part of a page that is the post; `None` if it cannot be had, and then the summary has to do.
    async fn page(&self, url: &url::Url) -> Option<String> {
        let page = self.fetcher.page(url).await;
        let page = page.inspect_err(|failed| {
            tracing::warn!(%url, reason = failed.reason, "the linked post cannot be read; its summary is taken");
        });
        entry::post_of(&String::from_utf8_lossy(&page.ok()?))
    }

    fn hand_over(&mut self, written: Written, page: Option<&str>) -> Found {
        self.known.insert(written.place.clone(), written.stamp.clone());
        written.into_found(page)
    }
}
