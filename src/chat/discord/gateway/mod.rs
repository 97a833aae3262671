//! Discord's gateway: which of its shards are this program's, and that they stay connected. `shard.rs` keeps one connected
//! over `wire.rs`; `slots.rs` says when its session may begin, `share.rs` how many a program is to have, `standing.rs` how
//! they fare.
//!
//! Where several programs share the work, the one that talks to Discord asks it how many shards there are to be. A single one
//! is that program's, too; several are divided among all programs by leases. The gateway is spoken to by us and not by
//! serenity, which begins sessions when it likes and goes on with no other program's.

mod shard;
mod share;
mod slots;
mod standing;
mod wire;

pub use self::standing::Standing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::shard::Line;
use self::share::fair_share;
use self::slots::Slots;
use super::client::{Discord, Handler};
use crate::chat::retries;
use crate::platform::gate::{Fence, Since};
use crate::store::{Holders, Shard, StoreError, StoredGateway};
use crate::text::chain;

/// The longest wait before a connection that ended is begun again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long a lease of a shard runs unless it is renewed.
const HOLD: Duration = Duration::from_secs(6);
/// So long before that its holder answers nobody any more.
const MARGIN: Duration = Duration::from_millis(500);
/// How often leases are renewed, and it is looked whose shards are whose.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long that may take: less than a lease runs.
const LOOKS_WITHIN: Duration = Duration::from_secs(4);
/// How often a program that is alone looks what Discord has said, until it has.
const LOOK_ALONE_EVERY: Duration = Duration::from_millis(200);
/// How long a shard that is given away may take to say goodbye.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);

/// The waits before another session is begun where Discord refuses them: from a second to half an hour, so that they are
/// nowhere near the thousand of a day.
fn retries_of_sessions() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_factor(8.0)
        .with_max_delay(Duration::from_secs(30 * 60))
        .with_jitter()
        .without_max_times()
        .build()
}

/// Asks Discord for its gateway, for all programs, at once and whenever nobody knows of it: to be run by the one that talks
/// to Discord.
pub async fn announce(discord: Discord, stop: CancellationToken) {
    discord.standing.begins();
    let (mut waits, mut is_first) = (retries(), true);
    while !stop.is_cancelled() {
        let wait = match ask(&discord, is_first).await {
            Ok(()) => {
                (waits, is_first) = (retries(), false);
                LOOK_EVERY
            }
            Err(error) => {
                discord.standing.fails(chain(&*error));
                tracing::warn!(error = chain(&*error), "Discord's gateway is not known");
                waits.next().unwrap_or(LONGEST_WAIT)
            }
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
    discord.standing.ends();
}

/// Asks Discord for its gateway, if nobody knows of it or `anyway`.
async fn ask(discord: &Discord, anyway: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let store = &discord.access.store;
    let known = store.gateway().await?;
    if !anyway && known.is_some_and(|known| discord.clock.now() < known.resets_at) {
        return Ok(());
    }
    // What Discord told to wait before a restart holds for this call too.
    let place = discord.calls.gate().take_for_none().await;
    let told = discord.calls.gateway().await;
    drop(place);
    let told = told?;
    let gateway = StoredGateway {
        url: told.url.to_string(),
        shards: told.shards,
        max_concurrency: told.max_concurrency,
        sessions_left: told.sessions_left,
        resets_at: discord.clock.now() + told.resets_in,
    };
    if store.is_shared() && gateway.shards > 1 {
        discord.calls.gate().leave_room();
    }
    store.keep_gateway(&gateway).await?;
    Ok(())
}

/// A shard that is this program's.
struct Running {
    fence: Arc<Fence>,
    stop: CancellationToken,
    work: JoinHandle<()>,
}

/// The shards of this program.
struct Shards {
    discord: Discord,
    owner: String,
    handler: Arc<Handler>,
    slots: Slots,
    running: BTreeMap<Shard, Running>,
    /// Shards that Discord has refused: not before this.
    again: BTreeMap<Shard, (Instant, Box<dyn Iterator<Item = Duration> + Send + Sync>)>,
}

/// Keeps the shards connected that are this program's, until `stop`. `owner`: its name among all that share the work.
pub async fn run(discord: Discord, owner: String, stop: CancellationToken) {
    if let Err(error) = discord.access.store.want_no_shards(&owner).await {
        tracing::warn!(error = chain(&error), "what the dead wished for stays for now");
    }
    let handler = Arc::new(Handler::new(&discord, stop.clone()));
    let mut shards = Shards {
        discord,
        owner,
        handler,
        slots: Slots::default(),
        running: BTreeMap::new(),
        again: BTreeMap::new(),
    };
    let is_shared = shards.discord.access.store.is_shared();
    while !stop.is_cancelled() {
        match timeout(LOOKS_WITHIN, shards.look()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = chain(&error), "it is not known whose the shards are"),
            Err(_) => tracing::warn!("the database does not say whose the shards are"),
        }
        tokio::select! {
            () = sleep(if is_shared || !shards.running.is_empty() { LOOK_EVERY } else { LOOK_ALONE_EVERY }) => {}
            () = stop.cancelled() => {}
        }
    }
    shards.leave_all().await;
}

impl Shards {
    /// Looks which shards are this program's, gives up those that are not, and begins with those that are.
    async fn look(&mut self) -> Result<(), StoreError> {
        let over: Vec<Shard> = self
            .running
            .iter()
            .filter(|(_, running)| !running.fence.lets_pass())
            .map(|(shard, _)| *shard)
            .collect();
        for shard in over {
            tracing::warn!(
                shard = shard.number,
                "the shard is lost: the database cannot be reached, or another program has it"
            );
            self.leave(shard).await;
        }
        let ended: Vec<Shard> = self
            .running
            .iter()
            .filter(|(_, running)| running.work.is_finished())
            .map(|(shard, _)| *shard)
            .collect();
        for shard in ended {
            self.running.remove(&shard);
            let (_, mut waits) = self
                .again
                .remove(&shard)
                .unwrap_or_else(|| (Instant::now(), Box::new(retries_of_sessions())));
            let wait = waits.next().unwrap_or(LONGEST_WAIT);
            self.again.insert(shard, (Instant::now() + wait, waits));
        }
        let store = self.discord.access.store.clone();
        let Some(gateway) = store.gateway().await? else { return Ok(()) };
        let others: Vec<Shard> =
            self.running.keys().filter(|shard| shard.of != gateway.shards).copied().collect();
        for shard in others {
            self.leave(shard).await;
            self.give_back(shard).await?;
        }
        if !store.is_shared() || gateway.shards == 1 {
            self.look_alone(&gateway).await;
            return Ok(());
        }
        let since = Since::now();
        let holders = store.renew_shards(gateway.shards, &self.owner, HOLD).await?;
        self.divide(&gateway, since, holders).await
    }

    /// All shards are those of whoever talks to Discord.
    async fn look_alone(&mut self, gateway: &StoredGateway) {
        let fence = self.discord.calls.gate().fence();
        if fence.lets_pass() {
            for number in 0..gateway.shards {
                self.begin(Shard { number, of: gateway.shards }, gateway, Arc::clone(&fence));
            }
        }
    }

    /// Gives up shards of which others are to have more, and takes such that nobody has, up to a fair share.
    async fn divide(
        &mut self,
        gateway: &StoredGateway,
        since: Since,
        holders: Holders,
    ) -> Result<(), StoreError> {
        let store = self.discord.access.store.clone();
        let of = gateway.shards;
        let mine: BTreeSet<Shard> = holders.mine.iter().map(|number| Shard { number: *number, of }).collect();
        let lost: Vec<Shard> = self.running.keys().filter(|shard| !mine.contains(shard)).copied().collect();
        for shard in lost {
            tracing::warn!(shard = shard.number, "the shard is lost: another program has it");
            self.leave(shard).await;
        }
        let share = fair_share(of, &holders.counts, &self.owner);
        for (place, shard) in (0..).zip(&mine) {
            match self.running.get(shard) {
                _ if place >= share => {
                    self.leave(*shard).await;
                    self.give_back(*shard).await?;
                }
                Some(running) => running.fence.open_for(since, HOLD - MARGIN),
                None => self.begin_leased(*shard, gateway, since),
            }
        }
        let have = u32::try_from(mine.len()).unwrap_or(u32::MAX);
        let missing = usize::try_from(share.saturating_sub(have)).unwrap_or(0);
        let mut free = holders.free;
        // Not all from the same end, or everybody who looks now asks for the same.
        let turn = self.owner.bytes().map(usize::from).sum::<usize>() % free.len().max(1);
        free.rotate_left(turn);
        for number in free.into_iter().take(missing) {
            let (shard, since) = (Shard { number, of }, Since::now());
            if store.take_shard(shard, &self.owner, HOLD).await? {
                tracing::info!(shard = number, of, "taken");
                self.begin_leased(shard, gateway, since);
            }
        }
        if self.running.is_empty() {
            self.discord.standing.ends();
        }
        Ok(())
    }

    fn begin_leased(&mut self, shard: Shard, gateway: &StoredGateway, since: Since) {
        let fence = Arc::new(Fence::closed());
        fence.open_for(since, HOLD - MARGIN);
        self.begin(shard, gateway, fence);
    }

    /// Begins with a shard, if it has not begun.
    fn begin(&mut self, shard: Shard, gateway: &StoredGateway, fence: Arc<Fence>) {
        let is_early = self.again.get(&shard).is_some_and(|(at, _)| *at > Instant::now());
        if self.running.contains_key(&shard) || is_early {
            return;
        }
        self.discord.standing.down(shard, None);
        let line = Line {
            shard,
            url: gateway.url.clone(),
            discord: self.discord.clone(),
            handler: Arc::clone(&self.handler),
            slots: self.slots.clone(),
            fence: Arc::clone(&fence),
        };
        let stop = CancellationToken::new();
        let work = tokio::spawn(line.run(stop.clone()));
        self.running.insert(shard, Running { fence, stop, work });
    }

    /// Ends with a shard.
    async fn leave(&mut self, shard: Shard) {
        let Some(running) = self.running.remove(&shard) else { return };
        running.stop.cancel();
        if timeout(LEAVES_WITHIN, running.work).await.is_err() {
            tracing::warn!(shard = shard.number, "the shard's connection was left as it was");
        }
        tracing::info!(shard = shard.number, of = shard.of, "the shard is given up");
        self.discord.standing.forget(shard);
    }

    async fn give_back(&self, shard: Shard) -> Result<(), StoreError> {
        if shard.of > 1 {
            self.discord.access.store.give_shard_back(shard, &self.owner).await?;
        }
        Ok(())
    }

    async fn leave_all(&mut self) {
        for shard in self.running.keys().copied().collect::<Vec<_>>() {
            self.leave(shard).await;
            if let Err(error) = self.give_back(shard).await {
                tracing::warn!(error = chain(&error), "a shard was not given back; its lease ends by itself");
            }
        }
        if let Err(error) = self.discord.access.store.want_no_shards(&self.owner).await {
            tracing::warn!(error = chain(&error), "shards are still wished for; that ends by itself");
        }
    }
}
