//! When a shard may begin a session: of those with the same remainder by `max_concurrency` one in five seconds, whichever
//! program they are in, and as many a day as Discord allows (events/gateway#session-start-limit-object).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Discord;
use crate::store::{Shard, StoreError, StoredGateway};
use crate::text::chain;

/// How long a slot is taken: five seconds, and some time on the way, which is not always the same.
const TAKEN_FOR: Duration = Duration::from_millis(5_500);
/// How often it is looked whether one is free.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A shard that is refused may try so often before it is called off: there have to be as many left for the day.
const TRIES: u32 = 5;

/// The slots of this program, where it is alone; where there are more, they are in the database.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots(Arc<Mutex<HashMap<u32, Instant>>>);

impl Slots {
    /// Waits until a shard may begin a session, and counts that one.
    pub(super) async fn turn(&self, shard: Shard, discord: &Discord) {
        loop {
            match self.take(shard, discord).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(error = chain(&error), "no session can begin"),
            }
            sleep(LOOK_EVERY).await;
        }
    }

    async fn take(&self, shard: Shard, discord: &Discord) -> Result<bool, StoreError> {
        let store = &discord.access.store;
        let Some(gateway) = store.gateway().await? else { return Ok(false) };
        if is_spent(&gateway, discord) {
            tracing::error!(until = %gateway.resets_at, "Discord lets no more sessions begin today; waiting as long as it says");
            discord.clock.sleep_until(gateway.resets_at).await;
            return Ok(false);
        }
        let bucket = shard.number % gateway.max_concurrency;
        let is_ours = if store.is_shared() {
            store.take_slot(&format!("discord-identify/{bucket}"), TAKEN_FOR).await?
        } else {
            self.take_here(bucket)
        };
        if is_ours {
            store.count_session().await?;
        }
        Ok(is_ours)
    }

    fn take_here(&self, bucket: u32) -> bool {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if taken.get(&bucket).is_some_and(|until| *until > now) {
            return false;
        }
        taken.insert(bucket, now + TAKEN_FOR);
        true
    }
}

/// Whether too few sessions are left for today: who begins more than it may loses the token.
fn is_spent(gateway: &StoredGateway, discord: &Discord) -> bool {
    gateway.sessions_left < gateway.shards.saturating_mul(TRIES) && discord.clock.now() < gateway.resets_at
}
