//! Dispatch: decides for each subscription what is due, sets it, and puts it into the outbox in one transaction.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::enrich::Names;
use crate::model::channel::{Address, ChannelKind, Platform};
use crate::model::digest::{DigestId, StoredDigest};
use crate::model::feed::{Feed, FeedName};
use crate::model::lexicon::Lexicon;
use crate::model::message::Rendered;
use crate::model::reply::Edition;
use crate::model::subscription::{Style, Subscription, SubscriptionId};
use crate::model::term::Term;
use crate::model::withdrawn::Withdrawn;
use crate::pipeline::corrections::passing;
use crate::plan::{self, Batch, Cause, Form, Standing, Waiting, arrival, selection};
use crate::render::{self, Surface};
use crate::store::{Due, NewDelivery, Planned, Store, StoreError, joined};
use crate::text::chain;

/// Subscriptions that are decided on in one transaction: few enough that claims hardly wait for it, and that a slow machine is
/// done with it before anything comes between.
pub(super) const AT_ONCE: u32 = 500;
/// Renderings that are kept for the next batch.
const MOST_RENDERINGS: usize = 1_000;
/// After the database failed, planning waits this long before it asks again.
const AFTER_STORE_ERROR: TimeDelta = TimeDelta::seconds(2);
/// A subscription that is due and cannot be read is looked at again after this; the log names it each time.
const UNREADABLE: TimeDelta = TimeDelta::minutes(1);

/// Plans all subscriptions.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// The database.
    pub store: Store,
    /// The configured feeds.
    pub feeds: Vec<Feed>,
    /// The names of companies and topics.
    pub lexicon: Arc<Lexicon>,
    /// Where others take their place, once the dictionaries were read again.
    pub names: watch::Receiver<Arc<Names>>,
    /// The time.
    pub clock: SharedClock,
    /// Notified when there is something new to look at.
    pub wake: Arc<Notify>,
    /// Notified when the outbox has something new for a platform.
    pub deliver: HashMap<Platform, Arc<Notify>>,
    /// Notified when there may be a note to send.
    pub notes: Vec<Arc<Notify>>,
    /// The Telegram bot's username, once it is known: links in groups need it.
    pub telegram_bot: Arc<OnceLock<String>>,
}

/// What was decided on some of the subscriptions that are due.
struct Decided {
    /// When.
    at: DateTime<Utc>,
    planned: Vec<Planned>,
    /// The last of them; `None`: there is none.
    last: Option<Due>,
}

/// What is known of a feed in one round.
struct News<'a> {
    feed: &'a Feed,
    /// Its news that some subscription has still to get, by edition.
    digests: Vec<StoredDigest>,
    /// When its digests usually arrive, in its zone.
    usual: Option<NaiveTime>,
}

/// What a rendering depends on, with each digest's revision; channels that agree in it get the same messages.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Setting {
    digests: Vec<(DigestId, u32)>,
    shown: Shown,
    style: Style,
    language: &'static str,
    filter: Vec<String>,
    mutes: Vec<Term>,
    place: Place,
}

/// How digests are shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shown {
    /// Each for itself, or together.
    pub(super) form: Form,
    /// The local time of the correction that it notes, if it is one.
    pub(super) corrected_at: Option<NaiveTime>,
}

/// The kinds of places that messages are set differently for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Discord,
    DiscordForum,
    TelegramPrivate,
    TelegramGroup,
}

pub(super) type Rendering = HashMap<Setting, Arc<Vec<Rendered>>>;

impl Dispatch {
    /// Plans until `stop`: at each slot, and whenever something new is there.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if self.names.has_changed().unwrap_or_default() {
                self.lexicon = Arc::clone(&self.names.borrow_and_update().lexicon);
            }
            let next = match self.round().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(error = chain(&error), "planning failed; trying again");
                    Some(self.clock.now() + AFTER_STORE_ERROR)
                }
            };
            tokio::select! {
                // Whoever changed something may have changed what is in the outbox already.
                () = self.wake.notified() => {
                    self.deliver.values().chain(&self.notes).for_each(|other| other.notify_one());
                }
                () = sleep(&self.clock, next) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Brings deliveries up to date and decides on every subscription that is due; returns when to look again.
    async fn round(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.learn_bot().await?;
        self.end_what_is_over(self.clock.now()).await?;
        self.set_anew(self.clock.now()).await?;
        self.correct(self.clock.now()).await?;
        self.resend(self.clock.now()).await?;
        // Whoever shares a rendering need not come in the same batch; where all differ, it must not grow for ever.
        let mut rendering = Rendering::new();
        let mut decided = self.decide(None, &mut rendering).await?;
        loop {
            let Decided { at: now, planned, last: Some(last) } = decided else {
                let next = self.store.next_planning().await?;
                // What has become due since is looked at again at once.
                return Ok(next.map(|at| if at > decided.at { at } else { decided.at + UNREADABLE }));
            };
            // While these are written, by a task of its own, it is decided on the next.
            let store = self.store.clone();
            let writing = tokio::spawn(async move { store.put_planned(&planned, now).await });
            let next = self.decide(Some(&last), &mut rendering).await;
            let written = joined(writing).await?;
            if written > 0 {
                tracing::info!(deliveries = written, "planned");
                self.deliver.values().for_each(|deliver| deliver.notify_one());
            }
            decided = next?;
            if decided.last.is_none() {
                // From the beginning: of those before, some may have been changed meanwhile.
                decided = self.decide(None, &mut rendering).await?;
            }
        }
    }

    /// Decides on the subscriptions that are due, of those after one.
    async fn decide(&self, after: Option<&Due>, rendering: &mut Rendering) -> Result<Decided, StoreError> {
        let now = self.clock.now();
        let mut due = self.store.subscriptions_due(now, after, AT_ONCE).await?;
        let news = self.news(&due).await?;
        if rendering.len() > MOST_RENDERINGS {
            rendering.clear();
        }
        let planned = due.iter().map(|due| self.plan(due, &news, rendering, now)).collect();
        Ok(Decided { at: now, planned, last: due.pop() })
    }

    /// The bot's name, as whoever talked to Telegram last has learned it.
    async fn learn_bot(&self) -> Result<(), StoreError> {
        if self.telegram_bot.get().is_none()
            && let Some(name) = self.store.bot(Platform::Telegram).await?
        {
            self.telegram_bot.get_or_init(|| name);
        }
        Ok(())
    }

    /// Pauses and mutes end when their time has come.
    async fn end_what_is_over(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (pauses, mutes) = (self.store.end_pauses(now).await?, self.store.end_mutes(now).await?);
        if pauses > 0 || mutes > 0 {
            tracing::info!(pauses, mutes, "their time is over");
        }
        Ok(())
    }

    /// What the feeds of these subscriptions have for any of them.
    async fn news(&self, due: &[Due]) -> Result<HashMap<FeedName, News<'_>>, StoreError> {
        let mut news = HashMap::new();
        for feed in &self.feeds {
            let of_feed = due.iter().filter(|due| due.subscription.feed == feed.name);
            let Some(from) = of_feed.map(|due| due.subscription.edition).min() else { continue };
            let digests = self.store.news_after(&feed.name, from).await?;
            let arrivals = self.store.arrivals(&feed.name, arrival::LEARN_FROM).await?;
            let usual = feed.timing.expect_by.or_else(|| arrival::usual_in(&arrivals, feed.timezone));
            news.insert(feed.name.clone(), News { feed, digests, usual });
        }
        Ok(news)
    }

    fn plan(
        &self,
        due: &Due,
        news: &HashMap<FeedName, News<'_>>,
        rendering: &mut Rendering,
        now: DateTime<Utc>,
    ) -> Planned {
        let subscription = &due.subscription;
        let mut planned = Planned {
            subscription: subscription.id,
            channel: subscription.channel,
            platform: due.address.platform(),
            edition_before: subscription.edition,
            next_at_before: due.next_at,
            edition: subscription.edition,
            last_slot: subscription.last_slot,
            late_until: subscription.late_until,
            owes_list: subscription.owes_list,
            next_at: None,
            deliveries: Vec::new(),
        };
        // A feed that is not configured any more delivers nothing; it may come back.
        let Some(news) = news.get(&subscription.feed) else { return planned };
        let waiting = waiting(&news.digests, subscription, news.feed);
        let verdict = plan::decide(&Standing {
            subscription,
            timing: &news.feed.timing,
            feed_zone: news.feed.timezone,
            usual: news.usual,
            waiting: &waiting.iter().map(|(_, waiting)| *waiting).collect::<Vec<_>>(),
            now,
        });
        planned.last_slot = verdict.last_slot;
        planned.late_until = verdict.late_until;
        planned.owes_list = verdict.owes_list;
        planned.next_at = verdict.look_again_at;
        if let Some(batch) = verdict.deliver {
            let digests: Vec<&StoredDigest> = batch
                .digests
                .iter()
                .filter_map(|id| waiting.iter().find(|(stored, _)| stored.id.0 == *id))
                .map(|(stored, _)| *stored)
                .collect();
            planned.edition =
                digests.iter().filter_map(|stored| stored.edition).max().unwrap_or(planned.edition);
            planned.deliveries = self.deliveries(due, news.feed, &batch, &digests, rendering);
        }
        planned
    }

    fn deliveries(
        &self,
        due: &Due,
        feed: &Feed,
        batch: &Batch,
        digests: &[&StoredDigest],
        rendering: &mut Rendering,
    ) -> Vec<NewDelivery> {
        let groups: Vec<Vec<&StoredDigest>> = match batch.form {
            Form::Each => digests.iter().map(|stored| vec![*stored]).collect(),
            Form::List | Form::RoundUp => vec![digests.to_vec()],
        };
        let mut edition = due.subscription.edition;
        groups
            .into_iter()
            .filter_map(|group| {
                let after_edition = Some(edition);
                edition = group.iter().filter_map(|stored| stored.edition).max().unwrap_or(edition);
                let messages =
                    self.set(due, feed, &group, Shown { form: batch.form, corrected_at: None }, rendering);
                let last = group.last().filter(|_| !messages.is_empty())?;
                Some(NewDelivery {
                    digest: last.id,
                    revision: last.revision,
                    occasion: 0,
                    on_unknown: feed.on_unknown,
                    due_at: batch.due_at,
                    is_list: batch.form != Form::Each,
                    after_edition,
                    heeds_quiet: batch.cause != Cause::Slot,
                    nonces: nonces(due.subscription.id, last, 0, messages.len()),
                    messages,
                })
            })
            .collect()
    }

    /// The messages for one delivery; none if nothing passes the filter. Set once for all channels that agree.
    pub(super) fn set(
        &self,
        due: &Due,
        feed: &Feed,
        digests: &[&StoredDigest],
        shown: Shown,
        rendering: &mut Rendering,
    ) -> Arc<Vec<Rendered>> {
        self.set_without(due, feed, digests, shown, &[], rendering)
    }

    /// The same, with what a correction took out of the digest. `rendering` must be of the same `withdrawn`.
    pub(super) fn set_without(
        &self,
        due: &Due,
        feed: &Feed,
        digests: &[&StoredDigest],
        shown: Shown,
        withdrawn: &[Withdrawn],
        rendering: &mut Rendering,
    ) -> Arc<Vec<Rendered>> {
        let wish = &due.subscription.wish;
        let place = place(due.address, due.kind);
        let setting = Setting {
            digests: digests.iter().map(|stored| (stored.id, stored.revision)).collect(),
            shown,
            style: wish.style,
            language: wish.language.code(),
            filter: wish.filter.clone(),
            mutes: due.subscription.mutes.clone(),
            place,
        };
        let messages = rendering.entry(setting).or_insert_with(|| {
            let surface = self.surface(place);
            let editions: Vec<Edition> = digests
                .iter()
                .filter_map(|stored| self.edition(&due.subscription, feed, stored, shown.corrected_at))
                .collect();
            Arc::new(match (shown.form, editions.as_slice()) {
                (_, []) => Vec::new(),
                (Form::Each, [edition, ..]) => {
                    let withdrawn = passing(withdrawn, edition, &due.subscription, &self.lexicon);
                    render::corrected(surface, edition, &withdrawn, &self.lexicon)
                }
                (Form::List | Form::RoundUp, editions) => render::list(surface, editions, &self.lexicon),
            })
        });
        match due.mention.filter(|_| due.address.platform() == Platform::Discord) {
            Some(role) => {
                let mut messages = messages.to_vec();
                render::mentioning(&mut messages, role);
                Arc::new(messages)
            }
            None => Arc::clone(messages),
        }
    }

    /// What messages are set for in a kind of place.
    pub(super) fn surface(&self, place: Place) -> Surface<'_> {
        match place {
            Place::Discord => Surface::Discord,
            Place::DiscordForum => Surface::DiscordForum,
            Place::TelegramPrivate => Surface::TelegramPrivate,
            Place::TelegramGroup => {
                Surface::TelegramGroup { bot: self.telegram_bot.get().map(String::as_str) }
            }
        }
    }

    /// A digest as this subscription wants it; `None` if nothing of it passes.
    pub(super) fn edition(
        &self,
        subscription: &Subscription,
        feed: &Feed,
        stored: &StoredDigest,
        corrected_at: Option<NaiveTime>,
    ) -> Option<Edition> {
        let wish = &subscription.wish;
        Some(Edition {
            feed: feed.clone(),
            selection: selection::select(&stored.digest, subscription, &self.lexicon)?,
            digest: stored.digest.clone(),
            style: wish.style,
            language: wish.language,
            corrected_at,
        })
    }
}

/// The digests that a subscription has still to get, in the order of their editions. A subscription knows only the
/// last edition that it has got, so none may overtake an earlier one: a digest that says an earlier date than the
/// one before it counts as of that one's.
fn waiting<'d>(
    digests: &'d [StoredDigest],
    subscription: &Subscription,
    feed: &Feed,
) -> Vec<(&'d StoredDigest, Waiting)> {
    let mut latest = DateTime::<Utc>::MIN_UTC;
    digests
        .iter()
        .filter(|stored| stored.edition > Some(subscription.edition))
        .map(|stored| {
            latest = latest.max(stored.digest.date.instant(feed.timezone));
            (stored, Waiting { digest: stored.id.0, stored_at: stored.stored_at, published: latest })
        })
        .collect()
}

pub(super) fn place(address: Address, kind: ChannelKind) -> Place {
    match (address.platform(), kind) {
        (Platform::Discord, ChannelKind::Forum) => Place::DiscordForum,
        (Platform::Discord, _) => Place::Discord,
        (Platform::Telegram, ChannelKind::Private) => Place::TelegramPrivate,
        (Platform::Telegram, _) => Place::TelegramGroup,
    }
}

/// A nonce that is this message's at every attempt and no other's: 24 hexadecimal digits (Discord takes 25
/// characters).
pub(super) fn nonce(subscription: SubscriptionId, digest: &StoredDigest, occasion: u32, part: u32) -> String {
    let key = format!("{}/{}/{}/{occasion}/{part}", subscription.0, digest.id.0, digest.revision);
    Sha256::digest(key).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The nonces of so many messages.
pub(super) fn nonces(
    subscription: SubscriptionId,
    digest: &StoredDigest,
    occasion: u32,
    count: usize,
) -> Vec<String> {
    (1_u32..).take(count).map(|part| nonce(subscription, digest, occasion, part)).collect()
}

async fn sleep(clock: &SharedClock, until: Option<DateTime<Utc>>) {
    match until {
        Some(at) => clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}
