//! Ingest: a feed's posts from its source into the store, each for itself, so that a broken one stops no other.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::enrich::Names;
use crate::model::digest::{DigestKey, EnrichedDigest};
use crate::model::feed::Feed;
use crate::model::hold::{HoldReason, Reception};
use crate::model::note::Person;
use crate::plan::{arrival, hold, news};
use crate::source::{Found, Look, Source};
use crate::store::{FeedLoads, Kept, LoadedPost, Store, StoreError, ToArchive};
use crate::text::chain;

use super::links::Resolver;
use super::pushed;
use super::reading::{Read, Reading};
use super::recheck::Recheck;

/// How exactly it is kept when a feed was last loaded: writing it at every look would wear the disk for nothing.
const LOADS_KEPT_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long a failed write is waited after, before the next try.
const RETRY: TimeDelta = TimeDelta::seconds(2);
/// How many posts of a first load are kept in one transaction.
const BATCH: usize = 250;

/// Loads one feed.
#[derive(Debug)]
pub struct Ingest {
    /// The feed.
    pub feed: Feed,
    /// Where its posts come from.
    pub source: Source,
    /// How its posts are understood.
    pub reading: Reading,
    /// What finds out where the links of news lead.
    pub resolver: Resolver,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: SharedClock,
    /// Who is told of a post that is held.
    pub operators: Vec<Person>,
    /// Notified when planning has something new to look at.
    pub plan: Arc<Notify>,
    /// By which a look is asked for.
    pub recheck: Arc<Recheck>,
    /// The dictionaries; what is loaded once they have changed is classified by the new ones.
    pub names: watch::Receiver<Arc<Names>>,
}

/// What is remembered from one round to the next.
#[derive(Debug, Default)]
struct Seen {
    /// Posts whose date is still to come.
    early: Vec<(DateTime<Utc>, Found)>,
    /// The digests of the posts that were read, by place.
    keys: HashMap<String, DigestKey>,
    /// Pushes that were read and are not loaded, by place and stamp.
    passed: Vec<String>,
    /// Whether the source knows what earlier runs have loaded.
    remembered: bool,
    /// Whether the last look failed: a success is noted at once then.
    failing: bool,
}

impl Ingest {
    /// Loads until `stop`: at once, whenever the source has something, and when a post's date comes.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut seen = Seen::default();
        while !stop.is_cancelled() {
            if self.names.has_changed().unwrap_or_default() {
                let names = Arc::clone(&self.names.borrow_and_update());
                self.reading.classifier = Arc::clone(&names.classifier);
                self.reading.dictionaries.clone_from(&names.fingerprint);
            }
            let round = tokio::select! {
                round = self.round(&mut seen) => round,
                // A source may take minutes to answer. What is cut off here is read again at the next start.
                () = stop.cancelled() => return,
            };
            let look_again_at = round.unwrap_or_else(|error| {
                tracing::error!(feed = %self.feed.name, error = chain(&error), "the feed cannot be stored; trying again");
                // What was read is forgotten, so that it is read again.
                self.source.forget();
                seen.early.clear();
                seen.passed.clear();
                Some(self.clock.now() + RETRY)
            });
            self.recheck.done();
            // Watchers miss things, and network drives say nothing at all.
            let anyway = self.source.next_look(self.clock.now());
            let next = seen.early.iter().map(|(at, _)| *at).chain(look_again_at).chain([anyway]).min();
            tokio::select! {
                () = self.clock.sleep_until(next.unwrap_or(anyway)) => {}
                () = self.source.woken() => {}
                () = self.recheck.asked() => self.source.hurry(),
                () = stop.cancelled() => {}
            }
        }
    }

    /// Looks once and loads what is there; returns when to look again.
    async fn round(&mut self, seen: &mut Seen) -> Result<Option<DateTime<Utc>>, StoreError> {
        if !seen.remembered {
            self.remember(seen).await?;
        }
        let now = self.clock.now();
        let loads = self.store.feed_loads(&self.feed.name).await?;
        let Look { complete, mut settled, removed, faults, mut look_again_at } = self.source.look(now).await;
        // The first load finds nothing: whatever is pushed is news.
        if matches!(self.source, Source::Push(_)) && loads.first.is_some() {
            let pushes = self.store.waiting_pushes(&self.feed.name, &seen.passed).await?;
            look_again_at = (!pushes.is_empty()).then_some(now);
            seen.passed.extend(pushes.iter().map(|push| format!("{}{}", push.place, push.stamp)));
            settled.extend(pushes.into_iter().map(pushed::found));
        }
        for fault in &faults {
            tracing::warn!(feed = %self.feed.name, error = chain(fault), "the feed is not wholly loaded");
            if !complete {
                let retry_at = self.source.next_look(now);
                self.store.note_load_failure(&self.feed.name, &fault.to_string(), retry_at, now).await?;
                seen.failing = true;
            }
        }
        // Before what is new is loaded: a post that was renamed is gone and there under another name.
        for place in &removed {
            if let Some(key) = seen.keys.remove(place) {
                self.withdraw(&key, now).await?;
            }
        }
        // A post that was written again while it waited for its date replaces the one that waits.
        seen.early.retain(|(_, waiting)| {
            !removed.contains(&waiting.place) && !settled.iter().any(|found| found.place == waiting.place)
        });
        let (ripe, unripe): (Vec<_>, Vec<_>) =
            std::mem::take(&mut seen.early).into_iter().partition(|(at, _)| *at <= now);
        seen.early = unripe;
        let found: Vec<Found> = ripe.into_iter().map(|(_, found)| found).chain(settled).collect();
        let mut loaded = Vec::new();
        let news = if loads.first.is_none() {
            self.archive(found, seen, &mut loaded, now).await?;
            false
        } else {
            self.load_each(found, seen, &mut loaded, loads, now).await?
        };
        self.store.note_posts(&self.feed.name, &loaded, &removed).await?;
        // Until all that was there at first has been read, what is found is of the first load.
        let all_read = look_again_at.is_none() || loads.first.is_some();
        let kept_lately = loads.last.is_some_and(|last| (now - last).abs() < LOADS_KEPT_EVERY);
        if complete && all_read && (!kept_lately || seen.failing) {
            self.store.note_load(&self.feed.name, now).await?;
            seen.failing = false;
        }
        if news {
            self.plan.notify_one();
        }
        Ok(look_again_at)
    }

    /// Tells the source what earlier runs have loaded.
    async fn remember(&mut self, seen: &mut Seen) -> Result<(), StoreError> {
        for post in self.store.loaded_posts(&self.feed.name, &self.reading.hash()).await? {
            self.source.remember(&post.place, &post.stamp);
            seen.keys.insert(post.place, post.key);
        }
        seen.remembered = true;
        Ok(())
    }

    /// Keeps what the first load finds, in few transactions: none of it is news.
    async fn archive(
        &self,
        found: Vec<Found>,
        seen: &mut Seen,
        loaded: &mut Vec<LoadedPost>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut archived = 0;
        let mut found = found.into_iter().peekable();
        while found.peek().is_some() {
            let mut ready: Vec<ToArchive> = Vec::new();
            for found in found.by_ref().take(BATCH) {
                if let Some(digest) = self.read(found, seen, loaded, now).await? {
                    ready.push(digest);
                }
                tokio::task::yield_now().await;
            }
            self.store.archive_digests(&self.feed.name, &ready, now).await?;
            archived += ready.len();
        }
        if archived > 0 {
            tracing::info!(feed = %self.feed.name, digests = archived, "archived at the first load");
        }
        Ok(())
    }

    /// Loads posts one by one; returns whether any of them is new or corrected.
    async fn load_each(
        &self,
        found: Vec<Found>,
        seen: &mut Seen,
        loaded: &mut Vec<LoadedPost>,
        loads: FeedLoads,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut news = false;
        for found in found {
            let post = found.raw.name.clone();
            if let Some(digest) = self.read(found, seen, loaded, now).await? {
                news |= !matches!(self.load(&post, digest, loads, now).await?, Kept::Unchanged(_));
            }
        }
        Ok(news)
    }

    /// Reads a post, and remembers what it is; `None`: it is not to be kept now, which the log explains.
    async fn read(
        &self,
        found: Found,
        seen: &mut Seen,
        loaded: &mut Vec<LoadedPost>,
        now: DateTime<Utc>,
    ) -> Result<Option<ToArchive>, StoreError> {
        let post = found.raw.name.clone();
        let (read, warnings) = self.reading.read(&found, now);
        for warning in warnings {
            tracing::warn!(feed = %self.feed.name, post, %warning, "a post has a fault");
        }
        match read {
            Read::Ready(digest) => {
                let key = digest.digest.key.clone();
                seen.keys.insert(found.place.clone(), key.clone());
                loaded.push(LoadedPost { place: found.place, stamp: found.stamp, key });
                return Ok(Some(*digest));
            }
            Read::Early(at, key) => {
                tracing::info!(feed = %self.feed.name, post, %at, "the post waits for its date");
                seen.keys.insert(found.place.clone(), key);
                seen.early.push((at, found));
            }
            Read::Draft(key) => {
                tracing::debug!(feed = %self.feed.name, post, "a draft is passed over");
                if let Some(key) = key {
                    self.withdraw(&key, now).await?;
                    seen.keys.insert(found.place, key);
                }
            }
            Read::Refused(reason) => {
                tracing::warn!(feed = %self.feed.name, post, reason, "a post cannot be loaded");
            }
        }
        Ok(None)
    }

    async fn load(
        &self,
        post: &str,
        read: ToArchive,
        loads: FeedLoads,
        now: DateTime<Utc>,
    ) -> Result<Kept, StoreError> {
        let ToArchive { digest, fingerprint, published_at } = read;
        let (zone, last_load) = (self.feed.timezone, loads.first.and(loads.last));
        let is_news = news::is_news(&digest.date, zone, now, last_load, self.feed.timing.fresh_within);
        if is_news {
            self.resolver.resolve(&digest).await?;
        }
        let reception = if is_news { self.reception(&digest).await? } else { Reception::Archived };
        let kept = self
            .store
            .keep_digest(&self.feed.name, &digest, &fingerprint, published_at, reception, now)
            .await?;
        match kept {
            Kept::New(id) => tracing::info!(
                feed = %self.feed.name, post, digest = id.0, articles = digest.articles.len(),
                ?reception, "loaded"
            ),
            Kept::Revised(id) => {
                tracing::info!(feed = %self.feed.name, post, digest = id.0, "corrected");
            }
            Kept::Unchanged(_) => {}
        }
        Ok(kept)
    }

    /// For whom a digest is that came in time: for all, unless it looks wrong.
    async fn reception(&self, digest: &EnrichedDigest) -> Result<Reception<'_>, StoreError> {
        let last = self.store.last_news(&self.feed.name, arrival::LEARN_FROM + 1).await?;
        let before: Vec<&EnrichedDigest> =
            last.iter().map(|stored| &stored.digest).filter(|before| before.key != digest.key).collect();
        Ok(match hold::reason(digest, &before) {
            None => Reception::News,
            Some(reason) if self.feed.hold => Reception::Held { reason, tell: &self.operators },
            // There is nothing in it to ring anybody for.
            Some(HoldReason::Empty) => Reception::Archived,
            Some(HoldReason::Thin | HoldReason::Repeated) => Reception::News,
        })
    }

    /// A post is not published any more: it goes to nobody who has not got it.
    async fn withdraw(&self, key: &DigestKey, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.store.withdraw_digest(&self.feed.name, key, now).await? {
            tracing::info!(feed = %self.feed.name, digest = %key, "withdrawn: what is not sent yet stays so");
        }
        Ok(())
    }
}
