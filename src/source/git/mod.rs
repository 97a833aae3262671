//! A Git repository of posts: which of them are new, changed or gone on its branch. Talking to Git is
//! [`repository`].
//!
//! Nothing is compared by history: each post is known by the hash of its content, so that a branch which was
//! written anew differs from the old one by what it says, and a post that moved back and forth is no news.

mod repository;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::model::digest::RawDigest;
use crate::source::folder::{MAX_BYTES, is_post};
use crate::source::look::{Found, Look, SourceFault};
use crate::source::pace::Pace;

use repository::{Listed, Repository};

/// How often the branch is asked for.
const EVERY: TimeDelta = TimeDelta::seconds(60);
/// How much is read in one look: the rest is for the next, so that a large repository needs little memory.
const MAX_READ: (usize, u64) = (500, 32 * 1024 * 1024);

/// Where a repository is.
#[derive(Debug, Clone)]
pub struct GitSettings {
    /// `https://`, `http://`, `git://`, `file://`, or a path on this machine.
    pub url: String,
    /// The branch; unset: the one that the repository calls its own.
    pub branch: Option<String>,
    /// The folder of the posts in it; empty: all of it.
    pub folder: String,
    /// What it is read with, where not everybody may.
    pub token: Option<SecretString>,
    /// Where the clone is kept.
    pub clone: PathBuf,
}

/// A repository and what has been seen in it.
#[derive(Debug)]
pub struct Git {
    repository: Repository,
    pace: Pace,
    /// The commit that was listed last.
    head: Option<String>,
    /// Posts that were handed over, with the hashes of their content.
    known: BTreeMap<String, String>,
    /// Posts that are to be read.
    queue: VecDeque<Listed>,
}

impl Git {
    /// A repository of which nothing has been seen.
    pub fn new(settings: GitSettings) -> Self {
        let (head, known, queue) = (None, BTreeMap::new(), VecDeque::new());
        Self { repository: Repository::new(settings), pace: Pace::new(EVERY), head, known, queue }
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
        self.head = None;
        self.queue.clear();
        self.known.values_mut().for_each(String::clear);
        self.pace.hurry();
    }

    pub(super) async fn look(&mut self, now: DateTime<Utc>) -> Look {
        let mut look = Look::default();
        if self.queue.is_empty() && !self.pace.is_due(now) {
            return look;
        }
        match self.ask(&mut look, now).await {
            Ok(()) => look.complete = true,
            Err(reason) => {
                self.pace.failed(now, None);
                // What was listed is listed anew.
                self.head = None;
                self.queue.clear();
                look.faults.push(SourceFault::Remote { place: self.repository.name().to_owned(), reason });
            }
        }
        look
    }

    async fn ask(&mut self, look: &mut Look, now: DateTime<Utc>) -> Result<(), String> {
        if self.queue.is_empty() {
            let head = self.repository.fetch().await?;
            if self.head.as_ref() != Some(&head) {
                let listed = self.repository.list(&head).await?;
                self.compare(listed, look)?;
                self.head = Some(head);
            }
            self.pace.succeeded(now, None);
        }
        self.read(look).await?;
        look.look_again_at = (!self.queue.is_empty()).then_some(now);
        Ok(())
    }

    /// Finds out what is to be read, and what is gone.
    fn compare(&mut self, listed: Vec<Listed>, look: &mut Look) -> Result<(), String> {
        let mut there = BTreeMap::new();
        for listed in listed {
            let hidden = listed.path.split('/').any(|part| part.starts_with('.'));
            if listed.is_file && !hidden && is_post(listed.path.as_ref()) {
                there.insert(listed.path.clone(), listed);
            }
        }
        if there.is_empty() && self.known.len() > 1 {
            return Err("there is no post in it any more, and there were some: none is withdrawn; \
                        check `branch` and `folder`"
                .to_owned());
        }
        let gone: Vec<String> =
            self.known.keys().filter(|place| !there.contains_key(*place)).cloned().collect();
        for place in gone {
            self.known.remove(&place);
            look.removed.push(place);
        }
        for (place, listed) in there {
            if listed.bytes > MAX_BYTES {
                look.faults.push(SourceFault::TooLarge { path: place.into(), bytes: listed.bytes });
            } else if self.known.get(&place) != Some(&listed.hash) {
                self.queue.push_back(listed);
            }
        }
        Ok(())
    }

    async fn read(&mut self, look: &mut Look) -> Result<(), String> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(next) = self.queue.front() {
            bytes += next.bytes;
            if batch.len() == MAX_READ.0 || (bytes > MAX_READ.1 && !batch.is_empty()) {
                break;
            }
            batch.extend(self.queue.pop_front());
        }
        if batch.is_empty() {
            return Ok(());
        }
        let contents = self.repository.read(&batch).await?;
        for (listed, bytes) in batch.into_iter().zip(contents) {
            let name = listed.path.rsplit('/').next().unwrap_or_default().to_owned();
            self.known.insert(listed.path.clone(), listed.hash.clone());
            let found = Found::of(listed.path, RawDigest { name, bytes });
            look.settled.push(Found { stamp: listed.hash, ..found });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
