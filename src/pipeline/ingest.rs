//! Ingest: a feed's posts from its source into the store, each for itself, so that a broken one stops no other.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::enrich::Classifier;
use crate::model::digest::{Digest, DigestKey, RawDigest};
use crate::model::feed::Feed;
use crate::parse::{self, Draft, Rules};
use crate::plan::news;
use crate::source::folder::POLL;
use crate::source::{Folder, Found, Look, Permalinks, Watch};
use crate::store::{FeedLoads, Kept, Store, StoreError, fingerprint};
use crate::text::chain;

/// How exactly it is kept when a feed was last loaded: writing it at every look would wear the disk for nothing.
const LOADS_KEPT_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Loads one feed.
#[derive(Debug)]
pub struct Ingest {
    /// The feed.
    pub feed: Feed,
    /// Its posts.
    pub folder: Folder,
    /// Where the publisher shows them.
    pub permalinks: Permalinks,
    /// How its posts are to be understood.
    pub rules: Rules,
    /// What finds companies and topics.
    pub classifier: Arc<Classifier>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
    /// Notified when planning has something new to look at.
    pub plan: Arc<Notify>,
}

/// What is remembered from one round to the next.
#[derive(Debug, Default)]
struct Seen {
    /// Posts whose date is still to come.
    early: Vec<(DateTime<Utc>, Found)>,
    /// The digests of the files that were read.
    keys: HashMap<PathBuf, DigestKey>,
}

/// What a post came to.
enum Loaded {
    /// It is in the store.
    Kept(Kept),
    /// Its date is still to come.
    Early(DateTime<Utc>),
    /// It is a draft, or it cannot be loaded; the log says so.
    PassedOver,
}

impl Ingest {
    /// Loads until `stop`: at once, whenever the folder changes, and when a post's date comes.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut watch = Watch::new(self.folder.path())
            .inspect_err(|error| {
                tracing::info!(feed = %self.feed.name, error = chain(error), "the folder is not watched, only looked at");
            })
            .ok();
        let mut seen = Seen::default();
        while !stop.is_cancelled() {
            let look_again_at = self.round(&mut seen).await.unwrap_or_else(|error| {
                tracing::error!(feed = %self.feed.name, error = chain(&error), "the feed cannot be stored; trying again");
                // What was read is forgotten, so that it is read again.
                self.folder.forget();
                seen.early.clear();
                None
            });
            // Watchers miss things, and network drives say nothing at all.
            let anyway = self.clock.now() + POLL;
            let next = seen.early.iter().map(|(at, _)| *at).chain(look_again_at).chain([anyway]).min();
            tokio::select! {
                () = self.clock.sleep_until(next.unwrap_or(anyway)) => {}
                () = changed(&mut watch) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Looks once and loads what is there; returns when the folder has to be looked at again.
    async fn round(&mut self, seen: &mut Seen) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.clock.now();
        let loads = self.store.feed_loads(&self.feed.name).await?;
        let look = self.look(now).await;
        for fault in &look.faults {
            tracing::warn!(feed = %self.feed.name, error = chain(fault), "the feed is not wholly loaded");
            if !look.complete {
                self.store.note_load_failure(&self.feed.name, &fault.to_string()).await?;
            }
        }
        let Look { complete, settled, removed, look_again_at, .. } = look;
        // Before what is new is loaded: a file that was renamed is gone and there under another name.
        for path in &removed {
            if let Some(key) = seen.keys.remove(path) {
                self.withdraw(&key, now).await?;
            }
        }
        // A post that was written again while it waited for its date replaces the one that waits.
        seen.early.retain(|(_, waiting)| {
            !removed.contains(&waiting.path) && !settled.iter().any(|found| found.path == waiting.path)
        });
        let (ripe, unripe): (Vec<_>, Vec<_>) =
            std::mem::take(&mut seen.early).into_iter().partition(|(at, _)| *at <= now);
        seen.early = unripe;
        let mut news = false;
        for found in ripe.into_iter().map(|(_, found)| found).chain(settled) {
            let Some(draft) = self.understand(&found.raw) else { continue };
            if let Some(key) = &draft.key {
                seen.keys.insert(found.path.clone(), key.clone());
            }
            match self.load(draft, loads, now).await? {
                Loaded::Kept(kept) => news |= !matches!(kept, Kept::Unchanged(_)),
                Loaded::Early(at) => seen.early.push((at, found)),
                Loaded::PassedOver => {}
            }
        }
        // Until all that was there at first has been read, what is found is of the first load.
        let all_read = look_again_at.is_none() || loads.first.is_some();
        let kept_lately = loads.last.is_some_and(|last| (now - last).abs() < LOADS_KEPT_EVERY);
        if complete && all_read && !kept_lately {
            self.store.note_load(&self.feed.name, now).await?;
        }
        if news {
            self.plan.notify_one();
        }
        Ok(look_again_at)
    }

    /// Looks into the folder, which blocks, on a thread for such things.
    async fn look(&mut self, now: DateTime<Utc>) -> Look {
        let path = self.folder.path().to_owned();
        let mut folder = std::mem::replace(&mut self.folder, Folder::new(path));
        let looked = tokio::task::spawn_blocking(move || {
            let look = folder.look(now);
            (folder, look)
        });
        match looked.await {
            Ok((folder, look)) => {
                self.folder = folder;
                look
            }
            // The fresh folder reads everything again.
            Err(error) => {
                tracing::error!(feed = %self.feed.name, %error, "looking into the folder ended unexpectedly");
                Look::default()
            }
        }
    }

    async fn load(&self, draft: Draft, loads: FeedLoads, now: DateTime<Utc>) -> Result<Loaded, StoreError> {
        let post = draft.name.clone();
        if draft.is_draft() {
            tracing::debug!(feed = %self.feed.name, post, "a draft is passed over");
            if let Some(key) = &draft.key {
                self.withdraw(key, now).await?;
            }
            return Ok(Loaded::PassedOver);
        }
        let Some(digest) = self.finish(draft) else { return Ok(Loaded::PassedOver) };
        let zone = self.feed.timezone;
        if let Some(at) = news::waits_until(&digest.date, zone, now) {
            tracing::info!(feed = %self.feed.name, post, %at, "the post waits for its date");
            return Ok(Loaded::Early(at));
        }
        let last_load = loads.first.and(loads.last);
        let is_news = news::is_news(&digest.date, zone, now, last_load, self.feed.timing.fresh_within);
        let (print, published_at) = (fingerprint(&digest), digest.date.instant(zone));
        let enriched = self.classifier.enrich(digest);
        let kept =
            self.store.keep_digest(&self.feed.name, &enriched, &print, published_at, is_news, now).await?;
        match kept {
            Kept::New(id) => tracing::info!(
                feed = %self.feed.name, post, digest = id.0, articles = enriched.articles.len(),
                news = is_news, "loaded"
            ),
            Kept::Revised(id) => {
                tracing::info!(feed = %self.feed.name, post, digest = id.0, "corrected");
            }
            Kept::Unchanged(_) => {}
        }
        Ok(Loaded::Kept(kept))
    }

    /// The post as far as it can be understood; the log says what is wrong with it.
    fn understand(&self, raw: &RawDigest) -> Option<Draft> {
        let draft = parse::parse(raw, &self.rules)
            .inspect_err(|error| tracing::warn!(feed = %self.feed.name, error = chain(error), "a post cannot be loaded"))
            .ok()?;
        for warning in &draft.warnings {
            tracing::warn!(feed = %self.feed.name, post = raw.name, %warning, "a post has a fault");
        }
        Some(draft)
    }

    /// The post as a digest; `None` if it cannot be one, which the log explains.
    fn finish(&self, draft: Draft) -> Option<Digest> {
        let link = self.permalinks.link(&draft);
        draft
            .into_digest(link)
            .inspect_err(|error| tracing::warn!(feed = %self.feed.name, error = chain(error), "a post cannot be loaded"))
            .ok()
    }

    /// A post is not published any more: it goes to nobody who has not got it.
    async fn withdraw(&self, key: &DigestKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.store.withdraw_digest(&self.feed.name, key, now).await? {
            tracing::info!(feed = %self.feed.name, digest = %key, "withdrawn: what is not sent yet stays so");
        }
        Ok(())
    }
}

async fn changed(watch: &mut Option<Watch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}
