//! A database with many channels that all wait for the same slot, and a digest for them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{before_next_look, posts};
use crate::clock::{Clock as _, SharedClock, TestClock};
use crate::enrich::{Dictionaries, Names};
use crate::model::Language;
use crate::model::channel::Platform;
use crate::model::digest::{EnrichedDigest, RawDigest};
use crate::model::feed::{Feed, FeedName, OnUnknown, Timing};
use crate::model::hold::Reception;
use crate::model::message::Body;
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::Style;
use crate::parse::{self, Rules};
use crate::pipeline::Dispatch;
use crate::render::{self, Surface};
use crate::store::{Store, Transfer, fingerprint};

/// What is not planned after this never will be.
const PATIENCE: Duration = Duration::from_secs(600);
/// The wishes that channels have, in turn: style, language and filter.
const WISHES: [(&str, &str, &str); 12] = [
    ("summary", "ko", "[]"),
    ("full", "ko", "[]"),
    ("headlines", "ko", "[]"),
    ("summary", "en", "[]"),
    ("summary", "ko", r#"["chips"]"#),
    ("full", "ko", r#"["chips"]"#),
    ("summary", "ko", r#"["models"]"#),
    ("headlines", "en", "[]"),
    ("summary", "ko", r#"["NVIDIA", "robotics"]"#),
    ("full", "en", "[]"),
    ("summary", "ko", r#"["데이터센터"]"#),
    ("summary", "en", r#"["infrastructure"]"#),
];

/// The digest arrives an hour before the slot of all.
const SLOT: &str = "2026-03-02T00:00:00Z";
const BEFORE: TimeDelta = TimeDelta::hours(1);
const BOT: &str = "jogan_bot";

/// Who the channels of a crowd are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Half of them on each platform, with all kinds of wishes.
    Mixed,
    /// All with the same wish.
    Alike,
}

/// A planner, and what it plans for.
pub(super) struct Crowd {
    store: Store,
    clock: Arc<TestClock>,
    /// Notified when the outbox has something.
    deliver: Arc<Notify>,
    names: Arc<Names>,
    stop: CancellationToken,
    planner: tokio::task::JoinHandle<()>,
    slot: DateTime<Utc>,
    digest: EnrichedDigest,
}

/// How long planning took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planning {
    /// Until the first message could go.
    pub(super) first: Duration,
    /// Until every delivery was written.
    pub(super) all: Duration,
}

impl Crowd {
    /// So many channels in a new database, at these addresses; the digest is there, and the slot has not come.
    pub(super) async fn gather(
        store: &Store,
        kind: Kind,
        addresses: impl Iterator<Item = String>,
    ) -> anyhow::Result<Self> {
        let slot: DateTime<Utc> = SLOT.parse()?;
        let clock = Arc::new(TestClock::new(slot - BEFORE));
        fill(store, kind, addresses, clock.now()).await?;
        let feed = feed();
        let dictionaries = Dictionaries::shipped();
        let names = Arc::new(Names::new(&dictionaries));
        let digest = keep_digest(store, &feed, &names, clock.now()).await?;
        let deliver = Arc::new(Notify::new());
        let (_, further_names) = watch::channel(Arc::clone(&names));
        let shared: SharedClock = clock.clone();
        let dispatch = Dispatch {
            store: store.clone(),
            feeds: vec![feed],
            lexicon: Arc::clone(&names.lexicon),
            names: further_names,
            clock: shared,
            wake: Arc::new(Notify::new()),
            deliver: HashMap::from(
                [Platform::Discord, Platform::Telegram].map(|p| (p, Arc::clone(&deliver))),
            ),
            notes: Vec::new(),
            telegram_bot: Arc::new(OnceLock::from(BOT.to_owned())),
        };
        let stop = CancellationToken::new();
        let planner = tokio::spawn(dispatch.run(stop.clone()));
        let crowd = Self { store: store.clone(), clock, deliver, names, stop, planner, slot, digest };
        // The digest's arrival makes planning look at everybody once; nothing is due yet.
        crowd.planned_up_to(crowd.slot - TimeDelta::milliseconds(1)).await?;
        Ok(crowd)
    }

    /// The slot comes.
    pub(super) async fn plan(&self) -> anyhow::Result<Planning> {
        let begun = Instant::now();
        self.clock.set(self.slot);
        self.deliver.notified().await;
        let first = begun.elapsed();
        self.planned_up_to(self.slot).await?;
        Ok(Planning { first, all: begun.elapsed() })
    }

    /// Waits until planning has nothing more to look at up to an instant.
    async fn planned_up_to(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let begun = Instant::now();
        let planned = async {
            while self.store.next_planning().await?.is_some_and(|next| next <= at) {
                before_next_look(begun).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, planned).await.context("planning takes longer than ten minutes")?
    }

    /// The bodies that a channel of [`Kind::Alike`] gets.
    pub(super) fn bodies(&self, platform: Platform) -> Vec<Body> {
        let edition = Edition {
            feed: feed(),
            digest: self.digest.clone(),
            selection: Selection::All,
            style: Style::Summary,
            language: Language::Ko,
            corrected_at: None,
        };
        let surface = match platform {
            Platform::Discord => Surface::Discord,
            Platform::Telegram => Surface::TelegramGroup { bot: Some(BOT) },
        };
        let messages = render::edition(surface, &edition, &self.names.lexicon);
        messages.into_iter().map(|message| message.body).collect()
    }

    /// Notified when the outbox has something.
    pub(super) fn deliver(&self) -> Arc<Notify> {
        Arc::clone(&self.deliver)
    }

    /// Ends planning.
    pub(super) async fn leave(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.planner.await?)
    }
}

fn feed() -> Feed {
    Feed {
        name: FeedName("bench".to_owned()),
        title: "AI 뉴스".to_owned(),
        language: Language::Ko,
        timezone: chrono_tz::Asia::Seoul,
        timing: Timing::default(),
        on_unknown: OnUnknown::Resend,
        hold: false,
    }
}

/// Channels and subscriptions come as a move from another database does: all in one transaction.
async fn fill(
    store: &Store,
    kind: Kind,
    addresses: impl Iterator<Item = String>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let mut transfer = serde_json::to_value(store.export(now).await?)?;
    let now = now.timestamp_millis();
    let (mut channels, mut subscriptions) = (Vec::new(), Vec::new());
    for (id, address) in (1_usize..).zip(addresses) {
        let (platform, _) = address.split_once(':').context("an address names its platform")?;
        let of_channel = if platform == Platform::Discord.name() { "text" } else { "group" };
        let (style, language, filter) = match kind {
            Kind::Mixed => WISHES[id % WISHES.len()],
            Kind::Alike => WISHES[0],
        };
        subscriptions.push(json!({
            "id": id, "channel_id": id, "feed": "bench", "schedule": "09:00", "timezone": "Asia/Seoul",
            "style": style, "filter": filter, "language": language, "edition": 0, "last_slot": now,
            "next_at": now, "created_at": now,
        }));
        channels.push(json!({
            "id": id, "platform": platform, "address": address, "kind": of_channel, "language": language,
            "state": "active", "state_since": now, "created_at": now,
        }));
    }
    transfer["channels"] = channels.into();
    transfer["subscriptions"] = subscriptions.into();
    let transfer: Transfer = serde_json::from_value(transfer)?;
    Ok(store.restore(&transfer).await?)
}

async fn keep_digest(
    store: &Store,
    feed: &Feed,
    names: &Names,
    now: DateTime<Utc>,
) -> anyhow::Result<EnrichedDigest> {
    let (name, text) = posts::news(1, now.with_timezone(&feed.timezone).fixed_offset());
    let draft = parse::parse(&RawDigest { name, bytes: text.into_bytes() }, &Rules::default())?;
    let digest = draft.into_digest(None)?;
    let print = fingerprint(&digest);
    let digest = names.classifier.enrich(digest);
    store.keep_digest(&feed.name, &digest, &print, now, Reception::News, now).await?;
    Ok(digest)
}
