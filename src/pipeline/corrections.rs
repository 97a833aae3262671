//! Corrections: a digest with a new revision is set anew for every delivery that shows an earlier one. The store
//! (`store/corrections.rs`) finds out which messages have changed; the worker edits them.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::model::channel::Address;
use crate::model::delivery::DeliveryId;
use crate::model::digest::StoredDigest;
use crate::model::feed::Feed;
use crate::model::message::{Body, PlatformMessageId, Rendered};
use crate::pipeline::dispatch::{AT_ONCE, Dispatch, Rendering, Shown, nonce};
use crate::plan::Form;
use crate::store::{Corrected, CorrectedMessage, Outdated, StoreError};

/// For this long after it was due a delivery is corrected.
const CORRECTED_FOR: TimeDelta = TimeDelta::hours(48);

impl Dispatch {
    /// Brings every delivery that shows an earlier revision of its digest up to date.
    pub(super) async fn correct(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut after = DeliveryId(0);
        loop {
            let outdated = self.store.outdated_deliveries(now - CORRECTED_FOR, after, AT_ONCE).await?;
            let Some(last) = outdated.last() else { return Ok(()) };
            after = last.delivery;
            let mut rendering = Rendering::new();
            let mut corrected = Vec::with_capacity(outdated.len());
            let mut digest: Option<StoredDigest> = None;
            for outdated in &outdated {
                if digest.as_ref().is_none_or(|known| known.id != outdated.digest) {
                    digest = self.store.digest(outdated.digest).await?;
                }
                let feed = self.feeds.iter().find(|feed| feed.name == outdated.due.subscription.feed);
                if let (Some(feed), Some(digest)) = (feed, &digest) {
                    corrected.push(self.corrected(outdated, feed, digest, &mut rendering));
                }
            }
            let touched = self.store.put_corrected(&corrected, now).await?;
            if touched > 0 {
                tracing::info!(deliveries = corrected.len(), messages = touched, "corrected");
                self.deliver.values().for_each(|deliver| deliver.notify_one());
            }
        }
    }

    /// A delivery as its subscription wants it now, without and with the note of the correction. Both divide a digest
    /// alike.
    fn corrected(
        &self,
        outdated: &Outdated,
        feed: &Feed,
        digest: &StoredDigest,
        rendering: &mut Rendering,
    ) -> Corrected {
        let due = &outdated.due;
        let mut set = |corrected_at: Option<NaiveTime>| {
            self.set(due, feed, &[digest], Shown { form: Form::Each, corrected_at }, rendering)
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
                nonce: nonce(due.subscription.id, digest, part),
            })
            .collect();
        Corrected { delivery: outdated.delivery, revision: digest.revision, messages }
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
