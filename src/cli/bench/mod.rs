//! `jogan bench`: how fast the program is on this machine, each number beside a reference that the same run has
//! measured. One file a benchmark.

mod classify;
mod commands;
mod crowd;
mod delivery;
mod import;
mod parse;
mod place;
mod planning;
mod posts;
mod search;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde::Serialize;

use place::Place;

use super::Outcome;
use super::run::runtime;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which to run; without a name, all of them
    #[arg(value_enum, value_name = "NAME")]
    names: Vec<Name>,
    /// How many articles `search` looks through
    #[arg(long, value_name = "COUNT", default_value_t = 20_000)]
    articles: u32,
    /// The file of `search`'s articles, which is filled if it is not there, and kept [default: in a temporary folder]
    #[arg(long, value_name = "FILE", conflicts_with = "database")]
    archive: Option<PathBuf>,
    /// How many digests `commands` has in its archive
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    digests: usize,
    /// The PostgreSQL database that `planning`, `delivery` and `search` work in, each time in a schema of its own that is left there
    /// [default: SQLite, in a temporary folder]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The benchmarks, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Finding companies and topics in texts
    Classify,
    /// Understanding posts
    Parse,
    /// Loading old posts into a new database
    Import,
    /// How long readers wait for an answer while a digest goes out
    Commands,
    /// Deciding, rendering and queueing what many channels get at one slot
    Planning,
    /// Sending what is queued, with the platforms' limits lifted
    Delivery,
    /// Searching an archive, and looking companies up in it
    Search,
}

/// One number, and what it is held against.
#[derive(Debug, Serialize)]
struct Measure {
    /// What was measured.
    what: String,
    /// What the numbers count.
    unit: &'static str,
    /// What it came to.
    ours: f64,
    /// What the reference came to, in the same unit; `None`: the number speaks for itself.
    reference: Option<f64>,
    /// What the reference is, or what else there is to know.
    note: String,
}

pub(super) fn bench(arguments: &Arguments) -> Outcome {
    let names = if arguments.names.is_empty() { Name::value_variants() } else { arguments.names.as_slice() };
    let mut measures = Vec::new();
    for name in names {
        measures.extend(match name {
            Name::Classify => classify::measure(),
            Name::Parse => parse::measure(),
            Name::Import => import::measure()?,
            Name::Commands => runtime()?.block_on(commands::measure(arguments.digests))?,
            Name::Planning => runtime()?.block_on(planning::measure(arguments.database.as_deref()))?,
            Name::Delivery => runtime()?.block_on(delivery::measure(arguments.database.as_deref()))?,
            Name::Search => {
                let place = match &arguments.archive {
                    Some(file) => Place::File(file.clone()),
                    None => Place::new(arguments.database.as_deref())?,
                };
                runtime()?.block_on(search::measure(arguments.articles, &place))?
            }
        });
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer(&mut out, &measures)?;
        writeln!(out)?;
    } else {
        out.write_all(table(&measures).as_bytes())?;
    }
    Ok(())
}

fn table(measures: &[Measure]) -> String {
    let mut table = format!("{:<44} {:>12} {:>12}  {:<6} note\n", "", "ours", "reference", "unit");
    for Measure { what, unit, ours, reference, note } in measures {
        let reference = reference.map(number).unwrap_or_default();
        table.push_str(&format!("{what:<44} {:>12} {reference:>12}  {unit:<6} {note}\n", number(*ours)));
    }
    table
}

/// Three digits, or all before the point.
fn number(value: f64) -> String {
    let places = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.places$}")
}

/// Waits before it is looked again whether what began at an instant is done. Whoever looks takes time from what is measured:
/// so it is looked the more rarely the longer it takes, and the end is seen late by a fiftieth at most.
async fn before_next_look(begun: Instant) {
    const SHORTEST: Duration = Duration::from_millis(5);
    tokio::time::sleep(SHORTEST.max(begun.elapsed() / 50)).await;
}

/// The best of several runs, in calls a second: whoever else is on the machine makes a run slower, never faster.
fn best_rate(mut call: impl FnMut()) -> f64 {
    const RUNS: usize = 5;
    const A_RUN: Duration = Duration::from_millis(300);
    // The first call warms the caches.
    call();
    let rates = (0..RUNS).map(|_| {
        let begun = Instant::now();
        let mut calls = 0_u32;
        while begun.elapsed() < A_RUN {
            call();
            calls += 1;
        }
        f64::from(calls) / begun.elapsed().as_secs_f64()
    });
    rates.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_number() {
        let measures = [
            Measure {
                what: "classify".to_owned(),
                unit: "MB/s",
                ours: 123.4,
                reference: Some(1.5),
                note: "bare pass".to_owned(),
            },
            Measure {
                what: "index".to_owned(),
                unit: "MB",
                ours: 0.25,
                reference: None,
                note: String::new(),
            },
        ];
        let table = table(&measures);
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["classify", "123", "1.50", "MB/s", "bare", "pass"]);
        assert_eq!(lines[2], ["index", "0.250", "MB"]);
    }
}
