//! Stale deliveries: planned, not begun, and wanted otherwise now. They are set anew before a worker claims them.

use chrono::{DateTime, Utc};

use crate::model::delivery::DeliveryId;
use crate::model::digest::StoredDigest;
use crate::pipeline::dispatch::{AT_ONCE, Dispatch, Rendering, Shown, nonces};
use crate::plan::Form;
use crate::store::{Anew, Stale, StoreError};

impl Dispatch {
    /// Sets anew every delivery of which the wish or the mutes have changed before it began.
    pub(super) async fn set_anew(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut after = DeliveryId(0);
        loop {
            let stale = self.store.stale_deliveries(after, AT_ONCE).await?;
            let Some(last) = stale.last() else { return Ok(()) };
            after = last.delivery;
            let mut rendering = Rendering::new();
            let mut anew = Vec::with_capacity(stale.len());
            for stale in &stale {
                match self.anew(stale, &mut rendering).await? {
                    Some(set) => anew.push(set),
                    None => self.store.leave_as_set(stale.delivery).await?,
                }
            }
            self.store.put_anew(&anew, now).await?;
            tracing::info!(deliveries = anew.len(), "set anew");
            self.deliver.values().for_each(|deliver| deliver.notify_one());
        }
    }

    /// A delivery as it is wanted now; `None`: what it shows is not there any more.
    async fn anew(&self, stale: &Stale, rendering: &mut Rendering) -> Result<Option<Anew>, StoreError> {
        let due = &stale.due;
        let feed = self.feeds.iter().find(|feed| feed.name == due.subscription.feed);
        let (Some(feed), Some(last)) = (feed, self.store.digest(stale.digest).await?) else {
            return Ok(None);
        };
        let listed: Vec<StoredDigest> = match stale.list_after {
            Some(after) => self.store.news_after(&feed.name, after).await?,
            None => Vec::new(),
        };
        let (form, digests): (Form, Vec<&StoredDigest>) = match stale.list_after {
            Some(_) => (Form::List, listed.iter().filter(|one| one.edition <= last.edition).collect()),
            None => (Form::Each, vec![&last]),
        };
        let messages = self.set(due, feed, &digests, Shown { form, corrected_at: None }, rendering);
        let nonces = nonces(due.subscription.id, &last, stale.occasion, messages.len());
        let revision = last.revision;
        Ok(Some(Anew { delivery: stale.delivery, changes: stale.changes, revision, messages, nonces }))
    }
}
