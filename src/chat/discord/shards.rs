//! Whether the shards are connected. Where Discord refuses a session for good with a close code that serenity does not
//! pass on (4010: wrong shard, 4011: too few shards, 4012: wrong version of the API), serenity begins another every
//! five seconds, for ever, and the day's sessions would be gone within hours. So a connection that does not come about is
//! called off, and begun anew later, with as many shards as Discord asks for by then.

use std::time::Duration;

use serenity::all::ShardManager;
use serenity::gateway::ConnectionStage;
use tokio::time::{Instant, sleep};

use super::client::Discord;
use crate::model::channel::Platform;

/// How long a shard may be without a connection: time for three sessions to be refused.
const PATIENCE: Duration = Duration::from_secs(15);
/// serenity lets so much time pass between two shards that it starts.
const BETWEEN_STARTS: Duration = Duration::from_secs(5);
/// How often it is looked whether they are connected.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Waits until some of `count` shards have been without a connection for too long. Says whether all were connected
/// before. How they fare meanwhile is told to the program's [`Health`](crate::health::Health).
pub(super) async fn out_of_touch(shards: &ShardManager, count: u32, discord: &Discord) -> bool {
    let patience = PATIENCE + BETWEEN_STARTS * count;
    let (mut connected_at, mut after_all) = (Instant::now(), false);
    while connected_at.elapsed() < patience {
        sleep(LOOK_EVERY).await;
        let runners = shards.runners.lock().await;
        let connected = runners.values().filter(|runner| runner.stage == ConnectionStage::Connected);
        if u32::try_from(connected.count()).is_ok_and(|connected| connected >= count) {
            (connected_at, after_all) = (Instant::now(), true);
            discord.health.up(Platform::Discord, discord.clock.now());
        } else {
            discord.health.down(Platform::Discord, None, discord.clock.now());
        }
    }
    after_all
}
