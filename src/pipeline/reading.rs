//! How a feed's posts are understood: raw posts to digests that can be kept. Ingest (`ingest.rs`) and import
//! (`import.rs`) share it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use crate::enrich::Classifier;
use crate::model::digest::{DigestKey, EnrichedDigest};
use crate::parse::{self, Draft, Rules, Warning};
use crate::plan::news;
use crate::source::{Found, Permalinks};
use crate::store::{ToArchive, fingerprint};
use crate::text::chain;

/// What posts of a feed are read by.
#[derive(Debug, Clone)]
pub struct Reading {
    /// How they are built, as the configuration says.
    pub rules: Rules,
    /// Where the publisher shows them.
    pub permalinks: Permalinks,
    /// What finds companies and topics.
    pub classifier: Arc<Classifier>,
    /// A hash of the classifier's dictionaries.
    pub dictionaries: String,
    /// The zone of dates that carry none.
    pub zone: Tz,
}

/// What a post came to by reading it.
#[derive(Debug)]
pub(crate) enum Read {
    /// It can be kept.
    Ready(Box<ToArchive>),
    /// Its date is still to come; its key.
    Early(DateTime<Utc>, DigestKey),
    /// It calls itself a draft; its key, if it has a date.
    Draft(Option<DigestKey>),
    /// It cannot be loaded, and why.
    Refused(String),
}

impl Reading {
    /// Changes when posts would be understood otherwise than before: with the rules, the site, the dictionaries and
    /// the program's version.
    pub(crate) fn hash(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        hex(format!("{version} {:?} {:?} {}", self.rules, self.permalinks, self.dictionaries).as_bytes())
    }

    /// Reads a post, known by what its source knows it by, and says what its writer may want to know.
    pub(crate) fn read(&self, found: &Found, now: DateTime<Utc>) -> (Read, Vec<Warning>) {
        match parse::parse(&found.raw, &self.rules) {
            Ok(mut draft) => {
                if found.key.is_some() {
                    draft.key.clone_from(&found.key);
                }
                let warnings = std::mem::take(&mut draft.warnings);
                (self.finish(draft, found.link.clone(), now), warnings)
            }
            Err(error) => (Read::Refused(chain(&error)), Vec::new()),
        }
    }

    /// Why a post cannot be loaded; `None`: it can, or waits for its date, or is a draft.
    pub(crate) fn refusal(&self, found: &Found, now: DateTime<Utc>) -> Option<String> {
        match self.read(found, now).0 {
            Read::Refused(reason) => Some(reason),
            Read::Ready(_) | Read::Early(..) | Read::Draft(_) => None,
        }
    }

    /// Reads a post that somebody wants now, whatever its date says.
    pub(crate) fn read_now(&self, found: &Found) -> Result<EnrichedDigest, String> {
        match self.read(found, DateTime::<Utc>::MAX_UTC).0 {
            Read::Ready(ready) => Ok(ready.digest),
            Read::Refused(reason) => Err(reason),
            Read::Draft(_) => Err("it calls itself a draft; take `published: false` out of it".to_owned()),
            Read::Early(..) => Err("its date is none".to_owned()),
        }
    }

    fn finish(&self, draft: Draft, link: Option<String>, now: DateTime<Utc>) -> Read {
        if draft.is_draft() {
            return Read::Draft(draft.key);
        }
        let link = link.or_else(|| self.permalinks.link(&draft));
        let digest = match draft.into_digest(link) {
            Ok(digest) => digest,
            Err(error) => return Read::Refused(chain(&error)),
        };
        if let Some(at) = news::waits_until(&digest.date, self.zone, now) {
            return Read::Early(at, digest.key);
        }
        Read::Ready(Box::new(ToArchive {
            fingerprint: fingerprint(&digest),
            published_at: digest.date.instant(self.zone),
            digest: self.classifier.enrich(digest),
        }))
    }
}

/// The hash of some bytes, in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
