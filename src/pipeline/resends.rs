//! Resends: digests that somebody wants sent again are set as their subscriptions want them now, and put into the
//! outbox behind what is there.

use chrono::{DateTime, Utc};

use crate::pipeline::dispatch::{AT_ONCE, Dispatch, Rendering, Shown, nonces};
use crate::plan::Form;
use crate::store::{NewDelivery, Resend, StoreError};

impl Dispatch {
    /// Plans everything that is wanted again.
    pub(super) async fn resend(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        loop {
            let wanted = self.store.resends(AT_ONCE).await?;
            if wanted.is_empty() {
                return Ok(());
            }
            for resend in &wanted {
                let delivery = self.again(resend, now).await?;
                self.store.put_resend(resend, delivery.as_ref(), now).await?;
            }
            tracing::info!(deliveries = wanted.len(), "planned again on request");
            self.deliver.values().for_each(|deliver| deliver.notify_one());
        }
    }

    /// The delivery; `None` if the feed is not configured any more, or nothing passes the filter.
    async fn again(&self, resend: &Resend, now: DateTime<Utc>) -> Result<Option<NewDelivery>, StoreError> {
        let (due, occasion) = (&resend.due, resend.occasion);
        let feed = self.feeds.iter().find(|feed| feed.name == due.subscription.feed);
        let (Some(feed), Some(digest)) = (feed, self.store.digest(resend.digest).await?) else {
            return Ok(None);
        };
        let shown = Shown { form: Form::Each, corrected_at: None };
        let messages = self.set(due, feed, &[&digest], shown, &mut Rendering::new());
        Ok((!messages.is_empty()).then(|| NewDelivery {
            digest: digest.id,
            revision: digest.revision,
            occasion,
            on_unknown: feed.on_unknown,
            due_at: now,
            is_list: false,
            after_edition: None,
            heeds_quiet: false,
            nonces: nonces(due.subscription.id, &digest, occasion, messages.len()),
            messages,
        }))
    }
}
