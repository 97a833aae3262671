//! What each channel must have seen, reckoned without plan, store or worker: which digests came out, which of them
//! may be missing, and what the channels' messages say. Every bullet of a digest has a mark of its own
//! (`zq2v1x0x3`: digest, revision, article, bullet), and so has every headline (`zh2x0`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use jogan::clock::Clock as _;
use jogan::model::channel::{Address, Platform};
use jogan::model::message::MessageState;
use jogan::model::{Article, Block, Digest, DigestDate, DigestKey, Inline, Section};
use proptest::prelude::*;

use crate::model::platform::Posted;
use crate::model::scene::Scene;

/// Corrections are made for this long.
const CORRECTED_FOR: TimeDelta = TimeDelta::hours(48);
/// More than so many that were missed become one list.
const MAX_BACKLOG: usize = 3;
/// A digest of two messages on both platforms has so many articles with so many bullets.
const LONG: (usize, usize) = (3, 12);
const SHORT: (usize, usize) = (1, 2);

/// A digest that came out.
#[derive(Debug)]
struct Issue {
    digest: Digest,
    revision: usize,
    size: (usize, usize),
    /// It was withdrawn at some time: who had not got it then need not get it.
    may_be_missing: bool,
    is_withdrawn: bool,
    corrected: bool,
    /// Channels of which the bot knew that they were lost when it came out.
    missed_by: BTreeSet<Address>,
    /// Channels that may show an earlier revision: the correction came late, or the channel was lost after it.
    may_be_old: BTreeSet<Address>,
}

/// Which digests came out, and who saw them.
pub(crate) struct Account {
    channels: Vec<Address>,
    issues: Vec<Issue>,
    /// When a channel got something of a digest first, by its digest.
    seen_at: BTreeMap<(Address, usize), DateTime<Utc>>,
    /// How many messages of each channel were looked at.
    looked_at: BTreeMap<Address, usize>,
}

/// What a message says.
#[derive(Debug, Default)]
struct Said {
    /// Digest, revision, article, bullet.
    bullets: Vec<[usize; 4]>,
    headlines: BTreeSet<usize>,
}

impl Said {
    fn of(text: &str) -> Self {
        let mut said = Self::default();
        for word in text.split(|sign: char| !sign.is_ascii_alphanumeric()) {
            let numbers = |rest: &str| -> Option<Vec<usize>> {
                rest.split(['v', 'x']).map(|number| number.parse().ok()).collect()
            };
            if let Some(mark) = word.strip_prefix("zq").and_then(numbers) {
                said.bullets.extend(<[usize; 4]>::try_from(mark));
            } else if let Some(mark) = word.strip_prefix("zh").and_then(numbers) {
                said.headlines.extend(mark.first());
            }
        }
        said
    }

    /// The digests that it is about.
    fn digests(&self) -> BTreeSet<usize> {
        self.bullets.iter().map(|[digest, ..]| *digest).chain(self.headlines.iter().copied()).collect()
    }

    fn is_list(&self) -> bool {
        self.bullets.is_empty() && !self.headlines.is_empty()
    }
}

impl Account {
    pub(crate) fn new(channels: &[Address]) -> Self {
        Self {
            channels: channels.to_vec(),
            issues: Vec::new(),
            seen_at: BTreeMap::new(),
            looked_at: BTreeMap::new(),
        }
    }

    pub(crate) fn published(&self) -> usize {
        self.issues.len()
    }

    pub(crate) async fn publish(&mut self, scene: &Scene, long: bool) -> Digest {
        // Few are long, so that a list names everything.
        let size = if long && self.issues.len().is_multiple_of(4) { LONG } else { SHORT };
        let mut missed_by = BTreeSet::new();
        for channel in &self.channels {
            if scene.knows_lost(*channel).await {
                missed_by.insert(*channel);
            }
        }
        let digest = digest(self.issues.len(), 1, size, scene.clock.now());
        self.issues.push(Issue {
            digest: digest.clone(),
            revision: 1,
            size,
            may_be_missing: false,
            is_withdrawn: false,
            corrected: false,
            missed_by,
            may_be_old: BTreeSet::new(),
        });
        digest
    }

    pub(crate) fn correct(&mut self, scene: &Scene, number: usize, long: bool) -> Option<Digest> {
        let now = scene.clock.now();
        let issue = self.issues.get_mut(number).filter(|issue| !issue.is_withdrawn)?;
        issue.revision += 1;
        issue.corrected = true;
        issue.size = if long && number.is_multiple_of(4) { LONG } else { SHORT };
        let DigestDate::Instant(at) = issue.digest.date else { unreachable!("dates are instants") };
        issue.digest = digest(number, issue.revision, issue.size, at.to_utc());
        // Clocks are set by an hour and a half at most, to and fro.
        let is_late = (now - at.to_utc()).abs() > CORRECTED_FOR - TimeDelta::hours(3);
        for channel in &self.channels {
            if is_late || scene.world.is_lost(*channel) {
                issue.may_be_old.insert(*channel);
            }
        }
        Some(issue.digest.clone())
    }

    pub(crate) fn withdraw(&mut self, number: usize) -> Option<Digest> {
        let issue = self.issues.get_mut(number)?;
        issue.may_be_missing = true;
        issue.is_withdrawn = true;
        Some(issue.digest.clone())
    }

    pub(crate) fn bring_back(&mut self, number: usize) -> Option<Digest> {
        let issue = self.issues.get_mut(number).filter(|issue| issue.is_withdrawn)?;
        issue.is_withdrawn = false;
        issue.corrected = true;
        issue.may_be_old.extend(&self.channels);
        Some(issue.digest.clone())
    }

    /// A channel is lost: what is being corrected there may stay as it is.
    pub(crate) fn lost(&mut self, channel: Address) {
        for issue in self.issues.iter_mut().filter(|issue| issue.corrected) {
            issue.may_be_old.insert(channel);
        }
    }

    /// Looks at what came since the last time: whether it came in order, and not all at once.
    pub(crate) async fn look(&mut self, scene: &Scene) -> Result<(), TestCaseError> {
        for channel in self.channels.clone() {
            let posted = scene.world.posted(channel);
            let before = self.looked_at.insert(channel, posted.len()).unwrap_or_default();
            let mut missed = BTreeSet::new();
            for message in &posted[before..] {
                let said = Said::of(&message.first);
                for digest in said.digests() {
                    let first = !self.seen_at.contains_key(&(channel, digest));
                    self.seen_at.entry((channel, digest)).or_insert(message.at);
                    if first && !said.is_list() && self.issues[digest].missed_by.contains(&channel) {
                        missed.insert(digest);
                    }
                }
            }
            prop_assert!(
                missed.len() <= MAX_BACKLOG || scene.is_slotted(channel).await,
                "{channel} got a burst of what it had missed: {missed:?}"
            );
        }
        Ok(())
    }

    /// Whether every channel has something of every digest that it must have, and nothing is on its way.
    pub(crate) async fn has_all(&self, scene: &Scene) -> bool {
        let must = |channel: &Address, number: usize| {
            self.issues[number].may_be_missing || self.seen_at.contains_key(&(*channel, number))
        };
        let seen =
            self.channels.iter().all(|channel| (0..self.issues.len()).all(|number| must(channel, number)));
        seen && scene.count(MessageState::Queued).await == 0
            && scene.count(MessageState::Unknown).await == 0
            && !scene.is_correcting().await
    }

    /// The end: holds what every channel has seen against what it should have.
    pub(crate) async fn close(&self, scene: &Scene) -> Result<(), TestCaseError> {
        for channel in &self.channels {
            let posted = scene.world.posted(*channel);
            let told =
                || -> Vec<_> { posted.iter().map(|message| message.text.as_deref().map(Said::of)).collect() };
            for (number, issue) in self.issues.iter().enumerate() {
                prop_assert!(
                    issue.may_be_missing || self.seen_at.contains_key(&(*channel, number)),
                    "{channel} lost digest {number}: {:?}",
                    told()
                );
                self.check_digest(scene, *channel, &posted, number, issue)?;
            }
            self.check_order(*channel, &posted)?;
        }
        prop_assert_eq!(scene.count(MessageState::Failed).await, 0, "messages were set aside");
        prop_assert_eq!(scene.count(MessageState::Queued).await, 0, "messages are left");
        prop_assert_eq!(scene.count(MessageState::Unknown).await, 0, "messages are left unknown");
        Ok(())
    }

    /// A digest is there once: by itself or in one list, each bullet once, and as it was corrected.
    fn check_digest(
        &self,
        scene: &Scene,
        channel: Address,
        posted: &[Posted],
        number: usize,
        issue: &Issue,
    ) -> Result<(), TestCaseError> {
        let shown: Vec<Said> =
            posted.iter().filter_map(|message| message.text.as_deref()).map(Said::of).collect();
        let lists = shown.iter().filter(|said| said.is_list() && said.headlines.contains(&number)).count();
        let of_it = || shown.iter().flat_map(|said| &said.bullets).filter(|[digest, ..]| *digest == number);
        let bullets: Vec<_> = of_it().collect();
        let repeats = match channel.platform() {
            Platform::Discord => 0,
            // Of a message that arrived just before the bot died nobody knows either.
            Platform::Telegram => scene.world.unheard(channel) + scene.deaths,
        };
        let ways = lists + usize::from(!bullets.is_empty());
        prop_assert!(
            ways <= 1 + repeats,
            "{channel} got digest {number} in {lists} lists and {} bullets",
            bullets.len()
        );
        let mut times: BTreeMap<[usize; 2], usize> = BTreeMap::new();
        for [_, _, article, bullet] in of_it() {
            *times.entry([*article, *bullet]).or_default() += 1;
        }
        prop_assert!(
            times.values().all(|times| *times <= 1 + repeats),
            "{channel} shows bullets of digest {number} more than once: {bullets:?}"
        );
        if repeats > 0 || bullets.is_empty() || issue.is_withdrawn || issue.may_be_missing {
            return Ok(());
        }
        let old = issue.may_be_old.contains(&channel);
        prop_assert!(
            old || of_it().all(|[_, revision, ..]| *revision == issue.revision),
            "{channel} shows an old revision of digest {number}, which is at {}: {bullets:?}",
            issue.revision
        );
        let whole = issue.size.0 * issue.size.1;
        prop_assert!(
            old || times.len() == whole,
            "{channel} has {} of {whole} bullets of digest {number}: {bullets:?}",
            times.len()
        );
        Ok(())
    }

    /// Digests come in their order, and the messages of one without those of another between them.
    fn check_order(&self, channel: Address, posted: &[Posted]) -> Result<(), TestCaseError> {
        let plain = |digest: &usize| {
            let issue = &self.issues[*digest];
            !issue.corrected && !issue.may_be_missing
        };
        let mut order: Vec<usize> = Vec::new();
        for message in posted {
            let digests: Vec<usize> = Said::of(&message.first).digests().into_iter().filter(plain).collect();
            for digest in digests {
                if order.last() == Some(&digest) {
                    continue;
                }
                let may_come_again = channel.platform() == Platform::Telegram && order.contains(&digest);
                prop_assert!(
                    order.iter().all(|before| *before < digest) || may_come_again,
                    "{channel} got digest {digest} after {order:?}"
                );
                order.push(digest);
            }
        }
        Ok(())
    }
}

/// A digest of this instant.
fn digest(number: usize, revision: usize, size: (usize, usize), at: DateTime<Utc>) -> Digest {
    let articles = (0..size.0).map(|article| article_of(number, revision, article, size.1)).collect();
    Digest {
        key: DigestKey(format!("2026-01-01-digest-{number}")),
        title: format!("{number}호"),
        date: DigestDate::Instant(at.with_timezone(&FixedOffset::east_opt(0).expect("an offset"))),
        language: None,
        categories: Vec::new(),
        tags: Vec::new(),
        link: None,
        intro: Vec::new(),
        articles,
        closing: Vec::new(),
    }
}

fn article_of(number: usize, revision: usize, article: usize, bullets: usize) -> Article {
    let text = |text: String| vec![Inline::Text(text)];
    let filler = "있었던 일을 짧게 간추린 글입니다. ".repeat(if bullets > 2 { 8 } else { 1 });
    let items = (0..bullets)
        .map(|bullet| {
            let words = format!("{filler}zq{number}v{revision}x{article}x{bullet} 끝.");
            vec![Block::Paragraph(text(words))]
        })
        .collect();
    Article {
        headline: text(format!("소식 zh{number}x{article} 입니다")),
        publisher: Some("신문".to_owned()),
        link: Some(format!("https://news.example/{number}/{article}")),
        leads_to: None,
        published: None,
        sections: vec![Section {
            title: text("요약".to_owned()),
            blocks: vec![Block::List { start: None, items }],
        }],
    }
}
