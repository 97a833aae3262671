//! Planning for a crowd that waits for the same slot: decided, rendered and written to the outbox, in seconds, against the
//! time in which the database copies the rows that this comes to.

use std::time::Instant;

use anyhow::Context as _;

use super::Measure;
use super::crowd::{Crowd, Kind};
use super::place::Place;
use crate::store::Store;

/// Subscriptions: three sizes, to see how the numbers grow.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

pub(super) async fn measure(database: Option<&str>) -> anyhow::Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for size in SIZES {
        let place = Place::new(database)?;
        let store = Store::open(&place.url()).await?;
        let addresses = (1..=size).map(|number| match number % 2 {
            0 => format!("discord:{number}"),
            _ => format!("telegram:-{number}"),
        });
        let crowd = Crowd::gather(&store, Kind::Mixed, addresses).await?;
        let before = begin_memory()?;
        let planning = crowd.plan().await?;
        let memory = most_memory()?;
        crowd.leave().await?;
        let begun = Instant::now();
        store.copy_outbox().await?;
        let copied = begun.elapsed();
        store.close().await;
        let rate = size as f64 / planning.all.as_secs_f64();
        let row = |what: &str, unit, ours, reference, note| Measure {
            what: format!("planning: {size} subscriptions, {what}"),
            unit,
            ours,
            reference,
            note,
        };
        let all = planning.all.as_secs_f64();
        let note = format!("the database, copying the rows; {rate:.0} a second");
        measures.push(row("all planned", "s", all, Some(copied.as_secs_f64()), note));
        measures.push(row("the first may go", "s", planning.first.as_secs_f64(), None, String::new()));
        measures.push(row("most memory", "MB", memory, None, format!("resident; {before:.0} MB before")));
    }
    Ok(measures)
}

/// From here on the kernel notes the most resident memory that this process has. What it has now, in MB: the last size's
/// leftovers are in it.
fn begin_memory() -> anyhow::Result<f64> {
    // proc(5): 5 sets the peak back to what there is now.
    std::fs::write("/proc/self/clear_refs", "5")
        .context("the kernel does not set the peak of memory back")?;
    most_memory()
}

/// The most resident memory since then, in MB.
fn most_memory() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}
