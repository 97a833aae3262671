//! Who has which part of the work, as the database says, and how long nobody did after its holder was struck.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};

/// Looks at the leases.
pub(crate) struct Leases {
    database: PgConnection,
    held: BTreeMap<String, Held>,
    struck: Vec<Strike>,
    /// What is over.
    pub(crate) outages: Vec<Outage>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    /// The process of its holder, or of its last one.
    by: u32,
    /// Milliseconds of the server's clock; 0: given back.
    until: i64,
}

/// A holder that was struck.
#[derive(Debug)]
struct Strike {
    lease: String,
    by: u32,
    at: Instant,
    /// How long the lease ran when it was well again.
    healed: Option<i64>,
}

/// A time in which a part was without a holder, or with one that was struck.
#[derive(Debug, Clone)]
pub(crate) struct Outage {
    pub(crate) lease: String,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
    /// Whether it ended with another holder; otherwise the same one went on.
    pub(crate) taken_over: bool,
}

impl Outage {
    pub(crate) fn lasted(&self) -> Duration {
        self.to - self.from
    }
}

impl Leases {
    pub(crate) async fn of(database: &str) -> anyhow::Result<Self> {
        let database = PgConnection::connect(database).await?;
        Ok(Self { database, held: BTreeMap::new(), struck: Vec::new(), outages: Vec::new() })
    }

    /// A replica is struck now: whatever it holds is nobody's until another has it, or it has renewed it.
    pub(crate) fn strike(&mut self, by: u32) {
        let held = self.held.iter().filter(|(_, held)| held.by == by && held.until > 0);
        let at = Instant::now();
        self.struck.extend(held.map(|(lease, _)| Strike { lease: lease.clone(), by, at, healed: None }));
    }

    /// It is well again.
    pub(crate) fn heal(&mut self, by: u32) {
        for strike in self.struck.iter_mut().filter(|strike| strike.by == by) {
            strike.healed = self.held.get(&strike.lease).map(|held| held.until);
        }
    }

    /// Looks who has what.
    pub(crate) async fn look(&mut self) -> anyhow::Result<()> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT name, owner, until FROM leases").fetch_all(&mut self.database).await?;
        let now = Instant::now();
        self.held = rows
            .into_iter()
            .filter(|(name, ..)| is_somebodys(name))
            .filter_map(|(name, owner, until)| {
                let by = owner.split('@').next()?.parse().ok()?;
                Some((name, Held { by, until }))
            })
            .collect();
        let (held, outages) = (&self.held, &mut self.outages);
        self.struck.retain(|strike| {
            let Some(Held { by, until }) = held.get(&strike.lease) else { return true };
            let taken_over = *by != strike.by && *until > 0;
            let renewed = *by == strike.by && strike.healed.is_some_and(|before| *until > before);
            if taken_over || renewed {
                outages.push(Outage { lease: strike.lease.clone(), from: strike.at, to: now, taken_over });
            }
            !(taken_over || renewed)
        });
        Ok(())
    }

    /// How far planning is: digests, and how many subscriptions are due and how far they have got.
    pub(crate) async fn planning(&mut self) -> anyhow::Result<String> {
        let state = "SELECT (SELECT count(*) FROM digests) || ' digests, ' || count(next_at) || ' of ' || count(*)
             || ' subscriptions are due, editions ' || min(edition) || ' to ' || max(edition) FROM subscriptions";
        Ok(sqlx::query_scalar(state).fetch_one(&mut self.database).await?)
    }

    /// Parts that nobody has taken over yet, and since when.
    pub(crate) fn open(&self) -> Vec<(String, Duration)> {
        self.struck.iter().map(|strike| (strike.lease.clone(), strike.at.elapsed())).collect()
    }
}

/// Whether the part has to be somebody's at any time: places beside the one that talks to Discord, wishes and slots need not.
fn is_somebodys(lease: &str) -> bool {
    let others = ["discord-aside/", "discord-identify/", "shards-for/"];
    !others.iter().any(|other| lease.starts_with(other))
}

/// The value below which this share of them is.
pub(crate) fn percentile(values: &[Duration], share: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
}
