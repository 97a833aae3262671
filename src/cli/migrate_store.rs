//! `jogan migrate-store`: carries everything over from one database to another, and verifies it.

use std::io::Write as _;

use clap::Args;

use super::Outcome;
use super::run::runtime;
use crate::store::{Carried, Lock, Store};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  jogan migrate-store --from sqlite://data/jogan.db --to postgres://jogan@db.example.org/jogan

Stop the bot first. The other database must be empty; its tables are made. Each table is counted and summed up on both
sides, and is kept only if they agree. Then set `database.url`, and start the bot.")]
pub(super) struct Arguments {
    /// The database that there is
    #[arg(long, value_name = "URL")]
    from: String,
    /// The one to carry it over to
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(super) fn migrate_store(arguments: &Arguments) -> Outcome {
    let carried = runtime()?.block_on(async {
        let _locks = (Lock::take(&arguments.from)?, Lock::take(&arguments.to)?);
        let from = Store::open(&arguments.from).await?;
        let to = Store::open(&arguments.to).await?;
        let carried = to.carry_over(&from).await;
        to.close().await;
        from.close().await;
        anyhow::Ok(carried?)
    })?;
    let mut out = std::io::stdout().lock();
    for Carried { table, sum } in &carried {
        writeln!(out, "{:>9}  {table}  {:016x}", sum.rows, sum.hash)?;
    }
    let rows: u64 = carried.iter().map(|carried| carried.sum.rows).sum();
    writeln!(out, "{rows:>9}  rows, the same on both sides")?;
    Ok(())
}
