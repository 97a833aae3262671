//! Corrections: a digest with a new revision is set anew for every delivery that shows an earlier one. The store
//! (`store/corrections.rs`) finds out which messages have changed; the worker edits them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::model::channel::Address;
use crate::model::delivery::DeliveryId;
use crate::model::digest::{DigestId, EnrichedDigest, StoredDigest};
use crate::model::feed::Feed;
use crate::model::lexicon::Lexicon;
use crate::model::message::{Body, PlatformMessageId, Rendered};
use crate::model::reply::{Edition, Selection};
use crate::model::subscription::Subscription;
use crate::model::withdrawn::Withdrawn;
use crate::pipeline::dispatch::{AT_ONCE, Dispatch, Rendering, Shown, nonce};
use crate::plan::{Form, selection};
use crate::render;
use crate::store::{Corrected, CorrectedMessage, Outdated, StoreError};

/// For this long after it was due a delivery is corrected.
const CORRECTED_FOR: TimeDelta = TimeDelta::hours(48);

/// A digest, and the revision of it that readers saw first, if they saw any.
type Seen = (DigestId, Option<u32>);

/// What deliveries that agree in that are set with.
struct Setting {
    withdrawn: Vec<Withdrawn>,
    rendering: Rendering,
}

impl Dispatch {
    /// Brings every delivery that shows an earlier revision of its digest up to date.
    pub(super) async fn correct(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut after = DeliveryId(0);
        loop {
            let outdated = self.store.outdated_deliveries(now - CORRECTED_FOR, after, AT_ONCE).await?;
            let Some(last) = outdated.last() else { return Ok(()) };
            after = last.delivery;
            let mut settings: HashMap<Seen, Setting> = HashMap::new();
            let mut corrected = Vec::with_capacity(outdated.len());
            let mut digest: Option<StoredDigest> = None;
            for outdated in &outdated {
                if digest.as_ref().is_none_or(|known| known.id != outdated.digest) {
                    digest = self.store.digest(outdated.digest).await?;
                }
                let feed = self.feeds.iter().find(|feed| feed.name == outdated.due.subscription.feed);
                let (Some(feed), Some(digest)) = (feed, &digest) else { continue };
                let seen = (digest.id, outdated.seen_revision);
                let setting = match settings.entry(seen) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(self.setting(seen).await?),
                };
                corrected.push(self.corrected(outdated, feed, digest, setting));
            }
            let touched = self.store.put_corrected(&corrected, now).await?;
            if touched > 0 {
                tracing::info!(deliveries = corrected.len(), messages = touched, "corrected");
                self.deliver.values().for_each(|deliver| deliver.notify_one());
            }
        }
    }

    /// What readers miss who have seen that revision.
    async fn setting(&self, (digest, revision): Seen) -> Result<Setting, StoreError> {
        let withdrawn = match revision {
            Some(revision) => self.store.withdrawn_since(digest, revision).await?,
            None => Vec::new(),
        };
        Ok(Setting { withdrawn, rendering: Rendering::new() })
    }

    /// A delivery as its subscription wants it now, without and with the note of the correction. Both divide a digest
    /// alike.
    fn corrected(
        &self,
        outdated: &Outdated,
        feed: &Feed,
        digest: &StoredDigest,
        setting: &mut Setting,
    ) -> Corrected {
        let due = &outdated.due;
        let mut set = |corrected_at: Option<NaiveTime>| {
            let shown = Shown { form: Form::Each, corrected_at };
            let Setting { withdrawn, rendering } = &mut *setting;
            self.set_without(due, feed, &[digest], shown, withdrawn, rendering)
        };
        let fresh = set(None);
        let noted = set(Some(outdated.revised_at.with_timezone(&due.subscription.wish.timezone).time()));
        let messages = (1_u32..)
            .zip(fresh.iter().zip(noted.iter()))
            .map(|(part, (fresh, noted))| CorrectedMessage {
                fresh: fresh.clone(),
                noted: noted.clone(),
                added: match &outdated.last_sent {
                    Some(last) => reply_to(due.address, last, fresh),
                    None => fresh.clone(),
                },
                nonce: nonce(due.subscription.id, digest, outdated.occasion, part),
            })
            .collect();
        let emptied = render::emptied(due.address.platform(), due.subscription.wish.language);
        Corrected { delivery: outdated.delivery, revision: digest.revision, messages, emptied }
    }
}

/// Of the articles that a correction took out of an edition, those that its subscription had got.
pub(super) fn passing(
    withdrawn: &[Withdrawn],
    edition: &Edition,
    subscription: &Subscription,
    lexicon: &Lexicon,
) -> Vec<Withdrawn> {
    if withdrawn.is_empty() {
        return Vec::new();
    }
    let articles = withdrawn.iter().map(|gone| gone.article.clone()).collect();
    let gone = EnrichedDigest { articles, ..edition.digest.clone() };
    match selection::select(&gone, subscription, lexicon) {
        Some(Selection::Some { articles, .. }) => {
            articles.iter().filter_map(|place| withdrawn.get(*place)).cloned().collect()
        }
        Some(_) => withdrawn.to_vec(),
        None => Vec::new(),
    }
}

/// A message that answers an earlier one, if that is still there.
fn reply_to(address: Address, earlier: &PlatformMessageId, message: &Rendered) -> Rendered {
    let (key, reference) = match address {
        Address::Discord { .. } => {
            ("message_reference", json!({ "message_id": earlier.0, "fail_if_not_exists": false }))
        }
        Address::Telegram { .. } => {
            let id: Value = earlier.0.parse::<i64>().map_or(Value::Null, Value::from);
            ("reply_parameters", json!({ "message_id": id, "allow_sending_without_reply": true }))
        }
    };
    let answering = |body: &Body| {
        let mut body = body.clone();
        if let Some(fields) = body.0.as_object_mut() {
            fields.insert(key.to_owned(), reference.clone());
        }
        body
    };
    Rendered { body: answering(&message.body), plain: answering(&message.plain) }
}
